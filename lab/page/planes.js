// Drawing on the fit picture: a plane over each lane's field that hears mouse and finger; `KeyedPlanes` hears keys, too.
// One of the parts of screen.js's module.

const NEAR = 9; // CSS pixels within which a mouse takes hold of a point
const NEAR_FINGER = 20;
const TWICE = 350; // milliseconds between the two clicks of a double click
const MOVED = 3; // CSS pixels after which a press is a drag

class Planes {
  constructor(el, view, on, say) {
    this.view = view;
    this.say = say;
    const act = (what) => (what === "off" ? this.switch("off") : this.tell(what));
    this.bar = new DrawBar(el.querySelector(".rv-draw"), el.querySelector(".rv-draw-about"), act);
    this.layer = el.querySelector(".rv-planes");
    this.opener = el.querySelector(".rv-draw-open");
    this.drawn = new Drawn();
    this.draw = null; // what the kernel says of it
    this.cursor = [0.5, 0.5]; // of the keyboard, as shares of a plane
    this.keys = false; // true while one draws by keys
    this.carried = null;
    this.drag = null;
    this.due = false;
    this.planes = [];
    this.opening = false;
    on(this.bar.box, "keydown", (event) => this.steps(event));
    on(this.opener, "click", (event) => {
      this.opener.classList.toggle("rv-by-keys", !event.detail); // a click that no pointer has made
      this.switch("on");
    });
  }

  // -- what the kernel says

  follow(frame) {
    if (frame.heard) this.drawn.heard = frame.heard[this.view] ?? 0;
    if (frame.points) this.drawn.take(frame.points[0][this.view] ?? 0, frame.points[1]);
    if (frame.draw !== undefined) this.show(frame.draw);
    if (this.draw?.on && (frame.heard || frame.points || frame.draw)) this.mark();
  }

  show(draw) {
    const before = this.draw;
    this.draw = draw;
    const on = !!draw?.on;
    this.opener.hidden = !draw || on;
    if (draw) {
      const [left, top, width] = draw.place;
      this.opener.style.transform = `translate(${left + width}px,${top}px) translateX(-100%)`;
    }
    this.bar.hide(!on);
    if (!on) {
      this.planes.splice(0).forEach((plane) => plane.remove());
      this.drag = this.carried = null;
      if (before?.on && this.opening === "off") this.opener.focus();
      if (before?.on) this.opening = false;
      return;
    }
    while (this.planes.length > draw.cells.length) this.planes.pop().remove();
    while (this.planes.length < draw.cells.length) this.planes.push(this.plane());
    draw.cells.forEach(([left, top, width, height], i) => {
      Object.assign(this.planes[i].style, { left: `${left}px`, top: `${top}px`, width: `${width}px`, height: `${height}px` });
      this.planes[i].tabIndex = i ? -1 : 0; // all planes are one
    });
    this.bar.show(draw);
    if (this.opening === "on") {
      this.opening = false;
      this.planes[0].focus({ preventScroll: true });
      this.keys = this.opener.matches(".rv-by-keys");
    }
  }

  switch(act) {
    this.opening = act;
    this.say("draw", { act, stroke: 0 });
  }

  // -- what a person does

  tell(act, more = {}) {
    if (act === "take") return this.say("draw", { act, stroke: 0 });
    const stroke = this.drawn.did(act, more);
    this.say("draw", { act, stroke, ...more });
    this.layer.dataset.sent = stroke;
    this.mark();
  }

  plane() {
    const plane = element("div", { class: "rv-plane", role: "application", "aria-label": PLANE });
    plane.addEventListener("pointerdown", (event) => this.down(event, plane));
    plane.addEventListener("pointermove", (event) => this.move(event, plane));
    for (const type of ["pointerup", "pointercancel"]) plane.addEventListener(type, (event) => this.up(event));
    plane.addEventListener("pointerleave", () => this.hover(null));
    plane.addEventListener("keydown", (event) => this.press(event, plane));
    plane.addEventListener("focus", () => this.mark());
    plane.addEventListener("blur", () => {
      this.carried = null;
      this.mark();
    });
    this.layer.append(plane);
    return plane;
  }

  // A place on a plane, in CSS pixels from its corner and in the coordinates of the points.
  spot(plane, across, down) {
    const [x0, x1, y0, y1] = this.draw.plane;
    const { clientWidth: width, clientHeight: height } = plane;
    const left = Math.min(Math.max(across, 0), width);
    const top = Math.min(Math.max(down, 0), height);
    return { left, top, x: x0 + (left / width) * (x1 - x0), y: y1 - (top / height) * (y1 - y0) };
  }

  under(event, plane) {
    const box = plane.getBoundingClientRect();
    return this.spot(plane, event.clientX - box.left - plane.clientLeft, event.clientY - box.top - plane.clientTop);
  }

  share({ x, y }) {
    const [x0, x1, y0, y1] = this.draw.plane;
    return [(x - x0) / (x1 - x0), (y1 - y) / (y1 - y0)];
  }

  get points() {
    return this.drawn.points(this.draw.classes.length);
  }

  // The name of the point nearest to a spot, within so many CSS pixels; null if there is none.
  nearest(plane, { left, top }, within) {
    let found = null;
    let least = within;
    for (const [point, at] of this.points) {
      const [across, down] = this.share(at);
      const far = Math.hypot(across * plane.clientWidth - left, down * plane.clientHeight - top);
      if (far <= least) [found, least] = [point, far];
    }
    return found;
  }

  down(event, plane) {
    if (!event.isPrimary || event.button) return;
    event.preventDefault(); // no selection, no scrolling, and a focus of our own
    plane.focus({ preventScroll: true });
    this.carried = null;
    this.keys = false;
    const spot = this.under(event, plane);
    const point = this.nearest(plane, spot, event.pointerType === "mouse" ? NEAR : NEAR_FINGER);
    this.cursor = [spot.left / plane.clientWidth, spot.top / plane.clientHeight];
    if (this.bar.tool === "erase" || this.bar.tool === "flip") {
      if (point !== null) this.tell(this.bar.tool, { point });
      return;
    }
    if (point === null && this.bar.tool !== "add") return;
    plane.setPointerCapture(event.pointerId);
    const begun = { plane, from: spot, last: spot, pointer: event.pointerId };
    if (point === null) {
      const made = newPoint();
      this.tell("add", { point: made, x: spot.x, y: spot.y, class: this.bar.label });
      this.drag = { ...begun, point: made, dx: 0, dy: 0, goes_on: true, moving: false };
      this.last = null;
      return;
    }
    const twice = this.last?.point === point && event.timeStamp - this.last.at < TWICE;
    this.last = twice ? null : { point, at: event.timeStamp };
    if (twice && this.draw.classes.length) {
      this.tell("flip", { point });
      return;
    }
    const at = this.points.get(point);
    this.drag = { ...begun, point, dx: at.x - spot.x, dy: at.y - spot.y, goes_on: false, moving: false };
  }

  move(event, plane) {
    const { drag } = this;
    if (!drag) {
      const near = event.pointerType === "mouse" ? this.nearest(plane, this.under(event, plane), NEAR) : null;
      return this.hover(near);
    }
    if (event.pointerId !== drag.pointer) return;
    drag.last = this.under(event, drag.plane);
    drag.moving ||= Math.hypot(drag.last.left - drag.from.left, drag.last.top - drag.from.top) >= MOVED;
    if (!drag.moving || this.due) return;
    this.due = true;
    requestAnimationFrame(() => {
      this.due = false;
      this.pull();
    });
  }

  // The dragged point follows, once per refresh.
  pull() {
    const { drag } = this;
    if (!drag?.moving || !drag.last || !this.draw?.on) return;
    const { x, y } = this.inside(drag.last.x + drag.dx, drag.last.y + drag.dy);
    drag.last = null;
    this.tell("move", { point: drag.point, x, y, goes_on: drag.goes_on });
    drag.goes_on = true;
  }

  up(event) {
    if (event.pointerId !== this.drag?.pointer) return;
    this.pull();
    this.drag = null;
    this.mark();
  }

  inside(x, y) {
    const [x0, x1, y0, y1] = this.draw.plane;
    return { x: Math.min(Math.max(x, x0), x1), y: Math.min(Math.max(y, y0), y1) };
  }

  hover(point) {
    if (point === this.hovered) return;
    this.hovered = point;
    this.mark();
  }

  // -- marks: what the picture does not show yet, what is held, and where the keyboard stands

  mark() {
    if (!this.draw?.on) return;
    const { points } = this;
    const marks = [];
    for (const point of this.drawn.ahead) {
      const at = points.get(point);
      if (at) marks.push(["dot", at, this.draw.classes[at.label]?.[1] ?? this.draw.ink]);
    }
    for (const held of [this.drag?.point, this.carried?.point, this.hovered]) {
      if (points.has(held)) marks.push(["ring", points.get(held)]);
    }
    for (const plane of this.planes) {
      plane.replaceChildren(...marks.map(([kind, at, color]) => {
        const mark = element("i", { class: `rv-${kind}` });
        const [across, down] = this.share(at);
        mark.style.left = `${100 * across}%`;
        mark.style.top = `${100 * down}%`;
        if (color) mark.style.background = color;
        return mark;
      }));
      if (!this.keys || !this.planes.includes(plane.getRootNode().activeElement)) continue;
      const cross = element("i", { class: "rv-crosshair" });
      cross.style.left = `${100 * this.cursor[0]}%`;
      cross.style.top = `${100 * this.cursor[1]}%`;
      plane.append(cross);
    }
  }
}
