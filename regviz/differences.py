"""What custom members must stand before they are taken: slopes are held against differences, and errors are named."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np

from .errors import ArgumentError, ImpossibleValue

if TYPE_CHECKING:
    from .arrays import Array

STEP = 1e-5
"""Half of the distance that differences are taken over."""

TOLERANCE, AGREE = 1e-4, 0.9
"""How near a slope is to its difference, and the share of points where it must be; corners may meet the others."""

SAME = 1e-9
"""How near two results of the same equations are, relative to 1: kernels of NumPy may differ in the last bit."""


@contextmanager
def asked(what: str, allowed: str, suggestion: object) -> Iterator[None]:
    """Ask something of a custom member. Raises ArgumentError, with what is `allowed`, for whatever its code raises."""
    try:
        yield
    except ImpossibleValue:
        raise
    except Exception as error:
        more = f" ({error})" if len(repr(error)) > 80 else ""  # which a message would cut
        raise ArgumentError(what, error, f"{allowed}{more}", suggestion) from error


def apart(one: Array, other: Array) -> int | None:
    """Return a place (of the flat arrays) at which two results of one shape are not the same number, or None."""
    near = np.abs(one - other) <= SAME * (1 + np.abs(other))
    return None if near.all() else int(np.argmin(near))


def disagreement(slopes: Array, differences: Array) -> int | None:
    """Return a place at which `slopes` are not those of the function whose `differences` these are, or None."""
    near = np.abs(differences - slopes) <= TOLERANCE * (1 + np.abs(differences))
    return int(np.argmin(near)) if near.mean() < AGREE else None
