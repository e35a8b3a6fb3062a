// Numbers that one types: beside a slider, and in the fields of the knobs. What they mean is the kernel's to say: it
// knows every spelling, and refuses what cannot be. One of the parts of screen.js's module.

const READOUT = ".widget-slider.rv-knob > .widget-readout";

const LONGEST_TYPED = 200; // characters; more are no number

// The knob that a part belongs to: its Config field, and the lane whose own value it is (-1 for that of all).
function knobOf(part) {
  const row = part.closest(".rv-knob"), lane = part.closest(".rv-lane-row");
  const field = [...row.classList].find((name) => name.startsWith("rv-knob-"))?.slice("rv-knob-".length);
  return field && { field, lane: lane ? [...lane.parentElement.children].indexOf(lane) : -1 };
}

// ipywidgets reads such a number itself, and of a slider with named places not at all: so it does not hear of it.
function readoutsAreTyped(app, on, say) {
  let before = null; // what the readout said before one began to type: it keeps the focus after Enter
  const readout = (event) => {
    const part = targetOf(event);
    return part.matches?.(READOUT) && app().contains(part) && knobOf(part) ? part : null;
  };
  on(document, "beforeinput", (event) => {
    const part = readout(event);
    if (part) before ??= part.textContent;
  }, true);
  on(document, "keydown", (event) => {
    const part = readout(event);
    if (!part || !["Enter", "Escape"].includes(event.key)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    commit(part, event.key === "Enter");
  }, true);
  on(document, "blur", (event) => {
    const part = readout(event);
    if (!part) return;
    event.stopImmediatePropagation();
    commit(part);
  }, true);

  // Until the kernel has agreed, the slider stands where it stood, and says so.
  function commit(part, meant = true) {
    if (before === null) return;
    const [text, shown] = [part.textContent.trim(), before];
    part.textContent = shown;
    before = null;
    if (meant && text !== shown.trim()) say("typed", { ...knobOf(part), text: text.slice(0, LONGEST_TYPED) });
  }
}

// The arrow keys move a field of numbers by its step, as in a browser's own.
function arrowsMoveNumbers(app, on) {
  on(document, "keydown", (event) => {
    const part = targetOf(event);
    const by = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (!by || withHost(event) || !part.matches?.(".rv-number input") || !app().contains(part)) return;
    event.preventDefault();
    const step = [...part.closest(".rv-number").classList].find((name) => name.startsWith("rv-step-"));
    const moved = Number(part.value.replace(",", ".")) + by * Number(step.slice("rv-step-".length));
    if (!part.value.trim() || Number.isNaN(moved)) return;
    part.value = String(Number(moved.toPrecision(12)));
    part.dispatchEvent(new Event("change", { bubbles: true }));
  }, true);
}
