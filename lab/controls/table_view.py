"""What the desk shows of a table: notes, columns with their kinds, histograms and roles, and the first rows."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np

from regviz import Table
from regviz.language import tr
from regviz.limits import MOST_COLUMNS
from regviz.tables.cells.date_forms import EPOCH
from regviz.tables.columns import Column
from regviz.tables.how import KINDS
from regviz.tables.judging.remarks import kind_name
from regviz.words import counted

from ..look.numbers import bound
from .by_click import spoken

ROWS, BARS, NAMED = 8, 12, 3
"""Rows and bars that are shown, and categories that are named below theirs."""


def shown(table: Table) -> dict[str, Any]:
    """Return `table` as the page takes it: lists, texts and numbers."""
    columns = table.columns[:MOST_COLUMNS]
    notes = [spoken(note) for note in table.notes]
    if len(columns) < len(table.columns):
        notes.append(tr("The first {n} of {all} columns are shown.", n=len(columns), all=f"{len(table.columns):,}"))
    inputs = [column for column, role in zip(table.columns, table.roles, strict=True) if role == "input"]
    target = table.column(table.target)
    either = not target.levels or target.kind == "yes/no"
    return {
        "notes": notes,
        "refusal": spoken(table.refusal),
        "columns": [_column(column, role) for column, role in zip(columns, table.roles, strict=False)],
        "rows": [row[: len(columns)] for row in table.preview(ROWS)],
        "size": _size(table),
        "target": table.target,
        "task": table.task,
        "tasks": ["classification", "regression"] if either else [table.task],
        "gaps": table.choices.gaps if any(column.missing for column in inputs) else "",
    }


def _size(table: Table) -> str:
    target = counted(len(table.class_names), "class") if table.class_names else tr("a number to predict")
    return ", ".join((counted(table.rows, "row"), counted(len(table.feature_names), "input"), target))


def _column(column: Column, role: str) -> dict[str, Any]:
    found = column.histogram(BARS)
    kinds = dict.fromkeys([column.kind, *(KINDS if column.kind != "empty" else ())])
    most = max(found.counts, default=0)
    return {
        "name": column.name,
        "kind": column.kind,
        "kinds": [[kind, kind_name(kind)] for kind in kinds],
        "unit": column.unit,
        "role": role,
        "bars": [round(count / most, 3) for count in found.counts] if most else [],
        "range": _range(column, found.edges, found.labels),
        "gaps": column.missing,
        "different": column.different,
    }


def _range(column: Column, edges: tuple[float, ...], labels: tuple[str, ...]) -> str:
    """What stands below a histogram: the ends of its numbers, or its first categories."""
    if labels:
        more = column.different - NAMED
        first = ", ".join(labels[:NAMED])
        return tr("{first} and {n} more", first=first, n=more) if more > 0 else first
    if not edges:
        return ""
    ends = [float(end(column.values)) for end in (np.nanmin, np.nanmax)]  # the edges of bars are rounded
    low, high = (_day(end, ends[1]) if column.kind == "date" else bound(end) for end in ends)
    return low if low == high else f"{low} … {high}"


def _day(value: float, last: float) -> str:
    """Days since 1970 as a date, or hours as a time of day."""
    if 0 <= value <= 48 and last <= 48:
        minutes = round(60 * value)
        return f"{minutes // 60:02}:{minutes % 60:02}"
    try:
        return date.fromordinal(EPOCH + int(value // 1)).isoformat()
    except (ValueError, OverflowError):
        return bound(value)
