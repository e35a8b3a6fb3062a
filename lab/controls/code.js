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
      choose((i + step + names.length) % names.length, true);
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
  const show = (focus) => {
    const programs = model.get("programs");
    el.hidden = !programs.length;
    if (!programs.length) return;
    lane = Math.min(lane, programs.length - 1);
    const { name, codes } = programs[lane];
    library = Math.min(library, codes.length - 1);
    const [, text] = codes[library];
    const lanes = tabs(programs.map((program) => program.name), lane, tr("Lane"), (i, keys) => {
      lane = i;
      show(keys && 0);
    });
    const libraries = tabs(codes.map(([title]) => title), library, tr("Library"), (i, keys) => {
      library = i;
      show(keys && 1);
    });
    const button = element("button", { type: "button", class: "rv-code-copy" }, tr("Copy"));
    button.addEventListener("click", () => copy(text, button));
    const head = element("div", { class: "rv-code-head" }, lanes, libraries, button);
    const code = element("pre", { tabindex: 0, "aria-label": tr("Program of {lane}", { lane: name }) }, text);
    el.replaceChildren(head, code);
    if (focus === 0 || focus === 1) head.children[focus].querySelector("[aria-selected=true]").focus();
  };
  const follow = () => show();
  model.on("change:programs", follow);
  show();
  return () => model.off("change:programs", follow);
}

export default { render };
