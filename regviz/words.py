"""Values, names and lists as they stand in sentences and tables."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from .language import joined, ntr, tr

INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
"""Signs without a width: soft hyphens, joiners, marks of direction and of a file's start."""


def listed(parts: Sequence[str], most: int = 4) -> str:
    """Return parts as in a sentence: "a, b and c", or the first `most` of them "and 7 more"."""
    if len(parts) > most:
        return tr("{first} and {n} more", first=", ".join(parts[:most]), n=len(parts) - most)
    return joined(parts)


def counted(count: int, noun: str) -> str:
    """Return "1 row", "1,200 rows", of the nouns that sentences count."""
    return _COUNTED[noun](count)


_COUNTED: dict[str, Callable[[int], str]] = {
    "cell": lambda n: ntr("1 cell", "{n} cells", n),
    "class": lambda n: ntr("1 class", "{n} classes", n),
    "column": lambda n: ntr("1 column", "{n} columns", n),
    "input": lambda n: ntr("1 input", "{n} inputs", n),
    "line": lambda n: ntr("1 line", "{n} lines", n),
    "row": lambda n: ntr("1 row", "{n} rows", n),
    "value": lambda n: ntr("1 value", "{n} values", n),
}


def tidy(text: str) -> str:
    """Return `text` in one line, without control characters and with single spaces."""
    if text.isprintable():
        return " ".join(text.split()) if " " in text else text
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def as_seen(text: str) -> str:
    """Return `text` as it looks: single spaces, nothing invisible, and each accented letter as one sign (NFC)."""
    return tidy(text) if text.isascii() else tidy(unicodedata.normalize("NFC", INVISIBLE.sub("", text)))


def without_marks(text: str) -> str:
    """Return `text` with each letter as what it is without accents: "é" as "e"."""
    return "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))


def title_of(name: object) -> str:
    """Return the text of what a frame calls a column: the parts of a tuple have spaces between them."""
    return " ".join(map(str, name)) if isinstance(name, tuple) else str(name)


def told_apart(names: Sequence[str]) -> tuple[str, ...]:
    """Return `names` of which no two are the same: the second "a" becomes "a (2)"."""
    found: dict[str, None] = {}
    for name in names:
        unique, count = name, 2
        while unique in found:
            unique, count = f"{name} ({count})", count + 1
        found[unique] = None
    return tuple(found)


def number_name(value: float) -> str:
    """Return a number as the name of a class: the shortest text that is read back as exactly this number."""
    text = f"{value + 0.0:.0f}" if abs(value) < 2**53 and value == round(value) else f"{value:.15g}"
    return text if float(text) == value else repr(float(value)).removesuffix(".0")


def csv_text(rows: Iterable[Sequence[Any]]) -> str:
    """Return rows as CSV, each on a line of its own; every number is read back exactly."""
    file = io.StringIO()
    csv.writer(file, lineterminator="\n").writerows(rows)
    return file.getvalue()
