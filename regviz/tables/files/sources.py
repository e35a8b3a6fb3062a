"""Where tables come from: files, bytes, pasted text, and what holds a table in memory."""

from __future__ import annotations

import gzip
import re
import zlib
from io import BytesIO
from os import PathLike, fspath
from pathlib import Path
from typing import Any

from ...language import en, tr
from ..errors import TableError, quoted
from ..how import How
from ..judging.kinds import Source
from ..lines.assembly import from_rows
from ..lines.commas import shielded, unshielded
from ..lines.dialect import Dialect, found
from ..lines.escapes import kept
from ..lines.fixed import WIDE, by_places
from ..lines.rows import cut
from .drawn import undrawn
from .encoding import decoded, plain_lines
from .frames import from_memory
from .signatures import refuse_bytes, refuse_text
from .workbooks import from_parquet, from_workbook

LARGEST_FILE = 50_000_000
"""Bytes that are read; more cannot be 20,000 rows of 200 numbers."""


GZIP = b"\x1f\x8b"
"""What a gzip archive begins with."""

ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{1,8}://|www\.", re.ASCII)

CITED = re.compile(r"^> ?", re.MULTILINE)
"""What mail programs write before the lines of a mail that is answered."""


def source_of(given: Any, how: How, notes: list[str]) -> Source:
    """Return the columns of whatever holds a table. Raises TableError for what does not."""
    if isinstance(given, PathLike):
        return _file(Path(fspath(given)), how, notes)
    if isinstance(given, str):
        if "\n" in given or "\r" in given:
            return from_text(plain_lines(given), how, notes)
        return _line(given, how, notes)
    if isinstance(given, (bytes, bytearray, memoryview)):
        return from_bytes(bytes(given), how, notes)
    if callable(getattr(given, "read", None)) and not hasattr(given, "columns"):
        content = given.read()
        return (
            from_text(plain_lines(content), how, notes) if isinstance(content, str) else from_bytes(content, how, notes)
        )
    return from_memory(given, notes)


def _line(given: str, how: How, notes: list[str]) -> Source:
    """What is at a path; a single line that is none is refused by what it looks like."""
    if not given.strip():
        raise TableError(
            tr("The text is empty; give the path of a table, or the table itself: names, and rows below them.")
        )
    if ADDRESS.match(given.strip()):
        raise TableError(
            tr(
                "{text} is an address, and nothing is fetched from the net; download the file, and give its path or "
                "the file itself.",
                text=quoted(given.strip()),
            )
        )
    if given.strip()[:1] in ("{", "[", "(", "<"):
        refuse_text(given)
    if given.strip()[:1] in ("{", "[", "("):
        raise TableError(
            tr(
                "{text} is a text that looks like Python; give the dict or the list itself, without quotes around it.",
                text=quoted(given.strip()),
            )
        )
    try:
        found = Path(given).exists()
    except (OSError, ValueError):  # too long for a path, or with a sign that none has
        found = False
    if not found and re.search(r"[,;|\t]", given):
        raise TableError(tr("The text has a single line; a table needs names and rows, a line for each."))
    return _file(Path(given), how, notes)


def _file(path: Path, how: How, notes: list[str]) -> Source:
    if not path.is_file():
        said = en("The file {path} does not exist; give the path of a table, or the table itself.")
        if path.is_dir():
            said = en("The file {path} is a folder; give the path of a table, or the table itself.")
        raise TableError(tr(said, path=repr(str(path))))
    size = path.stat().st_size
    if size > LARGEST_FILE:
        raise _too_large(size)
    return from_bytes(path.read_bytes(), how, notes)


def _too_large(size: int) -> TableError:
    said = en("The file has {size} MB; up to 50 MB are read. Try a sample of its rows.")
    return TableError(tr(said, size=f"{size / 1e6:.0f}"))


def from_bytes(content: bytes, how: How, notes: list[str]) -> Source:
    """Return the table of a file's bytes: a workbook, Parquet, or text. Raises TableError for any other."""
    if len(content) > LARGEST_FILE:
        raise _too_large(len(content))
    if content[:2] == GZIP:
        content = _unpacked(content)
        if content[:2] == GZIP:
            raise TableError(tr("The file is a gzip archive in another one; unpack it, and give what is in it."))
    refuse_bytes(content)
    if content[:4] in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0"):
        return from_workbook(content, how, notes)
    if content[:4] == b"PAR1":
        return from_parquet(content, notes)
    text, said = decoded(content, how.encoding)
    notes += said
    return from_text(text, how, notes)


def _unpacked(content: bytes) -> bytes:
    """What is in a gzip archive, no more than can be read."""
    try:
        unpacked = gzip.GzipFile(fileobj=BytesIO(content)).read(LARGEST_FILE + 1)
    except (OSError, EOFError, zlib.error):
        raise TableError(tr("The file is a damaged gzip archive; save it anew.")) from None
    if len(unpacked) > LARGEST_FILE:
        said = tr("The file has more than 50 MB, unpacked; up to 50 MB are read. Try a sample of its rows.")
        raise TableError(said)
    return unpacked


def from_text(text: str, how: How, notes: list[str]) -> Source:
    """Return the table of a CSV's text. Raises TableError, which says what to change, if it cannot be read for sure."""
    if len(text) > LARGEST_FILE:
        raise _too_large(len(text))
    if text.startswith(">") and text.count("\n>") >= text.rstrip("\n").count("\n"):
        text = CITED.sub("", text)
        notes.append(tr("The sign > before each line was left out."))
    refuse_text(text)
    if not how.whole and how.delimiter is None:
        text, said = undrawn(text)
        notes += said
    dialect, cut_text, said = found(text, how)
    begun = len(notes)
    try:
        return _cut(cut_text, dialect, how, notes, said)
    except TableError:
        if dialect.delimiter != " " or how.delimiter is not None or not (placed := by_places(text)):
            raise
        del notes[begun:]
        notes.append(tr("The lines were cut at places that are blank in all of them."))
        return _cut(placed, dialect._replace(delimiter=WIDE), how, notes, [])


def _cut(text: str, dialect: Dialect, how: How, notes: list[str], said: list[str]) -> Source:
    """The table of a text in one dialect."""
    notes += said
    text, said = kept(text, dialect)
    notes += said
    inner: list[str] = []
    if not how.whole and how.header is not False:
        text, inner = shielded(text, dialect)
    rows, said = cut(text, dialect, how.bad_lines == "skip")
    notes += inner + said
    if inner:
        rows = unshielded(rows, dialect)
    if not any(len(row.cells) > 1 for row in rows):
        raise TableError(
            tr(
                "The file has a single column; a table needs an input and a target, with commas, semicolons or tabs "
                "between them. If its columns stand at fixed places, or below each other, open it in a spreadsheet "
                "program and save it as CSV."
            )
        )
    marked = bool(dialect.quote) and text.count("\n" + dialect.quote) >= 0.9 * (len(rows) - 1)
    return from_rows(rows, how, notes, dialect.delimiter, dialect.title, marked)
