"""Rectangles: of a picture on a figure, and in it of each lane, in as many columns as make them largest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from matplotlib.figure import Figure


@dataclass(frozen=True, slots=True)
class Place:
    """A rectangle of a figure in CSS pixels, origin at the figure's top left corner."""

    figure: Figure
    left: float
    top: float
    width: float
    height: float


class Cell(NamedTuple):
    """A rectangle, as that of one lane, in CSS pixels from the top left of the panel's place."""

    left: float
    top: float
    width: float
    height: float

    @property
    def middle(self) -> tuple[float, float]:
        """Its middle."""
        return self.left + self.width / 2, self.top + self.height / 2

    def holds(self, x: float, y: float) -> bool:
        """Return whether a point is inside."""
        return 0 <= x - self.left <= self.width and 0 <= y - self.top <= self.height

    def lower(self, down: float) -> Cell:
        """Return the same cell, moved down."""
        return self._replace(top=self.top + down)


@dataclass(frozen=True, slots=True)
class Margins:
    """CSS pixels that a picture needs around its cells: above each, at the left of all, below each, and between."""

    header: float
    left: float = 0.0
    below: float = 0.0
    gap: float = 18.0


def cells_for(count: int, width: float, height: float, margins: Margins) -> list[Cell]:
    """Return cells for `count` lanes, in the number of columns that makes the smaller side of a cell largest."""
    gap = margins.gap
    best: tuple[float, int, float, float] = (-np.inf, 1, 0.0, 0.0)
    for columns in range(1, count + 1):
        rows = -(-count // columns)
        if columns != -(-count // rows):  # as wide with fewer columns: no row stays half empty
            continue
        across = (width - margins.left - gap * (columns - 1)) / columns
        down = (height - 0.7 * gap * (rows - 1)) / rows - margins.header - margins.below
        best = max(best, (min(across, down), columns, across, down))
    _, columns, across, down = best
    pitch = down + margins.header + margins.below + 0.7 * gap
    return [
        Cell(
            margins.left + (i % columns) * (across + gap),
            margins.header + (i // columns) * pitch,
            across,
            max(down, 1.0),
        )
        for i in range(count)
    ]
