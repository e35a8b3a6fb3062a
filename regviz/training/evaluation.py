"""Evaluation: what a stack's networks answer to all points that they are measured on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from .network import Network

if TYPE_CHECKING:
    from ..arrays import Array

AT_ONCE, FEWEST = 1 << 14, 64
"""Numbers that a layer of one network may give at once, but for so few points; with more, memory grows."""


def pieces(n: int, widest: int) -> list[slice]:
    """Return where to cut n points that go through networks whose largest layer has `widest` units: as evenly as can
    be.
    """
    count = -(-n // max(FEWEST, AT_ONCE // widest))
    size = -(-n // max(count, 1))
    return [slice(start, min(start + size, n)) for start in range(0, n, size)] if n else [slice(0, 0)]


def for_pieces(places: Sequence[slice], make: Callable[[int], Network]) -> list[Network]:
    """Return a network for each piece; pieces of one size share one, which `make` builds for so many points."""
    sizes = [place.stop - place.start for place in places]
    networks = {size: make(size) for size in set(sizes)}
    return [networks[size] for size in sizes]


class Evaluation:
    """Points (M or 1, in + 1, n) that go through networks piece by piece, so that a large table needs no large memory.

    `make` builds the networks for a number of points; there are no more than two, for all pieces and for the last.
    """

    def __init__(self, make: Callable[[int], Network], widest: int, points: Array) -> None:
        self._places = pieces(points.shape[2], widest)
        self._networks = for_pieces(self._places, make)
        self.look_at(points)

    def look_at(self, points: Array) -> None:
        """Have other points of the same shape."""
        self._pieces = [points[:, :, place] for place in self._places]

    def outputs(self) -> Array:
        """Return outputs (M, K, n), in memory that the next call may write anew."""
        if len(self._pieces) == 1:
            return self._networks[0].evaluate(self._pieces[0])
        pairs = zip(self._networks, self._pieces, strict=True)
        found = [network.evaluate(x, number).copy() for number, (network, x) in enumerate(pairs)]
        return np.concatenate(found, axis=2)
