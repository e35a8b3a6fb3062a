"""What evidence is, and how it finds the networks that it looks at."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from regviz import probes
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
    """Evidence with no outcome before all lanes that train have come to `epoch`, that which the question names.

    A lane with fewer batches in an epoch is ahead of the others. What histories tell is told of the epoch that all have
    come to; with `weights` it is asked of the networks there are, and said whose are of a later one. Raises
    ArgumentError for what is no number of epochs.
    """

    epoch: int
    look: Evidence
    weights: bool = False

    def __post_init__(self) -> None:
        check_epoch("after", self.epoch)

    def __call__(self, snapshot: Snapshot, lanes: Sequence[Lane]) -> Finding:
        """What is to be seen of the networks."""
        found = self.look(snapshot, lanes)
        text = " ".join((found.text, *_ahead(snapshot, lanes))) if self.weights else found.text
        return Finding(text, "" if waits(snapshot.models, self.epoch) else found.outcome)


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
        looks = (evidence.look if isinstance(evidence, After) else evidence for evidence in (first, *others))
        found, *more = (its(snapshot, lanes) for its in looks)
        return Finding(" ".join(one.text for one in (found, *more)), found.outcome)

    weights = any(isinstance(evidence, After) and evidence.weights for evidence in (first, *others))
    return After(open_until(first), look, weights)


def apart(observe: Evidence, snapshot: Snapshot) -> bool:
    """Return whether `observe` asks the weights of networks of which some are ahead of the others."""
    return isinstance(observe, After) and observe.weights and any(_is_ahead(its, snapshot) for its in snapshot.models)


def _is_ahead(model: ModelSnapshot, snapshot: Snapshot) -> bool:
    return model.state != "diverged" and model.epoch > snapshot.common_epoch


def _ahead(snapshot: Snapshot, lanes: Sequence[Lane]) -> list[str]:
    """Of each lane that is ahead of the others, of which epoch its weights are, in a sentence."""
    said = []
    for lane, model in pairs(snapshot, lanes):
        if not _is_ahead(model, snapshot):
            continue
        trains = en("“{lane}” is ahead: its weights are those of epoch {epoch}.")
        ended = en("“{lane}” is ahead: it stopped at epoch {stopped}, with the weights of epoch {epoch}.")
        text = trains if model.stopped_epoch is None else ended
        said.append(tr(text, lane=lane.name, epoch=epoch_of(model), stopped=model.stopped_epoch))
    return said


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


def value_by(model: ModelSnapshot, name: str, epoch: int) -> float:
    """Return the measurement `name` at an `epoch` that all have come to: that of a network's weights, or of one that is
    ahead the one of then; NaN if it had diverged by then, whatever it had come to before.
    """
    if model.diverged_epoch is not None and model.diverged_epoch <= epoch:
        return float("nan")
    return model.now(name) if model.epoch <= epoch else float(model.history[name][model.row_at(epoch)])


def around(model: ModelSnapshot, name: str, epoch: int, until: int | None = None) -> Array:
    """Return the measurements of the `WINDOW` epochs around one, of those up to the epoch `until`, or to the newest."""
    last = min(epoch + WINDOW // 2, int(model.history["epoch"][-1]) if until is None else until)
    return within(model, name, last - WINDOW + 1, last)


def usual(model: ModelSnapshot, name: str, epoch: int) -> float:
    """Return what a measurement usually is around an epoch: the median of `WINDOW` epochs."""
    return float(np.median(around(model, name, epoch)))


def usual_by(model: ModelSnapshot, name: str, epoch: int) -> float:
    """Return the same for a network's weights at an `epoch`, as `value_by`; no later one counts."""
    if not np.isfinite(value_by(model, name, epoch)):
        return float("nan")
    if model.epoch <= epoch:
        return usual(model, name, epoch_of(model))
    known = int(model.history["epoch"][model.row_at(epoch)])  # long histories are thinned
    return float(np.median(around(model, name, known, known)))


def tested(model: ModelSnapshot) -> tuple[float, float]:
    """Return mean loss and score of a network's present weights on the test points."""
    return probes.measure(model, model.split.X_test, model.split.y_test)


def points(share: float) -> str:
    """Return a difference of accuracies, a share, in points, with one decimal."""
    return fixed(100 * share, 1)


def quoted(found: dict[str, float], share: bool = False) -> str:
    """Return lanes with a number each: “none” 0.61, “dropout” 0.46."""
    said = ((name, percent(value, 1) if share else number(value)) for name, value in found.items())
    return ", ".join(tr("“{name}” {value}", name=name, value=value) for name, value in said)
