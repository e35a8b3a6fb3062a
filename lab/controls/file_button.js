// A button that chooses a file.

export default {
  render({ model, el }) {
    el.classList.add("rv-file-box");
    el.append(...fileButton(model, model.get("description"), model.get("accept"), model.get("tooltip")));
  },
};
