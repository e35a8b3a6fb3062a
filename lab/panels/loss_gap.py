"""The largest gap between training and validation in the loss picture: its area, and a bar at the end of the curves."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.patches import Polygon

from regviz.training.snapshot import ModelSnapshot

from .loss_views import Scale
from .parts.artists import NOWHERE, set_line
from .parts.base import Panel
from .parts.curves import Curves

BAR = 10
"""CSS pixels from the last epoch to the bar."""


class Gap:
    """Shade and bar on the axes of `curves`. Another lane has them only if its gap is clearly larger."""

    def __init__(self, panel: Panel, curves: Curves) -> None:
        look = panel.look
        self.look, self.curves, self._lane = look, curves, -1
        shade = Polygon(NOWHERE, facecolor=look.muted, alpha=0.10, linewidth=0, zorder=1)
        self.shade = panel.add_patch(curves.axes, shade)
        self.bracket = panel.add_line(curves.axes, look.muted, linewidth=1.25, zorder=6, marker="_", markersize=5)

    def forget(self) -> None:
        """Forget what is known: something else is measured now."""
        self._lane = -1

    def show(
        self, scale: Scale, models: Sequence[ModelSnapshot], lines: Sequence[tuple[Line2D, Line2D]], end: float
    ) -> tuple[str, float] | None:
        """Shade what lies between the training and validation `lines` of a lane; its words and the place of training.

        The bar stands beyond the last epoch `end` of all curves, where no mark is. None if no gap is worth a number.
        """
        last = [[float(model.history[f"{part}_{scale.column}"][-1]) for part in ("train", "val")] for model in models]
        pairs = zip(last, lines, strict=True)  # of a lane that ended before the window there is no line to shade
        gaps = [
            gap if np.size(line.get_xdata()) and np.isfinite(gap := scale.gap(*pair)) else -np.inf
            for pair, (_, line) in pairs
        ]
        largest = int(np.argmax(gaps))
        if self._lane < 0 or gaps[largest] > 1.1 * max(gaps[self._lane], 0):
            self._lane = largest
        curves, gap = self.curves, gaps[self._lane]
        training, validation = map(scale.height, last[self._lane])
        if not (gap > 0 and abs(validation - training) > 0.04 * (curves.most - curves.low)):
            self.shade.set_xy(NOWHERE)
            set_line(self.bracket)
            return None
        below, above = (line.get_data() for line in lines[self._lane])
        edge = np.concatenate([np.column_stack(below), np.column_stack(above)[::-1]])
        edge = edge[np.isfinite(edge).all(axis=1)]
        self.shade.set_xy(edge if len(edge) else NOWHERE)
        x = curves.epoch(curves.x(end) + BAR)
        self.bracket.set_color(self.look.lane(self._lane))
        set_line(self.bracket, [x, x], np.clip([training, validation], curves.low, curves.most))
        return scale.gap_text(gap), training
