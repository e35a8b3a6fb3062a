"""What a person has picked to be looked at: a lane, and a training point. No network changes by it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from regviz import Trainer
from regviz.data import Split

from .lanes import Lane


class Picks:
    """The picks of a comparison of `lanes`; `changes` counts what a person did."""

    lanes: tuple[Lane, ...]
    trainer: Trainer
    changes: int
    chosen: int | None = None
    """The lane that pictures of one network show."""
    traced: int | None = None
    """The training point that is followed through the layers."""

    def choose(self, lane: int | None) -> None:
        """Pick the lane that pictures of one network show; the same again, or one that does not exist: none."""
        self.chosen = lane if lane != self.chosen and lane is not None and 0 <= lane < len(self.lanes) else None
        self.changes += 1

    def trace(self, point: int) -> None:
        """Follow a training point through the layers; the same again, or one that does not exist: none any more."""
        there = 0 <= point < max(config.n_train for config in self.trainer.configs)  # a lane may have more than others
        self.traced = point if point != self.traced and there else None
        self.changes += 1

    @contextmanager
    def tracing_on(self) -> Iterator[None]:
        """Follow the same point on, where training points are added, erased or changed; none if it was erased."""
        if self.traced is None:  # a stroke needs no copy of all weights
            yield
            return
        before = self.trainer.snapshot().models[0].split
        yield
        self.traced = _same_point(self.traced, before, self.trainer.snapshot().models[0].split)


def _same_point(point: int, before: Split, after: Split) -> int | None:
    """Where a training point is now: where it stands, else at its number if it has moved, else nowhere."""
    if point >= len(before.y_train):
        return None
    old, new = (np.column_stack((its.X_train * its.scale + its.mean, its.y_train)) for its in (before, after))
    alike = np.flatnonzero(np.isclose(new, old[point], rtol=1e-9, atol=1e-12).all(axis=1))
    if point in alike or (not len(alike) and len(new) == len(old)):
        return point
    return int(alike[0]) if len(alike) else None
