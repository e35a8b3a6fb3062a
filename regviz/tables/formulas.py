"""Formulas of a workbook (xlsx) whose values were never stored, so that their cells look empty."""

from __future__ import annotations

import re
import zipfile
import zlib
from io import BytesIO

from .errors import TableError, listed

SHEET = re.compile(rb"<(?:\w+:)?sheet\b[^>]*?\br:id=[\"']([^\"']+)")
RELATION = re.compile(rb"<(?:\w+:)?Relationship\b[^>]*>")
BARE = re.compile(rb"<c r=\"([A-Z]+\d+)\"[^>]*><f\b[^>]*?(?:/>|>[^<]*</f>)\s*(?:<v\s*/>|<v></v>)?\s*</c>")
"""A cell with a formula and without a value."""

LARGEST = 500_000_000
"""Bytes of a sheet that are looked at."""


def check_formulas(content: bytes, sheet: int, notes: list[str]) -> None:
    """Refuse a sheet (from 0) in which formulas of several rows have no values; a single one, of a sum, is noted."""
    cells = [found.decode() for found in BARE.findall(_sheet(content, sheet))]
    if not cells:
        return
    if len({re.sub("[A-Z]", "", cell) for cell in cells}) == 1:
        notes.append(f"The formulas in {listed(cells)} have no values in the file and were read as missing.")
        return
    raise TableError(
        f"The workbook has formulas without values ({listed(cells, 3)}): a program wrote them, and nothing has "
        "computed them yet. Open it in a spreadsheet program, save it, and bring it again."
    )


def _sheet(content: bytes, place: int) -> bytes:
    """The XML of one sheet, nothing if there is none (as in xls and ods, which store values)."""
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
