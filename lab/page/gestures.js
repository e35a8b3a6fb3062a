// What a person does on the picture and on the timeline. One of the parts of screen.py's module.

// Pointer and hint: moves are told once per refresh, and only over pictures that listen.
class Pointer {
  constructor(stand, hint, on, say) {
    this.stand = stand;
    this.hint = hint;
    this.say = say;
    this.listeners = [];
    this.inside = false;
    this.asked = false;
    on(stand, "pointermove", (event) => this.move(event));
    on(stand, "pointerleave", () => this.leave());
    on(stand, "click", (event) => this.click(event));
    on(document, "keydown", (event) => this.back(event));
  }

  at(event) {
    const box = this.stand.getBoundingClientRect();
    return [Math.round(event.clientX - box.left), Math.round(event.clientY - box.top)];
  }

  heard([x, y]) {
    return this.listeners.some(([left, top, w, h]) => x >= left && x < left + w && y >= top && y < top + h);
  }

  move(event) {
    this.last = this.at(event);
    if (this.asked || !(this.inside || this.heard(this.last))) return;
    this.asked = true;
    requestAnimationFrame(() => {
      this.asked = false;
      if (!this.last) return; // it has left since
      if (!this.heard(this.last)) return this.leave();
      this.inside = true;
      this.say("pointer", { what: "move", x: this.last[0], y: this.last[1] });
    });
  }

  leave() {
    if (this.inside) this.say("pointer", { what: "leave", x: -1, y: -1 });
    this.inside = false;
    this.last = null;
    this.show({ text: "" });
  }

  click(event) {
    const [x, y] = this.at(event);
    if (this.heard([x, y])) this.say("pointer", { what: "click", x, y });
  }

  // Escape, where no picture has the focus, goes back in the one under the pointer.
  back(event) {
    if (event.key === "Escape" && this.inside && !inDialog(event)) this.say("pointer", { what: "back", x: this.last[0], y: this.last[1] });
  }

  show({ text, x, y }) {
    this.place(this.inside ? text : "", x, y);
    this.stand.style.cursor = this.hint.hidden ? "" : "pointer";
  }

  hide() {
    this.place("");
  }

  place(text, x, y) {
    this.hint.hidden = !text;
    if (!text) return;
    this.hint.textContent = text;
    const { offsetWidth: width, offsetHeight: height } = this.hint;
    const left = Math.min(x + 14, this.stand.clientWidth - width - 4);
    const top = y + 18 + height > this.stand.clientHeight ? y - height - 10 : y + 18;
    this.hint.style.transform = `translate(${Math.max(0, left)}px,${Math.max(0, top)}px)`;
  }
}

// The keyboard's way to what a pointer does: each picture that listens is a stop of Tab. Arrow keys move among its
// targets, Enter clicks; what the picture answers is shown beside the mark, and read out.
class Cursors {
  constructor(box, pointer, say) {
    this.box = box;
    this.pointer = pointer;
    this.say = say;
    this.stops = [];
    this.mark = element("i", { hidden: "" });
    this.status = element("p", { role: "status" });
    box.append(this.mark, this.status);
  }

  // A picture keeps its stop, and with it the focus, wherever it stands among the others.
  follow(listeners) {
    const before = new Map(this.stops.map((stop) => [stop.dataset.picture, stop]));
    const focused = this.stops.find((stop) => stop === document.activeElement);
    this.stops = listeners.map(([left, top, width, height, picture, name], i) => {
      const stop = before.get(picture) ?? this.stop();
      before.delete(picture);
      stop.dataset.picture = picture;
      for (const [side, size] of Object.entries({ left, top, width, height })) stop.style[side] = `${size}px`;
      stop.setAttribute("aria-label", tr("{name}: arrow keys move, Enter acts", { name }));
      if (this.box.children[i] !== stop) this.box.insertBefore(stop, this.box.children[i]);
      return stop;
    });
    for (const stop of before.values()) stop.remove();
    if (!focused) return;
    if (!this.stops.includes(focused)) this.leave();
    else if (focused !== document.activeElement) focused.focus({ preventScroll: true }); // it was moved
  }

  leave() {
    this.mark.hidden = true;
    this.pointer.hide();
  }

  stop() {
    const stop = element("div", { tabindex: 0, role: "application", "aria-roledescription": tr("picture") });
    const press = (key) => this.say("cursor", { picture: stop.dataset.picture, key });
    stop.addEventListener("focus", () => press("focus"));
    stop.addEventListener("blur", () => {
      this.leave();
      press("blur");
    });
    stop.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (!event.key.startsWith("Arrow") && !["Home", "End", "Enter", "Escape"].includes(event.key)) return;
      event.preventDefault();
      event.stopPropagation();
      press(event.key);
    });
    return stop;
  }

  show({ picture, text, x, y, beside }) {
    if (this.box.querySelector(":focus")?.dataset.picture !== picture) return;
    this.mark.hidden = !text;
    this.mark.style.transform = `translate(${x}px,${y}px)`;
    this.pointer.place(beside ? text : "", x, y); // else the picture itself shows what is read out
    this.status.textContent = ""; // what is the same is said again
    this.status.textContent = text || tr("nothing to choose here yet");
  }
}

const UNDER_WAY = 600; // milliseconds for which an answer may be one to an earlier move of the slider

// The timeline: a slider over the epochs of the run. Dragged to its end it shows the present again.
class Timeline {
  constructor(box, on, say) {
    this.slider = box.querySelector("input");
    this.output = box.querySelector("output");
    this.pin = box.querySelector("button");
    this.held = false;
    this.moved = -Infinity; // milliseconds; when a person moved it last
    this.due = null;
    on(this.slider, "pointerdown", () => { this.held = true; });
    for (const type of ["pointerup", "pointercancel"]) on(window, type, () => { this.held = false; });
    on(this.slider, "input", () => {
      this.moved = performance.now();
      const epoch = Number(this.slider.value);
      say("look back", { epoch: epoch >= Number(this.slider.max) ? null : epoch });
    });
    on(this.pin, "click", () => say("pin"));
  }

  // The state is taken at once and shown at reading pace: each change makes the browser lay out a part of the page.
  follow({ span, epoch, back, pinned }) {
    if (span === undefined && epoch === undefined && back === undefined && pinned === undefined) return;
    this.due ??= setTimeout(() => this.show(), 90);
    if (span) this.span = span;
    if (epoch !== undefined) this.epoch = epoch;
    if (back !== undefined) this.back = back;
    if (pinned !== undefined) this.pinned = pinned;
  }

  show() {
    this.due = null;
    const [first, last] = this.span ?? [0, 0];
    this.slider.min = first;
    this.slider.max = last;
    const name = this.pinned ? tr("Unpin") : tr("Pin this run");
    if (this.pin.textContent !== name) this.pin.textContent = name;
    this.pin.setAttribute("aria-pressed", String(!!this.pinned));
    if (!this.held && performance.now() - this.moved > UNDER_WAY) this.slider.value = this.back ? this.epoch : last;
    else {
      clearTimeout(this.later);
      this.later = setTimeout(() => this.show(), UNDER_WAY);
    }
    const text = this.back ? tr("epoch {epoch} of {last}", { epoch: this.epoch, last }) : tr("epoch {epoch}", { epoch: last });
    if (this.output.textContent !== text) this.output.textContent = text;
    this.slider.setAttribute("aria-valuetext", text);
  }
}
