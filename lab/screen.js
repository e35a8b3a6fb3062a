// The canvas of regviz: paints the frames the kernel sends, says which it has painted, and tells the kernel what
// happens to the page. It keeps no state of the experiment. Everything it shows comes in with a frame.

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
    this.context = canvas.getContext("2d", { alpha: true });
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
      const context = this.above.getContext("2d");
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
    const context = known.source.getContext("2d");
    const pixels = context.createImageData(columns, rows);
    const words = new Uint32Array(pixels.data.buffer);
    const colors = known.table;
    for (let i = 0; i < words.length; i++) words[i] = colors[index[i]];
    context.putImageData(pixels, 0, 0);
    const below = this.below.getContext("2d");
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

function fillTable(body, rows) {
  while (body.rows.length > rows.length) body.deleteRow(-1);
  rows.forEach((row, i) => {
    const line = body.rows[i] ?? body.insertRow();
    if (line.dataset.lane !== String(i)) line.dataset.lane = String(i);
    if (line.dataset.state !== row.state) line.dataset.state = row.state;
    row.cells.forEach((cell, j) => {
      let box = line.cells[j];
      if (!box) {
        box = j ? line.insertCell() : line.appendChild(document.createElement("th"));
        if (!j) box.scope = "row";
      }
      if (j === 0) {
        if (box.dataset.text === cell && box.dataset.color === row.color) return;
        box.dataset.text = cell;
        box.dataset.color = row.color;
        const dot = document.createElement("i");
        dot.style.background = row.color;
        box.replaceChildren(dot, cell);
      } else if (box.textContent !== cell) box.textContent = cell;
    });
  });
}

function pageIsDark() {
  const light = document.body.dataset.jpThemeLight;
  if (light !== undefined) return light === "false";
  return matchMedia("(prefers-color-scheme: dark)").matches;
}

// Voilà's page is built of JupyterLab's parts too, but for its own top panel.
const inJupyterLab = () => !!document.querySelector(".jp-LabShell, .jp-NotebookShell") &&
  !document.getElementById("voila-top-panel");

// The link of this page with the present state. JupyterLab's own address is not a link to the app: Voilà's is.
function link(query) {
  const page = new URL(location.href);
  const notebook = page.pathname.match(/\/(?:lab|notebooks|doc)(?:\/workspaces\/[^/]+)?(?:\/tree)?\/(.+\.ipynb)$/);
  if (inJupyterLab() && notebook) {
    const config = document.getElementById("jupyter-config-data");
    const base = config ? JSON.parse(config.textContent).baseUrl : "/";
    page.pathname = `${base ?? "/"}voila/render/${notebook[1]}`;
  }
  page.search = query;
  page.hash = "";
  return page.href;
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch { // no permission, or not a secure context: the way of old
    const field = document.createElement("textarea");
    field.value = text;
    document.body.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
  }
}

// ipywidgets' sliders have a role and keys, but no name, and their value text is an index: take both from the row.
function nameControls(app) {
  for (const row of app.querySelectorAll(".widget-slider")) {
    const handle = row.querySelector("[role=slider]");
    const label = row.querySelector(".widget-label")?.textContent;
    const value = row.querySelector(".widget-readout")?.textContent;
    if (!handle) continue;
    if (label && handle.getAttribute("aria-label") !== label) handle.setAttribute("aria-label", label);
    if (value && handle.getAttribute("aria-valuetext") !== value) handle.setAttribute("aria-valuetext", value);
  }
}

const KEYS = { " ": "play", ArrowRight: "step", r: "reset", R: "reset", e: "epoch", E: "epoch" };

function render({ model, el }) {
  const view = Math.random().toString(36).slice(2);
  el.classList.add("rv-screen");
  el.innerHTML = `
    <div class="rv-picture" tabindex="0" role="img">
      <canvas data-regviz="screen" data-frame="0" data-step="0"></canvas>
      <div class="rv-labels" aria-hidden="true"></div>
    </div>
    <p class="rv-notice" role="alert" hidden><span></span><button type="button" aria-label="Dismiss">×</button></p>
    <p class="rv-sentence" aria-live="off"></p>
    <div class="rv-table"><table><thead><tr></tr></thead><tbody></tbody></table></div>`;
  const stand = el.querySelector(".rv-picture");
  const canvas = el.querySelector("canvas");
  const picture = new Picture(canvas, el.querySelector(".rv-labels"));
  const sentence = el.querySelector(".rv-sentence");
  const notice = el.querySelector(".rv-notice");
  const headings = el.querySelector("thead tr");
  const body = el.querySelector("tbody");
  const done = new AbortController();
  const on = (target, type, act) => target.addEventListener(type, act, { signal: done.signal });
  const say = (kind, more = {}) => {
    try {
      model.send({ kind, view, ...more });
    } catch { // the page is leaving, or its kernel is gone: there is nobody to tell
    }
  };
  const app = () => el.closest(".rv-app") ?? el;

  // -- frames: decoded in order, composed at the next animation frame, acknowledged once painted
  let chain = Promise.resolve();
  let ready = [];
  let asked = false;
  let started = false;

  function paint() {
    asked = false;
    if (!ready.length) return;
    const frames = ready;
    ready = [];
    for (const frame of frames) {
      picture.paint(frame);
      if (frame.table) fillTable(body, frame.table);
      if (frame.headings) headings.replaceChildren(...frame.headings.map((text) => {
        const cell = document.createElement("th");
        cell.scope = "col";
        cell.textContent = text;
        return cell;
      }));
      if (frame.sentence !== undefined) sentence.textContent = frame.sentence;
      if (frame.notice !== undefined) {
        notice.hidden = !frame.notice;
        notice.firstElementChild.textContent = frame.notice;
      }
      for (const key of ["step", "epoch", "change", "state"]) {
        if (frame[key] !== undefined) canvas.dataset[key] = frame[key];
      }
    }
    const last = frames.at(-1);
    canvas.dataset.frame = last.frame;
    // An acknowledgement costs the kernel about as much as a histogram: one for every half window is enough,
    // and one for the last frame when no more come.
    clearTimeout(late);
    if (last.whole || last.frame - acknowledged >= last.owe) acknowledge(last.frame);
    else late = setTimeout(acknowledge, 40, last.frame);
  }

  let acknowledged = 0;
  let late = 0;
  function acknowledge(frame) {
    acknowledged = frame;
    say("painted", { frame });
  }

  function onMessage(frame, buffers) {
    if (frame.kind === "failed") {
      notice.hidden = false;
      notice.firstElementChild.textContent = frame.notice;
      canvas.dataset.state = "failed";
    }
    if (frame.kind !== "frame") return;
    chain = chain.then(() => decode(frame, buffers)).then((decoded) => {
      if (decoded.whole) started = true;
      else if (!started) return; // a change to a picture this view never had
      ready.push(decoded);
      if (!asked) {
        asked = true;
        requestAnimationFrame(paint);
      }
    }).catch((error) => {
      console.error(error);
      say("lost");
    });
  }
  model.on("msg:custom", onMessage);

  // -- the page: size, visibility, look, keys
  let size = "";
  function measure() {
    const width = Math.floor(stand.clientWidth);
    if (!width) return null;
    return { width, room: innerHeight, ratio: Math.min(devicePixelRatio || 1, 3) };
  }
  function onResize() {
    const now = measure();
    if (!now || JSON.stringify(now) === size) return;
    size = JSON.stringify(now);
    say(onResize.known ? "resize" : "ready", {
      ...now,
      dark: pageIsDark(),
      search: inJupyterLab() ? "" : location.search,
      reduced: matchMedia("(prefers-reduced-motion: reduce)").matches,
      on: !document.hidden,
    });
    onResize.known = true;
  }
  const sizes = new ResizeObserver(onResize);
  sizes.observe(stand);
  on(window, "resize", onResize);
  onResize();

  on(document, "visibilitychange", () => say("visible", { on: !document.hidden }));
  const heartbeat = setInterval(() => { if (!document.hidden) say("alive"); }, 4000);

  const themes = new MutationObserver(() => say("look", { dark: pageIsDark() }));
  themes.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light"] });
  on(matchMedia("(prefers-color-scheme: dark)"), "change", () => say("look", { dark: pageIsDark() }));

  on(notice.lastElementChild, "click", () => { notice.hidden = true; });

  on(document, "click", async (event) => {
    const button = event.target.closest?.(".rv-copy-link");
    if (!button || !app().contains(button)) return;
    const text = link(model.get("query"));
    await copy(text);
    button.dataset.copied = text;
    const was = button.textContent;
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = was; }, 1500);
  });

  on(document, "keydown", (event) => {
    const target = event.target;
    const inside = app().contains(target) || target === document.body;
    if (!inside || event.ctrlKey || event.metaKey || event.altKey) return;
    if (target.closest("input, select, textarea, button, [role=slider], [contenteditable=true]")) return;
    const command = KEYS[event.key];
    if (!command) return;
    event.preventDefault();
    event.stopPropagation();
    say("key", { command });
  });

  // -- what the kernel sets on the page
  function onMode() {
    app().dataset.mode = model.get("mode");
  }
  function onQuery() {
    if (inJupyterLab()) return; // its address is its own
    const keep = new URLSearchParams(location.search).get("theme");
    const query = model.get("query") + (keep ? `${model.get("query") ? "&" : ""}theme=${keep}` : "");
    history.replaceState(history.state, "", location.pathname + (query ? `?${query}` : "") + location.hash);
  }
  function onDescription() {
    stand.setAttribute("aria-label", model.get("description"));
  }
  model.on("change:mode", onMode);
  model.on("change:query", onQuery);
  model.on("change:description", onDescription);
  onDescription();

  let names = null;
  const attached = setInterval(() => {
    if (!el.isConnected) return;
    clearInterval(attached);
    const root = app();
    root.dataset.lmSuppressShortcuts = "true"; // JupyterLab: keys pressed in the app are the app's
    onMode();
    nameControls(root);
    names = new MutationObserver(() => nameControls(root));
    const side = root.querySelector(".rv-side") ?? root;
    names.observe(side, { subtree: true, childList: true, characterData: true });
    onResize();
  }, 30);

  return () => {
    done.abort();
    clearInterval(heartbeat);
    clearInterval(attached);
    sizes.disconnect();
    themes.disconnect();
    names?.disconnect();
    model.off("msg:custom", onMessage);
    say("gone");
  };
}

export default { render };
