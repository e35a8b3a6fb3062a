"""Many seeds, as a person asks for them: in the playground, and of a lesson's question."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from browser.lab_page import fill, labels, number, press, turn, wait_for_label, wait_until
from browser.pages import SCREEN, open_notebook, open_playground, until
from browser.servers import Server


def test_twenty_seeds_train_beside_the_lanes_and_are_counted(page: Page, voila: Server) -> None:
    open_playground(page, voila.url, "hidden=128-128&n_train=200")  # so that they still train when they are cancelled
    wait_until(page, "Number(data.epoch) >= 2")
    press(page, "20 seeds")
    wait_for_label(page, "line: median, band: 8 of 10 seeds, epoch")
    epoch = number(page, "epoch")
    wait_until(page, f"Number(data.epoch) > {epoch}")  # the lanes play on
    press(page, "Cancel seeds")
    wait_for_label(page, "line: median, band: 8 of 10 seeds, cancelled")
    expect(page.get_by_role("button", name="20 seeds", exact=True)).to_be_enabled()
    fill(page, "Hidden layers", "64-64")
    fill(page, "Training points", "100")
    press(page, "20 seeds")
    until(
        page,
        "[...document.querySelectorAll('.rv-labels span')].some(s => /20 seeds, 150 epochs/.test(s.textContent))",
        timeout=120_000,
    )
    expect(page.get_by_role("button", name="20 seeds", exact=True)).to_be_visible()
    counts = [text for text in labels(page) if re.fullmatch(r"\d+ of 20", text)]
    assert len(counts) == 3
    turn(page, "L2 strength λ", "ArrowRight")
    wait_for_label(page, "bands of older settings")


def test_a_lesson_s_question_is_asked_of_twenty_seeds(page: Page, voila: Server) -> None:
    open_notebook(page, voila.url, "01_overfitting.ipynb", "speed=max")
    page.wait_for_selector(SCREEN)
    lesson = page.locator(".rv-lesson")
    lesson.locator(".rv-choices button").first.click()
    lesson.get_by_role("button", name="Skip", exact=True).click()
    seeds = lesson.get_by_role("button", name="20 seeds", exact=True)
    expect(seeds).to_be_visible(timeout=60_000)
    press(page, "Pause")
    seeds.press("Enter")
    expect(lesson.locator(".rv-in-seeds")).to_contain_text(re.compile(r"in (19|20) of 20"), timeout=120_000)
    expect(seeds).to_be_visible(timeout=120_000)  # nineteen have answered, and the last one trains on


def test_two_fields_make_a_map_whose_cells_can_be_taken(page: Page, voila: Server) -> None:
    open_playground(page, voila.url, "hidden=8")
    wait_until(page, "Number(data.epoch) >= 2")
    press(page, "Sweep")
    page.get_by_label("Sweep over").select_option(label="training points")
    page.get_by_label("and", exact=True).select_option(label="flipped labels")
    press(page, "Run sweep")
    wait_for_label(page, "Validation loss by training points and flipped labels")
    status = page.locator(".rv-said [role=status]")
    expect(status).to_contain_text("Done; best training points and flipped labels:", timeout=120_000)
    press(page, "Adopt the best")
    best = re.search(r"labels: ([\d.]*\d) and ([\d.]*\d)", status.inner_text())
    assert best is not None
    expect(page.get_by_label("Training points", exact=True)).to_have_value(best[1])
    expect(page.get_by_label("Flipped labels", exact=True)).to_have_value(best[2])
