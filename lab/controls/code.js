// Programs to read and copy: a tab for each lane, and for each library.

function tabs(names, chosen, label, choose) {
  const list = element("div", { class: "rv-code-tabs", role: "tablist", "aria-label": label });
  names.forEach((name, i) => {
    const chosenOne = i === chosen;
    const tab = element("button", { type: "button", role: "tab", "aria-selected": chosenOne, tabindex: chosenOne ? 0 : -1 }, name);
    tab.addEventListener("click", () => choose(i));
    tab.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      event.preventDefault();
      event.stopPropagation();
      choose((i + step + names.length) % names.length);
    });
    list.append(tab);
  });
  return list;
}

function render({ model, el }) {
  el.classList.add("rv-code");
  el.dataset.lmSuppressShortcuts = "true"; // JupyterLab's keys are not meant here
  let lane = 0;
  let library = 0;
  const parts = () => [...(el.querySelector(".rv-code-head")?.children ?? []), el.querySelector("pre")];
  const show = () => {
    const focused = parts().findIndex((part) => part?.contains(document.activeElement));
    const programs = model.get("programs");
    el.hidden = !programs.length;
    if (!programs.length) return;
    lane = Math.min(lane, programs.length - 1);
    const { name, codes } = programs[lane];
    library = Math.min(library, codes.length - 1);
    const [, text] = codes[library];
    const lanes = tabs(programs.map((program) => program.name), lane, tr("Lane"), (i) => {
      lane = i;
      show();
    });
    const libraries = tabs(codes.map(([title]) => title), library, tr("Library"), (i) => {
      library = i;
      show();
    });
    const button = element("button", { type: "button", class: "rv-code-copy" }, tr("Copy"));
    button.addEventListener("click", () => copy(text, button));
    const head = element("div", { class: "rv-code-head" }, lanes, libraries, button);
    const code = element("pre", { tabindex: 0, "aria-label": tr("Program of {lane}", { lane: name }) }, text);
    el.replaceChildren(head, code);
    const part = parts()[focused]; // all is new, and what had the focus has it again
    (part?.querySelector("[aria-selected=true]") ?? part)?.focus();
  };
  model.on("change:programs", show);
  show();
  return () => model.off("change:programs", show);
}

export default { render };
