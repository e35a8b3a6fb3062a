// A file from the kernel becomes a download of the page. Nothing is shown.

function receive(message, buffers) {
  if (message.kind !== "file") return;
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob(buffers, { type: message.type }));
  link.download = message.name;
  link.hidden = true;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000); // large files take their time
}

export default {
  initialize({ model }) { // once for each page, however often it is shown
    model.on("msg:custom", receive);
    return () => model.off("msg:custom", receive);
  },
  render({ el }) {
    el.hidden = true;
  },
};
