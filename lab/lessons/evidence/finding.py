"""What evidence is, and how it finds the networks that it looks at."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from regviz.arrays import Array
from regviz.errors import ArgumentError
from regviz.language import en, tr
from regviz.training.snapshot import ModelSnapshot, Snapshot

from ...compare.lanes import Lane
from ...look.numbers import fixed, number, percent


@dataclass(frozen=True, slots=True)
class Finding:
    """What is to be seen, as a sentence, and the outcome, empty while it is not clear."""

    text: str
    outcome: str = ""


WINDOW = 5
"""Epochs whose median is what a curve says: it jumps about."""

Evidence = Callable[[Snapshot, Sequence[Lane]], Finding]


@dataclass(frozen=True, slots=True)
class After:
    """Evidence with no outcome before `epoch`, that which the question names.

    Raises ArgumentError for what is no number of epochs.
    """

    epoch: int
    look: Evidence

    def __post_init__(self) -> None:
        check_epoch("after", self.epoch)

    def __call__(self, snapshot: Snapshot, lanes: Sequence[Lane]) -> Finding:
        """What is to be seen of the networks."""
        return self.look(snapshot, lanes)


def check_epoch(field: str, epoch: Any) -> None:
    """Raise ArgumentError for what is no number of epochs."""
    if isinstance(epoch, bool) or not isinstance(epoch, int) or epoch < 0:
        raise ArgumentError(field, epoch, "allowed is a number of epochs, from 0 on", 60)


def check_names(field: str, names: Any) -> None:
    """Raise ArgumentError for what is no list of names: a text would be taken for its letters."""
    if isinstance(names, str) or not isinstance(names, Collection):
        raise ArgumentError(field, names, "allowed is a list of names of lanes", [str(names)])


def open_until(observe: Evidence) -> int:
    """Return the epoch before which `observe` has no outcome, 0 where it names none."""
    return observe.epoch if isinstance(observe, After) else 0


def beside(first: Evidence, *others: Evidence) -> Evidence:
    """Return the first evidence's outcome, with what the others say after its sentence."""

    def look(snapshot: Snapshot, lanes: Sequence[Lane]) -> Finding:
        found, *more = (evidence(snapshot, lanes) for evidence in (first, *others))
        return Finding(" ".join(one.text for one in (found, *more)), found.outcome)

    return After(open_until(first), look)


def pairs(snapshot: Snapshot, lanes: Sequence[Lane]) -> list[tuple[Lane, ModelSnapshot]]:
    """Return each lane with its network."""
    return list(zip(lanes, snapshot.models, strict=True))


def model_of(snapshot: Snapshot, lanes: Sequence[Lane], name: str) -> ModelSnapshot:
    """Return the network of the lane called `name`. Raises ValueError for one that is not there."""
    found = {lane.name: model for lane, model in pairs(snapshot, lanes)}
    if name not in found:
        raise missing(name, found)
    return found[name]


def layered_of(snapshot: Snapshot, lanes: Sequence[Lane], name: str) -> ModelSnapshot:
    """Return the network of the lane called `name`. Raises ValueError for one that is not there, or has no hidden
    layer.
    """
    model = model_of(snapshot, lanes, name)
    if not model.config.hidden:
        raise ValueError(tr("a linear model has no hidden layer"))
    return model


def missing(name: str, lanes: Iterable[str]) -> ValueError:
    """Return the error that there is no lane called `name` among `lanes`."""
    lacks = en("the lesson observes a lane {name}; the lanes are {lanes}")
    return ValueError(tr(lacks, name=repr(name), lanes=", ".join(lanes)))


def waits(models: Iterable[ModelSnapshot], after: int) -> bool:
    """Return whether one of `models` is still to come to the epoch `after`. What has ended is not waited for."""
    return any(model.state == "training" and model.epoch < after for model in models)


def unclear(models: Iterable[ModelSnapshot], after: int) -> bool:
    """Return whether one of `models` is still to come to the epoch `after`, or broke before it: it never will."""
    return any(model.state != "stopped" and model.epoch < after for model in models)


def epoch_of(model: ModelSnapshot) -> int:
    """Return the epoch at which a network's weights were measured: its best one, if it has gone back to that."""
    return int(model.history["epoch"][model.row])


def within(model: ModelSnapshot, name: str, first: int, last: int) -> Array:
    """Return what was measured from the epoch `first` to `last`, as far as it is known: long histories are thinned,
    so that their rows are no epochs.
    """
    begin, end = np.searchsorted(model.history["epoch"], (first, last + 1))
    measured: Array = model.history[name][begin:end]
    return measured


def recent(model: ModelSnapshot, name: str) -> Array:
    """Return the measurements of the `WINDOW` epochs up to that of a network's weights."""
    epoch = epoch_of(model)
    return within(model, name, epoch - WINDOW + 1, epoch)


def usual_score(model: ModelSnapshot) -> float:
    """Return a network's validation accuracy, the median of `WINDOW` epochs; NaN if it has diverged."""
    return float("nan") if model.state == "diverged" else float(np.median(recent(model, "val_score")))


def tested(model: ModelSnapshot) -> tuple[float, float]:
    """Return mean cross-entropy and accuracy of a classifier's present weights on the test points."""
    said: Array = model.predict(model.split.X_test).astype(np.float64)
    right = model.split.y_test
    share = said[np.arange(len(right)), right]
    loss = -np.log(np.maximum(share, np.finfo(np.float64).tiny)).mean()
    return float(loss), float((said.argmax(axis=1) == right).mean())


def points(share: float) -> str:
    """Return a difference of accuracies, a share, in points, with one decimal."""
    return fixed(100 * share, 1)


def quoted(found: dict[str, float], share: bool = False) -> str:
    """Return lanes with a number each: “none” 0.61, “dropout” 0.46."""
    said = ((name, percent(value, 1) if share else number(value)) for name, value in found.items())
    return ", ".join(tr("“{name}” {value}", name=name, value=value) for name, value in said)
