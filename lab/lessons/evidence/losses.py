"""Evidence from the curves: losses, accuracies and the gap."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from regviz.arrays import Array
from regviz.language import en, tr
from regviz.training.snapshot import ModelSnapshot, Snapshot

from ...compare.best import lowest_of
from ...compare.lanes import Lane
from ...look.numbers import at_least, number, percent
from .finding import (
    WINDOW,
    After,
    Evidence,
    Finding,
    around,
    check_epoch,
    check_names,
    epoch_of,
    model_of,
    pairs,
    quoted,
    unclear,
    usual,
    usual_by,
    value_by,
    waits,
)
from .measures import measure_of, measured


def memorizing(lane: str, until: int = 300) -> Evidence:
    """Return whether a lane's validation loss "rises", "falls" and stays low, or is "flat".

    It rises if it has come to 1.5 times its best, the median of five epochs since then. What has not risen within
    `until` epochs has fallen, or is flat if it never came below 0.9 of where it started.
    """
    check_epoch("until", until)

    def look(snapshot: Snapshot, lanes: Sequence[Lane]) -> Finding:
        model = model_of(snapshot, lanes, lane)
        losses, best, now = model.history["val_loss"], lowest_of(model), model.now("val_loss")
        text = tr(
            "Training loss {train}, with {known} of the training labels right. Validation loss {loss}; its best was "
            "{best}, at epoch {epoch}, so it is {times} times that.",
            train=number(model.now("train_loss")),
            known=percent(model.now("train_score")),
            loss=number(now),
            best=number(best.loss),
            epoch=best.epoch,
            times=number(now / best.loss, 1),
        )
        # What stood higher before its best has not risen.
        if any(median >= 1.5 * best.loss for median in medians(losses[best.row :], model.history["epoch"][best.row :])):
            return Finding(text, "rises")
        if unclear([model], until):
            return Finding(text)
        return Finding(text, "falls" if best.loss < 0.9 * losses[0] else "flat")

    return look


def gap_of(lane: str, after: int, least: float = 0.03) -> Evidence:
    """Return which loss of a lane is higher after some epochs: "train" or "validation", by `least`, or "same"."""

    def look(snapshot: Snapshot, lanes: Sequence[Lane]) -> Finding:
        model = model_of(snapshot, lanes, lane)
        best, now, train = lowest_of(model), model.now("val_loss"), model.now("train_loss")
        losses, trained = (around(model, name, epoch_of(model)) for name in ("val_loss", "train_loss"))
        gap = float(np.median(losses - trained))
        text = tr(
            "Epoch {epoch}: training loss {train}, validation loss {loss}, a gap of {gap} as the median of five "
            "epochs. The best validation loss was {best}, at epoch {best_epoch}, so it is {times} times that.",
            epoch=epoch_of(model),
            train=number(train),
            loss=number(now),
            gap=number(gap, sign=True),
            best=number(best.loss),
            best_epoch=best.epoch,
            times=number(now / best.loss, 1),
        )
        if unclear([model], after):
            return Finding(text)
        return Finding(text, "same" if abs(gap) < least else "validation" if gap > 0 else "train")

    return After(after, look)


def score_of(lane: str, after: int, least: float = 0.03) -> Evidence:
    """Return what a lane's validation accuracy has done since its validation loss was lowest: "falls", "rises" or
    "same".

    It falls or rises if it is `least` below or above what it was, as medians of five epochs.
    """

    def look(snapshot: Snapshot, lanes: Sequence[Lane]) -> Finding:
        model = model_of(snapshot, lanes, lane)
        best, now = lowest_of(model), model.now("val_loss")
        then, score = scores_then_and_now(model)
        change = score - then
        text = tr(
            "Epoch {epoch}: validation loss {loss}, {times} times its best, that of epoch {best}. Validation accuracy "
            "{then} around that epoch and {score} now, as medians of five epochs.",
            epoch=epoch_of(model),
            loss=number(now),
            times=number(now / best.loss, 1),
            score=percent(score, 1),
            then=percent(then, 1),
            best=best.epoch,
        )
        if unclear([model], after):
            return Finding(text)
        return Finding(text, "falls" if at_least(-change, least) else "rises" if at_least(change, least) else "same")

    return After(after, look)


def scores_then_and_now(model: ModelSnapshot) -> tuple[float, float]:
    """Return the validation accuracy around the epoch of the lowest validation loss, and around that of the weights.

    Both are medians of five epochs, of the same ones if these are the weights of that epoch.
    """
    then, now = (usual(model, "val_score", epoch) for epoch in (lowest_of(model).epoch, epoch_of(model)))
    return then, now


def lowest(of: str, after: int, margin: float = 1.02, among: Sequence[str] = (), tie: str = "") -> Evidence:
    """Return the name of the lane that is best after some epochs; `tie` where the next is too close.

    of      what is compared: "loss", "score", "train", "gap" (its size), "test" or "test score"
    margin  of losses and gaps the ratio, of scores the difference, by which the next one must be behind
    among   the lanes that are compared, all if there are none

    A lane that stopped early counts with the weights it kept. Once all lanes have ended, nothing is waited for. The
    test split is not looked at before that.
    """
    ordered, _, _ = measure_of(of)
    check_names("among", among)

    def look(snapshot: Snapshot, lanes: Sequence[Lane]) -> Finding:
        epoch, high = snapshot.common_epoch, of.endswith("score")
        early = waits(snapshot.models, after)
        if of.startswith("test") and early:
            closed = en("Epoch {epoch}. The test data are not looked at before epoch {after}.")
            return Finding(tr(closed, epoch=epoch, after=after))
        lanes_of = [pair for pair in pairs(snapshot, lanes) if not among or pair[0].name in among]
        found = {lane.name: measured(of, model, epoch) for lane, model in lanes_of}
        order = sorted((key for key in found if np.isfinite(found[key])), key=found.__getitem__, reverse=high)
        if len(order) < 2:
            return Finding(tr("Epoch {epoch}: there are not two lanes left to compare.", epoch=epoch))
        best, then = found[order[0]], found[order[1]]
        said = ", ".join(f"{key} {percent(found[key], 1) if high else number(found[key])}" for key in order)
        text = tr(ordered, epoch=epoch, found=said)
        if early:
            return Finding(text)
        clear = at_least(best - then, margin) if high else then >= margin * best
        return Finding(text, order[0] if clear else tie)

    return After(after, look, weights=of.startswith("test"))


def worst(of: str, after: int, margin: float = 1.02, tie: str = "") -> Evidence:
    """Return the name of the lane with the highest loss, or lowest score, after some epochs; `tie` where the next is
    close.

    of      what is compared, one of `MEASURES` but those of the test data
    margin  of losses the ratio, of scores the difference, by which the next one must be better
    """
    _, plain, _ = measure_of(of)

    def look(snapshot: Snapshot, lanes: Sequence[Lane]) -> Finding:
        epoch, high = snapshot.common_epoch, of.endswith("score")
        found = {lane.name: measured(of, model, epoch) for lane, model in pairs(snapshot, lanes)}
        known = ", ".join(percent(value_by(model, "train_score", epoch)) for model in snapshot.models)
        learned = tr("Right on the training labels: {shares}.", shares=known)
        text = f"{tr(plain, epoch=epoch, found=quoted(found, share=high))} {learned}"
        order = sorted((key for key in found if np.isfinite(found[key])), key=found.__getitem__, reverse=not high)
        if waits(snapshot.models, after) or len(order) < 2:
            return Finding(text)
        first, then = found[order[0]], found[order[1]]
        clear = at_least(then - first, margin) if high else first >= margin * then
        return Finding(text, order[0] if clear else tie)

    return After(after, look)


def above(score: float, after: int, among: Sequence[str] = ()) -> Evidence:
    """Return which lanes have a validation accuracy of at least `score` after some epochs, joined by " + ", or
    "none".
    """
    check_names("among", among)

    def look(snapshot: Snapshot, lanes: Sequence[Lane]) -> Finding:
        epoch = snapshot.common_epoch
        lanes_of = [pair for pair in pairs(snapshot, lanes) if not among or pair[0].name in among]
        found = {lane.name: usual_by(model, "val_score", epoch) for lane, model in lanes_of}
        zeros = ", ".join(f"{lane.name} {percent(model.zero_fraction)}" for lane, model in lanes_of)
        said = ", ".join(f"{name} {percent(value, 1)}" for name, value in found.items())
        text = tr(
            "Epoch {epoch}. Validation accuracy, as medians of five epochs: {scores}. Weights that are exactly 0: "
            "{zeros}.",
            epoch=epoch,
            scores=said,
            zeros=zeros,
        )
        if waits(snapshot.models, after):
            return Finding(text)
        return Finding(text, " + ".join(name for name in found if at_least(found[name], score)) or "none")

    return After(after, look, weights=True)


def gainers(sides: Mapping[str, tuple[str, str]], after: int, least: float = 0.02) -> Evidence:
    """Return on which of some `sides` the second of two lanes is right more often than the first, joined by " + ", or
    "none".

    By `least` of the validation accuracy, as medians of five epochs. The sentence says how short the weights are, too:
    Σw² of all layers but the last.
    """

    def look(snapshot: Snapshot, lanes: Sequence[Lane]) -> Finding:
        parts, gained, broken, epoch = list[str](), list[str](), False, snapshot.common_epoch
        for side, names in sides.items():
            first, second = (model_of(snapshot, lanes, name) for name in names)
            before, now = (usual_by(its, "val_score", epoch) for its in (first, second))
            broken = broken or not np.isfinite(now - before)
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
            if at_least(now - before, least):
                gained.append(side)
        told = en("Epoch {epoch}. Validation accuracy, as medians of five epochs: {scores}.")
        text = tr(told, epoch=epoch, scores="; ".join(parts))
        if broken or waits(snapshot.models, after):
            return Finding(text)
        return Finding(text, " + ".join(gained) or "none")

    return After(after, look, weights=True)


def lowest_loss(after: int, margin: float = 1.02) -> Evidence:
    """Return the name of the lane with the smallest validation loss after some epochs, by a `margin` over the next."""
    return lowest("loss", after, margin)


def medians(values: Array, epochs: Array) -> list[float]:
    """Return the medians of the `values` of `WINDOW` epochs on end, or of those there were yet, ending with the third
    one, the fourth, …. Where `epochs` are left out nothing is said of them.
    """
    first = [
        float(np.median(values[:end]))
        for end in range(WINDOW // 2 + 1, min(WINDOW, len(values) + 1))
        if epochs[end - 1] - epochs[0] == end - 1
    ]
    if len(values) < WINDOW:
        return first
    whole = epochs[WINDOW - 1 :] - epochs[: 1 - WINDOW] == WINDOW - 1
    windows = np.lib.stride_tricks.sliding_window_view(values, WINDOW)[whole]
    return [*first, *np.median(windows, axis=1).tolist()]
