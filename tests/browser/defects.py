"""What may not be seen on a page of the lab, whatever it shows: parts cut off, text cut short, labels on each other."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

FIND = r"""() => {
  const app = document.querySelector(".rv-app");
  const found = [];
  const name = (part) => {
    const said = (part.getAttribute("aria-label") ?? part.textContent ?? "").trim().replace(/\s+/g, " ").slice(0, 48);
    const kind = [...part.classList].filter((one) => /^(rv|widget|jp-Output|jp-Cell)/.test(one)).slice(-2).join(".");
    return `${part.tagName.toLowerCase()}${kind && "." + kind} “${said}”`;
  };
  const say = (kind, what) => found.push(`${kind}: ${what}`);
  const visible = (part) => part.checkVisibility({ visibilityProperty: true }) && part.getClientRects().length > 0;
  // Read out, not looked at: a name kept for screen readers.
  const unseen = (part) => part.closest("dialog:not([open])") || getComputedStyle(part).clipPath === "inset(50%)" ||
    part.closest("math, svg");
  const parts = [...app.querySelectorAll("*")].filter((part) => visible(part) && !unseen(part));

  const shared = (a, b) => [
    Math.min(a.right, b.right) - Math.max(a.left, b.left), Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top),
  ];

  // -- the page's edges; in JupyterLab the notebook's
  const scroller = app.closest(".jp-WindowedPanel-outer, .jp-Notebook");
  const lab = !!document.querySelector(".jp-LabShell");
  const right = lab && scroller ? scroller.getBoundingClientRect().right : document.documentElement.clientWidth;
  const left = lab && scroller ? scroller.getBoundingClientRect().left : 0;
  const ranOut = parts.filter((part) => {
    if (part.closest(".rv-labels")) return false; // these have a limit of their own
    const box = part.getBoundingClientRect();
    return box.width > 1 && (box.right > right + 1 || box.left < left - 1);
  });
  for (const part of ranOut) if (!ranOut.includes(part.parentElement)) {
    const box = part.getBoundingClientRect();
    say("beyond the edge", `${name(part)} ${Math.round(box.left)}…${Math.round(box.right)} of ${Math.round(right)}`);
  }
  if (!lab && document.documentElement.scrollWidth > innerWidth + 1) {
    say("beyond the edge", `the page scrolls sideways, ${document.documentElement.scrollWidth} of ${innerWidth}`);
  }

  for (const part of parts) {
    const region = part.closest(".rv-labels") ? null : part.closest(".rv-side, .rv-main, .rv-head, .rv-drawer");
    const [box, its] = [part.getBoundingClientRect(), region?.getBoundingClientRect()];
    if (!its?.width || box.width <= 1 || box.right <= its.right + 1) continue; // a region may be no box of its own
    const by = Math.round(box.right - its.right);
    say("beyond the edge", `${name(part)} by ${by} px of ${name(region).split(" ")[0]}`);
  }

  // -- scroll bars and cut text
  const scrolls = (part, y) => ["auto", "scroll"].includes(getComputedStyle(part)[y ? "overflowY" : "overflowX"]) &&
    (y ? part.scrollHeight > part.clientHeight + 1 : part.scrollWidth > part.clientWidth + 1);
  const around = [];
  for (let at = app; at && at.closest(".jp-Cell"); at = at.parentElement) around.push(at);
  for (const part of [...around, ...parts]) {
    if (part.matches("pre, textarea, input, select")) continue;
    if (scrolls(part, true)) say("scroll bar", `${name(part)} ${part.clientHeight} of ${part.scrollHeight} px high`);
    if (scrolls(part, false)) say("scroll bar", `${name(part)} ${part.clientWidth} of ${part.scrollWidth} px wide`);
  }
  const pen = document.createElement("canvas").getContext("2d");
  for (const part of parts) {
    const style = getComputedStyle(part);
    if (part.matches("select")) {
      pen.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
      const text = part.selectedOptions[0]?.textContent ?? "";
      const room = part.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight) - 16; // its arrow
      if (pen.measureText(text).width > room + 2) say("cut text", `${name(part)} “${text}” in ${Math.round(room)} px`);
    } else if (part.matches("input[type=text], input[type=number]")) {
      if (part.scrollWidth > part.clientWidth + 1) say("cut text", `${name(part)} “${part.value}”`);
    } else if (["hidden", "clip"].includes(style.overflowX) && part.scrollWidth > part.clientWidth + 1) {
      say("cut text", `${name(part)} ${part.clientWidth} of ${part.scrollWidth} px wide`);
    } else if (part.matches(".widget-label, button, .rv-table :is(td, th)") &&
        part.scrollWidth > part.clientWidth + 1 && part.clientWidth) {
      say("cut text", `${name(part)} runs out of its ${part.clientWidth} px`);
    }
    if (["hidden", "clip"].includes(style.overflowY) && part.scrollHeight > part.clientHeight + 3 &&
        part.clientHeight && !part.matches("select, input, button")) {
      say("cut text", `${name(part)} ${part.clientHeight} of ${part.scrollHeight} px high`);
    }
  }

  // -- parts that stand on each other
  for (const parent of [app, ...parts]) {
    if (!/flex|grid/.test(getComputedStyle(parent).display)) continue;
    if (parent.matches(".widget-slider, .slider-container")) continue; // a handle stands on its track
    const children = [...parent.children].filter((child) => parts.includes(child) &&
      !["absolute", "fixed", "sticky"].includes(getComputedStyle(child).position));
    const boxes = children.map((child) => child.getBoundingClientRect());
    for (let i = 0; i < boxes.length; i++) for (let j = i + 1; j < boxes.length; j++) {
      const [across, down] = shared(boxes[i], boxes[j]);
      if (across > 1.5 && down > 1.5) say("overlap", `${name(children[i])} and ${name(children[j])}`);
    }
  }
  const marks = [...app.querySelectorAll(".rv-marks")].filter(visible);
  const groups = marks.map((mark) => ["marks", [...mark.querySelectorAll("span")], 0]);

  // -- the labels of the picture
  const canvas = app.querySelector("canvas[data-regviz]").getBoundingClientRect();
  const labels = [...app.querySelectorAll(".rv-labels span")].filter((label) => label.textContent.trim());
  for (const label of labels) {
    const box = label.getBoundingClientRect();
    const [l, r] = [box.left - canvas.left, box.right - canvas.left].map(Math.round);
    const [t, b] = [box.top - canvas.top, box.bottom - canvas.top].map(Math.round);
    if (l < -1 || r > canvas.width + 1 || t < -1 || b > canvas.height + 2) {
      say("label outside", `“${label.textContent}” ${l}…${r} × ${t}…${b} of ${canvas.width} × ${canvas.height}`);
    }
  }
  groups.push(["labels", labels, 0.22]);
  for (const [kind, spans, slack] of groups) {
    // Glyphs leave some of their line box empty, above and below.
    const boxes = spans.map((span) => span.getBoundingClientRect());
    for (let i = 0; i < boxes.length; i++) for (let j = i + 1; j < boxes.length; j++) {
      const [across, down] = shared(boxes[i], boxes[j]);
      const most = 1 + slack * Math.min(...[boxes[i], boxes[j]].flatMap((box) => [box.height, box.width]));
      if (across <= most || down <= most) continue;
      const [one, other] = [spans[i].textContent, spans[j].textContent];
      say(`${kind} overlap`, `“${one}” and “${other}”, ${across.toFixed(0)} × ${down.toFixed(0)} px`);
    }
  }
  return found;
}"""

OPTIONS = """() => {
  const pen = document.createElement("canvas").getContext("2d");
  return [...document.querySelectorAll(".rv-app select")].filter((part) => part.checkVisibility()).flatMap((part) => {
    const style = getComputedStyle(part);
    pen.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
    const room = part.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight) - 16; // its arrow
    return [...part.options].map((one) => one.textContent).filter((text) => pen.measureText(text).width > room + 2);
  });
}"""

FOLD = """() => {
  const parts = ["predict", "observe", "explain", "break", "after"].map((part) => `.rv-${part}`);
  return [".rv-picture", ".rv-timeline", ".rv-play", ".rv-controls", ...parts].flatMap((name) => {
    const part = document.querySelector(`.rv-app ${name}`);
    if (!part?.checkVisibility()) return [];
    const below = Math.round(part.getBoundingClientRect().bottom + scrollY - innerHeight);
    return below > 0 ? [`below the fold: ${name} by ${below} px`] : [];
  });
}"""


def defects(page: Page) -> list[str]:
    """What is wrong with how the lab stands on `page` now, one sentence each.

    Parts beyond the page's edges, scroll bars inside the lab, text cut short, parts and labels on top of each other,
    labels outside of the picture.
    """
    found: list[str] = page.evaluate(FIND)
    return found


def cut_options(page: Page) -> list[str]:
    """Which choices of the lists on `page` would be cut if they were taken."""
    found: list[str] = page.evaluate(OPTIONS)
    return found


def below_the_fold(page: Page) -> list[str]:
    """Which parts of a lesson a person has to scroll for, and how far."""
    found: list[str] = page.evaluate(FOLD)
    return found


def violations(page: Page, part: str = ".rv-app") -> list[str]:
    """What axe-core finds serious or critical in a part of the page, by default the lab. No rule is left out."""
    axe = Axe("0") if page.evaluate("'axe' in window") else Axe()  # its half a megabyte once for each document
    # Of all else only one node each is told: a third of the time went into what nobody reads.
    found = axe.run(page, context=part, options={"resultTypes": ["violations"]}).response["violations"]
    return [
        f"{rule['id']}: {node['target']} {node['failureSummary']}"
        for rule in found
        if rule["impact"] in ("serious", "critical")
        for node in rule["nodes"]
    ]


def scroll_to_top(page: Page) -> Any:
    """Bring the lab's top to the top of the page, or of the notebook in JupyterLab."""
    return page.evaluate("document.querySelector('.rv-app').scrollIntoView({block: 'start'})")
