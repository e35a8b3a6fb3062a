"""Tables as people have them: what is a number, what is missing, and how to say so."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import DataError
from ..language import ntr, tr
from ..limits import LARGEST
from ..words import listed, tidy, told_apart

if TYPE_CHECKING:
    from numpy.typing import NDArray

MISSING = frozenset({"", "?", "na", "n/a", "nan", "null", "<na>", "nat"})
"""Texts that stand for a missing value, in small letters."""

LONGEST_NAME = 60


def numbers(table: NDArray[Any], names: Sequence[str], *, texts: bool = False) -> NDArray[Any]:
    """Return `table` (n, columns) as float64, NaN where a value is missing.

    With `texts`, a table that has any text comes back as texts instead, as they are, "" where one is missing. Raises
    DataError, which names the columns that have text, without.
    """
    if table.dtype.kind in "biuf":
        return np.array(table, np.float64)
    found = np.empty(table.shape)
    wordy: list[tuple[int, str]] = []
    for column in range(table.shape[1]):
        for row, value in enumerate(table[:, column]):
            number = _number(value)
            if number is None:
                wordy.append((column, str(value)))
                break
            found[row, column] = number
    if not wordy:
        return found
    if texts:
        return np.array([["" if is_missing(value) else str(value) for value in row] for row in table], object)
    shown = listed([f"{names[column]!r} ({text[:20]!r})" for column, text in wordy])
    raise DataError(
        "X",
        ntr("column {names} has text", "columns {names} have text", len(wordy), names=shown),
        tr("an input is a number"),
        tr("leaving such columns out, or turning each of their values into a column of 0 and 1"),
    )


def rows_without(
    X: NDArray[np.float64], y: NDArray[Any], missing: NDArray[np.bool_], names: Sequence[str], drop: bool
) -> tuple[NDArray[np.float64], NDArray[Any]]:
    """Return X and y without rows in which something is missing (`missing`: where y is). Raises DataError unless
    `drop`.
    """
    bad = ~(np.abs(X) <= LARGEST)
    hollow = bad.any(axis=1) | missing
    if not hollow.any():
        return X, y
    if drop:
        return X[~hollow], y[~hollow]
    counts = [(repr(names[column]), int(count)) for column, count in enumerate(bad.sum(axis=0)) if count]
    counts += [(tr("the target"), int(missing.sum()))] * bool(missing.any())
    raise DataError(
        "X",
        tr(
            "of {rows} rows, {n} lack a number or have one that is not finite, in {columns}",
            rows=f"{len(X):,}",
            n=f"{int(hollow.sum()):,}",
            columns=listed([tr("{column} ({n} rows)", column=name, n=count) for name, count in counts]),
        ),
        tr("every value must be there"),
        tr(
            "filling them in, or leaving these rows out (drop_missing=True), which keeps {n} rows",
            n=f"{int((~hollow).sum()):,}",
        ),
    )


def named(names: Sequence[str] | None, count: int) -> tuple[str, ...]:
    """Return `count` different names: those given, made tidy, or x1, x2, … Raises DataError if there are more or
    fewer.
    """
    if names is None:
        return tuple(f"x{k + 1}" for k in range(count))
    if len(names) != count:
        wrong, needed = tr("there are {n} names", n=len(names)), tr("X has {n} columns", n=count)
        raise DataError("feature_names", wrong, needed, tr("one for each"))
    return told_apart([short(str(name)) or f"x{place + 1}" for place, name in enumerate(names)])


def short(text: str) -> str:
    """Return `text` in one short line, without what is no letter or sign."""
    plain = tidy(text)
    return plain if len(plain) <= LONGEST_NAME else plain[: LONGEST_NAME - 1] + "…"


def _number(value: Any) -> float | None:
    """`value` as a float, NaN if it is missing, None if it is a text (or a date, or anything else)."""
    if is_missing(value):
        return float("nan")
    if isinstance(value, (np.datetime64, np.timedelta64, complex)) or (isinstance(value, str) and "_" in value):
        return None  # "10_0" is a code, though Python reads 100
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return None


def is_missing(value: Any) -> bool:
    """Return whether `value` stands for none: None, NaN, pandas' NA and NaT, or a text that says so."""
    return value is None or value is np.ma.masked or str(value).strip().lower() in MISSING
