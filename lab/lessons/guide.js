// A lesson's four steps. It shows what the kernel says, tells it what is pressed, and keeps the learner's answer in
// this browser's storage: the answer outlives the page and goes nowhere but to the visitor's own kernel.

function render({ model, el }) {
  const { name, breaks, after } = model.get("content");
  const key = `regviz.lesson.${name}`;
  el.classList.add("rv-lesson");
  el.innerHTML = `
    <section class="rv-predict">
      <h2><b>1</b> ${tr("Predict")} <span class="rv-of"></span></h2>
      <fieldset class="rv-ask" tabindex="-1"><legend></legend><div class="rv-choices"></div></fieldset>
      <p class="rv-answer" tabindex="-1" hidden><span></span> <button type="button">${tr("Answer again")}</button></p>
      <fieldset class="rv-because" tabindex="-1" hidden>
        <legend>${tr("because …")}</legend><div class="rv-choices"></div></fieldset>
      <p class="rv-disclosed"></p>
    </section>
    <section class="rv-observe">
      <h2><b>2</b> ${tr("Observe")}</h2>
      <button type="button" class="rv-seeds" hidden></button>
      <p class="rv-observation" tabindex="-1"></p>
      <button type="button" class="rv-test" hidden></button>
      <p class="rv-verdict" role="status"><span></span> <span class="rv-judged"></span></p>
      <p class="rv-in-seeds" role="status"></p>
    </section>
    <section class="rv-explain" hidden><h2><b>3</b> ${tr("Explain")}</h2><p class="rv-claim"></p><div class="rv-why"></div>
      <div class="rv-later"></div></section>
    <section class="rv-break" hidden><h2><b>4</b> ${tr("Break it")}</h2><div class="rv-breaks"></div>
      <a class="rv-after">${tr("Next lesson")}</a></section>`;
  const part = (selector) => el.querySelector(selector);
  const button = (text, act) => {
    const made = element("button", { type: "button" });
    made.innerHTML = text;
    made.addEventListener("click", act);
    return made;
  };

  const say = (selector, text) => { // a status that is written anew is read out anew
    if (part(selector).textContent !== text) part(selector).textContent = text;
  };

  const answered = part(".rv-answer");
  const because = part(".rv-because");
  let pressed = false; // a choice or a reason, whose button goes
  let tried = false; // a break, whose question comes
  answered.querySelector("button").addEventListener("click", () => {
    tried = true;
    model.send({ kind: "again" });
  });
  const test = part(".rv-test");
  test.textContent = tr("Show the test loss");
  test.title = tr("Shown once, at the end; do not choose by it");
  let asked = false;
  test.addEventListener("click", () => {
    asked = true;
    model.send({ kind: "test" });
  });
  const seeds = part(".rv-seeds");
  seeds.title = tr("Train these networks with 20 seeds, and ask each of them");
  seeds.addEventListener("click", () => model.send({ kind: "seeds" }));
  const attempts = breaks.map((label, index) => button(label, () => {
    tried = model.get("broken") !== index;
    model.send(tried ? { kind: "break", index } : { kind: "back" });
  }));
  const back = button(tr("Back"), () => model.send({ kind: "back" }));
  back.classList.add("rv-back");
  part(".rv-breaks").append(...attempts, back);

  const search = new URLSearchParams(location.search);
  const its = ["theme", "lang"].filter((name) => search.get(name)).map((name) => [name, search.get(name)]);
  part(".rv-after").href = `${after}.ipynb${its.length ? `?${new URLSearchParams(its)}` : ""}`;

  let shown;
  function ask() { // the current question's words
    const now = model.get("asked");
    if (now === shown) return;
    shown = now;
    part(".rv-of").textContent = now.label ? `· ${now.label}` : "";
    part("legend").innerHTML = now.question;
    const pressing = (message) => () => {
      pressed = true;
      model.send(message);
    };
    part(".rv-ask .rv-choices").replaceChildren(
      ...now.choices.map(([choice, text]) => button(text, pressing({ kind: "answer", choice }))),
    );
    const skip = button(tr("Skip"), pressing({ kind: "skip" }));
    skip.className = "rv-skip";
    because.querySelector(".rv-choices").replaceChildren(
      ...now.because.map(([reason, text]) => button(text, pressing({ kind: "reason", reason }))), skip,
    );
    part(".rv-claim").innerHTML = now.claim;
    part(".rv-claim").hidden = !now.claim;
    part(".rv-why").innerHTML = now.explain;
  }

  // A formula's symbol that stands for a lane has its colour and its mark (style.py), where there is that lane.
  function mark() {
    const lanes = model.get("lanes");
    for (const symbol of el.querySelectorAll(".rv-symbol")) {
      const place = lanes.indexOf(symbol.dataset.lane);
      if (place < 0) delete symbol.dataset.place;
      else symbol.dataset.place = place;
      symbol.title = place < 0 ? "" : symbol.dataset.lane;
    }
  }

  let asking = null; // what took the focus of the buttons that go
  let judged = "";
  function show() {
    ask();
    const [answer, chosen, phase, broken] = ["answer", "chosen", "phase", "broken"].map((trait) => model.get(trait));
    part(".rv-ask").hidden = !!chosen;
    answered.hidden = !chosen;
    because.hidden = phase !== "because";
    const next = because.hidden ? answered : because;
    if (pressed && chosen && next !== asking) next.focus({ preventScroll: true }); // the button that was pressed is gone
    if (chosen && next !== asking) pressed = false;
    asking = chosen ? next : null;
    if (!chosen && tried) part(".rv-ask").focus(); // it stands further up
    if (!chosen) tried = false;
    const said = (pairs, key) => pairs.find(([its]) => its === key)?.[1] ?? "";
    const reason = said(shown.because, model.get("argued"));
    answered.querySelector("span").innerHTML = said(shown.choices, chosen) +
      (reason ? ` <span class="rv-reason">${tr("because {reason}", { reason })}</span>` : "");
    say(".rv-disclosed", model.get("disclosed"));
    say(".rv-observation", model.get("observation") ||
      (phase === "because" ? tr("Say why, or skip that, to start training.")
        : chosen ? tr("Press Play and watch.") : tr("Choose an answer to start training.")));
    say(".rv-verdict span", model.get("verdict"));
    if (judged !== model.get("judged")) part(".rv-judged").innerHTML = judged = model.get("judged");
    const aside = broken >= 0 && !shown.key; // a break that asks nothing: its numbers are none of the lesson's question
    part(".rv-verdict").hidden = !model.get("verdict") || aside;
    const found = model.get("found");
    part(".rv-verdict").dataset.right = found ? String(found === chosen) : "";
    seeds.hidden = phase !== "explain" || shown.sweeps; // they are of lanes
    say(".rv-seeds", model.get("asking") ? tr("Cancel seeds") : tr("20 seeds"));
    say(".rv-in-seeds", model.get("chance"));
    part(".rv-explain").hidden = phase !== "explain";
    const turned = model.get("turned");
    const note = model.get("note"); // of a break that asks nothing; the lesson's own words are of another experiment
    part(".rv-later").innerHTML = note || (turned ? shown.later[turned] ?? shown.later["*"] : "");
    part(".rv-why").hidden = !!note;
    mark();
    part(".rv-break").hidden = !model.get("explained") || (!attempts.length && !after);
    part(".rv-after").hidden = !after;
    test.hidden = !model.get("askable");
    if (asked && test.hidden) part(".rv-observation").focus({ preventScroll: true }); // as above; the answer is there
    if (test.hidden) asked = false;
    attempts.forEach((attempt, index) => attempt.setAttribute("aria-pressed", String(index === broken)));
    back.hidden = broken < 0;
    el.dataset.answer = answer;
    el.dataset.outcome = model.get("outcome");
    el.dataset.phase = phase;
    el.dataset.chosen = chosen; // of the current question, as what was found
    el.dataset.found = found;
    el.dataset.asked = shown.key;
    el.dataset.turned = aside ? "" : turned;
    el.dataset.by = model.get("by");
    el.dataset.looked = model.get("looked"); // of the acts that the canvas counts as data-change
  }

  function keep() {
    const [choice, reason, outcome, explained] =
      ["answer", "reason", "outcome", "explained"].map((trait) => model.get(trait));
    try {
      if (choice) localStorage.setItem(key, JSON.stringify({ choice, reason, outcome, explained }));
      else localStorage.removeItem(key);
    } catch { // storage is off: the answer lasts as long as the page
    }
  }

  function restore() {
    if (model.get("answer")) return; // a second view of the same lesson
    try {
      const kept = JSON.parse(localStorage.getItem(key));
      if (kept?.choice) model.send({ kind: "answer", ...kept });
    } catch { // storage is off, or holds something else
    }
  }

  const room = keepsItsRoom(part(".rv-observation")); // its numbers change all the time, and with them its lines

  model.on("change", show);
  const kept = ["change:answer", "change:reason", "change:outcome", "change:explained"];
  for (const event of kept) model.on(event, keep);
  show();
  restore();
  return () => {
    room.disconnect();
    model.off("change", show);
    for (const event of kept) model.off(event, keep);
  };
}

export default { render };
