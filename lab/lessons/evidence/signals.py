"""Evidence from deep networks: how wide their signals spread, and which of them learn at all."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from regviz import probes
from regviz.language import en, joined, ntr, tr
from regviz.training.snapshot import ModelSnapshot, Snapshot

from ...compare.lanes import Lane
from ...look.numbers import at_least, number, percent
from .finding import (
    After,
    Evidence,
    Finding,
    check_names,
    layered_of,
    pairs,
    quoted,
    unclear,
    usual_by,
    value_by,
    waits,
)

SPREAD_POINTS = 400
"""Validation points whose spread before BatchNorm is measured."""

BOTH_SPREADS = en("“{lane}” {share} in layer 1, {low} to {high} in later ones")


def steady_signal(first: str, second: str, after: int, low: float = 0.5, high: float = 2.0) -> Evidence:
    """Return which lane keeps the spread of its pre-activations within `low` and `high`: its name, "both" or
    "neither".
    """

    def look(snapshot: Snapshot, lanes: Sequence[Lane]) -> Finding:
        steady, parts, scores = [], [], {}
        for name in (first, second):
            model = layered_of(snapshot, lanes, name)
            X, y = model.split.X_train, model.split.y_train
            spread = probes.statistics(model, X, y).pre_activations.std
            low_end, high_end = number(float(spread.min())), number(float(spread.max()))
            parts.append(tr("“{lane}”: from {low} to {high}.", lane=name, low=low_end, high=high_end))
            scores[name] = value_by(model, "val_score", snapshot.common_epoch)
            if low <= spread.min() and spread.max() <= high:
                steady.append(name)
        layers = len(snapshot.models[0].config.hidden)
        text = " ".join(
            [
                ntr(
                    "Epoch {epoch}, standard deviation of what enters the activations of 1 layer.",
                    "Epoch {epoch}, standard deviation of what enters the activations of {n} layers.",
                    layers,
                    epoch=snapshot.common_epoch,
                ),
                *parts,
                tr("Validation accuracy: {scores}.", scores=quoted(scores, share=True)),
            ]
        )
        if unclear([layered_of(snapshot, lanes, name) for name in (first, second)], after):
            return Finding(text)
        return Finding(text, {0: "neither", 1: "".join(steady), 2: "both"}[len(steady)])

    return After(after, look, weights=True)


def spread_in_tests(*names: str, after: int = 0, least: float = 0.03) -> Evidence:
    """Return how much of the spread that each BatchNorm has learned is there with dropout off, as in tests.

    The root of the mean variance of what enters it for validation points, by that of its running variance: 1 where no
    dropout comes before it. The outcome is the lane with the higher validation accuracy by `least` from
    `after` on, or "same"; none with fewer than two lanes.
    """

    def look(snapshot: Snapshot, lanes: Sequence[Lane]) -> Finding:
        parts, scores = [], {}
        for name in names:
            model = layered_of(snapshot, lanes, name)
            found = probes.entering_batchnorm(model, model.split.X_val[:SPREAD_POINTS])
            shares = [
                float(np.sqrt(np.mean(z.var(axis=0)) / np.mean(norm.variance)))
                for z, norm in zip(found, model.norms, strict=True)
            ]
            first, later = number(shares[0]), [number(end(shares[1:])) for end in (min, max) if shares[1:]]
            if later:
                parts.append(tr(BOTH_SPREADS, lane=name, share=first, low=later[0], high=later[1]))
            else:
                parts.append(tr("“{lane}” {share} in layer 1", lane=name, share=first))
            scores[name] = usual_by(model, "val_score", snapshot.common_epoch)
        told = en("At test time the spread entering BatchNorm, as a share of that in training: {shares}.")
        text = tr(told, shares="; ".join(parts))
        if len(scores) < 2:
            return Finding(text)
        usually = en("Validation accuracy, as medians of five epochs: {scores}.")
        text = " ".join((text, tr(usually, scores=quoted(scores, share=True))))
        if waits(snapshot.models, after) or not np.isfinite(list(scores.values())).all():
            return Finding(text)
        best, then = sorted(scores, key=scores.__getitem__, reverse=True)[:2]
        return Finding(text, best if at_least(scores[best] - scores[then], least) else "same")

    return After(after, look, weights=True)


def learners(after: int, share: float = 0.8, among: Sequence[str] = ()) -> Evidence:
    """Return which lanes have learned, joined by " + ", or "none": those with a training loss below a `share` of its
    start.

    A start that is worse than to guess counts as a guess. Judged at the epoch `after` for good: a network that starts
    badly may still begin to learn much later, and is then said to. One that has diverged by then has not learned, one
    that has stopped by then counts with the weights it kept.
    """
    check_names("among", among)

    def look(snapshot: Snapshot, lanes: Sequence[Lane]) -> Finding:
        chosen = [(lane.name, model) for lane, model in pairs(snapshot, lanes) if not among or lane.name in among]
        early = waits((model for _, model in chosen), after)
        epoch = snapshot.common_epoch if early else _first_of_all([model for _, model in chosen], after)
        rows = {name: _row(model, epoch) for name, model in chosen}
        said = ", ".join(_loss_and_accuracy(name, model, rows[name], epoch) for name, model in chosen)
        text = tr("Training loss and accuracy at epoch {epoch}: {found}.", epoch=epoch, found=said)
        if early:
            return Finding(text)
        learned = [name for name, model in chosen if _fell(model, rows[name]) < share]
        others = [(name, model) for name, model in chosen if name not in learned and model.state != "diverged"]
        since = [name for name, model in others if _fell(model, model.row) < share]
        if since:
            begun = ntr(
                "By epoch {epoch}, {lanes} has begun to learn, too.",
                "By epoch {epoch}, {lanes} have begun to learn, too.",
                len(since),
                epoch=snapshot.common_epoch,
                lanes=joined(since),
            )
            text = f"{text} {begun}"
        return Finding(text, " + ".join(learned) or "none")

    return After(after, look)


def _first_of_all(models: Sequence[ModelSnapshot], after: int) -> int:
    """The first epoch from `after` on that all of `models` have measured which came so far; `after` if there is none.

    It is `after` itself but where a history is thinned, or every epoch was not measured.
    """
    measured = [its for its in (set(_epochs(model, after)) for model in models) if its]
    return min(set.intersection(*measured), default=after) if measured else after


def _epochs(model: ModelSnapshot, after: int) -> list[int]:
    """The epochs of a network's history from `after` on."""
    epochs: list[int] = model.history["epoch"].tolist()
    return epochs[int(np.searchsorted(model.history["epoch"], after)) :]


def _row(model: ModelSnapshot, epoch: int) -> int | None:
    """The row of the first measurement from `epoch` on; of what ended before it that of its weights, None if broken."""
    row = int(np.searchsorted(model.history["epoch"], epoch))
    if row < len(model.history["epoch"]):
        return row
    return None if model.state == "diverged" else model.row


def _loss_and_accuracy(lane: str, model: ModelSnapshot, row: int | None, epoch: int) -> str:
    """A lane with its training loss and accuracy, and when that was if it was not at `epoch`."""
    if row is None:
        return tr("{lane} diverged", lane=lane)
    history = model.history
    loss, accuracy = number(float(history["train_loss"][row])), percent(float(history["train_score"][row]))
    if history["epoch"][row] == epoch:
        return tr("{lane} {loss}, {accuracy}", lane=lane, loss=loss, accuracy=accuracy)
    at = int(history["epoch"][row])
    return tr("{lane} {loss}, {accuracy} (epoch {epoch})", lane=lane, loss=loss, accuracy=accuracy, epoch=at)


def _fell(model: ModelSnapshot, row: int | None) -> float:
    """The training loss at a row of the history, by that before training or, if that is less, by that of a guess."""
    if row is None:
        return float("inf")
    losses, classes = model.history["train_loss"], model.split.n_classes
    guess = float(np.log(classes)) if classes else np.inf
    return float(losses[row]) / min(float(losses[0]), guess)
