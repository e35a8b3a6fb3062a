"""Keys and focus: what has the focus keeps its keys, and nothing that a person does takes the focus away."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from browser.lab_page import choose, fill, notice, number, press, wait_until, wait_until_painted
from browser.pages import open_playground
from browser.servers import Server

TABLE = "length;colour;kind\n" + "".join(
    f"{k}.5;{'red' if k % 3 else 'blue'};{'b' if k % 8 else 'a'}\n" for k in range(40)
)


@pytest.fixture
def resting(page: Page, voila: Server) -> Page:
    """The playground before anything trains."""
    open_playground(page, voila.url, "play=0")
    return page


def test_keys_of_what_has_the_focus_are_no_commands_and_a_held_key_acts_once(resting: Page) -> None:
    page = resting
    press(page, "Take away")
    press(page, "Show code")
    program = page.locator(".rv-code pre")
    program.evaluate("part => { part.style.width = '20em'; part.focus(); }")
    page.keyboard.press("ArrowRight")
    expect(program).not_to_have_js_property("scrollLeft", 0)
    press(page, "Your data")
    paste = page.get_by_text("Paste or type a table")
    paste.focus()
    page.keyboard.press(" ")
    expect(page.get_by_label("A table, pasted or typed")).to_be_visible()
    wait_until_painted(page)
    assert number(page, "step") == 0
    page.locator(".rv-picture").focus()
    for _ in range(4):
        page.keyboard.down("p")
    page.keyboard.up("p")
    expect(page.locator(".rv-app[data-projector]")).to_be_visible()
    wait_until_painted(page)
    expect(page.locator(".rv-app[data-projector]")).to_be_visible()


def test_a_notice_that_was_dismissed_gives_the_focus_away_and_comes_again_if_it_is_true_again(resting: Page) -> None:
    page = resting
    for _ in range(2):
        fill(page, "Batch size", "0")
        expect(notice(page)).to_contain_text("Batch size: “0”")
        page.get_by_role("button", name="Dismiss").focus()
        page.keyboard.press("Enter")
        expect(notice(page)).to_be_hidden()
        expect(page.locator(".rv-picture")).to_be_focused()
        fill(page, "Batch size", "25")
    page.set_viewport_size({"width": 1200, "height": 800})
    wait_until_painted(page)
    expect(notice(page)).to_be_hidden()


def test_the_focus_stays_where_a_list_a_tab_or_a_class_was_chosen(resting: Page) -> None:
    page = resting
    press(page, "Draw")
    more = page.get_by_role("button", name="Add a class")
    more.focus()
    page.keyboard.press("Enter")
    wait_until(page, "Number(data.change) > 0")
    expect(page.get_by_role("button", name="Class", exact=False)).to_have_count(3)
    assert page.evaluate("document.activeElement.closest('.rv-draw') !== null")
    press(page, "Done")
    press(page, "Take away")
    press(page, "Show code")
    tab = page.get_by_role("tablist", name="Library").get_by_role("tab").last
    tab.click()
    expect(page.get_by_role("tablist", name="Library").get_by_role("tab").last).to_be_focused()
    press(page, "Your data")
    page.get_by_text("Paste or type a table").click()
    page.get_by_label("A table, pasted or typed").fill(TABLE)
    press(page, "Look at it")
    page.get_by_text("Read it otherwise").click()
    sign = page.locator(".rv-desk-how select").first
    sign.focus()
    for _ in range(2):
        before = page.locator(".rv-desk").get_attribute("data-turn")
        page.keyboard.press("ArrowDown")
        expect(page.locator(".rv-desk")).not_to_have_attribute("data-turn", before or "")
        expect(page.locator(".rv-desk[data-state=reading]")).to_have_count(0)
        expect(page.locator(".rv-desk-how select").first).to_be_focused()
    use, again = (page.get_by_role("button", name=name) for name in ("Train on it", "Look at the table again"))
    use.focus()
    page.keyboard.press("Enter")
    expect(again).to_be_focused()
    page.keyboard.press("Enter")
    expect(use).to_be_focused()


def test_a_row_of_the_table_has_as_many_cells_as_there_are_headings(resting: Page) -> None:
    page, headings = resting, resting.locator(".rv-table th[scope=col]")
    usual = headings.count()
    press(page, "Your data")
    page.get_by_text("Paste or type a table").click()
    page.get_by_label("A table, pasted or typed").fill(TABLE)  # of classes that differ much: they have columns
    press(page, "Look at it")
    press(page, "Train on it")
    expect(headings).to_have_count(usual + 2)
    choose(page, "Data set", "two moons")
    expect(headings).to_have_count(usual)
    wait_until_painted(page)
    assert page.evaluate("[...document.querySelectorAll('.rv-table tbody tr')].map(row => row.cells.length)") == 4 * [
        usual
    ]


def test_in_the_rooms_dialog_keys_are_no_commands_and_its_link_is_copied_without_a_clipboard_too(resting: Page) -> None:
    page = resting
    page.context.grant_permissions(["clipboard-read"])
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('not here')); }")
    press(page, "Present")
    expect(page.locator(".rv-room-qr svg")).to_be_visible()
    link = page.locator(".rv-room-link").inner_text()
    copier = page.get_by_role("dialog").get_by_role("button", name="Copy link")
    copier.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Copied")).to_be_focused()
    assert page.evaluate("navigator.clipboard.readText()") == link
    page.keyboard.press("e")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    wait_until_painted(page)
    assert number(page, "step") == 0
