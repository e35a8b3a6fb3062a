"""The stage: what it says has changed is exactly what differs, whatever the panel does."""

from __future__ import annotations

import io
from collections.abc import Callable
from time import sleep
from typing import Any

import numpy as np
import pytest
from matplotlib.colors import ListedColormap
from PIL import Image

from regviz.lab.canvas.changes import Changes
from regviz.lab.canvas.stage import Stage
from regviz.lab.look.arrangement import LEAST, NARROW, arrange, height_for
from regviz.lab.look.theme import look
from regviz.lab.panels.parts.base import Panel

WIDTH, HEIGHT = 320, 200


class Drawing(Panel):
    """A panel whose `draw` calls whatever the test hands in as the snapshot."""

    name = "drawing"

    def build(self, snapshot: Any) -> None:
        self.plot = self.add_axes(40, 30, 200, 120)
        self.plot.set(xlim=(0, 10), ylim=(0, 1))
        (line,) = self.plot.plot([0, 1], [0.5, 0.5], color="black", lw=2)
        self.line = self.live(line)
        self.label = self.live(self.add_text(250, 90, "a 0.50"))
        self.field = self.add_axes(260, 110, 40, 40)
        cells = np.array([[0, 1], [1, 0]], np.uint8)
        self.image = self.live(
            self.field.imshow(cells, cmap=ListedColormap(["black", "white"]), vmin=0, vmax=1, interpolation="nearest")
        )
        self.field.set_axis_off()

    def draw(self, snapshot: Callable[[Drawing], object]) -> None:
        snapshot(self)


class Browser:
    """Follows a stage as the page does, from the changes alone."""

    def __init__(self, changes: Changes) -> None:
        self.follow(changes)

    def follow(self, changes: Changes) -> None:
        if changes.whole:
            shape = (round(changes.height * changes.ratio), round(changes.width * changes.ratio), 4)
            self.pixels = np.zeros(shape, np.uint8)
            self.words = self.pixels.view(np.uint32)[..., 0]
            self.texts: dict[str, Any] = {}
            self.images: dict[int, Any] = {}
        for rectangle in changes.rectangles:
            height, width = rectangle.flips.shape
            self.words[rectangle.y : rectangle.y + height, rectangle.x : rectangle.x + width] ^= rectangle.flips
        for image in changes.images:
            self.images[image.key] = image.index.copy()
        for key, text in changes.texts.items():
            if text is None:
                del self.texts[key]
            else:
                self.texts[key] = text

    def reads(self, string: str) -> bool:
        return any(text[2] == string for text in self.texts.values())


def nothing(_: Drawing) -> None:
    pass


@pytest.fixture
def stage() -> Stage:
    return Stage([Drawing()], budget=float("inf"), texts_every=0)


def lay_out(stage: Stage, ratio: float = 1.0, act: Callable[[Drawing], object] = nothing) -> Changes:
    return stage.lay_out(WIDTH, HEIGHT, ratio, look("light"), (), act)  # type: ignore[arg-type]


def draw(stage: Stage, act: Callable[[Drawing], object]) -> Changes:
    return stage.draw(act)  # type: ignore[arg-type]


def test_a_frame_in_which_nothing_moved_is_empty(stage: Stage) -> None:
    lay_out(stage)
    assert draw(stage, nothing).empty


@pytest.mark.parametrize("ratio", [1.0, 2.0, 1.25])
def test_following_the_changes_gives_the_same_picture_as_starting_anew(stage: Stage, ratio: float) -> None:
    browser = Browser(lay_out(stage, ratio))
    x = np.linspace(0, 10, 50)

    def wave(phase: float) -> Callable[[Drawing], None]:
        def act(panel: Drawing) -> None:
            panel.line.set_data(x, 0.5 + 0.4 * np.sin(x + phase))

        return act

    for phase in (0.0, 0.7, 2.0):
        browser.follow(draw(stage, wave(phase)))
    anew = Browser(lay_out(Stage([Drawing()]), ratio, wave(2.0)))
    np.testing.assert_array_equal(browser.pixels, anew.pixels)


def test_only_the_rectangle_that_differs_is_sent(stage: Stage) -> None:
    lay_out(stage)
    changes = draw(stage, lambda panel: panel.line.set_data([0, 1, 2], [0.5, 0.5, 0.5]))
    (rectangle,) = changes.rectangles
    height, width = rectangle.flips.shape
    assert 15 <= width <= 30  # one unit of ten on 200 px, and the line's round ends
    assert height <= 4


def test_a_change_of_limits_redraws_tick_labels_and_background(stage: Stage) -> None:
    browser = Browser(lay_out(stage))
    assert browser.reads("10")
    browser.follow(draw(stage, lambda panel: panel.plot.set_xlim(0, 400)))
    assert browser.reads("400")
    assert not browser.reads("10")
    anew = Browser(lay_out(Stage([Drawing()]), act=lambda panel: panel.plot.set_xlim(0, 400)))
    np.testing.assert_array_equal(browser.pixels, anew.pixels)
    assert sorted(browser.texts.values()) == sorted(anew.texts.values())


def test_a_costly_panel_is_drawn_less_often_but_never_left_behind() -> None:
    stage = Stage([Drawing()], budget=1e-9, texts_every=0)
    lay_out(stage)
    first = draw(stage, lambda panel: panel.line.set_data([0, 5], [0.1, 0.9]))
    assert first.rectangles
    assert not stage.behind
    turned: Callable[[Drawing], object] = lambda panel: panel.line.set_data([0, 5], [0.9, 0.1])  # noqa: E731
    second = draw(stage, turned)
    assert second.empty
    assert stage.behind
    draws = 1
    while stage.behind:
        last = draw(stage, turned)
        draws += 1
    assert last.rectangles
    assert 1 < draws <= 6


def test_text_travels_as_text_and_is_never_rasterized(stage: Stage) -> None:
    browser = Browser(lay_out(stage))
    assert browser.reads("a 0.50")
    changes = draw(stage, lambda panel: panel.label.set_text("a 0.49"))
    assert not changes.rectangles
    assert [text[2] for text in changes.texts.values() if text] == ["a 0.49"]


def test_texts_change_no_faster_than_they_are_read_but_none_is_left_behind() -> None:
    stage = Stage([Drawing()], texts_every=0.05)
    lay_out(stage)
    assert draw(stage, lambda panel: panel.label.set_text("a 0.49")).texts
    assert not draw(stage, lambda panel: panel.label.set_text("a 0.48")).texts
    assert stage.behind
    sleep(0.06)
    assert [text[2] for text in draw(stage, nothing).texts.values() if text] == ["a 0.48"]
    assert not stage.behind


def test_text_stands_where_matplotlib_puts_it(stage: Stage) -> None:
    changes = lay_out(stage, 2.0)
    (text,) = [text for text in changes.texts.values() if text and text[2] == "a 0.50"]
    assert text[:2] == (250.0, 90.0)


def test_hidden_text_is_taken_away(stage: Stage) -> None:
    browser = Browser(lay_out(stage))
    browser.follow(draw(stage, lambda panel: panel.label.set_visible(False)))
    assert not browser.reads("a 0.50")
    browser.follow(draw(stage, lambda panel: panel.label.set_visible(True)))
    assert browser.reads("a 0.50")


def test_an_image_travels_as_indices_into_its_colours(stage: Stage) -> None:
    first = lay_out(stage).images[0]
    np.testing.assert_array_equal(first.index, [[0, 255], [255, 0]])
    assert first.table is not None
    assert first.table[0].tolist() == [0, 0, 0, 255]
    assert first.table[255].tolist() == [255, 255, 255, 255]
    assert (first.x, first.y, first.width, first.height) == pytest.approx((260, 110, 40, 40))
    assert not first.smooth
    changes = draw(stage, lambda panel: panel.image.set_data(np.array([[1, 1], [0, 0]], np.uint8)))
    assert not changes.rectangles
    np.testing.assert_array_equal(changes.images[0].index, [[255, 255], [0, 0]])
    assert changes.images[0].table is None  # the browser has the colours


def test_a_browser_that_lost_the_picture_gets_it_whole(stage: Stage) -> None:
    browser = Browser(lay_out(stage))
    browser.follow(draw(stage, lambda panel: panel.line.set_data([0, 9], [0.1, 0.9])))
    again = Browser(stage.again())
    np.testing.assert_array_equal(again.pixels, browser.pixels)
    assert again.texts == browser.texts
    assert draw(stage, nothing).empty


def test_the_saved_picture_has_moving_artists_and_leaves_the_stage_as_it_was(stage: Stage) -> None:
    lay_out(stage, 1.0, lambda panel: panel.line.set_data([0, 10], [0.5, 0.5]))
    with Image.open(io.BytesIO(stage.picture(background="white", ratio=1.0))) as image:
        pixels = np.asarray(image.convert("L"))
    assert pixels.shape == (HEIGHT, WIDTH)
    assert pixels[88:93, 60:220].min(axis=0).max() < 128  # the line, all along
    assert pixels[112:148, 262:298].min() < 128  # the image's black cells
    assert b"a 0.50" in stage.picture("svg") or b"<text" in stage.picture("svg") or b"<path" in stage.picture("svg")
    assert not draw(stage, lambda panel: panel.line.set_data([0, 10], [0.4, 0.6])).empty


@pytest.mark.parametrize("count", [1, 2, 3, 4, 6])
@pytest.mark.parametrize("width", [390, 1100])
def test_panels_do_not_overlap_and_stay_inside(count: int, width: int) -> None:
    height = height_for(width, 900, count)
    places = arrange(count, width, height)
    taken = np.zeros((int(height) + 1, width + 1), int)
    for x, y, w, h in places:
        assert x >= 0
        assert y >= 0
        assert x + w <= width + 0.01
        assert y + h <= height + 0.01
        taken[int(np.ceil(y)) : int(y + h), int(np.ceil(x)) : int(x + w)] += 1
    assert taken.max() == 1


@pytest.mark.parametrize("count", [3, 5])
def test_the_last_of_an_odd_number_of_panels_takes_the_whole_row(count: int) -> None:
    *others, (x, _, width, _) = arrange(count, 1100, 650)
    assert (x, width) == (0, 1100)
    assert max(w for _, _, w, _ in others) < 550


def test_a_narrow_page_has_one_column() -> None:
    assert {x for x, *_ in arrange(4, NARROW - 1, 1200)} == {0}
    assert len({x for x, *_ in arrange(4, NARROW, 600)}) == 2


def test_a_picture_fills_the_room_up_to_its_usual_shape() -> None:
    assert height_for(1100, 1000, 4) == 715
    assert height_for(1100, 600, 4) == 600
    assert height_for(1100, 300, 4) == LEAST[2]  # the page scrolls


def test_a_table_that_would_leave_too_little_goes_below_the_fold() -> None:
    assert height_for(1100, 700, 4, table=160) == 540
    assert height_for(1100, 600, 4, table=160) == 600
