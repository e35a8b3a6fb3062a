"""Fit of a curve: what each lane answers to the one input there is, among the training points."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
from matplotlib.axes import Axes

from regviz.language import tr
from regviz.training.snapshot import ModelSnapshot

from ...look.lettering import width_of
from ..parts.base import Panel
from ..parts.cells import Cell
from ..parts.scales import fewer, fewer_up, ticks_within
from ..parts.views import cased_line, r2_text
from .points import DRAWN_LARGER, FLIPPED, TRAINING, LivePoints, PointsView, seen_in, window_of
from .units import LEAST, Units

POINTS = 240
"""Inputs that are asked per lane."""


class CurveView(PointsView):
    """Regression on one input: the lane's curve, the training points, and the curve that is looked for, if known."""

    every_step: ClassVar[bool] = True

    def __init__(self, panel: Panel, models: Sequence[ModelSnapshot]) -> None:
        super().__init__(panel, models)
        split = self.split
        more = [] if split.truth is None else [tr("dashed: the truth")]
        more += [tr("ring: target exchanged")] if any(np.any(its.flipped) for its in self.splits) else []
        self.subtitles = (  # type: ignore[misc]
            "; ".join([tr("fitted curve, training points, validation R²"), *more]),
            "; ".join([tr("fitted curve, training points"), *more]),
            "; ".join([tr("training points"), *more]),
            tr("training points"),
        )
        small = panel.look.small_size
        self.margin_bottom = 1.6 * small
        self.across, self.up = self._ends()
        self.ticks = ticks_within(*self.across), ticks_within(*self.up)
        self.margin_left = max(width_of(name, small) for name in ("−2", *self.ticks[1][1])) + 7
        self.limits = (*self.across, *self.up)
        self.grid = np.linspace(*self.across, POINTS)[:, None]
        self.curves: list[list[Any]] = []

    def build(self, i: int, cell: Cell) -> float:
        """Make a field with the training points and the truth, and a line for what the lane answers."""
        panel, look = self.panel, self.panel.look
        axes = panel.add_field(cell.left, cell.top, cell.width, cell.height, self.across, self.up, surface=True)
        axes.set_xticks(*fewer(*self.ticks[0], cell.width, look.small_size))
        ticks, names = fewer_up(*self.ticks[1], cell.height, look.small_size)
        axes.set_yticks(ticks, names if cell.left <= self.margin_left + 1 else [""] * len(names))
        axes.grid(color=look.grid, linewidth=1)
        if self.live:
            self.points.append(LivePoints(panel, axes, [look.muted], self._size + DRAWN_LARGER))
        else:
            self._add_points(i, axes)
        self.fields.append(axes)
        self.pickable.append(seen_in(self.splits[i], self.split).at[: len(self.splits[i].y_train)])
        if self.split.truth is not None:
            axes.plot(*self.split.truth.T, color=look.muted, linewidth=1.4, linestyle=(0, (4, 3)), zorder=3)
        self.curves.append(cased_line(panel, axes, i))
        return cell.width

    def show(self, i: int, model: ModelSnapshot) -> tuple[str, tuple[str, ...]]:
        """Ask the network for every input of the grid; what leaves the field is shown at its edge."""
        units = self.units(model)
        with np.errstate(all="ignore"):
            answer = units.shown_targets(np.asarray(model.predict(units.asked(self.grid)), float).reshape(POINTS))
        low, high = self.up
        for line in self.curves[i]:
            line.set_data(self.grid[:, 0], np.clip(answer, low, high))
        return r2_text(model), ()

    def blank(self, i: int) -> None:
        """Show no curve."""
        for line in self.curves[i]:
            line.set_data([], [])

    def _add_points(self, i: int, axes: Axes) -> None:
        look, seen, size = self.panel.look, seen_in(self.splits[i], self.split), self._size
        styles: tuple[tuple[int, dict[str, Any]], ...] = (
            (TRAINING, {"markerfacecolor": look.muted, "markeredgewidth": 0, "markersize": size}),
            (FLIPPED, {"markerfacecolor": look.background, "markeredgewidth": 1.6, "markersize": size + 1.8}),
        )
        for kind, style in styles:
            axes.plot(*seen.at[seen.kind == kind].T, "o", markeredgecolor=look.muted, zorder=2, **style)

    def _ends(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """Low and high of input and target, with some air around what is to be seen."""
        split = self.split
        if split.drawing is not None:
            low, high = window_of(split.drawing, seen_in(split, split))
            return (float(low[0]), float(high[0])), (float(low[1]), float(high[1]))
        across, up = [], [] if split.truth is None else [split.truth[:, 1]]
        for its in self.splits:
            units = Units.of(its, split)
            across += [units.shown(X)[:, 0] for X in (its.X_train, its.X_val)]
            up += [units.shown_targets(y) for y in (its.y_train, its.y_val)]
        x_ends, y_ends = (_with_air(float(part.min()), float(part.max())) for part in map(np.concatenate, (across, up)))
        return x_ends, y_ends


def _with_air(low: float, high: float) -> tuple[float, float]:
    air = max(0.06 * (high - low), 0.5 * (LEAST - (high - low)))
    return low - air, high + air
