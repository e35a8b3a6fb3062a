"""Whatever order a lesson's buttons are pressed in, it says nothing that its numbers contradict (see `pressing`)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from lessons import LESSONS, lesson_lab
from pressing import Presser
from regviz import Config
from regviz.lab import Break, Lab, Lane, Lesson
from regviz.lab.lessons.evidence import Finding

PRESSES, EPOCHS = 5, 5


@pytest.mark.slow
@pytest.mark.parametrize("name", LESSONS)
def test_buttons_pressed_in_a_random_order_leave_nothing_false_and_no_lane_dead_in_silence(name: str) -> None:
    presser = Presser(lesson_lab(name), np.random.default_rng(sorted(LESSONS).index(name)))
    for _ in range(PRESSES):
        label, wrong = presser.press(EPOCHS)
        assert wrong == [], label


def lab_of(*breaks: Break, **given: Any) -> Any:
    """A small lesson's lab."""
    words = {
        "name": "test",
        "claim": "It trains",
        "question": "Does it?",
        "choices": {"yes": "Yes", "no": "No"},
        "observe": lambda snapshot, lanes: Finding("seen", "yes"),
        "explain": "It does.",
    }
    lesson = Lesson(**{**words, **given}, breaks=breaks)
    config = Config(n_train=50, hidden=(4,), batch_size=25, l1=1e-3)
    lab = Lab(config, lanes=[Lane("none"), Lane("L1", ("l1",))], panels=["loss"], lesson=lesson)
    lab.player.later = lambda *_: None  # type: ignore[method-assign, assignment]
    return lab


def wrong_after(lab: Any, presses: int = 1) -> str:
    presser = Presser(lab, np.random.default_rng(0))
    return " ".join(fault for _ in range(presses) for fault in presser.press(10)[1])


def test_a_lane_that_lost_all_its_weights_is_said_to_and_would_be_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    deadly = Break("Deadly", l1=5.0, restart=True)
    lab = lab_of(deadly)
    assert wrong_after(lab) == ""
    assert "“L1” gives every point the same answer: all its weights are 0" in lab.guide.observation
    monkeypatch.setattr("regviz.lab.lessons.guide.stuck", lambda *_: "")
    assert "'L1' is dead in silence" in wrong_after(lab_of(deadly))


def test_a_loss_that_no_lane_has_would_be_found() -> None:
    lab = lab_of(Break("Same"), observe=lambda *_: Finding("Validation loss 7.77."))
    assert "no lane has a Validation loss of 7.77" in wrong_after(lab)


def test_a_verdict_that_the_numbers_have_left_would_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def turning(snapshot: Any, lanes: Any) -> Finding:
        return Finding("seen", "yes" if snapshot.models[0].epoch < 20 else "no")

    asking = Break("Again", question="And now?", choices={"yes": "Y", "no": "N"}, observe=turning, explain="So.")
    lab = lab_of(asking)
    presser = Presser(lab, np.random.default_rng(0))
    presser.guide.try_break(0)
    presser.guide.take_answer("yes")
    for after in (False, True):
        if after:
            monkeypatch.setattr("regviz.lab.lessons.question.Question.turned", lambda *_: "")
        found = []
        presser.said = []
        lab.session.reset()
        for _ in range(6):
            lab.session.trainer.advance(epochs=5)
            lab.session.trained += 1
            lab.guide.look()
            found += presser.faults(looked=True)
        assert any("by now" in fault for fault in found) is after
