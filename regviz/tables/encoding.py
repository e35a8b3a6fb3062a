"""Bytes to text: which encoding a file has, and line ends of any system made one."""

from __future__ import annotations

import codecs
import re
from itertools import islice

from .errors import TableError, listed, quoted
from .scripts import EASTERN, TITLES, eastern, elsewhere, western

MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

OTHERS = ["cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", *EASTERN, *TITLES]

BEYOND_ASCII, MOST_LINES = re.compile(rb"[^\r\n]*[\x80-\xff][^\r\n]*"), 5000
"""Lines by which an encoding is told, and how many of them."""

MOST_BAD = 0.1
"""Bytes that are no UTF-8 for each letter beyond ASCII, in a file that was UTF-8 once."""


def decoded(content: bytes, encoding: str | None = None) -> tuple[str, list[str]]:
    r"""The text of a file, its line ends "\n", and notes. Raises TableError for what is no text."""
    text, notes = _decoded(content, encoding)
    return plain_lines(text), notes


def plain_lines(text: str) -> str:
    r"""`text` with "\n" for any line end, without a byte order mark and the end mark of DOS."""
    text = text.removeprefix("\ufeff").rstrip("\x1a")
    if "\r" in text:
        text = re.sub(r"\r+\n|\r", "\n", text)
    if (place := text.find("\0")) >= 0:
        raise _has_nul(text.count("\n", 0, place) + 1)
    return text


def _decoded(content: bytes, encoding: str | None) -> tuple[str, list[str]]:
    if encoding is not None:
        return _strictly(content, encoding), []
    for mark, name in MARKS:
        if content.startswith(mark):
            return _strictly(content, name), [] if name == "utf-8-sig" else [f"The file is encoded in {name.upper()}."]
    if b"\0" in content[:4096]:
        return _without_mark(content)
    try:
        return content.decode("utf-8"), []
    except UnicodeDecodeError:
        pass
    if damaged := _damaged(content):
        return damaged
    foreign = b"\n".join(islice(BEYOND_ASCII.findall(content), MOST_LINES))
    name = western(foreign) or eastern(foreign) or elsewhere(foreign) or _detected(content)
    text = content.decode(name)
    return text, [_said(TITLES.get(name, name), name, text)]


def _damaged(content: bytes) -> tuple[str, list[str]] | None:
    """UTF-8 in which a few bytes are wrong; None if most of what is not ASCII is wrong."""
    text = content.decode("utf-8", "replace")
    bad = text.count("\ufffd")
    if bad > MOST_BAD * (sum(sign > "\x7f" for sign in text) - bad):
        return None
    lines = [number for number, line in enumerate(plain_lines(text).split("\n"), 1) if "\ufffd" in line]
    where = f"{'Line' if len(lines) == 1 else 'Lines'} {listed([str(line) for line in lines])}"
    has = "has bytes" if len(lines) == 1 else "have bytes"
    read = next(word for word in re.findall(r"[^\s,;|\"]+", text) if "\ufffd" in word)
    note = f"{where} {has} that are no UTF-8 (the rest of the file is); they were read as \ufffd, as in {quoted(read)}"
    return text, [f"{note} (encoding='cp1252')."]


def _strictly(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except LookupError:
        raise TableError(f"There is no encoding {encoding!r}; try 'utf-8' or 'cp1252'.") from None
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        wrong = f"Line {line} is not encoded in {encoding}: it has the byte {content[error.start]:#04x}"
        raise TableError(f"{wrong}. Leave encoding out, or name another.", line) from None


def _without_mark(content: bytes) -> tuple[str, list[str]]:
    """UTF-16 that does not say so: every other byte of ASCII is NUL."""
    head = content[:4096]
    for name, nul in (("utf-16-le", head[1::2]), ("utf-16-be", head[::2])):
        if len(head) >= 8 and nul.count(0) > 0.7 * len(nul) and head.count(0) < 1.2 * len(nul):
            return _strictly(content, name), ["The file is encoded in UTF-16."]
    if not re.search(rb"[\x01-\x08\x0e-\x19\x1b-\x1f]", head):
        raise _has_nul(content[: content.index(0)].count(b"\n") + 1)
    raise TableError("The file is no text, nor a workbook or a Parquet file. Save the table as CSV (UTF-8).")


def _has_nul(line: int) -> TableError:
    return TableError(
        f"Line {line} has a NUL byte: the file is damaged there, or no text at all. Mend the line, or save the table "
        "as CSV (UTF-8).",
        line,
    )


def _detected(content: bytes) -> str:
    from charset_normalizer import from_bytes

    best = from_bytes(content, cp_isolation=OTHERS).best()
    if best is not None:
        return str(best.encoding)
    try:
        content.decode("cp1252")
    except UnicodeDecodeError:
        raise TableError(
            "The encoding of the file cannot be told. Save the table as CSV (UTF-8), or name its encoding."
        ) from None
    return "cp1252"


def _said(title: str, name: str, text: str) -> str:
    word = next((word for word in re.findall(r"[^\s,;|\"]+", text) if not word.isascii()), "")
    return f"The file is no UTF-8; it was read as {title}, which gives {quoted(word)} (encoding={name!r})."
