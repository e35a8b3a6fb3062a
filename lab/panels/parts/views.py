"""What the fit panel can show of a lane: one small picture in a cell, the same kind for every lane."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from regviz.language import tr
from regviz.training.snapshot import ModelSnapshot

from ...look.numbers import WIDEST, minus, number, percent
from .base import Panel
from .cells import Cell

WORST = -10
"""R² that is said at most: what is worse says nothing more, and a name stands beside it."""


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
    drawn_on: ClassVar[bool] = False
    """True if it is a plane on which a person can draw points."""
    live: bool = False
    """True if its points may change: set before `build`."""
    limits: tuple[float, float, float, float] = (0.0, 1.0, 0.0, 1.0)
    """Low and high of both coordinates of such a plane, as a network sees them; known once it is built."""

    def __init__(self, panel: Panel, models: Sequence[ModelSnapshot]) -> None:
        self.panel = panel
        self.splits = [model.split for model in models]
        self.split = self.splits[0]
        """The first lane's: of the same kind as all others, and a plane is in its units."""
        self.fields: list[Axes] = []
        """The axes of each lane in which the training points stand, if they do."""
        self.pickable: list[NDArray[np.float64]] = []
        """Where each lane's training points stand in them, (n, 2); empty if none can be picked."""

    @property
    def widest_scores(self) -> tuple[str, ...]:
        """What `show` may return as a score, where it is widest."""
        if self.split.task == "classification":
            return percent(1.0, 1), tr("diverged")
        return tr("diverged"), *(tr("R² {score}", score=score) for score in (WIDEST, number(0.99 * WORST)))

    def show_points(self, points: Sequence[Any]) -> None:
        """Show, for each lane, the points of a split, or of a drawing that nothing was trained on yet; if `live`."""

    def blank(self, i: int) -> None:
        """Show that lane `i` has learned nothing of what is drawn; if `drawn_on`."""

    def build(self, i: int, cell: Cell) -> float:
        """Make the artists of lane `i`; returns the width they take."""
        raise NotImplementedError

    def show(self, i: int, model: ModelSnapshot) -> tuple[str, tuple[str, ...]]:
        """Show lane `i` as `model` is now; returns its score, and a note in several lengths (empty for none)."""
        raise NotImplementedError


def accuracy_text(model: ModelSnapshot, accuracy: float) -> str:
    """Return an accuracy, a share of 1, as it stands beside a lane's name."""
    return tr("diverged") if model.state == "diverged" else percent(accuracy, 1)


def r2_text(model: ModelSnapshot) -> str:
    """Return the validation R² of the weights that are shown, as it stands below a lane's name; — where targets never
    vary.
    """
    if model.state == "diverged":
        return tr("diverged")
    score = model.now("val_score")
    return tr("R² {score}", score=minus(f"<{WORST}") if score <= WORST else number(score))


def cased_line(panel: Panel, axes: Axes, i: int) -> list[Any]:
    """Return a line in the colour of lane `i` that stands out from any colour behind it: two artists for the same
    points.
    """
    look = panel.look
    styles = ((look.background, 4.4, 0.75, 4), (look.lane(i), 2.3, 1.0, 5))
    return [
        panel.add_line(axes, color, linewidth=width, alpha=alpha, zorder=order, solid_joinstyle="round")
        for color, width, alpha, order in styles
    ]


def probabilities(model: ModelSnapshot, X: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return class probabilities `(n, classes)`; a net that has diverged knows nothing: all alike."""
    with np.errstate(all="ignore"):
        p = np.asarray(model.predict(X), float)
    return np.where(np.isfinite(p).all(axis=1, keepdims=True), p, 1 / p.shape[1])
