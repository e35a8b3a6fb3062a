// A file from the kernel becomes a download of the page. Nothing is shown.

function receive(message, buffers) {
  if (message.kind === "file") saveFile(message, buffers);
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
