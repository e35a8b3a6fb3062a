"""The picture that a hall sees is the lecturer's, however few of its frames one gets."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fake_follower import Drawn
from fake_page import READY, Page, on_a_page
from regviz.lab.serve.hall.composed import MOST_PIXELS, Box, Composed, Unreadable, unpacked, with_box

Frame = tuple[dict[str, Any], bytes]


def frames_of_a_lab() -> list[Frame]:
    """What a lab sends to a page while a person plays, turns, resizes and changes the look."""
    sent: list[Frame] = []

    async def scene(page: Page) -> None:
        receive = page.lab.screen.send

        def both(header: dict[str, Any], buffers: Any = None) -> None:
            if header["kind"] == "frame":  # through JSON, as on the wire
                sent.append((json.loads(json.dumps(header)), b"".join(buffers or [])))
            receive(header, buffers)

        page.lab.screen.send = both
        page.arrive(view="v")
        await page.until(lambda: page.lab.session.trained > 20)
        page.lab.turn({"l1": 0.1})
        await page.until(lambda: page.lab.session.trained > 40)
        page.say("resize", **{name: READY[name] for name in ("room", "ratio")}, width=640, view="v")
        await page.until(lambda: page.lab.session.trained > 60)
        page.say("look", dark=True, view="v")
        await page.until(lambda: page.lab.session.trained > 80)

    on_a_page(scene, panels=["loss", "fit", "mask", "weights"])
    return sent


@pytest.fixture(scope="module")
def sent() -> list[Frame]:
    found = frames_of_a_lab()
    assert sum("whole" in header for header, _ in found) >= 3
    assert len(found) > 30
    return found


def same(one: Drawn, other: Drawn) -> None:
    np.testing.assert_array_equal(one.pixels, other.pixels)
    assert one.images == other.images
    assert one.texts == other.texts
    assert one.facts == other.facts


@pytest.mark.parametrize("every", [pytest.param(1, marks=pytest.mark.slow), 3, 11])
def test_followers_who_get_every_nth_picture_and_one_who_comes_late_see_what_the_page_sees(
    sent: list[Frame], every: int
) -> None:
    page, follower, picture = Drawn(), Drawn(), Composed()
    late: Drawn | None = None
    for count, (header, body) in enumerate(sent):
        page.take(header, body)
        picture.take(header, body, "v")
        if count == len(sent) // 2:  # between two of its pictures
            late = Drawn()
            late.take(*unpacked(picture.whole()))
        if count % every == every - 1 and (packed := picture.difference()) is not None:
            follower.take(*unpacked(packed))
            if late is not None:
                late.take(*unpacked(packed))
            same(follower, page)
    if (packed := picture.difference()) is not None:
        follower.take(*unpacked(packed))
        assert late is not None
        late.take(*unpacked(packed))
    same(follower, page)
    assert late is not None
    same(late, page)
    assert picture.difference() is None


def test_a_frame_that_is_missing_is_noticed_and_a_whole_one_mends_it(sent: list[Frame]) -> None:
    picture = Composed()
    with pytest.raises(Unreadable, match="missing"):
        picture.take(*sent[1], "v")
    picture.take(*sent[0], "v")
    with pytest.raises(Unreadable, match="missing"):
        picture.take(*sent[2], "v")
    assert not picture.ready
    picture.take(*sent[0], "v")
    assert picture.ready


@pytest.mark.parametrize(
    "change",
    [
        {"whole": [1e4, 1e4, 1]},
        {"whole": [0, 10, 1]},
        {"whole": [float("nan"), 10, 1]},
        {"whole": "wide"},
        {"rectangles": [[0, 0, 1, 1]]},
        {"rectangles": [[10**6, 0, 1, 1]]},
        {"rectangles": [[-1, 0, 800, 900]]},
        {"runs": 10**9},
        {"runs": -1},
        {"images": [[0, 0, 0, 0, 0, 0, 10**9, 10**9, 1]]},
        {"images": [["a", 0]]},
        {"texts": 3},
        {"texts": {str(i): [] for i in range(6_000)}},
        {"frame": "x"},
        {"after": []},
        {"views": ["another"]},
    ],
)
def test_a_frame_that_lies_about_itself_is_refused_and_the_next_whole_one_is_not(
    sent: list[Frame], change: dict[str, Any]
) -> None:
    picture = Composed()
    header, body = sent[0]
    with pytest.raises(Unreadable):
        picture.take({**header, **change}, body, "v")
    assert not picture.ready
    picture.take(header, body, "v")
    assert picture.ready
    assert MOST_PIXELS < 10**8


boxes = st.tuples(st.integers(0, 30), st.integers(0, 30), st.integers(1, 9), st.integers(1, 9))


@given(st.lists(boxes, max_size=12))
def test_boxes_cover_what_they_are_made_of_and_do_not_overlap(given_boxes: list[Box]) -> None:
    found: list[Box] = []
    wanted, counted = np.zeros((40, 40), bool), np.zeros((40, 40), int)
    for x, y, w, h in given_boxes:
        wanted[y : y + h, x : x + w] = True
        found = with_box(found, (x, y, x + w, y + h))
    for x0, y0, x1, y1 in found:
        counted[y0:y1, x0:x1] += 1
    assert counted[wanted].all()
    assert counted.max(initial=0) <= 1
