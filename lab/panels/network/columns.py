"""Pictures inside units: one live image for each hidden layer, which lies under the circles of its column."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.image import AxesImage
from numpy.typing import NDArray

from ..parts.base import Panel
from .answers import CELLS, Asking, Cells, disc
from .graph import Graph


class Columns:
    """Images of up to `depth` hidden layers on `axes`, whose units are CSS pixels from its top left."""

    def __init__(self, panel: Panel, axes: Axes, asking: Asking, depth: int) -> None:
        self.nothing = asking.nothing
        table, smooth = asking.table(panel.look), asking.kind != "groups"
        self.images: list[AxesImage] = [
            panel.add_image(axes, table, (1, 1), extent=(0, 1, 1, 0), smooth=smooth, fill=self.nothing)
            for _ in range(depth)
        ]
        self.hide()
        self._rows: list[int] = []

    def hide(self) -> None:
        """Show nothing."""
        for image in self.images:
            image.set_visible(False)

    def lay_out(self, graph: Graph) -> None:
        """Stand under the circles of `graph`: squares around them, with rows of nothing between."""
        self._rows = []
        for k, image in enumerate(self.images):
            if k + 1 >= len(graph.x) - 1:
                break
            ys, radius = graph.y[k + 1], graph.radius
            step = float(ys[1] - ys[0]) if len(ys) > 1 else 2 * radius
            pitch = max(CELLS, 2 * round(0.5 * CELLS * step / (2 * radius)))
            self._rows.append(pitch)
            x = float(graph.x[k + 1])
            image.set_extent((x - radius, x + radius, float(ys[-1]) + step / 2, float(ys[0]) - step / 2))

    def show(self, layer: int, cells: Cells, seen: NDArray[np.bool_]) -> None:
        """Set the pictures (units, CELLS, CELLS) of a hidden layer, the first being 0; nothing where not `seen`."""
        pitch, image = self._rows[layer], self.images[layer]
        sheet = np.full((len(cells), pitch, CELLS), self.nothing, np.uint8)
        first = (pitch - CELLS) // 2
        inside = disc(CELLS) & seen[:, None, None]
        sheet[:, first : first + CELLS] = np.where(inside, cells, self.nothing)
        image.set_data(sheet.reshape(-1, CELLS))
        image.set_visible(True)
