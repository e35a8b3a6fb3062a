"""A question of many training sets together: they train when the lab plays, and only they answer it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from regviz import Config, Trainer, probes
from regviz.lab import Break, Lab, Lane, Lesson, evidence
from regviz.lab.lessons.evidence import Finding, OfSets
from regviz.lab.look.numbers import summed
from regviz.training.snapshot import ModelSnapshot, Snapshot

BASE = Config(n_train=40, hidden=(8,), batch_size=20)
LANES = (Lane("weak", fixed={"l2": 1e-3}), Lane("strong", fixed={"l2": 0.1}))
SETS, AFTER = 3, 10


def networks(epochs: int = AFTER, sets: int = SETS) -> Snapshot:
    """The networks of both lanes, training set by training set."""
    trainer = Trainer([lane.config(BASE.replace(seed=seed)) for seed in range(sets) for lane in LANES])
    trainer.advance(epochs=epochs)
    return trainer.snapshot()


def trade(times: float = 1.5) -> OfSets:
    return evidence.trade_of("weak", "strong", after=AFTER, times=times, count=SETS)


def open_lab(*breaks: Break) -> Any:
    lesson = Lesson(
        name="sets",
        claim="It trains",
        question="What changes?",
        choices={"up, down": "Trade", "down, down": "None", "same, down": "Less"},
        observe=OfSets(trade().sets, lambda models, ended: Finding(f"{len(models['weak'])} sets", "up, down" * ended)),
        explain="So.",
        breaks=breaks,
    )
    lab = Lab(BASE, lanes=LANES, panels=["bias_variance"], lesson=lesson)
    lab.player.later = lambda *_: None  # type: ignore[method-assign, assignment]
    return lab


def trained(lab: Any) -> None:
    """Train until the sets are at their end, and look."""
    lab.guide.look()
    while lab.session.work_sweep(0.5):
        lab.guide.look()


# -- the evidence


def test_both_parts_are_read_off_all_networks_of_a_lane_without_what_few_sets_add() -> None:
    snapshot = networks()
    weak, strong = (list(snapshot.models[i::2]) for i in range(2))
    found = {name: probes.over_sets(its).means for name, its in (("weak", weak), ("strong", strong))}
    (bias_a, variance_a), (bias_b, variance_b) = (
        (max(bias - variance / (SETS - 1), 1e-300), variance) for bias, variance in found.values()
    )
    text = trade()(snapshot, LANES).text
    assert text.startswith(f"{SETS} training sets, epoch {AFTER}, bias² + variance: “weak” ")
    assert f"“strong” {' + '.join(summed(found['strong'], 3)[0])}" in text
    for times in (1.01, 1.5, 4.0):
        words = [
            "up" if b >= times * a else "down" if a >= times * b else "same"
            for a, b in ((bias_a, bias_b), (variance_a, variance_b))
        ]
        assert trade(times)(snapshot, LANES).outcome == ", ".join(words)


def test_of_one_set_or_too_early_there_is_no_outcome() -> None:
    one = Snapshot(1, networks().models[:2])
    assert trade()(one, LANES) == Finding("This is one training set. Press “3 seeds” to see 3.")
    assert trade()(networks(epochs=AFTER - 1), LANES).outcome == ""
    assert trade()(networks(sets=2), LANES).outcome == ""


def test_networks_that_diverged_are_left_out_and_said_to_be_if_none_is_left() -> None:
    def broken(its: ModelSnapshot) -> ModelSnapshot:
        return replace(its, weights=tuple(W * np.nan for W in its.weights), state="diverged")

    models = networks().models
    some = Snapshot(1, (broken(models[0]), *models[1:]))
    assert trade()(some, LANES).outcome
    none = Snapshot(1, tuple(broken(its) if i % 2 else its for i, its in enumerate(models)))
    assert trade()(none, LANES) == Finding("The networks of “strong” have diverged.")


def test_a_lane_that_is_not_there_is_named() -> None:
    with pytest.raises(ValueError, match=r"'strong'.*weak, other"):
        trade()(networks(), (LANES[0], Lane("other")))


# -- the guide


def test_the_sets_train_when_the_lab_plays_and_their_networks_answer() -> None:
    lab = open_lab()
    guide, session = lab.guide, lab.session
    guide.look()
    assert session.chance is None  # the question stands
    guide.take_answer("up, down")
    guide.look()
    assert session.chance is None  # held by the link
    session.play()
    guide.look()
    assert (len(session.chance.seeds), session.chance.grid.epochs) == (SETS, AFTER)
    assert guide.asking
    trained(lab)
    assert not guide.asking
    assert guide.observation == "3 sets"
    assert guide.verdict == "You predicted “Trade”, and the numbers agree."
    assert [panel.name for panel in lab.player.stage.panels] == ["bias_variance"]


def test_a_turned_knob_trains_new_sets_and_takes_nothing_back() -> None:
    lab = open_lab()
    guide, session = lab.guide, lab.session
    guide.take_answer("up, down")
    session.play()
    trained(lab)
    first, verdict = session.chance, guide.verdict
    session.pause()
    session.change(n_train=60)
    guide.look()
    assert session.chance is first  # nothing plays
    assert guide.observation.startswith("(Changed since the question was asked: training points 60")
    session.epoch()
    guide.look()
    assert guide.observation.startswith("This is one training set. Press “3 seeds” to see 3.")
    session.play()
    trained(lab)
    assert session.chance is not first
    assert guide.observation.startswith("3 sets (Changed since the question was asked: training points 60.)")
    session.pause()
    session.change(n_train=40)
    for _ in range(9):
        session.trained += 1
        guide.look()
    assert guide.verdict == verdict


def test_seeds_are_the_sets_and_a_second_press_cancels_them() -> None:
    lab = open_lab()
    guide, session = lab.guide, lab.session
    guide.take_answer("up, down")
    guide.ask_seeds()
    run = session.chance
    assert run.view().outcomes is None
    session.work_sweep(0)
    guide.ask_seeds()
    assert run.done
    session.play()
    guide.look()
    assert session.chance is run  # who has cancelled them wants no new ones


def test_a_break_trains_sets_of_its_own() -> None:
    lab = open_lab(Break("More", n_train=80))
    guide, session = lab.guide, lab.session
    guide.take_answer("up, down")
    session.play()
    trained(lab)
    guide.try_break(0)
    trained(lab)
    assert {its.config.n_train for its in session.chance.view().snapshots[0].models} == {80}
    assert guide.observation == "3 sets"
