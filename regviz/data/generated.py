"""Generated data: shapes in the plane, drawn without noise.

Each function takes the number of points and a generator and returns points `(n, 2)` and classes `(n,)`. Classes come
in turn (0, 1, 0, 1, …), so every split is balanced.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray

    Shape = Callable[[int, Generator], tuple[NDArray[np.float64], NDArray[np.int64]]]


def moons(n: int, rng: Generator) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return two half circles that reach into each other."""
    y = _turns(n, 2)
    angle = np.pi * rng.random(n)
    side = 1 - 2 * y
    return np.column_stack((y + side * np.cos(angle), 0.5 * y + side * np.sin(angle))), y


def circles(n: int, rng: Generator) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return a circle of radius 1 around one of radius ½."""
    y = _turns(n, 2)
    angle = 2 * np.pi * rng.random(n)
    radius = 1 - 0.5 * y
    return radius[:, None] * np.column_stack((np.cos(angle), np.sin(angle))), y


def spirals(n: int, rng: Generator) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return two arms that wind around each other one and a half times, out to radius 3."""
    y = _turns(n, 2)
    way = np.sqrt(rng.random(n))  # the root spreads points evenly along the arm
    angle = 3 * np.pi * way + np.pi * y
    return (3 * way)[:, None] * np.column_stack((np.cos(angle), np.sin(angle))), y


def xor(n: int, rng: Generator) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return a square of side 2 whose opposite quarters belong together."""
    y = _turns(n, 2)
    points = rng.uniform(-1, 1, (n, 2))
    wrong = (points[:, 0] * points[:, 1] > 0) != (y == 0)
    points[wrong, 1] *= -1  # to the neighbouring quarter, where this class lives
    return points, y


def blobs(n: int, rng: Generator) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return three round clouds (sd 0.2) at the corners of a triangle."""
    y = _turns(n, 3)
    angle = 2 * np.pi * y / 3 + np.pi / 2
    return np.column_stack((np.cos(angle), np.sin(angle))) + 0.2 * rng.standard_normal((n, 2)), y


SHAPES: dict[str, Shape] = {"moons": moons, "circles": circles, "spirals": spirals, "xor": xor, "blobs": blobs}


def _turns(n: int, classes: int) -> NDArray[np.int64]:
    return np.arange(n, dtype=np.int64) % classes
