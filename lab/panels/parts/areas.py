"""Areas between two curves."""

from __future__ import annotations

import numpy as np
from matplotlib.path import Path

from .curves import Series


def band(x: Series, low: Series, high: Series) -> Path:
    """Return the area between two curves (N,), in pieces where either is missing."""
    finite = np.isfinite(low) & np.isfinite(high)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], finite, [0]])))
    corners, codes = [np.zeros((0, 2))], [np.zeros(0, np.uint8)]
    for a, b in zip(edges[::2], edges[1::2], strict=True):
        around = np.concatenate([np.column_stack([x[a:b], low[a:b]]), np.column_stack([x[a:b], high[a:b]])[::-1]])
        corners += [around, around[:1]]
        codes.append(np.array([Path.MOVETO, *[Path.LINETO] * (len(around) - 1), Path.CLOSEPOLY], np.uint8))
    return Path(np.concatenate(corners), np.concatenate(codes))
