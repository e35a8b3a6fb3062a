"""The axis of a swept field: where its values stand, what they are called, and curves over them."""

from __future__ import annotations

import numpy as np

from regviz.optim.penalties import PENALTIES

from ...look.lettering import width_of
from ...look.numbers import number, power, scientific
from ..parts.curves import Series

ZERO_APART, ZERO_WIDTH = 0.13, 0.035
"""Where λ = 0 stands left of the smallest positive value, and half of its width: shares of the axis."""


class Across:
    """The axis of a swept field: logarithmic for λ, with 0 as a short stretch of its own at the left; linear for p.

    `x` (V,) are the places of the values in the axis' own coordinates, `limits` its ends.
    """

    def __init__(self, field: str, values: Series) -> None:
        self.logarithmic = field in PENALTIES
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
        """x and y of a curve through values y (…, V), its point at a separate 0 stretched and followed by a gap."""
        if not self.apart:
            return self.x, y
        x = np.concatenate([self.x[0] + self.half * np.array([-1, 1, 1]), self.x[1:]])
        y = np.concatenate([y[..., [0, 0, 0]], y[..., 1:]], axis=-1)
        y[..., 2] = np.nan
        return x, y

    def ticks(self, width: float, size: float) -> tuple[list[float], list[str]]:
        """Places and names of round values, as many as fit into `width` pixels."""
        low, high = self.limits
        if not self.logarithmic:
            step = next(s for s in (0.1, 0.2, 0.25, 0.5, 1.0) if (high - low) / s < width / width_of("0.00 ", size))
            ticks = [k * step for k in range(int(np.ceil(low / step)), int(high / step + 1e-9) + 1)]
            return ticks, [scientific(tick) for tick in ticks]
        first, last = int(np.ceil(self.x[self.apart] - 1e-9)), int(np.floor(high + 1e-9))
        step = 1
        while (last - first) / step * width_of("0.001 ", size) > width * (last - first) / (high - low):
            step += 1
        exponents = [k for k in range(last, first - 1, -step)][::-1]
        names = [power(k) for k in exponents]
        return ([float(self.x[0])] * self.apart + exponents), (["0"] * self.apart + names)

    def nearest(self, x: float) -> int:
        """The index of the value nearest to a place."""
        return int(np.argmin(np.abs(self.x - x)))


def value_text(field: str, value: float) -> str:
    """A value of a swept field, short and exact enough to be told from its neighbours."""
    return scientific(value) if field in PENALTIES else number(value)
