// What the lab does to its page: table, look, link, names. One of the parts of screen.py's module.

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
