"""Whatever is written to a lab's socket: what no page says is dropped, and the lab plays on."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import numpy as np
import pytest

from fake_page import READY, Page, on_a_page
from regviz.lab import Break, Lane, Lesson
from regviz.lab.lessons.evidence import zeros_of
from regviz.lab.page.messages import FIELDS, KINDS, fault
from regviz.lab.page.showing import MOST_PIXELS, size_for
from regviz.lab.page.views import MOST_VIEWS, View

WRONG: list[Any] = [
    {"kind": "painted"},
    {"kind": "painted", "frame": [1], "held": 0},
    {"kind": "painted", "frame": True, "held": 0},
    {},
    "a string",
    None,
    7,
    [{"kind": "alive"}],
    {"kind": ["alive"]},
    {"kind": "turn", "change": {"l1": 5}},
    {"kind": "done"},
    {**READY, "width": "wide"},
    {**READY, "width": float("nan")},
    {**READY, "width": 20_000},
    {**READY, "ratio": 0},
    {**READY, "dark": "yes"},
    {**READY, "search": "x" * 100_000},
    {**READY, "view": {"a": 1}},
    {"kind": "resize", "width": 800},
    {"kind": "pointer", "what": "poke", "x": 1, "y": 1},
    {"kind": "pointer", "what": "move", "x": float("inf"), "y": 1},
    {"kind": "cursor", "picture": 3, "key": "Enter"},
    {"kind": "key", "command": "lane", "lane": "first"},
    {"kind": "look back", "epoch": "yesterday"},
    {"kind": "look back"},
]

VALUES: list[Any] = [
    None,
    True,
    -1,
    0,
    1,
    3,
    1e9,
    1e300,
    float("nan"),
    float("inf"),
    10**40,
    "",
    "x",
    "play",
    [],
    [1],
    {},
]


@pytest.mark.parametrize("message", WRONG, ids=repr)
def test_what_is_no_message_of_a_page_is_named(message: Any) -> None:
    assert fault(message)


def test_what_the_page_says_is_let_through() -> None:
    assert fault(READY) == ""
    assert fault({"kind": "look back", "epoch": None}) == fault({"kind": "look back", "epoch": 3.5}) == ""
    assert fault({"kind": "key", "command": "lane", "lane": 0, "view": "abc"}) == ""


@pytest.mark.slow
def test_the_lab_plays_on_whatever_is_written_to_its_socket_and_says_so_once(caplog: pytest.LogCaptureFixture) -> None:
    rng = np.random.default_rng(0)

    def random_message() -> dict[str, Any]:
        kind = rng.choice([*KINDS, "turn", "nonsense"])
        names = rng.permutation([*FIELDS])[: rng.integers(6)]
        given = {str(name): VALUES[rng.integers(len(VALUES))] for name in (*KINDS.get(kind, ()), *names)}
        return {**READY, **given, "kind": str(kind)} if rng.random() < 0.5 else {**given, "kind": str(kind)}

    async def scene(page: Page) -> None:
        page.arrive()
        await page.until(lambda: page.lab.session.trained > 3)
        for message in WRONG:
            page.lab.screen._on_message(None, message, None)
        for turn in range(3000):
            page.lab.screen._on_message(None, random_message(), None)
            if turn % 100 == 0:
                await asyncio.sleep(0.01)
        page.arrive(search="")
        page.lab.session.play()
        trained = page.lab.session.trained
        await page.until(lambda: page.lab.session.trained > trained + 3)
        assert page.lab.session.base.l1 != 5  # a page turns its knobs, not fields by their names
        assert not any(failure["kind"] == "failed" for failure in page.failures)
        assert page.lab.screen.refused > len(WRONG)
        assert len(page.lab.screen.views) <= MOST_VIEWS

    with caplog.at_level(logging.WARNING, "regviz"):
        on_a_page(scene)
    assert [record.message for record in caplog.records if "was dropped" in record.message] == [
        "a message to the lab was dropped: painted lacks frame, held (further ones are dropped silently)"
    ]
    assert not any(record.levelno >= logging.ERROR for record in caplog.records)


def test_a_lesson_passes_over_what_no_page_says() -> None:
    lesson = Lesson(
        name="test",
        claim="c",
        question="q",
        choices={"first": "a", "second": "b"},
        observe=zeros_of("L1", "L2", after=5),
        explain="e",
        breaks=[Break("more", l1=0.1)],
    )

    async def scene(page: Page) -> None:
        guide = page.lab.guide
        assert guide is not None
        for message in (None, "x", [], {"kind": []}, {"kind": "break", "index": [0]}, {"kind": "answer", "choice": {}}):
            guide._on_message(None, message, None)
        page.arrive()
        await page.until(lambda: bool(page.frames))
        assert guide.holds
        assert guide.broken == -1

    on_a_page(scene, lanes=[Lane("L1", ("l1",)), Lane("L2", ("l2",))], lesson=lesson)


def test_no_size_that_a_page_may_say_makes_a_picture_of_more_than_a_screen() -> None:
    for width in (1, 50, 390, 1440, 3840, 10_000):
        for room in (-10_000, 0, 900, 10_000):
            for ratio in (0.1, 1, 3, 10):
                for pictures in (1, 4, 6):
                    view = View("v", width=width, room=room, row=30, ratio=ratio)
                    across, down, fine = size_for(view, 8, pictures)
                    assert across * down * fine**2 <= 1.001 * MOST_PIXELS
                    assert fine == ratio or fine < ratio
    assert size_for(View("v", width=1440, room=900, ratio=2), 4, 4)[2] == 2


def test_a_picture_far_too_narrow_stands_all_the_same() -> None:
    async def scene(page: Page) -> None:
        page.arrive(width=1, room=5)
        await page.until(lambda: page.lab.session.trained > 3)
        assert not page.failures

    on_a_page(scene)
