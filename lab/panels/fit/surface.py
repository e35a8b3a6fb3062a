"""Decision surfaces of data in the plane: probability as colour, the boundary as a line, the training points."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, NamedTuple

import contourpy
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Colormap, ListedColormap, to_rgb
from numpy.typing import NDArray

from regviz.language import en, tr
from regviz.training.snapshot import ModelSnapshot

from ..parts.base import Panel
from ..parts.cells import Cell
from ..parts.colors import table_of
from ..parts.views import accuracy_text, cased_line, probabilities
from .points import DRAWN_LARGER, LivePoints, PointsView, seen_in, window_of
from .units import Units

POINTS = 1600
"""Points of the plane that are asked per lane; fewer for nets of many weights, which take longer to answer."""

STRETCH = 1.35
"""The inputs are standardized, so neither axis has a scale of its own: the plane may be stretched this much to fill
a cell."""


class Plane(NamedTuple):
    """A piece of the plane with a grid on it.

    extent  left, right, foot and top
    shape   rows and columns of the grid
    grid    its points (rows · columns, 2)
    x, y    where its columns and rows are, and the edges beyond: lines shall reach the edge of the picture
    """

    extent: tuple[float, float, float, float]
    shape: tuple[int, int]
    grid: NDArray[np.float64]
    x: NDArray[np.float64]
    y: NDArray[np.float64]

    @classmethod
    def around(cls, X: NDArray[np.float64], cell: Cell, points: int) -> Plane:
        """Return a piece of the cell's shape, with nearly the same scale both ways, that holds all of X (n, 2)."""
        low, high = X.min(axis=0), X.max(axis=0)
        air = 0.03 * (high - low) + 1e-9
        return cls.within(low - air, high + air, cell, points)

    @classmethod
    def within(cls, low: NDArray[np.float64], high: NDArray[np.float64], cell: Cell, points: int) -> Plane:
        """Return the same from the corner `low` (2,) to the corner `high`."""
        middle, reach = (low + high) / 2, (high - low) / 2
        unit = max(reach[0] / cell.width, reach[1] / cell.height)
        half = [max(reach[k], unit * side / STRETCH) for k, side in enumerate((cell.width, cell.height))]
        left, right, foot, top = middle[0] - half[0], middle[0] + half[0], middle[1] - half[1], middle[1] + half[1]
        columns = int(np.clip(np.sqrt(points * cell.width / cell.height), 12, 90))
        rows = max(12, points // columns)
        x, y = _centres(left, right, columns), _centres(foot, top, rows)
        grid = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
        x, y = np.concatenate([[left], x, [right]]), np.concatenate([[foot], y, [top]])
        return cls((left, right, foot, top), (rows, columns), grid, x, y)


class SurfaceView(PointsView):
    """Where a net sees which class, and how sure it is."""

    subtitles: ClassVar[tuple[str, ...]] = (
        en("decision boundary, training points, validation accuracy"),
        en("decision boundary, validation accuracy"),
        en("validation accuracy"),
    )
    every_step: ClassVar[bool] = True

    def __init__(self, panel: Panel, models: Sequence[ModelSnapshot]) -> None:
        super().__init__(panel, models)
        if any(np.any(split.flipped) for split in self.splits):
            self.subtitles = (  # type: ignore[misc]
                tr("decision boundary, training points (ring: label flipped), accuracy"),
                tr("decision boundary; ring: training label flipped"),
                tr("ring: training label flipped"),
                tr("ring: label flipped"),
            )
        self.classes = self.split.n_classes
        self.smooth = self.classes == 2
        self.weights = max(sum(layer.size for layer in model.weights) for model in models)
        self.table = two_colors(panel) if self.smooth else _many_classes(panel, self.classes)
        self.images: list[Any] = []
        self.boundaries: list[Any] = []

    def build(self, i: int, cell: Cell) -> float:
        """Make an image of the plane, the training points, and a boundary line in the lane's colour."""
        panel, look = self.panel, self.panel.look
        if i == 0:
            self._lay_grid(cell)
        x0, x1, y0, y1 = self.limits
        axes = panel.add_field(cell.left, cell.top, cell.width, cell.height, (x0, x1), (y0, y1))
        self.images.append(panel.add_image(axes, self.table, self.shape, extent=self.limits, smooth=self.smooth))
        if self.live:
            waiting = panel.scene.waiting
            classes = self.classes if waiting is None else max(self.classes, len(waiting.class_names))
            colors = [look.classes[k % len(look.classes)] for k in range(classes)]
            self.points.append(LivePoints(panel, axes, colors, self._size + DRAWN_LARGER))
        else:
            self._add_points(i, axes)
        self.fields.append(axes)
        self.pickable.append(self._inputs(i))
        self.boundaries.append(cased_line(panel, axes, i))
        return cell.width

    def show(self, i: int, model: ModelSnapshot) -> tuple[str, tuple[str, ...]]:
        """Ask the net for every point of the grid."""
        p = probabilities(model, self.units(model).asked(self.grid)).reshape(*self.shape, -1)
        self.images[i].set_data(_indices(p))
        line = boundary_of((self.x, self.y), p)
        for artist in self.boundaries[i]:
            artist.set_data(line[:, 0], line[:, 1])
        return accuracy_text(model, model.now("val_score")), ()

    def blank(self, i: int) -> None:
        """Show all classes as equally likely."""
        self.images[i].set_data(_indices(np.full((*self.shape, self.classes), 1 / self.classes)))
        for artist in self.boundaries[i]:
            artist.set_data([], [])

    def _lay_grid(self, cell: Cell) -> None:
        points = POINTS if self.weights < 10_000 else POINTS // 2
        if self.split.drawing is not None:
            plane = Plane.within(*window_of(self.split.drawing, seen_in(self.split, self.split)), cell, points)
        else:
            known = [Units.of(its, self.split).shown(X) for its in self.splits for X in (its.X_train, its.X_val)]
            plane = Plane.around(np.concatenate(known), cell, points)
        self.limits, self.shape, self.grid, self.x, self.y = plane

    def _inputs(self, i: int) -> NDArray[np.float64]:
        """Where the training points of lane `i` stand, (n, 2)."""
        return Units.of(self.splits[i], self.split).shown(self.splits[i].X_train)

    def _add_points(self, i: int, axes: Axes) -> None:
        look, split, X, size = self.panel.look, self.splits[i], self._inputs(i), self._size
        flipped = np.zeros(len(split.y_train), bool)
        flipped[split.flipped] = True
        for k in range(self.classes):
            color = look.classes[k % len(look.classes)]
            styles: tuple[tuple[Any, dict[str, Any]], ...] = (
                (~flipped, {"markerfacecolor": color, "markeredgewidth": 0, "markersize": size}),
                (flipped, {"markerfacecolor": look.background, "markeredgewidth": 1.6, "markersize": size + 1.8}),
            )
            for chosen, style in styles:
                at = X[chosen & (split.y_train == k)]
                axes.plot(at[:, 0], at[:, 1], "o", markeredgecolor=color, zorder=3, **style)


def boundary_of(plane: tuple[NDArray[np.float64], NDArray[np.float64]], p: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return where the most likely class changes, as points `(n, 2)` with NaN between pieces.

    `plane` are the x and y of a `Plane`, `p` probabilities (rows, columns, classes).
    """
    margins = [p[..., k] - np.delete(p, k, axis=-1).max(axis=-1) for k in range(p.shape[-1] - 1)]
    return lines_between(*plane, margins)


def lines_between(
    x: NDArray[np.float64], y: NDArray[np.float64], values: Sequence[NDArray[np.float64]]
) -> NDArray[np.float64]:
    """Return where any of `values` `(rows, columns)` is 0, as points `(n, 2)` with NaN between pieces.

    `x` and `y` have one more place at each end than the grid: the lines reach the edge of the picture.
    """
    pieces: list[NDArray[np.float64]] = []
    for value in values:
        for piece in contourpy.contour_generator(x, y, _half_further(value)).lines(0.0):
            pieces += [np.asarray(piece, float), np.full((1, 2), np.nan)]
    return np.concatenate(pieces[:-1]) if pieces else np.empty((0, 2))


def _centres(low: float, high: float, count: int) -> NDArray[np.float64]:
    return low + (np.arange(count) + 0.5) * (high - low) / count


def _half_further(z: NDArray[np.float64]) -> NDArray[np.float64]:
    """`z` continued in straight lines by half a cell on every side."""
    odd: NDArray[np.float64] = np.pad(z, 1, mode="reflect", reflect_type="odd")
    return np.asarray((odd + np.pad(z, 1, mode="edge")) / 2)


def _indices(p: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Colour indices of probabilities `(rows, columns, classes)`: which class, and how sure."""
    classes = p.shape[-1]
    if classes == 2:
        return np.asarray(np.rint(255 * p[..., 1]), np.uint8)
    levels = 256 // classes
    sure = (p.max(axis=-1) - 1 / classes) / (1 - 1 / classes)
    return np.asarray(p.argmax(axis=-1) * levels + np.rint(sure * (levels - 1)), np.uint8)


def two_colors(panel: Panel) -> Colormap:
    """Return colours from one class's, or the lowest value's, to the other's."""
    look = panel.look
    return table_of(([look.class_fields[0], look.boundary, look.class_fields[1]], 256))


def _many_classes(panel: Panel, classes: int) -> Colormap:
    look, levels = panel.look, 256 // classes
    table = np.zeros((256, 3))
    for k in range(classes):
        field = np.array(to_rgb(look.class_fields[k % len(look.class_fields)]))
        unsure = np.array(to_rgb(look.boundary))
        sure = np.linspace(0.1, 1, levels)[:, None]
        table[k * levels : (k + 1) * levels] = unsure + (field - unsure) * sure
    return ListedColormap(table)
