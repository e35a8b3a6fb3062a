"""The playground as a person meets it: hidden and closed tabs, links, knobs and the look."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect

from browser.chromium import Motion, Watch, hide_tab, leave, show_tab
from browser.lab_page import (
    choose,
    expect_playing,
    facts,
    fill,
    labels,
    notice,
    number,
    percent,
    pixels,
    press,
    slider,
    table,
    turn,
    wait_for_address,
    wait_until,
    wait_until_painted,
)
from browser.pages import Where, open_playground, rest, until
from browser.servers import Server

Open = Callable[..., Page]


SCREENS: tuple[ViewportSize, ...] = tuple(
    {"width": width, "height": height} for width, height in ((1440, 900), (1920, 1080), (390, 844), (768, 1024))
)


@pytest.fixture(params=["voila", "jupyterlab"])
def where(request: pytest.FixtureRequest) -> Where:
    """Where the lab is opened."""
    return request.param  # type: ignore[no-any-return]


@pytest.fixture
def server(request: pytest.FixtureRequest, where: Where) -> Server:
    """The server of that place."""
    found: Server = request.getfixturevalue(where)
    return found


def open_link(page: Page, server: Server, query: str) -> Page:
    open_playground(page, server.url, query)
    return page


def test_one_lane_may_diverge_while_the_others_run_on(page: Page, voila: Server) -> None:
    # momentum at this rate is stable without a penalty; λ = 1 makes the L2 step overshoot: |1 - 2ηλ| > 1
    open_link(page, voila, "optimizer=sgd&lr=0.01&l2=1")
    wait_until(page, "Number(data.epoch) > 3")
    expect_playing(page)
    turn(page, "Learning rate", "ArrowRight", 7)
    expect(page.locator("tr[data-state=diverged]", has_text="L2 1")).to_be_visible()  # another may have, by chance
    rows = table(page)
    assert "diverged" in rows["L2 1"]["state"]
    before = {lane: int(row["epoch"]) for lane, row in rows.items()}
    expect_playing(page)
    wait_until(page, f"Number(data.epoch) > {max(before.values()) + 3}")
    deadline = time.monotonic() + 60
    while True:  # the table is written anew now and then, and not with each frame
        rows = table(page)
        training = [lane for lane, row in rows.items() if "diverged" not in row["state"]]  # one more may have meanwhile
        assert training
        assert int(rows["L2 1"]["epoch"]) == before["L2 1"]
        if all(int(rows[lane]["epoch"]) > before[lane] for lane in training):
            break
        assert time.monotonic() < deadline, f"a lane stands still: {before}, {rows}"
        page.wait_for_timeout(100)


def test_a_hidden_tab_stands_still_and_moves_at_once_when_shown(real_tab: Page, server: Server, where: Where) -> None:
    others = server.kernels()
    open_playground(real_tab, server.url, where=where)
    kernels = [kernel for kernel in server.kernels() if kernel not in others]
    expect_playing(real_tab)
    asked = time.monotonic()
    hide_tab(real_tab)
    server.wait_for_rest()
    heard = time.monotonic() - asked  # on a busy machine the kernel hears of it late, and trains until then
    assert server.kernel_cpu(5.0) <= 2
    standing = number(real_tab, "step")
    started = time.monotonic()
    show_tab(real_tab)
    wait_until(real_tab, f"Number(data.step) > {standing}")
    # 20 epochs of 4 steps in each of these seconds, and in one more: not in those that were missed
    trained = heard + time.monotonic() - started + 1
    assert number(real_tab, "step") < standing + 80 * trained, "it made up for the pause"
    if where == "voila":
        leave(real_tab)
        server.wait_for_end(kernels)


def test_a_page_that_is_closed_leaves_no_busy_kernel(
    context: BrowserContext, page: Page, server: Server, where: Where
) -> None:
    open_playground(page, server.url, where=where)
    expect_playing(page)
    leave(page)
    server.wait_for_rest()


# -- links


def test_a_link_sets_the_start_and_play_0_holds_it(page: Page, voila: Server) -> None:
    open_link(page, voila, "data=digits&l1=0.01&dropout=0.3&seed=3&play=0")
    wait_until_painted(page)
    assert facts(page)["state"] == "paused"
    assert number(page, "step") == 0
    assert list(table(page)) == ["none", "L1 0.01", "L2 0.001", "dropout 0.3"]
    expect(page.get_by_label("Data set", exact=True)).to_have_value(re.compile("digits"))
    expect(page.get_by_label("Seed", exact=True)).to_have_value("3")
    expect(page.get_by_label("Training points", exact=True)).to_have_value("300")
    press(page, "Play")
    expect_playing(page)


def test_copy_link_gives_back_the_present_state(page: Page, context: BrowserContext, voila: Server) -> None:
    open_link(page, voila, "seed=3")
    turn(page, "L2 strength λ", "ArrowRight", 2)
    choose(page, "Activation", "tanh")
    fill(page, "Hidden layers", "16-8")
    press(page, "Copy link")
    expect(page.locator(".rv-copy-link")).to_have_attribute("data-copied", re.compile("^http"))
    link = page.locator(".rv-copy-link").get_attribute("data-copied") or ""
    page.wait_for_url(link)
    query = {name: values[0] for name, values in parse_qs(urlsplit(link).query).items()}
    assert query == {"seed": "3", "l2": "0.002", "activation": "tanh", "hidden": "16-8"}
    other = context.new_page()
    other.goto(f"{link}&lang=de")
    until(other, "Number(document.querySelector('canvas')?.dataset.frame) > 0")
    expect(other.get_by_label("Verborgene Schichten", exact=True)).to_have_value("16-8")
    assert "L2 0.002" in table(other)
    press(other, "Pause")
    expect(other.get_by_role("button", name="Start", exact=True)).to_be_visible()
    expect(other.locator(".rv-sentence")).to_contain_text(re.compile("Spuren|Gewichte|trainiert|Validierungsverlust"))
    expect(other.locator(".rv-app")).to_have_attribute("lang", "de")
    until(other, "location.search.includes('play=0') && location.search.includes('lang=de')")


def test_a_bad_link_is_answered_in_sentences_and_the_lab_works(page: Page, voila: Server) -> None:
    open_link(page, voila, "l1=abc&dropout=7&colour=red&seed=4&data=imagenet")
    said = notice(page).inner_text()
    for word in ("l1", "dropout", "colour", "imagenet", "Try"):
        assert word in said
    assert "Traceback" not in page.locator("body").inner_text()
    expect(page.get_by_label("Seed", exact=True)).to_have_value("4")
    expect_playing(page)


# -- knobs, one after the other on one page


@pytest.fixture(scope="module")
def _knobs(browser: Browser, voila: Server, motion: Motion) -> Iterator[tuple[Page, Watch]]:
    context, watch = browser.new_context(viewport=SCREENS[0], device_scale_factor=1, reduced_motion=motion), Watch()
    watch.over(context)
    page = context.new_page()
    open_playground(page, voila.url)
    yield page, watch
    leave(page)
    context.close()


@pytest.fixture
def knobs(_knobs: tuple[Page, Watch]) -> Iterator[Page]:
    """The playground, moving, with whatever values an earlier test has left; all of them are possible."""
    page, watch = _knobs
    page.set_viewport_size(SCREENS[0])
    change = number(page, "change")
    press(page, "Reset")
    wait_until(page, f"Number(data.change) > {change}")
    if facts(page)["state"] != "playing":
        press(page, "Play")
        wait_until(page, "data.state === 'playing'")  # else this change would pass for that of the test
    expect(notice(page)).to_be_hidden()
    yield page
    rest(page)
    assert not watch.complaint(), watch.complaint()


@pytest.mark.parametrize(
    ("label", "bad", "named", "good"),
    [
        ("Training points", "1000000", "Training points: “", "80"),
        ("Hidden layers", "64-x", "Hidden layers: “", "12"),
        ("Hidden layers", "64-64-64-64-64-64-64-64-64", "Hidden layers: “", "8-8"),
        ("Flipped labels", "7", "Flipped labels: “", "0.2"),
        ("Batch size", "0", "Batch size: “", "10"),
        ("Patience", "soon", "Patience: “", "1000"),
        ("Seed", "-1", "Seed: “", "1"),
    ],
)
def test_an_impossible_value_is_answered_in_a_sentence_and_training_goes_on(
    knobs: Page, label: str, bad: str, named: str, good: str
) -> None:
    page = knobs
    fill(page, label, bad)
    expect(notice(page)).to_contain_text(named)
    expect(notice(page)).to_contain_text("Try")
    expect(page.get_by_label(label, exact=True)).to_have_value(bad)  # what was typed is not lost
    expect_playing(page)
    fill(page, label, good)
    expect(notice(page)).to_be_hidden()
    expect_playing(page)


def test_no_hidden_layer_is_a_linear_model(knobs: Page) -> None:
    page = knobs
    fill(page, "Hidden layers", "")
    wait_for_address(page, "asked.get('hidden') === ''")
    expect(notice(page)).to_be_hidden()
    expect_playing(page)


@pytest.mark.parametrize("title", ["two circles", "three blobs", "breast cancer", "wine", "diabetes"])
def test_every_kind_of_data_trains_and_is_shown(knobs: Page, title: str) -> None:
    page, change = knobs, number(knobs, "change")
    choose(page, "Data set", title)
    wait_until(page, f"Number(data.change) > {change} && Number(data.epoch) > 3 && data.state === 'playing'")
    expect(notice(page)).to_be_hidden()
    for row in table(page).values():
        assert re.fullmatch(r"[-−]?\d+\.\d\d", row["validation loss"])


def test_early_stopping_stops_every_lane_and_the_lab_rests(page: Page, voila: Server) -> None:
    open_link(page, voila, "patience=3&speed=max")
    wait_until(page, "data.state === 'done'")
    for row in table(page).values():
        match = re.fullmatch(r"stopped at epoch (\d+), weights of epoch (\d+) restored", row["state"])
        assert match, row
        assert int(match[1]) == int(match[2]) + 3
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_disabled()
    press(page, "Reset")
    wait_until(page, "Number(data.step) === 0")


def test_digits_show_exact_zeros_and_a_numbered_gap_within_20_seconds(page: Page, voila: Server) -> None:
    """Of the lab's own time: 20 epochs in each of them."""
    open_link(page, voila, "data=digits&speed=4×")
    until(
        page,
        "parseInt(document.querySelectorAll('.rv-table tbody tr')[1]?.cells[4].textContent) >= 50",
        timeout=120_000,
    )
    assert number(page, "epoch") <= 20 * 20
    wait_until(page, "Number(data.epoch) >= 19 * 20", 120)
    press(page, "Pause")
    wait_until(page, "data.state === 'paused'")
    wait_until_painted(page)
    rows = table(page)
    assert percent(rows["L1 0.001"]["exactly 0"]) >= 0.5
    for lane in ("none", "L2 0.001", "dropout 0.5"):
        assert re.fullmatch(r"0\s*%", rows[lane]["exactly 0"]), (lane, rows[lane])
    gaps = [float(row["gap"].replace("+", "").replace("\N{MINUS SIGN}", "-")) for row in rows.values()]
    assert gaps[0] > 0.2
    (said,) = [text for text in labels(page) if text.startswith("gap ")]  # of the lane where it is widest
    assert abs(float(said.split()[1]) - max(gaps)) < 0.02


# -- the look


def test_every_control_has_a_name(page: Page, voila: Server) -> None:
    open_link(page, voila, "")
    nameless = page.evaluate(
        """[...document.querySelectorAll('.rv-app input, .rv-app select, .rv-app button, .rv-app [role=slider]')]
             .filter(control => !control.labels?.length && !control.ariaLabel && !control.textContent.trim())
             .map(control => control.outerHTML)"""
    )
    assert nameless == []
    handle = slider(page, "L1 strength λ")
    expect(handle).to_have_attribute("aria-valuetext", "0.001")
    turn(page, "L1 strength λ", "ArrowRight")
    expect(handle).to_have_attribute("aria-valuetext", "0.0015")


def test_dark_and_light_have_their_own_colours_everywhere(page: Page, voila: Server) -> None:
    open_link(page, voila, "play=0")
    expect(page.locator(".rv-app")).to_have_attribute("data-mode", "light")
    light = pixels(page)
    press(page, "Dark")
    expect(page.locator(".rv-app")).to_have_attribute("data-mode", "dark")
    expect(page.get_by_role("button", name="Light", exact=True)).to_be_visible()
    until(page, "[...document.querySelectorAll('.rv-table i')].some(i => i.style.background.includes('166'))")
    assert (pixels(page) != light).any()


@pytest.mark.parametrize("size", SCREENS, ids=[str(size["width"]) for size in SCREENS])
def test_nothing_is_wider_than_the_page(knobs: Page, size: ViewportSize) -> None:
    page = knobs
    page.set_viewport_size(size)
    press(page, "Pause")
    wait_until_painted(page)
    over = page.evaluate(
        """[...document.querySelectorAll('.rv-app *')].filter(part => {
             const box = part.getBoundingClientRect();
             return box.width && !part.closest('.rv-table') && (box.right > innerWidth + 1 || box.left < -1);
           }).map(part => part.outerHTML.slice(0, 120))"""
    )
    assert over == []


def test_the_picture_follows_the_page_s_size(page: Page, voila: Server) -> None:
    open_link(page, voila, "")
    page.set_viewport_size({"width": 700, "height": 900})
    until(
        page,
        "document.querySelector('canvas').clientWidth < 700 && document.querySelector('canvas').clientHeight > 1000",
    )
    expect_playing(page)
    page.set_viewport_size({"width": 1440, "height": 900})
    until(
        page,
        "document.querySelector('canvas').clientWidth > 900 && document.querySelector('canvas').clientHeight < 800",
    )
    expect_playing(page)
