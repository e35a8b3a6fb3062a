// The picture: layers of pixels, and text set by the browser. One of the parts of screen.py's module.

const BASELINE = 0.8465; // of the font size, from the top of a line box of height 1: Arial, Helvetica, Liberation Sans

function textStyle([x, y, , color, size, weight, ha, va, rotation]) {
  const across = { left: "0%", center: "-50%", right: "-100%" }[ha] ?? "0%";
  const down = { baseline: `${-BASELINE}em`, top: "-0.12em", bottom: "-1.04em" }[va] ?? "-50%";
  const turn = rotation ? `rotate(${-rotation}deg) ` : "";
  return `left:${x}px;top:${y}px;color:${color};font-size:${size}px;font-weight:${weight};` +
    `transform:${turn}translate(${across},${down})`;
}

class Picture {
  // Three layers: live images below, the figure above, and the canvas people see, composed where something changed.
  constructor(canvas, labels) {
    this.canvas = canvas;
    this.labels = labels;
    this.context = canvas.getContext("2d", { willReadFrequently: true });
    this.below = document.createElement("canvas");
    this.above = document.createElement("canvas");
    this.images = new Map();
    this.texts = new Map();
  }

  resize([width, height, ratio]) {
    for (const layer of [this.canvas, this.below, this.above]) {
      layer.width = Math.round(width * ratio);
      layer.height = Math.round(height * ratio);
    }
    this.canvas.style.width = `${width}px`;
    this.canvas.style.height = `${height}px`;
    this.images.clear();
    this.texts.clear();
    this.labels.replaceChildren();
  }

  paint(frame) {
    if (frame.whole) this.resize(frame.whole);
    const dirty = [];
    if (frame.bitmap) {
      const context = this.above.getContext("2d", { willReadFrequently: true });
      let top = 0;
      for (const [x, y, w, h] of frame.rectangles) {
        context.clearRect(x, y, w, h);
        context.drawImage(frame.bitmap, 0, top, w, h, x, y, w, h);
        top += h;
        dirty.push([x, y, w, h]);
      }
      frame.bitmap.close();
    }
    for (const image of frame.pictures) this.place(image, dirty);
    for (const [x, y, w, h] of dirty) {
      this.context.clearRect(x, y, w, h);
      this.context.drawImage(this.below, x, y, w, h, x, y, w, h);
      this.context.drawImage(this.above, x, y, w, h, x, y, w, h);
    }
    for (const [key, text] of Object.entries(frame.texts ?? {})) this.write(key, text);
  }

  place({ key, x, y, w, h, smooth, columns, rows, table, index }, dirty) {
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
    const below = this.below.getContext("2d", { willReadFrequently: true });
    const box = [Math.floor(x), Math.floor(y), Math.ceil(x + w) - Math.floor(x), Math.ceil(y + h) - Math.floor(y)];
    below.clearRect(...box);
    below.imageSmoothingEnabled = smooth;
    below.imageSmoothingQuality = "high";
    if (w > 0 && h > 0) below.drawImage(known.source, x, y, w, h);
    dirty.push(box);
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
    if (span.textContent !== text[2]) span.textContent = text[2];
    span.style.cssText = textStyle(text);
  }
}

async function decode(frame, buffers) {
  const part = buffers?.[0];
  const bytes = part ? new Uint8Array(part.buffer ?? part, part.byteOffset ?? 0, part.byteLength) : null;
  let at = frame.png ?? 0;
  frame.pictures = (frame.images ?? []).map(([key, x, y, w, h, smooth, columns, rows, hasTable]) => {
    let table = null;
    if (hasTable) {
      table = new Uint32Array(bytes.slice(at, at + 1024).buffer);
      at += 1024;
    }
    const index = bytes.subarray(at, at + columns * rows);
    at += columns * rows;
    return { key, x, y, w, h, smooth: !!smooth, columns, rows, table, index };
  });
  if (frame.png) {
    frame.bitmap = await createImageBitmap(new Blob([bytes.subarray(0, frame.png)], { type: "image/png" }));
  }
  return frame;
}
