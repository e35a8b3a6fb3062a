"""Points that may change while one looks on: training points, and those of a drawing that are for something else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from regviz.data import Split
from regviz.data.drawing import Drawing
from regviz.language import en
from regviz.training.snapshot import ModelSnapshot

from ..parts.artists import set_line
from ..parts.base import Panel
from ..parts.views import View
from .units import Units

TRAINING, FLIPPED, VALIDATION, TEST = range(4)
"""Kinds of points."""

DRAWN_LARGER = 1.2
"""CSS pixels by which points that one can take hold of are larger."""

SIGNS = en("● training, × validation, + test")
"""How they look."""


class Seen(NamedTuple):
    """Points as a network sees them, (n, 2) (of a curve: input and target), their classes and their kinds, (n,)."""

    at: NDArray[np.float64]
    label: NDArray[np.int64]
    kind: NDArray[np.int64]


def seen_in(split: Split, shown: Split) -> Seen:
    """Return the training points of `split` in the units of `shown`; of a drawing also what was drawn for validation
    and test.
    """
    classes = split.task == "classification"
    drawing = split.drawing
    drawn = [0, 0, 0] if drawing is None else np.bincount(drawing.points.part, minlength=3).tolist()
    parts: list[tuple[Any, Any, Any]] = [
        (split.X_train, split.y_train, np.where(split.flipped, FLIPPED, TRAINING)),
        (split.X_val[: drawn[1]], split.y_val[: drawn[1]], np.full(drawn[1], VALIDATION)),
        (split.X_test[: drawn[2]], split.y_test[: drawn[2]], np.full(drawn[2], TEST)),
    ]
    X, y, kind = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
    units = Units.of(split, shown)
    at = units.shown(X) if classes else np.column_stack((units.shown(X)[:, 0], units.shown_targets(y)))
    return Seen(at, y.astype(np.int64) if classes else np.zeros(len(y), np.int64), kind)


def seen_of(drawing: Drawing) -> Seen:
    """Return the points of a drawing that nothing has been trained on yet."""
    points = drawing.points
    kinds = np.array([TRAINING, VALIDATION, TEST])
    return Seen((points.at - drawing.mean) / drawing.scale, points.label, kinds[points.part])


def window_of(drawing: Drawing, seen: Seen) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return low and high of both coordinates, (2,) each, as a network sees them: the window, and what lies outside of
    it.
    """
    corners = np.array(drawing.window).reshape(2, 2).T
    every = np.vstack(((corners - drawing.mean) / drawing.scale, seen.at))
    return every.min(axis=0), every.max(axis=0)


class LivePoints:
    """The points on some axes, a line of markers for each class in its colour and each kind."""

    def __init__(self, panel: Panel, axes: Axes, colors: Sequence[str], size: float) -> None:
        ground = panel.look.background
        styles: dict[int, dict[str, Any]] = {
            TRAINING: {"marker": "o", "markersize": size, "markeredgewidth": 0},
            FLIPPED: {"marker": "o", "markersize": size + 1.8, "markeredgewidth": 1.6, "markerfacecolor": ground},
            VALIDATION: {"marker": "x", "markersize": size + 1.2, "markeredgewidth": 1.8},
            TEST: {"marker": "+", "markersize": size + 2.6, "markeredgewidth": 1.6},
        }
        self._lines: dict[tuple[int, int], Line2D] = {}
        for label, color in enumerate(colors):
            for kind, style in styles.items():
                more = {"markeredgecolor": color, "zorder": 3} | style
                self._lines[label, kind] = panel.add_line(axes, color, linestyle="none", visible=False, **more)

    def show(self, seen: Seen) -> None:
        """Show these points."""
        for (label, kind), line in self._lines.items():
            at = seen.at[(seen.label == label) & (seen.kind == kind)]
            set_line(line, at[:, 0], at[:, 1])


class PointsView(View):
    """A plane with training points in it, which a person can draw on."""

    drawn_on: ClassVar[bool] = True

    def __init__(self, panel: Panel, models: Sequence[ModelSnapshot]) -> None:
        super().__init__(panel, models)
        self.points: list[LivePoints] = []

    def show_points(self, points: Sequence[Split | Drawing]) -> None:
        """Show, for each lane, these. Of a drawing that nothing was trained on yet, none can be picked."""
        self.pickable = []
        for lane, its in zip(self.points, points, strict=True):
            seen = seen_in(its, self.split) if isinstance(its, Split) else seen_of(its)
            lane.show(seen)
            if isinstance(its, Split):
                self.pickable.append(seen.at[: len(its.y_train)])

    def units(self, model: ModelSnapshot) -> Units:
        """Return those of what a lane says, in this picture."""
        return Units.of(model.split, self.split)

    @property
    def _size(self) -> float:
        """Of a point, in CSS pixels."""
        return 3.6 if max(len(split.y_train) for split in self.splits) <= 250 else 2.6
