"""What only the XML of a workbook (xlsx) says: formulas whose values were never stored, and what is hidden."""

from __future__ import annotations

import re
import zipfile
import zlib
from io import BytesIO

from ...language import en, ntr, tr
from ..errors import TableError, counted, listed

SHEET = re.compile(rb"<(?:\w+:)?sheet\b[^>]*?\br:id=[\"']([^\"']+)")
RELATION = re.compile(rb"<(?:\w+:)?Relationship\b[^>]*>")
BARE = re.compile(rb"<c r=\"([A-Z]+\d+)\"[^>]*><f\b[^>]*?(?:/>|>[^<]*</f>)\s*(?:<v\s*/>|<v></v>)?\s*</c>")
"""A cell with a formula and without a value."""

FAILED = re.compile(rb"<c\b([^>]*?\bt=\"e\"[^>]*)>(?:<f\b[^>]*?(?:/>|>[^<]*</f>))?\s*<v>([^<]*)</v>")
"""A cell with an error."""

PLACE = re.compile(rb"\br=\"([A-Z]+\d+)\"")

HIDDEN_ROW = re.compile(rb"<row\b[^>]*?\bhidden=\"(?:1|true)\"[^>]*(?<!/)>")
HIDDEN_COLUMNS = re.compile(rb"<col\b[^>]*?\bhidden=\"(?:1|true)\"[^>]*>")
LAST_COLUMN = 16_384
"""Of a sheet."""

LARGEST = 500_000_000
"""Bytes of a sheet that are looked at."""


def check_formulas(content: bytes, sheet: int, notes: list[str]) -> None:
    """Raise TableError for a sheet (from 0) in which formulas of several rows have no values.

    A single one, of a sum, is noted.
    """
    cells = [found.decode() for found in BARE.findall(sheet_xml(content, sheet))]
    if not cells:
        return
    if len({re.sub("[A-Z]", "", cell) for cell in cells}) == 1:
        said = en("The formulas in {cells} have no values in the file and were read as missing.")
        notes.append(tr(said, cells=listed(cells)))
        return
    raise TableError(
        tr(
            "The workbook has formulas without values ({cells}): a program wrote them, and nothing has computed them "
            "yet. Open it in a spreadsheet program, save it, and bring it again.",
            cells=listed(cells, 3),
        )
    )


def note_errors(content: bytes, sheet: int, notes: list[str]) -> None:
    """Note the cells of a sheet (from 0) whose formulas failed: they are read as empty ones."""
    found = [
        (place, error) for cell, error in FAILED.findall(sheet_xml(content, sheet)) for place in PLACE.findall(cell)
    ]
    if found:
        shown = [tr("{text} in {cell}", text=repr(error.decode()), cell=place.decode()) for place, error in found]
        notes.append(
            ntr(
                "1 cell with an error was read as missing: {cells}.",
                "{n} cells with an error were read as missing: {cells}.",
                len(found),
                cells=listed(shown, 3),
            )
        )


def note_hidden(content: bytes, sheet: int, notes: list[str]) -> None:
    """Note rows and columns that are hidden in a sheet (from 0), by a filter or by hand; they are read all the same."""
    xml = sheet_xml(content, sheet)
    found = [(len(HIDDEN_ROW.findall(xml)), "row"), (sum(map(_width, HIDDEN_COLUMNS.findall(xml))), "column")]
    hidden = [counted(count, noun) for count, noun in found if count]
    if hidden:
        notes.append(
            ntr(
                "{what} of the sheet is hidden, and read like the others; delete what is no part of the table.",
                "{what} of the sheet are hidden, and read like the others; delete what is no part of the table.",
                sum(count for count, _ in found),
                what=listed(hidden),
            )
        )


def _width(columns: bytes) -> int:
    """How many columns one element stands for; 0 for those to the end of the sheet, which hold nothing."""
    first, last = (re.search(rb"\b" + end + rb"=\"(\d+)\"", columns) for end in (b"min", b"max"))
    return int(last[1]) - int(first[1]) + 1 if first and last and int(last[1]) < LAST_COLUMN else 0


def sheet_xml(content: bytes, place: int) -> bytes:
    """Return the XML of one sheet, nothing if there is none (as in xls and ods, which store values)."""
    if content[:2] != b"PK":
        return b""
    try:
        archive = zipfile.ZipFile(BytesIO(content))
        name = SHEET.findall(archive.read("xl/workbook.xml"))[place]
        for relation in RELATION.findall(archive.read("xl/_rels/workbook.xml.rels")):
            if re.search(rb"\bId=[\"']" + re.escape(name) + rb"[\"']", relation):
                target = re.search(rb"\bTarget=[\"']/?(?:xl/)?([^\"']+)", relation)
                path = f"xl/{target[1].decode()}" if target else ""
                return archive.read(path) if archive.getinfo(path).file_size < LARGEST else b""
    except (KeyError, IndexError, zipfile.BadZipFile, ValueError, OSError, EOFError, NotImplementedError, zlib.error):
        return b""
    return b""
