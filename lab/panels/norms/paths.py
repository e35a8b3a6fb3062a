"""Norms of units over the epochs of a run."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from regviz.arrays import Floats
from regviz.probes import unit_norms
from regviz.training.snapshot import ModelSnapshot

from ..parts.following import Following

UNITS = 64
"""Units of a layer that are followed at most, evenly chosen."""

POINTS = 64
"""Epochs of a path that are drawn at most, besides the last."""

Layers = tuple[NDArray[np.float32], ...]


class Paths(Following[Layers]):
    """What is known of a run: by epoch, of each lane its own epoch and the norms of each layer's units."""

    def __init__(self) -> None:
        super().__init__(followed)

    def of(self, lane: int, layer: int, model: ModelSnapshot) -> tuple[Floats, Floats]:
        """Return epochs (n,) of a lane up to that of `model`, and norms (n, units) of one of its layers, the last of
        now.

        At most POINTS of them: steps that do not change as the run goes on, and the end.
        """
        known = [(epoch, layers[layer]) for epoch, layers in self.before(lane, model.epoch)]
        step = 1
        while len(known) / step > POINTS:
            step *= 2
        known = [*known[::step], (model.epoch, followed(model)[layer])]
        return np.array([epoch for epoch, _ in known], float), np.array([norms for _, norms in known], float)


@cache
def chosen(count: int) -> NDArray[np.intp]:
    """Return the units of a layer of `count` that are followed."""
    return np.unique(np.linspace(0, count - 1, min(count, UNITS)).round().astype(np.intp))


def followed(model: ModelSnapshot) -> Layers:
    """Return the norms of the units that are followed, for each layer."""
    return tuple(norms[chosen(len(norms))].astype(np.float32) for norms in unit_norms(model))
