"""What a loss curve needs before it is drawn: fewer points, and limits that hardly ever move."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from .labels import nice_above, width_of

Series = NDArray[np.float64]

EPOCH_STEPS = (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 7.5)
LOSS_STEPS = (1.0, 1.2, 1.6, 2.0, 2.4, 3.0, 4.0, 5.0, 6.0, 8.0)


def thinned(x: Series, y: Series, most: int = 400) -> tuple[Series, Series]:
    """At most about `most` points of a curve, its extremes among them; NaN and infinity become gaps.

    Buckets have a power of two of points and start at the curve's start, so that a growing curve does not shimmer.
    """
    count = len(x)
    finite = np.isfinite(y)
    y = y if finite.all() else np.where(finite, y, np.nan)
    if count <= most:
        return x, y
    width = 2
    while 2 * count / width > most:
        width *= 2
    buckets = -(-count // width)
    padded = np.full(buckets * width, np.nan)
    padded[:count] = y
    table = padded.reshape(buckets, width)
    gaps = np.isnan(table)
    lowest = np.argmin(np.where(gaps, np.inf, table), axis=1)
    highest = np.argmax(np.where(gaps, -np.inf, table), axis=1)
    pairs = np.stack([np.minimum(lowest, highest), np.maximum(lowest, highest)], axis=1)
    picked = np.minimum(pairs + width * np.arange(buckets)[:, None], count - 1)
    chosen = np.concatenate([[0], picked.ravel(), [count - 1]])
    return x[chosen], y[chosen]


def epoch_limit(last: float, now: float) -> float:
    """Right limit of the epochs: `now`, or a new one if the curve has outgrown it or become much shorter."""
    if now > 0 and last <= now and (now <= 20 or last > 0.3 * now):
        return now
    return nice_above(max(last, 20.0), EPOCH_STEPS)


def loss_limit(curves: Sequence[Series], now: float) -> float:
    """Upper limit of the loss: sees the curves, not the first drop nor what explodes.

    It grows when a curve leaves it and shrinks when half of it is empty. A value beyond four times the loss before
    training is no reason to grow: such a curve leaves the picture at the top.
    """
    starts = [float(curve[0]) for curve in curves if len(curve) and np.isfinite(curve[0])]
    most = 4 * max(starts) if starts else np.inf
    needed = 0.0
    for curve in curves:
        settled = curve[max(1, len(curve) // 20) :] if len(curve) > 8 else curve
        seen = settled[np.isfinite(settled) & (settled <= most)]
        if len(seen):
            needed = max(needed, float(seen.max()))
    if needed <= 0:
        return now if now > 0 else 1.0
    if needed <= now and needed > 0.45 * now:
        return now
    return nice_above(1.08 * needed, LOSS_STEPS)


def ticks_of(limit: float) -> tuple[list[float], list[str]]:
    """Four to six round ticks from 0 to `limit`, with labels of one width."""
    power = 10.0 ** np.floor(np.log10(limit))
    step = next(step for step in (0.1, 0.2, 0.25, 0.5, 1.0, 2.0, 2.5) if limit / (step * power) <= 5.01) * power
    digits = next(d for d in range(12) if abs(round(step, d) - step) < 1e-9 * step)
    ticks = [i * step for i in range(int(limit / step + 1e-9) + 1)]
    return ticks, [f"{tick:.{digits}f}" for tick in ticks]


def fewer(ticks: list[float], names: list[str], width: float, size: float) -> tuple[list[float], list[str]]:
    """Every tick, or every second or third one, so that their labels stand apart within `width`."""
    step = max(1, int(np.ceil(len(ticks) * 1.5 * width_of(names[-1], size) / max(width, 1))))
    return ticks[::step], names[::step]
