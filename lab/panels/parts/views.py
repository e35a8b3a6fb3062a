"""What the fit panel can show of a lane: one small picture in a cell, the same kind for every lane."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from regviz.training.snapshot import ModelSnapshot

from .base import Panel


@dataclass(frozen=True, slots=True)
class Cell:
    """A rectangle for one lane, in CSS pixels from the top left of the panel's place."""

    left: float
    top: float
    width: float
    height: float


class View:
    """One kind of picture. `build` makes a cell's artists, `show` sets one lane's data on them."""

    subtitles: ClassVar[tuple[str, ...]]
    """What is shown, in words; the first that fits is used."""
    every_step: ClassVar[bool] = False
    """True if the picture follows every step, False if it follows the epochs."""
    note_lines: ClassVar[int] = 0
    """Lines of text under the lane's name that `show` returns."""
    margin_left: float = 0.0
    margin_bottom: float = 0.0

    def __init__(self, panel: Panel, models: Sequence[ModelSnapshot]) -> None:
        self.panel = panel
        self.split = models[0].split

    def build(self, i: int, cell: Cell) -> float:
        """Make the artists of lane `i`; returns the width they take."""
        raise NotImplementedError

    def show(self, i: int, model: ModelSnapshot) -> tuple[str, tuple[str, ...]]:
        """Show lane `i` as `model` is now; returns its score, and a note in several lengths (empty for none)."""
        raise NotImplementedError


def accuracy(model: ModelSnapshot) -> str:
    """The last validation accuracy, as in the history."""
    value = float(model.history["val_score"][-1])
    return f"{100 * value:.1f} %" if np.isfinite(value) and model.state != "diverged" else "diverged"


def probabilities(model: ModelSnapshot, X: NDArray[np.float64]) -> NDArray[np.float64]:
    """Class probabilities `(n, classes)`; a net that has diverged knows nothing: all alike."""
    with np.errstate(all="ignore"):
        p = np.asarray(model.predict(X), float)
    return np.where(np.isfinite(p).all(axis=1, keepdims=True), p, 1 / p.shape[1])


def layout(count: int, width: float, height: float, header: float, view: View, gap: float) -> tuple[list[Cell], float]:
    """Cells for `count` lanes, in the number of columns that makes the smaller side of a cell largest."""
    best: tuple[float, int, float, float] = (-np.inf, 1, 0.0, 0.0)
    for columns in range(1, count + 1):
        rows = -(-count // columns)
        if columns != -(-count // rows):  # as wide with fewer columns: no row stays half empty
            continue
        across = (width - view.margin_left - gap * (columns - 1)) / columns
        down = (height - 0.7 * gap * (rows - 1)) / rows - header - view.margin_bottom
        best = max(best, (min(across, down), columns, across, down))
    _, columns, across, down = best
    pitch = down + header + view.margin_bottom + 0.7 * gap
    cells = [
        Cell(view.margin_left + (i % columns) * (across + gap), header + (i // columns) * pitch, across, max(down, 1.0))
        for i in range(count)
    ]
    return cells, across
