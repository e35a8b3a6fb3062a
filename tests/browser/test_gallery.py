"""The gallery as a learner meets it: chapters, stills, what was answered in this browser, and a way to forget it."""

from __future__ import annotations

from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from browser.defects import violations
from browser.screens import SIZES
from browser.servers import Server
from regviz.lab.serve.pages.pages import CHAPTERS

KEEP = "([name, kept]) => localStorage.setItem(`regviz.lesson.${name}`, JSON.stringify(kept))"


@pytest.mark.parametrize("look", ["light", "dark"])
def test_cards_stand_in_chapters_each_with_a_still_in_the_page_s_look(
    page: Page, voila: Server, look: Literal["light", "dark"]
) -> None:
    page.emulate_media(color_scheme=look)
    for size in SIZES.values():
        page.set_viewport_size(size)
        page.goto(voila.url)
        expect(page.locator(".gallery h2")).to_have_text(list(CHAPTERS))
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
        assert violations(page, "html") == []
    for still in page.locator(f".gallery img.{look}").all():
        still.scroll_into_view_if_needed()
        still.evaluate("image => image.decode()")
        assert still.evaluate("image => image.naturalWidth") == 640
    other = "dark" if look == "light" else "light"
    assert page.locator(f".gallery img.{other}:visible").count() == 0


def test_a_card_is_ticked_when_its_verdict_was_seen_until_that_is_forgotten(page: Page, voila: Server) -> None:
    page.goto(voila.url)
    forget = page.get_by_role("button", name="Forget my answers")
    marks = page.locator(".progress:visible")
    expect(marks).to_have_count(0)
    expect(forget).to_be_hidden()
    page.evaluate(KEEP, ["dropout", {"choice": "none", "outcome": "", "explained": False}])
    page.evaluate(KEEP, ["overfitting", {"choice": "falls", "outcome": "rises", "explained": True}])
    page.evaluate("localStorage.setItem('regviz.lesson.lambda', 'nonsense')")
    page.evaluate("localStorage.setItem('another', 'stays')")
    page.reload()
    expect(marks).to_have_text(["✓ Verdict seen", "Question answered"])
    expect(page.get_by_role("link", name="1.1 · A large network")).to_contain_text("✓ Verdict seen")
    assert violations(page, "html") == []
    forget.click()
    expect(marks).to_have_count(0)
    expect(forget).to_be_hidden()
    expect(page.get_by_role("status")).to_have_text("Your answers are forgotten.")
    expect(page.get_by_role("status")).to_be_focused()
    assert page.evaluate("Object.keys(localStorage)") == ["another"]
