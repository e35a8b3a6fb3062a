"""Workbooks (xlsx, xls, ods) by python-calamine, and Parquet by pyarrow: libraries that are loaded when one is read."""

from __future__ import annotations

import io
from typing import Any

from .assembly import columns_from, from_rows
from .errors import TableError, listed, quoted
from .how import How
from .kinds import Source
from .missing import is_blank
from .rows import Row


def from_workbook(content: bytes, how: How, notes: list[str]) -> Source:
    """The table of a workbook's sheet: the one that is asked for, or the first that has rows."""
    try:
        from python_calamine import CalamineError, CalamineWorkbook
    except ImportError:
        raise _lacks("A workbook", "python-calamine") from None
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    except (CalamineError, OSError, ValueError):
        raise TableError(
            "The file is a zip archive or a damaged workbook; unpack it, or save the table as CSV (UTF-8)."
        ) from None
    names = list(book.sheet_names)
    if how.sheet is not None:
        if how.sheet not in names and not (isinstance(how.sheet, int) and 0 <= how.sheet < len(names)):
            raise TableError(
                f"The workbook has no sheet {how.sheet!r}; there are {listed([quoted(n) for n in names], 8)}."
            )
        chosen = names[how.sheet] if isinstance(how.sheet, int) else how.sheet
        return from_rows(_rows(book, chosen), how, notes)
    filled = [(name, rows) for name in names if len(rows := _rows(book, name)) > 1]
    if not filled:
        raise TableError("The workbook has no sheet with a table.")
    name, rows = filled[0]
    if len(names) > 1:
        others = listed([quoted(other) for other in names if other != name])
        notes.append(f"The sheet {quoted(name)} was read; sheet= reads another ({others}).")
    return from_rows(rows, how, notes)


def _rows(book: Any, name: str) -> list[Row]:
    sheet = book.get_sheet_by_name(name)
    data = sheet.to_python(skip_empty_area=True)
    first = (sheet.start or (0, 0))[0]
    rows = [[None if is_blank(cell) else cell for cell in row] for row in data]
    width = max((k + 1 for row in rows for k, cell in enumerate(row) if cell is not None), default=0)
    return [Row(first + k + 1, row[:width]) for k, row in enumerate(rows) if any(cell is not None for cell in row)]


def from_parquet(content: bytes, notes: list[str]) -> Source:
    """The table of a Parquet file."""
    try:
        from pyarrow import ArrowException, BufferReader
        from pyarrow.parquet import read_table
    except ImportError:
        raise _lacks("A Parquet file", "pyarrow") from None
    try:
        table = read_table(BufferReader(content))
    except (ArrowException, OSError, ValueError):
        raise TableError("The Parquet file is damaged; save it anew.") from None
    names = [name for name in table.column_names if not name.startswith("__index_level_")]
    return columns_from(names, [table.column(name).to_pylist() for name in names], notes)


def _lacks(what: str, library: str) -> TableError:
    return TableError(f"{what} is read by {library}, which is not installed: pip install 'regviz[tables]'.")
