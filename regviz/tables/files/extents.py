"""How many cells a sheet spans: libraries make room for all of them, however few there are."""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from html import unescape
from io import BytesIO
from lzma import LZMAError
from typing import NamedTuple

from ...language import tr
from ..errors import TableError, listed, quoted
from .formulas import LARGEST, sheet_xml

MOST = 20_000_000
"""Cells that a sheet may span: 20,000 rows of 200 columns are 4 million."""

WIDEST = {1: 26, 2: 702, 3: 16_384}
"""Columns that so many letters name."""

PLACE = re.compile(rb"\br=[\"']([A-Z]{1,3})(\d{1,7})[\"']")
LAST_ROW = re.compile(rb"<(?:\w+:)?row\b[^>]*?\br=[\"'](\d{1,7})[\"']")
FILLED = re.compile(rb"<(?:\w+:)?c\b[^>]*?\br=[\"']([A-Z]{1,3})(\d{1,7})[\"'][^>]*(?<!/)>(?!</)")
"""A cell that holds something: one that only has a colour counts for nothing."""

ROW = re.compile(rb"<table:table-row\b([^>]*?)(?:/>|>(.*?)</table:table-row>)", re.DOTALL)
CELL = re.compile(rb"<table:(?:covered-)?table-cell\b([^>]*?)(/?)>")
NAME = re.compile(rb"\btable:name=\"([^\"]*)\"")
ROWS, COLUMNS = (re.compile(rb"\btable:number-" + what + rb"-repeated=\"(\d{1,9})\"") for what in (b"rows", b"columns"))


DAMAGED = (
    KeyError,
    ValueError,
    OSError,
    EOFError,
    RuntimeError,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
    LZMAError,
)
"""What an archive raises of which bits have fallen over, or that is encrypted."""


class Extent(NamedTuple):
    """How many cells are between the first cell of a sheet and the last, those that stand farthest out, and what an
    ods calls the sheet."""

    cells: int
    corners: tuple[str, ...] = ()
    name: str = ""


def check_ods(content: bytes) -> None:
    """Raise TableError for an ods with a sheet that spans too many cells: all of them are read as it is opened."""
    if _is_ods(content):
        for found in _extents(content, MOST):
            _check(found, found.name)


def check_extent(content: bytes, place: int, name: str) -> None:
    """Raise TableError for a sheet (from 0) that spans more cells than any table has: something stands far out.

    Where it cannot be told which sheet it is, the largest one counts.
    """
    if content[:2] != b"PK" or _is_ods(content):
        return  # in an xls there is no room for so many
    xml = sheet_xml(content, place)
    _check(_of_xlsx(xml, MOST) if xml else max(_extents(content, MOST), default=Extent(0)), name)


def _check(found: Extent, name: str) -> None:
    if found.cells > MOST:
        raise TableError(
            tr(
                "The sheet {sheet} spans {n} million cells, since something stands alone at {cells}; delete that row "
                "or column, and save the workbook anew.",
                sheet=quoted(name),
                n=f"{found.cells / 1e6:,.0f}",
                cells=listed(found.corners),
            )
        )


def cells_of(content: bytes, most: int) -> int:
    """Return how many cells all sheets of a workbook span together; of a sheet of no more than `most`, a bound."""
    return sum(sheet.cells for sheet in _extents(content, most))


def _is_ods(content: bytes) -> bool:
    try:
        return "content.xml" in zipfile.ZipFile(BytesIO(content)).namelist()
    except DAMAGED:
        return False


def _extents(content: bytes, most: int) -> Iterator[Extent]:
    """Those of all sheets; of a damaged workbook those that can be read: its reader says what is wrong with it."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            for entry in archive.infolist():
                if not entry.filename.endswith(".xml") or entry.file_size > LARGEST:
                    continue
                xml = archive.read(entry)
                if entry.filename == "content.xml":
                    yield from map(_of_ods, re.split(rb"<table:table(?=[\s>])", xml)[1:])
                elif b"sheetData" in xml:
                    yield _of_xlsx(xml, most)
    except DAMAGED:
        return


def _of_xlsx(xml: bytes, most: int) -> Extent:
    """The extent of a sheet; a bound if that is no more than `most`, since all cells take long to look at."""
    letters = next((n for n in (3, 2) if re.search(rb"\br=[\"'][A-Z]{%d}\d" % n, xml)), 1)
    rows = max((int(row[1]) for row in LAST_ROW.finditer(xml)), default=0)
    if rows * WIDEST[letters] <= most:
        return Extent(rows * WIDEST[letters])
    found = ((_column(cell[1]), int(cell[2])) for cell in FILLED.finditer(xml))
    left, top, right, bottom = 0, 0, (0, 0), (0, 0)
    for column, row in found:
        left, top = min(left or column, column), min(top or row, row)
        right, bottom = max(right, (column, row)), max(bottom, (row, column))
    corners = dict.fromkeys((address(bottom[0] - 1, bottom[1] - 1), address(right[1] - 1, right[0] - 1)))
    return Extent((right[0] - left + 1) * (bottom[0] - top + 1) if left else 0, tuple(corners))


def _of_ods(xml: bytes) -> Extent:
    """The extent of a sheet from its first cell on: rows and cells may stand there once for many."""
    right, bottom, row = (0, 0), (0, 0), 0
    for found in ROW.finditer(xml):
        row += _repeated(ROWS, found[1])
        column, last = 0, 0
        for cell in CELL.finditer(found[2] or b""):
            column += _repeated(COLUMNS, cell[1])
            last = column if not cell[2] or b"office:value" in cell[1] else last
        if last:
            right, bottom = max(right, (last, row)), (row, last)
    corners = dict.fromkeys((address(bottom[0] - 1, bottom[1] - 1), address(right[1] - 1, right[0] - 1)))
    name = NAME.search(xml)
    return Extent(right[0] * bottom[0], tuple(corners), unescape(name[1].decode("utf-8", "replace")) if name else "")


def _repeated(what: re.Pattern[bytes], attributes: bytes) -> int:
    found = what.search(attributes)
    return int(found[1]) if found else 1


def _column(letters: bytes) -> int:
    """The number (from 1) of a column."""
    number = 0
    for letter in letters:
        number = 26 * number + letter - 64
    return number


def address(row: int, column: int) -> str:
    """Return what a cell (both from 0) is called."""
    letters, column = "", column + 1
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return f"{letters}{row + 1}"
