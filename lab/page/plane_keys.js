// Drawing by keys: a cursor over the planes, and what is done where it stands. One of the parts of screen.js's module.

const PLANE = tr("Plane to draw on: arrow keys move, with Shift finely. Enter uses the tool, M picks a point up and puts it down, F flips, Delete erases, digits choose the class");

const NEAR_KEY = 32; // CSS pixels within which a key finds a point
const STEP = 8; // CSS pixels of an arrow key

const said = (number) => number.toFixed(2).replace("-", "−");
const spoken = ({ x, y }) => `${said(x)}, ${said(y)}`;

class KeyedPlanes extends Planes {
  // Steps back and forth, wherever one is in bar or plane. True if the key was one for that.
  steps(event) {
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return false;
    const key = event.key.toLowerCase();
    const act = key === "y" || (key === "z" && event.shiftKey) ? "redo" : key === "z" ? "undo" : null;
    if (!act) return false;
    event.preventDefault();
    event.stopPropagation();
    this.tell(act);
    return true;
  }

  press(event, plane) {
    if (this.steps(event) || event.ctrlKey || event.metaKey || event.altKey) return;
    const { key } = event;
    const arrow = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[key];
    const keys = { f: "flip", F: "flip", Delete: "erase", Backspace: "erase", m: "move", M: "move", Enter: this.bar.tool };
    if (arrow) this.go(plane, arrow, event.shiftKey ? 1 : STEP);
    else if (keys[key]) this.use(plane, keys[key]);
    else if (/^[1-4]$/.test(key)) this.bar.chooseClass(Number(key) - 1);
    else if (key === "Escape") this.escape();
    else return;
    this.keys = true;
    event.preventDefault();
    event.stopPropagation();
    this.mark();
  }

  escape() {
    if (this.carried === null) return this.switch("off");
    this.carried = null;
    this.mark();
  }

  here(plane) {
    return this.spot(plane, this.cursor[0] * plane.clientWidth, this.cursor[1] * plane.clientHeight);
  }

  go(plane, [across, down], step) {
    const spot = this.here(plane);
    const now = this.spot(plane, spot.left + across * step, spot.top + down * step);
    this.cursor = [now.left / plane.clientWidth, now.top / plane.clientHeight];
    if (this.carried !== null) {
      this.tell("move", { point: this.carried.point, x: now.x, y: now.y, goes_on: this.carried.goes_on });
      this.carried.goes_on = true;
      return;
    }
    const point = this.nearest(plane, now, NEAR);
    this.bar.say(point === null ? spoken(now) : this.found(point, spoken(now)));
    this.mark();
  }

  // The name of a point's class; "" where there are none.
  named(point) {
    return this.draw.classes[this.points.get(point).label]?.[0] ?? "";
  }

  found(point, place) {
    const name = this.named(point);
    return name ? tr("{place}: a point of class {name}", { place, name }) : tr("{place}: a point", { place });
  }

  pickedUp(point, place) {
    const name = this.named(point);
    return name
      ? tr("a point of class {name} at {place} is picked up: arrow keys move it", { place, name })
      : tr("a point at {place} is picked up: arrow keys move it", { place });
  }

  use(plane, act) {
    const spot = this.here(plane);
    if (act === "add") {
      this.tell("add", { point: newPoint(), x: spot.x, y: spot.y, class: this.bar.label });
      return;
    }
    if (act === "move" && this.carried !== null) {
      this.carried = null;
      this.bar.say(tr("Put down at {place}", { place: spoken(spot) }));
      return this.mark();
    }
    const point = this.nearest(plane, spot, NEAR_KEY);
    if (point === null || (act === "flip" && !this.draw.classes.length)) {
      this.bar.say(point === null ? tr("There is no point near") : tr("These points have no classes"));
    } else if (act === "move") {
      const its = this.points.get(point);
      this.cursor = this.share(its);
      this.carried = { point, goes_on: false };
      this.bar.say(this.pickedUp(point, spoken(its)));
      this.mark();
    } else this.tell(act, { point });
  }
}
