// The list of keys, shown by "?". One of the parts of screen.py's module.

const SHORTCUTS = [
  [tr("Space"), tr("play or pause")],
  ["→", tr("one mini-batch")],
  ["E", tr("to the end of the epoch")],
  ["R", tr("back to the first weights")],
  ["1 … 8", tr("choose a lane for the pictures of one network; the same key again lets it go")],
  [tr("Enter, M, F, Delete, Ctrl+Z"), tr("while you draw: use the tool, pick up or put down, flip, erase, take back")],
  ["P", tr("projector: large type, two pictures")],
  [tr("Tab, arrow keys"), tr("reach and turn every knob; in a picture, move among what it lets you choose")],
  [tr("Enter"), tr("press a button; in a picture, what a click does")],
  [tr("Escape"), tr("back from what a picture shows large")],
  ["?", tr("this list")],
];

// A dialog is modal and closes by Escape, and the browser gives the focus back to where it was. A click on `.rv-keys` in
// the `app` opens it, too.
function keysDialog(parent, app, on) {
  const dialog = element("dialog", { class: "rv-dialog", "aria-label": tr("Keys") });
  const rows = SHORTCUTS.map(([key, what]) => `<dt><kbd>${key}</kbd></dt><dd>${what}</dd>`).join("");
  dialog.innerHTML = `<h2>${tr("Keys")}</h2><dl>${rows}</dl><form method="dialog"><button>${tr("Close")}</button></form>`;
  parent.append(dialog);
  on(document, "click", (event) => {
    const button = event.target.closest?.(".rv-keys");
    if (button && app().contains(button)) dialog.showModal();
  });
  return dialog;
}
