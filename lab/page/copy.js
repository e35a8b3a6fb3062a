// To the clipboard. A part of every module that copies.

// Copies `text`; the `button` that was pressed says so for a moment, or that it could not be.
async function copy(text, button) {
  let copied = true;
  try {
    await navigator.clipboard.writeText(text);
  } catch { // no permission, or not a secure context
    copied = copyTheOldWay(text, button);
  }
  button.dataset.says ??= button.textContent;
  button.textContent = copied ? tr("Copied") : tr("Not copied");
  setTimeout(() => { button.textContent = button.dataset.says; }, 1500);
}

// The same by a field whose text is selected. It stands beside the button: around an open dialog all is inert.
function copyTheOldWay(text, button) {
  const focused = document.activeElement;
  const field = document.createElement("textarea");
  field.value = text;
  Object.assign(field.style, { position: "fixed", opacity: "0" });
  button.after(field);
  field.select();
  const copied = document.execCommand("copy");
  field.remove();
  focused?.focus({ preventScroll: true });
  return copied;
}
