"""The live numbers below the picture: one row per lane, and one sentence that says what one sees."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from regviz.config import DATA_FIELDS
from regviz.data.drawn import points_needed
from regviz.language import en, joined, ntr, tr
from regviz.optim.penalties import is_proximal, used
from regviz.probes import class_report, importance, lopsided
from regviz.training.snapshot import ModelSnapshot, Snapshot
from regviz.training.turns import POINTS

from ..compare.lanes import Lane
from ..look.numbers import SPACE, at_least, number, percent
from ..look.theme import Look
from .comparison import compared, is_plain, rivals

if TYPE_CHECKING:
    from numpy.typing import NDArray

KNOWN = 0.95
"""Share of the training labels (or R²) that a network must know before it is said to memorize them."""

LONGEST_CELL, LONGEST_CLASS = 30, 14
"""Signs that have room in the cell of recalls, and those of a class's name."""


def headings(snapshot: Snapshot) -> list[str]:
    """Return the table's columns."""
    score = tr("validation R²") if snapshot.models[0].split.task == "regression" else tr("validation accuracy")
    of_classes = [tr("balanced accuracy"), tr("recall by class")] if _lopsided(snapshot) else []
    measured = [score, tr("validation loss"), tr("gap"), tr("exactly 0"), tr("epoch")]
    return [tr("lane"), *measured, *of_classes, tr("state")]


def table(snapshot: Snapshot, lanes: Sequence[Lane], look: Look) -> list[dict[str, Any]]:
    """Return one row per lane: its colour, its state and its cells as text."""
    by_class = _lopsided(snapshot)
    return [
        {"color": look.lane(i), "state": model.state, "cells": _cells(model, lane, by_class=by_class)}
        for i, (model, lane) in enumerate(zip(snapshot.models, lanes, strict=True))
    ]


def _lopsided(snapshot: Snapshot) -> bool:
    """Whether accuracy alone misleads: classes differ much in some lane's training points."""
    return any(lopsided(split) for split in {id(model.split): model.split for model in snapshot.models}.values())


def _of_classes(model: ModelSnapshot) -> list[str]:
    """Balanced accuracy on the validation points, and the recall of each class; of many, that of the lowest."""
    found = class_report(model, model.split.X_val, model.split.y_val)
    shares = [
        (share, f"{_short(name)} {percent(share)}".replace(" ", SPACE))
        for name, share in zip(found.names, found.recall.tolist(), strict=True)
        if np.isfinite(share)
    ]
    words = ", ".join(text for _, text in shares)
    if len(words) > LONGEST_CELL and shares:
        words = tr("lowest: {share}", share=min(shares)[1])
    return [percent(found.balanced_accuracy, 1), words]


def _short(name: str) -> str:
    return name if len(name) <= LONGEST_CLASS else name[: LONGEST_CLASS - 1] + "…"


def _cells(model: ModelSnapshot, lane: Lane, *, by_class: bool) -> list[str]:
    score, loss = model.now("val_score"), model.now("val_loss")
    return [
        lane.label(model.config),
        number(score) if model.split.task == "regression" else percent(score, 1),
        number(loss),
        number(loss - model.now("train_loss"), sign=True),
        percent(model.zero_fraction),
        f"{model.epoch}",
        *(_of_classes(model) if by_class else []),
        state(model),
    ]


def state(model: ModelSnapshot) -> str:
    """Return what a lane is doing, in words."""
    if model.diverged_epoch == 0:
        return tr("no finite loss at the start: numbers of the data are too large")
    if model.state == "diverged":
        return tr("diverged at epoch {epoch}, try a smaller learning rate", epoch=model.diverged_epoch)
    if model.state == "stopped":
        restored = en("stopped at epoch {epoch}, weights of epoch {best} restored")
        kept = en("stopped at epoch {epoch}, best at {best}")
        return tr(restored if model.restored else kept, epoch=model.stopped_epoch, best=model.best_epoch)
    return tr("best at epoch {epoch}", epoch=model.best_epoch) if model.epoch else tr("at the start")


def wait() -> str:
    """Return what the lanes wait for while a drawing has too few points."""
    return tr("No lane trains until there are enough points: {needed}. Draw on.", needed=points_needed())


def sentence(snapshot: Snapshot, lanes: Sequence[Lane], *, waits: bool = False) -> str:
    """Return what one sees, computed from the numbers of `snapshot`; or what the lanes wait for, as their numbers are
    not of the points that are seen then."""
    if waits:
        return wait()
    models = snapshot.models
    if not any(model.step for model in models):
        common = _common(models)
        said = [tr("Press play: every lane has {common}.", common=common) if common else tr("Press play.")]
        broken = [_endless(lane, model) for lane, model in zip(lanes, models, strict=True) if model.diverged_epoch == 0]
        return " ".join([*(said if len(broken) < len(models) else ()), *broken, *models[0].split.notes[:1]])
    beside, said = rivals(models, lanes), []
    for lane, model, other in zip(lanes, models, beside, strict=True):
        its = ("", None) if other is None else (lanes[other].name, models[other])
        said.append(_remark(lane, model, *its))
    said = [part for part in (*said, *compared(models, lanes, beside)) if part]
    if not said:
        common = _common(models)
        rest = en("The lanes have {common}; any difference comes from the rest.")
        said = [tr(rest, common=common) if common else tr("It is training.")]
    return " ".join(said)


def _common(models: Sequence[ModelSnapshot]) -> str:
    """What the networks have in common, in words; "" for one alone, or if that is nothing."""
    configs = [model.config for model in models]
    if len(configs) < 2:
        return ""

    def alike(*fields: str) -> bool:
        return len({tuple(getattr(config, field) for field in fields) for config in configs}) == 1

    same = []
    if alike(*DATA_FIELDS, "seed"):
        same.append(tr("the same data"))
        if alike("batch_size"):
            same.append(tr("the same batches"))
    if alike("seed", "init", "hidden"):
        same.insert(1, tr("the same first weights"))
    return joined(same)


def _remark(lane: Lane, model: ModelSnapshot, other: str, rival: ModelSnapshot | None) -> str:
    """What is to be said of one lane, beside its `rival`, the lane called `other`, if there is one."""
    if model.diverged_epoch == 0:
        return _endless(lane, model)
    if model.state == "diverged":
        name = lane.label(model.config)
        diverged = en("{lane} diverged at epoch {epoch}: try a smaller learning rate, then reset.")
        return tr(diverged, lane=name[:1].upper() + name[1:], epoch=model.diverged_epoch)
    if model.state == "stopped":
        restored = en("“{lane}” stopped at epoch {epoch} and went back to its weights from epoch {best}.")
        kept = en("“{lane}” stopped at epoch {epoch} and kept its last weights; its best were from epoch {best}.")
        its_end = {"epoch": model.stopped_epoch, "best": model.best_epoch}
        return tr(restored if model.restored else kept, lane=lane.name, **its_end)
    if is_plain(lane, model.config):
        return _overfitting(lane.name, model)
    short, penalties = lane.name[:1].upper() + lane.name[1:], used(model.config).values()
    exact = [penalty for penalty in penalties if is_proximal(model.config, penalty)]
    if any(penalty.groups == "inputs" for penalty in exact) and (dead := _removed(model, rival)).any():
        return ntr(
            "{lane} has removed the only input: all its weights are exactly 0.",
            "{lane} has removed {dead} of {n} inputs: all their weights are exactly 0.",
            dead.size,
            lane=short,
            dead=dead.sum(),
        )
    zeros = model.zero_fraction - (_at_start(model) if rival is None else rival.zero_fraction)
    if exact and zeros >= 0.02:
        return _zeros(short, percent(zeros), model, rival)
    if penalties and rival is not None and model.config.hidden == rival.config.hidden and model.zero_fraction == 0:
        share = _square(model) / max(_square(rival), np.finfo(float).tiny)
        if share < 0.8:
            shrinks = en("{lane} shrinks Σw² to {share} of “{other}” but sets no weight to 0.")
            return tr(shrinks, lane=short, share=percent(share), other=other)
    return ""


def _at_start(model: ModelSnapshot) -> float:
    """The share of zeros that a network begins with, which no penalty has made."""
    return 1.0 if model.config.init == "zeros" else 0.0


def _removed(model: ModelSnapshot, rival: ModelSnapshot | None) -> NDArray[np.bool_]:
    """Which inputs a lane has removed (n_features,): those without a weight that have one in its rival, or had one."""
    dead = importance(model).dead
    if rival is None:
        return dead & (_at_start(model) == 0)
    return dead & ~importance(rival).dead


def _endless(lane: Lane, model: ModelSnapshot) -> str:
    """Why a lane has diverged before a step was taken."""
    name = lane.label(model.config)
    endless = en("{lane} has no finite loss at the start: numbers of the data are too large.")
    return tr(endless, lane=name[:1].upper() + name[1:])


def _overfitting(name: str, model: ModelSnapshot) -> str:
    """Whether a lane without a technique memorizes, or overfits."""
    loss, train = model.now("val_loss"), model.now("train_loss")
    since = max((turn.epoch for turn in model.turns if turn.field == POINTS), default=-1)  # of other points before
    rows = np.flatnonzero(model.history["epoch"] > since)
    if not len(rows):
        return ""
    best = rows[int(np.nanargmin(model.history["val_loss"][rows]))]
    lowest = float(model.history["val_loss"][best])
    fell = train < min(float(model.history["train_loss"][row]) for row in (0, best))
    if loss <= 1.15 * lowest or loss - train <= 0.1 or not fell:
        return ""
    memorizes = en(
        "“{lane}” memorizes: its validation loss rose from {lowest} to {loss} while its training loss fell to {train}."
    )
    overfits = en(
        "“{lane}” overfits: its validation loss rose from {lowest} to {loss} while its training loss fell to {train}."
    )
    numbers = {"lowest": number(lowest), "loss": number(loss), "train": number(train)}
    return tr(memorizes if model.now("train_score") > KNOWN else overfits, lane=name, **numbers)


def _zeros(lane: str, share: str, model: ModelSnapshot, rival: ModelSnapshot | None) -> str:
    """How many weights a lane has set to 0, and what that costs in accuracy, beside its rival."""
    if rival is None or model.split.task == "regression":
        return tr("{lane} has set {share} of the weights to exactly 0.", lane=lane, share=share)
    points = 100 * (model.now("val_score") - rival.now("val_score"))
    if not at_least(abs(points), 1):
        keeps = en("{lane} has set {share} of the weights to exactly 0 and keeps the accuracy.")
        return tr(keeps, lane=lane, share=share)
    its = {"lane": lane, "share": share, "n": number(abs(points), 0)}
    if points > 0:
        return ntr(
            "{lane} has set {share} of the weights to exactly 0 and gains {n} point of accuracy.",
            "{lane} has set {share} of the weights to exactly 0 and gains {n} points of accuracy.",
            round(abs(points)),
            **its,
        )
    return ntr(
        "{lane} has set {share} of the weights to exactly 0 and loses {n} point of accuracy.",
        "{lane} has set {share} of the weights to exactly 0 and loses {n} points of accuracy.",
        round(abs(points)),
        **its,
    )


def _square(model: ModelSnapshot) -> float:
    return float(sum(np.vdot(W, W) for W in model.weights))
