"""What a learner must know of the networks before the numbers mean anything: labels, turned knobs, dead networks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from regviz import Config
from regviz.arrays import Array
from regviz.data.datasets import DATASETS, load
from regviz.language import en, joined, ntr, tr
from regviz.probes import unit_answers
from regviz.training.snapshot import ModelSnapshot, Snapshot

from ..compare.lanes import Lane, difference

ASKED_POINTS, ALIKE = 200, 0.01
"""Validation points that a network is asked about, and the largest difference of answers, of the network or of a unit,
that are all the same."""

NOT_BEFORE = 10
"""Epochs after which a network that says the same everywhere is said to."""


def disclosed(base: Config, lanes: Sequence[Lane] = ()) -> str:
    """Return what was done to the labels, in a sentence; of `lanes` with training points of their own, of each.

    Raises ConfigError for data that this process does not have.
    """
    targets = DATASETS[base.data].task == "regression"
    parts = list(dict.fromkeys(_wrong(config) for config in ([lane.config(base) for lane in lanes] or [base])))
    if len(parts) > 1 and any(wrong for wrong, _ in parts):
        each = joined([tr("{part} of {whole}", part=f"{wrong:,}", whole=f"{count:,}") for wrong, count in parts])
        if targets:
            return tr("{each} training targets are wrong, no validation target is.", each=each)
        return tr("{each} training labels are wrong, no validation label is.", each=each)
    wrong, count = parts[0]
    if not wrong:
        return tr("All targets are right.") if targets else tr("All labels are right.")
    if targets:
        return ntr(
            "1 of {count} training targets is wrong, no validation target is.",
            "{n} of {count} training targets are wrong, no validation target is.",
            wrong,
            count=f"{count:,}",
        )
    return ntr(
        "1 of {count} training labels is wrong, no validation label is.",
        "{n} of {count} training labels are wrong, no validation label is.",
        wrong,
        count=f"{count:,}",
    )


def _wrong(config: Config) -> tuple[int, int]:
    """How many training points have a wrong label or target, and how many there are.

    Counted, not reckoned: a single target has none to be exchanged with, and drawn points keep the wrong labels of the
    data that they are a copy of.
    """
    split = load(config)
    return int(split.flipped.sum()), len(split.y_train)


def turned(base: Config, lanes: Sequence[Lane], asked: Config, of: Sequence[Lane]) -> str:
    """Return why the numbers answer another question than the one asked, in a sentence; empty if they do not.

    Another seed is the same question.
    """
    mine, theirs = base.replace(seed=0), asked.replace(seed=0)
    if mine == theirs and [lane.config(mine) for lane in lanes] == [lane.config(theirs) for lane in of]:
        return ""
    if mine == theirs:
        return tr("(The lanes have changed since the question was asked.)")
    return tr("(Changed since the question was asked: {change}.)", change=difference(mine, theirs))


def outrun(base: Config, begun: Config, swept: Sequence[str]) -> str:
    """Return what has changed since a sweep over the fields `swept` began with other knobs, in a sentence; empty if
    nothing.

    Another seed is no change.
    """
    theirs = begun.replace(seed=base.seed, **{name: getattr(base, name) for name in swept})
    if base == theirs:
        return ""
    return tr("(Changed since the sweep began: {change}.)", change=difference(base, theirs))


def lacking(base: Config, asked: Config) -> str:
    """Return what the data of `base` do not have that those of `asked` have, classes or targets; empty for the same
    kind.
    """
    task, theirs = (DATASETS[config.data].task for config in (base, asked))
    if task == theirs:
        return ""
    if task == "regression":
        return tr("these data have targets, and no labels")
    return tr("these data have labels, and no targets")


def stuck(snapshot: Snapshot, lanes: Sequence[Lane]) -> str:
    """Return which networks have ended or say nothing, in sentences; empty if none. Of many training sets: the
    first's.
    """
    first = snapshot.models[: len(lanes)]
    return " ".join(filter(None, (_ending(lane.name, model) for lane, model in zip(lanes, first, strict=True))))


def _ending(lane: str, model: ModelSnapshot) -> str:
    if model.state == "diverged":
        return tr("“{lane}” diverged at epoch {epoch}.", lane=lane, epoch=model.diverged_epoch)
    if model.zero_fraction == 1:
        deep = en(
            "“{lane}” gives every point the same answer: all its weights are 0, so no signal passes and no gradient."
        )
        linear = en("“{lane}” gives every point the same answer: all its weights are 0, so no signal passes.")
        return tr(deep if model.config.hidden else linear, lane=lane)  # a gradient reaches the first layer unhindered
    if model.epoch < NOT_BEFORE:
        return ""
    points = model.split.X_val[:ASKED_POINTS]
    if not _alike(model.predict(points)):
        return ""
    silent = [layer for layer, said in enumerate(unit_answers(model, points), start=1) if _alike(said)]
    if not silent:
        last = en("“{lane}” gives every point the same answer: the last layer hardly tells them apart.")
        return tr(last, lane=lane)
    hidden = en("“{lane}” gives every point the same answer: hidden layer {layer} hardly tells them apart.")
    return tr(hidden, lane=lane, layer=silent[0])


def _alike(said: Array) -> bool:
    """Whether what is said (n points, units) is the same for all points."""
    return float(np.ptp(said, axis=0).max(initial=0.0)) <= ALIKE
