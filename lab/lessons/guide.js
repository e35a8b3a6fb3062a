// A lesson's four steps. It shows what the kernel says, tells it what is pressed, and keeps the learner's answer in
// this browser's storage: the answer outlives the page and goes nowhere but to the visitor's own kernel.

function render({ model, el }) {
  const { name, breaks, after } = model.get("content");
  const key = `regviz.lesson.${name}`;
  el.classList.add("rv-lesson");
  el.innerHTML = `
    <section class="rv-predict">
      <h2><b>1</b> Predict <span class="rv-of"></span></h2>
      <fieldset tabindex="-1"><legend></legend><div class="rv-choices"></div></fieldset>
      <p class="rv-answer" tabindex="-1" hidden><span></span> <button type="button">Answer again</button></p>
      <p class="rv-disclosed"></p>
    </section>
    <section class="rv-observe">
      <h2><b>2</b> Observe</h2>
      <button type="button" class="rv-seeds" title="Train these networks with 20 seeds, and ask each of them" hidden></button>
      <p class="rv-observation" tabindex="-1"></p>
      <button type="button" class="rv-test" title="Shown once, at the end; do not choose by it" hidden>Show the test loss</button>
      <p class="rv-verdict" role="status"></p>
      <p class="rv-in-seeds" role="status"></p>
    </section>
    <section class="rv-explain" hidden><h2><b>3</b> Explain</h2><p class="rv-claim"></p><div class="rv-why"></div>
      <div class="rv-later"></div></section>
    <section class="rv-break" hidden><h2><b>4</b> Break it</h2><div class="rv-breaks"></div>
      <a class="rv-after">Next lesson</a></section>`;
  const part = (selector) => el.querySelector(selector);
  const button = (text, act) => {
    const made = document.createElement("button");
    made.type = "button";
    made.innerHTML = text;
    made.addEventListener("click", act);
    return made;
  };

  const say = (selector, text) => { // a status that is written anew is read out anew
    if (part(selector).textContent !== text) part(selector).textContent = text;
  };

  const answered = part(".rv-answer");
  let pressed = false; // a choice, whose button goes
  let tried = false; // a break, whose question comes
  answered.querySelector("button").addEventListener("click", () => {
    tried = true;
    model.send({ kind: "again" });
  });
  const test = part(".rv-test");
  let asked = false;
  test.addEventListener("click", () => {
    asked = true;
    model.send({ kind: "test" });
  });
  const seeds = part(".rv-seeds");
  seeds.addEventListener("click", () => model.send({ kind: "seeds" }));
  const attempts = breaks.map((label, index) => button(label, () => {
    tried = model.get("broken") !== index;
    model.send(tried ? { kind: "break", index } : { kind: "back" });
  }));
  const back = button("Back", () => model.send({ kind: "back" }));
  back.classList.add("rv-back");
  part(".rv-breaks").append(...attempts, back);

  const theme = new URLSearchParams(location.search).get("theme");
  part(".rv-after").href = `${after}.ipynb${theme ? `?theme=${theme}` : ""}`;

  let shown;
  function ask() { // the current question's words
    const now = model.get("asked");
    if (now === shown) return;
    shown = now;
    part(".rv-of").textContent = now.label ? `· ${now.label}` : "";
    part("legend").innerHTML = now.question;
    part(".rv-choices").replaceChildren(...now.choices.map(([choice, text]) => button(text, () => {
      pressed = true;
      model.send({ kind: "answer", choice });
    })));
    part(".rv-claim").innerHTML = now.claim;
    part(".rv-claim").hidden = !now.claim;
    part(".rv-why").innerHTML = now.explain;
  }

  function show() {
    ask();
    const [answer, chosen, phase, broken] = ["answer", "chosen", "phase", "broken"].map((trait) => model.get(trait));
    part("fieldset").hidden = !!chosen;
    answered.hidden = !chosen;
    if (chosen && pressed) answered.focus({ preventScroll: true }); // the button that was pressed is gone
    if (chosen) pressed = false;
    if (!chosen && tried) part("fieldset").focus(); // it stands further up
    if (!chosen) tried = false;
    answered.querySelector("span").innerHTML = shown.choices.find(([choice]) => choice === chosen)?.[1] ?? "";
    say(".rv-disclosed", model.get("disclosed"));
    say(".rv-observation", model.get("observation") ||
      (chosen ? "Press Play and watch." : "Choose an answer to start training."));
    say(".rv-verdict", model.get("verdict"));
    const found = model.get("found");
    part(".rv-verdict").dataset.right = found ? String(found === chosen) : "";
    seeds.hidden = phase !== "explain";
    say(".rv-seeds", model.get("asking") ? "Cancel seeds" : "20 seeds");
    say(".rv-in-seeds", model.get("chance"));
    part(".rv-explain").hidden = phase !== "explain";
    part(".rv-later").innerHTML = shown.later[model.get("turned")] ?? "";
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
  }

  function keep() {
    const [choice, outcome, explained] = ["answer", "outcome", "explained"].map((trait) => model.get(trait));
    try {
      if (choice) localStorage.setItem(key, JSON.stringify({ choice, outcome, explained }));
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
  const kept = ["change:answer", "change:outcome", "change:explained"];
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
