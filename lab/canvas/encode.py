"""Pixels as runs: what differs from the last picture, as (value, length) pairs.

Between two frames of a chart few pixels change, and those that do not, differ by 0. Runs of equal differences are found
by NumPy in one pass and undone by the page in one loop, at once: a PNG would be a little smaller, but the browser
decodes it on another thread, and the wait for it was the largest part of the way of a frame on a busy machine.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Packed = NDArray[np.uint32]
"""Pixels as one number each: the four bytes of RGBA."""

LONGEST = 65535
"""Pixels in a run at most, so that its length takes two bytes."""


def runs(pixels: Packed) -> tuple[Packed, NDArray[np.uint16]]:
    """Return the values and lengths of the runs in `pixels` `(n,)`: `np.repeat(values, lengths)` gives them back."""
    count = len(pixels)
    starts = np.flatnonzero(pixels[1:] != pixels[:-1]) + 1
    starts = np.concatenate(([0], starts)) if count else starts
    values, lengths = pixels[starts], np.diff(starts, append=count)
    if count > LONGEST and lengths.max() > LONGEST:
        parts = -(-lengths // LONGEST)
        rest = lengths - LONGEST * (parts - 1)
        values, lengths = np.repeat(values, parts), np.full(parts.sum(), LONGEST)
        lengths[np.cumsum(parts) - 1] = rest
    return values, lengths.astype(np.uint16)
