"""Planted data: 25 inputs of which 5 decide the class, two of them only together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from numpy.random import Generator

EMPTY = 20
"""Inputs that say nothing."""

NAMES = ("alone 1", "alone 2", "alone 3", "pair 1", "pair 2", *(f"empty {k + 1}" for k in range(EMPTY)))
INFORMATIVE = np.arange(len(NAMES)) < len(NAMES) - EMPTY


def planted(n: int, rng: Generator) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Points (n, 25), standard normal, and their classes (n,), which come in turn (0, 1, 0, 1, …).

    The class is 1 where x₁ + x₂ + x₃ + 2·x₄·x₅ > 0. x₄ and x₅ matter only as a product: each of them alone is
    independent of the class, so no look at single columns finds them.
    """
    y = np.arange(n, dtype=np.int64) % 2
    x = rng.standard_normal((n, len(NAMES)))
    score = x[:, 0] + x[:, 1] + x[:, 2] + 2 * x[:, 3] * x[:, 4]
    wrong = (score > 0) != (y == 1)
    x[wrong, :4] *= -1  # as likely a point as before, and its score has the other sign
    return x, y
