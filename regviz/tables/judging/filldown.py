"""Columns that have a value in the first row of each group alone, as people leave out what stands above already."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ...language import tr

if TYPE_CHECKING:
    from numpy.typing import NDArray

FEWEST, EMPTY = 3, 0.5
"""Values at least, and the share of rows without one, by which groups are told."""


def hint() -> str:
    """Return what to do about such a column."""
    return tr("If each stands for the empty rows below it too, write it into them.")


def headed(values: NDArray[np.float64]) -> bool:
    """Return whether a column (n,) has a value in its first row, and empty rows below each of a few values."""
    there = np.flatnonzero(~np.isnan(values))
    if len(there) < FEWEST or there[0] != 0 or len(there) > (1 - EMPTY) * len(values):
        return False
    return bool((np.diff(there) > 1).all())
