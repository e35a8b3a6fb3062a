"""A lesson shows what the lecture says whatever the seed: its own networks, its own evidence, twenty seeds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from asked import told
from engine.claims import SEEDS, in_most_seeds
from lessons import EXPECTED, LESSONS, break_index, lesson_lab
from regviz import Config, Trainer
from regviz.lab import Lane
from regviz.lab.lessons.evidence import Evidence, OfSets, open_until
from regviz.training.snapshot import Snapshot

pytestmark = pytest.mark.slow

EPOCHS, EVERY = 250, 10
"""A lesson must be clear within so many epochs (12 s at the lab's speed); the page looks more often than that."""

FEW = range(100, 104)
"""Seeds of the breaks' questions."""

MAIN_CLAIMS = {
    "01_overfitting": "C1",
    "02_dropout": "C5",
    "03_l1_l2": "C11",
    "04_lambda": "C13",
    "05_early_stopping": "C17",
    "06_batchnorm_and_order": "C15",
    "07_initialization": "C18",
    "08_when_to_use": "C16",
}
"""The slide's claim that a lesson's own question asks for; other lessons go beyond the slide."""


def outcomes(observe: Evidence, base: Config, lanes: Sequence[Lane]) -> list[str]:
    """What the evidence says for good, the first time that it is clear, in each seed; empty where it never is.

    Before the epoch that it waits for only the first seed is looked at: that it is silent until then.
    """
    trainer = Trainer([lane.config(base.replace(seed=seed)) for seed in SEEDS for lane in lanes])
    found: dict[int, str] = {}
    first = open_until(observe)
    while len(found) < len(SEEDS) and (now := max(trainer.epochs)) < EPOCHS:
        trainer.advance(epochs=min(EVERY, first - now) if now < first else EVERY)
        snapshot = trainer.snapshot()
        early = max(trainer.epochs) < first and not trainer.done
        for row in set(range(1 if early else len(SEEDS))) - set(found):
            its = Snapshot(snapshot.step, snapshot.models[row * len(lanes) : (row + 1) * len(lanes)])
            if outcome := observe(its, lanes).outcome:
                assert not early, f"clear at epoch {max(trainer.epochs)}"
                found[row] = outcome
    return [found.get(row, "") for row in range(len(SEEDS))]


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=[pytest.mark.claim(MAIN_CLAIMS[name])] if name in MAIN_CLAIMS else [])
        for name in LESSONS
    ],
)
def test_a_lesson_says_what_the_lecture_says_in_nearly_every_seed(name: str) -> None:
    lab = lesson_lab(name)
    assert lab.guide is not None
    observe, base, lanes = lab.guide.lesson.observe, lab.session.base, lab.session.lanes
    if isinstance(observe, OfSets):  # each of these asks twenty training sets together
        assert [its.outcome for its in told(lab, -1, FEW, long=1)] == [LESSONS[name]] * len(FEW)
        return
    in_most_seeds([outcome == LESSONS[name] for outcome in outcomes(observe, base, lanes)])


@pytest.mark.parametrize(
    ("name", "label"), [(name, label) for name, expected in EXPECTED.items() for label in expected if label]
)
def test_a_break_s_question_is_answered_by_fresh_seeds_as_it_was_by_twenty(name: str, label: str) -> None:
    """`make bench-lessons` asks twenty seeds, and long after the verdict."""
    lab = lesson_lab(name)
    found = told(lab, break_index(lab, label), FEW, long=1)
    assert sum(one.outcome == EXPECTED[name][label] for one in found) >= len(FEW) - 1, found


@pytest.mark.claim("C16")
@pytest.mark.parametrize("data", ["Handwritten digits", "Breast cancer"])
def test_the_winner_on_planted_inputs_does_not_win_on_other_data(data: str) -> None:
    lab: Any = lesson_lab("08_when_to_use")
    lab.guide.try_break(break_index(lab, data))
    said = outcomes(lab.guide.lesson.observe, lab.session.base, lab.session.lanes)
    in_most_seeds([outcome != "L1" for outcome in said])
    assert sum(outcome != "" for outcome in said) >= 10  # and it is clear who does
