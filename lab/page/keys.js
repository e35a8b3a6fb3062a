// The list of keys, shown by "?". One of the parts of screen.py's module.

const SHORTCUTS = [
  ["Space", "play or pause"],
  ["→", "one mini-batch"],
  ["E", "to the end of the epoch"],
  ["R", "back to the first weights"],
  ["1 … 8", "choose a lane for the pictures of one network; the same key again lets it go"],
  ["Enter, M, F, Delete, Ctrl+Z", "while you draw: use the tool, pick up or put down, flip, erase, take back"],
  ["P", "projector: large type, two pictures"],
  ["Tab, arrow keys", "reach and turn every knob; in a picture, move among what it lets you choose"],
  ["Enter", "press a button; in a picture, what a click does"],
  ["Escape", "back from what a picture shows large"],
  ["?", "this list"],
];

// A dialog is modal and closes by Escape, and the browser gives the focus back to where it was.
function keysDialog(parent) {
  const dialog = document.createElement("dialog");
  dialog.className = "rv-dialog";
  dialog.setAttribute("aria-label", "Keys");
  const rows = SHORTCUTS.map(([key, what]) => `<dt><kbd>${key}</kbd></dt><dd>${what}</dd>`).join("");
  dialog.innerHTML = `<h2>Keys</h2><dl>${rows}</dl><form method="dialog"><button>Close</button></form>`;
  parent.append(dialog);
  return dialog;
}
