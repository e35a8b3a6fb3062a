"""What penalty-only steps make of a weight: many at once, in closed form."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

COUNTS = tuple(base * 10**power for power in range(7) for base in (1, 2, 5))
"""Numbers of steps that a picture may show."""

LEAST, MOST = 0.2, 0.85
"""Of a weight, the share that the steps shown should take away: enough to be seen, and not all."""


def after_steps(
    w: Array, eta: Array | float, l1: Array | float, l2: Array | float, proximal: bool, count: int
) -> Array:
    """Weights `w` (n,) after `count` penalty-only steps of size `eta`, all in float64.

    One step is w ← (1 − 2ηλ₂)w, then L1: towards 0 by ηλ₁, proximal (exactly 0 if that is farther) or by −ηλ₁·sign(w).
    Since a step is a·|w| − t until 0 is reached, many are aᵏ|w| − t(1 − aᵏ)/(1 − a). Over several steps what would
    pass 0 rests there, also where the subgradient really jumps about 0 by up to ηλ₁.
    """
    w = np.asarray(w, np.float64)
    a = 1 - 2 * np.asarray(eta, np.float64) * l2
    t = np.asarray(eta, np.float64) * l1
    if count == 1:
        after = a * w
        step: Array = np.clip(after, -t, t) if proximal else t * np.sign(w)
        return np.asarray(after - step)
    a = np.clip(a, 0, 1)
    decay = a**count
    with np.errstate(divide="ignore", invalid="ignore"):
        drift = t * np.where(a < 1, (1 - decay) / (1 - a), count)
    return np.asarray(np.sign(w) * np.maximum(decay * np.abs(w) - drift, 0))


def steps_to_see(w: float, eta: float, l1: float, l2: float, proximal: bool, now: int) -> int:
    """How many steps to show so that they take a visible share of a weight `w` > 0; `now` if that still does.

    1 if not even the largest count would, as with λ = 0.
    """
    if not (w > 0 and eta * (l1 + l2) > 0):
        return 1

    def taken(count: int) -> float:
        return 1 - float(after_steps(np.array([w]), eta, l1, l2, proximal, count)[0]) / w

    if taken(now) >= LEAST and (now == 1 or taken(now) <= MOST):
        return now
    return next((count for count in COUNTS if taken(count) >= 1.5 * LEAST), 1)


def corners(reach: float, eta: float, l1: float, l2: float, proximal: bool, count: int) -> tuple[Array, Array]:
    """The map from −reach to reach as a broken line: its ends, and where it bends or jumps at 0."""
    a = min(max(1 - 2 * eta * l2, 0.0), 1.0)
    decay = a**count
    drift = eta * l1 * (count if a == 1 else (1 - decay) / (1 - a))
    if count == 1:
        decay, drift = abs(1 - 2 * eta * l2), eta * l1 if proximal else 0.0
    bend = min(reach, drift / decay) if decay > 0 else reach
    x = np.array([-reach, -bend, -1e-12 * reach, 1e-12 * reach, bend, reach])
    return x, after_steps(x, eta, l1, l2, proximal, count)
