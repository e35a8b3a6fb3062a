"""Lanes with fewer batches in an epoch are ahead of the others; what is said of an epoch is said of that of each."""

from __future__ import annotations

from dataclasses import replace
from itertools import count

import numpy as np
import pytest

from asking import open_lesson
from checker.judging import judged
from checker.reckoning import Reckoned
from regviz import Config, Snapshot, Trainer
from regviz.lab import Lane, evidence
from regviz.lab.compare.chance import ChanceRun
from regviz.lab.compare.session import Session
from regviz.lab.lessons.answers import answers
from regviz.lab.lessons.chance_report import judge_of
from regviz.lab.lessons.evidence import Evidence, apart

BASE = Config(n_train=60, batch_size=60, hidden=(16,), seed=4)
FAST, SLOW = "whole", "small batches"
LANES = (Lane(FAST), Lane(SLOW, fixed={"batch_size": 6}))
AT = 12

COMPARED: dict[str, Evidence] = {
    **{of: evidence.lowest(of, after=AT, margin=0, tie="same") for of in ("loss", "score", "train", "gap", "test")},
    "worst": evidence.worst("loss", after=AT, margin=1.0),
    "moves": evidence.best_moves((FAST, SLOW), (SLOW, FAST), after=AT),
    "above": evidence.above(0.8, after=AT),
    "gainers": evidence.gainers({"all": (FAST, SLOW)}, after=AT, least=0.01),
    "pruning": evidence.hurt_by_pruning(0.7, after=AT, least=0.01),
    "zeros": evidence.near_zero(after=AT, within=0.1),
    "score_of": evidence.score_of(FAST, after=AT, least=0.01),
    "calibration": evidence.calibration_of(FAST, after=AT, least=0.01),
    "gap_of": evidence.gap_of(FAST, after=AT, least=0.01),
}


def by_epochs(seed: int, epochs: int = AT) -> Snapshot:
    """The lanes' networks, each after so many epochs of its own."""
    trainer = Trainer([lane.config(BASE.replace(seed=seed)) for lane in LANES])
    trainer.advance(epochs=epochs)
    return trainer.snapshot()


def by_steps(session: Session, steps: int) -> Snapshot:
    """The networks after so many steps of both lanes, as the page trains them."""
    session.clock = count().__next__  # a second for each step
    session.set_speed("max")
    session.play()
    session.work(seconds=steps)
    return session.snapshot()


@pytest.mark.parametrize("seed", [4, 5])
@pytest.mark.parametrize("name", COMPARED)
def test_a_page_says_of_an_epoch_what_a_sheet_and_many_seeds_say(name: str, seed: int) -> None:
    observe = COMPARED[name]
    session, seen = Session(BASE.replace(seed=seed), LANES), list[evidence.Finding]()
    session.meet(AT, lambda: seen.append(observe(session.as_met(), LANES)))
    by_steps(session, 10 * AT + 30)
    assert seen == [observe(by_epochs(seed), LANES)]
    assert seen[0].outcome
    assert "ahead" not in seen[0].text


@pytest.mark.parametrize("way", ["step", "epoch"])
def test_who_trains_by_hand_meets_the_same_networks(way: str) -> None:
    session, met = Session(BASE, LANES), list[Snapshot]()
    session.meet(AT, lambda: met.append(session.as_met()))
    for _ in range(10 * AT if way == "step" else AT):
        getattr(session, way)()
    (at,) = met
    for one, other in zip(at.models, by_epochs(4).models, strict=True):
        assert one.epoch == AT
        for mine, its in zip(one.weights, other.weights, strict=True):
            np.testing.assert_array_equal(mine, its)


@pytest.mark.parametrize("of", ["loss", "score", "train", "gap"])
def test_what_histories_tell_is_told_of_the_epoch_that_all_have_come_to(of: str) -> None:
    snapshot = by_steps(Session(BASE, LANES), 200)
    assert [model.epoch for model in snapshot.models] == [200, 20]
    found = evidence.lowest(of, after=20, margin=0)(snapshot, LANES)
    assert found == evidence.lowest(of, after=20, margin=0)(by_epochs(4, 20), LANES)
    networks = {lane.name: Reckoned(its, 20) for lane, its in zip(LANES, snapshot.models, strict=True)}
    assert found.outcome in judged(evidence.lowest(of, after=20, margin=0), networks)


@pytest.mark.parametrize("name", ["test", "above", "gainers", "pruning", "zeros"])
def test_where_weights_are_asked_it_is_said_whose_are_of_a_later_epoch(name: str) -> None:
    snapshot = by_steps(Session(BASE, LANES), 200)
    assert COMPARED[name](snapshot, LANES).text.endswith(f"“{FAST}” is ahead: its weights are those of epoch 200.")
    assert apart(COMPARED[name], snapshot)
    assert not apart(COMPARED["loss"], snapshot)


def test_of_a_lane_that_has_stopped_ahead_it_is_said_what_weights_it_has() -> None:
    session = Session(BASE.replace(lr=0.05), (Lane(FAST, fixed={"patience": 3}), LANES[1]))
    snapshot = by_steps(session, 15)
    stopped = snapshot.models[0]
    assert stopped.stopped_epoch is not None
    assert stopped.stopped_epoch > snapshot.common_epoch
    said = f"it stopped at epoch {stopped.stopped_epoch}, with the weights of epoch {stopped.best_epoch}."
    assert said in COMPARED["test"](snapshot, session.lanes).text


@pytest.mark.parametrize("diverges", [15, 30])
def test_a_lane_that_broke_later_than_the_epoch_counts_with_what_it_had_come_to(diverges: int) -> None:
    snapshot = by_steps(Session(BASE, LANES), 200)  # the slow one has come to epoch 20
    fast = snapshot.models[0]
    history = {name: column[:diverges] for name, column in fast.history.items()}
    broken = replace(fast, history=history, state="diverged", epoch=diverges, diverged_epoch=diverges)
    found = evidence.lowest("loss", after=20, margin=0)(Snapshot(200, (broken, snapshot.models[1])), LANES)
    if diverges > 20:
        assert found == evidence.lowest("loss", after=20, margin=0)(by_epochs(4, 20), LANES)
    else:
        assert "not two lanes left" in found.text


def test_evidence_of_one_lane_waits_until_all_have_come_to_its_epoch() -> None:
    session = Session(BASE, LANES)
    early = by_steps(session, 60)
    assert [model.epoch for model in early.models] == [60, 6]
    assert COMPARED["score_of"](early, LANES).outcome == ""
    assert COMPARED["score_of"](by_steps(session, 60), LANES).outcome


def test_lanes_that_are_epochs_apart_take_nothing_back() -> None:
    turns = evidence.After(
        AT,
        lambda snapshot, lanes: evidence.Finding(
            f"epoch {snapshot.models[0].epoch}", "few" if snapshot.models[0].epoch == AT else "many"
        ),
        weights=True,
    )
    lanes = (Lane(FAST), Lane(SLOW, fixed={"batch_size": 5}))
    lab = open_lesson(observe=turns, lanes=lanes)
    lab.session.reset()
    by_steps(lab.session, 200)
    assert lab.guide.found == "few"
    for _ in range(6):
        by_steps(lab.session, 20)
        lab.guide.look()
    assert "is ahead" in lab.guide.observation
    assert "By epoch" not in lab.guide.verdict


@pytest.mark.parametrize("of", ["loss", "test"])
def test_seeds_and_sheet_are_asked_at_the_very_epoch(of: str) -> None:
    observe = evidence.lowest(of, after=AT, margin=0)
    lab = open_lesson(observe=observe, lanes=LANES, choices={FAST: "The first", SLOW: "The second"})
    (own, *_) = answers(lab.guide.lesson, BASE, LANES)
    assert own.epoch == AT
    assert own.finding == observe(by_epochs(4), LANES)
    run = ChanceRun(BASE, LANES, seeds=3, judge=judge_of(lab.guide.lesson.own(), None))
    while not run.done:
        run.work(1)
    view = run.view()
    assert list(view.outcomes or ()) == [observe(by_epochs(seed), LANES).outcome for seed in view.seeds]
    assert view.epoch == AT
