"""Drawings as files and as plain values: written, and read again."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import replace
from os import PathLike
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import DataError
from ..language import ntr, tr
from ..limits import LARGEST, MOST_ROWS
from ..words import csv_text
from .drawing import MOST_DRAWN_CLASSES, MOST_POINTS, PARTS, Drawing, Points, numbered
from .tables import short

if TYPE_CHECKING:
    from numpy.typing import NDArray

MARGIN, CURVE_MARGIN = 0.03, 0.06
"""Shares of the points' range that the window has at each side of them."""

FARTHEST = 1e4
"""Scales that a point may lie from the mean, and that the window may be wide; its inverse is the least."""

PART = "part"
"""The column of a file that says what a point is for."""


def write_points(drawing: Drawing) -> str:
    """Return all points as CSV: the coordinates, the class by its name, and what a point is for."""
    target = ("class",) if drawing.class_names else ()
    rows: list[list[Any]] = [[*drawing.axes, *target, PART]]
    for points in (drawing.points, drawing.held):
        for at, label, part in zip(points.at.tolist(), points.label, points.part, strict=True):
            rows.append([*at, *(drawing.class_names[label] for _ in target), PARTS[part]])
    return csv_text(rows)


def read_drawing(
    path: str | PathLike[str],
    *,
    class_names: Sequence[str] = (),
    drawn: int | None = None,
    mean: tuple[float, float] | None = None,
    scale: tuple[float, float] | None = None,
    window: tuple[float, float, float, float] | None = None,
    source: str = "",
) -> Drawing:
    """Return the drawing that `write_points` wrote into a file, with what the file does not say.

    class_names  in their order; () for a regression
    drawn        how many of the points are drawn, the others are held: all if None
    mean, scale  those of the plane; of the training points if None
    window       the piece of the plane; around the points if None

    Raises DataError for a file that is none.
    """
    with open(path, newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    names = tuple(class_names)
    width = 4 if names else 3
    if not rows or any(len(row) != width for row in rows) or rows[0][-1] != PART:
        needed = tr("its columns are {names}", names=", ".join(("x", "y", *["class"] * bool(names), PART)))
        raise DataError("path", tr("{path} is no drawing", path=path), needed, tr("a CSV"))
    try:
        cells = [
            [float(row[0]), float(row[1]), names.index(row[2]) if names else 0, PARTS.index(row[-1])]
            for row in rows[1:]
        ]
    except ValueError as error:
        way = tr("parts {names}", names=", ".join(PARTS))
        raise DataError("path", tr("{path} is no drawing", path=path), str(error), way) from None
    table = np.array(cells, float).reshape(-1, 4)
    return _drawing(
        table, len(table) if drawn is None else drawn, (rows[0][0], rows[0][1]), names, source, mean, scale, window
    )


def to_record(drawing: Drawing) -> dict[str, Any]:
    """Return the whole drawing as plain values, for an experiment's file."""
    return {
        "axes": list(drawing.axes),
        "classes": list(drawing.class_names),
        "mean": list(drawing.mean),
        "scale": list(drawing.scale),
        "window": list(drawing.window),
        "source": drawing.source,
        "points": _rows(drawing.points),
        "flipped": np.flatnonzero(drawing.flipped).tolist(),
        "clean": drawing.clean[drawing.flipped].tolist(),
        "held": _rows(drawing.held),
    }


def from_record(record: Mapping[str, Any]) -> Drawing:
    """Return the inverse of `to_record`. Raises DataError for what is none."""
    try:
        axes, names = tuple(map(str, record["axes"])), tuple(short(str(name)) for name in record["classes"])
        numbers = [tuple(map(float, record[name])) for name in ("mean", "scale", "window")]
        points, held = (np.array(record[name], float).reshape(-1, 4) for name in ("points", "held"))
        flipped = np.isin(np.arange(len(points)), np.array(record["flipped"], float))
        clean = _clean(record.get("clean"), points[:, 2], flipped, len(names))
        source = short(str(record.get("source", "")))
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        wrong = tr("it cannot be read ({error})", error=f"{error!r:.60}")
        raise DataError("drawing", wrong, tr("a drawing as regviz wrote it"), tr("another file")) from None
    mean, scale, window = numbers
    if (len(axes), *map(len, numbers)) != (2, 2, 2, 4) or len(held) > MOST_ROWS:
        needed = tr("two axes, two means, two scales, and a window of four")
        raise DataError("drawing", tr("it has other axes"), needed, tr("another file"))
    drawing = _drawing(np.vstack((points, held)), len(points), axes, names, source, mean, scale, window)
    classes = clean.astype(np.int64)
    classes.setflags(write=False)
    return replace(drawing, clean=classes)


def _clean(told: Any, labels: NDArray[np.float64], flipped: NDArray[np.bool_], classes: int) -> NDArray[np.float64]:
    """The labels before noise, of which `told` has those of the flipped points. Raises ValueError if they are none.

    Files did not tell them at first: of two classes it was the other one. Of targets they told that the label was 0.
    """
    clean = labels.copy()
    if told is None or not classes:
        clean[flipped] = 1 - clean[flipped] if classes == 2 else -1
        return clean
    clean[flipped] = np.array(told, float).reshape(np.count_nonzero(flipped))
    if not np.isin(clean[flipped], range(-1, max(1, classes))).all():
        raise ValueError("clean")
    return clean


def _drawing(
    table: Any, drawn: int, axes: Any, names: tuple[str, ...], source: str, mean: Any, scale: Any, window: Any
) -> Drawing:
    """A drawing of rows (x, y, class, part), of which the first `drawn` are drawn. Raises DataError."""
    at, label, part = table[:, :2], table[:, 2], table[:, 3]
    training = at[part == 0]
    if mean is None:
        mean = tuple(training.mean(axis=0).tolist()) if len(training) else (0.0, 0.0)
    if scale is None:
        spread = training.std(axis=0).tolist() if len(training) else (1.0, 1.0)
        scale = tuple(its if its > 0 else 1.0 for its in spread)
    if window is None:
        window = around(at, MARGIN if names else CURVE_MARGIN)
    if len(names) == 1 or len(names) > MOST_DRAWN_CLASSES or len(set(names)) < len(names):
        wrong = ntr("there is 1 class", "there are {n} classes", len(names))
        raise DataError("classes", wrong, tr("two to {n} different ones", n=MOST_DRAWN_CLASSES), ("0", "1"))
    if not 0 <= drawn <= MOST_POINTS or drawn > len(at):
        wrong = tr("there are {n} points", n=f"{drawn:,}")
        raise DataError("points", wrong, tr("a drawing has {n} at most", n=f"{MOST_POINTS:,}"), tr("fewer"))
    known = np.isin(label, range(max(1, len(names)))) & np.isin(part, range(len(PARTS)))
    sound = (np.abs(at) <= LARGEST).all() and known.all()
    if not (sound and _stands(at, mean, scale, window)):
        needed = tr("numbers, a class and a part for each point")
        raise DataError("points", tr("a point or the plane is none"), needed, tr("another file"))
    every = Points(at, label.astype(np.int64), part.astype(np.int64))
    points, held = (Points(every.at[r], every.label[r], every.part[r]) for r in (slice(drawn), slice(drawn, None)))
    return Drawing(points, numbered(drawn), points.label, held, axes, names, mean, scale, window, source)


def _stands(at: Any, mean: Any, scale: Any, window: Any) -> bool:
    """Whether a plane and the points on it can be drawn: nothing is far from what its scales say."""
    if not (np.isfinite([*mean, *scale, *window]).all() and min(scale) > 0):
        return False
    with np.errstate(all="ignore"):
        corners = (np.array(window).reshape(2, 2).T - mean) / scale
        near = np.abs(np.vstack((corners, (at - mean) / scale))) <= FARTHEST
    return bool(near.all() and (corners[1] - corners[0] >= 1 / FARTHEST).all())


def _rows(points: Points) -> list[list[float]]:
    return [
        [*at, *of]
        for at, of in zip(points.at.tolist(), np.column_stack((points.label, points.part)).tolist(), strict=True)
    ]


def around(at: Any, margin: float) -> tuple[float, float, float, float]:
    """Return the window around points (n, 2), with a margin of this share of their range."""
    if not len(at):
        return -2.0, 2.0, -2.0, 2.0
    low, high = at.min(axis=0), at.max(axis=0)
    air = np.where(high > low, margin * (high - low), 1.0)
    (x0, y0), (x1, y1) = (low - air).tolist(), (high + air).tolist()
    return x0, x1, y0, y1
