"""What a person does who has a keyboard and no mouse."""

from __future__ import annotations

import re

from playwright.sync_api import Page

HERE = """() => {
  const at = document.activeElement;
  const style = getComputedStyle(at);
  const box = at.getBoundingClientRect();
  const name = at.getAttribute("aria-label") ?? at.labels?.[0]?.textContent ?? at.textContent;
  return {
    name: (name ?? "").trim().replace(/\\s+/g, " "),
    ring: style.outlineStyle === "none" ? 0 : parseFloat(style.outlineWidth),
    order: [Math.round(box.left), Math.round(box.top)],
    inside: !!at.closest(".rv-app"),
  };
}"""
"""What has the focus, as a person who looks or listens finds it."""

STOPS = 120
"""Presses of Tab after which something counts as out of reach."""


def tab_to(page: Page, name: str, back: bool = False) -> str:
    """Press Tab until something has the focus whose name matches `name`; every stop on the way shows a ring."""
    passed = []
    for _ in range(STOPS):
        page.keyboard.press("Shift+Tab" if back else "Tab")
        here = page.evaluate(HERE)
        if here["inside"]:
            assert here["ring"] >= 2, f"no focus ring around “{here['name']}”"
        if re.fullmatch(name, here["name"]):
            return str(here["name"])
        passed.append(here["name"])
    raise AssertionError(f"“{name}” is not reached by Tab; passed were {passed}")
