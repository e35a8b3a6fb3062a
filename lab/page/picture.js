// The picture: layers of pixels, and text set by the browser. One of the parts of screen.py's module.

const BASELINE = 0.8465; // of the font size, from the top of a line box of height 1: Arial, Helvetica, Liberation Sans

function textStyle([x, y, , color, size, weight, ha, va, rotation], inks) {
  const placed = (more) => `color:${inks.get(color) ?? color};font-size:${size}px;font-weight:${weight};` +
    `transform:translate(${x}px,${y}px) ${more}`;
  if (rotation === 90) { // upwards: Matplotlib aligns the box that the turned text fills
    const along = { top: "-100%", center: "-50%" }[va] ?? "0%";
    const aside = { left: "0%", center: "-50%", right: "-100%" }[ha] ?? "0%";
    return placed(`rotate(-90deg) translate(${along},${aside})`);
  }
  const across = { left: "0%", center: "-50%", right: "-100%" }[ha] ?? "0%";
  const down = { baseline: `${-BASELINE}em`, top: "-0.12em", bottom: "-1.04em" }[va] ?? "-50%";
  const turn = rotation ? `rotate(${-rotation}deg) ` : "";
  return placed(`${turn}translate(${across},${down})`);
}

class Picture {
  // Three layers: live images below, the figure above, and the canvas people see, composed where something changed.
  constructor(canvas, labels) {
    this.canvas = canvas;
    this.labels = labels;
    // Opaque: the browser's compositor then copies the picture instead of blending it with the page below.
    this.context = canvas.getContext("2d", { willReadFrequently: true, alpha: false });
    this.below = document.createElement("canvas");
    this.above = document.createElement("canvas");
    this.images = new Map();
    this.texts = new Map();
    this.inks = new Map(); // the colour of text in a lane's colour, see `readable`
  }

  resize([width, height, ratio]) {
    for (const layer of [this.canvas, this.below, this.above]) {
      layer.width = Math.round(width * ratio);
      layer.height = Math.round(height * ratio);
    }
    this.context.fillStyle = getComputedStyle(this.canvas).getPropertyValue("--rv-background") || "#fff";
    this.context.fillRect(0, 0, this.canvas.width, this.canvas.height);
    this.canvas.style.width = `${width}px`;
    this.canvas.style.height = `${height}px`;
    this.pixels = new ImageData(this.above.width, this.above.height);
    this.words = new Uint32Array(this.pixels.data.buffer);
    this.images.clear();
    this.texts.clear();
    this.labels.replaceChildren();
  }

  paint(frame) {
    if (frame.whole) this.resize(frame.whole);
    const dirty = [];
    if (frame.rectangles) {
      this.flip(frame);
      const context = this.above.getContext("2d", { willReadFrequently: true });
      for (const [x, y, w, h] of frame.rectangles) {
        context.putImageData(this.pixels, 0, 0, x, y, w, h);
        dirty.push([x, y, w, h]);
      }
    }
    const left = [];
    for (const image of frame.pictures) this.place(image, dirty, left);
    if (left.length) this.mend(left, dirty);
    for (const [x, y, w, h] of dirty) {
      this.context.fillRect(x, y, w, h);
      this.context.drawImage(this.below, x, y, w, h, x, y, w, h);
      this.context.drawImage(this.above, x, y, w, h, x, y, w, h);
    }
    for (const [key, text] of Object.entries(frame.texts ?? {})) this.write(key, text);
  }

  // Pixels come as runs of differences from what they were, one rectangle after the other, row by row.
  flip({ rectangles, values, lengths }) {
    const { words } = this;
    const across = this.pixels.width;
    let run = -1;
    let left = 0;
    let value = 0;
    for (const [x, y, w, h] of rectangles) {
      for (let row = y; row < y + h; row++) {
        let at = row * across + x;
        const end = at + w;
        while (at < end) {
          if (!left) {
            run += 1;
            left = lengths[run];
            value = values[run];
          }
          const stop = Math.min(end, at + left);
          left -= stop - at;
          if (value) while (at < stop) words[at++] ^= value;
          else at = stop;
        }
      }
    }
  }

  // A live image in its place; where it has stood before goes to `left`, if it has moved or is gone.
  place({ key, x, y, w, h, smooth, columns, rows, table, index }, dirty, left) {
    const known = this.images.get(key) ?? { source: document.createElement("canvas"), table };
    if (table) known.table = table;
    this.images.set(key, known);
    known.source.width = columns;
    known.source.height = rows;
    const context = known.source.getContext("2d", { willReadFrequently: true });
    const pixels = context.createImageData(columns, rows);
    const words = new Uint32Array(pixels.data.buffer);
    const colors = known.table;
    for (let i = 0; i < words.length; i++) words[i] = colors[index[i]];
    context.putImageData(pixels, 0, 0);
    const box = [Math.floor(x), Math.floor(y), Math.ceil(x + w) - Math.floor(x), Math.ceil(y + h) - Math.floor(y)];
    const seen = w > 0 && h > 0;
    if (known.box && !(seen && known.box.every((side, k) => side === box[k]))) left.push(known.box);
    Object.assign(known, { x, y, w, h, smooth, box: seen ? box : null });
    if (!seen) return;
    const below = this.below.getContext("2d", { willReadFrequently: true });
    below.clearRect(...box);
    this.draw(below, known);
    dirty.push(box);
  }

  draw(below, { source, x, y, w, h, smooth }) {
    below.imageSmoothingEnabled = smooth;
    below.imageSmoothingQuality = "high";
    below.drawImage(source, x, y, w, h);
  }

  // Where images have gone, those that stand there now are drawn anew.
  mend(boxes, dirty) {
    const below = this.below.getContext("2d", { willReadFrequently: true });
    below.save();
    below.beginPath();
    for (const box of boxes) below.rect(...box);
    below.clip();
    for (const box of boxes) below.clearRect(...box);
    for (const known of this.images.values()) if (known.box) this.draw(below, known);
    below.restore();
    dirty.push(...boxes);
  }

  write(key, text) {
    let span = this.texts.get(key);
    if (!text) {
      span?.remove();
      this.texts.delete(key);
      return;
    }
    if (!span) {
      span = document.createElement("span");
      this.labels.append(span);
      this.texts.set(key, span);
    }
    // What is set anew is styled and laid out anew, even where it is the same.
    if (span.textContent !== text[2]) span.textContent = text[2];
    const style = textStyle(text, this.inks);
    if (span.dataset.style !== style) span.style.cssText = span.dataset.style = style;
  }
}

// A message's binary part: the runs' values, their lengths, then each image's colour table and values.
function decode(frame, buffers) {
  const part = buffers?.[0];
  if (!part) return { ...frame, pictures: [] };
  const start = part.byteOffset ?? 0;
  const bytes = new Uint8Array(part.buffer ?? part, start, part.byteLength);
  let at = 0;
  const take = (count) => bytes.slice(at, (at += count)); // a copy, so that it is aligned
  if (frame.runs) {
    frame.values = new Uint32Array(take(4 * frame.runs).buffer);
    frame.lengths = new Uint16Array(take(2 * frame.runs).buffer);
  }
  frame.pictures = (frame.images ?? []).map(([key, x, y, w, h, smooth, columns, rows, hasTable]) => {
    const table = hasTable ? new Uint32Array(take(1024).buffer) : null;
    return { key, x, y, w, h, smooth: !!smooth, columns, rows, table, index: take(columns * rows) };
  });
  return frame;
}
