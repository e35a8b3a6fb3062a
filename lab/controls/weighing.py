"""How much a table of a visitor of `regviz app` may hold: reading takes some fifteen times the memory of its text."""

from __future__ import annotations

import gzip
import zipfile
from io import BytesIO

from regviz.tables.files.extents import DAMAGED, cells_of
from regviz.tables.files.sources import GZIP, LARGEST_FILE

from ..compare.guest import is_guest

GUEST_FILE = 10_000_000
"""Bytes of a visitor's file, unpacked."""

CELL = 8
"""Bytes that a cell counts for at least: a million takes some 130 MB to read, however short they are."""

MARKUP = 4
"""Bytes of a workbook's XML for each of a CSV's."""


def most() -> int:
    """Return bytes of a table's file that are read for the person in front of the lab."""
    return GUEST_FILE if is_guest() else LARGEST_FILE


def weight(content: bytes) -> int:
    """Return about how many bytes a table would have as a CSV of cells with `CELL` bytes. No more is unpacked than
    `most()`.

    What is damaged weighs what it has: its reader will say what is wrong with it.
    """
    try:
        if content[:2] == GZIP:
            content = gzip.GzipFile(fileobj=BytesIO(content)).read(most() + 1)
        if content[:4] == b"PK\x03\x04":
            with zipfile.ZipFile(BytesIO(content)) as archive:
                unpacked = max(len(content), sum(entry.file_size for entry in archive.infolist()) // MARKUP)
            return unpacked if unpacked > most() else max(unpacked, CELL * cells_of(content, most() // CELL))
        if content[:4] == b"PAR1":
            from pyarrow import BufferReader
            from pyarrow.parquet import read_metadata

            facts = read_metadata(BufferReader(content))
            return max(len(content), CELL * int(facts.num_rows) * int(facts.num_columns))
    except (ImportError, *DAMAGED):
        return len(content)
    return _of_text(content)


def _of_text(content: bytes) -> int:
    cells = content.count(b"\n") + max(content.count(sign) for sign in (b",", b";", b"\t", b"|", b" "))
    return max(len(content), CELL * cells)
