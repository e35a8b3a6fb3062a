"""Artists whose data are set in place: no new path for each frame, and stale only if something has changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from numpy.typing import NDArray

NOWHERE = np.zeros((3, 2))
"""Corners of an area that cannot be seen."""

NO_AREA = Path(NOWHERE, closed=True)
CORNERS = 5
"""Points of a rectangle's path."""


def set_line(line: Line2D, x: Sequence[Any] | Any = (), y: Sequence[Any] | Any = ()) -> None:
    """Set the data of a live line; one without data is invisible, which costs nothing to draw. A point that stays is
    left.
    """
    if len(x) == 0:
        if line.get_visible():
            line.set_data(x, y)
            line.set_visible(False)
        return
    if len(x) == 1 and line.get_visible():
        its_x, its_y = (np.asarray(values) for values in line.get_data(orig=True))
        if len(its_x) == 1 and its_x[0] == x[0] and its_y[0] == y[0]:
            return
    line.set_data(x, y)
    line.set_visible(True)


def rectangles(count: int, **style: Any) -> PathPatch:
    """Return as many rectangles as one artist; `stretch` says where they are."""
    codes = np.tile([Path.MOVETO, *[Path.LINETO] * 3, Path.CLOSEPOLY], count)
    return PathPatch(Path(np.zeros((CORNERS * count, 2)), codes), **{"linewidth": 0, "zorder": 2} | style)


def stretch(patch: PathPatch, left: Any, right: Any, low: Any, high: Any) -> None:
    """Set the sides of `rectangles`, arrays or one number for all; of rectangles beyond the last there is nothing."""
    left, right, low, high = np.broadcast_arrays(left, right, low, high)
    corners = np.zeros_like(_corners(patch))
    used = corners[: CORNERS * len(left)].reshape(-1, CORNERS, 2)
    used[..., 0] = np.stack([left, right, right, left, left], axis=1)
    used[..., 1] = np.stack([low, low, high, high, low], axis=1)
    _set_corners(patch, corners)


def staircase(edges: NDArray[Any], foot: float, **style: Any) -> PathPatch:
    """Return a filled staircase over bins between `edges` (n + 1,) that stands at the height `foot`; `raise_steps`
    fills it.

    Two points for each edge: the feet, and between them both ends of every step.
    """
    corners = np.full((2 * len(edges), 2), foot)
    corners[:, 0] = np.repeat(edges, 2)
    return PathPatch(Path(corners), **{"linewidth": 0, "alpha": 0.88, "zorder": 2} | style)


def steps_of(patch: PathPatch) -> int:
    """Return how many steps a staircase has."""
    return len(_corners(patch)) // 2 - 1


def raise_steps(
    patch: PathPatch, tops: NDArray[Any], edges: NDArray[Any] | None = None, foot: float | None = None
) -> None:
    """Set the heights `tops` (n,) of a staircase, its `edges` (n + 1,) and its `foot` if they are new."""
    corners = _corners(patch).copy()
    corners[1:-1, 1] = np.repeat(tops, 2)
    if edges is not None:
        corners[:, 0] = np.repeat(edges, 2)
    if foot is not None:
        corners[[0, -1], 1] = foot
    _set_corners(patch, corners)


def _corners(patch: PathPatch) -> NDArray[Any]:
    corners: NDArray[Any] = np.asarray(patch.get_path().vertices)
    return corners


def _set_corners(patch: PathPatch, corners: NDArray[Any]) -> None:
    before = _corners(patch)
    if not np.array_equal(before, corners):
        before[...] = corners
        patch.stale = True
