"""Rows or columns of cells put together into one table: what all readers end with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ...language import tr
from ...masked import unmasked
from ...randomness import generator
from ..errors import TableError, counted, quoted
from ..how import How
from ..judging.kinds import Source
from ..notes import Note, all_rows
from .blocks import block
from .headers import Named, apart, named
from .rows import Row
from .sideways import check_side, note_side


def from_rows(
    rows: list[Row], how: How, notes: list[str], delimiter: str = "", between: str = "", marked: bool = False
) -> Source:
    """Return the table among rows of cells, of a file (whose lines may begin with a quote: `marked`) or a sheet."""
    if how.whole:
        names, body, columns = _whole(rows, how, notes)
    else:
        found = block(rows, how, notes)
        check_side(found.rows)
        names, body, columns = named(found, how, notes, delimiter, marked)
        note_side(names, body, notes)
    notes.insert(0, _size(len(body), len(names), between))
    if (places := drawn(len(body), how, notes)) is not None:
        body = [body[k] for k in places]
    cells = [list(column) for column in zip(*(row.cells for row in body), strict=True)]
    return Source(names, cells, [row.line for row in body], delimiter, not delimiter, columns)


def drawn(count: int, how: How, notes: list[str]) -> list[int] | None:
    """Return the rows of `count` that are drawn at random, in their order; None for all of them."""
    if not 0 < how.sample < count:
        return None
    said = tr("{n} of its {all} rows were drawn at random.", n=f"{how.sample:,}", all=f"{count:,}")
    notes.append(Note(said, all_rows()))
    return sorted(map(int, generator(0, "sample").choice(count, how.sample, replace=False)))


def _whole(rows: list[Row], how: How, notes: list[str]) -> Named:
    """Names and rows of a file in which each line is a row, the first one the names unless `how` says otherwise."""
    width = len(rows[0].cells)
    for row in rows:
        if len(row.cells) != width:
            said = tr(
                "Line {line} has {cells}, the first has {first}.",
                line=row.line,
                cells=counted(len(row.cells), "cell"),
                first=width,
            )
            raise TableError(said, row.line)
    if how.header is False:
        return Named([*(f"x{k + 1}" for k in range(width - 1)), "y"], rows)
    if len(rows) < 2:
        raise TableError(tr("There is no row below the names."))
    return Named(apart([str(cell) for cell in rows[0].cells], notes), rows[1:])


def columns_from(names: Sequence[Any], cells: Sequence[Any], notes: list[str]) -> Source:
    """Return columns that have their names already. Raises TableError if they differ in length, or if there are
    none.
    """
    lengths = {len(column) for column in cells}
    if not cells or lengths == {0}:
        raise TableError(tr("The table is empty; it needs columns and rows."))
    if len(lengths) > 1:
        short = ", ".join(f"{quoted(name)} {len(column):,}" for name, column in zip(names, cells, strict=True))
        raise TableError(
            tr("The columns differ in length ({lengths}); each row needs a cell in each column.", lengths=short)
        )
    unique = apart(names, notes)
    notes.insert(0, _size(lengths.pop(), len(unique)))
    return Source(unique, list(cells), None, "", True)


def _size(count: int, width: int, between: str = "") -> str:
    """How many rows and columns there are, and what stands between those."""
    rows, columns = counted(count, "row"), counted(width, "column")
    if not between:
        return tr("{rows} of {columns}.", rows=rows, columns=columns)
    return tr("{rows} of {columns}, with {signs} between them.", rows=rows, columns=columns, signs=between)


def from_mapping(given: Mapping[Any, Any], notes: list[str]) -> Source:
    """Return a dict of columns. Raises TableError for a column that is a single value."""
    for name, column in given.items():
        if isinstance(column, (str, bytes)) or not hasattr(column, "__len__"):
            raise TableError(
                tr("Column {column} is a single value; a dict holds a list for each column.", column=quoted(name))
            )
    return columns_from(list(given), [cells_of(column) for column in given.values()], notes)


def cells_of(column: Any) -> Any:
    """Return a column as an array of numbers, or a list of anything else: of moments as NumPy has them, since Python's
    would be whole numbers of nanoseconds. Raises TableError for an array of more dimensions."""
    if not isinstance(column, np.ndarray):
        return list(column)
    if column.ndim != 1:
        said = tr("A field of shape {shape} is no column of numbers; give one field for each.", shape=column.shape[1:])
        raise TableError(said)
    column = unmasked(column)
    if column.dtype.kind in "biuf":
        return column
    return column.astype(object).tolist() if column.dtype.kind in "SUO" else list(column)
