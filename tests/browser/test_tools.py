"""The tools of the head line, the timeline and the pointer, as a person uses them in the browser."""

from __future__ import annotations

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from browser.lab_page import (
    expect_playing,
    fill,
    labels,
    note,
    number,
    pixels,
    press,
    slider,
    table,
    wait_for_label,
    wait_until,
    wait_until_painted,
)
from browser.pages import SCREEN, open_playground, until
from browser.servers import Server


@pytest.fixture
def lab(page: Page, voila: Server) -> Page:
    """The playground, at rest after some epochs."""
    open_playground(page, voila.url)
    wait_until(page, "Number(data.epoch) >= 12")
    press(page, "Pause")
    wait_until(page, "data.state === 'paused'")
    wait_until_painted(page)
    return page


def shows(page: Page, color: str) -> int:
    """How many pixels of the canvas have exactly this colour."""
    rgb = np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)])
    return int((pixels(page)[..., :3] == rgb).all(axis=2).sum())


def test_pictures_come_and_go_and_training_does_not_notice(lab: Page) -> None:
    epoch, step = number(lab, "epoch"), number(lab, "step")
    height = lab.locator(SCREEN).bounding_box()
    assert height is not None
    press(lab, "Pictures")
    lab.get_by_role("checkbox", name="Scoreboard", exact=True).check()
    wait_for_label(lab, "Scoreboard")
    until(lab, f"document.querySelector('canvas').clientHeight > {height['height']}")
    for name in ("Scoreboard", "Weights"):
        lab.get_by_role("checkbox", name=name, exact=True).uncheck()
    wait_for_label(lab, "Scoreboard", there=False)
    wait_for_label(lab, "Weights", there=False)
    wait_for_label(lab, "Loss")
    wait_for_label(lab, "Dropout mask")
    choice = lab.get_by_role("checkbox", name="How weights shrink", exact=True)
    choice.focus()
    lab.keyboard.press(" ")
    wait_for_label(lab, "One penalty step, by itself")
    drawn = "box => [...['maskImage', 'width']].map((of) => getComputedStyle(box.closest('label'), '::before')[of])"
    mask, width = choice.evaluate(drawn)
    assert mask.startswith('url("data:image/svg+xml')
    assert width == "48px"
    assert (number(lab, "epoch"), number(lab, "step")) == (epoch, step)


def test_a_lane_is_added_named_coloured_and_removed(lab: Page) -> None:
    press(lab, "Lanes")
    press(lab, "Add a lane")
    wait_until(lab, "Number(data.step) === 0")  # other networks: a fair comparison starts anew
    until(lab, "document.querySelectorAll('.rv-table tbody tr').length === 5")
    wait_for_label(lab, "lane 5")
    press(lab, "Epoch")
    wait_until(lab, "Number(data.epoch) === 1")
    row = lab.locator(".rv-lane-row").nth(4)
    row.get_by_label("Lane 5", exact=True).fill("mine")
    row.get_by_label("Lane 5", exact=True).press("Enter")
    wait_for_label(lab, "mine")
    assert shows(lab, "#aa00ff") == 0
    row.locator("input[type=color]").fill("#aa00ff")
    until(lab, "[...document.querySelectorAll('.rv-table i')].at(-1).style.background === 'rgb(170, 0, 255)'")
    wait_until_painted(lab)
    assert shows(lab, "#aa00ff") > 20
    assert any(name.startswith("mine") for name in table(lab))
    assert number(lab, "epoch") == 1  # a name and a colour restart nothing
    row.get_by_label("own value", exact=True).select_option(label="L1 strength λ")
    add = row.get_by_role("button", name="Add", exact=True)
    expect(add).to_be_enabled()  # once the kernel has heard what is chosen
    add.press("Enter")
    strength = row.get_by_role("slider", name="L1 strength λ", exact=True)
    strength.focus()
    strength.press("ArrowRight")
    expect(strength).to_have_attribute("aria-valuetext", "0.0015")
    until(lab, "decodeURIComponent(location.search).includes('mine~l2~l1=0.0015')")
    row.get_by_role("button", name="×").click()
    expect(strength).to_have_count(0)
    until(lab, "!decodeURIComponent(location.search).includes('l1=0.0015')")
    row.get_by_role("button", name="Remove").click()
    until(lab, "document.querySelectorAll('.rv-table tbody tr').length === 4")
    wait_for_label(lab, "mine", there=False)


@pytest.mark.parametrize(("language", "tool"), [("en", "Sweep"), ("de", "Sweep"), ("es", "Barrido")])
def test_the_lists_of_a_sweep_have_room_for_all_that_they_offer(
    page: Page, voila: Server, language: str, tool: str
) -> None:
    open_playground(page, voila.url, f"play=0&lang={language}")
    press(page, tool)
    lists = page.locator(".rv-sweep-field select")
    expect(lists).to_have_count(2)
    cut = lists.evaluate_all(
        """lists => lists.flatMap(list => {
             const pen = document.createElement('canvas').getContext('2d');
             const {fontWeight, fontSize, fontFamily} = getComputedStyle(list);
             pen.font = `${fontWeight} ${fontSize} ${fontFamily}`;
             const room = list.clientWidth - 14;  // beside the arrow
             return [...list.options].map(one => one.text).filter(text => pen.measureText(text).width > room);
           })"""
    )
    assert cut == []


def test_a_sweep_shows_its_progress_is_adopted_and_tells_the_test_loss_once(page: Page, voila: Server) -> None:
    open_playground(page, voila.url, "n_train=500&play=0")  # more than any machine has trained before it is cancelled
    press(page, "Sweep")
    press(page, "Run sweep")
    said = page.locator(".rv-drawer .rv-said")
    bar = page.get_by_role("progressbar", name="Progress of the sweep")
    until(
        page,
        """document.querySelector('.rv-drawer .rv-said')?.textContent.includes('Epoch')
             && +document.querySelector('[role=progressbar]').getAttribute('aria-valuenow') >= 1""",
        timeout=60_000,
    )
    press(page, "Cancel")
    expect(said).to_contain_text("Cancelled at epoch")
    expect(page.get_by_role("button", name="Cancel", exact=True)).to_be_disabled()
    fill(page, "Hidden layers", "8")
    fill(page, "Training points", "30")
    wait_until_painted(page)
    press(page, "Epoch")
    wait_until(page, "Number(data.epoch) === 1")
    press(page, "Run sweep")
    expect(said).to_contain_text("Done; best", timeout=60_000)
    expect(bar).to_have_attribute("aria-valuenow", "100")
    press(page, "Adopt the best")
    best = float((said.inner_text().split("λ: ")[1]).split(". ")[0])
    until(
        page,
        "best => parseFloat([...document.querySelectorAll('[role=slider]')]"
        ".find(s => s.ariaLabel === 'L1 strength λ').getAttribute('aria-valuetext')) === best",
        arg=best,
    )
    press(page, "Show the test loss")
    expect(said).to_contain_text("Test loss there:")
    expect(page.get_by_role("button", name="Show the test loss", exact=True)).to_be_disabled()
    assert number(page, "epoch") == 1  # neither the sweep nor the turn of the knob restarted the lanes


def test_the_timeline_looks_back_and_play_replays_and_goes_on(lab: Page) -> None:
    last = number(lab, "epoch")
    line = slider(lab, "Look back to an epoch")
    line.fill("3")
    wait_until(lab, "Number(data.epoch) <= 3")  # an epoch that no frame showed is not on the tape
    then = number(lab, "epoch")
    until(lab, f"document.querySelector('.rv-table tbody tr').cells[5].textContent === '{then}'")
    expect(line).to_have_attribute("aria-valuetext", f"epoch {then} of {last}")
    wait_until_painted(lab)
    assert number(lab, "epoch") == then
    epochs = note(lab, SCREEN, "data-epoch")
    press(lab, "Play")
    wait_until(lab, f"Number(data.epoch) > {last} + 3")
    assert any(then < int(epoch) <= last for epoch in epochs())  # it replayed before it went on
    expect_playing(lab)


def test_the_timeline_follows_again_after_a_touch_that_was_cancelled(lab: Page) -> None:
    last, line = number(lab, "epoch"), slider(lab, "Look back to an epoch")
    for kind in ("pointerdown", "pointercancel"):  # the browser takes a touch for its own as soon as the page scrolls
        line.dispatch_event(kind)
    press(lab, "Epoch")
    expect(line).to_have_value(str(last + 1))


def test_a_pinned_run_stays_as_a_shadow_until_it_is_let_go(lab: Page) -> None:
    before = pixels(lab)
    press(lab, "Pin this run")
    expect(lab.get_by_role("button", name="Unpin", exact=True)).to_have_attribute("aria-pressed", "true")
    press(lab, "Reset")
    wait_until(lab, "Number(data.step) === 0")
    wait_until_painted(lab)
    shadow = pixels(lab)
    press(lab, "Unpin")
    expect(lab.get_by_role("button", name="Pin this run", exact=True)).to_have_attribute("aria-pressed", "false")
    wait_until_painted(lab)
    alone = pixels(lab)
    assert (shadow != alone).any()
    assert (before != alone).any()


def test_a_unit_of_the_network_says_its_numbers_and_a_click_kills_it(page: Page, voila: Server) -> None:
    open_playground(page, voila.url, "play=0&panels=network~remove")
    wait_for_label(page, "Network")
    wait_until_painted(page)
    step, words = number(page, "step"), labels(page)
    stand, hint = page.locator(".rv-picture"), page.locator(".rv-hint")
    box = stand.bounding_box()
    assert box is not None
    for share in np.linspace(0.1, 0.9, 40):  # down the first hidden layer
        page.mouse.move(box["x"] + 0.34 * box["width"], box["y"] + share * box["height"])
        wait_until_painted(page)  # the hint may still be of the place before
        if hint.is_visible() and "mean activation" in hint.inner_text():  # only hidden units have one
            break
    page.mouse.move(box["x"] + 0.34 * box["width"], box["y"] + share * box["height"] + 5)  # off the unit's edge
    wait_until_painted(page)
    expect(hint).to_contain_text("mean activation")
    page.mouse.down()
    page.mouse.up()
    wait_for_label(page, "1 unit removed")
    assert not any("removed:" in word for word in words)
    assert number(page, "step") == step


def test_a_projector_shows_no_tool_and_one_that_was_open_is_open_again_afterwards(lab: Page) -> None:
    tool, drawer = lab.get_by_role("button", name="Lanes", exact=True), lab.locator(".rv-drawer")
    tool.click()
    expect(drawer).to_be_visible()
    lab.get_by_role("button", name="Add a lane", exact=True).focus()
    lab.keyboard.press("p")
    expect(lab.locator(".rv-app[data-projector]")).to_be_visible()
    expect(drawer).to_be_hidden()
    expect(tool).to_be_hidden()
    expect(lab.locator(".rv-picture")).to_be_focused()  # what had the focus is not there any more
    lab.keyboard.press("p")
    expect(drawer).to_be_visible()
    tool.click()
    expect(drawer).to_be_hidden()


def test_the_projector_shows_two_pictures_in_large_type_and_training_goes_on(lab: Page) -> None:
    def sizes() -> list[float]:
        found: list[float] = lab.evaluate(
            "[...document.querySelectorAll('.rv-labels span')].map(s => parseFloat(getComputedStyle(s).fontSize))"
        )
        return found

    before, epoch = min(sizes()), number(lab, "epoch")
    press(lab, "Projector")
    wait_for_label(lab, "Dropout mask", there=False)
    wait_for_label(lab, "Weights")
    wait_until_painted(lab)
    assert min(sizes()) >= 1.6 * before
    assert lab.locator(".rv-sentence").evaluate("s => parseFloat(getComputedStyle(s).fontSize)") >= 24
    assert number(lab, "epoch") == epoch
    press(lab, "Projector")
    wait_for_label(lab, "Dropout mask")
    wait_until_painted(lab)
    assert min(sizes()) == before
