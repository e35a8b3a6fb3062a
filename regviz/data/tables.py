"""Tables as people have them: what is a number, what is missing, and how to say so."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, time, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import DataError
from ..language import ntr, tr
from ..limits import FEWEST_ROWS, LARGEST, LARGEST_SAID
from ..words import as_seen, counted, listed, told_apart

if TYPE_CHECKING:
    from numpy.typing import NDArray

MISSING = frozenset({"", "?", "na", "n/a", "nan", "null", "<na>", "nat"})
"""Texts that stand for a missing value, in small letters."""

LONGEST_NAME = 60

AS_TABLE = "rv.add_table(name, rv.read_table((X, y)))"
"""What adds data that are more than numbers."""

HAVE: dict[str, Callable[[int, str], str]] = {
    "text": lambda n, names: ntr("column {names} has text", "columns {names} have text", n, names=names),
    "date": lambda n, names: ntr("column {names} has dates", "columns {names} have dates", n, names=names),
    "duration": lambda n, names: ntr("column {names} has durations", "columns {names} have durations", n, names=names),
    "": lambda n, names: ntr(
        "column {names} has values that are no numbers",
        "columns {names} have values that are no numbers",
        n,
        names=names,
    ),
}
"""What columns have instead of numbers: how many they are, and their names."""


def numbers(table: NDArray[Any], names: Sequence[str], *, texts: bool = False) -> NDArray[Any]:
    """Return `table` (n, columns) as float64, NaN where a value is missing.

    With `texts`, a table that has any text comes back as texts instead, as they are, "" where one is missing. Raises
    DataError, which names the columns that have text, dates or other values, without.
    """
    if table.dtype.kind in "biuf":
        return np.array(table, np.float64)
    found = np.empty(table.shape)
    others: dict[str, list[str]] = {}
    for column in range(table.shape[1]):
        for row, value in enumerate(table[:, column]):
            number = _number(value)
            if number is None:
                others.setdefault(kind_of(value), []).append(f"{names[column]!r} ({str(value)[:20]!r})")
                break
            found[row, column] = number
    if not others:
        return found
    if texts:
        return np.array([["" if is_missing(value) else str(value) for value in row] for row in table], object)
    way = tr(
        "leaving such columns out, or {call}, which makes a column of 0 and 1 of each text, days of dates and hours of "
        "durations",
        call=AS_TABLE,
    )
    if "" in others:
        way = tr("leaving such columns out, or numbers in their place")
    wrong = listed([HAVE[kind](len(which), listed(which)) for kind, which in others.items()])
    raise DataError("X", wrong, tr("an input is a number"), way)


def kind_of(value: Any) -> str:
    """Return what a value is that is no number: "text", "date", "duration", or "" for anything else."""
    if isinstance(value, (str, bytes)):
        return "text"
    if isinstance(value, (date, np.datetime64)):
        return "date"
    return "duration" if isinstance(value, (time, timedelta, np.timedelta64)) else ""


def rows_without(
    X: NDArray[np.float64], y: NDArray[Any], missing: NDArray[np.bool_], names: Sequence[str], drop: bool
) -> tuple[NDArray[np.float64], NDArray[Any]]:
    """Return X and y without rows in which something is missing (`missing`: where y is), infinite or too large. Raises
    DataError unless `drop`, and if fewer rows are left than three parts need.
    """
    gaps, large = ~np.isfinite(X), np.isfinite(X) & (np.abs(X) > LARGEST)
    hollow = (gaps | large).any(axis=1) | missing
    kept, rows = int((~hollow).sum()), len(X)
    if hollow.any() and not drop:
        fewer = tr("leaving these rows out (drop_missing=True), which keeps {rows}", rows=counted(kept, "row"))
        offered = [fewer] if kept >= FEWEST_ROWS else []
        where = [repr(name) for name in names]
        if large.any():
            raise too_large("X", large, where, offered)
        where.append(tr("the target"))
        raise _lacking(np.column_stack((gaps, missing)), where, offered)
    if kept < FEWEST_ROWS:
        wrong = ntr("there is 1 row", "there are {n} rows", kept)
        if kept < rows:
            wrong = ntr("1 row of {rows} is left", "{n} rows of {rows} are left", kept, rows=f"{rows:,}")
        raise DataError("X", wrong, tr("at least {n} are needed for three parts", n=FEWEST_ROWS), tr("more rows"))
    return X[~hollow], y[~hollow]


def too_large(field: str, large: NDArray[np.bool_], where: Sequence[str], ways: Sequence[str] = ()) -> DataError:
    """Return the error of numbers that are `large` (n, columns), in the columns called `where`; and other ways than
    larger units.
    """
    said = ntr(
        "of {rows} rows, 1 has a number beyond {most}, in {columns}",
        "of {rows} rows, {n} have a number beyond {most}, in {columns}",
        int(large.any(axis=1).sum()),
        rows=f"{len(large):,}",
        most=LARGEST_SAID,
        columns=_counted(large, where),
    )
    needed = tr("numbers up to {most} can be standardized", most=LARGEST_SAID)
    return DataError(field, said, needed, _either([tr("larger units, in which they are smaller"), *ways]))


def _lacking(gaps: NDArray[np.bool_], where: Sequence[str], ways: Sequence[str]) -> DataError:
    """The error of `gaps` (n, columns) in the columns called `where`."""
    said = ntr(
        "of {rows} rows, 1 lacks a number or has one that is not finite, in {columns}",
        "of {rows} rows, {n} lack a number or have one that is not finite, in {columns}",
        int(gaps.any(axis=1).sum()),
        rows=f"{len(gaps):,}",
        columns=_counted(gaps, where),
    )
    fills = not gaps[:, :-1].all() and int((~gaps[:, -1]).sum()) >= FEWEST_ROWS
    filling = tr("{call}, which fills the gaps of inputs and leaves out rows without a target", call=AS_TABLE)
    found = [*[filling] * fills, *ways] or [tr("numbers in their place")]
    return DataError("X", said, tr("every value must be there"), _either(found))


def _counted(there: NDArray[np.bool_], where: Sequence[str]) -> str:
    """The columns in which something is `there` (n, columns), with how many rows have it."""
    counts = zip(where, there.sum(axis=0).tolist(), strict=True)
    return listed([f"{name} ({counted(count, 'row')})" for name, count in counts if count])


def _either(ways: Sequence[str]) -> str:
    return ways[0] if len(ways) == 1 else tr("{first}, or {last}", first=", ".join(ways[:-1]), last=ways[-1])


def named(names: Sequence[str] | None, count: int) -> tuple[str, ...]:
    """Return `count` different names: those given, made tidy, or x1, x2, … Raises DataError if there are more or
    fewer, or none.
    """
    if names is None:
        return tuple(f"x{k + 1}" for k in range(count))
    needed = tr("X has {columns}", columns=counted(count, "column"))
    if isinstance(names, str) or not isinstance(names, Iterable):
        wrong = tr("feature_names is {value}", value=repr(names))
        raise DataError("feature_names", wrong, needed, tr("a list with a name for each"))
    names = list(names)
    if len(names) != count:
        wrong = ntr("there is 1 name", "there are {n} names", len(names))
        raise DataError("feature_names", wrong, needed, tr("one for each"))
    return told_apart([short(str(name)) or f"x{place + 1}" for place, name in enumerate(names)])


def short(text: str) -> str:
    """Return `text` in one short line as it looks, without what is no letter or sign."""
    plain = as_seen(text)
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
