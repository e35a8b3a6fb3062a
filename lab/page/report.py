"""The live numbers below the picture: one row per lane, and one sentence that says what one sees."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from regviz.config import DATA_FIELDS, TECHNIQUES
from regviz.optim.penalties import used
from regviz.probes import class_report, importance, lopsided
from regviz.training.snapshot import ModelSnapshot, Snapshot

from ..compare.lanes import Lane
from ..look.numbers import SPACE, number, percent
from ..look.theme import Look

KNOWN = 0.95
"""Share of the training labels (or R²) that a network must know before it is said to memorize them."""

LONGEST_CELL, LONGEST_CLASS = 30, 14
"""Signs that have room in the cell of recalls, and those of a class's name."""


def headings(snapshot: Snapshot) -> list[str]:
    """The table's columns."""
    score = "validation R²" if snapshot.models[0].split.task == "regression" else "validation accuracy"
    of_classes = ["balanced accuracy", "recall by class"] if _lopsided(snapshot) else []
    return ["lane", score, "validation loss", "gap", "exactly 0", "epoch", *of_classes, "state"]


def table(snapshot: Snapshot, lanes: Sequence[Lane], look: Look) -> list[dict[str, Any]]:
    """One row per lane: its colour, its state and its cells as text."""
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
        words = f"lowest: {min(shares)[1]}"
    return [percent(found.balanced_accuracy, 1), words]


def _short(name: str) -> str:
    return name if len(name) <= LONGEST_CLASS else name[: LONGEST_CLASS - 1] + "…"


def _cells(model: ModelSnapshot, lane: Lane, *, by_class: bool) -> list[str]:
    score, loss = _last(model, "val_score"), _last(model, "val_loss")
    return [
        lane.label(model.config),
        number(score) if model.split.task == "regression" else percent(score, 1),
        number(loss),
        number(loss - _last(model, "train_loss"), sign=True),
        percent(model.zero_fraction),
        f"{model.epoch}",
        *(_of_classes(model) if by_class else []),
        state(model),
    ]


def state(model: ModelSnapshot) -> str:
    """What a lane is doing, in words."""
    if model.state == "diverged":
        return f"diverged at epoch {model.diverged_epoch}, try a smaller learning rate"
    if model.state == "stopped":
        back = f", weights of epoch {model.best_epoch} restored" if model.restored else f", best at {model.best_epoch}"
        return f"stopped at epoch {model.stopped_epoch}{back}"
    return f"best at epoch {model.best_epoch}" if model.epoch else "at the start"


def sentence(snapshot: Snapshot, lanes: Sequence[Lane]) -> str:
    """What one sees, computed from the numbers of `snapshot`."""
    models = snapshot.models
    if not any(model.step for model in models):
        common = _common(models)
        said = [f"Press play: every lane has {common}." if common else "Press play."]
        return " ".join([*said, *models[0].split.notes[:1]])
    said = [part for model, lane in zip(models, lanes, strict=True) if (part := _remark(model, lane, models, lanes))]
    if not said:
        common = _common(models)
        said = [f"The lanes have {common}; what differs comes from the rest." if common else "It is training."]
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
        same.append("the same data")
        if alike("batch_size"):
            same.append("the same batches")
    if alike("seed", "init", "hidden"):
        same.insert(1, "the same first weights")
    return " and ".join(filter(None, [", ".join(same[:-1]), *same[-1:]]))


def _remark(model: ModelSnapshot, lane: Lane, models: Sequence[ModelSnapshot], lanes: Sequence[Lane]) -> str:
    name, short = (text[:1].upper() + text[1:] for text in (lane.label(model.config), lane.name))
    if model.state == "diverged":
        return f"{name} diverged at epoch {model.diverged_epoch}: try a smaller learning rate, then reset."
    if model.state == "stopped":
        had = "took back its best weights, those" if model.restored else "kept its weights; the best were those"
        return f"{name} stopped at epoch {model.stopped_epoch} and {had} of epoch {model.best_epoch}."
    plain, its_name = next(
        ((other, its.name) for other, its in zip(models, lanes, strict=True) if _is_plain(its, other)), (None, "")
    )
    if plain is not None and plain.state == "diverged":
        plain = None
    loss, train = _last(model, "val_loss"), _last(model, "train_loss")
    if _is_plain(lane, model):
        lowest = float(np.nanmin(model.history["val_loss"]))
        if loss > 1.15 * lowest and loss - train > 0.1 and train < model.history["train_loss"][0]:
            knows = "memorizes" if _last(model, "train_score") > KNOWN else "overfits"
            return (
                f"“{lane.name}” {knows}: its validation loss rose from {number(lowest)} to {number(loss)} "
                f"while its training loss fell to {number(train)}."
            )
        return ""
    penalties = used(model.config).values()
    if any(penalty.groups == "inputs" for penalty in penalties) and (dead := importance(model).dead).any():
        return f"{short} has removed {dead.sum()} of {dead.size} inputs: all their weights are exactly 0."
    if penalties and model.zero_fraction >= 0.02:
        return f"{short} has set {percent(model.zero_fraction)} of the weights to exactly 0{_price(model, plain)}."
    if penalties and plain is not None and model.zero_fraction == 0:
        share = _square(model) / max(_square(plain), np.finfo(float).tiny)
        if share < 0.8:
            return f"{short} shrinks Σw² to {percent(share)} of “{its_name}” but sets no weight to 0."
    if plain is not None and any(model.config.dropout_rates):
        its_loss = _last(plain, "val_loss")
        gap, its = loss - train, its_loss - _last(plain, "train_loss")
        if loss > 1.1 * its_loss:
            return f"{short} does worse than “{its_name}”: validation loss {number(loss)}, not {number(its_loss)}."
        if its - gap > 0.05:
            return f"{short} leaves a gap of {number(gap, sign=True)} instead of {number(its, sign=True)}."
    return ""


def _is_plain(lane: Lane, model: ModelSnapshot) -> bool:
    """True for a lane without a technique of regularization, be it from a knob or a value of the lane's own."""
    return not lane.uses and not any(np.any(getattr(model.config, field)) for field in TECHNIQUES)


def _price(model: ModelSnapshot, plain: ModelSnapshot | None) -> str:
    """What the zeros cost in accuracy, beside the lane without a technique."""
    if plain is None or model.split.task == "regression":
        return ""
    points = 100 * (_last(model, "val_score") - _last(plain, "val_score"))
    if abs(points) < 1:
        return " and keeps the accuracy"
    said = number(abs(points), 0)
    return f" and {'gains' if points > 0 else 'loses'} {said} point{'' if said == '1' else 's'} of accuracy"


def _square(model: ModelSnapshot) -> float:
    return float(sum(np.vdot(W, W) for W in model.weights))


def _last(model: ModelSnapshot, name: str) -> float:
    """The measurement of a lane's present weights: the newest, or that of those it took back."""
    return float(model.history[name][model.row])
