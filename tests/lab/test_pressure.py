"""A lab that waits for the processor draws fewer frames, and as many as ever once it is alone again."""

from __future__ import annotations

import pytest

from regviz.lab.page.credit import FRAMES_PER_SECOND
from regviz.lab.page.pressure import CROWDED, FEWEST, FREE, Pressure


class Machine:
    """A machine on which everything takes `share` times as long as it is worked on."""

    def __init__(self) -> None:
        self.now = self.busy = 0.0
        self.share = 1.0
        self.pressure = Pressure(lambda: self.now, lambda: self.busy)

    def draw(self, frames: int) -> float:
        """Draw so many frames of 10 ms of work; returns how many a second there may be after them."""
        for _ in range(frames):
            with self.pressure.measured():
                self.busy += 0.01
                self.now += 0.01 * self.share
        return 1 / self.pressure.interval


@pytest.fixture
def machine() -> Machine:
    return Machine()


def test_a_lab_that_has_the_processor_to_itself_draws_all_frames(machine: Machine) -> None:
    assert machine.draw(100) == pytest.approx(FRAMES_PER_SECOND)


def test_a_full_house_draws_fewer_but_never_too_few(machine: Machine) -> None:
    machine.share = 12
    assert machine.draw(100) == pytest.approx(FEWEST)


def test_all_frames_are_back_once_the_others_have_gone(machine: Machine) -> None:
    machine.share = 12
    machine.draw(100)
    machine.share = 1
    assert machine.draw(100) == pytest.approx(FRAMES_PER_SECOND)


def test_between_crowded_and_free_the_pace_stays_as_it_is(machine: Machine) -> None:
    machine.share = 12
    crowded = machine.draw(12)
    machine.share = (CROWDED + FREE) / 2
    machine.draw(20)  # the measure has come down by then
    assert machine.draw(50) == machine.draw(50) <= crowded


def test_one_late_frame_is_no_full_house(machine: Machine) -> None:
    machine.draw(10)
    machine.share = 6
    assert machine.draw(1) == pytest.approx(FRAMES_PER_SECOND)


def test_a_frame_without_measurable_work_says_nothing(machine: Machine) -> None:
    with machine.pressure.measured():
        machine.now += 1
    assert machine.draw(1) == pytest.approx(FRAMES_PER_SECOND)
