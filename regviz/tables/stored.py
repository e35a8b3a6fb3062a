"""Columns whose cells are numbers, dates or truth values already, as frames, arrays and workbooks store them."""

from __future__ import annotations

from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

import numpy as np

from .columns import Column, shown
from .dates import from_stored
from .errors import counted, quoted, were
from .missing import is_missing

LARGEST = 1e100
"""Numbers beyond this are taken for missing: their squares overflow."""


def stored_column(name: str, cells: Any, extra: frozenset[str], notes: list[str]) -> Column | None:
    """A column whose cells are numbers, dates or truth values already; None if any of them is a text."""
    if isinstance(cells, np.ndarray) and cells.dtype.kind in "biuf" and not extra:
        values = np.array(cells, np.float64)
        if cells.dtype.kind == "b":
            return Column(name, "yes/no", values, ("False", "True"), "", shown(cells.tolist()))
        return Column(name, "number", finite(name, values, notes), (), "", shown(cells.tolist()))
    values = np.full(len(cells), np.nan)
    kinds: set[str] = set()
    for row, cell in enumerate(cells):
        if isinstance(cell, str):
            return None
        if is_missing(cell, extra):
            continue
        if isinstance(cell, (bool, np.bool_)):
            values[row], kind = float(cell), "yes/no"
        elif isinstance(cell, (int, float, Decimal, np.number)) and not isinstance(
            cell, (np.timedelta64, np.complexfloating)
        ):
            values[row], kind = float(cell), "number"
        elif isinstance(cell, (date, time, timedelta)):
            values[row], kind = from_stored(cell) or 0.0, "date"
        elif isinstance(cell, np.datetime64):
            values[row], kind = cell.astype("datetime64[us]").astype(np.int64) / 86_400e6, "date"
        elif isinstance(cell, np.timedelta64):
            values[row], kind = cell.astype("timedelta64[us]").astype(np.int64) / 86_400e6, "date"
        else:
            return None
        kinds.add(kind)
    if len(kinds) != 1:
        return None
    kind = kinds.pop()
    if kind == "date":
        notes.append(f"{quoted(name)}: dates were read as days since 1 January 1970, times as hours.")
    levels = ("False", "True") if kind == "yes/no" else ()
    return Column(name, kind, finite(name, values, notes), levels, "", shown(list(cells[:8])))


def finite(name: str, values: Any, notes: list[str]) -> Any:
    """`values` without those that are infinite or would overflow."""
    beyond = np.abs(values) > LARGEST
    if beyond.any():
        notes.append(
            f"{quoted(name)}: {counted(int(beyond.sum()), 'value')} beyond 1e100 {were(beyond.sum())} read as missing."
        )
        values = np.where(beyond, np.nan, values)
    return values
