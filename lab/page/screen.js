// The canvas of regviz: paints the frames the kernel sends, says which it has painted, and tells the kernel what
// happens to the page. It keeps no state of the experiment. Everything it shows comes in with a frame.

function render({ model, el }) {
  const view = Math.random().toString(36).slice(2);
  el.classList.add("rv-screen");
  el.innerHTML = MARKUP;
  const stand = el.querySelector(".rv-picture");
  const canvas = el.querySelector("canvas");
  canvas.dataset.view = view;
  const picture = new Picture(canvas, el.querySelector(".rv-labels"));
  const sentence = el.querySelector(".rv-sentence");
  const notice = el.querySelector(".rv-notice");
  const headings = el.querySelector("thead tr");
  const body = el.querySelector("tbody");
  const done = new AbortController();
  const on = (target, type, act, capture = false) => target.addEventListener(type, act, { signal: done.signal, capture });
  let leaving = false;
  const say = (kind, more = {}) => {
    try {
      model.send({ kind, view, ...more });
      kernel.asked();
    } catch { // the page is leaving, or its kernel is gone: there is nobody to tell
      if (!leaving) kernel.unsent();
    }
  };
  const app = () => el.closest(".rv-app") ?? el;
  const tell = (box, words) => {
    box.hidden = !words;
    box.firstElementChild.textContent = words;
  };

  const standing = el.querySelector(".rv-kernel");
  const kernel = new KernelWatch(model, (sentence, over) => {
    tell(standing, sentence);
    el.toggleAttribute("data-stands", !!sentence);
    if (!over) return; // else nothing of it can be used any more
    for (const part of app().querySelectorAll(".rv-head, .rv-drawer, .rv-side, .rv-main, .rv-timeline")) part.inert = true;
  });
  kernel.expected = () => !document.hidden && started && canvas.dataset.state === "playing";

  const pointer = new Pointer(stand, el.querySelector(".rv-hint"), on, say);
  const cursors = new Cursors(el.querySelector(".rv-cursors"), pointer, say);
  const keys = keysDialog(el, app, on);
  const planes = new KeyedPlanes(el, view, on, say);
  const timeline = new Timeline(el.querySelector(".rv-timeline"), on, say);
  const copier = new LinkCopier(model, app, on, say);

  // -- frames: composed in order at the next animation frame, acknowledged once painted
  const ready = [];
  let asked = false;
  let started = false;
  let newest = 0; // number of the frame that came last

  function paint() {
    asked = false;
    // One frame per refresh: frames that came in a bunch are spread again. A backlog is painted in one go, and so is
    // everything up to what a person did.
    const turned = ready.findLastIndex((frame) => frame.change !== undefined);
    const frames = ready.splice(0, Math.max(ready.length > 2 ? ready.length - 1 : 1, turned + 1));
    if (!frames.length) return;
    if (ready.length) askForPaint();
    for (const frame of frames) {
      if (frame.colors) follow(frame.colors);
      picture.paint(frame);
      if (frame.places) arrive(frame.places.length);
      if (frame.table) fillTable(body, frame.table);
      if (frame.headings) fillHeadings(headings, frame.headings);
      if (frame.sentence !== undefined) sentence.textContent = frame.sentence;
      if (frame.notice !== undefined) tell(notice, frame.notice);
      if (frame.projector !== undefined && frame.projector !== app().hasAttribute("data-projector")) {
        const focused = app().contains(document.activeElement) ? document.activeElement : null;
        app().toggleAttribute("data-projector", frame.projector);
        if (focused && !focused.getClientRects().length) stand.focus({ preventScroll: true }); // it was a tool's
        onResize();
      }
      if (frame.listeners) {
        pointer.listeners = frame.listeners;
        cursors.follow(frame.listeners);
      }
      planes.follow(frame);
      timeline.follow(frame);
      for (const key of ["step", "epoch", "change", "state"]) {
        if (frame[key] !== undefined) canvas.dataset[key] = frame[key];
      }
    }
    const last = frames.at(-1);
    canvas.dataset.frame = last.frame;
    canvas.dataset.stroke = planes.drawn.heard;
    if (!ready.length) canvas.dataset.settled = settled;
    painted = { frame: last.frame, at: performance.now() };
    if (last.every) every = last.every;
    if (last.whole) acknowledge();
    else late ||= setTimeout(acknowledge, every);
  }

  // One answer in `every` milliseconds for all frames painted since; it says how long ago the last of them was.
  let every = 0;
  let late = 0;
  let painted = null;
  function acknowledge() {
    clearTimeout(late);
    late = 0;
    say("painted", { frame: painted.frame, held: performance.now() - painted.at });
  }

  function follow(colors) {
    const ground = getComputedStyle(app()).getPropertyValue("--rv-background").trim();
    colors.forEach((color, i) => {
      app().style.setProperty(`--rv-lane-${i}`, color);
      app().style.setProperty(`--rv-ink-${i}`, readable(color, ground)); // the same for what is read
    });
    picture.inks = new Map(colors.map((color) => [color.toLowerCase(), readable(color, ground)]));
  }

  // Others come beside a picture, which then stands in another place: that is seen to happen.
  let pictures = 0;
  function arrive(count) {
    const more = pictures && count > pictures;
    pictures = count;
    if (more && !still.matches) {
      stand.animate([{ opacity: 0.2 }, { opacity: 1 }], { duration: 350, easing: "ease-out" });
    }
  }

  // Whoever waits until all is painted dispatches "settle" on the canvas, with a word that `data-settled` says then: the
  // kernel has heard everything up to it, and the page has painted everything that the kernel had to show.
  let settled = "";
  on(canvas, "settle", (event) => {
    onResize(); // of which it may not have been told yet
    say("settle", { word: event.detail });
  });

  // Whoever needs a whole picture, because a hall follows this page from now on, dispatches "whole".
  on(canvas, "whole", () => { if (started) say("lost"); });

  function askForPaint() {
    if (!asked) requestAnimationFrame(paint);
    asked = true;
  }

  // Every view of the lab hears every message: in another tab, window or output the picture has another size.
  function onMessage(frame, buffers) {
    kernel.word();
    if (!(frame.views ?? [frame.view ?? view]).includes(view)) return;
    if (frame.kind === "who") introduce();
    if (frame.kind === "failed") {
      tell(notice, frame.notice);
      canvas.dataset.state = "failed";
    }
    if (frame.kind === "hint") pointer.show(frame);
    if (frame.kind === "cursor") cursors.show(frame);
    if (frame.kind === "file") saveFile(frame, buffers);
    if (frame.kind === "keep") keepDrawing(frame.record);
    if (frame.kind === "link") copier.heard(frame.query);
    if (frame.kind === "settled") {
      settled = frame.word;
      if (!ready.length) canvas.dataset.settled = settled;
    }
    if (frame.kind !== "frame") return;
    if (frame.whole) started = true;
    else if (!started) return; // a change to a picture this view never had
    else if ((frame.after?.[frame.views.indexOf(view)] ?? newest) !== newest) { // one between went down with the line
      started = false;
      say("lost");
      return;
    }
    newest = frame.frame;
    try {
      ready.push(decode(frame, buffers));
      askForPaint();
    } catch (error) {
      console.error(error);
      say("lost");
    }
  }
  model.on("msg:custom", onMessage);

  // -- the page: size, visibility, look, keys
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  let size = "";
  function measure() {
    const width = Math.floor(stand.clientWidth);
    if (!width) return null;
    return { width, ...roomOf(app()), ratio: Math.min(devicePixelRatio || 1, 3), reduced: still.matches };
  }
  function onResize() {
    const now = measure();
    if (!now || JSON.stringify(now) === size) return;
    size = JSON.stringify(now);
    say(onResize.known ? "resize" : "ready", {
      ...now,
      dark: pageIsDark(),
      search: ownPage() ? location.search : "",
      ...keptDrawing(),
      on: !document.hidden,
    });
    onResize.known = true;
  }
  // The kernel does not know this view: it has begun anew, or took it for gone.
  function introduce() {
    size = "";
    onResize.known = false;
    onResize();
  }
  const lines = keepsItsRoom(sentence);
  const numbers = el.querySelector(".rv-numbers");
  function showNumbers(shown) {
    app().toggleAttribute("data-numbers", shown);
    numbers.setAttribute("aria-expanded", String(shown));
  }
  let decided = false; // true once a person has chosen: then it stays so
  on(numbers, "click", () => {
    decided = true;
    showNumbers(!app().hasAttribute("data-numbers"));
    onResize();
  });
  on(matchMedia(LOW), "change", (event) => { if (!decided) showNumbers(!event.matches); });
  const unwatch = watchSize([stand, planes.bar.box], onResize);
  onResize();
  on(still, "change", onResize);
  (function watchRatio() { // a window on another screen may have other pixels and the same size
    matchMedia(`(resolution: ${devicePixelRatio}dppx)`).addEventListener("change", () => {
      onResize();
      watchRatio();
    }, { once: true, signal: done.signal });
  })();

  on(document, "visibilitychange", () => say("visible", { on: !document.hidden }));
  on(window, "pagehide", () => {
    say("gone");
    leaving = true;
  });
  on(window, "regviz:again", () => say("lost")); // the line is back, and what was under way is not
  on(window, "pageshow", (event) => {
    if (!event.persisted) return;
    leaving = false;
    introduce();
  });
  const heartbeat = setInterval(() => { if (!document.hidden) say("alive"); }, 3000);

  let dark = pageIsDark();
  function onLook() {
    if (dark === pageIsDark()) return; // the page has a look of its own, whatever the system's is
    dark = !dark;
    say("look", { dark });
  }
  const themes = new MutationObserver(onLook);
  themes.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light"] });
  on(matchMedia("(prefers-color-scheme: dark)"), "change", onLook);

  on(notice.lastElementChild, "click", () => {
    if (notice.contains(document.activeElement)) stand.focus({ preventScroll: true }); // it goes, and would take it along
    notice.hidden = true;
    say("dismiss");
  });

  shield(app, on);
  touches(app, on);
  readoutsAreTyped(app, on, say);
  arrowsMoveNumbers(app, on);
  on(document, "keydown", (event) => {
    if (inDialog(event) || !hearsKeys(app(), targetOf(event))) return;
    const command = commandOf(event);
    if (!command) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.repeat && command !== "step") return; // a key that is held steps on, and does all else once
    if (command === "keys") keys.showModal();
    else say("key", command === "lane" ? { command, lane: Number(event.key) - 1 } : { command });
  });

  // -- what the kernel sets on the page
  function onMode() {
    app().dataset.mode = model.get("mode");
    // In Voilà the page is the lab's: what stands around it follows.
    if (document.body.dataset.voila) document.documentElement.dataset.theme = model.get("mode");
  }
  function onDescription() {
    stand.setAttribute("aria-label", model.get("description"));
  }
  model.on("change:mode", onMode);
  model.on("change:query", () => showInAddress(model.get("query")));
  model.on("change:description", onDescription);
  onDescription();

  let names = null;
  const attached = setInterval(() => {
    if (!el.isConnected) return;
    clearInterval(attached);
    if (!el.closest(".rv-app")) el.classList.add("rv-app"); // alone, or in a shadow root: the style's root is missing
    const root = app();
    root.lang = LANG;
    root.toggleAttribute("data-no-link", !copier.link(""));
    onMode();
    showNumbers(!matchMedia(LOW).matches);
    nameControls(root);
    names = new MutationObserver(() => nameControls(root));
    const changes = { subtree: true, childList: true, characterData: true };
    for (const part of root.querySelectorAll(".rv-side, .rv-main > .rv-controls")) names.observe(part, { ...changes, attributeFilter: ["class"] });
    for (const tools of root.querySelectorAll(".rv-head, .rv-drawer")) {
      names.observe(tools, { ...changes, attributeFilter: ["class", "style"] }); // pressed or not, and how far
    }
    onResize();
  }, 30);

  return () => {
    leaving = true;
    kernel.stop();
    done.abort();
    clearInterval(heartbeat);
    clearInterval(attached);
    unwatch();
    lines.disconnect();
    themes.disconnect();
    names?.disconnect();
    model.off("msg:custom", onMessage);
    say("gone");
  };
}

export default { render };
