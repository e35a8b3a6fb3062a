"""Whatever order a lesson's breaks are pressed in, all that it says is so; and the readers would find what is not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from benchmarks.orders import wandered
from checker.judging import JUDGES, judged
from checker.reading import Seen, holds, read
from checker.reckoning import Reckoned
from checker.wanderer import Wanderer
from regviz import Config, Trainer, probes
from regviz.lab import Break, Lab, Lane, Lesson, evidence
from regviz.lab.lessons.setting import stuck
from regviz.training.snapshot import Snapshot

CALLED_OTHERWISE = {"beside", "lowest_loss"}
"""Evidence that only hands on another's."""

NO_MAKERS = {"After", "Evidence", "Finding", "OfSets", "apart", "open_until"}


@pytest.mark.slow
def test_a_lesson_in_two_orders_says_nothing_that_is_false() -> None:
    breaks, orders, seen, faults = wandered("03c_twins", 2)
    assert faults == []
    assert orders == 2
    assert breaks == 4
    assert seen["numbers"] > 200
    assert seen["verdicts"] > 20
    assert seen["backs"] >= 4


def test_all_evidence_there_is_has_a_judge() -> None:
    assert set(evidence.__all__) - NO_MAKERS - CALLED_OTHERWISE - set(JUDGES) == set()


# -- the readers


@pytest.mark.parametrize(
    ("said", "value", "right"),
    [
        ("0.41", 0.4149, True),
        ("0.41", 0.4249, False),
        ("−0.16", -0.1551, True),
        ("+0.16", 0.1551, True),
        ("2,410", 2410, True),
        ("3.4e−4", 3.38e-4, True),
        ("3.4e−4", 3.2e-4, False),
        ("82\u00a0%", 0.8249, True),
        ("82\u00a0%", 0.83, False),
        (">99\u00a0%", 0.997, True),
        (">99\u00a0%", 1.0, False),
        ("<1\u00a0%", 0.002, True),
        ("<1\u00a0%", 0.0, False),
        ("—", float("nan"), True),
        ("—", 0.5, False),
        ("it rose", False, False),
    ],
)
def test_a_number_is_right_if_the_value_rounds_to_it(said: str, value: Any, right: bool) -> None:
    assert holds(said, value) is right


def trained(*lanes: Lane, epochs: int = 30, **changes: Any) -> Seen:
    """What is seen of small networks after some epochs."""
    base = Config(n_train=50, hidden=(4,), batch_size=25, l1=1e-3, **changes)
    trainer = Trainer([lane.config(base) for lane in lanes])
    trainer.advance(epochs=epochs)
    models = trainer.snapshot().models
    return Seen(lanes, {lane.name: Reckoned(model) for lane, model in zip(lanes, models, strict=True)})


PLAIN, L1 = Lane("none"), Lane("L1", ("l1",))


def test_the_numbers_worked_out_anew_are_those_of_the_history() -> None:
    for changes in (
        {"activation": "tanh"},
        {"batchnorm": True},
        {"dropout": 0.5},
        {"order": "dense-activation-dropout-batchnorm"},
    ):
        (one,) = trained(Lane("one", fixed=changes)).networks.values()
        for part, name in (("train", "train"), ("val", "val")):
            assert one.loss(part) == pytest.approx(one.last(f"{name}_loss"), rel=1e-4)
            assert one.score(part) == one.last(f"{name}_score")


FALSE = {
    "Epoch 30: training loss 7.77, validation loss 7.77, a gap of +7.77 as the median of five epochs. "
    "The best validation loss was 7.77, at epoch 77, so it is 7.77 "
    "times that.": 6,
    "L1: 77 of 77 weights are exactly 0 (77\u00a0%).": 3,
    "Validation loss at epoch 31, the lowest first: L1 7.77, none 7.77.": 3,
    "Nothing is known.": 1,
}


@pytest.mark.parametrize("text", FALSE)
def test_a_false_number_and_a_sentence_nobody_knows_are_found(text: str) -> None:
    seen = trained(PLAIN, L1)
    seen = Seen(seen.lanes, seen.networks, given={"lane": "none"})
    assert len(read(text, seen)[1]) == FALSE[text]


@pytest.mark.parametrize(
    "text",
    [
        "Press play.",
        "L1 has set 77\u00a0% of the weights to exactly 0 and keeps the accuracy.",
        "“none” memorizes: its validation loss rose from 7.77 to 7.77 while its training loss fell to 7.77.",
        "Lower validation loss than “none” (7.77): “L1” 7.77.",
        "“L1” stopped at epoch 7 and went back to its weights from epoch 7.",
    ],
)
def test_a_false_sentence_below_the_picture_is_found(text: str) -> None:
    assert read(text, trained(PLAIN, L1), "headline")[1] != []


def test_a_network_that_gives_all_points_one_answer_is_told_where_they_become_alike() -> None:
    seen = trained(PLAIN)
    model = seen.networks["none"].model
    first, last = model.weights
    for changes, where in (
        ({"biases": (np.full(4, -100.0), model.biases[1])}, "hidden layer 1"),  # every unit is below 0
        ({"weights": (first, np.zeros_like(last))}, "the last layer"),
        ({"weights": (np.zeros_like(first), np.zeros_like(last))}, "all its weights are 0"),
    ):
        dead = replace(model, **changes)
        text = stuck(Snapshot(model.step, (dead,)), seen.lanes)
        assert f"“none” gives every point the same answer: {where}" in text
        assert read(text, Seen(seen.lanes, {"none": Reckoned(dead)}))[1] == []
    assert stuck(Snapshot(model.step, (model,)), seen.lanes) == ""
    for false in (
        "hidden layer 1 hardly tells them apart",
        "all its weights are 0, so no signal passes and no gradient",
    ):
        assert len(read(f"“none” gives every point the same answer: {false}.", seen)[1]) == 2


def test_that_networks_have_other_validation_points_is_read_and_held_against_them() -> None:
    lanes = (PLAIN, Lane("other", fixed={"seed": 9}))
    text = "Epoch 30: the networks have different validation points, so that nobody can choose among them."
    assert read(text, trained(*lanes)) == (2, [])
    assert len(read(text, trained(PLAIN, L1))[1]) == 1
    choice = evidence.chosen_by(20, after=30)
    assert judged(choice, trained(*lanes).networks) == {""}
    assert "" not in judged(choice, trained(PLAIN, L1).networks)


def test_a_linear_network_of_zeros_is_not_said_to_have_no_gradient() -> None:
    seen = trained(Lane("none", fixed={"hidden": ()}))
    model = seen.networks["none"].model
    (weights,) = model.weights
    zero = replace(model, weights=(np.zeros_like(weights),))
    text = stuck(Snapshot(model.step, (zero,)), seen.lanes)
    assert text == "“none” gives every point the same answer: all its weights are 0, so no signal passes."
    assert np.abs(probes.gradient_split(zero, zero.split.X_train, zero.split.y_train).data[0]).max() > 0.01
    assert read(text, Seen(seen.lanes, {"none": Reckoned(zero)}))[1] == []
    assert (
        len(read(text.replace("passes", "passes and no gradient"), Seen(seen.lanes, {"none": Reckoned(zero)}))[1]) == 1
    )


# -- the wanderer


def lab_of(*breaks: Break, **given: Any) -> Any:
    """A small lesson's lab."""
    words = {
        "name": "test",
        "claim": "It trains",
        "question": "Who has zeros?",
        "choices": {"first": "Only L1", "neither": "Neither"},
        "observe": evidence.zeros_of("L1", "none", after=20),
        "explain": "It does.",
    }
    lesson = Lesson(**{**words, **given}, breaks=breaks)
    lab = Lab(
        Config(n_train=50, hidden=(4,), batch_size=25, l1=1e-3), lanes=[PLAIN, L1], panels=["loss"], lesson=lesson
    )
    return lab


def faults(lab: Any) -> str:
    one = Wanderer("test", np.random.default_rng(0), lab)
    one.wander()
    return " ".join(one.faults)


DEADLY, QUICK = Break("Deadly", l1=5.0, restart=True), Break("Quick", lr=0.05)


def test_nothing_is_wrong_with_a_small_lesson_on_any_data(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("checker.wanderer.ELSEWHERE", 1.0)
    assert faults(lab_of(DEADLY, QUICK)) == ""


def silent(*_: Any) -> str:
    return ""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("target", "instead", "found"),
    [
        ("regviz.lab.lessons.guide.stuck", silent, "has no weight left, in silence"),
        ("regviz.lab.lessons.reply.Reply.verdict", silent, "and there is no verdict"),
        ("regviz.lab.lessons.guide.disclosed", lambda *_: "7 of 50 training labels are wrong.", "labels are flipped"),
        ("regviz.lab.compare.session.Session.reset", lambda session: None, "than a fresh lab after"),
        ("regviz.lab.page.report.number", lambda *_, **__: "7.77", "reads '7.77'"),
        ("regviz.lab.page.report.sentence", silent, "the headline is empty"),
        ("regviz.lab.page.report.compared", lambda *_: [], "nothing is said of {'L1'}, higher than 'none'"),
        (
            "regviz.lab.lessons.evidence.weights.percent",
            lambda *_: "7\u00a0%",
            "'7\\xa0%' is",
        ),
    ],
)
def test_what_a_lesson_says_wrongly_is_found(
    target: str, instead: Any, found: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab = lab_of(DEADLY, QUICK)
    monkeypatch.setattr(target, instead)
    assert found in faults(lab)


@pytest.mark.slow
def test_other_data_that_nobody_mentions_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("checker.wanderer.ELSEWHERE", 1.0)
    monkeypatch.setattr("regviz.lab.lessons.guide.turned", silent)
    assert "in silence other data" in faults(lab_of(QUICK))


def test_an_outcome_that_the_numbers_do_not_have_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(JUDGES, "zeros_of", lambda networks, slack: "first")
    assert "and the numbers say {'first'}" in faults(lab_of(QUICK))


def test_a_number_on_the_very_bound_may_be_read_either_way() -> None:
    seen = trained(PLAIN, L1)
    share = seen.networks["none"].near_zero(1e9)
    assert judged(evidence.near_zero(after=10, within=1e9, many=share), seen.networks) == {"none + L1", "none"}
