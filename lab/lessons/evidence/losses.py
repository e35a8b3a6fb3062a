"""Evidence from the curves: losses, accuracies, the gap, and where a network stopped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from regviz.arrays import Array
from regviz.language import en, tr
from regviz.training.snapshot import ModelSnapshot, Snapshot

from ...compare.lanes import Lane
from ...look.numbers import number, percent
from .finding import After, Evidence, Finding, last, model_of, pairs, quoted, tested
from .measures import MEASURES

WINDOW = 5
"""Epochs whose median is what a curve says: it jumps about."""


def memorizing(lane: str, until: int = 300) -> Evidence:
    """Return whether a lane's validation loss "rises", "falls" and stays low, or is "flat".

    It rises if it has come to 1.5 times its best, the median of five epochs since then. What has not risen within
    `until` epochs has fallen, or is flat if it never came below 0.9 of where it started.
    """

    def look(snapshot: Snapshot, lanes: Sequence[Lane]) -> Finding:
        model = model_of(snapshot, lanes, lane)
        losses = model.history["val_loss"]
        best, now = float(np.nanmin(losses)), float(losses[-1])
        text = tr(
            "Training loss {train}, with {known} of the training labels right. Validation loss {loss}; its best was "
            "{best}, at epoch {epoch}, so it is {times} times that.",
            train=number(last(model, "train_loss")),
            known=percent(last(model, "train_score")),
            loss=number(now),
            best=number(best),
            epoch=model.best_epoch,
            times=number(now / best, 1),
        )
        since = losses[int(np.nanargmin(losses)) :]  # what stood higher before its best has not risen
        if any(median >= 1.5 * best for median in medians(since)):
            return Finding(text, "rises")
        if model.epoch < until:
            return Finding(text)
        return Finding(text, "falls" if best < 0.9 * losses[0] else "flat")

    return look


def gap_of(lane: str, after: int, least: float = 0.03) -> Evidence:
    """Return which loss of a lane is higher after some epochs: "train" or "validation", by `least`, or "same"."""

    def look(snapshot: Snapshot, lanes: Sequence[Lane]) -> Finding:
        model = model_of(snapshot, lanes, lane)
        losses, train = model.history["val_loss"], model.history["train_loss"]
        best, now = float(np.nanmin(losses)), float(losses[-1])
        text = tr(
            "Epoch {epoch}: training loss {train}, validation loss {loss}, a gap of {gap}. Its best was {best}, at "
            "epoch {best_epoch}, so it is {times} times that.",
            epoch=model.epoch,
            train=number(float(train[-1])),
            loss=number(now),
            gap=number(now - float(train[-1]), sign=True),
            best=number(best),
            best_epoch=model.best_epoch,
            times=number(now / best, 1),
        )
        if model.epoch < after:
            return Finding(text)
        gap = float(np.median((losses - train)[-WINDOW:]))
        return Finding(text, "same" if abs(gap) < least else "validation" if gap > 0 else "train")

    return After(after, look)


def score_of(lane: str, after: int, least: float = 0.03) -> Evidence:
    """Return what a lane's validation accuracy has done since its validation loss was lowest: "falls", "rises" or
    "same".

    It falls or rises if it is `least` below or above what it was, as medians of five epochs.
    """

    def look(snapshot: Snapshot, lanes: Sequence[Lane]) -> Finding:
        model = model_of(snapshot, lanes, lane)
        losses, scores = model.history["val_loss"], model.history["val_score"]
        then, change, row = score_change(model)
        best, now = float(losses[row]), float(losses[-1])
        text = tr(
            "Epoch {epoch}: validation loss {loss}, {times} times its best; validation accuracy {score}, and {then} "
            "when the loss was lowest, at epoch {best}.",
            epoch=model.epoch,
            loss=number(now),
            times=number(now / best, 1),
            score=percent(float(scores[-1]), 1),
            then=percent(then, 1),
            best=f"{model.history['epoch'][row]:.0f}",
        )
        if model.epoch < after:
            return Finding(text)
        return Finding(text, "falls" if change <= -least else "rises" if change >= least else "same")

    return After(after, look)


def score_change(model: ModelSnapshot) -> tuple[float, float, int]:
    """Return the validation accuracy where the validation loss was lowest, its change since then, and the row of that
    epoch.

    Accuracies are medians of five epochs.
    """
    scores, row = model.history["val_score"], int(np.nanargmin(model.history["val_loss"]))
    then = float(np.median(scores[max(0, row - WINDOW // 2) : row + WINDOW // 2 + 1]))
    return then, float(np.median(scores[-WINDOW:])) - then, row


def lowest(of: str, after: int, margin: float = 1.02, among: Sequence[str] = (), tie: str = "") -> Evidence:
    """Return the name of the lane that is best after some epochs; `tie` where the next is too close.

    of      what is compared: "loss", "score", "train", "gap" (its size), "test" or "test score"
    margin  of losses and gaps the ratio, of scores the difference, by which the next one must be behind
    among   the lanes that are compared, all if there are none

    A lane that stopped early counts with the weights it kept. Once all lanes have ended, nothing is waited for. The
    test split is not looked at before that.
    """
    ordered, _, measure = MEASURES[of]

    def look(snapshot: Snapshot, lanes: Sequence[Lane]) -> Finding:
        epoch, high = snapshot.common_epoch, of.endswith("score")
        early = epoch < after and any(model.state == "training" for model in snapshot.models)
        if of.startswith("test") and early:
            waits = en("Epoch {epoch}. The test data are not looked at before epoch {after}.")
            return Finding(tr(waits, epoch=epoch, after=after))
        found = {lane.name: measure(model) for lane, model in pairs(snapshot, lanes) if not among or lane.name in among}
        order = sorted((key for key in found if np.isfinite(found[key])), key=found.__getitem__, reverse=high)
        if len(order) < 2:
            return Finding(tr("Epoch {epoch}: there are not two lanes left to compare.", epoch=epoch))
        best, then = found[order[0]], found[order[1]]
        said = ", ".join(f"{key} {percent(found[key], 1) if high else number(found[key])}" for key in order)
        text = tr(ordered, epoch=epoch, found=said)
        if early:
            return Finding(text)
        clear = best - then >= margin if high else then >= margin * best
        return Finding(text, order[0] if clear else tie)

    return After(after, look)


def worst(of: str, after: int, margin: float = 1.02, tie: str = "") -> Evidence:
    """Return the name of the lane with the highest loss, or lowest score, after some epochs; `tie` where the next is
    close.

    of      what is compared, one of `MEASURES` but those of the test data
    margin  of losses the ratio, of scores the difference, by which the next one must be better
    """
    _, plain, measure = MEASURES[of]

    def look(snapshot: Snapshot, lanes: Sequence[Lane]) -> Finding:
        epoch, high = snapshot.common_epoch, of.endswith("score")
        found = {lane.name: measure(model) for lane, model in pairs(snapshot, lanes)}
        known = ", ".join(percent(last(model, "train_score")) for model in snapshot.models)
        learned = tr("Right on the training labels: {shares}.", shares=known)
        text = f"{tr(plain, epoch=epoch, found=quoted(found, share=high))} {learned}"
        order = sorted((key for key in found if np.isfinite(found[key])), key=found.__getitem__, reverse=not high)
        if epoch < after or len(order) < 2:
            return Finding(text)
        first, then = found[order[0]], found[order[1]]
        clear = then - first >= margin if high else first >= margin * then
        return Finding(text, order[0] if clear else tie)

    return After(after, look)


def above(score: float, after: int, among: Sequence[str] = ()) -> Evidence:
    """Return which lanes have a validation accuracy of at least `score` after some epochs, joined by " + ", or
    "none".
    """

    def look(snapshot: Snapshot, lanes: Sequence[Lane]) -> Finding:
        found = {
            lane.name: float(np.median(model.history["val_score"][-WINDOW:]))
            for lane, model in pairs(snapshot, lanes)
            if not among or lane.name in among
        }
        zeros = ", ".join(
            f"{lane.name} {percent(model.zero_fraction)}"
            for lane, model in pairs(snapshot, lanes)
            if not among or lane.name in among
        )
        said = ", ".join(f"{name} {percent(value, 1)}" for name, value in found.items())
        text = tr(
            "Epoch {epoch}. Validation accuracy: {scores}. Weights that are exactly 0: {zeros}.",
            epoch=snapshot.common_epoch,
            scores=said,
            zeros=zeros,
        )
        if snapshot.common_epoch < after:
            return Finding(text)
        return Finding(text, " + ".join(name for name in found if found[name] >= score) or "none")

    return After(after, look)


def gainers(sides: Mapping[str, tuple[str, str]], after: int, least: float = 0.02) -> Evidence:
    """Return on which of some `sides` the second of two lanes is right more often than the first, joined by " + ", or
    "none".

    By `least` of the validation accuracy, as medians of five epochs. The sentence says how short the weights are, too:
    Σw² of all layers but the last.
    """

    def look(snapshot: Snapshot, lanes: Sequence[Lane]) -> Finding:
        parts, gained = [], []
        for side, names in sides.items():
            first, second = (model_of(snapshot, lanes, name) for name in names)
            before, now = (float(np.median(its.history["val_score"][-WINDOW:])) for its in (first, second))
            long, short = (sum(float(np.sum(np.square(W))) for W in its.weights[:-1]) for its in (first, second))
            parts.append(
                tr(
                    "“{first}” {before}, “{second}” {now} (Σw² before the last layer {first_size} and {second_size})",
                    first=names[0],
                    before=percent(before, 1),
                    second=names[1],
                    now=percent(now, 1),
                    first_size=number(long),
                    second_size=number(short),
                )
            )
            if now - before >= least:
                gained.append(side)
        text = tr("Epoch {epoch}. Validation accuracy: {scores}.", epoch=snapshot.common_epoch, scores="; ".join(parts))
        if snapshot.common_epoch < after:
            return Finding(text)
        return Finding(text, " + ".join(gained) or "none")

    return After(after, look)


def lowest_loss(after: int, margin: float = 1.02) -> Evidence:
    """Return the name of the lane with the smallest validation loss after some epochs, by a `margin` over the next."""
    return lowest("loss", after, margin)


def stopping_of(stopper: str, other: str, after: int, margin: float = 1.1) -> Evidence:
    """Return whether the lane that stops early has the "lower" loss on test data than one that trains on, or "higher",
    "same".

    The validation data have chosen the epoch; the test data, which are looked at when both are done, nothing.
    """

    def look(snapshot: Snapshot, lanes: Sequence[Lane]) -> Finding:
        early, late = (model_of(snapshot, lanes, name) for name in (stopper, other))
        if early.stopped_epoch is None:
            best = number(float(np.nanmin(early.history["val_loss"])))
            texts = [tr("Best validation loss so far {loss}, at epoch {epoch}.", loss=best, epoch=early.best_epoch)]
            waited, patience = early.epoch - early.best_epoch, early.config.patience
            if patience:
                texts.append(tr("{waited} of {patience} epochs of patience used.", waited=waited, patience=patience))
            else:
                texts.append(tr("{waited} epochs of patience used.", waited=waited))
            return Finding(" ".join(texts))
        text = tr(
            "Stopped at epoch {stopped}, with the weights of epoch {kept}: validation loss {loss}. The one that trains "
            "on has {other_loss} at epoch {epoch}.",
            stopped=early.stopped_epoch,
            kept=early.history["epoch"][early.row],
            loss=number(early.now("val_loss")),
            other_loss=number(last(late, "val_loss")),
            epoch=late.epoch,
        )
        if late.epoch < after or late.state == "diverged":
            return Finding(text)
        (stopped, its), (now, others) = tested(early), tested(late)
        on_test = tr(
            "On test data, which chose nothing: {loss} and {other_loss} ({right} and {other_right} right).",
            loss=number(stopped),
            other_loss=number(now),
            right=percent(its, 1),
            other_right=percent(others, 1),
        )
        text = f"{text} {on_test}"
        return Finding(text, "lower" if now >= margin * stopped else "higher" if stopped >= margin * now else "same")

    return After(after, look)


def medians(values: Array) -> list[float]:
    """Return the medians of `WINDOW` values, or of those there were yet, ending with the third value, the fourth, …."""
    first = [float(np.median(values[:end])) for end in range(WINDOW // 2 + 1, min(WINDOW, len(values) + 1))]
    if len(values) < WINDOW:
        return first
    return [*first, *np.median(np.lib.stride_tricks.sliding_window_view(values, WINDOW), axis=1).tolist()]
