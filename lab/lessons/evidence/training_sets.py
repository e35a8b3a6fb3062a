"""Evidence from networks of many training sets together: how far they are from the truth, and from each other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from regviz import probes
from regviz.language import en, tr
from regviz.training.snapshot import ModelSnapshot, Snapshot

from ...compare.chance import Sets
from ...compare.lanes import Lane
from ...look.numbers import summed
from .finding import Finding, check_epoch, missing, waits


@dataclass(frozen=True, slots=True)
class OfSets:
    """Evidence of all networks of each lane together, which train on `sets`.

    Called with the networks of R training sets one after another, R × L for L lanes; of a single set it has nothing
    to say but how to get more. `read` is given each lane's R networks by its name, in order, and whether they have
    trained long enough.
    """

    sets: Sets
    read: Callable[[dict[str, list[ModelSnapshot]], bool], Finding]

    def __call__(self, snapshot: Snapshot, lanes: Sequence[Lane]) -> Finding:
        """What is to be seen of the networks."""
        count = len(lanes)
        rows = [snapshot.models[start : start + count] for start in range(0, len(snapshot.models), count)]
        if len(rows) < 2:
            press = en("This is one training set. Press “{count} seeds” to see {count}.")
            return Finding(tr(press, count=self.sets.count))
        by_lane = {lane.name: [row[i] for row in rows] for i, lane in enumerate(lanes)}
        ended = len(rows) == self.sets.count and not waits(snapshot.models, self.sets.epochs)
        return self.read(by_lane, ended)


def trade_of(first: str, last: str, after: int, times: float = 1.5, count: int = 20) -> OfSets:
    """Return what bias² and variance do from the lane `first` to the lane `last`: "up", "down" or "same" each ("up,
    down").

    They have gone up or down if they are `times` as large or small. What chance adds to bias² with so few sets,
    variance/(R − 1), is taken off it. Raises ValueError for a lane that is not there.
    """
    check_epoch("after", after)

    def read(models: dict[str, list[ModelSnapshot]], ended: bool) -> Finding:
        found, parts = {}, []
        for name, its in models.items():
            well = [model for model in its if model.state != "diverged"]
            if len(well) < 2:
                return Finding(tr("The networks of “{lane}” have diverged.", lane=name))
            bias, variance = probes.over_sets(well).means
            found[name] = max(bias - variance / (len(well) - 1), 0.0), variance
            both = " + ".join(summed([bias, variance], 3)[0])  # as the picture says it
            parts.append(tr("“{name}” {value}", name=name, value=both))
        sets, epoch = (len(next(iter(models.values()))), max(model.epoch for its in models.values() for model in its))
        text = tr(
            "{sets} training sets, epoch {epoch}, bias² + variance: {found}.",
            sets=sets,
            epoch=epoch,
            found=", ".join(parts),
        )
        for name in (first, last):
            if name not in found:
                raise missing(name, found)
        if not ended:
            return Finding(text)
        moved = [_moved(a, b, times) for a, b in zip(found[first], found[last], strict=True)]
        return Finding(text, ", ".join(moved))

    return OfSets(Sets(count, after), read)


def _moved(before: float, after: float, times: float) -> str:
    tiny = np.finfo(float).tiny
    ratio = max(after, tiny) / max(before, tiny)
    return "up" if ratio >= times else "down" if ratio <= 1 / times else "same"
