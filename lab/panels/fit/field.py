"""Fit of a regression in the plane: what each lane answers as colour, and the training points in theirs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from regviz.language import en
from regviz.training.snapshot import ModelSnapshot

from ..parts.base import Panel
from ..parts.colors import table_of
from ..parts.views import r2_text
from .points import PointsView
from .surface import SurfaceView, lines_between, two_colors
from .units import Units

SHADES = 9
"""Colours of the training points."""


class FieldView(SurfaceView):
    """What a network answers to each point of the plane: one colour for low values, another for high ones."""

    drawn_on: ClassVar[bool] = False
    subtitles: ClassVar[tuple[str, ...]] = (
        en("colour: predicted value, points: training targets, line: the mean, validation R²"),
        en("colour: predicted, points: training targets, line: mean"),
        en("colour: predicted value, line: the mean"),
        en("predicted value, line: mean"),
    )

    def __init__(self, panel: Panel, models: Sequence[ModelSnapshot]) -> None:
        PointsView.__init__(self, panel, models)
        self.smooth = True
        self.weights = max(sum(layer.size for layer in model.weights) for model in models)
        self.table = two_colors(panel)
        self.limit = max(float(np.abs(self._targets(i)).max()) for i in range(len(models))) + 1e-9
        self.images: list[Any] = []
        self.boundaries: list[Any] = []

    def show(self, i: int, model: ModelSnapshot) -> tuple[str, tuple[str, ...]]:
        """Ask the network for every point of the grid."""
        units = self.units(model)
        with np.errstate(all="ignore"):
            answer = units.shown_targets(np.asarray(model.predict(units.asked(self.grid)), float))
        answer = np.nan_to_num(answer).reshape(self.shape)
        self.images[i].set_data(self._shade(answer, 255))
        line = lines_between(self.x, self.y, [answer])
        for artist in self.boundaries[i]:
            artist.set_data(line[:, 0], line[:, 1])
        return r2_text(model), ()

    def _shade(self, values: NDArray[np.float64], last: int) -> NDArray[np.uint8]:
        """Colours of values, from 0 at the lowest to `last` at the highest."""
        share = np.clip(values / self.limit, -1, 1) / 2 + 0.5
        return np.asarray(np.rint(last * share), np.uint8)

    def _targets(self, i: int) -> NDArray[np.float64]:
        """The training targets of lane `i`, (n,)."""
        return Units.of(self.splits[i], self.split).shown_targets(self.splits[i].y_train)

    def _add_points(self, i: int, axes: Axes) -> None:
        look, X = self.panel.look, self._inputs(i)
        size = self._size + 1.0
        shades = self._shade(self._targets(i), SHADES - 1)
        colors = table_of(([look.classes[0], look.background, look.classes[1]], SHADES))
        style: dict[str, Any] = {"markeredgecolor": look.text, "markeredgewidth": 0.6, "markersize": size, "zorder": 3}
        for shade in range(SHADES):
            at = X[shades == shade]
            axes.plot(*at.T, "o", color=colors(shade), **style)
