"""A drawing: points that a person adds, moves, flips and erases, each of which knows the part it belongs to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from ..errors import DataError
from ..language import ntr, tr

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Pair = tuple[float, float]

MOST_POINTS, MOST_DRAWN_CLASSES = 2000, 4

PARTS = ("training", "validation", "test")
"""What a point is for; `part` counts them from 0."""

TURNS = (0, 1, 2, 0, 0)
"""The parts of a class's points in the order in which they are drawn, again and again: three of five train."""

NEEDED = (2, 1, 1)
"""Points of each part without which nothing can be trained, stopped or tested."""

REACH = 3.0
"""Widths and heights of the window that a point may lie outside of it: the picture around it may be wider."""

DIGITS = 4
"""Decimal places of a point's place, as a share of the window: one fiftieth of a pixel."""


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """Points in a plane: where they are, (n, 2), their class (0 in a regression), and their part, (n,) each."""

    at: NDArray[np.float64]
    label: NDArray[np.int64]
    part: NDArray[np.int64]

    def __post_init__(self) -> None:
        for array in (self.at, self.label, self.part):
            array.setflags(write=False)

    def __len__(self) -> int:
        return len(self.at)

    @classmethod
    def none(cls) -> Self:
        """Return no points."""
        return cls(np.empty((0, 2)), np.empty(0, np.int64), np.empty(0, np.int64))

    def same_as(self, other: Points) -> bool:
        """Return whether both hold the same points in the same order."""
        pairs = zip((self.at, self.label, self.part), (other.at, other.label, other.part), strict=True)
        return all(np.array_equal(mine, its) for mine, its in pairs)


@dataclass(frozen=True, slots=True, eq=False)
class Drawing:
    """Points of up to four classes in a plane, or of a curve: then the second coordinate is the target.

    points        those that are drawn, and `ids` (n,) by which they are named
    clean         (n,), what the label was before label noise had changed it in the data that were copied, or the label
                  where it had not; −1 where that is not known, as of the exchanged targets of a regression
    held          points for validation and test that are nobody's to move: those of the data that were copied
    axes          what the two coordinates are called
    class_names   two to four; () for a regression on the first coordinate
    mean, scale   of both coordinates: a network sees (at − mean) / scale, wherever the points are
    window        low and high of the first coordinate, then of the second: the piece of the plane that is drawn on
    source        the data set that was copied, "" for none

    A drawing never changes. `add`, `move`, `flip` and `erase` return another one, in which every other point keeps its
    part. They raise DataError for a point that is not there or cannot be.
    """

    points: Points
    ids: NDArray[np.int64]
    clean: NDArray[np.int64]
    held: Points
    axes: tuple[str, str]
    class_names: tuple[str, ...]
    mean: Pair
    scale: Pair
    window: tuple[float, float, float, float]
    source: str = ""

    def __len__(self) -> int:
        return len(self.points)

    @property
    def task(self) -> str:
        """As of a data set."""
        return "classification" if self.class_names else "regression"

    @property
    def flipped(self) -> NDArray[np.bool_]:
        """Where the label is one that label noise had changed, (n,)."""
        return _frozen(self.clean != self.points.label)

    # -- what a person does

    def add(self, point: int, x: float, y: float, label: int = 0) -> Drawing:
        """Return one point more, called `point`. Its class's points take turns in what they are for (`TURNS`).

        Raises DataError if there is a point of that number, or no room for one more.
        """
        if len(self) >= MOST_POINTS:
            wrong = tr("there are {n} points", n=f"{len(self):,}")
            needed = tr("a drawing has {n} points at most", n=f"{MOST_POINTS:,}")
            raise DataError("point", wrong, needed, tr("erasing some first"))
        if point in self.ids:
            wrong = tr("there is a point {point} already", point=point)
            raise DataError("point", wrong, tr("each has a number of its own"), point + 1)
        place, label = self._place(x, y), self._label(label)
        part = 0
        if not len(self.held):
            part = TURNS[int(np.count_nonzero(self.points.label == label)) % len(TURNS)]
        drawn = self.points
        points = Points(
            np.vstack((drawn.at, place)), np.append(drawn.label, label), np.append(drawn.part, part).astype(np.int64)
        )
        ids, clean = _frozen(np.append(self.ids, point)), _frozen(np.append(self.clean, label))
        return replace(self, points=points, ids=ids, clean=clean)

    def move(self, point: int, x: float, y: float) -> Drawing:
        """Return the point elsewhere."""
        row, at, clean = self.row(point), self.points.at.copy(), self.clean.copy()
        at[row] = self._place(x, y)
        if not self.class_names:
            clean[row] = self.points.label[row]  # a target of one's own is no noise
        return replace(self, points=replace(self.points, at=at), clean=_frozen(clean))

    def flip(self, point: int) -> Drawing:
        """Return the point in the next class, the first one after the last. Raises DataError for a regression."""
        if not self.class_names:
            needed = tr("only the point of a class can be flipped")
            raise DataError("point", tr("the points have no classes"), needed, tr("moving"))
        row, label = self.row(point), self.points.label.copy()
        label[row] = (label[row] + 1) % len(self.class_names)
        clean = self.clean.copy()
        clean[row] = label[row]
        return replace(self, points=replace(self.points, label=label), clean=_frozen(clean))

    def erase(self, point: int) -> Drawing:
        """Return all but the point."""
        stay = np.arange(len(self)) != self.row(point)
        drawn = self.points
        points = Points(drawn.at[stay], drawn.label[stay], drawn.part[stay])
        ids, clean = (_frozen(its[stay]) for its in (self.ids, self.clean))
        return replace(self, points=points, ids=ids, clean=clean)

    def emptied(self) -> Drawing:
        """Return the same plane without a point, held ones neither."""
        none = Points.none()
        return replace(self, points=none, ids=numbered(0), clean=none.label, held=none, source="")

    def with_class(self) -> Drawing:
        """Return one class more, without points yet. Raises DataError for a regression and for more than four."""
        names = self.class_names
        if not names or len(names) >= MOST_DRAWN_CLASSES:
            have = tr("the points have no classes")
            if names:
                have = ntr("there is 1 class", "there are {n} classes", len(names))
            needed = tr("a drawing has two to {n} classes", n=MOST_DRAWN_CLASSES)
            raise DataError("classes", have, needed, tr("the ones there are"))
        name = next(name for k in range(len(names) + 1) if (name := str(len(names) + k)) not in names)
        return replace(self, class_names=(*names, name))

    # -- what a data set has to know

    def row(self, point: int) -> int:
        """Return the row of the point of this name. Raises DataError if there is none."""
        found = np.flatnonzero(self.ids == point)
        if not len(found):
            wrong = tr("there is no point {point}", point=point)
            raise DataError("point", wrong, tr("it may have been erased"), tr("another one"))
        return int(found[0])

    @property
    def counts(self) -> tuple[int, int, int]:
        """Points for training, validation and test."""
        training, validation, test = np.bincount(np.append(self.points.part, self.held.part), minlength=3)[:3].tolist()
        return training, validation, test

    @property
    def ready(self) -> bool:
        """Whether networks can be trained on it: two points train, one validates, one tests."""
        return all(count >= needed for count, needed in zip(self.counts, NEEDED, strict=True))

    @property
    def X(self) -> NDArray[np.float64]:
        """Inputs (n, 2), or (n, 1) of a regression, of the drawn points and then the held ones."""
        at = np.vstack((self.points.at, self.held.at))
        return at if self.class_names else at[:, :1]

    @property
    def y(self) -> NDArray[Any]:
        """Their classes, or their targets, (n,)."""
        if self.class_names:
            return np.append(self.points.label, self.held.label)
        return np.append(self.points.at[:, 1], self.held.at[:, 1])

    def parts(self, n_train: int) -> list[NDArray[np.intp]]:
        """Return rows of the three parts; of those for training the first `n_train`."""
        part = np.append(self.points.part, self.held.part)
        training, validation, test = (np.flatnonzero(part == which) for which in range(len(PARTS)))
        return [training[:n_train], validation, test]

    def flipped_in(self, rows: NDArray[np.intp]) -> NDArray[np.bool_]:
        """Return which of these rows, drawn or held, have a label that label noise had changed, (n,)."""
        every: NDArray[np.bool_] = np.append(self.flipped, np.zeros(len(self.held), bool))
        return every[rows]

    def clean_in(self, rows: NDArray[np.intp]) -> NDArray[np.int64]:
        """Return the classes of these rows, drawn or held, before label noise (n,); −1 where that is not known."""
        return np.append(self.clean, self.held.label)[rows]

    def scaled(self, mean: NDArray[Any], scale: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
        """Return `mean` and `scale` of all inputs with the plane's own in place of the first ones, and spreads for
        all.
        """
        mean, scale = mean.copy(), scale.copy()
        inputs = 2 if self.class_names else 1
        mean[:inputs], scale[:inputs] = self.mean[:inputs], self.scale[:inputs]
        return mean, scale, scale

    def same_as(self, other: Drawing) -> bool:
        """Return whether the same points are for the same, on the same plane."""
        if not np.array_equal(self.clean, other.clean):
            return False
        mine = (self.class_names, self.axes, self.mean, self.scale, self.window, self.source)
        its = (other.class_names, other.axes, other.mean, other.scale, other.window, other.source)
        return mine == its and self.points.same_as(other.points) and self.held.same_as(other.held)

    def _place(self, x: float, y: float) -> NDArray[np.float64]:
        """A point of the plane, rounded as finely as one can see. Raises DataError for one far outside."""
        place = []
        for name, value, low, high in zip(self.axes, (x, y), self.window[::2], self.window[1::2], strict=True):
            span = high - low
            if not low - REACH * span <= value <= high + REACH * span:  # not a number is neither
                needed = tr("the plane goes from {low} to {high} here", low=f"{low:.3g}", high=f"{high:.3g}")
                raise DataError("point", f"{name} = {value!r:.20}", needed, f"{(low + high) / 2:.3g}")
            place.append(round(float(value), max(0, DIGITS - int(np.floor(np.log10(span))))))
        return np.array([place])

    def _label(self, label: int) -> int:
        if not 0 <= label < max(1, len(self.class_names)):
            needed = tr("the points have none")
            if self.class_names:
                needed = tr("allowed are 0 to {last}", last=len(self.class_names) - 1)
            raise DataError("class", tr("there is no class {label}", label=label), needed, 0)
        return int(label)


def same(one: Drawing | None, other: Drawing | None) -> bool:
    """Return whether two data sets are the same drawing, or neither is one."""
    return one is other or (one is not None and other is not None and one.same_as(other))


def numbered(count: int) -> NDArray[np.int64]:
    """Return names of points that have none."""
    return _frozen(np.arange(count, dtype=np.int64))


def _frozen(array: NDArray[Any]) -> NDArray[Any]:
    array.setflags(write=False)
    return array
