"""What the networks of a lesson show: every sentence and every outcome is computed from a snapshot, none is written.

A function here makes an `Evidence`. Called with a snapshot it says in a sentence what is to be seen, and once the
numbers are clear it names the outcome, the key of the lesson's choice that is right.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from regviz import probes
from regviz.training.snapshot import ModelSnapshot, Snapshot

from ..compare.lanes import Lane
from ..look.numbers import number, percent

ABLATION_POINTS = 400
"""Validation points on which the removal of units is measured: all that a generated data set has."""

BATCH_POINTS = 400
"""Validation points in the batch that is shown to BatchNorm."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What is to be seen, as a sentence, and the outcome, empty while it is not clear."""

    text: str
    outcome: str = ""


Evidence = Callable[[Snapshot, Sequence[Lane]], Finding]


def memorizing(lane: str, until: int = 300) -> Evidence:
    """Whether a lane's validation loss "rises" while it memorizes, "falls" and stays low, or is "flat".

    It rises if it is 1.5 times its best (the median of five epochs, for it jumps about) while 95 % of the training
    labels are known by heart. What has not risen within `until` epochs has fallen, or is flat if it never came below
    0.9 of where it started.
    """

    def look(snapshot: Snapshot, lanes: Sequence[Lane]) -> Finding:
        model = _model(snapshot, lanes, lane)
        losses, train = model.history["val_loss"], _last(model, "train_loss")
        best, now = float(np.nanmin(losses)), float(losses[-1])
        text = (
            f"Training loss {number(train)}, validation loss {number(now)}: a gap of {number(now - train, sign=True)}. "
            f"The best validation loss was {number(best)}, at epoch {model.best_epoch}."
        )
        if np.median(losses[-5:]) >= 1.5 * best and _last(model, "train_score") >= 0.95:
            return Finding(text, "rises")
        if model.epoch < until:
            return Finding(text)
        return Finding(text, "falls" if best < 0.9 * losses[0] else "flat")

    return look


def zeros_of(first: str, second: str, after: int = 100, many: float = 0.5) -> Evidence:
    """Which of two lanes has many weights at exactly 0, after some epochs: "first", "second", "both" or "neither"."""

    def look(snapshot: Snapshot, lanes: Sequence[Lane]) -> Finding:
        models = [_model(snapshot, lanes, name) for name in (first, second)]
        text = " ".join(_zeros(name, model) for name, model in zip((first, second), models, strict=True))
        if min(model.epoch for model in models) < after:
            return Finding(text)
        one, other = (model.zero_fraction >= many for model in models)
        return Finding(text, "both" if one and other else "first" if one else "second" if other else "neither")

    return look


def lowest_loss(after: int, margin: float = 1.02) -> Evidence:
    """The name of the lane with the smallest validation loss after some epochs, by a `margin` over the next.

    A lane that stopped early counts with the weights it kept.
    """

    def look(snapshot: Snapshot, lanes: Sequence[Lane]) -> Finding:
        losses = {lane.name: _kept_loss(model) for lane, model in _pairs(snapshot, lanes)}
        order = sorted((name for name in losses if np.isfinite(losses[name])), key=losses.__getitem__)
        epoch = max(model.epoch for model in snapshot.models)
        if len(order) < 2:
            return Finding(f"Epoch {epoch}: there are not two lanes left to compare.")
        ranking = ", ".join(f"{name} {number(losses[name])}" for name in order)
        text = f"Validation loss at epoch {epoch}, the lowest first: {ranking}."
        clear = epoch >= after and losses[order[1]] >= margin * losses[order[0]]
        return Finding(text, order[0] if clear else "")

    return look


def stopping_of(stopper: str, other: str, after: int, margin: float = 1.1) -> Evidence:
    """Whether the lane that stops early ends up "lower" than one that trains on, "higher", or the "same"."""

    def look(snapshot: Snapshot, lanes: Sequence[Lane]) -> Finding:
        early, late = (_model(snapshot, lanes, name) for name in (stopper, other))
        now = _last(late, "val_loss")
        if early.stopped_epoch is None:
            waited = early.epoch - early.best_epoch
            patience = f" of {early.config.patience}" if early.config.patience else ""
            return Finding(
                f"Best validation loss so far {number(_kept_loss(early, best=True))}, at epoch {early.best_epoch}. "
                f"{waited}{patience} epochs of patience are used up."
            )
        kept = _kept_loss(early)
        text = (
            f"Stopped at epoch {early.stopped_epoch}, with the weights of epoch {early.history['epoch'][early.row]}: "
            f"validation loss {number(kept)}. Training on has led to {number(now)} by epoch {late.epoch}."
        )
        if late.epoch < after or not np.isfinite(now):
            return Finding(text)
        return Finding(text, "lower" if now >= margin * kept else "higher" if kept >= margin * now else "same")

    return look


def most_hurt(first: str, second: str, after: int, times: float = 1.4) -> Evidence:
    """The name of the lane that loses most accuracy when the one hidden unit it needs most is removed, or "same"."""

    def look(snapshot: Snapshot, lanes: Sequence[Lane]) -> Finding:
        models = {name: _model(snapshot, lanes, name) for name in (first, second)}
        found = {name: _worst_removal(model) for name, model in models.items()}
        worst = {name: lost for name, (lost, _) in found.items()}
        weak, strong = sorted(worst, key=worst.__getitem__, reverse=True)
        text = (
            f"Without the one unit it needs most, “{weak}” loses {_points(worst[weak])} of validation accuracy "
            f"(hidden layer {found[weak][1]}), “{strong}” {_points(worst[strong])} (layer {found[strong][1]})."
        )
        if min(model.epoch for model in models.values()) < after:
            return Finding(text)
        return Finding(text, weak if worst[weak] >= times * worst[strong] + 0.002 else "same")

    return look


def steady_signal(first: str, second: str, after: int, low: float = 0.5, high: float = 2.0) -> Evidence:
    """Which lane keeps the spread of its pre-activations within `low` and `high`: its name, "both" or "neither"."""

    def look(snapshot: Snapshot, lanes: Sequence[Lane]) -> Finding:
        steady, parts = [], []
        for name in (first, second):
            model = _model(snapshot, lanes, name)
            X, y = model.split.X_train, model.split.y_train
            spread = probes.statistics(model, X, y).pre_activations.std
            parts.append(f"“{name}”: from {number(float(spread.min()))} to {number(float(spread.max()))}.")
            if low <= spread.min() and spread.max() <= high:
                steady.append(name)
        layers = len(snapshot.models[0].config.hidden)
        text = f"Spread (standard deviation) of what enters the activation, over {layers} layers. {' '.join(parts)}"
        if max(model.epoch for model in snapshot.models) < after:
            return Finding(text)
        return Finding(text, {0: "neither", 1: "".join(steady), 2: "both"}[len(steady)])

    return look


def spread_in_tests(*names: str) -> Evidence:
    """How much of the spread that each BatchNorm has learned is there with dropout off, as in tests; no outcome.

    The root of the mean variance of what enters it in a batch of validation points, by that of its running variance:
    1 where no dropout comes before it.
    """

    def look(snapshot: Snapshot, lanes: Sequence[Lane]) -> Finding:
        parts = []
        for name in names:
            model = _model(snapshot, lanes, name)
            off = replace(model, config=model.config.replace(dropout=0.0), masks=())
            found = probes.batch_statistics(off, model.split.X_val[:BATCH_POINTS], seed=0)
            shares = [
                float(np.sqrt(np.mean(its.variance) / np.mean(norm.variance)))
                for its, norm in zip(found, model.norms, strict=True)
            ]
            behind = f", behind it {number(min(shares[1:]))} to {number(max(shares[1:]))}" if len(shares) > 1 else ""
            parts.append(f"“{name}”: {number(shares[0])} in the first layer{behind}.")
        return Finding(
            "With dropout off, what enters BatchNorm has this share of the spread it learned. " + " ".join(parts)
        )

    return look


def learners(after: int, share: float = 0.8) -> Evidence:
    """Which lanes have learned, joined by " + ", or "none": those with a training loss below a `share` of its start.

    Judged at the epoch `after` for good: a network that starts badly may still begin to learn much later.
    """

    def look(snapshot: Snapshot, lanes: Sequence[Lane]) -> Finding:
        row = after if all(len(model.history["epoch"]) > after for model in snapshot.models) else -1
        fell = {
            lane.name: float(model.history["train_loss"][row] / model.history["train_loss"][0])
            for lane, model in _pairs(snapshot, lanes)
        }
        losses = ", ".join(
            f"{lane.name} {number(_last(model, 'train_loss'))}" for lane, model in _pairs(snapshot, lanes)
        )
        text = f"Training loss at epoch {max(model.epoch for model in snapshot.models)}: {losses}."
        if row < 0:
            return Finding(text)
        return Finding(text, " + ".join(name for name in fell if fell[name] < share) or "none")

    return look


def inputs_kept(lane: str) -> Evidence:
    """How many inputs a lane still listens to: "selects" if of those made to say nothing it keeps a smaller share.

    Where no input was made so, every kept input counts and there is no outcome.
    """

    def look(snapshot: Snapshot, lanes: Sequence[Lane]) -> Finding:
        model = _model(snapshot, lanes, lane)
        kept, informative = ~probes.importance(model).dead, model.split.informative
        if informative is None:
            return Finding(f"{lane} listens to {kept.sum()} of {kept.size} inputs.")
        text = (
            f"{lane} listens to {kept[informative].sum()} of the {informative.sum()} inputs that matter and to "
            f"{kept[~informative].sum()} of the {(~informative).sum()} that do not."
        )
        return Finding(text, "selects" if kept[~informative].mean() < kept[informative].mean() else "")

    return look


def _pairs(snapshot: Snapshot, lanes: Sequence[Lane]) -> list[tuple[Lane, ModelSnapshot]]:
    return list(zip(lanes, snapshot.models, strict=True))


def _model(snapshot: Snapshot, lanes: Sequence[Lane], name: str) -> ModelSnapshot:
    found = {lane.name: model for lane, model in _pairs(snapshot, lanes)}
    if name not in found:
        raise ValueError(f"the lesson observes a lane {name!r}; the lanes are {', '.join(found)}")
    return found[name]


def _last(model: ModelSnapshot, name: str) -> float:
    return float(model.history[name][-1])


def _kept_loss(model: ModelSnapshot, best: bool = False) -> float:
    """Validation loss of the weights a model has now: often those of its best epoch if it stopped (or if `best`)."""
    return float(np.nanmin(model.history["val_loss"]) if best else model.history["val_loss"][model.row])


def _worst_removal(model: ModelSnapshot) -> tuple[float, int]:
    """The accuracy lost without the unit that is needed most (0 if every removal is a gain), and its hidden layer."""
    X, y = model.split.X_val[:ABLATION_POINTS], model.split.y_val[:ABLATION_POINTS]
    found = probes.ablate(model, X, y)
    lost = [max(0.0, float(found.full_score - accuracy.min())) for accuracy in found.score]
    return max(lost), 1 + int(np.argmax(lost))


def _points(share: float) -> str:
    return f"{number(100 * share, 1)} points"


def _zeros(name: str, model: ModelSnapshot) -> str:
    zeros, count = (int(sum(f(W) for W in model.weights)) for f in (lambda W: np.sum(W == 0), np.size))
    if not zeros:
        return f"{name}: none of {count:,} weights is exactly 0."
    return f"{name}: {zeros:,} of {count:,} weights are exactly 0 ({percent(model.zero_fraction)})."
