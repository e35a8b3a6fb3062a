"""Ends of axes: round numbers that hardly ever move, and their ticks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ...look.lettering import width_of
from ...look.numbers import exponential, minus, number

COARSE = (1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0)
FINE = (1.0, 1.2, 1.6, 2.0, 2.4, 3.0, 4.0, 5.0, 6.0, 8.0)
EPOCHS = (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 7.5)
"""Round numbers at which an axis may end, up to a power of ten. On a fine scale less of the picture stays empty."""


def nice_above(value: float, steps: Sequence[float]) -> float:
    """Return the smallest of `steps` × a power of ten that is not below `value` (> 0). `steps` ascend within [1,
    10).
    """
    power = 10.0 ** np.floor(np.log10(value))
    for step in (*steps, 10.0):
        if step * power >= value * (1 - 1e-12):
            return float(step * power)
    return float(10 * power)


def rescaled(
    needed: float,
    now: float,
    steps: Sequence[float] = COARSE,
    *,
    share: float = 0.45,
    air: float = 1.05,
    least: float = 1e-6,
) -> float:
    """Return the end of an axis that must reach `needed`; 0 for no axis yet.

    It stays `now` while it holds what is needed and that fills more than a `share` of it (hysteresis), and where
    nothing is needed. Else it is the next round number, `air` times as far as needed and not below `least`.
    """
    if needed <= 0 or share * now < needed <= now:
        return now
    return nice_above(min(max(air * needed, least), 1e9), steps)


def holding(values: NDArray[np.floating], share: float) -> float:
    """Return how far an axis must reach to hold a `share` of the finite sizes |`values`| above 0; 0 if there are
    none.
    """
    sizes = np.abs(values[np.isfinite(values) & (values != 0)])
    rank = int(share * len(sizes))
    return float(np.partition(sizes, rank)[rank]) if len(sizes) else 0.0


def shared(reaches: Sequence[float], times: float) -> float:
    """Return how far the axis that lanes share must reach, of how far each of them does (≥ 0); 0 if none does.

    That is the farthest, but at most so many `times` the median: a lane that explodes leaves the picture and flattens
    no other. One that reaches nowhere has no say, since it does not show what is usual.
    """
    alive = [reach for reach in reaches if reach > 0]
    return min(max(alive), times * float(np.median(alive))) if alive else 0.0


def ticks_of(limit: float) -> tuple[list[float], list[str]]:
    """Return some round ticks from 0 to `limit`, mostly four to six, with labels of one width.

    Below 0.1 that is the width of "0.00" or "5e−3"; there are fewer ticks if it has to be.
    """
    power = 10.0 ** np.floor(np.log10(limit))
    for step in power * np.array([0.1, 0.2, 0.25, 0.5, 1.0, 2.0, 2.5]):
        ticks = [i * float(step) for i in range(int(limit / step + 1e-9) + 1)]
        digits = next(d for d in range(99) if abs(round(step, d) - step) < 1e-9 * step)
        names = [f"{tick:.{digits}f}" if digits < 3 else exponential(tick) if tick else "0" for tick in ticks]
        if limit / step <= 5.01 and (limit >= 0.1 or max(map(len, names)) <= 4):
            break
    return ticks, names


def ticks_between(first: float, last: float) -> tuple[list[float], list[str]]:
    """Return round ticks from `first` to `last`, as far apart as `ticks_of` would have them over that length."""
    steps, names = ticks_of(last - first)
    if not first:
        return steps, names
    step = steps[1] - steps[0]
    ends = int(np.ceil(first / step - 1e-9)), int(np.floor(last / step + 1e-9))
    ticks = [round(k * step, 12) + 0.0 for k in range(ends[0], ends[1] + 1)]
    return ticks, [minus(f"{tick:g}") for tick in ticks]


def ticks_around_zero(limit: float, count: int = 3, digits: int | None = None) -> tuple[list[float], list[str]]:
    """Return an odd `count` of ticks from −`limit` to `limit`, by default with two significant digits for the
    smallest.
    """
    ticks = np.linspace(-limit, limit, count)
    if digits is None:
        digits = max(0, int(np.ceil(-np.log10(2 * limit / (count - 1)) + 0.999)))
    return ticks.tolist(), [number(tick, digits) if tick else "0" for tick in ticks.tolist()]


def ticks_within(low: float, high: float) -> tuple[list[float], list[str]]:
    """Return three whole ticks around 0, or where less than 1 is on one side some round ones, from `low` to `high`.

    None is outside: Matplotlib widens axes to hold their ticks, away from the limits that a picture goes by.
    """
    whole = int(min(-low, high))
    return ticks_around_zero(whole, digits=0) if whole >= 1 else ticks_between(low, high)


def fewer(ticks: list[float], names: list[str], width: float, size: float) -> tuple[list[float], list[str]]:
    """Return every tick, or every second or third one, so that their labels stand apart within `width`."""
    step = max(1, int(np.ceil(len(ticks) * 1.5 * width_of(names[-1], size) / max(width, 1))))
    return ticks[::step], names[::step]


def fewer_up(ticks: list[float], names: list[str], height: float, size: float) -> tuple[list[float], list[str]]:
    """Return every tick, or every second or third one, so that their labels stand apart, one above the other."""
    step = max(1, int(np.ceil(len(ticks) * 1.7 * size / max(height, 1))))
    return ticks[::step], names[::step]
