"""What is said of networks that have stopped, gone back to their best weights, diverged, or trained for very long."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from checker import judging_of_weights, observations, observations_of_weights
from checker.judging import judged, settings
from checker.reading import Seen, read
from checker.reckoning import Reckoned
from regviz import Config, Trainer
from regviz.lab import Lane, evidence
from regviz.training.snapshot import ModelSnapshot, Snapshot

TWO = (Lane("A"), Lane("B"))
SMALL = Config(n_train=40, hidden=(8, 8), batch_size=20, lr=0.03, batchnorm=True, label_noise=0.2)

Make = Callable[..., ModelSnapshot]

READERS = (judging_of_weights, observations, observations_of_weights)
"""They are entered where they are imported."""

SINGLE = {
    "memorizing": lambda after: evidence.memorizing("A", until=after),
    "gap_of": lambda after: evidence.gap_of("A", after),
    "score_of": lambda after: evidence.score_of("A", after),
    "rise_of": lambda after: evidence.rise_of("A", after),
    "calibration_of": lambda after: evidence.calibration_of("A", after),
    "mislabelled": lambda after: evidence.mislabelled("A", after),
    "ensemble_of": lambda after: evidence.ensemble_of("A", after),
}
PAIRS = {
    "zeros_of": lambda after: evidence.zeros_of("A", "B", after),
    "most_hurt": lambda after: evidence.most_hurt("A", "B", after),
    "steady_signal": lambda after: evidence.steady_signal("A", "B", after),
    "spread_in_tests": lambda after: evidence.spread_in_tests("A", "B", after=after),
    "stopping_of": lambda after: evidence.stopping_of("A", "B", after),
    "best_moves": lambda after: evidence.best_moves(("A", "B"), ("B", "A"), after),
    "gainers": lambda after: evidence.gainers({"one": ("A", "B")}, after),
    "most_like": lambda after: evidence.most_like("A", ("A", "B"), after),
}
EVERY = {
    "lowest": lambda after: evidence.lowest("loss", after, margin=1.0),
    "worst": lambda after: evidence.worst("loss", after, margin=1.0),
    "above": lambda after: evidence.above(0.5, after),
    "near_zero": lambda after: evidence.near_zero(after),
    "hurt_by_pruning": lambda after: evidence.hurt_by_pruning(0.5, after),
    "chosen_by": lambda after: evidence.chosen_by(20, after),
    "luck_of": lambda after: evidence.luck_of(20, 1, after),
    "learners": lambda after: evidence.learners(after),
}
ALL = SINGLE | PAIRS | EVERY


def at_rest(**given: Any) -> Snapshot:
    """Two networks that patience has stopped, long before epoch 100."""
    trainer = Trainer([SMALL.replace(patience=3, **given), SMALL.replace(patience=5, init="xavier", **given)])
    trainer.advance(epochs=100)
    snapshot = trainer.snapshot()
    assert all(model.state == "stopped" and model.epoch < 90 for model in snapshot.models)
    return snapshot


def trained(epochs: int, *configs: Config, capacity: int | None = None) -> tuple[ModelSnapshot, ...]:
    trainer = Trainer(configs, history_capacity=capacity)
    trainer.advance(epochs=epochs)
    return trainer.snapshot().models


def broken(config: Config, epoch: int) -> ModelSnapshot:
    """A network that broke in the epoch `epoch`."""
    (model,) = trained(epoch - 1, config)
    return replace(model, state="diverged", epoch=epoch, diverged_epoch=epoch)


def look(observe: Any, snapshot: Snapshot, lanes: Sequence[Lane] = TWO) -> evidence.Finding:
    """What it says, once each number was held against the networks, and the outcome against the judge's."""
    networks = {lane.name: Reckoned(model) for lane, model in zip(lanes, snapshot.models, strict=True)}
    found = observe(snapshot, lanes)
    count, wrong = read(found.text, Seen(lanes, networks, given=settings(observe)[1]))
    assert not wrong
    assert count
    assert found.outcome in judged(observe, networks)
    return found


@pytest.mark.parametrize("restore_best", [True, False])
@pytest.mark.parametrize("name", ALL)
def test_what_has_stopped_is_told_by_the_weights_it_has_and_nothing_waits_for_it(name: str, restore_best: bool) -> None:
    assert look(ALL[name](100), at_rest(restore_best=restore_best)).outcome


@pytest.mark.parametrize("name", ["memorizing", "gap_of", "score_of", "rise_of"])
@pytest.mark.parametrize("given", [{"min_delta": 0.1}, {"start_epoch": 25}])
def test_a_loss_is_told_with_the_epoch_at_which_it_was_measured(name: str, given: dict[str, Any]) -> None:
    (model,) = trained(40, SMALL.replace(**given))
    assert model.best_epoch != np.argmin(model.history["val_loss"])
    look(ALL[name](40), Snapshot(80, (model,)), TWO[:1])


def test_the_loss_that_patience_counts_from_is_that_of_its_epoch() -> None:
    models = trained(40, SMALL.replace(patience=60, min_delta=0.3), SMALL)
    losses, epoch = models[0].history["val_loss"], models[0].best_epoch
    assert losses[epoch] - losses.min() > 0.01
    found = evidence.stopping_of("A", "B", after=100)(Snapshot(80, models), TWO)
    assert found.text.startswith(f"Best validation loss so far {losses[epoch]:.2f}, at epoch {epoch}. ")


@pytest.mark.parametrize("name", EVERY)
def test_a_network_that_breaks_keeps_no_other_waiting(name: str) -> None:
    models = broken(SMALL, 5), *trained(20, SMALL.replace(init="xavier"), SMALL.replace(init="normal"))
    found = look(ALL[name](10), Snapshot(40, models), (*TWO, Lane("C")))
    assert found.outcome
    assert "A" not in found.outcome.split(" + ") or name in ("near_zero", "hurt_by_pruning")


@pytest.mark.parametrize("name", [*SINGLE, "zeros_of", "most_hurt", "steady_signal", "spread_in_tests", "gainers"])
def test_of_a_network_that_broke_before_its_epoch_there_is_no_outcome(name: str) -> None:
    models = broken(SMALL, 5), *trained(20, SMALL)
    assert look(ALL[name](10), Snapshot(40, models)).outcome == ""


def test_what_has_diverged_by_its_epoch_has_not_learned_and_later_it_had() -> None:
    (other,) = trained(20, SMALL)
    early = look(evidence.learners(10), Snapshot(40, (broken(SMALL, 5), other)))
    assert early.outcome == "B"
    assert early.text.startswith("Training loss and accuracy at epoch 10: A diverged, B ")
    assert look(evidence.learners(10), Snapshot(40, (broken(SMALL, 15), other))).outcome == "A + B"


def test_what_stopped_before_the_epoch_counts_with_the_weights_it_kept_and_their_epoch_is_told() -> None:
    stopped = at_rest().models[0]
    found = look(evidence.learners(90), Snapshot(200, (stopped, *trained(100, SMALL))))
    assert found.outcome == "A + B"
    assert f" (epoch {stopped.best_epoch}), B " in found.text


def test_all_sets_that_have_stopped_answer_a_question_about_sets() -> None:
    config = SMALL.replace(hidden=(4,), batchnorm=False, patience=3)
    models = trained(200, *(config.replace(seed=seed) for seed in range(4)))
    assert all(model.state == "stopped" for model in models)
    assert evidence.trade_of("A", "B", after=200, count=2)(Snapshot(200, models), TWO).outcome


# -- long histories


def test_a_row_of_a_thinned_history_is_not_taken_for_an_epoch() -> None:
    configs = SMALL.replace(hidden=(4,)), SMALL.replace(hidden=(4,), optimizer="sgd", lr=3e-4)
    thinned = trained(300, *configs, capacity=32)
    assert all(10 not in model.history["epoch"] for model in thinned)
    found = evidence.learners(after=10)(Snapshot(600, thinned), TWO)
    said = int(found.text.partition("epoch ")[2].partition(":")[0])
    for model in thinned:  # what is told was measured then, of both
        (row,) = np.flatnonzero(model.history["epoch"] == said)
        assert f" {model.history['train_loss'][row]:.2f}, " in found.text


def test_medians_are_of_epochs_that_follow_each_other(model: Make) -> None:
    epochs = np.array([0, 8, 14, 17, 30, *range(40, 50)])
    losses = np.array([0.7, 0.3, 0.6, 0.6, 0.6, *[0.4] * 10])  # peaks of eight epochs each, not a rise of five
    columns = {"epoch": epochs, "val_loss": losses, "train_loss": losses - 0.1, "val_score": 1 - losses}
    history = {**columns, "train_score": 1 - losses, "penalty": 0 * losses}
    network = model(SMALL, epochs=49, history=history, best_epoch=8)
    assert evidence.memorizing("A", until=40)(Snapshot(1, (network,)), TWO[:1]).outcome == "falls"
    just_thinned = {name: column[:6] for name, column in history.items()}
    network = model(SMALL, epochs=40, history=just_thinned, best_epoch=8)
    assert evidence.gap_of("A", after=40)(Snapshot(1, (network,)), TWO[:1]).outcome == "validation"
    found = evidence.above(0.55, after=40)(Snapshot(1, (network,)), TWO[:1])
    assert found.outcome == "A"  # 60 % at epoch 40, whatever stands in the rows before
