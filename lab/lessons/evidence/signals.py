"""Evidence from deep networks: how wide their signals spread, and which of them learn at all."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from regviz import probes
from regviz.language import en, joined, ntr, tr
from regviz.training.snapshot import ModelSnapshot, Snapshot

from ...compare.lanes import Lane
from ...look.numbers import number, percent
from .finding import After, Evidence, Finding, layered_of, pairs, quoted

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
            scores[name] = model.now("val_score")
            if low <= spread.min() and spread.max() <= high:
                steady.append(name)
        layers = len(snapshot.models[0].config.hidden)
        text = " ".join(
            [
                tr(
                    "Epoch {epoch}, standard deviation of what enters the activations of {layers} layers.",
                    epoch=snapshot.common_epoch,
                    layers=layers,
                ),
                *parts,
                tr("Validation accuracy: {scores}.", scores=quoted(scores, share=True)),
            ]
        )
        if snapshot.common_epoch < after:
            return Finding(text)
        return Finding(text, {0: "neither", 1: "".join(steady), 2: "both"}[len(steady)])

    return After(after, look)


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
            scores[name] = float(np.median(model.history["val_score"][-5:]))
        told = en("At test time the spread entering BatchNorm, as a share of that in training: {shares}.")
        text = tr(told, shares="; ".join(parts))
        if len(scores) < 2:
            return Finding(text)
        text = " ".join((text, tr("Validation accuracy: {scores}.", scores=quoted(scores, share=True))))
        if snapshot.common_epoch < after:
            return Finding(text)
        best, then = sorted(scores, key=scores.__getitem__, reverse=True)[:2]
        return Finding(text, best if scores[best] - scores[then] >= least else "same")

    return After(after, look)


def learners(after: int, share: float = 0.8, among: Sequence[str] = ()) -> Evidence:
    """Return which lanes have learned, joined by " + ", or "none": those with a training loss below a `share` of its
    start.

    A start that is worse than to guess counts as a guess. Judged at the epoch `after` for good: a network that starts
    badly may still begin to learn much later, and is then said to.
    """

    def look(snapshot: Snapshot, lanes: Sequence[Lane]) -> Finding:
        chosen = [(lane.name, model) for lane, model in pairs(snapshot, lanes) if not among or lane.name in among]
        present = all(len(model.history["epoch"]) > after for _, model in chosen)
        learned = [name for name, model in chosen if _fell(model, after if present else -1) < share]
        since = [name for name, model in chosen if name not in learned and _fell(model, -1) < share]
        rows = {name: after if present else -1 for name, _ in chosen}
        said = ", ".join(
            tr(
                "{lane} {loss}, {accuracy}",
                lane=name,
                loss=number(float(model.history["train_loss"][rows[name]])),
                accuracy=percent(float(model.history["train_score"][rows[name]])),
            )
            for name, model in chosen
        )
        epoch = after if present else snapshot.common_epoch
        text = tr("Training loss and accuracy at epoch {epoch}: {found}.", epoch=epoch, found=said)
        if not present:
            return Finding(text)
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


def _fell(model: ModelSnapshot, row: int) -> float:
    """The training loss at a row of the history, by that before training or, if that is less, by that of a guess."""
    losses, classes = model.history["train_loss"], model.split.n_classes
    guess = float(np.log(classes)) if classes else np.inf
    return float(losses[row]) / min(float(losses[0]), guess)
