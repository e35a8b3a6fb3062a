"""Bytes to text: which encoding a file has, and line ends of any system made one."""

from __future__ import annotations

import codecs
import re
from itertools import islice

from ...language import ntr, tr
from ..errors import TableError, listed, quoted
from ..notes import Note, Way
from ..notes import encoding as other_encoding
from .scripts import EASTERN, TITLES, eastern, elsewhere, western

MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

OTHERS = ["cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", *EASTERN, *TITLES]

SHIFTED = (
    (re.compile(rb"\x1b\$[@B]"), "iso2022_jp"),
    (re.compile(rb"\x1b\$\)C"), "iso2022_kr"),
    (re.compile(rb"~\{(?:[!-~]{2})+~\}"), "hz"),
)
"""Encodings that write letters beyond ASCII as pairs of ASCII, and the signs before such pairs."""

BEYOND_ASCII, MOST_LINES = re.compile(rb"[^\r\n]*[\x80-\xff][^\r\n]*"), 5000
"""Lines by which an encoding is told, and how many of them."""

MOST_BAD = 0.1
"""Bytes that are no UTF-8 for each letter beyond ASCII, in a file that was UTF-8 once."""

RARE_NUL = 4
"""Bytes of ASCII in UTF-16 for each sign whose own byte is NUL, at least."""

WORD = re.compile(r"[^\s,;|\"]+")
TWICE = re.compile("[\u00c2-\u00f4][\u0080-\u00bf\u0152-\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]")
"""What letters beyond ASCII look like whose UTF-8 was taken for Windows-1252."""


def decoded(content: bytes, encoding: str | None = None) -> tuple[str, list[str]]:
    r"""Return the text of a file, its line ends "\n", and notes. Raises TableError for what is no text."""
    text, notes = _decoded(content, encoding)
    return plain_lines(text), notes


def plain_lines(text: str) -> str:
    r"""Return `text` with "\n" for any line end, without marks of byte order before lines and the end mark of DOS.

    Raises TableError, which names the line, for a zero byte.
    """
    text = text.removeprefix("\ufeff").rstrip("\x1a")
    if "\r" in text:
        text = re.sub(r"\r+\n|\r", "\n", text)
    text = text.replace("\n\ufeff", "\n")  # of a file that was put below another
    if (place := text.find("\0")) >= 0:
        raise _has_nul(text.count("\n", 0, place) + 1)
    return text


def _decoded(content: bytes, encoding: str | None) -> tuple[str, list[str]]:
    if encoding is not None:
        return _strictly(content, encoding), []
    for mark, name in MARKS:
        if content.startswith(mark):
            return _strictly(content, name), _utf(name)
    if b"\0" in content[:4096]:
        return _without_mark(content)
    if content.isascii() and (shifted := _shifted(content)):
        return shifted
    try:
        return _once(content.decode("utf-8"))
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
    read = next(word for word in WORD.findall(text) if "\ufffd" in word)
    said = ntr(
        "Line {lines} has bytes that are no UTF-8 (the rest of the file is); they were read as \ufffd, as in {text}.",
        "Lines {lines} have bytes that are no UTF-8 (the rest of the file is); they were read as \ufffd, as in {text}.",
        len(lines),
        lines=listed([str(line) for line in lines]),
        text=quoted(read),
    )
    return text, [Note(said, other_encoding(tr("encoding='cp1252' reads other letters.")))]


def _strictly(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except LookupError:
        said = tr("There is no encoding {encoding}; try 'utf-8' or 'cp1252'.", encoding=repr(encoding))
        raise TableError(said) from None
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        said = tr(
            "Line {line} is not encoded in {encoding}: it has the byte {byte}. Leave encoding out, or name another.",
            line=line,
            encoding=encoding,
            byte=f"{content[error.start]:#04x}",
        )
        raise TableError(said, line) from None


def _shifted(content: bytes) -> tuple[str, list[str]] | None:
    """A text of ASCII bytes alone some of which are pairs that stand for other letters; None if there are none."""
    for sign, name in SHIFTED:
        if sign.search(content):
            try:
                text = content.decode(name)
            except UnicodeDecodeError:
                continue
            return text, [_said(name, name, text)]
    return None


def _once(text: str) -> tuple[str, list[str]]:
    """A text whose UTF-8 was taken for Windows-1252 and encoded again ("grÃ¼n") as it was before, and a note."""
    if not TWICE.search(text):
        return text, []
    for name in ("cp1252", "latin-1"):
        try:
            before = text.encode(name).decode("utf-8")
        except UnicodeError:
            continue
        odd = next(word[0] for word in WORD.finditer(text) if TWICE.search(word[0]))
        read = odd.encode(name).decode("utf-8")
        said = tr("The file was encoded twice: {text} was read as {read}.", text=quoted(odd), read=quoted(read))
        return before, [Note(said, other_encoding(tr("encoding='utf-8' keeps what is written.")))]
    return text, []


def _without_mark(content: bytes) -> tuple[str, list[str]]:
    """UTF-16 or UTF-32 that does not say so: of what is ASCII in it, all bytes but one are NUL, at the same place."""
    head = content[: len(content) // 4 * 4][:4096]
    for width, names in ((4, ("utf-32-le", "utf-32-be")), (2, ("utf-16-le", "utf-16-be"))):
        empty = [head[place::width].count(0) for place in range(width)]
        for name, low in zip(names, (0, width - 1), strict=True):
            high = [count for place, count in enumerate(empty) if place != low]
            rare = len(head) >= 8 and RARE_NUL * empty[low] <= min(high) and min(high) * width * 10 > len(head)
            if rare and _is_text(content, name):
                return _strictly(content, name), [Note(" ".join(_utf(name)), _named(name))]
    if not re.search(rb"[\x01-\x08\x0e-\x19\x1b-\x1f]", head):
        raise _has_nul(content[: content.index(0)].count(b"\n") + 1)
    raise TableError(tr("The file is no text, nor a workbook or a Parquet file. Save the table as CSV (UTF-8)."))


def _is_text(content: bytes, name: str) -> bool:
    try:
        text = content.decode(name)
    except UnicodeDecodeError:
        return False
    return "\n" in text.replace("\r", "\n") and not re.search(
        r"[\0-\x08\x0e-\x19\x1b-\x1f\ue000-\uf8ff\ufffe\uffff]", text
    )


def _has_nul(line: int) -> TableError:
    said = tr(
        "Line {line} has a NUL byte: the file is damaged there, or no text at all. Mend the line, or save the table as "
        "CSV (UTF-8).",
        line=line,
    )
    return TableError(said, line)


def _detected(content: bytes) -> str:
    from charset_normalizer import from_bytes

    best = from_bytes(content, cp_isolation=OTHERS).best()
    if best is not None:
        return str(best.encoding)
    try:
        content.decode("cp1252")
    except UnicodeDecodeError:
        raise TableError(
            tr(
                "The encoding of the file cannot be told. Save the table as CSV (UTF-8), or name its encoding, such as "
                "'cp1252'."
            )
        ) from None
    return "cp1252"


def _said(title: str, name: str, text: str) -> str:
    word = next((word for word in WORD.findall(text) if not word.isascii()), "")
    said = tr("The file is no UTF-8; it was read as {encoding}, which gives {text}.", encoding=title, text=quoted(word))
    return Note(said, _named(name))


def _utf(name: str) -> list[str]:
    """That a file has one of the wider encodings; nothing of UTF-8."""
    return [] if name == "utf-8-sig" else [tr("The file is encoded in {encoding}.", encoding=name.upper())]


def _named(name: str) -> Way:
    return other_encoding(tr("That is encoding={encoding}; another reads other letters.", encoding=repr(name)))
