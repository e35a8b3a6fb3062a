"""What units answer, as small pictures: over the plane, along the one input there is, or by class."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.colors import Colormap
from numpy.typing import NDArray

from regviz.arrays import Floats
from regviz.data import Split
from regviz.language import tr
from regviz.probes import dead_units, unit_answers
from regviz.training.snapshot import ModelSnapshot

from ...look.theme import Look
from ..parts.colors import table_of

CELLS = 24
"""Rows and columns of a unit's picture."""

FINE = 56
"""Rows and columns of the picture of one unit, shown large."""

WORK = 6_000_000
"""Multiplications for one look at all units: a few milliseconds; fewer inputs are asked of larger networks."""

LARGEST = 200_000
"""Weights of a network beyond which units are circles alone."""

ASKED = 500
"""Training points that are asked at most, for the pictures: the first ones. Whether a unit is dead, all tell."""

BINS = 8
"""Bins of a unit's answers by class; twice as many where it is large."""

GROUPS = 12
"""Classes that have a row in a unit's picture at most."""

AIR = 1.06
"""How much further than the training points the plane reaches."""

Cells = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Said:
    """What the units of one hidden layer answer.

    values  (n, units) over the inputs that are asked: a grid, or the training points
    points  (m, units) to the training points that were asked
    dead    (units,) the same to every training point, asked or not
    """

    values: Floats
    points: Floats
    dead: NDArray[np.bool_]

    def ends(self, unit: int) -> tuple[float, float]:
        """Return the lowest and the highest answer of a unit."""
        finite = self.values[np.isfinite(self.values[:, unit]), unit]
        return (float(finite.min()), float(finite.max())) if len(finite) else (0.0, 0.0)


class Asking:
    """The inputs at which units are asked, and what their answers look like.

    kind    "plane" or "line", as there are two inputs or one; else "groups"
    groups  of each training point, its class, or on which side of the mean its target is
    names   what the groups are called
    """

    def __init__(self, split: Split) -> None:
        inputs = split.X_train.shape[1]
        self.kind = {1: "line", 2: "plane"}.get(inputs, "groups")
        if split.task == "regression":
            self.names: tuple[str, ...] = (tr("target below the mean"), tr("above it"))
        else:
            self.names = tuple(str(name) for name in split.class_names or range(split.n_classes))
        self.follow(split)

    def follow(self, split: Split) -> None:
        """Ask with the points of `split` from now on: other ones of the same inputs and answers."""
        self.split = split
        X, y = split.X_train, split.y_train
        low, high = X.min(axis=0), X.max(axis=0)
        middle, reach = (low + high) / 2, AIR * max(float((high - low).max()) / 2, 1e-9)
        self.low, self.high = middle - reach, middle + reach
        """Ends of the inputs that are shown, of each; the same length for both of a plane."""
        above = np.asarray(y >= float(np.mean(y))) if split.task == "regression" else np.asarray(y)
        self.groups = above.astype(int)

    def rows(self, weights: int) -> int:
        """Return how many training points a network of so many weights is asked about."""
        return int(np.clip(WORK // max(1, weights), 100, ASKED))

    def grid(self, cells: int) -> Floats:
        """Return inputs of the middle of each of `cells` × `cells`, row 0 on top; of `cells` along a line."""
        steps = (np.arange(cells) + 0.5) / cells
        across: Floats = self.low[0] + steps * (self.high[0] - self.low[0])
        if self.kind == "line":
            return across[:, None]
        up = self.high[1] - steps * (self.high[1] - self.low[1])
        plane: Floats = np.stack(np.meshgrid(across, up), axis=-1).reshape(-1, 2)
        return plane

    def cells(self, weights: int, most: int = CELLS) -> int:
        """Return how many rows and columns a network of so many weights is asked for."""
        return int(np.clip(np.sqrt(WORK / max(1, weights)), 8, most))

    def ask(self, model: ModelSnapshot, cells: int) -> list[Said]:
        """Ask every unit of every hidden layer, in one pass without dropout."""
        X = self.split.X_train[: self.rows(sum(W.size for W in model.weights))]
        grid = np.empty((0, X.shape[1])) if self.kind == "groups" else self.grid(cells)
        found = []
        answers = unit_answers(model, np.concatenate([grid, X]))
        for layer, dead in zip(answers, dead_units(model), strict=True):
            values = np.asarray(layer, float)
            points = values[len(grid) :]
            found.append(Said(values[: len(grid)] if len(grid) else points, points, dead))
        return found

    def drawn(self, said: Said, units: Sequence[int], cells: int) -> Cells:
        """Return colour indices (units, cells, cells) of the pictures of `units`, each on its own scale, row 0 on
        top.
        """
        values = np.nan_to_num(said.values[:, list(units)].T)
        if self.kind == "groups":
            return self._histograms(np.nan_to_num(said.points[:, list(units)].T), cells)
        size = np.maximum(np.abs(values).max(axis=1, initial=0), 1e-300)[:, None]
        if self.kind == "plane":
            side = round(np.sqrt(values.shape[1]))
            index: Cells = np.rint(127.5 + 127.5 * values / size).astype(np.uint8).reshape(-1, side, side)
            return index if side == cells else index[:, spread(side, cells)][:, :, spread(side, cells)]
        along = values if values.shape[1] == cells else values[:, spread(values.shape[1], cells)]
        bottom, top = np.minimum(along.min(axis=1), 0)[:, None], np.maximum(along.max(axis=1), 0)[:, None]
        span = 1.25 * np.maximum(top - bottom, 1e-300)
        heights = (top + 0.1 * span - np.linspace(0, 1, cells) * span)[:, :, None]  # of the rows, from the top
        between = (heights <= np.maximum(along, 0)[:, None]) & (heights >= np.minimum(along, 0)[:, None])
        signs = np.where(along > 0, SURE, 255 - SURE)[:, None]
        return np.where(between, signs, MIDDLE).astype(np.uint8)

    def _histograms(self, points: Floats, cells: int) -> Cells:
        """A row of counts for each group, √ of their share of the row's fullest bin."""
        count, groups = min(len(self.names), GROUPS), self.groups[: points.shape[1]]
        low, high = points.min(axis=1, keepdims=True), points.max(axis=1, keepdims=True)
        bins = BINS if cells <= CELLS else 2 * BINS
        place = np.minimum((points - low) / np.maximum(high - low, 1e-300) * bins, bins - 1).astype(np.intp)
        levels, height = 256 // count, cells // count
        index = np.zeros((len(points), cells, cells), np.uint8)
        first = (cells - height * count) // 2
        for group in range(count):
            its = place[:, groups == group] + bins * np.arange(len(points))[:, None]
            counts = np.bincount(its.ravel(), minlength=bins * len(points)).reshape(-1, bins)
            share = np.sqrt(counts / np.maximum(1, counts.max(axis=1, keepdims=True)))[:, spread(bins, cells)]
            band = slice(first + group * height, first + (group + 1) * height)
            index[:, band] = (group * levels + np.rint(share * (levels - 1))).astype(np.uint8)[:, None]
        return index

    def table(self, look: Look, *, pale: bool = False) -> Colormap:
        """Return their 256 colours: from negative over 0 to positive, or of each group; `pale` where points lie over
        them.
        """
        if self.kind == "groups":
            count = min(len(self.names), GROUPS)
            ramps = [([look.background, look.classes[k % len(look.classes)]], 256 // count) for k in range(count)]
            rest = 256 - count * (256 // count)
            return table_of(*ramps, *([([look.background], rest)] if rest else []))
        fields, strong = look.class_fields, look.classes
        if pale:
            return table_of(([fields[1], look.background, fields[0]], 256))
        return table_of(([strong[1], fields[1], look.background, fields[0], strong[0]], 256))

    @property
    def nothing(self) -> int:
        """The colour index of the background."""
        return 0 if self.kind == "groups" else MIDDLE


MIDDLE, SURE = 128, 232
"""Colour indices of 0, and of what is above it along a line."""


def spread(few: int, many: int) -> NDArray[np.intp]:
    """Return which of `few` cells each of `many` shows."""
    return np.asarray((np.arange(many) + 0.5) * few / many, np.intp)


def disc(cells: int) -> NDArray[np.bool_]:
    """Return which cells of a square lie in its circle."""
    steps = (np.arange(cells) + 0.5) / cells * 2 - 1
    inside: NDArray[np.bool_] = steps[:, None] ** 2 + steps**2 <= 1
    return inside
