"""Norms of units over the epochs of a run: read off the snapshots that there are, within bounds."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from regviz.arrays import Floats
from regviz.probes import unit_norms
from regviz.training.snapshot import ModelSnapshot, Snapshot

UNITS = 64
"""Units of a layer that are followed at most, evenly chosen."""

MOST = 400
"""Epochs that are kept: when there are more, every second one goes, as on the tape."""

AT_ONCE = 40
"""Snapshots of the past that one `follow` reads at most: a few milliseconds."""

POINTS = 64
"""Epochs of a path that are drawn at most, besides the last."""

Layers = tuple[NDArray[np.float32], ...]


class Paths:
    """What is known of a run: by epoch, of each lane its own epoch and the norms of each layer's units."""

    def __init__(self) -> None:
        self.rows: dict[int, list[tuple[int, Layers]]] = {}
        self._first: Snapshot | None = None
        self._stride = 1

    def copy(self) -> Paths:
        """Another one with the same rows; each goes on by itself."""
        other = Paths()
        other.rows, other._first, other._stride = dict(self.rows), self._first, self._stride
        return other

    def follow(self, newest: Snapshot, past: Sequence[Snapshot]) -> bool:
        """Add `newest` and what is not known of its `past`, oldest first; True if some of that is left for later.

        Another run (its past begins with another snapshot, or without a past: its epochs begin again) starts anew.
        """
        first = past[0] if past else None
        if first is not self._first or (not past and self.rows and newest.epoch < max(self.rows)):
            self.rows, self._first, self._stride = {}, first, 1
        missing = [snapshot for snapshot in past if self._wanted(snapshot.epoch)]
        for snapshot in missing[:AT_ONCE]:
            self._add(snapshot)
        if len(missing) <= AT_ONCE and self._wanted(newest.epoch):
            self._add(newest)
        return len(missing) > AT_ONCE

    def of(self, lane: int, layer: int, model: ModelSnapshot) -> tuple[Floats, Floats]:
        """Epochs (n,) of a lane up to that of `model`, and norms (n, units) of one of its layers, the last of now.

        At most POINTS of them: steps that do not change as the run goes on, and the end.
        """
        lanes = [of[lane] for _, of in sorted(self.rows.items()) if lane < len(of)]
        known = [(epoch, layers[layer]) for epoch, layers in lanes if epoch < model.epoch]
        step = 1
        while len(known) / step > POINTS:
            step *= 2
        known = [*known[::step], (model.epoch, followed(model)[layer])]
        return np.array([epoch for epoch, _ in known], float), np.array([norms for _, norms in known], float)

    def _wanted(self, epoch: int) -> bool:
        return epoch % self._stride == 0 and epoch not in self.rows

    def _add(self, snapshot: Snapshot) -> None:
        self.rows[snapshot.epoch] = [(model.epoch, followed(model)) for model in snapshot.models]
        while len(self.rows) > MOST:
            self._stride *= 2
            self.rows = {epoch: row for epoch, row in self.rows.items() if epoch % self._stride == 0}


@cache
def chosen(count: int) -> NDArray[np.intp]:
    """The units of a layer of `count` that are followed."""
    return np.unique(np.linspace(0, count - 1, min(count, UNITS)).round().astype(np.intp))


def followed(model: ModelSnapshot) -> Layers:
    """The norms of the units that are followed, for each layer."""
    return tuple(norms[chosen(len(norms))].astype(np.float32) for norms in unit_norms(model))
