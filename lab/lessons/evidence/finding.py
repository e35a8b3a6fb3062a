"""What evidence is, and how it finds the networks that it looks at."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from regviz.arrays import Array
from regviz.language import en, tr
from regviz.training.snapshot import ModelSnapshot, Snapshot

from ...compare.lanes import Lane
from ...look.numbers import fixed, number, percent


@dataclass(frozen=True, slots=True)
class Finding:
    """What is to be seen, as a sentence, and the outcome, empty while it is not clear."""

    text: str
    outcome: str = ""


Evidence = Callable[[Snapshot, Sequence[Lane]], Finding]


@dataclass(frozen=True, slots=True)
class After:
    """Evidence with no outcome before `epoch`, that which the question names."""

    epoch: int
    look: Evidence

    def __call__(self, snapshot: Snapshot, lanes: Sequence[Lane]) -> Finding:
        """What is to be seen of the networks."""
        return self.look(snapshot, lanes)


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


def last(model: ModelSnapshot, name: str) -> float:
    """Return the newest measurement of a network, whatever weights it kept."""
    return float(model.history[name][-1])


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
