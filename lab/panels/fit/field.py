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
        self.weights = sum(layer.size for layer in models[0].weights)
        self.table = two_colors(panel)
        self.limit = float(np.abs(self.split.y_train).max()) + 1e-9
        self.images: list[Any] = []
        self.boundaries: list[Any] = []

    def show(self, i: int, model: ModelSnapshot) -> tuple[str, tuple[str, ...]]:
        """Ask the network for every point of the grid."""
        with np.errstate(all="ignore"):
            answer = np.nan_to_num(np.asarray(model.predict(self.grid), float)).reshape(self.shape)
        self.images[i].set_data(self._shade(answer, 255))
        line = lines_between(self.x, self.y, [answer])
        for artist in self.boundaries[i]:
            artist.set_data(line[:, 0], line[:, 1])
        return r2_text(model), ()

    def _shade(self, values: NDArray[np.float64], last: int) -> NDArray[np.uint8]:
        """Colours of values, from 0 at the lowest to `last` at the highest."""
        share = np.clip(values / self.limit, -1, 1) / 2 + 0.5
        return np.asarray(np.rint(last * share), np.uint8)

    def _add_points(self, axes: Axes) -> None:
        look, split = self.panel.look, self.split
        size = 4.6 if len(split.y_train) <= 250 else 3.2
        shades = self._shade(split.y_train, SHADES - 1)
        colors = table_of(([look.classes[0], look.background, look.classes[1]], SHADES))
        style: dict[str, Any] = {"markeredgecolor": look.text, "markeredgewidth": 0.6, "markersize": size, "zorder": 3}
        for shade in range(SHADES):
            at = split.X_train[shades == shade]
            axes.plot(*at.T, "o", color=colors(shade), **style)
