"""Which models of a stack a technique concerns, and numbers that each model has one of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def span(values: Sequence[float]) -> slice:
    """Return the smallest slice that holds every value that is not 0, so that models without a technique do not pay for
    it.

    A model inside the slice whose own value is 0 is computed along; with 0 that changes nothing.
    """
    used = [row for row, value in enumerate(values) if value != 0]
    return slice(used[0], used[-1] + 1) if used else slice(0, 0)


def each(values: Sequence[float], dtype: str, axes: int) -> NDArray[Any]:
    """Return one number for each model to multiply arrays (M, …) of so many axes by; () if it is the same for all.

    NumPy multiplies by a single number in half the time.
    """
    if len(set(values)) == 1:
        return np.array(values[0], dtype)
    return np.array(values, dtype).reshape(-1, *[1] * (axes - 1))
