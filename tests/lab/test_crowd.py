"""Many labs on few processors: each gives way so far that all are answered in time."""

from __future__ import annotations

import asyncio

from fake_page import SMALL, Page, on_a_page
from regviz.lab.page.credit import FRAMES_PER_SECOND
from regviz.lab.page.crowd import FEWEST, GOAL, LATEST, Crowd

DRAWING, TRAINING = 0.006, 0.06
"""Processor seconds that a lab takes for a frame, and each second to train at the usual speed."""


def demand(labs: list[Crowd]) -> float:
    """Processors that `labs` would keep busy together."""
    return sum(DRAWING / lab.interval + TRAINING * lab.share for lab in labs)


def live(labs: list[Crowd], seconds: float, start: float, processors: float = 1.6) -> float:
    """Let `labs` share some processors from `start` on; returns by how many seconds they are woken late at the end.

    Whoever is served in turn with others waits ρ/(1 − ρ) times as long as its own work takes, at a load ρ below 1.
    """
    now, late = start, 0.0
    while now < start + seconds:
        load = demand(labs) / processors
        late = min(DRAWING * load / (1 - load), LATEST) if load < 1 else LATEST
        for lab in labs:
            for _ in range(round(0.05 / lab.interval) + 1):
                lab.woken(late, now)
        now += 0.05
    return late


def test_one_lab_with_the_processors_to_itself_never_gives_way() -> None:
    lab = Crowd()
    live([lab], 60, 0)
    assert lab.yielding == 1
    assert (lab.interval, lab.share) == (1 / FRAMES_PER_SECOND, 1)


def test_twenty_four_labs_find_a_load_at_which_nobody_waits_long() -> None:
    labs = [Crowd() for _ in range(24)]
    assert demand(labs) > 4 * 1.6
    late = live(labs, 60, 0)
    assert demand(labs) < 1.6
    assert late < 3 * GOAL
    assert all(lab.interval <= 1 / FEWEST for lab in labs)


def test_when_the_others_have_left_a_lab_has_all_of_its_frames_again() -> None:
    labs = [Crowd() for _ in range(24)]
    live(labs, 30, 0)
    live(labs[:2], 30, 30)
    assert all(lab.yielding == 1 for lab in labs[:2])


def test_frames_give_way_before_training_does() -> None:
    lab = Crowd()
    now = 0.0
    while lab.interval < 1 / FEWEST:
        assert lab.share == 1
        lab.woken(LATEST, now)
        now += 0.25
    for _ in range(100):
        lab.woken(LATEST, now)
        now += 0.25
    assert lab.interval == 1 / FEWEST
    assert 0.1 < lab.share < 0.3


def test_a_single_late_moment_is_no_crowd() -> None:
    lab = Crowd()
    for tenth in range(100):
        lab.woken(60 if tenth == 50 else 0.001, tenth / 10)
    assert lab.yielding == 1


def test_a_lab_in_a_crowd_shows_fewer_frames_and_trains_less_but_answers_a_turn_at_once() -> None:
    async def scene(page: Page) -> None:
        lab, clock = page.lab, page.lab.player.clock
        page.arrive()
        await page.until(lambda: lab.session.trained > 20)

        async def paces() -> tuple[float, float]:
            """Frames and steps per second."""
            before = len(page.frames), lab.session.trained
            since = clock()
            await asyncio.sleep(3)
            seconds = clock() - since
            return (len(page.frames) - before[0]) / seconds, (lab.session.trained - before[1]) / seconds

        frames, steps = await paces()
        lab.player.crowd.yielding = 32
        lab.player.crowd.woken = lambda late, now: None  # type: ignore[method-assign]
        fewer, less = await paces()
        assert 0.8 * FEWEST < fewer < 1.2 * FEWEST < frames
        assert less < 0.3 * steps
        before, since = lab.session.changes, clock()
        page.say("key", command="play")
        await page.until(lambda: lab.session.changes > before and not page.told("playing"))
        assert clock() - since < 0.05

    on_a_page(scene, config=SMALL)
