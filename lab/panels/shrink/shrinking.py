"""What penalty-only steps make of a weight: many at once, in closed form."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

COUNTS = tuple(base * 10**power for power in range(7) for base in (1, 2, 5))
"""Numbers of steps that a picture may show."""

LEAST, MOST = 0.2, 0.85
"""Of a weight, the share that the steps shown should take away: enough to be seen, and not all."""


CURVE = 60
"""Points on each side of 0 at which the map of a penalty of one's own is drawn."""

EXACT = 50
"""Steps of a penalty of one's own that are taken one by one; more are followed as a flow."""

PARTS = 8
"""Parts of that flow, each a Runge–Kutta step."""

Slope = Callable[[Array], Array]


def after_steps(
    w: Array,
    eta: Array | float,
    l1: Array | float,
    l2: Array | float,
    proximal: bool,
    count: int,
    own: Slope | None = None,
) -> Array:
    """Weights `w` (n,) after `count` penalty-only steps of size `eta`, all in float64.

    One step is w ← w − η(2λ₂w + λf′(w)), where `own` gives λf′ of a penalty of one's own, then L1: towards 0 by ηλ₁,
    proximal (exactly 0 if that is farther) or by −ηλ₁·sign(w). Without such an f a step is a·|w| − t until 0 is
    reached, and many are aᵏ|w| − t(1 − aᵏ)/(1 − a). Over several steps what would pass 0 rests there, if the penalty
    pulls to 0 from both sides; also where a gradient step really jumps about 0 by up to η times its slope there.
    """
    w = np.asarray(w, np.float64)
    eta = np.asarray(eta, np.float64)
    a, t = 1 - 2 * eta * l2, eta * l1
    if count == 1:
        after = a * w if own is None else a * w - eta * own(w)
        step: Array = np.clip(after, -t, t) if proximal else t * np.sign(w)
        return np.asarray(after - step)
    if own is not None:
        return _followed(w, eta, lambda w: l1 * np.sign(w) + 2 * l2 * w + own(w), count)
    a = np.clip(a, 0, 1)
    decay = a**count
    with np.errstate(divide="ignore", invalid="ignore"):
        drift = t * np.where(a < 1, (1 - decay) / (1 - a), count)
    return np.asarray(np.sign(w) * np.maximum(decay * np.abs(w) - drift, 0))


def steps_to_see(w: float, eta: float, l1: float, l2: float, proximal: bool, now: int, own: Slope | None = None) -> int:
    """How many steps to show so that they take a visible share of a weight `w` > 0; `now` if that still does.

    1 if not even the largest count would, as with λ = 0. A penalty of one's own may pull hard at small weights only:
    the share is the largest of `w`, half and a quarter of it.
    """
    if not w > 0 or not (eta * (l1 + l2) > 0 or own is not None):
        return 1
    at = np.array([w]) if own is None else w * np.array([1, 0.5, 0.25])

    def taken(count: int) -> float:
        return float(np.max(np.abs(1 - after_steps(at, eta, l1, l2, proximal, count, own) / at)))

    if own is not None and COUNTS[-1] * eta * float(np.max(np.abs(own(at)) / at + l1 / at + 2 * l2)) < LEAST:
        return 1  # said at once: following so many steps would be dear
    if taken(now) >= LEAST and (now == 1 or taken(now) <= MOST):
        return now
    return next((count for count in COUNTS if taken(count) >= 1.5 * LEAST), 1)


def corners(
    reach: float, eta: float, l1: float, l2: float, proximal: bool, count: int, own: Slope | None = None
) -> tuple[Array, Array]:
    """The map from −reach to reach as a broken line: its ends, and where it bends or jumps at 0.

    With a penalty of one's own it may bend anywhere: many points.
    """
    if own is not None:
        x = np.linspace(-reach, reach, 2 * CURVE)
        x = np.sort(np.concatenate([x, [-1e-12 * reach, 1e-12 * reach]]))
        return x, after_steps(x, eta, l1, l2, proximal, count, own)
    a = min(max(1 - 2 * eta * l2, 0.0), 1.0)
    decay = a**count
    drift = eta * l1 * (count if a == 1 else (1 - decay) / (1 - a))
    if count == 1:
        decay, drift = abs(1 - 2 * eta * l2), eta * l1 if proximal else 0.0
    bend = min(reach, drift / decay) if decay > 0 else reach
    x = np.array([-reach, -bend, -1e-12 * reach, 1e-12 * reach, bend, reach])
    return x, after_steps(x, eta, l1, l2, proximal, count)


def _followed(w: Array, eta: Array, slope: Slope, count: int) -> Array:
    """`count` steps w ← w − η·slope(w), one by one, or if they are many as the flow that goes through their points.

    That flow is w′ = −s(1 + ½ηs′) to first order in η (Hairer, Lubich & Wanner, Geometric Numerical Integration,
    §IX.1), so that the difference is of the order of η²; s′ is a difference of slopes, taken once for each part.
    """
    near = np.full_like(w, 1e-9)
    rests = (slope(near) > 0) & (slope(-near) < 0)  # at 0, pulled to from both sides
    if count <= EXACT:
        for _ in range(count):
            after = w - eta * slope(w)
            w = np.where((w * after <= 0) & rests, 0.0, after)
        return w
    time, small = eta * count / PARTS, 1e-5
    for _ in range(PARTS):
        lag = 1 + 0.5 * eta * (slope(w + small) - slope(w - small)) / (2 * small)
        far = -time * lag
        a = far * slope(w)
        b = far * slope(w + a / 2)
        c = far * slope(w + b / 2)
        d = far * slope(w + c)
        after = w + (a + 2 * b + 2 * c + d) / 6
        w = np.where(((w * after <= 0) | (w * (w + c) <= 0)) & rests, 0.0, after)
    return w
