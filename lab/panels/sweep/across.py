"""The axis of a swept field: where its values stand, what they are called, and curves over them."""

from __future__ import annotations

import numpy as np

from regviz.optim.penalties import PENALTIES

from ...look.lettering import width_of
from ...look.numbers import digits_of, exact, power, scientific
from ..parts.curves import Series

ZERO_APART, ZERO_WIDTH = 0.13, 0.035
"""Where λ = 0 stands left of the smallest positive value, and half of its width: shares of the axis."""


MOST_TICKS = 10
"""On a linear axis."""


class Across:
    """The axis of a swept field: logarithmic for λ and for whatever spans powers of ten, with 0 as a short stretch of
    its own at the left; else linear.

    `x` (V,) are the places of the values in the axis' own coordinates, `limits` its ends.
    """

    def __init__(self, field: str, values: Series) -> None:
        self.logarithmic = field in PENALTIES or spans_powers(values)
        self.apart = int(self.logarithmic and float(values[0]) == 0)
        if not self.logarithmic:
            self.x = np.asarray(values, float)
            self.limits = float(self.x[0]), float(self.x[-1])
            return
        exponents = np.log10(values[self.apart :])
        low, high = float(exponents[0]), max(float(exponents[-1]), float(exponents[0]) + 0.5)
        span = high - low
        self.half = ZERO_WIDTH * span
        self.x = np.concatenate([[low - ZERO_APART * span], exponents]) if self.apart else exponents
        self.limits = float(self.x[0]) - self.half * self.apart, high

    def line(self, y: Series) -> tuple[Series, Series]:
        """Return x and y of a curve through values y (…, V), its point at a separate 0 stretched and followed by a
        gap.
        """
        if not self.apart:
            return self.x, y
        x = np.concatenate([self.x[0] + self.half * np.array([-1, 1, 1]), self.x[1:]])
        y = np.concatenate([y[..., [0, 0, 0]], y[..., 1:]], axis=-1)
        y[..., 2] = np.nan
        return x, y

    def ticks(self, width: float, size: float) -> tuple[list[float], list[str]]:
        """Return places and names of round values, as many as fit into `width` pixels."""
        low, high = self.limits
        if not self.logarithmic:
            most = width / width_of("0.00 ", size)
            powers = [p * 10.0**k for k in range(-6, 7) for p in (1.0, 2.0, 2.5, 5.0)]
            step = next(s for s in powers if (high - low) / s < most and (high - low) / s < MOST_TICKS)
            ticks = [k * step for k in range(int(np.ceil(low / step)), int(high / step + 1e-9) + 1)]
            return ticks, [f"{tick:g}" for tick in ticks]
        first, last = int(np.ceil(self.x[self.apart] - 1e-9)), int(np.floor(high + 1e-9))
        step = 1
        while (last - first) / step * width_of("0.001 ", size) > width * (last - first) / (high - low):
            step += 1
        exponents = [k for k in range(last, first - 1, -step)][::-1]
        names = [power(k) for k in exponents]
        return ([float(self.x[0])] * self.apart + exponents), (["0"] * self.apart + names)

    def nearest(self, x: float) -> int:
        """Return the index of the value nearest to a place."""
        return int(np.argmin(np.abs(self.x - x)))


def spans_powers(values: Series) -> bool:
    """Return whether values lie closer at their lower end, over more than a power of ten; a first one may be 0."""
    positive = np.asarray(values, float)[int(float(values[0]) == 0) :]
    if len(positive) < 3 or positive[0] <= 0 or positive[-1] < 10 * positive[0]:
        return False
    steps = np.diff(positive)
    return bool(steps[-1] > 2 * steps[0])


def value_text(field: str, value: float) -> str:
    """Return a value of a swept field with all digits it has, up to six: so it is taken when it is clicked."""
    if float(value).is_integer():
        return f"{value:,.0f}"
    return scientific(value, max(2, digits_of(value))) if field in PENALTIES else exact(value)
