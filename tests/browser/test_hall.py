"""A lecture as the lecturer and the hall see it: present, follow, vote, reveal, take over, lose the line, end."""

from __future__ import annotations

import csv
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urljoin

import numpy as np
import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from browser.chromium import Watch, leave
from browser.defects import violations
from browser.lab_page import (
    labels,
    note,
    number,
    pixels,
    press,
    table,
    turn,
    wait_for_address,
    wait_until,
    wait_until_painted,
)
from browser.lines import Line
from browser.pages import SCREEN, open_notebook, open_playground, wait_for_first_frame
from browser.servers import Server
from browser.test_lessons import remember

DRAWN = """(at) => {
  const canvas = document.querySelectorAll(".rv-follow figure canvas")[at];
  const {data} = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return [canvas.width, canvas.height, Array.from(data)];
}"""


@pytest.fixture
def hall(browser: Browser, watch: Watch) -> Iterator[BrowserContext]:
    """Another person, with a browser of their own."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    watch.over(context)
    yield context
    for page in context.pages:
        leave(page)
    context.close()


@pytest.fixture
def line(voila: Server) -> Iterator[Line]:
    """A way to the server that can be cut."""
    with Line(voila.url) as line:
        yield line


def present(page: Page) -> str:
    """Open a room, and return its link."""
    press(page, "Present")
    expect(page.locator(".rv-room-qr svg")).to_be_visible()
    link = page.locator(".rv-room-link").inner_text()
    press(page, "Go on")
    return link


def open_lesson(page: Page, server: Server, notebook: str) -> None:
    open_notebook(page, server.url, notebook)
    wait_for_first_frame(page, 60_000)


def follow(context: BrowserContext, link: str) -> Page:
    """Follow, and wait for the first picture."""
    page = context.new_page()
    page.goto(link)
    expect(page.locator(".rv-follow[data-frame]")).to_be_visible()
    return page


def said(page: Page) -> Locator:
    return page.locator(".rv-status")


def note_what_is_said(page: Page) -> Callable[[str], None]:
    """Note what a page says above its picture; what is returned waits until it has begun so, be it for an instant."""
    noted = note(page, ".rv-status")

    def expect_told(start: str) -> None:
        deadline = time.monotonic() + 60
        while not any(text.startswith(start) for text in noted()):
            assert time.monotonic() < deadline, f"“{start}” is not in {noted()}"
            page.wait_for_timeout(100)

    return expect_told


def expect_moving(page: Page) -> None:
    before = page.locator(".rv-follow").get_attribute("data-frame")
    expect(page.locator(f".rv-follow:not([data-frame='{before}'])")).to_be_visible()


def drawn(page: Page, place: int) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """The pixels of one picture on a follower's page `(height, width, 4)`."""
    width, height, data = page.evaluate(DRAWN, place)
    return np.array(data, np.uint8).reshape(height, width, 4)


def wait_until_it_shows(follower: Page, texts: list[str], screen: np.ndarray[Any, np.dtype[np.uint8]]) -> None:
    """Wait, at most 30 s, until a follower's page shows these texts and has the first picture of `screen`."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        first = drawn(follower, 0)
        if sorted(labels(follower)) == texts and np.array_equal(first, screen[: first.shape[0], : first.shape[1]]):
            return
        time.sleep(0.1)


def test_a_follower_sees_the_lecturer_s_pictures_texts_numbers_and_sentence_to_the_pixel(
    page: Page, voila: Server, hall: BrowserContext
) -> None:
    open_playground(page, voila.url)
    link = present(page)
    kernels = set(voila.kernels())
    early = follow(hall, link)
    wait_until(page, "Number(data.epoch) > 12")
    late = follow(hall, link)
    expect_moving(late)
    press(page, "Pause")
    wait_until_painted(page)
    step = number(page, "step")
    screen, texts = pixels(page), sorted(labels(page))
    for follower in (early, late):
        expect(follower.locator(f".rv-follow[data-step='{step}'][data-state=paused]")).to_be_visible()
        expect(said(follower)).to_have_text("Paused by the lecturer")
        expect(follower.locator("figure")).to_have_count(4)
        expect(follower.locator(".rv-labels span")).to_have_count(len(texts))
        wait_until_it_shows(follower, texts, screen)  # a pause's last picture may still be under way
        assert sorted(labels(follower)) == texts
        first = drawn(follower, 0)
        height, width = first.shape[:2]
        np.testing.assert_array_equal(first, screen[:height, :width])
        assert len(np.unique(first.reshape(-1, 4), axis=0)) > 20
        assert table(follower) == table(page)
        assert follower.locator(".rv-sentence").inner_text() == page.locator(".rv-sentence").inner_text()
    assert set(voila.kernels()) <= kernels  # one of an earlier test may have ended meanwhile
    expect(page.get_by_role("button", name=re.compile("^Room .*, 1 follows$"))).to_be_visible()  # a browser, two tabs


@pytest.mark.parametrize("look", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_a_follower_s_page_fits_the_screen_has_the_lecturer_s_look_and_nothing_that_axe_finds_serious(
    browser: Browser, page: Page, watch: Watch, voila: Server, look: Literal["light", "dark"], width: int
) -> None:
    page.emulate_media(color_scheme=look)
    remember(page, "l1_l2", "first")
    open_lesson(page, voila, "03_l1_l2.ipynb")
    link = present(page)
    assert violations(page) == []
    context = browser.new_context(viewport={"width": width, "height": 800}, is_mobile=width < 500, has_touch=True)
    watch.over(context)
    follower = follow(context, link)
    expect(follower.locator(".rv-follow")).to_have_attribute("data-mode", look)
    ground = follower.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground == {"light": "rgb(255, 255, 255)", "dark": "rgb(22, 24, 29)"}[look]
    follower.locator(".rv-answers button").first.click()
    expect(follower.locator(".rv-answers button").first).to_have_attribute("aria-pressed", "true")
    press(page, "Reveal")
    expect(follower.locator(".rv-bar")).to_have_count(4)
    assert violations(follower) == []
    assert violations(page) == []
    assert follower.evaluate("document.documentElement.scrollWidth") == width
    boxes = [box for figure in follower.locator("figure").all() if (box := figure.bounding_box()) is not None]
    assert len(boxes) == 4
    assert all(box["x"] >= 0 and box["x"] + box["width"] <= width + 1 for box in boxes)
    assert len({round(box["x"]) for box in boxes}) == (1 if width < 500 else 2)  # stacked, or as the lecturer has them
    for _ in range(3):
        follower.get_by_role("button", name="Larger").click()
    larger = follower.locator("figure").first.bounding_box()
    assert larger is not None
    assert larger["width"] > 1.9 * boxes[0]["width"]
    assert follower.evaluate("document.documentElement.scrollWidth") == width  # the picture scrolls, not the page
    follower.get_by_role("button", name="Fit").click()
    again = follower.locator("figure").first.bounding_box()
    assert again is not None
    assert {**again, "y": boxes[0]["y"]} == boxes[0]  # what stands above may have had another line since
    leave(follower)
    context.close()


def test_a_hall_predicts_sees_its_shares_and_votes_again_after_the_verdict(
    page: Page, voila: Server, hall: BrowserContext, browser: Browser, watch: Watch, tmp_path: Path, line: Line
) -> None:
    open_lesson(page, voila, "01_overfitting.ipynb")
    link = present(page)
    other = browser.new_context(viewport={"width": 390, "height": 844})
    watch.over(other)
    one, two = follow(hall, link), follow(other, link.replace(voila.url, line.url))
    tab = follow(hall, link)  # another tab of the first one has no second voice
    question = page.locator(".rv-ask legend").inner_text()
    assert one.locator("legend").inner_text() == question
    count = page.locator(".rv-hall-count")
    expect(count).to_have_text("0 of 2 have answered.")
    assert page.get_by_role("button", name=re.compile("^Room .*, 2 follow$")).count() == 1
    one.locator(".rv-answers button").nth(0).click()
    for place in (0, 1):
        two.locator(".rv-answers button").nth(place).click()  # the answer to a vote draws the buttons anew
        expect(two.locator(".rv-answers button").nth(place)).to_have_attribute("aria-pressed", "true")
    expect(two.locator(".rv-voted")).to_contain_text("You may change it")
    expect(tab.locator(".rv-answers button").nth(0)).to_have_attribute("aria-pressed", "true")  # it is told, too
    tab.locator(".rv-answers button").nth(1).click()
    expect(one.locator(".rv-answers button").nth(1)).to_have_attribute("aria-pressed", "true")
    expect(one.locator(".rv-answers button").nth(0)).to_have_attribute("aria-pressed", "false")
    tab.locator(".rv-answers button").nth(0).click()
    expect(tab.locator(".rv-answers button").nth(0)).to_have_attribute("aria-pressed", "true")
    expect(count).to_have_text("2 of 2 have answered.")
    assert page.locator(".rv-bar").count() == one.locator(".rv-bar").count() == 0
    press(page, "Reveal")
    shares = ["50 % (1)", "50 % (1)"]
    for seen in (page, one, two):
        expect(seen.locator(".rv-bar").nth(1)).to_be_visible()
        assert seen.locator(".rv-bar").all_inner_texts()[:2] == shares
    expect(one.locator(".rv-answers button").first).to_be_disabled()
    page.locator(".rv-choices button").first.click()
    expect(page.locator(".rv-because")).to_be_visible()  # the lecturer is asked why, the hall is not
    page.wait_for_timeout(600)  # what the page says of itself is looked at now and then
    assert one.locator("fieldset").count() == 1
    expect(one.locator(".rv-sentence")).to_have_text("The lecturer has not started yet.")
    expect(said(one)).to_have_text("Before the start")
    page.get_by_role("button", name="Skip", exact=True).click()
    expect(page.locator(".rv-verdict")).to_be_visible(timeout=120_000)
    expect(one.locator(".rv-voted")).to_contain_text("The numbers say", timeout=60_000)
    expect(one.locator(".rv-answers [data-right=true]")).to_have_count(1)
    expect(one.locator(".rv-sentence")).to_have_text(re.compile(r"\d"))
    press(page, "Vote again")
    expect(two.locator(".rv-voted")).to_contain_text("Vote once more.")
    line.silent = True
    two.locator(".rv-answers button").nth(0).click()  # into a dead line
    line.cut()
    line.silent = False
    line.mend()
    expect(two.locator(".rv-answers button").nth(0)).to_have_attribute("aria-pressed", "true")
    expect(count).to_have_text("1 of 2 have answered in vote 2.")
    press(page, "Reveal")
    expect(two.locator(".rv-bar").first).to_have_text("vote 1: 50 % (1)")
    expect(two.locator(".rv-bar").nth(1)).to_have_text("vote 2: 100 % (1)")
    with page.expect_download() as download:
        press(page, "Votes as CSV")
    download.value.save_as(tmp_path / "votes.csv")
    rows = list(csv.reader((tmp_path / "votes.csv").read_text(encoding="utf-8").splitlines()))
    assert rows[0] == ["lesson", "voter", "vote 1", "vote 2"]
    choice = page.locator(".rv-hall li").first.inner_text().split("\n")[0]
    assert sorted(row[3] for row in rows[1:]) == ["", choice]
    leave(two)
    other.close()


def test_a_copy_of_one_s_own_starts_where_the_lecturer_is(page: Page, voila: Server, hall: BrowserContext) -> None:
    open_playground(page, voila.url, "play=0")
    link = present(page)
    turn(page, "L1 strength λ", "ArrowRight", 2)
    strength = page.get_by_role("slider", name="L1 strength λ", exact=True).get_attribute("aria-valuetext")
    wait_for_address(page, f"asked.get('l1') === '{strength}'")
    follower = follow(hall, link)
    for _ in range(100):  # what the page says of itself follows its address
        if f"l1={strength}" in hall.request.get(f"{link}/copy", max_redirects=0).headers["location"]:
            break
        page.wait_for_timeout(100)
    with hall.expect_page() as opened:
        follower.get_by_role("link", name="Open my own copy").click()
    own = opened.value
    own.wait_for_selector(SCREEN, timeout=60_000)
    wait_until(own, "Number(data.frame) >= 1")
    assert f"l1={strength}" in own.url
    assert "/voila/render/playground.ipynb" in own.url
    assert own.get_by_role("slider", name="L1 strength λ", exact=True).get_attribute("aria-valuetext") == (
        page.get_by_role("slider", name="L1 strength λ", exact=True).get_attribute("aria-valuetext")
    )


def test_a_lost_line_is_said_and_mends_itself(page: Page, voila: Server, hall: BrowserContext) -> None:
    with Line(voila.url) as line, Line(voila.url) as lecturer:
        open_playground(page, lecturer.url)
        code = present(page).rsplit("/", 1)[1]
        follower = follow(hall, urljoin(line.url, f"follow/{code}"))
        expect(said(follower)).to_have_text("Live")
        line.silent = True  # nothing is closed, and nothing comes
        expect(said(follower)).to_have_text("The connection is lost. Trying again…", timeout=20_000)
        expect(follower.locator(".rv-view[data-stands]")).to_have_count(1)
        line.cut()  # as a network closes what it has lost once it is back
        line.silent = False
        expect_told = note_what_is_said(follower)
        line.mend()
        expect_told("The connection is back.")
        expect_moving(follower)
        expect(said(follower)).to_have_text("Live")
        follower.context.set_offline(True)
        expect(said(follower)).to_have_text("This device has no network. The picture goes on when it is back.")
        follower.context.set_offline(False)
        expect_moving(follower)
        expect_told = note_what_is_said(follower)
        lecturer.silent = True  # the lecturer's laptop has another address
        expect_told("The picture stands: nothing has come from the lecturer for some seconds.")
        expect(follower.locator(".rv-view[data-stands]")).to_have_count(1)
        expect(page.get_by_role("button", name=re.compile("^Room .*: reconnecting…$"))).to_be_visible()
        lecturer.cut()
        expect(said(follower)).to_have_text(
            "The lecturer's page cannot be reached. The picture goes on when it is back."
        )
        lecturer.silent = False
        lecturer.mend()
        expect(page.get_by_role("button", name=re.compile("^Room .*, 1 follows$"))).to_be_visible()
        expect(said(follower)).to_have_text("Live")
        expect_moving(follower)
        leave(follower)
        leave(page)


def test_the_room_outlives_a_reload_goes_along_to_a_lesson_and_its_end_is_told(
    page: Page, voila: Server, hall: BrowserContext
) -> None:
    open_playground(page, voila.url)
    link = present(page)
    follower = follow(hall, link)
    expect_told = note_what_is_said(follower)
    page.reload()
    expect_told("The lecturer's page is away")
    room = page.get_by_role("button", name=re.compile("^Room .*, 1 follows$"))
    expect(room).to_be_visible(timeout=60_000)
    expect(said(follower)).to_have_text("Live")
    expect_moving(follower)
    open_lesson(page, voila, "03_l1_l2.ipynb")
    expect(follower.locator("legend")).to_contain_text("which penalty", timeout=60_000)
    expect(follower.locator("h1")).to_contain_text("L1 and L2")
    room.click()
    press(page, "End")
    expect(said(follower)).to_have_text("The lecturer has ended the presentation.")
    expect(page.get_by_role("button", name="Present", exact=True)).to_be_visible()
    assert page.evaluate("sessionStorage.getItem('regviz.room')") is None
    page.evaluate("sessionStorage.setItem('regviz.room', 'as before the server was started anew')")
    page.reload()
    expect(page.locator(".rv-room-note")).to_contain_text("Your room has ended, and its code with it", timeout=60_000)
    press(page, "Open a new room")
    expect(page.locator(".rv-room-qr svg")).to_be_visible()
    assert page.locator(".rv-room-link").inner_text() != link
    reply = follower.goto(link)
    assert reply is not None
    assert reply.status == 404
    expect(follower.get_by_role("heading")).to_contain_text("There is no lecture")
    assert violations(follower, "body") == []


def test_one_who_has_a_code_and_no_link_finds_the_way(page: Page, voila: Server, hall: BrowserContext) -> None:
    open_playground(page, voila.url)
    code = present(page).rsplit("/", 1)[1]
    follower = hall.new_page()
    follower.goto(voila.url)
    follower.get_by_role("link", name="Follow it with its code").click()
    assert violations(follower, "body") == []
    follower.get_by_label("Code").fill(f"{code[:3].lower()} {code[3:].lower()}")
    press(follower, "Follow")
    expect(follower.locator(".rv-follow[data-frame]")).to_be_visible()


def check_that_a_vote_ends_with_the_answer(page: Page, follower: Page) -> None:
    """Of a lesson that stands before its first step: its hall votes, is told the answer, and when the numbers turn."""
    told, choices = follower.locator(".rv-voted"), follower.locator(".rv-answers button")

    def find(**said: str) -> None:
        """Have the lesson say what it has found, which would take it some hundred epochs."""
        page.evaluate("said => Object.assign(document.querySelector('.rv-lesson').dataset, said)", said)
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")  # the page looks at it at once

    find(found="first", by="-1")  # by an earlier visit
    choices.first.click()
    expect(told).to_have_text("Your answer counts. You may change it until the vote is closed.")
    find(asked="a break", by="100")  # that of another question
    choices.nth(1).click()
    expect(choices.nth(1)).to_have_attribute("aria-pressed", "true")
    expect(told).to_have_text("Your answer counts. You may change it until the vote is closed.")
    find(asked="")
    expect(told).to_have_text("The numbers say “Only L1”. The vote is closed, your answer is marked.")
    expect(page.locator(".rv-hall-count")).to_have_text("1 of 1 have answered. The vote is closed.")
    assert page.locator(".rv-bar").count() == follower.locator(".rv-bar").count() == 0
    find(turned="both", by="677")
    expect(follower.locator(".rv-turned")).to_have_text("By epoch 677 they say “Both”.")
    find(turned="unclear", by="700")
    expect(follower.locator(".rv-turned")).to_have_text("By epoch 700 it is no longer clear.")
    find(turned="fourth", by="705")
    expect(follower.locator(".rv-turned")).to_have_text("By epoch 705 they fit none of the answers.")
    find(turned="", by="100")
    expect(follower.locator(".rv-turned")).to_have_text("")
    press(page, "Reveal")
    expect(follower.locator(".rv-bar").nth(1)).to_have_text("100 % (1)")
    press(page, "Vote again")
    expect(told).to_have_text("The numbers say “Only L1”. Vote once more.")
    choices.first.click()
    expect(told).to_contain_text("Your answer counts.")


def test_a_vote_ends_with_the_answer_and_a_question_that_would_act_is_only_words(
    page: Page, voila: Server, hall: BrowserContext
) -> None:
    """Whoever has a seat may present: what they say must do nothing in the browsers of those who follow."""
    open_lesson(page, voila, "03_l1_l2.ipynb")
    follower = follow(hall, present(page))
    check_that_a_vote_ends_with_the_answer(page, follower)
    follower.evaluate("window.acted = 0")
    page.evaluate(
        """async () => {
          const token = sessionStorage.getItem("regviz.room");
          const kernel = JSON.parse(document.querySelector("#jupyter-config-data").textContent).kernelId;
          const socket = new WebSocket(`${location.origin.replace("http", "ws")}/present`);
          await new Promise((open) => { socket.onopen = open; });
          const view = document.querySelector("canvas[data-regviz]").dataset.view;
          socket.send(JSON.stringify({ kind: "open", kernel, view, token, base: location.origin }));
          const evil = "Which <b onclick='acted++'>one</b><img src=x onerror='acted++'><script>acted++</script>" +
            "<a href='javascript:acted++'>here</a><style>body { display: none }</style><math><mi>λ</mi></math>";
          const lesson = { name: "evil", question: evil, choices: [["a", evil], ["b", "B"]] };
          socket.send(JSON.stringify({ kind: "state", lesson, title: evil, copy: "javascript:acted++" }));
        }"""
    )
    expect(follower.locator("legend")).to_have_text("Which onehereλ")
    kinds = follower.locator("legend *").evaluate_all("parts => parts.map(part => part.localName)")
    assert kinds == ["b", "math", "mi"]
    assert follower.locator("legend b").evaluate("part => part.attributes.length") == 0
    assert follower.evaluate("window.acted") == 0
    expect(follower.locator("body")).to_be_visible()
