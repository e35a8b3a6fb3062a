// Which lessons were answered, from what they keep in this browser's storage (lessons/guide.js), and a way to forget it.
(() => {
  const { tr } = window.regviz;
  const KEPT = "regviz.lesson.";
  const forget = document.querySelector(".forget");

  function kept(name) {
    try {
      const found = JSON.parse(localStorage.getItem(KEPT + name));
      return found && typeof found === "object" && found.choice ? found : null;
    } catch { // storage is off, or holds something else
      return null;
    }
  }

  function show() {
    let any = false;
    for (const card of document.querySelectorAll("[data-lesson]")) {
      const answer = kept(card.dataset.lesson);
      const progress = card.querySelector(".progress");
      const done = !!answer && !!(answer.outcome || answer.explained);
      card.dataset.progress = done ? "seen" : answer ? "answered" : "";
      progress.textContent = done ? `✓ ${tr("Verdict seen")}` : answer ? tr("Question answered") : "";
      progress.hidden = !answer;
      any ||= !!answer;
    }
    if (forget) forget.hidden = !any;
  }

  forget?.querySelector("button").addEventListener("click", () => {
    try {
      for (const key of Object.keys(localStorage)) if (key.startsWith(KEPT)) localStorage.removeItem(key);
    } catch { // storage is off: there is nothing to forget
    }
    show();
    const said = document.querySelector(".forgotten");
    said.textContent = tr("Your answers are forgotten.");
    said.tabIndex = -1;
    said.focus({ preventScroll: true }); // the button that was pressed is gone
  });
  addEventListener("pageshow", show); // also when one comes back from a lesson
  addEventListener("storage", show); // a lesson in another tab
  show();
})();
