"""The playground for those who use a keyboard, a screen reader or a phone; lessons are asked in `test_lessons`."""

from __future__ import annotations

from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, expect

from browser.chromium import Watch, leave
from browser.defects import violations
from browser.lab_page import number, press, wait_until, wait_until_painted
from browser.pages import open_playground
from browser.servers import Server
from regviz.config import TECHNIQUES

DRAWERS = {"Pictures": "ticks", "Lanes": "lanes", "Sweep": "progress", "Your data": "desk", "Take away": "take"}
"""By their buttons' names, and what each alone has: a button is pressed before the drawer of the last one has gone."""

LAST = list(DRAWERS)[-1]


def open_drawer(page: Page, name: str, *, by_finger: bool = False) -> None:
    """Open a drawer and wait until it stands, and no other."""
    button = page.get_by_role("button", name=name, exact=True)
    button.tap() if by_finger else button.click()
    expect(page.locator(f".rv-drawer .rv-{DRAWERS[name]}")).to_be_visible()
    expect(page.locator(".rv-drawer > *")).to_have_count(1)


@pytest.mark.parametrize("look", ["light", "dark"])
def test_axe_finds_nothing_serious_in_the_lab_its_drawers_its_dialog_and_the_projector(
    page: Page, voila: Server, look: Literal["light", "dark"]
) -> None:
    page.emulate_media(color_scheme=look)
    open_playground(page, voila.url)
    expect(page.locator(".rv-app")).to_have_attribute("data-mode", look)
    wait_until(page, "Number(data.epoch) > 3")
    press(page, "Pause")
    wait_until_painted(page)
    assert violations(page) == []
    for drawer in DRAWERS:
        open_drawer(page, drawer)
        expect(page.get_by_role("button", name=drawer, exact=True)).to_have_attribute("aria-expanded", "true")
        assert violations(page) == [], drawer
    press(page, LAST)
    press(page, "Draw")
    expect(page.locator(".rv-plane").first).to_be_visible()
    wait_until_painted(page)
    assert violations(page) == [], "Draw"
    press(page, "Done")
    press(page, "?")
    assert violations(page) == []
    page.keyboard.press("Escape")
    press(page, "Projector")
    expect(page.locator(".rv-app[data-projector]")).to_be_visible()
    wait_until_painted(page)
    assert violations(page) == []


def test_axe_would_complain_of_a_nameless_control(page: Page, voila: Server) -> None:
    open_playground(page, voila.url, "play=0")
    page.evaluate("document.querySelector('.rv-main').append(document.createElement('textarea'))")
    assert [line.split(":")[0] for line in violations(page)] == ["label"]


def test_the_dialog_of_keys_opens_holds_the_keys_and_gives_the_focus_back(page: Page, voila: Server) -> None:
    open_playground(page, voila.url)
    wait_until(page, "Number(data.epoch) > 1")
    step = page.get_by_role("button", name="Step", exact=True)
    step.focus()
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keys")
    expect(dialog).to_be_visible()
    page.keyboard.press("p")
    page.keyboard.press("r")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(step).to_be_focused()
    assert number(page, "epoch") > 1  # R did not reset behind the dialog
    expect(page.locator(".rv-app[data-projector]")).to_have_count(0)


def test_e_ends_the_epoch_and_p_is_the_projector(page: Page, voila: Server) -> None:
    open_playground(page, voila.url, "play=0")
    page.locator(".rv-picture").focus()
    page.keyboard.press("e")
    wait_until(page, "Number(data.step) === 4")
    page.keyboard.press("p")
    expect(page.locator(".rv-app[data-projector]")).to_be_visible()
    expect(page.get_by_role("button", name="Projector")).to_have_attribute("aria-pressed", "true")


def test_tab_reaches_every_control_of_the_lanes_and_the_focus_stays_where_a_box_was_ticked(
    page: Page, voila: Server
) -> None:
    open_playground(page, voila.url, "play=0")
    open_drawer(page, "Lanes")  # what is there and hidden yet takes no focus, and `focus` waits for nothing
    row = page.locator(".rv-lane-row").nth(1)
    row.locator("input[type=color]").focus()
    names = [page.evaluate("document.activeElement.type")]
    boxes = ["checkbox"] * len(TECHNIQUES)
    for _ in range(3 + len(boxes)):
        page.keyboard.press("Tab")
        names.append(page.evaluate("document.activeElement.type"))
    assert names == ["color", "text", *boxes, "select-one", "submit"]
    box = row.get_by_role("checkbox", name="dropout", exact=True)
    box.focus()
    change = number(page, "change")
    page.keyboard.press(" ")
    wait_until(page, f"Number(data.change) > {change}")
    expect(box).to_be_checked()
    expect(box).to_be_focused()


@pytest.mark.parametrize("look", ["light", "dark"])
def test_on_a_phone_everything_stands_in_one_column_and_can_be_touched(
    browser: Browser, watch: Watch, voila: Server, look: Literal["light", "dark"]
) -> None:
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True, color_scheme=look
    )
    watch.over(context)
    page = context.new_page()
    open_playground(page, voila.url, "play=0")
    for drawer in DRAWERS:
        open_drawer(page, drawer, by_finger=True)
        beyond = page.evaluate(
            """[...document.querySelectorAll('.rv-head *, .rv-drawer *, .rv-timeline *')].filter(part => {
                 const box = part.getBoundingClientRect();
                 return box.width > 1 && (box.right > innerWidth + 1 || box.left < -1);
               }).map(part => part.outerHTML.slice(0, 120))"""
        )
        assert beyond == [], drawer
        assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.get_by_role("button", name=LAST, exact=True).tap()
    canvas = page.locator("canvas[data-regviz]").bounding_box()
    assert canvas is not None
    assert canvas["width"] < 390
    assert canvas["height"] > 4 * 300
    handle = page.get_by_role("slider", name="L1 strength λ", exact=True)
    box = handle.bounding_box()
    assert box is not None
    assert min(box["width"], box["height"]) >= 24  # WCAG 2.2, target size
    timeline = page.get_by_role("slider", name="Look back to an epoch").bounding_box()
    assert timeline is not None
    assert timeline["width"] > 300
    leave(page)
    context.close()
