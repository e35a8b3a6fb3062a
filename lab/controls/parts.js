// A file on its way to the kernel, in parts: no message is larger than a server takes. One of the parts of a module.

async function sendFile(model, file) {
  const { name, size } = file;
  if (size > model.get("largest")) {
    model.send({ kind: "too large", name, size });
    return;
  }
  const part = model.get("part");
  const of = Math.max(1, Math.ceil(size / part));
  const key = Math.random().toString(36).slice(2);
  for (let place = 0; place < of; place += 1) {
    let content = new ArrayBuffer(0);
    try {
      content = await file.slice(place * part, (place + 1) * part).arrayBuffer();
    } catch { // a folder, or a file that is gone: the kernel is told of an empty one
      model.send({ kind: "part", key, name, place: 0, of: 1 }, undefined, [content]);
      return;
    }
    model.send({ kind: "part", key, name, place, of }, undefined, [content]);
  }
}

// A button, and the field of the browser behind it that opens its dialog; `chosen` is called with the file.
function fileButton(model, title, accept, tooltip = "", chosen = () => {}) {
  const field = element("input", { type: "file", accept, hidden: "" });
  const button = element("button", { type: "button", class: "rv-file", title: tooltip }, title);
  button.addEventListener("click", () => field.click());
  field.addEventListener("change", () => {
    if (field.files.length) {
      chosen(field.files[0]);
      sendFile(model, field.files[0]);
    }
    field.value = ""; // the same file may be chosen again
  });
  return [button, field];
}
