"""The playground while it plays, in JupyterLab and under Voilà: what turns, keys and buttons do at once."""

from __future__ import annotations

import re
import time
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from browser.chromium import Motion
from browser.lab_page import (
    choose,
    dark_share,
    drag,
    expect_playing,
    facts,
    fill,
    labels,
    number,
    percent,
    pixels,
    press,
    slider,
    table,
    turn,
    wait_for_label,
    wait_until,
    wait_until_painted,
)
from browser.pages import until


@pytest.fixture(scope="module")
def motion() -> Motion:
    """All frames: these tests are about them."""
    return "no-preference"


def quarters(lab: Page) -> list[np.ndarray[Any, np.dtype[np.uint8]]]:
    """The pixels of each of the four pictures."""
    return [part for half in np.array_split(pixels(lab), 2) for part in np.array_split(half, 2, axis=1)]


def test_the_playground_plays_by_itself_and_every_picture_moves(lab: Page) -> None:
    expect_playing(lab)
    before, still = quarters(lab), {0, 1, 2, 3}
    for _ in range(100):  # a picture that costs much on this machine rests for some frames
        now = quarters(lab)
        if now[0].shape != before[0].shape:  # a page that has just opened may find another size
            before, still = now, {0, 1, 2, 3}
        still -= {i for i in still if (before[i] != now[i]).any()}
        if not still:
            break
        lab.wait_for_timeout(100)
    assert not still
    assert list(table(lab)) == ["none", "L1 0.001", "L2 0.001", "dropout 0.5"]


def test_lambda_acts_while_training_goes_on(lab: Page) -> None:
    wait_until(lab, "Number(data.epoch) > 20")
    epoch = number(lab, "epoch")
    turn(lab, "L1 strength λ", "End")
    expect(slider(lab, "L1 strength λ")).to_have_attribute("aria-valuetext", "1")
    until(lab, "document.querySelector('.rv-table tbody').textContent.includes('L1 1')")
    assert number(lab, "epoch") >= epoch  # no restart
    expect_playing(lab)
    until(lab, "/9\\d|100/.test(document.querySelectorAll('.rv-table tbody tr')[1].cells[4].textContent)")
    assert percent(table(lab)["none"]["exactly 0"]) == 0
    turn(lab, "L1 strength λ", "Home")
    expect(slider(lab, "L1 strength λ")).to_have_attribute("aria-valuetext", "0 (off)")


def test_dragging_p_changes_the_share_of_dark_cells_to_the_new_p(lab: Page) -> None:
    wait_until(lab, "Number(data.epoch) > 3")
    epoch = number(lab, "epoch")
    drag(lab, "Dropout rate p", 0.25 / 0.9)
    p = float(slider(lab, "Dropout rate p").get_attribute("aria-valuetext") or "nan")
    assert 0.2 < p < 0.3
    wait_for_label(lab, f"p {p:.2f}")  # a press may overtake the last value of a drag
    press(lab, "Step")
    wait_until(lab, "data.state === 'paused'")
    wait_until_painted(lab)
    (said,) = [text for text in labels(lab) if text.startswith("p 0.")]
    match = re.search(r"dropped ([\d.]+).% of ([\d,]+)", said)
    assert match, said
    share, cells = float(match[1]) / 100, int(match[2].replace(",", ""))
    assert abs(share - p) < 4 * np.sqrt(p * (1 - p) / cells) + 0.0006
    assert abs(dark_share(lab) - share) < 0.01
    assert number(lab, "epoch") >= epoch


def test_play_pause_step_epoch_and_reset(lab: Page) -> None:
    wait_until(lab, "Number(data.epoch) > 2")
    press(lab, "Pause")
    wait_until(lab, "data.state === 'paused'")
    wait_until_painted(lab)
    standing = number(lab, "step")
    time.sleep(0.5)
    assert number(lab, "step") == standing
    press(lab, "Step")
    wait_until(lab, f"Number(data.step) === {standing + 1}")
    press(lab, "Epoch")
    wait_until(lab, f"Number(data.step) === {-(-(standing + 1) // 4) * 4 + (4 if (standing + 1) % 4 == 0 else 0)}")
    press(lab, "Reset")
    wait_until(lab, "Number(data.step) === 0")
    assert {row["epoch"] for row in table(lab).values()} == {"0"}
    press(lab, "Play")
    expect_playing(lab)


def test_the_keyboard_plays_steps_and_resets(lab: Page) -> None:
    wait_until(lab, "Number(data.epoch) > 2")
    lab.locator(".rv-picture").focus()
    lab.keyboard.press(" ")
    wait_until(lab, "data.state === 'paused'")
    wait_until_painted(lab)
    standing = number(lab, "step")
    lab.keyboard.press("ArrowRight")
    wait_until(lab, f"Number(data.step) === {standing + 1}")
    lab.keyboard.press("r")
    wait_until(lab, "Number(data.step) === 0")
    lab.keyboard.press(" ")
    expect_playing(lab)


def test_a_lane_that_diverges_says_so_and_reset_recovers_it(lab: Page) -> None:
    choose(lab, "Optimizer", "SGD")
    turn(lab, "Learning rate", "End")
    expect(lab.locator("tr[data-state=diverged]", has_text="none")).to_be_visible()  # others may have before it
    assert re.search(r"diverged at epoch \d+, try a smaller learning rate", table(lab)["none"]["state"])
    choose(lab, "Optimizer", "Adam")
    turn(lab, "Learning rate", "Home")
    turn(lab, "Learning rate", "ArrowRight", 6)
    press(lab, "Reset")
    until(lab, "document.querySelector('tr[data-state=diverged]') === null")
    if facts(lab)["state"] != "playing":
        press(lab, "Play")
    expect_playing(lab)


@pytest.mark.parametrize("lab", ["jupyterlab"], indirect=True)
def test_the_link_from_jupyterlab_opens_the_app(lab: Page) -> None:
    fill(lab, "Seed", "11")
    press(lab, "Copy link")
    expect(lab.locator(".rv-copy-link")).to_have_attribute(
        "data-copied", re.compile("voila/render/playground.ipynb.*seed=11")
    )


@pytest.mark.parametrize("lab", ["jupyterlab"], indirect=True)
def test_in_a_notebook_there_is_no_present(lab: Page) -> None:
    expect(lab.get_by_role("button", name="Copy link")).to_be_visible()
    expect(lab.get_by_role("button", name="Present", exact=True)).to_have_count(0)
