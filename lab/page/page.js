// What the lab does to its page: table, look, link, names. One of the parts of screen.py's module.

const NAMED = {
  drawing: tr("Draw points"),
  opener: tr("Add, move, flip and erase points"),
  draw: tr("Draw"),
  shadow: tr("Keep this run as a shadow, to compare the next ones with it"),
  pin: tr("Pin this run"),
  back: tr("Look back to an epoch"),
  start: tr("epoch {epoch}", { epoch: 0 }),
  table: tr("Show or fold the table of all lanes"),
  numbers: tr("Numbers"),
  dismiss: tr("Dismiss"),
};

const MARKUP = `
  <div class="rv-draw" role="group" aria-label="${NAMED.drawing}" hidden></div>
  <p class="rv-draw-about" hidden></p>
  <div class="rv-stage">
    <div class="rv-picture" tabindex="0" role="img">
      <canvas data-regviz="screen" data-frame="0" data-step="0"></canvas>
      <div class="rv-labels" aria-hidden="true"></div>
      <div class="rv-hint" role="tooltip" hidden></div>
    </div>
    <div class="rv-cursors"></div>
    <div class="rv-planes"><button type="button" class="rv-draw-open" title="${NAMED.opener}" hidden>${NAMED.draw}</button></div>
    <div class="rv-kernel" role="status" hidden><span></span></div>
  </div>
  <div class="rv-timeline">
    <button type="button" class="rv-pin" aria-pressed="false"
      title="${NAMED.shadow}">${NAMED.pin}</button>
    <input type="range" min="0" max="0" step="1" value="0" aria-label="${NAMED.back}">
    <output>${NAMED.start}</output>
    <button type="button" class="rv-numbers" title="${NAMED.table}">${NAMED.numbers}</button>
  </div>
  <p class="rv-notice" role="alert" hidden><span></span><button type="button" aria-label="${NAMED.dismiss}">×</button></p>
  <p class="rv-sentence" aria-live="off"></p>
  <div class="rv-table"><table><thead><tr></tr></thead><tbody></tbody></table></div>`;

const JOINT = /ungs(?=\p{L}{4})/gu; // of German compounds, which are too long for a column: a line may end there

function fillHeadings(row, texts) {
  row.replaceChildren(...texts.map((text) => element("th", { scope: "col" }, text.replace(JOINT, "$&\u00ad"))));
}

function fillTable(body, rows) {
  while (body.rows.length > rows.length) body.deleteRow(-1);
  rows.forEach((row, i) => {
    const line = body.rows[i] ?? body.insertRow();
    if (line.dataset.lane !== String(i)) line.dataset.lane = String(i);
    if (line.dataset.state !== row.state) line.dataset.state = row.state;
    while (line.cells.length > row.cells.length) line.deleteCell(-1); // other data have fewer columns
    row.cells.forEach((cell, j) => {
      const box = line.cells[j] ?? (j ? line.insertCell() : line.appendChild(element("th", { scope: "row" })));
      if (j === 0) {
        if (box.dataset.text === cell && box.dataset.color === row.color) return;
        box.dataset.text = cell;
        box.dataset.color = row.color;
        const dot = element("i", { class: `rv-mark-${i}` });
        dot.style.background = row.color;
        box.replaceChildren(dot, cell);
      } else if (box.textContent !== cell) box.textContent = cell;
    });
  });
}

// Where a lesson's table is folded at first: its question, pictures and explanation are to be one screen.
const LOW = "(max-height: 860px)";

// CSS pixels that the picture and the table's rows may have so that all of the lab stands on one screen, and the height
// of a row (0 if the table is folded). It depends on the page alone, not on what is said on it: nothing may jump.
function roomOf(app) {
  const notebook = !ownPage() && app.closest(".jp-WindowedPanel-outer, .jp-Notebook, #site");
  const pixels = (part, name) => parseFloat(getComputedStyle(part).getPropertyValue(name)) || 0;
  const main = app.querySelector(".rv-main");
  let room = (notebook ? notebook.clientHeight : innerHeight) - 8;
  if (!main) return { room, row: 0 };
  room -= pixels(main, "padding-top") + pixels(main, "padding-bottom");
  for (const name of [".rv-head", ".rv-draw", ".rv-draw-about", ".rv-timeline", ".rv-sentence", ".rv-main > .rv-controls", ".rv-side"]) {
    const part = app.querySelector(name);
    if (!part?.checkVisibility()) continue;
    if (name === ".rv-side" && part.offsetWidth < main.offsetWidth) continue; // it stands beside the picture
    const height = name === ".rv-sentence" ? pixels(app, "--rv-sentence") : part.offsetHeight;
    room -= height + pixels(part, "margin-top") + pixels(part, "margin-bottom");
  }
  const table = app.querySelector(".rv-table");
  return { room: Math.round(room), row: table?.checkVisibility() ? pixels(app, "--rv-row") : 0 };
}

function pageIsDark() {
  const light = document.body.dataset.jpThemeLight;
  if (light !== undefined) return light === "false";
  return matchMedia("(prefers-color-scheme: dark)").matches;
}

// The shade of `color` that can be read as text on `ground`: mixed with black or white until the contrast is 4.5 : 1
// (WCAG 2.2). Curves and bars keep the colour itself; a person may have chosen yellow.
function readable(color, ground) {
  if (!/^#[0-9a-f]{6}$/i.test(color)) return color;
  const parts = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
  const light = (rgb) => rgb.map((part) => part / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
    .reduce((sum, part, i) => sum + part * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = light(parts(ground));
  const end = behind > 0.18 ? 0 : 255;
  for (let share = 0; share <= 1; share += 0.04) {
    const shade = parts(color).map((part) => Math.round(part + (end - part) * share));
    const [low, high] = [behind, light(shade)].sort((a, b) => a - b);
    if ((high + 0.05) / (low + 0.05) >= 4.5) return `#${shade.map((part) => part.toString(16).padStart(2, "0")).join("")}`;
  }
  return end ? "#ffffff" : "#000000";
}

// ipywidgets' sliders have a role and keys, but no name, and their value text is an index: take both from the row.
// Its short colour pickers and progress bars have no name either, and a tool's button does not say what it opens.
function nameControls(app) {
  const set = (control, name, value) => {
    if (control && value && control.getAttribute(name) !== value) control.setAttribute(name, value);
  };
  for (const row of app.querySelectorAll(".widget-colorpicker")) {
    set(row.querySelector("input[type=color]"), "aria-label", row.querySelector(".widget-label")?.textContent);
  }
  for (const button of app.querySelectorAll(".widget-toggle-button")) {
    const on = String(button.classList.contains("mod-active"));
    set(button, button.classList.contains("rv-tool") ? "aria-expanded" : "aria-pressed", on);
  }
  for (const bar of app.querySelectorAll(".rv-progress .progress-bar")) {
    set(bar, "role", "progressbar");
    set(bar, "aria-label", tr("Progress of the sweep"));
    set(bar, "aria-valuemin", "0");
    set(bar, "aria-valuemax", "100");
    set(bar, "aria-valuenow", String(Math.round(parseFloat(bar.style.width) || 0)));
  }
  for (const field of app.querySelectorAll(".widget-text input")) {
    const row = field.closest(".widget-text");
    if (row.classList.contains("rv-number")) {
      set(field, "inputmode", "decimal");
      set(field, "role", "spinbutton"); // the arrow keys move it
    }
    if (row.classList.contains("rv-refused")) set(field, "aria-invalid", "true");
    else field.removeAttribute("aria-invalid");
  }
  for (const row of app.querySelectorAll(".widget-slider")) {
    const handle = row.querySelector("[role=slider]");
    const label = row.querySelector(".widget-label")?.textContent;
    const readout = row.querySelector(".widget-readout");
    const value = readout?.textContent;
    set(readout, "role", "textbox"); // one may type there
    set(readout, "aria-label", label && tr("{label}, typed", { label }));
    if (!handle) continue;
    set(handle, "aria-label", label);
    set(handle, "aria-valuetext", value);
  }
}
