// To the clipboard. A part of every module that copies.

// Copies `text`; the `button` that was pressed says so for a moment.
async function copy(text, button) {
  try {
    await navigator.clipboard.writeText(text);
  } catch { // no permission, or not a secure context: the way of old
    const field = document.createElement("textarea");
    field.value = text;
    document.body.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
  }
  button.dataset.says ??= button.textContent;
  button.textContent = tr("Copied");
  setTimeout(() => { button.textContent = button.dataset.says; }, 1500);
}
