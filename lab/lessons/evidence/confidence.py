"""Evidence from what networks say of themselves: how sure they are, and how often they are right."""

from __future__ import annotations

from collections.abc import Sequence

from regviz import probes
from regviz.language import tr
from regviz.training.snapshot import ModelSnapshot, Snapshot

from ...compare.best import lowest_of
from ...compare.lanes import Lane
from ...look.numbers import at_least, number, percent
from .finding import After, Evidence, Finding, epoch_of, model_of, points, unclear
from .losses import scores_then_and_now

SURER = 0.03
"""A network is too sure if it is more confident by so much than it is right."""


def rise_of(lane: str, after: int, least: float = 0.03) -> Evidence:
    """Return what is behind the rise of a lane's validation loss since it was lowest: "mistakes", "confidence", or
    "both".

    Mistakes: the accuracy has fallen by `least` since then, as medians of five epochs. Confidence: the network is more
    confident by `SURER` than it is right. "neither" if it is none of both.
    """

    def look(snapshot: Snapshot, lanes: Sequence[Lane]) -> Finding:
        model = model_of(snapshot, lanes, lane)
        best, now = lowest_of(model), model.now("val_loss")
        then, score = scores_then_and_now(model)
        said, right = said_and_right(model)
        text = tr(
            "Epoch {epoch}: validation loss {loss}, {times} times its best. Wrong answers: {then} around epoch {best}, "
            "{wrong} now (medians of five epochs). On average the network is {said} confident and right on {right}.",
            epoch=epoch_of(model),
            loss=number(now),
            times=number(now / best.loss, 1),
            wrong=percent(1 - score, 1),
            then=percent(1 - then, 1),
            best=best.epoch,
            said=percent(said, 1),
            right=percent(right, 1),
        )
        if unclear([model], after):
            return Finding(text)
        worse, surer = at_least(then - score, least), at_least(said - right, SURER)
        return Finding(
            text, "both" if worse and surer else "mistakes" if worse else "confidence" if surer else "neither"
        )

    return After(after, look)


def calibration_of(lane: str, after: int, least: float = SURER) -> Evidence:
    """Return whether a lane is more confident than it is right ("over"), less ("under"), or the "same" within
    `least`.
    """

    def look(snapshot: Snapshot, lanes: Sequence[Lane]) -> Finding:
        model = model_of(snapshot, lanes, lane)
        said, right = said_and_right(model)
        text = tr(
            "Epoch {epoch}: “{lane}” is {said} confident on average and right on {right}, a difference of {difference} "
            "points.",
            epoch=epoch_of(model),
            lane=lane,
            said=percent(said, 1),
            right=percent(right, 1),
            difference=points(said - right),
        )
        if unclear([model], after):
            return Finding(text)
        over, under = at_least(said - right, least), at_least(right - said, least)
        return Finding(text, "over" if over else "under" if under else "same")

    return After(after, look)


def said_and_right(model: ModelSnapshot) -> tuple[float, float]:
    """Return mean confidence and accuracy on the validation points."""
    found = probes.reliability(model, model.split.X_val, model.split.y_val)
    return found.said, found.accuracy
