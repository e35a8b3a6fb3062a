"""Workbooks (xlsx, xls, ods) by python-calamine, and Parquet by pyarrow: libraries that are loaded when one is read."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from typing import Any

from ...language import en, ntr, tr
from ..cells.missing import is_blank
from ..errors import TableError, listed, quoted
from ..how import How
from ..judging.kinds import Source
from ..lines.assembly import columns_from, from_rows
from ..lines.rows import Row
from ..notes import Note, other_sheet
from .extents import address, check_extent, check_ods
from .formulas import check_formulas, note_errors, note_hidden
from .frames import arrow_cells

ABOUT = re.compile(
    r"(.*[ _-])?(info|infos|about|read ?me|lies ?mich|legende?|notes?|notizen|hinweise?|codebook|code ?buch|codes?|"
    r"dictionary|description|beschreibung|metadata|metadaten|variables?|variablen|inhalt|contents?|index|cover|deckblatt|"
    r"pivot|summary|overview|übersicht|zusammenfassung)([ _-].*)?",
    re.IGNORECASE,
)
"""Names of sheets that explain or sum up another."""

FEWEST = 12
"""Rows of a table to train on, its names aside."""

Range = tuple[tuple[int, int], tuple[int, int]]
"""Row and column (from 0) of the first cell of merged cells and of the last."""


def from_workbook(content: bytes, how: How, notes: list[str]) -> Source:
    """Return the table of a workbook's sheet: the one that is asked for, or the first that has rows.

    Raises TableError for a damaged workbook, or without python-calamine.
    """
    try:
        from python_calamine import CalamineError, CalamineWorkbook
    except ImportError:
        raise _lacks("python-calamine") from None
    try:
        check_ods(content)
        return _of(CalamineWorkbook.from_filelike(io.BytesIO(content)), content, how, notes)
    except TableError:
        raise
    except (CalamineError, OSError, ValueError):  # some damage shows only when a sheet is read
        raise TableError(
            tr("The file is a zip archive or a damaged workbook; unpack it, or save the table as CSV (UTF-8).")
        ) from None


def _of(book: Any, content: bytes, how: How, notes: list[str]) -> Source:
    names = list(book.sheet_names)
    if how.sheet is not None:
        if how.sheet not in names and not (isinstance(how.sheet, int) and 0 <= how.sheet < len(names)):
            there = listed([quoted(name) for name in names], 8)
            said = tr("The workbook has no sheet {sheet}; there are {sheets}.", sheet=repr(how.sheet), sheets=there)
            raise TableError(said)
        chosen = names[how.sheet] if isinstance(how.sheet, int) else how.sheet
        return _table(book, chosen, content, how, notes)
    name = _likeliest(book, names, content)
    if name is None:
        for name in names:
            check_formulas(content, names.index(name), notes)
        raise TableError(tr("The workbook has no sheet with a table."))
    if len(names) > 1:
        others = listed([quoted(other) for other in names if other != name])
        notes.append(Note(tr("The sheet {sheet} was read.", sheet=quoted(name)), other_sheet(others)))
    return _table(book, name, content, how, notes)


def _likeliest(book: Any, names: Sequence[str], content: bytes) -> str | None:
    """The first sheet with rows enough to train on and a name that does not say that it explains another; else the
    first with rows."""
    able: list[str] = []
    for explains in (False, True):
        for name in names:
            if (ABOUT.fullmatch(name.strip()) is not None) is explains:
                rows = _rows(_sheet(book, name, content))
                if len(rows) > FEWEST and max(len(row.cells) for row in rows) > 1:
                    return name
                able += [name] if len(rows) > 1 else []
    return min(able, key=list(names).index, default=None)


def _table(book: Any, name: str, content: bytes, how: How, notes: list[str]) -> Source:
    """The table of one sheet."""
    place = book.sheet_names.index(name)
    check_formulas(content, place, notes)
    note_hidden(content, place, notes)
    note_errors(content, place, notes)
    sheet = _sheet(book, name, content)
    merged = sheet.merged_cell_ranges or []
    said: list[str] = []
    source = from_rows(_rows(sheet, merged, said), how, notes)
    notes += said
    return source


def _sheet(book: Any, name: str, content: bytes) -> Any:
    """A sheet, if the library has room for it."""
    check_extent(content, book.sheet_names.index(name), name)
    return book.get_sheet_by_name(name)


def _rows(sheet: Any, merged: Sequence[Range] = (), notes: list[str] | None = None) -> list[Row]:
    """The rows of a sheet that have anything. The value of merged cells is put into each of them."""
    data = sheet.to_python(skip_empty_area=True)
    top, left = sheet.start or (0, 0)
    rows = [[None if is_blank(cell) else cell for cell in row] for row in data]
    filled = [one for one in merged if _fill(rows, one, top, left)]
    if filled and notes is not None:
        (row, column), _ = min(filled)
        notes.append(
            ntr(
                "1 range of merged cells was filled with the value of the first cell (from {cell} on).",
                "{n} ranges of merged cells were filled with the value of the first cell (from {cell} on).",
                len(filled),
                cell=address(row, column),
            )
        )
    width = max((k + 1 for row in rows for k, cell in enumerate(row) if cell is not None), default=0)
    return [Row(top + k + 1, row[:width]) for k, row in enumerate(rows) if any(cell is not None for cell in row)]


def _fill(rows: list[list[Any]], merged: Range, top: int, left: int) -> bool:
    """Put the value of merged cells into each of them, unless they are a title, which has its row for itself."""
    (first, start), (last, end) = merged
    first, last, start, end = first - top, min(last - top, len(rows) - 1), start - left, end - left
    if first < 0 or start < 0 or first > last or rows[first][start] is None:
        return False
    if all(cell is None for row in rows[first : last + 1] for cell in (*row[:start], *row[end + 1 :])):
        return False
    value = rows[first][start]
    for row in rows[first : last + 1]:
        row[start : end + 1] = [value] * len(row[start : end + 1])
    return True


def from_parquet(content: bytes, notes: list[str]) -> Source:
    """Return the table of a Parquet file. Raises TableError for a damaged one, or without pyarrow."""
    try:
        from pyarrow import ArrowException, BufferReader
        from pyarrow.parquet import ParquetFile
    except ImportError:
        raise _lacks("pyarrow") from None
    try:
        table = ParquetFile(BufferReader(content)).read()  # a data set of Arrow's may not have one name twice
    except (ArrowException, OSError, ValueError):
        raise TableError(tr("The Parquet file is damaged; save it anew.")) from None
    names = {k: name for k, name in enumerate(table.column_names) if not name.startswith("__index_level_")}
    cells = [_readable(name, arrow_cells(table.column(k)), notes) for k, name in names.items()]
    return columns_from(list(names.values()), cells, notes)


def _readable(name: str, cells: list[Any], notes: list[str]) -> list[Any]:
    """The cells of a column; bytes as the text they are, or if some are none, as hexadecimal digits."""
    there = [cell for cell in cells if isinstance(cell, bytes)]
    if not there:
        return cells
    try:
        return [cell.decode() if isinstance(cell, bytes) else cell for cell in cells]
    except UnicodeDecodeError:
        said = en("{column} holds bytes that are no text; they were read as hexadecimal digits.")
        notes.append(tr(said, column=quoted(name)))
        return [cell.hex() if isinstance(cell, bytes) else cell for cell in cells]


def _lacks(library: str) -> TableError:
    said = en("A workbook is read by {library}, which is not installed: pip install 'regviz[tables]'.")
    if library == "pyarrow":
        said = en("A Parquet file is read by {library}, which is not installed: pip install 'regviz[tables]'.")
    return TableError(tr(said, library=library))
