"""What a learner must know of the networks before the numbers mean anything: labels, turned knobs, dead networks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from regviz import Config
from regviz.arrays import Array
from regviz.data.datasets import DATASETS
from regviz.probes import unit_answers
from regviz.training.snapshot import ModelSnapshot, Snapshot

from ..compare.lanes import Lane, difference

ASKED_POINTS, ALIKE = 200, 0.01
"""Validation points that a network is asked about, and the largest difference of answers, of the network or of a unit,
that are all the same."""

NOT_BEFORE = 10
"""Epochs after which a network that says the same everywhere is said to."""


def disclosed(base: Config, lanes: Sequence[Lane] = ()) -> str:
    """What was done to the labels, in a sentence; of `lanes` with training points of their own, of each."""
    kind = "targets" if DATASETS[base.data].task == "regression" else "labels"
    parts = {(round(its.label_noise * its.n_train), its.n_train): its for its in (lane.config(base) for lane in lanes)}
    if len(parts) > 1:
        each = " and ".join(f"{wrong:,} of {count:,}" for wrong, count in parts)
        return f"{each} training {kind} are wrong, no validation {kind[:-1]} is."
    base = next(iter(parts.values()), base)
    wrong = round(base.label_noise * base.n_train)
    if not wrong:
        return f"All {kind} are right."
    are = "is" if wrong == 1 else "are"
    return f"{wrong:,} of {base.n_train:,} training {kind} {are} wrong, no validation {kind[:-1]} is."


def turned(base: Config, lanes: Sequence[Lane], asked: Config, of: Sequence[Lane]) -> str:
    """Why the numbers answer another question than the one asked, in a sentence; empty if they do not.

    Another seed is the same question.
    """
    mine, theirs = base.replace(seed=0), asked.replace(seed=0)
    if mine == theirs and [lane.config(mine) for lane in lanes] == [lane.config(theirs) for lane in of]:
        return ""
    words = difference(mine, theirs) if mine != theirs else "other lanes"
    return f"(With {words}: the question was asked without.)"


def stuck(snapshot: Snapshot, lanes: Sequence[Lane]) -> str:
    """Which networks have ended or say nothing, in sentences; empty if none. Of many training sets: the first's."""
    first = snapshot.models[: len(lanes)]
    found = [(lane.name, _ending(model)) for lane, model in zip(lanes, first, strict=True)]
    return " ".join(f"“{name}” {ending}." for name, ending in found if ending)


def _ending(model: ModelSnapshot) -> str:
    if model.state == "diverged":
        return f"diverged at epoch {model.diverged_epoch}"
    if model.zero_fraction == 1:
        return "gives every point the same answer: all its weights are 0, so no signal passes and no gradient"
    if model.epoch < NOT_BEFORE:
        return ""
    points = model.split.X_val[:ASKED_POINTS]
    if not _alike(model.predict(points)):
        return ""
    silent = [layer for layer, said in enumerate(unit_answers(model, points), start=1) if _alike(said)]
    where = f"hidden layer {silent[0]}" if silent else "the last layer"
    return f"gives every point the same answer: {where} hardly tells them apart"


def _alike(said: Array) -> bool:
    """Whether what is said (n points, units) is the same for all points."""
    return float(np.ptp(said, axis=0).max(initial=0.0)) <= ALIKE
