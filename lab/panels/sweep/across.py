"""The axis of a swept field: where its values stand, what they are called, and curves over them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from regviz.optim.penalties import PENALTIES

from ...look.lettering import width_of
from ...look.numbers import digits_of, exact, minus, power, scientific
from ..parts.curves import Series

ZERO_APART, ZERO_WIDTH = 0.13, 0.035
"""Where λ = 0 stands left of the smallest positive value, and half of its width: shares of the axis."""


MOST_TICKS = 10
"""On a linear axis."""

MARKS = (1.0, 2.0, 5.0)
"""Ticks in each power of ten of a logarithmic axis that is too short for powers of ten."""


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
            return _even_ticks(low, high, width, size)
        begin, zero = float(self.x[self.apart]), [(float(self.x[0]), "0")] * self.apart
        first, last = int(np.ceil(begin - 1e-9)), int(np.floor(high + 1e-9))
        if last - first < 1:  # one power of ten at most lies inside: it alone would not say how long the axis is
            marks = [(k + float(np.log10(m)), m * 10.0**k) for k in range(first - 1, last + 2) for m in MARKS]
            marks = [(at, value) for at, value in marks if begin - 1e-9 <= at <= high + 1e-9]
            named = _apart([*zero, *((at, scientific(value)) for at, value in marks)], width / (high - low), size)
        else:
            step = 1
            while (last - first) / step * width_of("0.001 ", size) > width * (last - first) / (high - low):
                step += 1
            named = [*zero, *[(float(k), power(k)) for k in range(last, first - 1, -step)][::-1]]
        return [at for at, _ in named], [name for _, name in named]

    def nearest(self, x: float) -> int:
        """Return the index of the value nearest to a place."""
        return int(np.argmin(np.abs(self.x - x)))


def _even_ticks(low: float, high: float, width: float, size: float) -> tuple[list[float], list[str]]:
    """Places and names of round values at equal distances, however small or large they are."""
    least = 10.0 ** np.floor(np.log10((high - low) / MOST_TICKS))
    digits = max(6, int(np.ceil(np.log10(max(abs(low), abs(high)) / least))) + 1)
    for step in (least * k for k in (1.0, 2.0, 2.5, 5.0, 10.0, 20.0, 25.0, 50.0, 100.0)):
        ticks = [float(k * step) for k in range(int(np.ceil(low / step - 1e-9)), int(high / step + 1e-9) + 1)]
        names = [minus(f"{tick:.{digits}g}") for tick in ticks]
        widest = max((width_of(f"{name} ", size) for name in ("0.00", *names)), default=0.0)
        if (high - low) / step < min(width / widest, MOST_TICKS):
            break
    return ticks, names


def _apart(named: Sequence[tuple[float, str]], scale: float, size: float) -> list[tuple[float, str]]:
    """Those of some ascending places with their names that do not touch, at `scale` pixels for a unit."""
    kept: list[tuple[float, str]] = []
    for at, name in named:
        if not kept or (at - kept[-1][0]) * scale >= 0.5 * (width_of(kept[-1][1], size) + width_of(f"{name}  ", size)):
            kept.append((at, name))
    return kept


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
