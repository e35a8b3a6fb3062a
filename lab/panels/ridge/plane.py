"""A plane of two weights: its limits, which move rarely, and places in it that no other text takes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from regviz.arrays import Floats

from ...look.lettering import width_of
from ..parts.base import Panel
from ..parts.cells import Cell
from ..parts.scales import FINE, fewer_up, nice_above, ticks_between

Box = tuple[float, float, float, float]
"""Left, right, top and bottom of a text in CSS pixels."""

AIR = 0.06
"""Share of what is seen that stays empty at each side."""

FILLED = 0.55
"""Share of an axis that must be needed for it to stay."""

BEYOND = 1.0
"""How far a way is followed outside of what the solutions need, in units of that: a lane may explode."""


class Plane:
    """The axes of a plane of two weights, in a rectangle of the panel's place."""

    def __init__(self, panel: Panel, cell: Cell) -> None:
        self.panel, self.cell, self.look = panel, cell, panel.look
        self.axes: Axes = panel.add_axes(*cell)
        self.axes.grid(color=self.look.grid, linewidth=1)
        self.limits = ((0.0, 0.0), (0.0, 0.0))

    def fit(self, solutions: Floats, ways: Floats, anew: bool = False) -> None:
        """Hold the `solutions` (n, 2), and of the `ways` (m, 2) what is not far outside; `anew` for other weights."""
        needed = []
        for axis in range(2):
            low, high = float(solutions[:, axis].min()), float(solutions[:, axis].max())
            more = BEYOND * (high - low)
            of = ways[:, axis]
            of = np.clip(of[np.isfinite(of)], low - more, high + more)
            needed.append((min(low, float(of.min(initial=low))), max(high, float(of.max(initial=high)))))
        now = ((0.0, 0.0), (0.0, 0.0)) if anew else self.limits
        found = tuple(_limits(*both, *was) for both, was in zip(needed, now, strict=True))
        if found != self.limits:
            self.limits = (found[0], found[1])
            self._set()

    def clipped(self, way: Floats) -> Floats:
        """Return a way (n, 2) that leaves the picture, and stays near it."""
        low, high = np.array(self.limits).T
        return np.asarray(np.clip(way, low - 2 * (high - low), high + 2 * (high - low)))

    def pixels(self, points: Floats) -> Floats:
        """Return points (n, 2) of the plane as CSS pixels of the panel's place."""
        (left, right), (low, high) = self.limits
        x = self.cell.left + (points[:, 0] - left) / (right - left) * self.cell.width
        y = self.cell.top + (high - points[:, 1]) / (high - low) * self.cell.height
        return np.column_stack([x, y])

    def beside(self, dot: Floats, text: str, lines: Sequence[Floats], taken: Sequence[Box]) -> Box | None:
        """Return room for a small `text` beside a `dot` (2,), off `lines` (n, 2) each and off what is `taken`; None for
        none.

        Dot and lines are in pixels.
        """
        small = self.look.small_size
        wide, high = width_of(text, small) + 2, small
        for turn in np.pi * np.array([0, 1, 0.5, 1.5, 0.25, 0.75, 1.25, 1.75]):
            side = np.array([np.cos(turn), np.sin(turn)])
            x, y = dot + side * (7 * self.look.scale + 0.5 * np.array([wide, high]))
            box = (float(x - wide / 2), float(x + wide / 2), float(y - high / 2), float(y + high / 2))
            if not self._inside(box) or any(_meet(box, other) for other in taken):
                continue
            if not any(_crossed(box, line) for line in lines):
                return box
        return None

    def _inside(self, box: Box) -> bool:
        left, top, width, height = self.cell
        return left + 2 <= box[0] and box[1] <= left + width - 2 and top <= box[2] and box[3] <= top + height

    def _set(self) -> None:
        small, (across, up) = self.look.small_size, self.limits
        self.axes.set(xlim=across, ylim=up)
        ticks, names = ticks_between(*across)
        step = max(1, int(np.ceil(len(ticks) * 1.4 * max(width_of(name, small) for name in names) / self.cell.width)))
        self.axes.set_xticks(ticks[::step], names[::step])
        self.axes.set_yticks(*fewer_up(*ticks_between(*up), self.cell.height, small))


def ellipses(lowest: Floats, bowl: Floats, levels: Sequence[float]) -> Floats:
    """Return where (w − lowest)ᵀ bowl (w − lowest) is each of `levels`², as one broken line (n, 2)."""
    values, vectors = np.linalg.eigh(bowl)
    turn = np.linspace(0, 2 * np.pi, 97)
    circle = np.column_stack([np.cos(turn), np.sin(turn)])
    ring = circle / np.sqrt(np.maximum(values, 1e-12 * float(values[-1]))) @ vectors.T
    parts = [np.vstack([lowest + level * ring, np.full((1, 2), np.nan)]) for level in levels]
    return np.vstack(parts) if parts else np.empty((0, 2))


def _limits(low: float, high: float, was_low: float, was_high: float) -> tuple[float, float]:
    """Round ends of an axis around `low` and `high`; those that were while they hold both and are not far too wide."""
    span = max(high - low, 1e-3)
    if was_low <= low and high <= was_high and was_low < was_high and span >= FILLED * (was_high - was_low):
        return was_low, was_high
    step = nice_above(span / 20, FINE)
    return float(np.floor((low - AIR * span) / step) * step), float(np.ceil((high + AIR * span) / step) * step)


def _meet(box: Box, other: Box) -> bool:
    return box[0] < other[1] and other[0] < box[1] and box[2] < other[3] and other[2] < box[3]


def _crossed(box: Box, path: NDArray[np.float64]) -> bool:
    """Whether a path (n, 2) goes through a box; points between its own are enough to see that."""
    share = np.arange(8)[:, None, None] / 8
    x, y = (path[:-1] + share * np.diff(path, axis=0)).reshape(-1, 2).T
    return bool(((box[0] < x) & (x < box[1]) & (box[2] < y) & (y < box[3])).any())
