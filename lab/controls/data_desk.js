// The desk for tables. It shows `view`, and tells the kernel what a person does; it decides nothing itself.

const ROLES = [["target", tr("Target")], ["input", tr("Input")], ["out", tr("Left out")]];
const TASKS = { classification: tr("classes"), regression: tr("numbers") };
const GAPS = [["fill", tr("filled")], ["flag", tr("filled, and a column that says where")], ["drop", tr("rows left out")]];
const HEIRS = { use: "again", again: "use" }; // what has the focus once a button has done its work and is gone
const ENDS = ".csv,.tsv,.txt,.tab,.dat,.data,.xlsx,.xls,.ods,.parquet,.gz";

let count = 0;
function labelled(title, control) {
  const label = element("label", {}, title);
  count += 1;
  label.htmlFor = control.id = `rv-desk-${count}-${Math.random().toString(36).slice(2)}`;
  return element("span", { class: "rv-desk-choice" }, label, control);
}

// A list with its name, which says `say(value)` when another entry is chosen. `key` finds it again after a change.
function choice(key, title, options, value, say, named = true) {
  const list = element("select", { "data-key": key });
  for (const [option, text] of options) list.add(new Option(text, option, false, option === value));
  list.addEventListener("change", () => say(list.value));
  if (!named) {
    list.setAttribute("aria-label", title);
    return list;
  }
  return labelled(title, list);
}

function columnHead(column, say) {
  const { kind, unit, gaps, range } = column;
  const kinds = column.kinds.map(([one, title]) => [one, one === kind && unit ? `${title}, ${unit}` : title]);
  const kindList = choice(`kind ${column.name}`, tr("Kind of {column}", { column: column.name }), kinds, kind,
    (value) => say({ kind: "column", column: column.name, as: value }), false);
  kindList.className = "rv-desk-kind";
  kindList.disabled = kinds.length < 2;
  const roles = ROLES.filter(([role]) => kind !== "empty" || role === "out");
  const roleList = choice(`role ${column.name}`, tr("Role of {column}", { column: column.name }), roles, column.role,
    (value) => say({ kind: "role", column: column.name, role: value }), false);
  const lacks = gaps ? ntr("{n} gap", "{n} gaps", gaps, { n: gaps.toLocaleString("en") }) : tr("no gaps");
  return element("th", { class: `rv-role-${column.role}`, scope: "col" },
    element("b", { title: column.name }, column.name),
    kindList,
    histogram(column.bars, `${column.name}: ${range || tr("empty")}, ${lacks}`),
    element("span", { class: "rv-desk-range", title: range }, range || " "),
    element("span", { class: "rv-desk-gaps" }, lacks),
    roleList);
}

function preview(table, say) {
  const grid = element("table");
  const head = grid.createTHead().insertRow();
  head.append(...table.columns.map((column) => columnHead(column, say)));
  const body = grid.createTBody();
  for (const row of table.rows) {
    const line = body.insertRow();
    row.forEach((cell, i) => {
      const { kind, role } = table.columns[i];
      const box = line.insertCell();
      box.className = `rv-role-${role}${kind === "number" ? " rv-desk-number" : ""}`;
      box.textContent = cell;
      box.title = cell;
    });
  }
  const label = tr("The first rows, and what each column is");
  return element("div", { class: "rv-desk-scroll", tabindex: 0, role: "region", "aria-label": label }, grid);
}

function notes(table) {
  const label = tr("What was done to the table");
  return element("ul", { class: "rv-desk-notes", "aria-label": label }, ...table.notes.map((note) => element("li", {}, note)));
}

function reading(how, say) {
  const fields = how.map(({ option, title, choices, labels, value }) => {
    const tell = (now) => say({ kind: "how", option, value: now });
    if (choices.length) return choice(`how ${option}`, title, choices.map((one, i) => [one, labels[i]]), value, tell);
    const placeholder = option === "missing" ? tr("-999, age: 99") : tr("name or number");
    const field = element("input", { "data-key": `how ${option}`, placeholder });
    field.value = value;
    field.addEventListener("change", () => tell(field.value));
    return labelled(title, field);
  });
  return element("details", { class: "rv-desk-how" },
    element("summary", {}, tr("Read it otherwise")), element("div", { class: "rv-desk-row" }, ...fields));
}

function decisions(view, say) {
  const { table } = view;
  const row = element("div", { class: "rv-desk-row rv-desk-do" });
  row.append(choice("task", tr("Predict"), table.tasks.map((task) => [task, TASKS[task]]), table.task,
    (value) => say({ kind: "task", value })));
  row.lastChild.lastChild.disabled = table.tasks.length < 2;
  if (table.gaps) row.append(choice("gaps", tr("Gaps"), GAPS, table.gaps, (value) => say({ kind: "gaps", value })));
  const use = element("button", { class: "rv-desk-use", type: "button", "data-key": "use" }, tr("Train on it"));
  use.disabled = !!table.refusal || view.state === "reading";
  use.addEventListener("click", () => say({ kind: "use", turn: view.turn }));
  row.append(use, element("span", { class: "rv-desk-size" }, table.size));
  return row;
}

function door(model) {
  const placeholder = tr("size,colour,kind\n3.5,red,a\n2.8,blue,b");
  const area = element("textarea", { rows: 4, spellcheck: false, placeholder, "aria-label": tr("A table, pasted or typed") });
  const look = element("button", { class: "rv-file", type: "button", disabled: "" }, tr("Look at it"));
  const send = () => {
    if (!area.value.trim()) return;
    const file = new File([area.value], tr("pasted table"));
    remember(file);
    sendFile(model, file);
  };
  area.addEventListener("input", () => { look.disabled = !area.value.trim(); });
  area.addEventListener("paste", () => setTimeout(() => {
    look.disabled = !area.value.trim();
    send();
  }));
  area.addEventListener("keydown", (event) => {
    event.stopPropagation(); // no key of the lab or of the notebook
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) send();
  });
  look.addEventListener("click", send);
  const paste = element("details", { class: "rv-desk-paste" },
    element("summary", {}, tr("Paste or type a table")), element("div", { class: "rv-desk-row" }, area, look));
  return element("div", { class: "rv-desk-door" }, element("div", { class: "rv-desk-row" },
    ...fileButton(model, tr("Choose a file…"), ENDS, tr("CSV in any dialect, Excel, Parquet"), remember),
    element("span", { class: "rv-desk-hint" }, tr("or drop it anywhere on the page")),
    paste));
}

function render({ model, el }) {
  el.classList.add("rv-desk");
  el.dataset.lmSuppressShortcuts = "true";
  const say = (message) => model.send(message);
  const said = element("p", { class: "rv-desk-said", role: "status" });
  const refusal = element("p", { class: "rv-desk-refusal", role: "alert" });
  const board = element("div", { class: "rv-desk-board" });
  el.append(door(model), said, refusal, board);
  let open = false; // "Read it otherwise"
  let drawn = null;
  let sought; // the key of what had the focus and is not there while a table is read

  function follow() {
    const view = model.get("view");
    const focused = document.activeElement;
    const key = el.contains(focused) ? focused.dataset.key : focused === document.body ? sought : undefined;
    const left = board.querySelector(".rv-desk-scroll")?.scrollLeft ?? 0;
    open = board.querySelector(".rv-desk-how")?.open ?? open;
    const { table } = view;
    said.textContent = view.said;
    refusal.textContent = view.refusal || (table?.refusal ?? "");
    el.dataset.state = view.state;
    el.dataset.name = view.name;
    el.dataset.turn = view.turn;
    const parts = [];
    if (view.state === "used") {
      if (drawn !== "used") keepTable(view.name, view.kept);
      const again = element("button", { class: "rv-file", type: "button", "data-key": "again" }, tr("Look at the table again"));
      again.addEventListener("click", () => say({ kind: "again" }));
      parts.push(again);
    } else if (view.state !== "empty") {
      if (table) parts.push(notes(table), preview(table, say), decisions(view, say));
      if (view.how.length && view.state !== "reading") parts.push(reading(view.how, say));
    }
    drawn = view.state;
    board.replaceChildren(...parts);
    const list = board.querySelector(".rv-desk-notes");
    if (list && list.scrollHeight > list.clientHeight) list.tabIndex = 0; // the keyboard scrolls it too
    const how = board.querySelector(".rv-desk-how");
    if (how) how.open = open || (view.state === "refused");
    const scroll = board.querySelector(".rv-desk-scroll");
    if (scroll) scroll.scrollLeft = left;
    const heir = [key, HEIRS[key]].map((one) => one && board.querySelector(`[data-key="${CSS.escape(one)}"]`)).find(Boolean);
    heir?.focus();
    sought = heir ? undefined : key;
  }
  model.on("change:view", follow);
  follow();
  return () => model.off("change:view", follow);
}

export default { render };
