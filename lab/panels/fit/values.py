"""Fit of a regression: predicted against true values of the validation samples."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from regviz.language import en
from regviz.training.snapshot import ModelSnapshot

from ...look.lettering import width_of
from ..parts.base import Panel
from ..parts.cells import Cell
from ..parts.scales import fewer, fewer_up, ticks_within
from ..parts.views import View, r2_text
from .units import LEAST, Units


class ValuesView(View):
    """Regression: what the net predicts against what is true, on the validation samples."""

    subtitles: ClassVar[tuple[str, ...]] = (
        en("validation: predicted value (up) against true value (right); line: perfect"),
        en("predicted (up) against true (right), line: perfect"),
        en("predicted against true"),
    )

    def __init__(self, panel: Panel, models: Sequence[ModelSnapshot]) -> None:
        super().__init__(panel, models)
        self.margin_bottom = 1.6 * panel.look.small_size
        self.true = [Units.of(its, self.split).shown_targets(np.asarray(its.y_val, float)) for its in self.splits]
        """The targets of each lane's validation samples, (n,)."""
        self.limit = max(LEAST, *(1.12 * float(np.abs(true).max()) for true in self.true))
        self.ticks, self.names = ticks_within(-self.limit, self.limit)
        self.margin_left = max(width_of(name, panel.look.small_size) for name in ("−2", *self.names)) + 7
        self.dots: list[Any] = []

    def build(self, i: int, cell: Cell) -> float:
        """Make a field with equal limits both ways, its diagonal, and one dot per validation sample."""
        look, limit = self.panel.look, self.limit
        height = min(cell.height, 1.45 * cell.width)
        width = min(cell.width, 1.6 * height)
        limits = (-limit, limit)
        axes = self.panel.add_field(cell.left, cell.top, width, height, limits, limits, surface=True)
        axes.set_xticks(*fewer(self.ticks, self.names, width, look.small_size))
        axes.get_xticklabels()[0].set_horizontalalignment("left")  # clear of the next cell's, and inside of the picture
        axes.get_xticklabels()[-1].set_horizontalalignment("right")
        ticks, names = fewer_up(self.ticks, self.names, height, look.small_size)
        axes.set_yticks(ticks, names if cell.left <= self.margin_left + 1 else [""] * len(names))
        axes.grid(color=look.grid, linewidth=1)
        axes.plot([-limit, limit], [-limit, limit], color=look.muted, linewidth=1.2)
        size = 3.4 if len(self.true[i]) <= 300 else 2.4
        dots: dict[str, Any] = {"linestyle": "none", "marker": "o", "markersize": size, "markeredgewidth": 0}
        self.dots.append(self.panel.add_line(axes, look.lane(i), alpha=0.65, zorder=3, **dots))
        return float(width)

    def show(self, i: int, model: ModelSnapshot) -> tuple[str, tuple[str, ...]]:
        """Predict the validation samples; what lies outside is shown at the edge."""
        with np.errstate(all="ignore"):
            guess = np.asarray(model.predict(model.split.X_val), float).reshape(len(self.true[i]))
            guess = Units.of(model.split, self.split).shown_targets(guess)
        edge = 0.985 * self.limit
        self.dots[i].set_data(self.true[i], np.clip(guess, -edge, edge))
        return r2_text(model), ()
