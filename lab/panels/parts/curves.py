"""Curves over epochs: fewer points, limits that hardly ever move, and axes with room for labels at their right."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from regviz.language import tr

from ...look.lettering import width_of
from ...look.theme import Look
from .artists import set_line
from .base import Panel
from .scales import EPOCHS, FINE, fewer, nice_above, rescaled, ticks_between, ticks_of

Series = NDArray[np.float64]

COARSE = 6.0
"""CSS pixels in which the grid makes room for labels: drawn anew it costs."""

CROWDED = 1.3
"""Times their size that tick labels stand apart at least, from one line to the next."""


def thinned(x: Series, y: Series, most: int = 400) -> tuple[Series, Series]:
    """Return at most about `most` points of a curve, its extremes among them; NaN and infinity become gaps.

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
    """Return right limit of the epochs: `now`, or a new one if the curve has outgrown it or become much shorter."""
    if now > 0 and last <= now and (now <= 20 or last > 0.3 * now):
        return now
    return nice_above(max(last, 20.0), EPOCHS)


def loss_limit(curves: Sequence[Series], now: float) -> float:
    """Return upper limit of the loss: sees the curves, not the first drop nor what explodes.

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
    return rescaled(needed, now, FINE, air=1.08, least=0) or 1.0


def within(epochs: Series, losses: Series, most: float) -> tuple[Series, Series]:
    """Return a curve with few points, and none so far above `most` that Agg would have to carry it."""
    x, y = thinned(np.asarray(epochs, float), np.asarray(losses, float))
    return x, np.minimum(y, 4 * most)


def room_for_ticks(look: Look) -> float:
    """Return CSS pixels that the labels of `ticks_of` take at the left of an axes, with the air beside them."""
    return max(width_of(text, look.small_size) for text in ("0.00", "0e−0")) + 9


class Curves:
    """Axes of losses over epochs that fill a panel, but for `labels` pixels at their right and `below` at its foot.

    `first` and `last` are the epochs at their ends, `low` and `most` the values. Places are CSS pixels from the panel's
    top left. The lines of the grid leave out what is kept clear for labels.
    """

    def __init__(self, panel: Panel, labels: float, below: float = 0.0) -> None:
        look, place = panel.look, panel.place
        self.small = look.small_size
        self.left = room_for_ticks(look)
        self.top = panel.header_height + 0.5 * self.small
        self.foot = place.height - below - 1.9 * self.small
        self.height = self.foot - self.top
        self.across = place.width - self.left
        number, word = (width_of(text, self.small) for text in ("0000", tr("epoch")))
        self.width = self.across - max(labels, 0.6 * number + word)  # the last number stands halfway out of the axes
        self.first = self.last = self.low = self.most = 0.0
        self._held = 0.0, 0.0
        """The epochs, from first to last, and the most that the axes held; axes without curves held nothing."""
        self.axes = panel.add_axes(self.left, self.top, self.across, self.height)
        self.grid = panel.add_line(self.axes, look.grid, linewidth=1, clip_on=False, zorder=0.5)
        self._ticks: Sequence[float] = ()
        self._clear = (place.width, place.width)
        panel.add_note(min(self.left + self.width + number, place.width - word), self.foot + 5, tr("epoch"), va="top")

    def fit(self, last: float, curves: Sequence[Series], first: float = 0.0) -> None:
        """Hold `curves` from `first` to `last`, with limits that move seldom; after none, as if for the first time."""
        epochs, most = epoch_limit(last - first, self._held[0]), loss_limit(curves, self._held[1])
        self._held = (epochs, most) if any(np.isfinite(curve).any() for curve in curves) else (0.0, 0.0)
        self.span(first, first + epochs)
        self.reach(0.0, most, *ticks_of(most))

    def span(self, first: float, last: float) -> None:
        """Show the epochs from `first` to `last`."""
        if (first, last) != (self.first, self.last):
            self.first, self.last = first, last
            self.axes.set_xlim(first, first + (last - first) * self.across / self.width)
            self.axes.set_xticks(*fewer(*ticks_between(first, last), self.width, self.small))
            self._rule()

    def reach(self, low: float, most: float, ticks: Sequence[float], names: Sequence[str]) -> None:
        """Show the values from `low` to `most`, with `ticks` called `names`; only some where they would be crowded."""
        if (low, most) != (self.low, self.most):
            self.low, self.most = low, most
            apart = self.height * abs(ticks[-1] - ticks[0]) / (most - low) / max(1, len(ticks) - 1)
            step = max(1, int(np.ceil(CROWDED * self.small / max(apart, 1.0))))
            self._ticks = ticks[::step]
            self.axes.set_ylim(low, most)
            self.axes.set_yticks(self._ticks, names[::step])
            self._rule()

    def keep_clear(self, left: float, right: float) -> None:
        """Interrupt the grid between two places, rounded to a few pixels: labels stand there and move."""
        left, right = COARSE * np.floor(left / COARSE), COARSE * np.ceil(right / COARSE)
        if (left, right) != self._clear:
            self._clear = left, right
            self._rule()

    def _rule(self) -> None:
        """Draw the grid's lines, each up to what is kept clear, and on behind it to the last epoch of the axis."""
        left, right = self._clear
        end = self.left + self.width
        parts = [(self.left, max(left, self.left)), *([(right, end)] if right < end else [])]
        x = [place for part in parts for place in (*map(self.epoch, part), np.nan)]
        set_line(self.grid, x * len(self._ticks), np.repeat(self._ticks, len(x)))

    def x(self, epoch: float) -> float:
        """Return where an epoch is, in pixels."""
        return self.left + self.width * (epoch - self.first) / (self.last - self.first)

    def y(self, value: float) -> float:
        """Return where a value is, in pixels; what is above or below the axes is at their top or foot."""
        inside = min(max(value, self.low), self.most)
        return self.top + self.height * (self.most - inside) / (self.most - self.low)

    def epoch(self, x: float) -> float:
        """Return the epoch at a place."""
        return self.first + (x - self.left) / self.width * (self.last - self.first)

    def loss(self, y: float) -> float:
        """Return the value at a place."""
        return self.most - (y - self.top) / self.height * (self.most - self.low)
