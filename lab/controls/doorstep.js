// Takes files that are dropped on the lab: in Voilà the whole page is the lab's, in a notebook only its own place is.

export default {
  render({ model, el }) {
    el.hidden = true;
    const done = new AbortController();
    let app = null;
    let away = 0;
    const mine = (event) => event.dataTransfer?.types.includes("Files") && app?.isConnected &&
      (document.body.dataset.voila !== undefined || app.contains(event.target));
    const show = (over) => {
      clearTimeout(away);
      if (over) app?.setAttribute("data-drop", tr("Let go to look at the table"));
      else app?.removeAttribute("data-drop");
    };
    const on = (type, act) => document.addEventListener(type, (event) => {
      app ??= el.closest(".rv-app");
      if (!mine(event)) return;
      event.preventDefault(); // else the browser leaves the page and opens the file
      event.stopPropagation();
      act(event);
    }, { signal: done.signal, capture: true });
    on("dragover", (event) => {
      event.dataTransfer.dropEffect = "copy";
      show(true);
      away = setTimeout(() => show(false), 300); // no more of these come: the file has left, or was let go elsewhere
    });
    on("drop", (event) => {
      show(false);
      if (!event.dataTransfer.files.length) return;
      remember(event.dataTransfer.files[0]);
      sendFile(model, event.dataTransfer.files[0]);
    });
    const kept = keptTable();
    if (kept) {
      const { file, ...how } = kept;
      remember(file);
      model.send({ kind: "kept", ...how });
      sendFile(model, file);
    }
    return () => {
      show(false);
      done.abort();
    };
  },
};
