"""Inputs that give the answer away: those that follow the order of the rows, and copies of the target."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ...language import en, tr
from ...words import number_name
from ..columns import Column
from ..encoder import Feature
from ..errors import quoted
from .roles import called_id

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

ORDERED, MOST_GAPS = ("number", "date"), 10
"""Kinds of columns that may follow the order of the rows, and of how many rows one may lack a value."""

FEWEST_EACH = 3
"""Rows of each class at least, on an average, by which a copy or an order is told."""

ORDERS = {
    "counts": en("{column} counts the rows, and the rows are sorted by {target}."),
    "rises": en("{column} rises with the rows, and the rows are sorted by {target}."),
    "falls": en("{column} falls with the rows, and the rows are sorted by {target}."),
}
"""What is said of a column that follows the rows, by how it does."""

SAME = en("{column} is the same as {target} {where}: it gives the answer away.")


def gives_away(column: Column, y: ArrayLike, classes: int) -> tuple[str, bool]:
    """Return how a column follows the rows of a table that is sorted by its classes: "counts", "rises" or "falls", ""
    if it does not; and whether it is an order for certain: whole numbers, days and equal steps are, what was
    measured may have been sorted by. An id need not rise at each row."""
    target = np.asarray(y, np.float64)
    if column.kind not in ORDERED or classes < 2:
        return "", False
    known = ~np.isnan(column.values) & ~np.isnan(target)
    there, target = column.values[known], target[known]
    if len(there) < FEWEST_EACH * classes or MOST_GAPS * int((~known).sum()) > len(known):
        return "", False
    if int((np.diff(target) != 0).sum()) != len(np.unique(target)) - 1 or len(np.unique(target)) < 2:
        return "", False
    steps = np.diff(there)
    if (steps == 1).all():
        return "counts", True
    whole, even = (there == np.round(there)).all(), np.ptp(steps) <= 1e-6 * abs(steps[0])
    marks = bool(whole or even) or column.kind == "date"
    for sense, said in ((steps, "rises"), (-steps, "falls")):
        if (sense > 0).all() or (called_id(column) and (sense >= 0).all()):
            return said, marks
    return "", False


def note_copies(
    columns: Sequence[Column],
    features: Sequence[Feature],
    X: NDArray[Any],
    kept: NDArray[np.intp],
    goal: tuple[str, NDArray[Any], Sequence[str]],
    notes: list[str],
) -> None:
    """Note inputs that have the target in other words: the same numbers, a multiple of them, or a value for each class.

    X       (rows, features), made of the rows `kept` of `columns`
    goal    the name of the target, its values (rows,) and the names of its classes
    """
    target, y, classes = goal
    told: set[int] = set()
    if len(np.unique(y)) < 2:
        return
    for place, feature in enumerate(features):
        if feature.column in told:
            continue
        values = columns[feature.column].values[kept]
        known = ~np.isnan(values)
        said = _copied(columns[feature.column], y[known], classes, values[known])
        if said and 2 * int(known.sum()) >= len(values):
            told.add(feature.column)
            where = tr("in every row") if known.all() else tr("in every row that has a value")
            name = quoted(columns[feature.column].name)
            notes.append(tr(said[0], column=name, target=quoted(target), where=where, factor=said[1]))
        elif np.array_equal(X[:, place], y):
            name = quoted(feature.name)
            notes.append(tr(SAME, column=name, target=quoted(target), where=tr("in every row")))


def _copied(
    column: Column, y: NDArray[Any], classes: Sequence[str], there: NDArray[np.float64]
) -> tuple[str, str] | None:
    """What to say of an input whose values are those of the target, and how many times as large; None for no copy."""
    if len(there) < FEWEST_EACH:
        return None
    if not classes:
        if column.levels or len(np.unique(there)) <= FEWEST_EACH:
            return None
        if np.array_equal(there, y):
            return SAME, ""
        ratios = there[y != 0] / y[y != 0]
        even = len(ratios) > FEWEST_EACH and not there[y == 0].any() and np.ptp(ratios) <= 1e-9 * abs(ratios[0])
        times = en("{column} is {factor} times {target} {where}: it gives the answer away.")
        return (times, f"{ratios[0]:.6g}") if even else None
    pairs = np.unique(np.stack([there, y]), axis=1)
    count = pairs.shape[1]
    if not count == len(np.unique(there)) == len(np.unique(y)) > 1 or len(there) < FEWEST_EACH * count:
        return None
    names = [column.levels[int(a)] if column.levels else number_name(a) for a, _ in pairs.T]
    if np.array_equal(there, y) or names == [classes[int(b)] for _, b in pairs.T]:
        return SAME, ""
    return en("{column} has one value for each class of {target}, the same {where}: it gives the answer away."), ""
