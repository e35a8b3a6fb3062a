"""The plane of two weights: which two, their way through training, and the data loss on a grid made bit by bit."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any

import numpy as np
from numpy.typing import NDArray

from regviz.arrays import Array
from regviz.probes import gradient_split, loss_plane
from regviz.training.snapshot import ModelSnapshot

SIDE, TILE = 15, 3
"""Points of the grid along each side, and along each side of a tile that is asked at once."""

FINE = 4
"""Points drawn for each asked one."""

SAMPLES = 300
"""Training points that a loss is the mean over, at most."""

PAIRS = 12
"""Pairs of weights that one can choose from."""

TRAIL = 240
"""Points of a path that are kept; when there are more, every second one goes."""


Place = tuple[int, int]
"""Of a weight: the input that it leaves, and the unit that it enters."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two weights of the first layer: two that enter the same unit, or two that leave the same input."""

    first: Place
    second: Place

    def of(self, model: ModelSnapshot) -> tuple[float, float]:
        """Return their values."""
        W = model.weights[0]
        return float(W[self.first]), float(W[self.second])


def pairs(model: ModelSnapshot, of_inputs: bool = False) -> list[Pair]:
    """Return up to 12 pairs of weights that enter the same unit, those on which the loss hangs most, best first.

    By |w·∂loss/∂w|, the change of the loss when a weight is taken away, to first order: one pair for each of the units
    with the largest sum, their two inputs with the largest parts (Lee et al. 2019, SNIP). None with a single input.
    With `of_inputs`, a pair of weights that leave the same input, chosen alike, stands before each of them.
    """
    W = np.asarray(model.weights[0], np.float64)
    if len(W) < 2:
        return []
    rows = slice(0, SAMPLES)
    data = gradient_split(model, model.split.X_train[rows], model.split.y_train[rows]).data[0]
    worth = np.nan_to_num(np.abs(W * data))
    entering = [Pair((first, unit), (second, unit)) for unit, first, second in _best_pairs(worth)]
    if not of_inputs or W.shape[1] < 2:
        return entering
    leaving = [Pair((source, first), (source, second)) for source, first, second in _best_pairs(worth.T)]
    return [pair for both in zip_longest(leaving, entering) for pair in both if pair is not None]


def _best_pairs(worth: Array) -> list[tuple[int, int, int]]:
    """Of the columns whose two largest values in `worth` are largest: the column, and the rows of the two in order."""
    two = np.argsort(-worth, axis=0, kind="stable")[:2]
    columns = np.argsort(-np.take_along_axis(worth, two, axis=0).min(axis=0), kind="stable")[:PAIRS]
    return [(int(column), *sorted(int(row) for row in two[:, column])) for column in columns]  # type: ignore[misc]


@dataclass(slots=True)
class Trail:
    """The way of all pairs through training: epochs, and (pairs, 2) values at each."""

    epochs: list[int] = field(default_factory=list)
    points: list[Array] = field(default_factory=list)

    def add(self, epoch: int, values: Array) -> None:
        """Remember an epoch, unless it is known; later ones are forgotten, since the run began anew or went back."""
        while self.epochs and self.epochs[-1] > epoch:
            self.epochs.pop()
            self.points.pop()
        if self.epochs and self.epochs[-1] == epoch:
            self.points[-1] = values
            return
        self.epochs.append(epoch)
        self.points.append(values)
        if len(self.epochs) > TRAIL:
            del self.epochs[1:-1:2], self.points[1:-1:2]

    def until(self, epoch: int, pair: int) -> Array:
        """Return the path (n, 2) of one pair up to an epoch."""
        kept = [values[pair] for at, values in zip(self.epochs, self.points, strict=True) if at <= epoch]
        return np.array(kept).reshape(-1, 2)


class Landscape:
    """The data loss of one frozen network over [−reach, reach]², asked tile by tile."""

    def __init__(self, model: ModelSnapshot, pair: Pair, reach: float) -> None:
        self.model, self.pair, self.reach = model, pair, reach
        self.at = np.linspace(-reach, reach, SIDE)
        self.losses = np.full((SIDE, SIDE), np.nan)
        steps = range(0, SIDE, TILE)
        self._tiles = [(row, column) for row in steps for column in steps][::-1]

    @property
    def done(self) -> bool:
        """True once every tile has been asked."""
        return not self._tiles

    def work(self) -> None:
        """Ask one more tile."""
        row, column = self._tiles.pop()
        x, y = self.at[column : column + TILE], self.at[row : row + TILE]
        split, pair = self.model.split, self.pair
        X, target = split.X_train[:SAMPLES], split.y_train[:SAMPLES]
        limits = float(x[0]), float(x[-1]), float(y[0]), float(y[-1])
        _, _, losses = loss_plane(self.model, X, target, 0, pair.first, pair.second, limits, TILE)
        self.losses[row : row + TILE, column : column + TILE] = losses

    def finish(self) -> None:
        """Ask all that is missing."""
        while not self.done:
            self.work()

    def fine(self) -> tuple[Array, Array]:
        """Return places (m,) along each axis and losses (m, m), by cubic interpolation through the points asked."""
        known = np.where(np.isfinite(self.losses), self.losses, np.nanmax(self.losses, initial=0.0))
        return np.linspace(-self.reach, self.reach, len(_CUBIC)), _CUBIC @ known @ _CUBIC.T


def at(axis: NDArray[Any], values: NDArray[Any], x: float, y: float) -> float:
    """Return bilinear interpolation on a square grid; NaN outside."""
    step = axis[1] - axis[0]
    column, row = (x - axis[0]) / step, (y - axis[0]) / step
    j, i = int(np.floor(column)), int(np.floor(row))
    if not (0 <= i < len(axis) - 1 and 0 <= j < len(axis) - 1):
        return float("nan")
    s, t = column - j, row - i
    lower, upper = values[i, j] * (1 - s) + values[i, j + 1] * s, values[i + 1, j] * (1 - s) + values[i + 1, j + 1] * s
    return float(lower * (1 - t) + upper * t)


def lines(generator: Any, levels: list[float]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return contours as one broken line."""
    pieces: list[NDArray[Any]] = []
    for level in levels:
        for piece in generator.lines(level):
            pieces += [np.asarray(piece, float), np.full((1, 2), np.nan)]
    points = np.concatenate(pieces[:-1]) if pieces else np.empty((0, 2))
    return points[:, 0], points[:, 1]


def _cubic() -> Array:
    """Catmull–Rom interpolation as a matrix ((SIDE − 1)·FINE + 1, SIDE); straight on beyond the ends."""
    count = (SIDE - 1) * FINE + 1
    matrix = np.zeros((count, SIDE))
    for row in range(count):
        left = min(row // FINE, SIDE - 2)
        t = row / FINE - left
        weights = np.array([-t + 2 * t**2 - t**3, 2 - 5 * t**2 + 3 * t**3, t + 4 * t**2 - 3 * t**3, t**3 - t**2]) / 2
        for offset, weight in zip(range(-1, 3), weights, strict=True):
            place = left + offset
            if place < 0:
                matrix[row, 0] += 2 * weight
                matrix[row, 1] -= weight
            elif place >= SIDE:
                matrix[row, -1] += 2 * weight
                matrix[row, -2] -= weight
            else:
                matrix[row, place] += weight
    return matrix


_CUBIC = _cubic()
