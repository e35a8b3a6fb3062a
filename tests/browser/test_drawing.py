"""A hundred points drawn, dragged and flipped by mouse, finger and keys, in a lab that trains all the while."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, expect

from browser.chromium import Watch, leave
from browser.lab_page import number, press, wait_until, wait_until_painted
from browser.pages import SCREEN, open_playground, until
from browser.servers import Server

ACROSS, DOWN = 10, 10

AGES = """(selector) => {
  const canvas = document.querySelector(selector);
  const layer = document.querySelector(".rv-planes");
  const sent = new Map();
  let last = Number(layer.dataset.sent ?? 0);
  window.ages = [];
  new MutationObserver(() => {
    while (last < Number(layer.dataset.sent)) sent.set(++last, performance.now());
  }).observe(layer, { attributeFilter: ["data-sent"] });
  new MutationObserver(() => {
    for (const [stroke, at] of sent) {
      if (stroke > Number(canvas.dataset.stroke)) break;
      window.ages.push(performance.now() - at);
      sent.delete(stroke);
    }
  }).observe(canvas, { attributeFilter: ["data-stroke"] });
}"""
"""Notes the milliseconds from each stroke of a person to the painted frame of the kernel that shows it."""


@pytest.fixture
def context(browser: Browser, watch: Watch) -> Iterator[BrowserContext]:
    """A visitor with a mouse and a screen that feels fingers."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, has_touch=True)
    watch.over(context)
    yield context
    for page in context.pages:
        leave(page)
    context.close()


class Plane:
    """The first lane's field, and three ways to do something on it: by mouse, by finger and by keys."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.cdp: CDPSession = page.context.new_cdp_session(page)
        self.element = page.locator(".rv-plane").first
        self.cursor = (0.0, 0.0)

    def at(self, place: int) -> tuple[float, float]:
        """A place of the grid, in CSS pixels of the plane."""
        box = self.element.bounding_box()
        assert box is not None
        return (0.5 + place % ACROSS) * box["width"] / ACROSS, (0.5 + place // ACROSS) * box["height"] / DOWN

    def on_page(self, at: tuple[float, float]) -> tuple[float, float]:
        box = self.element.bounding_box()
        assert box is not None
        return box["x"] + at[0], box["y"] + at[1]

    def click(self, at: tuple[float, float]) -> None:
        self.page.mouse.click(*self.on_page(at))

    def tap(self, at: tuple[float, float]) -> None:
        self.page.touchscreen.tap(*self.on_page(at))

    def drag(self, at: tuple[float, float], to: tuple[float, float]) -> None:
        self.page.mouse.move(*self.on_page(at))
        self.page.mouse.down()
        self.page.mouse.move(*self.on_page(to), steps=4)
        self.page.mouse.up()

    def slide(self, at: tuple[float, float], to: tuple[float, float]) -> None:
        """A finger that is put down, moved and lifted."""
        (x0, y0), (x1, y1) = self.on_page(at), self.on_page(to)
        way = [(x0 + step * (x1 - x0) / 4, y0 + step * (y1 - y0) / 4) for step in range(5)]
        for kind, points in (("touchStart", way[:1]), *(("touchMove", [at]) for at in way[1:]), ("touchEnd", [])):
            touches = [{"x": x, "y": y} for x, y in points]
            self.cdp.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})

    def begin_with_keys(self, at: tuple[float, float]) -> None:
        """Take up the keyboard where a click on nothing has left the cursor."""
        press(self.page, "Erase")
        self.click(at)
        press(self.page, "Add")
        self.element.focus()
        self.cursor = at

    def go(self, to: tuple[float, float]) -> None:
        """By arrow keys, as near as their steps of 8 pixels lead."""
        at = list(self.cursor)
        for axis, (less, more) in enumerate((("ArrowLeft", "ArrowRight"), ("ArrowUp", "ArrowDown"))):
            steps = round((to[axis] - at[axis]) / 8)
            for _ in range(abs(steps)):
                self.page.keyboard.press(more if steps > 0 else less)
            at[axis] += 8 * steps
        self.cursor = at[0], at[1]


def heard(page: Page) -> None:
    """Wait until the picture shows every stroke."""
    wait_until(page, "data.stroke === document.querySelector('.rv-planes').dataset.sent")


def table(page: Page) -> list[dict[str, str]]:
    """The points as they are taken away."""
    with page.expect_download() as download:
        press(page, "Take away (CSV)")
    with open(download.value.path(), newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.mark.timeout(1200)  # seconds; some 700 acts, on a slow machine
def test_a_hundred_points_by_mouse_finger_and_keys_while_it_trains(page: Page, voila: Server) -> None:
    open_playground(page, voila.url, "panels=fit,loss&lane=none&lane=L2~l2")
    press(page, "Draw")
    about, said = page.locator(".rv-draw-about"), page.locator(".rv-draw-said")
    expect(about).to_contain_text("on a copy of “two moons”")
    press(page, "Start empty")
    expect(about).to_contain_text("No lane trains until there are enough points")
    wait_until_painted(page)  # the bar has taken room from the picture, which then stands otherwise
    plane = Plane(page)
    plane.click(plane.at(0))
    expect(said).to_have_text(re.compile(r"^Point added at .*, class 0: 1 point\.$"))
    for place in (1, 2, 3):
        plane.click(plane.at(place))
    wait_until(page, "data.state === 'playing' && Number(data.epoch) > 3")  # it trains from the fourth point on
    wait_until_playing_is_painted(page)
    page.evaluate(AGES, SCREEN)
    epoch = number(page, "epoch")

    # -- add: fifty by mouse, forty by finger, ten by keys
    for place in range(4, 50):
        if place == 20:
            press(page, "Class 1")
        plane.click(plane.at(place))
    for place in range(50, 90):
        plane.tap(plane.at(place))
    plane.begin_with_keys(plane.at(90))
    page.keyboard.press("1")
    for place in range(90, 100):
        plane.go(plane.at(place))
        page.keyboard.press("Enter")
    heard(page)
    expect(said).to_have_text(re.compile(r"^Point added at .*: 100 points\.$"))
    drawn = table(page)
    assert len(drawn) == 100
    assert {row["part"] for row in drawn} == {"training", "validation", "test"}
    assert [row["class"] for row in drawn] == ["0"] * 20 + ["1"] * 70 + ["0"] * 10

    # -- drag, to the right and down
    def moved(at: tuple[float, float]) -> tuple[float, float]:
        return at[0] + 0.4 * (plane.at(1)[0] - plane.at(0)[0]), at[1] + 0.4 * (plane.at(10)[1] - plane.at(0)[1])

    for place in range(0, 10):
        plane.drag(plane.at(place), moved(plane.at(place)))
    for place in range(50, 60):
        plane.slide(plane.at(place), moved(plane.at(place)))
    plane.begin_with_keys((1.0, 1.0))
    for place in range(80, 84):
        plane.go(plane.at(place))
        page.keyboard.press("m")
        plane.cursor = plane.at(place)
        for key in ("ArrowRight", "ArrowRight", "ArrowDown"):
            page.keyboard.press(key)
        page.keyboard.press("m")
        plane.cursor = (plane.cursor[0] + 16, plane.cursor[1] + 8)
    heard(page)
    after = table(page)
    places = [i for i in range(100) if (drawn[i]["x"], drawn[i]["y"]) != (after[i]["x"], after[i]["y"])]
    assert places == [*range(0, 10), *range(50, 60), *range(80, 84)]
    assert all(
        float(after[i]["x"]) > float(drawn[i]["x"]) and float(after[i]["y"]) < float(drawn[i]["y"]) for i in places
    )
    assert [row["part"] for row in after] == [row["part"] for row in drawn]

    # -- flip: by double click, by the tool and a finger, by a key
    for place in range(20, 30):
        page.mouse.dblclick(*plane.on_page(plane.at(place)))
    press(page, "Flip")
    for place in range(60, 70):
        plane.tap(plane.at(place))
    plane.begin_with_keys((1.0, 1.0))
    for place in range(90, 94):
        plane.go(plane.at(place))
        page.keyboard.press("f")
    heard(page)
    flipped = table(page)
    places = [i for i in range(100) if after[i]["class"] != flipped[i]["class"]]
    assert places == [*range(20, 30), *range(60, 70), *range(90, 94)]

    # -- erase, and every way back
    plane.element.press("Delete")
    heard(page)
    expect(said).to_have_text(re.compile(r"^Point erased at .*: 99 points\.$"))
    plane.element.press("Control+z")
    heard(page)
    expect(said).to_have_text("One step back: 100 points.")
    press(page, "Redo")
    expect(said).to_have_text("The step again: 99 points.")
    press(page, "Undo")
    heard(page)
    assert table(page) == flipped
    wait_until(page, f"data.state === 'playing' && Number(data.epoch) > {epoch + 20}")
    ages = np.array(page.evaluate("window.ages"))
    middle, late, latest = np.percentile(ages, (50, 95, 100))
    print(f"{len(ages)} strokes: painted after {middle:.0f} ms (p50), {late:.0f} ms (p95), {latest:.0f} ms at most")

    # -- the address says where one is, the tab keeps the points, and drawing ends
    until(page, "location.search.includes('data=drawn') && location.search.includes('fit~draw')")
    # A moment after the last step.
    until(
        page,
        """sum => { const points = JSON.parse(sessionStorage.getItem('regviz-drawing') ?? '{}').points ?? [];
          return points.length === 100 && points.reduce((all, point) => all + point[2], 0) === sum; }""",
        arg=sum(int(row["class"]) for row in flipped),
    )
    page.reload()
    page.wait_for_selector(".rv-plane")
    wait_until(page, "Number(data.frame) > 0")
    expect(page.locator(".rv-notice")).to_be_hidden()
    assert [row["class"] for row in table(page)] == [row["class"] for row in flipped]
    page.locator(".rv-plane").first.press("Escape")
    expect(page.locator(".rv-draw")).to_be_hidden()
    expect(page.get_by_role("button", name="Draw", exact=True)).to_be_focused()
    press(page, "Pause")
    wait_until_painted(page)


def wait_until_playing_is_painted(page: Page) -> None:
    """Wait until the lab has come to its pace after a new start."""
    first = number(page, "frame")
    wait_until(page, f"Number(data.frame) > {first + 5}")
