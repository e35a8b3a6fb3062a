"""The loss picture's views as a person comes to them: by mouse, by keys, by a link; and an epoch's numbers."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from browser.lab_page import labels, press, turn, wait_for_label, wait_until, wait_until_painted
from browser.pages import SCREEN, open_playground, until
from browser.servers import Server


def click_on(page: Page, words: str) -> None:
    """Click on a text of the picture."""
    box = page.locator(".rv-labels").get_by_text(words, exact=True).first.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def views(page: Page, wanted: str) -> None:
    """Wait until the address says so of the loss picture."""
    until(
        page,
        "(wanted) => (new URLSearchParams(location.search).get('panels') ?? 'loss').split(',')[0] === wanted",
        arg=wanted,
    )


def test_words_are_clicked_the_address_remembers_and_a_reload_shows_the_same(page: Page, voila: Server) -> None:
    open_playground(page, voila.url, "speed=max&n_train=50")
    wait_until(page, "Number(data.epoch) >= 20")
    turn(page, "L1 strength λ", "ArrowRight", 4)
    wait_for_label(page, "L1 λ 0.001 → ")
    wait_until(page, "Number(data.epoch) >= 80")
    press(page, "Pause")
    click_on(page, "log")
    views(page, "loss~log")
    click_on(page, "last 50")
    views(page, "loss~log~last50")
    click_on(page, "Loss")
    wait_for_label(page, "Accuracy in %")
    views(page, "loss~score~log~last50")
    page.reload()
    page.wait_for_selector(SCREEN)
    wait_for_label(page, "Accuracy in %")


def test_an_epoch_is_read_by_mouse_and_by_keys_and_nothing_covers_the_labels(page: Page, voila: Server) -> None:
    open_playground(page, voila.url, "speed=max&n_train=50")
    wait_until(page, "Number(data.epoch) >= 30")
    press(page, "Pause")
    wait_until_painted(page)
    stop = page.locator(".rv-cursors [data-picture=loss]")
    box = stop.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 90, box["y"] + 140)
    wait_for_label(page, "epoch ")
    until(page, "[...document.querySelectorAll('.rv-labels span')].some(s => /^epoch \\d/.test(s.textContent))")
    expect(page.locator(".rv-hint")).to_be_hidden()
    page.mouse.move(2, 2)
    until(page, "![...document.querySelectorAll('.rv-labels span')].some(s => /^epoch \\d/.test(s.textContent))")
    stop.focus()
    status = page.locator(".rv-cursors [role=status]")
    expect(status).to_have_text(re.compile(r"^epoch \d+, validation loss: none \d.*L1 .*L2 .*dropout \d"))
    before = status.inner_text()
    page.keyboard.press("ArrowLeft")
    expect(status).not_to_have_text(before)
    expect(page.locator(".rv-hint")).to_be_hidden()
    spoken = re.findall(r"(\w+) (\d\.\d+)", status.inner_text())
    wait_until_painted(page)
    for name, value in spoken:
        assert any(text.startswith(name) and text.endswith(value) for text in labels(page)), (name, value)
    page.keyboard.press("ArrowUp")
    expect(status).to_contain_text("(Enter: ")
    page.keyboard.press("Enter")
    until(page, "/loss~|loss%7E/.test(location.search)")
