// A lesson's four steps. It shows what the kernel says, tells it what is pressed, and keeps the learner's answer in
// this browser's storage: the answer outlives the page and goes nowhere but to the visitor's own kernel.

function render({ model, el }) {
  const { name, claim, question, choices, explain, breaks, after } = model.get("content");
  const key = `regviz.lesson.${name}`;
  el.classList.add("rv-lesson");
  el.innerHTML = `
    <section class="rv-predict">
      <h2><b>1</b> Predict</h2>
      <fieldset><legend>${question}</legend><div class="rv-choices"></div></fieldset>
      <p class="rv-answer" tabindex="-1" hidden><span></span> <button type="button">Answer again</button></p>
    </section>
    <section class="rv-observe">
      <h2><b>2</b> Observe</h2>
      <p class="rv-observation" tabindex="-1"></p>
      <button type="button" class="rv-test" title="Once, at the end: no choice may look at it" hidden>Show the test loss</button>
      <p class="rv-verdict" role="status"></p>
    </section>
    <section class="rv-explain" hidden><h2><b>3</b> Explain</h2><p class="rv-claim">${claim}</p><div>${explain}</div></section>
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

  const chosen = part(".rv-answer");
  let pressed = false;
  part(".rv-choices").append(...choices.map(([choice, text]) => button(text, () => {
    pressed = true;
    model.send({ kind: "answer", choice });
  })));
  chosen.querySelector("button").addEventListener("click", () => model.send({ kind: "again" }));
  const test = part(".rv-test");
  let asked = false;
  test.addEventListener("click", () => {
    asked = true;
    model.send({ kind: "test" });
  });
  const attempts = breaks.map((label, index) => button(label, () => {
    model.send(model.get("broken") === index ? { kind: "back" } : { kind: "break", index });
  }));
  const back = button("Back", () => model.send({ kind: "back" }));
  back.classList.add("rv-back");
  part(".rv-breaks").append(...attempts, back);

  const theme = new URLSearchParams(location.search).get("theme");
  part(".rv-after").href = `${after}.ipynb${theme ? `?theme=${theme}` : ""}`;

  function show() {
    const answer = model.get("answer");
    part("fieldset").hidden = !!answer;
    chosen.hidden = !answer;
    if (answer && pressed) chosen.focus({ preventScroll: true }); // the button that was pressed is gone
    if (answer) pressed = false;
    chosen.querySelector("span").innerHTML = choices.find(([choice]) => choice === answer)?.[1] ?? "";
    say(".rv-observation", model.get("observation") ||
      (answer ? "Press Play and watch." : "Answer first, then the networks may train."));
    say(".rv-verdict", model.get("verdict"));
    const outcome = model.get("outcome");
    part(".rv-verdict").dataset.right = outcome ? String(outcome === answer) : "";
    part(".rv-explain").hidden = part(".rv-break").hidden = !model.get("explained");
    if (!attempts.length && !after) part(".rv-break").hidden = true;
    part(".rv-after").hidden = !after;
    test.hidden = !model.get("askable");
    if (asked && test.hidden) part(".rv-observation").focus({ preventScroll: true }); // as above; the answer is there
    if (test.hidden) asked = false;
    const broken = model.get("broken");
    attempts.forEach((attempt, index) => attempt.setAttribute("aria-pressed", String(index === broken)));
    back.hidden = broken < 0;
    el.dataset.answer = answer;
    el.dataset.outcome = outcome;
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
