"""Columns whose cells are numbers, dates or truth values already, as frames, arrays and workbooks store them."""

from __future__ import annotations

import math
from collections import Counter
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import numpy as np

from ...language import en, ntr, tr
from ...limits import LARGEST
from ...masked import EXACT
from ..columns import Column, shown
from ..errors import quoted, with_rows
from ..notes import Note, other_kind
from .date_forms import EPOCH
from .missing import Missing, is_missing

SAID = {
    "date": en("{column}: dates were read as days since 1 January 1970."),
    "time": en("{column}: times of day were read as hours."),
    "duration": en("{column}: durations were read as hours."),
}
"""What is said of stored dates, times and durations."""

FARTHEST = 3_652_425.0
"""Days of 10,000 years: what is farther away is no moment that anybody meant."""

DAYS = {
    "Y": 365.2425,
    "M": 30.436875,
    "W": 7.0,
    "D": 1.0,
    "h": 1 / 24,
    "m": 1 / 1440,
    "s": 1 / 86_400,
    "ms": 1 / 86_400e3,
}
"""How many days NumPy's units of time are in which a whole number may be too large for one of microseconds."""


def stored_column(name: str, cells: Any, extra: Missing, notes: list[str]) -> Column | None:
    """Return a column whose cells are numbers, dates or truth values already; None if any of them is a text."""
    if isinstance(cells, np.ndarray) and cells.dtype.kind in "biuf" and not extra:
        with np.errstate(over="ignore"):  # of the longest floats
            values = np.array(cells, np.float64)
        if cells.dtype.kind in "iu":
            _note_rounded(name, values, notes)
        if cells.dtype.kind == "b":
            return Column(name, "yes/no", values, ("False", "True"), "", shown(cells.tolist()))
        return Column(name, "number", finite(name, values, notes), (), "", shown(cells.tolist()))
    values = np.full(len(cells), np.nan)
    kinds: set[str] = set()
    missing = Counter[str]()
    for row, cell in enumerate(cells):
        if isinstance(cell, str):
            return None
        if is_missing(cell, extra):
            missing[str(cell)] += bool(extra) and cell in extra
            continue
        if isinstance(cell, (bool, np.bool_)):
            values[row], kind = float(cell), "yes/no"
        elif isinstance(cell, (int, float, Decimal, np.number)) and not isinstance(
            cell, (np.timedelta64, np.complexfloating)
        ):
            values[row], kind = as_float(cell), "number"
        elif isinstance(cell, (date, time, timedelta)):
            values[row] = _number(cell)
            kind = "date" if isinstance(cell, date) else "time" if isinstance(cell, time) else "duration"
        elif isinstance(cell, np.datetime64):
            values[row], kind = _days(cell), "date"
        elif isinstance(cell, np.timedelta64):
            values[row], kind = 24 * _days(cell), "duration"
        else:
            return None
        kinds.add(kind)
    kind = "duration" if kinds == {"time", "duration"} else kinds.pop() if len(kinds) == 1 else ""
    if kinds == {"yes/no", "number"} and set(values[~np.isnan(values)]) <= {0.0, 1.0}:
        kind = "yes/no"
        notes.append(tr("{column}: 0 was read as False and 1 as True.", column=quoted(name)))
    if not kind:
        return None
    note_missing(name, missing, notes)
    if any(isinstance(cell, int) for cell in cells):
        _note_rounded(name, values, notes)
    if kind in SAID:
        notes.append(tr(SAID[kind], column=quoted(name)))
        values = _near(name, values, notes)
    levels = ("False", "True") if kind == "yes/no" else ()
    unit = "h" if kind == "duration" else ""
    kind = {"time": "date", "duration": "number"}.get(kind, kind)
    return Column(name, kind, finite(name, values, notes), levels, unit, shown(list(cells[:8])))


def _note_rounded(name: str, values: Any, notes: list[str]) -> None:
    """Note whole numbers that a float does not hold: two of them may have become one."""
    size = np.abs(values[~np.isnan(values)])
    if ((size > EXACT) & (size <= LARGEST)).any():
        said = tr("{column} has whole numbers of more than 15 digits, which were rounded.", column=quoted(name))
        notes.append(Note(said, other_kind(name, "category")))


def note_missing(name: str, gaps: Counter[str], notes: list[str]) -> None:
    """Note the texts, each with how often it occurs, that were read as missing."""
    gaps = +gaps
    if gaps:
        notes.append(
            ntr(
                "{column}: {texts} was read as missing.",
                "{column}: {texts} were read as missing.",
                gaps.total(),
                column=quoted(name),
                texts=with_rows(gaps.items()),
            )
        )


def finite(name: str, values: Any, notes: list[str]) -> Any:
    """Return `values` without those that are infinite or would overflow."""
    beyond = np.abs(values) > LARGEST
    if beyond.any():
        notes.append(
            ntr(
                "{column}: 1 value beyond 1e100 was read as missing.",
                "{column}: {n} values beyond 1e100 were read as missing.",
                int(beyond.sum()),
                column=quoted(name),
            )
        )
        values = np.where(beyond, np.nan, values)
    return values


def as_float(number: Any) -> float:
    """Return a stored number as a float, infinite where none holds it."""
    try:
        return float(number)
    except OverflowError:
        return math.inf if number > 0 else -math.inf


def _near(name: str, values: Any, notes: list[str]) -> Any:
    """`values` without moments and durations that are too far away."""
    if (far := np.isinf(values)).any():
        notes.append(
            ntr(
                "{column}: 1 value beyond 10,000 years was read as missing.",
                "{column}: {n} values beyond 10,000 years were read as missing.",
                int(far.sum()),
                column=quoted(name),
            )
        )
        values = np.where(far, np.nan, values)
    return values


def _number(value: Any) -> float:
    """A stored date in days, a time or a duration in hours; infinite for one of a frame that no date can be."""
    if isinstance(value, datetime):
        try:
            return _moment(value)
        except (NotImplementedError, OverflowError):  # a Timestamp of pandas may be
            return math.inf
    if isinstance(value, date):
        return float(value.toordinal() - EPOCH)
    if isinstance(value, timedelta):
        hours = value.total_seconds() / 3600
        return hours if abs(hours) <= 24 * FARTHEST else math.inf
    return float(value.hour + value.minute / 60 + value.second / 3600 + value.microsecond / 3.6e9)


def _days(value: Any) -> float:
    """A moment or a duration of NumPy in days, infinite if it is too far away: microseconds would run over."""
    unit, count = np.datetime_data(value.dtype)
    if abs(float(value.astype(np.int64))) * count * DAYS.get(unit, 0.0) > FARTHEST:
        return math.inf
    days = float(value.astype(f"{value.dtype.kind}8[us]").astype(np.int64)) / 86_400e6
    return days if abs(days) <= FARTHEST else math.inf


def _moment(value: datetime) -> float:
    offset = value.utcoffset()
    days = float(value.toordinal() - EPOCH)
    seconds = value.hour * 3600 + value.minute * 60 + value.second + value.microsecond / 1e6
    return days + (seconds - (offset.total_seconds() if offset else 0)) / 86400
