"""Curves and a landscape to fit: functions of one or two inputs between −1 and 1, without noise.

Each takes the inputs `(n, features)` and returns the targets `(n,)`, which lie between −1 and 1, too.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Function = Callable[[NDArray[np.float64]], NDArray[np.float64]]

KNOWN_AT = 401
"""Points at which the curve that is looked for is drawn."""


def sine(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return one and a half waves."""
    return np.sin(1.5 * np.pi * x[:, 0])


def steps(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return four steps of different heights, which a smooth function only comes near."""
    heights = np.array([-0.6, 0.8, -0.1, 0.5])
    found: NDArray[np.float64] = heights[np.clip(np.floor(2 * (x[:, 0] + 1)).astype(int), 0, 3)]
    return found


def polynomial(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return Chebyshev's polynomial of degree 5, 16x⁵ − 20x³ + 5x, which goes up and down between −1 and 1."""
    u = x[:, 0]
    return 16 * u**5 - 20 * u**3 + 5 * u


def hills(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return a hill and a hollow in the plane, each a Gaussian (sd 0.35)."""
    hill, hollow = (
        np.exp(-((x - centre) ** 2).sum(axis=1) / (2 * 0.35**2)) for centre in ((0.45, 0.35), (-0.45, -0.35))
    )
    return np.asarray(hill - hollow)


CURVES: dict[str, Function] = {"sine": sine, "steps": steps, "polynomial": polynomial, "hills": hills}


def looked_for(
    curve: Function, mean: NDArray[np.float64], scale: NDArray[np.float64], target_mean: float, target_scale: float
) -> NDArray[np.float64]:
    """Return a curve of one input as it is looked for `(points, 2)`: input and target, standardized by means and
    scales.
    """
    at = np.linspace(-1, 1, KNOWN_AT)[:, None]
    return np.column_stack(((at - mean) / scale, (curve(at) - target_mean) / target_scale))
