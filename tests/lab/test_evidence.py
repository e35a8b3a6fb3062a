"""Evidence is read off the networks: hand-made snapshots with known numbers give known sentences and outcomes."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from checker.reckoning import Reckoned
from regviz import Config, Run, Trainer, probes
from regviz.lab import Lane
from regviz.lab.compare.sweep import SweepView
from regviz.lab.lessons import evidence
from regviz.lab.lessons.sweep_report import swept
from regviz.lab.look.numbers import number
from regviz.lab.panels.ablation import AblationPanel
from regviz.training.snapshot import ModelSnapshot, Snapshot

TWO = (Lane("A"), Lane("B"))
SMALL = Config(n_train=50, hidden=(8, 8))

Make = Callable[..., ModelSnapshot]


def plain(finding: evidence.Finding) -> str:
    """What it says, with plain spaces."""
    return finding.text.replace("\N{NO-BREAK SPACE}", " ")


def curves(validation: Sequence[float], train: Sequence[float] | None = None, accuracy: float = 1.0) -> dict[str, Any]:
    """A history of these losses; the training loss falls evenly to 0 unless given."""
    losses = np.array(validation, float)
    return {
        "epoch": np.arange(len(losses)),
        "val_loss": losses,
        "train_loss": np.linspace(losses[0], 0, len(losses)) if train is None else np.array(train, float),
        "train_score": np.full(len(losses), accuracy),
        "val_score": np.full(len(losses), 0.5),
        "penalty": np.zeros(len(losses)),
    }


def a_model(model: Make, *losses: Any, config: Config = SMALL, **given: Any) -> ModelSnapshot:
    history = curves(*losses)
    return model(config, epochs=len(history["epoch"]) - 1, history=history, **given)


def both(first: ModelSnapshot, second: ModelSnapshot) -> Snapshot:
    return Snapshot(step=max(first.step, second.step), models=(first, second))


def alone(model: ModelSnapshot) -> Snapshot:
    return Snapshot(step=model.step, models=(model,))


# -- memorizing


@pytest.mark.parametrize(
    ("validation", "accuracy", "outcome"),
    [
        ([0.7, 0.4, 0.61], 0.95, "rises"),
        ([0.7, 0.4, 0.61], 0.8, "rises"),  # whether by heart or not: flipped labels of many points are learned slowly
        ([0.7, 0.4, 0.5], 0.95, "falls"),
        ([0.7, 0.69, 0.7], 0.5, "flat"),
    ],
)
def test_overfitting_is_a_loss_half_above_its_best_whatever_share_of_the_labels_is_known(
    model: Make, validation: list[float], accuracy: float, outcome: str
) -> None:
    start, best, end = validation
    snapshot = alone(a_model(model, [start, best, *[end] * 5], None, accuracy))
    assert evidence.memorizing("A", until=6)(snapshot, [Lane("A")]).outcome == outcome


def test_one_bad_epoch_is_no_rise(model: Make) -> None:
    snapshot = alone(a_model(model, [0.7, 0.4, 0.4, 0.4, 0.4, 0.4, 0.9]))
    assert evidence.memorizing("A", until=6)(snapshot, [Lane("A")]).outcome == "falls"


@pytest.mark.parametrize("losses", [[0.75, 0.33], [0.75, 0.7, 0.3], [0.9, 0.9, 0.9, 0.4], [0.75, 0.33, 0.6]])
def test_what_stood_higher_before_its_best_has_not_risen(model: Make, losses: list[float]) -> None:
    assert evidence.memorizing("A", until=100)(alone(a_model(model, losses)), [Lane("A")]).outcome == ""


@pytest.mark.parametrize("later", [[0.58] * 8, [0.45] * 8, [0.45] * 3])
def test_what_has_risen_has_risen_even_if_it_jumps_below_the_bound_again(model: Make, later: list[float]) -> None:
    look = evidence.memorizing("A", until=100)
    for risen in ([0.62] * 3, [0.62] * 9):
        assert look(alone(a_model(model, [0.7, 0.4, *risen, *later])), [Lane("A")]).outcome == "rises"
    found = look(alone(a_model(model, [0.7, 0.4, *[0.62] * 5, 0.3, 0.3, 0.3])), [Lane("A")])
    assert found.outcome == ""  # from its new best it has not


def test_only_a_rise_is_clear_before_the_time_is_over(model: Make) -> None:
    look = evidence.memorizing("A", until=100)
    assert look(alone(a_model(model, [0.7, 0.4, 0.5])), [Lane("A")]).outcome == ""
    finding = look(alone(a_model(model, [0.7, 0.4, 0.8, 0.8, 0.8], [0.7, 0.3, 0.2, 0.1, 0.05])), [Lane("A")])
    assert finding.outcome == "rises"
    assert "Training loss 0.050, with 100 % of the training labels right." in plain(finding)
    assert "Validation loss 0.80; its best was 0.40, at epoch 1, so it is 2.0 times that." in finding.text


# -- zeros


def sparse(share: float) -> tuple[Any, ...]:
    weights = np.ones((10, 10))
    weights.flat[: round(100 * share)] = 0
    return (weights,)


@pytest.mark.parametrize(
    ("shares", "outcome"),
    [((0.9, 0.0), "first"), ((0.0, 0.9), "second"), ((0.9, 0.5), "both"), ((0.1, 0.2), "neither")],
)
def test_zeros_are_counted_in_the_weights_themselves(model: Make, shares: tuple[float, float], outcome: str) -> None:
    models = [a_model(model, [0.7, 0.4, 0.3], weights=sparse(share)) for share in shares]
    look = evidence.zeros_of("A", "B", after=2)
    finding = look(both(*models), TWO)
    assert finding.outcome == outcome
    for name, share in zip("AB", shares, strict=True):
        said = f"{round(100 * share)} of 100 weights are exactly 0" if share else "none of 100 weights is exactly 0"
        assert f"{name}: {said}" in finding.text
    assert evidence.zeros_of("A", "B", after=3)(both(*models), TWO).outcome == ""


# -- the lowest loss


def test_the_lowest_loss_is_the_lane_s_that_has_it_now_not_that_had_it_once(model: Make) -> None:
    snapshot = both(a_model(model, [0.7, 0.1, 0.5]), a_model(model, [0.7, 0.6, 0.3]))
    finding = evidence.lowest_loss(after=2)(snapshot, TWO)
    assert finding.outcome == "B"
    assert "B 0.30, A 0.50" in finding.text


def test_a_lane_that_stopped_counts_with_the_weights_it_kept(model: Make) -> None:
    stopped = a_model(model, [0.7, 0.1, 0.5], state="stopped", stopped_epoch=2)
    assert evidence.lowest_loss(after=2)(both(stopped, a_model(model, [0.7, 0.6, 0.3])), TWO).outcome == "A"


def test_two_lanes_that_are_as_good_leave_it_open_and_so_does_a_lane_that_is_left_alone(model: Make) -> None:
    look = evidence.lowest_loss(after=2)
    assert look(both(a_model(model, [0.7, 0.5, 0.300]), a_model(model, [0.7, 0.6, 0.301])), TWO).outcome == ""
    broken = a_model(model, [0.7, 0.6, np.nan], state="diverged", diverged_epoch=2)
    assert look(both(a_model(model, [0.7, 0.5, 0.3]), broken), TWO).outcome == ""


# -- early stopping


def says(model: ModelSnapshot, share: float) -> tuple[Any, ...]:
    """Biases of a linear model that gives `share` to the class 0 of every point."""
    return (np.array([np.log(share), np.log(1 - share)]),)


def stopping(model: Make, late: float, **given: Any) -> Snapshot:
    """Two networks that answer the same everywhere: the late one is right by `late` times the stopped one's loss."""
    config = SMALL.replace(hidden=())
    zero = {"weights": (np.zeros((2, 2)),)}
    early = a_model(model, [0.7, 0.4, 0.45], config=config.replace(patience=5), **zero, **given)
    y = early.split.y_test
    half = float(np.mean(y == 0))
    assert half == 0.5

    def loss(share: float) -> float:
        return -0.5 * float(np.log(share) + np.log(1 - share))

    shares = np.linspace(0.5, 0.999, 5000)
    worse = float(shares[np.argmin([abs(loss(s) - late * loss(0.8)) for s in shares])])
    early = replace(early, biases=says(early, 0.8))
    return both(early, replace(a_model(model, [0.7, 0.4, 0.5], config=config, **zero), biases=says(early, worse)))


@pytest.mark.parametrize(("late", "outcome"), [(1.2, "lower"), (1.05, "same"), (0.8, "higher")])
def test_the_lane_that_stopped_is_compared_on_test_data_with_the_one_that_trained_on(
    model: Make, late: float, outcome: str
) -> None:
    snapshot = stopping(model, late, state="stopped", stopped_epoch=2)
    finding = evidence.stopping_of("A", "B", after=2)(snapshot, TWO)
    assert finding.outcome == outcome
    assert "Stopped at epoch 2, with the weights of epoch 1: validation loss 0.40." in finding.text
    said = re.search(r"chose nothing: (\d\.\d\d) and (\d\.\d\d) \((\d+\.\d).% and", finding.text)
    assert said
    assert float(said[1]) == pytest.approx(-0.5 * np.log(0.8 * 0.2), abs=0.006)
    assert float(said[2]) == pytest.approx(late * -0.5 * np.log(0.8 * 0.2), abs=0.011)
    assert said[3] == "50.0"


def test_test_data_are_not_looked_at_before_the_end(model: Make) -> None:
    early = stopping(model, 1.2, state="stopped", stopped_epoch=2)
    assert "test" not in evidence.stopping_of("A", "B", after=3)(early, TWO).text
    finding = evidence.lowest("test", after=3)(early, TWO)
    assert finding == evidence.Finding("Epoch 2. The test data are not looked at before epoch 3.")
    assert evidence.lowest("test", after=2)(early, TWO).outcome == "A"


@pytest.mark.parametrize("data", ["moons", "diabetes"])
def test_a_test_loss_is_that_of_the_run_however_sure_the_network_is(data: str) -> None:
    trainer = Trainer([Config(data=data, n_train=60, hidden=(8,), seed=seed) for seed in (0, 1)])
    trainer.advance(epochs=2)
    models = [
        replace(its, weights=(*its.weights[:-1], np.float32(1e4) * its.weights[-1]))
        for its in trainer.snapshot().models
    ]
    losses = sorted((Run.of(its).test_loss, name) for its, name in zip(models, "AB", strict=True))
    finding = evidence.lowest("test", after=2)(both(*models), TWO)
    said = ", ".join(f"{name} {number(loss)}" for loss, name in losses)
    assert finding.text == f"Test loss at epoch 2, the lowest first: {said}."


def test_before_it_stops_the_patience_that_is_used_is_told(model: Make) -> None:
    finding = evidence.stopping_of("A", "B", after=2)(stopping(model, 1.2), TWO)
    assert finding.outcome == ""
    assert "1 of 5 epochs of patience used" in finding.text
    for patience, used in ((1, "1 of 1 epoch of patience used."), (None, " 1 epoch of patience used.")):
        early, late = stopping(model, 1.2).models
        hasty = replace(early, config=early.config.replace(patience=patience))
        assert used in evidence.stopping_of("A", "B", after=2)(Snapshot(2, (hasty, late)), TWO).text


# -- lesions and signals, on networks built to have them


def one_way(units: int) -> dict[str, Any]:
    """Weights of a network that knows the class by one hidden unit, or by `units` equal ones."""
    first = np.zeros((2, 8))
    first[1, :units] = -4 / units
    last = np.zeros((8, 2))
    last[:units, 1] = 1
    last[:units, 0] = -1
    return {"weights": (first, last), "biases": (np.where(np.arange(8) < units, 1 / units, 0.0), np.array([0.5, -0.5]))}


def test_a_network_that_relies_on_one_unit_is_hurt_most_by_losing_it(model: Make) -> None:
    config = SMALL.replace(hidden=(8,), label_noise=0.0)
    fragile, robust = (a_model(model, [0.7, 0.3], config=config, **one_way(units)) for units in (1, 8))
    assert evidence.most_hurt("A", "B", after=1)(both(fragile, robust), TWO).outcome == "A"
    finding = evidence.most_hurt("A", "B", after=1)(both(robust, fragile), TWO)
    assert finding.outcome == "B"
    assert finding.text.index("“B”") < finding.text.index("“A”")
    assert evidence.most_hurt("A", "B", after=1)(both(robust, robust), TWO).outcome == "same"
    assert evidence.most_hurt("A", "B", after=2)(both(fragile, robust), TWO).outcome == ""


@pytest.mark.parametrize(
    ("factors", "outcome"), [((1, 1), "both"), ((3, 1), "B"), ((1, 0.1), "A"), ((9, 9), "neither")]
)
def test_a_steady_signal_stays_within_half_and_double_in_every_layer(
    model: Make, factors: tuple[float, float], outcome: str
) -> None:
    def network(factor: float) -> ModelSnapshot:
        split = a_model(model, [0.7, 0.3]).split
        size = split.X_train.std() * factor
        first = np.vstack([np.ones(8), np.zeros(8)]) / split.X_train[:, 0].std()
        return a_model(
            model,
            [0.7, 0.3],
            weights=(first, np.eye(8) * 1.6 * size / split.X_train.std(), np.ones((8, 2))),
            biases=(np.zeros(8), np.zeros(8), np.zeros(2)),
        )

    assert evidence.steady_signal("A", "B", after=1)(both(*map(network, factors)), TWO).outcome == outcome


@pytest.mark.parametrize("rate", [0.0, 0.5])
def test_dropout_before_batchnorm_leaves_it_less_spread_in_tests_by_the_root_of_what_is_kept(rate: float) -> None:
    config = Config(data="digits", n_train=300, noise=0.0, hidden=(64, 32), batchnorm=True, dropout=rate, lr=1e-4)
    early = config.replace(order="dense-dropout-batchnorm-activation")
    trainer = Trainer([config, early])
    trainer.advance(epochs=10)  # running statistics begin at 0 and 1
    snapshot = trainer.snapshot()
    text = evidence.spread_in_tests("A", "B")(snapshot, TWO).text
    found = re.findall(r"“[AB]” (\d\.\d\d) in layer 1, (\d\.\d\d) to", text)
    for model, numbers in zip(snapshot.models, found, strict=True):  # in tests, not with the statistics of a batch
        assert [*map(float, numbers)] == pytest.approx(Reckoned(model).shares_of_spread, abs=0.0051)
    (first, behind), (first_early, behind_early) = [tuple(map(float, numbers)) for numbers in found]
    kept = np.sqrt(1 - rate)
    assert first == pytest.approx(1, abs=0.05)  # the validation points are other ones
    assert first_early == pytest.approx(kept, abs=0.05)
    for share in (behind, behind_early):
        assert share == pytest.approx(1, abs=0.05) if rate == 0 else share < 0.85


# -- inputs


@pytest.mark.parametrize(
    ("dead", "outcome"), [(slice(4, 21), "selects"), (slice(5, 20), ""), (slice(3, 25), ""), (slice(0, 0), "")]
)
def test_inputs_kept_are_those_with_any_weight_that_is_not_zero(model: Make, dead: slice, outcome: str) -> None:
    network = a_model(model, [0.7, 0.3], config=SMALL.replace(data="planted", noise=0.0))
    first = np.array(network.weights[0])
    first[dead] = 0
    network = a_model(model, [0.7, 0.3], config=network.config, weights=(first, *network.weights[1:]))
    finding = evidence.inputs_kept("A")(alone(network), [Lane("A")])
    assert finding.outcome == outcome
    ours, others = (np.any(first[rows] != 0, axis=1).sum() for rows in (slice(0, 5), slice(5, 25)))
    assert finding.text.startswith(
        f"A listens to {ours} of the 5 inputs that matter and to {others} of the 20 that do not; "
    )
    share = 100 * np.abs(first[:5]).sum() / np.abs(first).sum()
    (said,) = re.findall(r"; (\d+).% of the first layer's Σ\|w\| is on those that matter", finding.text)
    assert float(said) == pytest.approx(share, abs=0.5)


def test_inputs_of_real_data_are_only_counted(model: Make) -> None:
    network = a_model(model, [0.7, 0.3], config=SMALL.replace(data="wine", noise=0.0))
    finding = evidence.inputs_kept("A")(alone(network), [Lane("A")])
    assert (plain(finding), finding.outcome) == ("A listens to 13 of 13 inputs. Its validation accuracy is 50.0 %.", "")
    targets = a_model(model, [0.7, 0.3], config=SMALL.replace(data="diabetes", noise=0.0))
    finding = evidence.inputs_kept("A")(alone(targets), [Lane("A")])
    assert plain(finding) == "A listens to 10 of 10 inputs. Its validation R² is 0.50."


def network_that_keeps(model: Make, *copies: int) -> ModelSnapshot:
    """A linear model of the twins that listens to these copies, to each less than the last, and to all else."""
    config = SMALL.replace(data="twins", noise=0.0, hidden=())
    network = a_model(model, [0.7, 0.3], config=config)
    weights = np.ones_like(network.weights[0])
    weights[:5] = 0
    for place, copy in enumerate(copies):
        weights[copy - 1] = 1 / (1 + place)
    return a_model(model, [0.7, 0.3], config=config, weights=(weights,))


def test_what_a_unit_costs_is_what_its_picture_shows_of_all_validation_points(model: Make, stand: Any) -> None:
    config = SMALL.replace(data="digits", noise=0.0, hidden=(8,))
    shown = both(*(a_model(model, [0.7, 0.3], config=config.replace(seed=seed)) for seed in (1, 2)))
    finding = evidence.most_hurt("A", "B", after=1)(shown, TWO)
    panel = stand(AblationPanel, shown, TWO)
    said = [float(number) for number in re.findall(r"(\d+\.\d) points", finding.text)]
    assert said == pytest.approx(sorted((max(0.0, found.max()) for found in panel.found), reverse=True), abs=0.051)


@pytest.mark.parametrize(
    "observe",
    [
        evidence.most_hurt("A", "B", after=1),
        evidence.ensemble_of("A", after=1),
        evidence.steady_signal("A", "B", after=1),
        evidence.spread_in_tests("A", "B"),
    ],
)
def test_of_linear_models_nothing_is_said_about_hidden_layers(observe: Any, model: Make) -> None:
    snapshot = both(*(a_model(model, [0.7, 0.3], config=SMALL.replace(hidden=())) for _ in TWO))
    with pytest.raises(ValueError, match="a linear model has no hidden layer"):
        observe(snapshot, TWO)


def test_of_data_without_copies_nothing_is_said_of_them(model: Make) -> None:
    snapshot = both(*(a_model(model, [0.7, 0.3], config=SMALL.replace(data="hills", noise=0.0)) for _ in TWO))
    for observe in (evidence.copies_kept("A", "copy", after=1), evidence.same_copies("copy", after=1)):
        with pytest.raises(ValueError, match="no input of these data is a copy of another one"):
            observe(snapshot, TWO)


@pytest.mark.parametrize(("copies", "outcome"), [((), "none"), ((2, 4), "some"), ((1, 2, 3, 4, 5), "all")])
def test_copies_are_counted_and_where_all_are_kept_it_is_said_how_evenly(
    model: Make, copies: tuple[int, ...], outcome: str
) -> None:
    snapshot = both(network_that_keeps(model, *copies), network_that_keeps(model, 5, 4, 3, 2, 1))
    finding = evidence.copies_kept("A", "copy", after=1)(snapshot, TWO)
    assert finding.outcome == outcome
    every = ", the smallest with 20 % of the largest one's weight"
    first = every if outcome == "all" else ""
    assert plain(finding) == f"“A” keeps {len(copies)} of the 5 copies{first}; “B” keeps 5 of the 5 copies{every}."
    assert evidence.copies_kept("A", "copy", after=2)(snapshot, TWO).outcome == ""


@pytest.mark.parametrize(
    ("idle", "copies", "outcome"), [(0, (2,), "A"), (1, (2,), "none"), (0, (), "none")], ids=["selects", "one", "gone"]
)
def test_a_lane_selects_that_leaves_out_all_that_says_nothing_and_keeps_something(
    model: Make, idle: int, copies: tuple[int, ...], outcome: str
) -> None:
    network = network_that_keeps(model, *copies)
    weights = np.array(network.weights[0])
    weights[5:] = 0
    weights[17 - idle + 1 : 18] = 1
    snapshot = both(replace(network, weights=(weights,)), network_that_keeps(model, 1))
    finding = evidence.selecting(after=1)(snapshot, TWO)
    assert finding.outcome == outcome
    said = f"“A” keeps {idle} of the 12 inputs that say nothing and {len(copies)} of the 6 others; “B” keeps 12 and 2. "
    assert said in plain(finding)
    assert evidence.selecting(after=2)(snapshot, TWO).outcome == ""


@pytest.mark.parametrize(("other", "outcome"), [((4, 2), "same"), ((2, 3), "different"), ((), "different")])
def test_two_lanes_keep_the_same_copies_or_they_do_not(model: Make, other: tuple[int, ...], outcome: str) -> None:
    snapshot = both(network_that_keeps(model, 2, 4), network_that_keeps(model, *other))
    finding = evidence.same_copies("copy", after=1)(snapshot, TWO)
    assert finding.outcome == outcome
    names = ", ".join(f"copy {k}" for k in sorted(other)) or "none"
    assert finding.text == f"“A” keeps copy 2, copy 4; “B” keeps {names}."
    assert evidence.same_copies("copy", after=2)(snapshot, TWO).outcome == ""


# -- sweeps


def test_a_sweep_is_told_by_its_best_value_and_its_ends() -> None:
    losses = np.array([[0.8, 0.6], [0.3, 0.5], [0.9, 0.7]])
    values = np.array([0.0, 0.003, 1.0])
    view = SweepView("l2", values, (4, 5), 30, 300, losses, losses, losses, models=(), best=1)
    assert swept(view) == (
        "3 values, 2 seeds each, epoch 30 of 300. The lowest mean validation loss is 0.40, at λ = 0.003. "
        "At λ = 0 it is 0.70, at λ = 1 it is 0.80."
    )
    assert "p = 0.003" in swept(replace(view, field="dropout"))
    assert swept(replace(view, seeds=(4,))).startswith("3 values, 1 seed each, ")
    assert swept(replace(view, best=None)) == "The sweep has begun."
    assert "cancelled early" in swept(replace(view, best=None, cancelled=True))
    assert "diverged at every value" in swept(replace(view, best=None, epoch=300))


def test_a_sweep_s_test_loss_is_told_only_once_it_was_asked_for_and_others_by_their_best() -> None:
    losses = np.array([[0.8, 0.6], [0.3, 0.5], [0.9, 0.7]])
    running = SweepView("dropout", np.array([0.0, 0.2, 0.5]), (4, 5), 30, 300, losses, losses, losses, (), best=1)
    ended = replace(running, epoch=300)
    assert "test loss" not in swept(running).lower()
    assert "test loss" not in swept(replace(ended, cancelled=True)).lower()
    assert swept(ended).endswith(" The test loss has not been looked at.")
    assert swept(ended, asked=True).endswith(" The test loss was shown once already.")
    told = swept(replace(ended, test=np.array([0.4, 0.6])), asked=True)
    assert told.endswith("Test loss at p = 0.2, asked once, at the end: 0.50 (from 0.40 to 0.60 over 2 seeds).")
    others = {"small": replace(ended, best=0), "large": replace(ended, best=2), "broken": replace(ended, best=None)}
    text = swept(running, others)
    assert text.endswith("“small”: the lowest at p = 0. “large”: the lowest at p = 0.5.")


# -- gap, accuracy, ranks


@pytest.mark.parametrize(("train", "outcome"), [(0.2, "validation"), (0.7, "train"), (0.41, "same")])
def test_the_gap_says_which_loss_is_higher_and_how_far_validation_has_risen(
    model: Make, train: float, outcome: str
) -> None:
    snapshot = alone(a_model(model, [0.7, 0.2, *[0.4] * 5], [0.7, *[train] * 6]))
    finding = evidence.gap_of("A", after=6)(snapshot, [Lane("A")])
    assert finding.outcome == outcome
    assert f"a gap of {number(0.4 - train, sign=True)} as the median of five epochs." in finding.text
    assert "The best validation loss was 0.20, at epoch 1, so it is 2.0 times that." in finding.text
    assert evidence.gap_of("A", after=7)(snapshot, [Lane("A")]).outcome == ""


@pytest.mark.parametrize(("score", "outcome"), [(0.8, "falls"), (0.9, "same"), (0.99, "rises")])
def test_accuracy_is_compared_with_that_of_the_lowest_loss(model: Make, score: float, outcome: str) -> None:
    network = a_model(model, [0.7, 0.6, 0.2, 0.5, 0.5, 0.6, 0.6, 0.6, 0.6, 0.6])
    scores = np.array([0.9] * 5 + [score] * 5)
    network = replace(network, history={**network.history, "val_score": scores})
    finding = evidence.score_of("A", after=9)(alone(network), [Lane("A")])
    assert finding.outcome == outcome
    assert "validation loss 0.60, 3.0 times its best" in finding.text
    said = (
        f"3.0 times its best, that of epoch 2. Validation accuracy 90.0 % around that epoch and {100 * score:.1f} % now"
    )
    assert said in plain(finding)


def test_then_and_now_are_both_medians_of_five_epochs(model: Make) -> None:
    losses = [0.7, 0.6, 0.5, 0.2, 0.5, 0.5, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6]
    scores = [0.5, 0.7, 0.85, 0.95, 0.86, 0.84, 0.84, 0.83, 0.82, 0.95, 0.82, 0.7]  # 0.95 by chance, twice
    network = a_model(model, losses)
    network = replace(network, history={**network.history, "val_score": np.array(scores)})
    finding = evidence.score_of("A", after=11, least=0.02)(alone(network), [Lane("A")])
    assert "Validation accuracy 85.0 % around that epoch and 82.0 % now, as medians of five epochs." in plain(finding)
    assert finding.outcome == "falls"
    told = evidence.rise_of("A", after=11)(alone(network), [Lane("A")])
    assert re.search(r"Wrong answers: 15.0 % around epoch \d+, 18.0 % now \(medians", plain(told))


@pytest.mark.parametrize("restored", [False, True])
def test_weights_of_the_best_epoch_are_as_right_now_as_they_were_then(model: Make, restored: bool) -> None:
    losses = [0.7, 0.6, 0.5, 0.4, 0.3, 0.2, *([0.5] * 4 if restored else [])]
    network = a_model(model, losses, state="stopped", stopped_epoch=len(losses) - 1, best_epoch=5, restored=restored)
    scores = np.linspace(0.5, 0.95, len(losses))
    network = replace(network, history={**network.history, "val_score": scores})
    finding = evidence.score_of("A", after=5, least=1e-6)(alone(network), [Lane("A")])
    then = 100 * float(np.median(scores[3:8] if restored else scores[1:6]))
    assert f"Validation accuracy {then:.1f} % around that epoch and {then:.1f} % now" in plain(finding)
    assert finding.outcome == "same"


@pytest.mark.parametrize(("most", "less"), [(380, 368), (340, 328)])
def test_three_points_are_three_points_whatever_is_left_of_them_in_floating_point(
    model: Make, most: int, less: int
) -> None:
    def scored(right: int) -> ModelSnapshot:
        network = a_model(model, [0.7, 0.5, 0.5, 0.5, 0.5, 0.5])
        return replace(network, history={**network.history, "val_score": np.full(6, right / 400)})

    snapshot = both(scored(most), scored(less))
    assert evidence.lowest("score", after=5, margin=0.03, tie="same")(snapshot, TWO).outcome == "A"
    assert evidence.worst("score", after=5, margin=0.03, tie="same")(snapshot, TWO).outcome == "B"
    assert evidence.gainers({"all": ("B", "A")}, after=5, least=0.03)(snapshot, TWO).outcome == "all"
    assert evidence.lowest("score", after=5, margin=0.0301, tie="same")(snapshot, TWO).outcome == "same"
    fallen = np.repeat([most, less], 6) / 400
    network = a_model(model, [0.7, 0.2, *[0.5] * 10])
    network = replace(network, history={**network.history, "val_score": fallen})
    assert evidence.score_of("A", after=11, least=0.03)(alone(network), [Lane("A")]).outcome == "falls"
    network = replace(network, history={**network.history, "val_score": fallen[::-1]})
    assert evidence.score_of("A", after=11, least=0.03)(alone(network), [Lane("A")]).outcome == "rises"


def surer(network: ModelSnapshot, times: float) -> ModelSnapshot:
    """The same answers, said with outputs `times` as large: more confidence, no other mistake."""
    last = network.weights[-1], network.biases[-1]
    return replace(
        network,
        weights=(*network.weights[:-1], times * last[0]),
        biases=(*network.biases[:-1], times * last[1]),
    )


@pytest.mark.parametrize(
    ("score", "times", "outcome"),
    [(0.9, 100.0, "confidence"), (0.8, 0.0, "mistakes"), (0.8, 100.0, "both"), (0.9, 0.0, "neither")],
)
def test_a_rise_of_the_loss_is_one_of_mistakes_of_confidence_or_of_both(
    model: Make, score: float, times: float, outcome: str
) -> None:
    network = a_model(model, [0.7, 0.6, 0.2, 0.5, 0.5, 0.6, 0.6, 0.6, 0.6, 0.6])
    network = surer(network, times)
    scores = np.array([0.9] * 5 + [score] * 5)
    network = replace(network, history={**network.history, "val_score": scores})
    finding = evidence.rise_of("A", after=9)(alone(network), [Lane("A")])
    assert finding.outcome == outcome
    said = network.predict(network.split.X_val).astype(float)
    right = float((said.argmax(axis=1) == network.split.y_val).mean())
    assert "validation loss 0.60, 3.0 times its best" in finding.text
    assert f"Wrong answers: 10.0 % around epoch 2, {100 * (1 - score):.1f} % now (medians" in plain(finding)
    confident = f"On average the network is {100 * said.max(axis=1).mean():.1f} % confident and right on"
    assert f"{confident} {100 * right:.1f} %." in plain(finding)
    assert evidence.rise_of("A", after=10)(alone(network), [Lane("A")]).outcome == ""


def test_a_network_is_more_or_less_confident_than_it_is_right_or_as_much(model: Make) -> None:
    network = a_model(model, [0.7, 0.6, 0.2])
    said = network.predict(network.split.X_val).astype(float)
    right = float((said.argmax(axis=1) == network.split.y_val).mean())
    sign = 1 if right > 0.5 else -1  # the other class everywhere is right where this one is wrong
    its = max(right, 1 - right)
    for times, confidence in ((100.0, 1.0), (1e-3, 0.5)):
        asked = surer(network, sign * times)
        apart = confidence - its
        for least in (abs(apart) / 2, 2 * abs(apart)):
            finding = evidence.calibration_of("A", after=2, least=least)(alone(asked), [Lane("A")])
            clear = least < abs(apart)
            assert finding.outcome == (("over" if apart > 0 else "under") if clear else "same")
        assert f"confident on average and right on {100 * its:.1f} %" in plain(finding)


def test_lanes_are_ranked_by_what_is_asked_for_and_a_tie_is_one(model: Make) -> None:
    first = a_model(model, [0.7, 0.5, 0.30], [0.7, 0.5, 0.30])
    second = a_model(model, [0.7, 0.6, 0.31], [0.7, 0.3, 0.01])
    snapshot = both(first, second)
    assert evidence.lowest("loss", after=2, margin=1.1, tie="same")(snapshot, TWO).outcome == "same"
    assert evidence.lowest("loss", after=2)(snapshot, TWO).outcome == "A"
    assert evidence.lowest("train", after=2)(snapshot, TWO).outcome == "B"
    assert evidence.lowest("gap", after=2)(snapshot, TWO).outcome == "A"
    assert "the highest first" in evidence.lowest("score", after=2)(snapshot, TWO).text
    assert evidence.lowest("score", after=2, margin=0.01, tie="same")(snapshot, TWO).outcome == "same"
    three, lanes = Snapshot(snapshot.step, (*snapshot.models, first)), (*TWO, Lane("C"))
    assert evidence.lowest("loss", after=2, among=("A", "B"))(three, lanes).outcome == "A"


def test_lanes_that_know_enough_are_named_with_their_zeros(model: Make) -> None:
    models = [a_model(model, [0.7] * 6, weights=sparse(share)) for share in (1.0, 0.0)]
    models[1] = replace(models[1], history={**models[1].history, "val_score": np.full(6, 0.9)})
    finding = evidence.above(0.7, after=5)(both(*models), TWO)
    assert finding.outcome == "B"
    assert "Weights that are exactly 0: A 100 %, B 0 %." in plain(finding)
    assert evidence.above(0.95, after=5)(both(*models), TWO).outcome == "none"


def test_weights_near_zero_are_counted(model: Make) -> None:
    near = np.ones((10, 10))
    near.flat[:20] = 5e-4
    models = [a_model(model, [0.7, 0.3], weights=(near,)), a_model(model, [0.7, 0.3], weights=(np.ones((10, 10)),))]
    finding = evidence.near_zero(after=1)(both(*models), TWO)
    assert finding.outcome == "A"
    assert "“A” 20.0 %, “B” 0.0 %" in plain(finding)


def test_the_vote_of_sub_networks_is_compared_with_the_full_network(model: Make) -> None:
    digits = SMALL.replace(data="digits", noise=0.0, dropout=0.5)  # of which there are more than of generated data
    network = a_model(model, [0.7, 0.3], config=digits)
    X, y = network.split.X_val, network.split.y_val
    found = probes.sub_networks(network, X, y, 20, 0.5, 20)
    finding = evidence.ensemble_of("A", after=1)(alone(network), [Lane("A")])
    said = [float(number) for number in re.findall(r" (\d+\.\d\d)[,.]", finding.text)]
    assert said == pytest.approx([np.mean(found.loss), found.average_loss, found.full_loss], abs=0.006)
    ratio = found.full_loss / found.average_loss
    assert finding.outcome == ("full" if ratio <= 1 / 1.02 else "average" if ratio >= 1.02 else "same")


# -- learning at all


def test_learners_are_judged_at_their_epoch_and_not_later(model: Make) -> None:
    late = a_model(model, [0.7] * 5, [0.7, 0.7, 0.69, 0.3, 0.1])
    quick = a_model(model, [0.7] * 5, [0.7, 0.4, 0.3, 0.3, 0.3])
    assert evidence.learners(after=2)(both(late, quick), TWO).outcome == "B"
    assert "By epoch 4, A has begun to learn, too." in evidence.learners(after=2)(both(late, quick), TWO).text
    assert evidence.learners(after=4)(both(late, quick), TWO).outcome == "A + B"
    assert evidence.learners(after=2)(both(late, late), TWO).outcome == "none"
    assert evidence.learners(after=5)(both(late, quick), TWO).outcome == ""


def test_a_start_worse_than_a_guess_is_not_learned_from_by_becoming_one(model: Make) -> None:
    guessing = a_model(model, [0.7] * 3, [3.0, 0.69, 0.69])  # log 2
    quick = a_model(model, [0.7] * 3, [3.0, 0.5, 0.3])
    assert evidence.learners(after=2)(both(guessing, quick), TWO).outcome == "B"


@pytest.mark.parametrize(
    ("of", "margin", "outcome"),
    [("loss", 1.02, "B"), ("loss", 1.5, "tied"), ("score", 0.05, "A"), ("score", 0.2, "tied"), ("train", 1.02, "A")],
)
def test_the_worst_lane_is_named_or_a_tie(model: Make, of: str, margin: float, outcome: str) -> None:
    first = a_model(model, [0.7, 0.5, 0.5], [0.7, 0.5, 0.4], 0.8)
    second = a_model(model, [0.7, 0.6, 0.6], [0.7, 0.3, 0.01])
    second = replace(second, history={**second.history, "val_score": np.full(3, 0.6)})
    look = evidence.worst(of, after=2, margin=margin, tie="tied")
    finding = look(both(first, second), TWO)
    assert finding.outcome == outcome
    assert plain(finding).endswith("Right on the training labels: 80 %, 100 %.")
    if of == "loss":
        assert plain(finding).startswith("Validation loss at epoch 2: “A” 0.50, “B” 0.60.")
    assert evidence.worst(of, after=3)(both(first, second), TWO).outcome == ""


@pytest.mark.parametrize(
    ("losses", "outcome"),
    [((0.5, 0.4, 0.4, 0.5), "falls"), ((0.4, 0.5, 0.5, 0.4), "rises"), ((0.4, 0.5, 0.3, 0.5), "same")],
)
def test_the_best_of_two_rows_of_strengths_moves(model: Make, losses: tuple[float, ...], outcome: str) -> None:
    lanes = [Lane(name) for name in "ABCD"]
    snapshot = Snapshot(1, tuple(a_model(model, [0.7, 0.7, loss]) for loss in losses))
    finding = evidence.best_moves(["A", "B"], ["C", "D"], after=2)(snapshot, lanes)
    assert finding.outcome == outcome
    assert f"“A” {losses[0]:.2f}, “B” {losses[1]:.2f}: lowest is “" in finding.text
    assert evidence.best_moves(["A", "B"], ["C", "D"], after=3)(snapshot, lanes).outcome == ""


def test_what_is_said_of_wrong_labels_is_that_label_the_true_class_or_neither(model: Make) -> None:
    config = SMALL.replace(hidden=(), label_noise=0.2)
    network = a_model(model, [0.7, 0.6, 0.5], config=config)
    split = network.split
    true = Trainer([config.replace(label_noise=0)]).snapshot().models[0].split.y_train
    said = network.predict(split.X_train).argmax(axis=1)
    wrong = (said == split.y_train)[split.flipped].mean()
    assert 0 < wrong < 1  # of two classes it is either
    finding = evidence.mislabelled("A", after=2)(alone(network), [Lane("A")])
    assert finding.outcome == ("wrong" if wrong >= 0.5 else "true")
    assert f"Of the 10 with a wrong label, {100 * wrong:.0f} % get that label" in plain(finding)
    assert f"and {100 * (said == true)[split.flipped].mean():.0f} % their true class." in plain(finding)
    opposite = replace(network, weights=(-network.weights[0],), biases=(-network.biases[0],))
    other = evidence.mislabelled("A", after=2)(alone(opposite), [Lane("A")])
    assert {finding.outcome, other.outcome} == {"wrong", "true"} or wrong == 0.5
    assert evidence.mislabelled("A", after=3)(alone(network), [Lane("A")]).outcome == ""
    clean = a_model(model, [0.7, 0.6, 0.5], config=SMALL.replace(label_noise=0))
    assert evidence.mislabelled("A", after=1)(alone(clean), [Lane("A")]).text == "Epoch 2: no label is wrong."


def test_who_loses_accuracy_without_its_smallest_weights_is_named() -> None:
    runs = [Trainer([SMALL]), Trainer([SMALL.replace(l1=0.01)])]
    for trainer in runs:
        trainer.advance(epochs=40)
    models = tuple(trainer.snapshot().models[0] for trainer in runs)
    snapshot, share = Snapshot(1, models), 0.6
    split = models[0].split
    lost = []
    for its in models:
        whole, rest = probes.pruned(its, split.X_val, split.y_val, (0.0, share))
        lost.append(whole.score - rest.score)
    assert len(set(lost)) == 2
    for least in (min(lost) - 0.01, (lost[0] + lost[1]) / 2, max(lost) + 0.01):
        finding = evidence.hurt_by_pruning(share, after=40, least=least)(snapshot, TWO)
        assert finding.outcome == (
            " + ".join(name for name, its in zip("AB", lost, strict=True) if its >= least) or "nobody"
        )
        assert "without the 60 % smallest weights: “A” " in plain(finding)
    assert evidence.hurt_by_pruning(share, after=41)(snapshot, TWO).outcome == ""
    alone_of_b = evidence.hurt_by_pruning(share, after=40, least=-1, among=("B",))(snapshot, TWO)
    assert alone_of_b.outcome == "B"


def test_it_is_named_on_which_side_the_second_lane_is_right_more_often(model: Make) -> None:
    def with_score(score: float, size: float) -> ModelSnapshot:
        history = {**curves([0.7] * 6), "val_score": np.array([0.1] + [score] * 5)}
        its = model(SMALL, epochs=5, history=history)
        return replace(its, weights=(*(W * 0 + size for W in its.weights[:-1]), its.weights[-1]))

    scores = {"A": 0.8, "B": 0.84, "C": 0.8, "D": 0.81}
    models = tuple(with_score(score, size) for score, size in zip(scores.values(), (2, 1, 2, 0.5), strict=True))
    lanes, sides = [Lane(name) for name in scores], {"one": ("A", "B"), "other": ("C", "D")}
    count = sum(W.size for W in models[0].weights[:-1])
    for least, outcome in ((0.005, "one + other"), (0.02, "one"), (0.05, "none")):
        finding = evidence.gainers(sides, after=5, least=least)(Snapshot(1, models), lanes)
        assert finding.outcome == outcome
        assert f"“A” 80.0 %, “B” 84.0 % (Σw² before the last layer {4.0 * count:.2f} and" in plain(finding)
    assert evidence.gainers(sides, after=6)(Snapshot(1, models), lanes).outcome == ""


def test_the_lane_with_the_nearest_answers_is_named() -> None:
    config = Config(data="diabetes", n_train=50, hidden=(), init="zeros", optimizer="sgd", batch_size=50, lr=0.1)
    trainer = Trainer([config.replace(lr=0.003), config, config.replace(l2=1.0)])
    trainer.advance(epochs=60)
    snapshot, lanes = trainer.snapshot(), [*TWO, Lane("C")]
    said = [its.predict(its.split.X_val).astype(float).ravel() for its in snapshot.models]
    far, near = (np.sqrt(np.mean((its - said[0]) ** 2)) / np.std(snapshot.models[0].split.y_val) for its in said[1:])
    assert far > near
    for times, outcome in ((far / near - 1e-3, "C"), (far / near + 1e-3, "neither")):
        finding = evidence.most_like("A", ("B", "C"), after=60, times=times)(snapshot, lanes)
        assert finding.outcome == outcome
        assert f"“A” are {far:.2f} from those of “B”, {near:.{2 if near >= 0.1 else 3}f}" in finding.text
    assert evidence.most_like("A", ("B", "C"), after=61)(snapshot, lanes).outcome == ""


def test_the_score_that_chose_a_network_is_compared_with_that_on_other_points() -> None:
    trainer = Trainer([SMALL, SMALL.replace(l1=0.01), SMALL.replace(dropout=0.4)])
    trainer.advance(epochs=20)
    snapshot, lanes = trainer.snapshot(), [*TWO, Lane("C")]
    split = snapshot.models[0].split
    scores = [probes.point_scores(model, split.X_val, split.y_val) for model in snapshot.models]
    found = probes.choose(scores, 20)
    own, new = found.means
    assert own > new
    for least, outcome in ((own - new - 1e-9, "lower"), (own - new + 1e-9, "same")):
        finding = evidence.chosen_by(20, after=20, least=least)(snapshot, lanes)
        assert finding.outcome == outcome
        assert f"right on {100 * own:.1f} % of the team's own points and {100 * new:.1f} % of all others" in plain(
            finding
        )
        assert f"Teams choose {len(set(found.chosen))} of 3 networks." in finding.text
    assert evidence.chosen_by(20, after=21)(snapshot, lanes).outcome == ""
    single = evidence.chosen_by(20, after=1, least=1e-6)(alone(snapshot.models[0]), [Lane("A")])
    assert single.outcome == "same"  # where nothing is chosen, nothing is too good
    gone = Snapshot(1, tuple(replace(model, state="diverged") for model in snapshot.models))
    assert evidence.chosen_by(20, after=1)(gone, lanes).outcome == ""
    assert (
        "by 400 validation points takes more than the 400 that there are"
        in evidence.chosen_by(400, after=1)(snapshot, lanes).text
    )


@pytest.mark.parametrize("data", ["moons", "polynomial"])
def test_networks_of_more_training_points_choose_by_the_same_points_in_their_own_units(data: str) -> None:
    lanes = [Lane("few", fixed={"n_train": 20}), Lane("many"), Lane("more", fixed={"n_train": 90, "dropout": 0.3})]
    trainer = Trainer([lane.config(SMALL.replace(data=data, noise=0.0)) for lane in lanes])
    trainer.advance(epochs=20)
    snapshot = trainer.snapshot()
    asked = snapshot.models[0].split
    X, y = asked.X_val * asked.scale + asked.mean, asked.y_val * asked.target_scale + asked.target_mean
    scores = []
    for its in snapshot.models:
        targets = asked.y_val if asked.n_classes else (y - its.split.target_mean) / its.split.target_scale
        scores.append(probes.point_scores(its, (X - its.split.mean) / its.split.scale, targets))
    own, new = probes.choose(scores, 20).means
    said = (f"{100 * own:.1f} %", f"{100 * new:.1f} %") if asked.n_classes else (number(own, 1), number(new, 1))
    told = plain(evidence.chosen_by(20, after=20)(snapshot, lanes))
    assert f"{said[0]} o" in told
    assert f"{said[1]} o" in told
    luck = evidence.luck_of(20, fewer=2, after=20)(snapshot, lanes)
    assert luck.outcome


@pytest.mark.parametrize("other", [{"seed": 9}, {"noise": 0.5}, {"n_train": 60}, {"data": "wine", "n_train": 30}])
def test_nobody_chooses_among_networks_that_were_asked_other_points(other: dict[str, Any]) -> None:
    base = SMALL.replace(data="wine", noise=0.0) if "data" in other else SMALL
    trainer = Trainer([base, base.replace(**other), base.replace(l2=0.01)])
    trainer.advance(epochs=2)
    lanes = [*TWO, Lane("C")]
    for observe in (evidence.chosen_by(20, after=1), evidence.luck_of(20, fewer=2, after=1)):
        finding = observe(trainer.snapshot(), lanes)
        assert finding.outcome == ""
        assert finding.text == (
            "Epoch 2: the networks have different validation points, so that nobody can choose among them."
        )


def test_the_best_of_many_has_more_luck_than_the_best_of_fewer_of_them() -> None:
    trainer = Trainer([SMALL.replace(dropout=p) for p in (0.0, 0.2, 0.4, 0.6)])
    trainer.advance(epochs=20)
    snapshot, lanes = trainer.snapshot(), [Lane(name) for name in "ABCD"]
    split = snapshot.models[0].split
    own, new = probes.best_of([probes.point_scores(its, split.X_val, split.y_val) for its in snapshot.models], 20)
    luck = own - new
    more = luck[3] - luck[1]
    assert more > 0.002
    for least, outcome in ((more - 1e-9, "larger"), (more + 1e-9, "same")):
        finding = evidence.luck_of(20, fewer=2, after=20, least=least)(snapshot, lanes)
        assert finding.outcome == outcome
        assert f"The best of all 4 networks is right on {100 * own[3]:.1f} % of the team's own points" in plain(finding)
        assert plain(finding).endswith(
            f"any 2 of them: {100 * own[1]:.1f} % and {100 * new[1]:.1f} %, a difference of {100 * luck[1]:.1f}."
        )
    assert evidence.luck_of(20, fewer=2, after=21)(snapshot, lanes).outcome == ""
    few = evidence.luck_of(20, fewer=4, after=1)(snapshot, lanes)
    assert (few.outcome, few.text) == ("", "Epoch 20: there are 4 networks to choose from, and not more than 4.")
    gone = Snapshot(1, tuple(replace(model, state="diverged") for model in snapshot.models))
    assert evidence.luck_of(20, fewer=2, after=1)(gone, lanes).outcome == ""
    assert (
        "by 400 validation points takes more than the 400 that there are"
        in evidence.luck_of(400, fewer=2, after=1)(snapshot, lanes).text
    )


def test_evidence_on_a_lane_that_is_not_there_names_those_that_are(model: Make) -> None:
    snapshot = both(a_model(model, [0.7, 0.3]), a_model(model, [0.7, 0.3]))
    with pytest.raises(ValueError, match=r"'L1'.*A, B"):
        evidence.zeros_of("L1", "B")(snapshot, TWO)


def test_evidence_of_real_networks_changes_nothing_in_them() -> None:
    trainer = Trainer([SMALL, SMALL.replace(l1=0.01)])
    trainer.advance(epochs=3)
    before = trainer.snapshot()
    for look in (
        evidence.memorizing("A"),
        evidence.zeros_of("A", "B"),
        evidence.lowest_loss(after=1),
        evidence.stopping_of("A", "B", after=1),
        evidence.most_hurt("A", "B", after=1),
        evidence.steady_signal("A", "B", after=1),
        evidence.inputs_kept("A"),
        evidence.learners(after=1),
        evidence.spread_in_tests(),
        evidence.gap_of("A", after=1),
        evidence.score_of("A", after=1),
        evidence.rise_of("A", after=1),
        evidence.calibration_of("A", after=1),
        evidence.above(0.5, after=1),
        evidence.near_zero(after=1),
        evidence.ensemble_of("A", after=1),
        evidence.worst("loss", after=1),
        evidence.mislabelled("A", after=1),
        evidence.best_moves(["A"], ["B"], after=1),
        evidence.hurt_by_pruning(0.5, after=1),
        evidence.trade_of("A", "B", after=1),
        evidence.chosen_by(20, after=1),
        evidence.luck_of(20, fewer=1, after=1),
        evidence.most_like("A", ("A", "B"), after=1),
        evidence.selecting(after=1),
        evidence.gainers({"one": ("A", "B")}, after=1),
        evidence.beside(evidence.lowest("test score", after=1), evidence.lowest("gap", after=1)),
    ):
        assert look(before, TWO).text
    after = trainer.snapshot()
    for one, other in zip(before.models, after.models, strict=True):
        for mine, its in zip(one.weights, other.weights, strict=True):
            np.testing.assert_array_equal(mine, its)
