"""One palette of 256 colours for a whole film: a pixel that does not change keeps its colour, so nothing flickers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageColor

from ..canvas.changes import Pixels

SIZE, CLEAR = 256, 255
"""Colours, and the last one's index, which stands for "as before"."""

BITS = 6
"""Bits of each channel by which colours are told apart when they are counted."""

MOST_VOTES = 400

SLACK = 12.0
"""Two colours this near to each other (in steps of 255) look the same in a film."""


class Palette:
    """Colours chosen for some pictures; `fixed` (CSS hex) are among them exactly.

    `table` (256, 3) uint8; the last one is not given to any pixel.
    """

    def __init__(self, samples: Sequence[Image.Image], fixed: Sequence[str]) -> None:
        exact = np.array([ImageColor.getrgb(color)[:3] for color in dict.fromkeys(fixed)], np.uint8).reshape(-1, 3)
        found = _common([np.asarray(sample) for sample in samples], CLEAR - len(exact))
        self.table: Pixels = np.zeros((SIZE, 3), np.uint8)
        chosen = np.concatenate((exact, found))
        self.table[: len(chosen)] = chosen
        self._colors = chosen.astype(np.int32)
        whole = self.table.astype(np.int32)
        self._alike = ((whole[:, None] - whole[None]) ** 2).sum(axis=2) <= SLACK**2
        self._nearest: NDArray[np.int16] = np.full(1 << (3 * BITS), -1, np.int16)

    def indexed(self, picture: Image.Image) -> Pixels:
        """Return `picture` as (height, width) indices. The same colour always has the same index."""
        pixels = np.asarray(picture)
        cells = _cells(pixels)
        nearest = self._nearest[cells]
        unknown = nearest < 0
        if unknown.any():
            new, first = np.unique(cells[unknown], return_index=True)
            colors = pixels[unknown][first].astype(np.int32)
            distances = ((colors[:, None] - self._colors[None]) ** 2).sum(axis=2)
            self._nearest[new] = distances.argmin(axis=1)
            nearest = self._nearest[cells]
        index: Pixels = nearest.astype(np.uint8)
        return index

    def alike(self, index: Pixels, other: Pixels) -> NDArray[np.bool_]:
        """Return where two indexed pictures look the same."""
        alike: NDArray[np.bool_] = self._alike.ravel()[(index.astype(np.int32) << 8) | other]
        return alike


def _common(pictures: Sequence[Pixels], count: int) -> Pixels:
    """Up to `count` colours by median cut, in which a colour votes with the root of how often it is seen."""
    votes = np.zeros(1 << (3 * BITS), np.int64)
    for pixels in pictures:
        votes += np.bincount(_cells(pixels).ravel(), minlength=len(votes))
    seen = np.flatnonzero(votes)
    weights = np.minimum(np.ceil(np.sqrt(votes[seen])), MOST_VOTES).astype(int)
    shift, half = 8 - BITS, 1 << (7 - BITS)
    channels = [((seen >> (BITS * place)) & ((1 << BITS) - 1)) << shift | half for place in (2, 1, 0)]
    ballots = np.repeat(np.stack(channels, axis=1).astype(np.uint8), weights, axis=0)
    cut = Image.fromarray(ballots[None]).quantize(count, Image.Quantize.MEDIANCUT)
    return np.array(cut.getpalette()[: 3 * count], np.uint8).reshape(-1, 3)  # type: ignore[index]


def _cells(pixels: Pixels) -> NDArray[np.int32]:
    """Which of the 2^18 cells of the colour cube each pixel is in."""
    red, green, blue = (np.ascontiguousarray(pixels[..., channel]) >> (8 - BITS) for channel in range(3))
    cells = red.astype(np.int32)
    cells <<= BITS
    cells |= green
    cells <<= BITS
    cells |= blue
    return cells
