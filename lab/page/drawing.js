// The points that a person draws as the page knows them at once: the kernel's newest list, and what was done since. One
// of the parts of screen.js's module.

class Drawn {
  constructor() {
    this.list = new Map(); // by name: x, y, label and part
    this.done = []; // strokes that the list does not hold yet, oldest first
    this.stroke = 0;
    this.heard = 0; // the last stroke that the picture shows
    this.known = null;
  }

  // The kernel's list holds all strokes up to `upto`.
  take(upto, flat) {
    this.list = new Map();
    for (let i = 0; i < flat.length; i += 5) {
      const [point, x, y, label, part] = flat.slice(i, i + 5);
      this.list.set(point, { x, y, label, part });
    }
    this.done = this.done.filter(({ stroke }) => stroke > upto);
    this.known = null;
  }

  did(act, more) {
    this.stroke += 1;
    this.done.push({ act, ...more, stroke: this.stroke });
    this.known = null;
    return this.stroke;
  }

  // All points, with what was done to them.
  points(classes) {
    if (this.known) return this.known;
    const points = new Map(this.list);
    for (const { act, point, x, y, class: label } of this.done) {
      const before = points.get(point);
      if (act === "add") points.set(point, { x, y, label, part: 0 });
      else if (act === "empty") points.clear();
      else if (!before) continue;
      else if (act === "move") points.set(point, { ...before, x, y });
      else if (act === "flip") points.set(point, { ...before, label: (before.label + 1) % Math.max(1, classes) });
      else if (act === "erase") points.delete(point);
    }
    this.known = points;
    return points;
  }

  // Names of points that look otherwise than the picture shows them yet.
  get ahead() {
    return new Set(this.done.filter(({ stroke, point }) => stroke > this.heard && point !== undefined).map(({ point }) => point));
  }
}

// A name for a point that nobody else gives, and that none of a copy's has.
const newPoint = () => 2 ** 20 + Math.floor(Math.random() * 2 ** 40);

// Drawn points are kept by the tab: a page of Voilà that is loaded again has a new kernel, and its link asks for them.
const KEPT_DRAWING = "regviz-drawing";

function keepDrawing(record) {
  if (!ownPage()) return;
  try {
    if (record) sessionStorage.setItem(KEPT_DRAWING, record);
    else sessionStorage.removeItem(KEPT_DRAWING);
  } catch { /* the tab has no room: then they are not kept */ }
}

function keptDrawing() {
  if (!ownPage() || !/^drawn(_\d+)?$/.test(new URLSearchParams(location.search).get("data") ?? "")) return {};
  try {
    const kept = sessionStorage.getItem(KEPT_DRAWING);
    return kept ? { kept } : {};
  } catch {
    return {};
  }
}
