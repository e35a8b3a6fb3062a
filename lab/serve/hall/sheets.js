// The picture that followers see: each of the lab's pictures is cut out of the whole, so that they can stand as the page
// has room.

const STACKED = 640; // CSS pixels; on a narrower page pictures stand below each other, each as wide as the page

class Sheets extends Picture {
  constructor(view) {
    super(document.createElement("canvas"), document.createElement("div"));
    this.view = view;
    this.sheet = view.firstElementChild;
    this.places = [];
    this.cells = [];
    this.zoom = 1;
    new ResizeObserver(() => this.lay()).observe(view);
    addEventListener("resize", () => this.lay());
  }

  resize(whole) {
    super.resize(whole);
    [this.width, this.height, this.ratio] = whole;
    this.context.fillStyle = getComputedStyle(this.view).getPropertyValue("--rv-background");
    this.context.fillRect(0, 0, this.canvas.width, this.canvas.height);
  }

  cut(places) {
    this.places = places;
    this.cells = places.map(([, , width, height, name]) => {
      const figure = document.createElement("figure");
      figure.setAttribute("role", "img");
      figure.setAttribute("aria-label", name);
      const cell = document.createElement("div");
      const canvas = document.createElement("canvas");
      canvas.width = Math.round(width * this.ratio);
      canvas.height = Math.round(height * this.ratio);
      canvas.style.width = `${width}px`;
      canvas.style.height = `${height}px`;
      const labels = document.createElement("div");
      labels.className = "rv-labels";
      labels.setAttribute("aria-hidden", "true");
      cell.append(canvas, labels);
      figure.append(cell);
      return { figure, cell, labels, context: canvas.getContext("2d") };
    });
    this.sheet.replaceChildren(...this.cells.map((cell) => cell.figure));
    this.lay();
  }

  lay() {
    const across = this.view.clientWidth;
    if (!this.places.length || !across) return;
    const stacked = across < STACKED;
    const fits = Math.min(across / this.width, Math.max((innerHeight - 90) / this.height, 0.6 * across / this.width));
    this.sheet.dataset.stacked = stacked;
    this.sheet.style.width = stacked ? "" : `${this.zoom * fits * this.width}px`;
    this.sheet.style.height = stacked ? "" : `${this.zoom * fits * this.height}px`;
    this.places.forEach(([left, top, width, height], i) => {
      const scale = this.zoom * (stacked ? across / width : fits);
      const { figure, cell } = this.cells[i];
      figure.style.cssText = `width:${scale * width}px;height:${scale * height}px;` +
        (stacked ? "" : `left:${scale * left}px;top:${scale * top}px`);
      cell.style.transform = `scale(${scale})`;
    });
  }

  paint(frame) {
    if (frame.whole) this.resize(frame.whole);
    if (frame.places) this.cut(frame.places);
    super.paint({ ...frame, whole: null });
    if (!frame.rectangles && !frame.pictures.length) return;
    this.places.forEach(([left, top, width, height], i) => {
      const [x, y, w, h] = [left, top, width, height].map((length) => Math.round(length * this.ratio));
      this.cells[i].context.drawImage(this.canvas, x, y, w, h, 0, 0, w, h);
    });
  }

  write(key, text) {
    if (!text || !this.cells.length) return super.write(key, text);
    const [x, y] = text;
    const beside = this.places.map(([left, top, width, height]) =>
      Math.max(left - x, x - left - width, 0) + Math.max(top - y, y - top - height, 0));
    const nearest = beside.indexOf(Math.min(...beside));
    this.labels = this.cells[nearest].labels;
    const [left, top] = this.places[nearest];
    return super.write(key, [x - left, y - top, ...text.slice(2)]);
  }
}
