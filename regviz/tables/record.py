"""A table as plain values for a file, and back: the same rows, roles and kinds, so that it trains as before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn

import numpy as np

from ..language import tr
from ..limits import LARGEST
from .choices import Choices
from .columns import Column
from .errors import TableError, counted, quoted
from .how import GAPS
from .notes import done
from .table import Table, assembled

LEVELED = frozenset({"yes/no", "category", "text"})
LEFT_OUT = "left out"
KINDS = LEVELED | {"number", "date", "empty"}


def to_record(table: Table) -> dict[str, Any]:
    """Return `table` as dicts, lists, texts and numbers: JSON holds them exactly.

    What the table told by itself (target, task, which columns are inputs) is written down, so that a reader that would
    tell otherwise changes nothing. Of the notes that is written down which says what was done, in the language in which
    it was said: the file is not there any more by which it could be said anew, or read in another way.
    """
    choices = table.choices
    roles = {column.name: role for column, role in zip(table.columns, table.roles, strict=True)}
    return {
        "target": table.target,
        "task": table.task,
        "inputs": [name for name, role in roles.items() if role == "input"],
        LEFT_OUT: [name for name, role in roles.items() if role == "out"],
        "gaps": choices.gaps if isinstance(choices.gaps, str) else dict(choices.gaps),
        "notes": [done(note) for note in table.read_notes],
        "columns": [
            {
                "name": column.name,
                "kind": column.kind,
                "levels": list(column.levels),
                "unit": column.unit,
                "first": list(column.first),
                **({"hollow": {word: list(rows) for word, rows in column.hollow.items()}} if column.hollow else {}),
            }
            for column in table.columns
        ],
        "rows": [list(row) for row in zip(*map(_cells, table.columns), strict=True)],
    }


def _cells(column: Column) -> list[Any]:
    if column.levels:
        return column.texts()
    return [None if np.isnan(value) else value for value in column.values.tolist()]


def from_record(record: Any) -> Table:
    """Return the table that `to_record` wrote. Raises TableError, naming the part, for what it cannot have written."""
    if not isinstance(record, Mapping):
        _refuse("table", record, tr("a dict of columns, roles and rows"))
    given, rows = _list(record, "columns", dict), _list(record, "rows", list)
    if not given or not rows:
        _refuse("rows", rows, tr("at least one column and one row"))
    for place, row in enumerate(rows):
        if len(row) != len(given):
            _refuse(f"rows[{place}]", row, counted(len(given), "cell"))
    columns = [_column(place, column, [row[place] for row in rows]) for place, column in enumerate(given)]
    names = [column.name for column in columns]
    if len(set(names)) < len(names):
        _refuse("columns", names, tr("a name of its own for each column"))
    task, target, gaps = record.get("task"), record.get("target"), record.get("gaps", "fill")
    if target not in names:
        _refuse("target", target, tr("the name of a column"))
    if task not in ("classification", "regression"):
        _refuse("task", task, tr("'classification' or 'regression'"))
    ways = gaps.values() if isinstance(gaps, Mapping) else (gaps,)
    if not all(way in GAPS for way in ways if isinstance(way, str)) or not all(isinstance(way, str) for way in ways):
        _refuse("gaps", gaps, tr("'fill', 'flag' or 'drop'"))
    choices = Choices(target, _texts(record, LEFT_OUT), _texts(record, "inputs"), task, gaps)
    return assembled(columns, _texts(record, "notes"), choices)


def _column(place: int, given: Mapping[str, Any], cells: list[Any]) -> Column:
    where = f"columns[{place}]"
    name, kind, unit = given.get("name"), given.get("kind"), given.get("unit", "")
    if not isinstance(name, str) or not name or not isinstance(unit, str):
        _refuse(f"{where}.name", name, tr("a text"))
    if not isinstance(kind, str) or kind not in KINDS:
        _refuse(f"{where}.kind", kind, tr("one of {kinds}", kinds=", ".join(sorted(KINDS))))
    levels, first = _texts(given, "levels"), _texts(given, "first")
    if (kind in LEVELED) != bool(levels) or len(set(levels)) < len(levels) or (kind == "yes/no" and len(levels) != 2):
        _refuse(f"{where}.levels", levels, tr("different texts for a column of texts, two for yes/no, else none"))
    place_of = {level: float(k) for k, level in enumerate(levels)}
    values = np.full(len(cells), np.nan)
    for row, cell in enumerate(cells):
        if cell is None:
            continue
        number = isinstance(cell, (int, float)) and not isinstance(cell, bool) and abs(cell) <= LARGEST
        if (levels and (not isinstance(cell, str) or cell not in place_of)) or (not levels and not number):
            allowed = tr("a level of its column") if levels else tr("a number, or null for a gap")
            _refuse(f"rows[{row}][{place}]", cell, allowed)
        values[row] = place_of[cell] if levels else float(cell)
    return Column(name, kind, values, levels, unit, first, _hollow(where, given.get("hollow", {}), values))


def _hollow(where: str, given: Any, values: Any) -> dict[str, tuple[int, ...]]:
    """Words of gaps, each with its rows."""
    if not isinstance(given, Mapping):
        _refuse(f"{where}.hollow", given, tr("a list of rows for each word"))
    for word, rows in given.items():
        places = isinstance(rows, list) and all(type(row) is int and 0 <= row < len(values) for row in rows)
        if not isinstance(word, str) or not places or not np.isnan(values[rows]).all():
            _refuse(f"{where}.hollow", rows, tr("rows in which the column has a gap"))
    return {word: tuple(rows) for word, rows in given.items()}


def _list(record: Mapping[str, Any], field: str, kind: type) -> list[Any]:
    found = record.get(field)
    if not isinstance(found, list) or not all(isinstance(one, kind) for one in found):
        _refuse(field, found, tr("a list of dicts") if kind is dict else tr("a list of lists"))
    return found


def _texts(record: Mapping[str, Any], field: str) -> tuple[str, ...]:
    found = record.get(field, [])
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        _refuse(field, found, tr("a list of texts"))
    return tuple(found)


def _refuse(where: str, value: Any, allowed: str) -> NoReturn:
    said = tr(
        "The table's {part} is {value}, but allowed is {allowed}.", part=where, value=quoted(value), allowed=allowed
    )
    raise TableError(said, value=value)
