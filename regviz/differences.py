"""Slopes held against differences: what a custom penalty or activation must stand before it is taken."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from .arrays import Array

STEP = 1e-5
"""Half of the distance that differences are taken over."""

TOLERANCE, AGREE = 1e-4, 0.9
"""How near a slope is to its difference, and the share of points where it must be; corners may meet the others."""


def disagreement(slopes: Array, differences: Array) -> int | None:
    """Return a place at which `slopes` are not those of the function whose `differences` these are, or None."""
    near = np.abs(differences - slopes) <= TOLERANCE * (1 + np.abs(differences))
    return int(np.argmin(near)) if near.mean() < AGREE else None
