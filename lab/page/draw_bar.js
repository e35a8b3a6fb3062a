// The bar above the pictures while one draws: classes, tools, steps back and forth, and what is said of the points. One
// of the parts of screen.js's module.

const TOOLS = [
  ["add", tr("Add"), tr("Add a point; dragging moves points, a double click flips them")],
  ["move", tr("Move"), tr("Drag points")],
  ["flip", tr("Flip"), tr("Give a point the next class")],
  ["erase", tr("Erase"), tr("Take a point away")],
];
const WHOLES = [
  ["undo", tr("Undo"), tr("Take the last step back (Ctrl+Z)")],
  ["redo", tr("Redo"), tr("Take it again (Ctrl+Y)")],
  ["empty", tr("Start empty"), tr("Erase all points")],
  ["take", tr("Take away (CSV)"), tr("Download all points as a table")],
  ["off", tr("Done"), tr("Draw no longer (Escape)")],
];
const SHORT = { empty: tr("Empty"), take: "CSV" }; // on narrow pages

class DrawBar {
  // `about` says what one draws on. `act` is called with what is to be done to all points, or "off".
  constructor(box, about, act) {
    this.box = box;
    this.about = about;
    this.act = act;
    this.label = 0; // the class of new points
    this.count = 0; // how many classes there are
    this.classes = this.group(tr("Class of new points"), []);
    this.tools = this.group(tr("Tool"), TOOLS.map(([key, text, title]) => this.button(key, text, title, () => this.choose(key))));
    this.wholes = this.group(tr("All points"), WHOLES.map(([key, text, title]) => this.button(key, text, title, () => act(key))));
    this.status = element("p", { class: "rv-draw-said", role: "status" });
    box.append(element("div", {}, this.classes, this.tools, this.wholes), this.status);
    this.choose("add");
  }

  button(key, text, title, press) {
    const button = element("button", { type: "button", "data-key": key, title }, text);
    if (SHORT[key]) button.dataset.short = SHORT[key];
    button.addEventListener("click", press);
    return button;
  }

  group(name, buttons) {
    return element("span", { role: "group", "aria-label": name }, ...buttons);
  }

  chips(classes, more) {
    const chips = classes.map(([name, color], i) => {
      const chip = this.button(`class ${i}`, name, tr("New points are of class {name}", { name }), () => this.chooseClass(i));
      chip.setAttribute("aria-label", tr("Class {name}", { name }));
      chip.style.setProperty("--rv-chip", color);
      return chip;
    });
    if (more) {
      const add = this.button("class", "+", tr("One class more; the networks begin anew"), () => this.act("class"));
      add.setAttribute("aria-label", tr("Add a class"));
      chips.push(add);
    }
    return chips;
  }

  hide(hidden) {
    this.box.hidden = this.about.hidden = hidden;
  }

  show({ classes, more, undo, redo, about, said }) {
    this.count = classes.length;
    const shown = JSON.stringify([classes, more]);
    if (this.shown !== shown) {
      this.shown = shown;
      const focused = this.classes.contains(document.activeElement) && document.activeElement.dataset.key;
      this.classes.replaceChildren(...this.chips(classes, more));
      if (focused) (this.classes.querySelector(`[data-key="${focused}"]`) ?? this.classes.lastElementChild)?.focus();
      this.tools.querySelector("[data-key=flip]").hidden = !classes.length;
      if (!classes.length && this.tool === "flip") this.choose("add");
    }
    this.chooseClass(Math.min(this.label, Math.max(0, classes.length - 1)));
    this.wholes.querySelector("[data-key=undo]").disabled = !undo;
    this.wholes.querySelector("[data-key=redo]").disabled = !redo;
    if (this.about.textContent !== about) this.about.textContent = about;
    if (said && said !== this.told) this.say(said);
    this.told = said;
  }

  say(text) {
    this.status.textContent = text;
  }

  choose(tool) {
    this.tool = tool;
    for (const button of this.tools.children) button.setAttribute("aria-pressed", String(button.dataset.key === tool));
  }

  chooseClass(label) {
    if (label >= Math.max(1, this.count)) return;
    this.label = label;
    this.classes.querySelectorAll("[data-key^='class ']").forEach((chip, i) => chip.setAttribute("aria-pressed", String(i === label)));
  }
}
