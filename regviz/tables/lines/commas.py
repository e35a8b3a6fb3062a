"""Delimiters inside of texts without quotes ("Smith, John"), told by the space behind them."""

from __future__ import annotations

import csv
import re
from typing import Any

from ...language import ntr
from ..errors import quoted
from .dialect import COMMENTS, Dialect, sign
from .rows import Row

INNER = "\x1e"
"""Stands for a delimiter that is part of a text while lines are cut."""

TITLES, MOST = 12, 0.9
"""Lines above the names at most, and the share of long lines that must fit; the others are comments and footers."""


def shielded(text: str, dialect: Dialect) -> tuple[str, list[str]]:
    """Return `text` with INNER for delimiters that are part of a text, and a note; `text` itself where none are.

    They are, if no delimiter between the names has a space behind it, and nearly all lines that have more cells than
    there are names have as many as names once those with a space behind them are left out.
    """
    if dialect.delimiter not in (",", ";") or INNER in text:
        return text, []
    lines = text.split("\n")
    inner = re.compile(re.escape(dialect.delimiter) + r"(?= +[^\s" + re.escape(dialect.delimiter) + "])")
    first, width = _names(lines, inner, dialect)
    long = [k for k in range(first, len(lines)) if lines[k].count(dialect.delimiter) >= width > 1]
    long = [k for k in long if _width(lines[k], dialect) > width]
    masked = {k: _outside_quotes(inner, lines[k], dialect) for k in long}
    whole = {k: line for k, line in masked.items() if _width(line, dialect) == width}
    if not whole or len(whole) < MOST * len(long):
        return text, []
    for k, masked_line in whole.items():
        lines[k] = masked_line
    line = min(whole)
    shown = next(cell for cell in whole[line].split(dialect.delimiter) if INNER in cell)
    note = ntr(
        "In 1 line a {sign} with a space behind it was read as part of a text, as in line {line}: {text}.",
        "In {n} lines a {sign} with a space behind it was read as part of a text, as in line {line}: {text}.",
        len(whole),
        sign=sign(dialect.delimiter),
        line=line + 1,
        text=quoted(shown.replace(INNER, dialect.delimiter)),
    )
    return "\n".join(lines), [note]


def _names(lines: list[str], inner: re.Pattern[str], dialect: Dialect) -> tuple[int, int]:
    """The line that may have the names, and how many: titles above it have fewer cells."""
    widest = 1
    for k, line in enumerate(lines):
        width = 1 if line.startswith(COMMENTS) else _width(line, dialect)
        if width > widest and not inner.search(line):
            return k, width
        widest = max(widest, width)
        if widest > 1 and k >= TITLES:
            break
    return 0, 0


def unshielded(rows: list[Row], dialect: Dialect) -> list[Row]:
    """Return `rows` with the delimiters in their texts."""
    return [Row(row.line, [cell.replace(INNER, dialect.delimiter) for cell in row.cells]) for row in rows]


def _width(line: str, dialect: Dialect) -> int:
    if not dialect.quote or dialect.quote not in line:
        return line.count(dialect.delimiter) + 1 if line else 0
    options: dict[str, Any] = {"delimiter": dialect.delimiter, "quotechar": dialect.quote}
    return len(next(csv.reader([line], skipinitialspace=True, **options), []))


def _outside_quotes(inner: re.Pattern[str], line: str, dialect: Dialect) -> str:
    parts = line.split(dialect.quote) if dialect.quote else [line]
    return (dialect.quote or "").join(inner.sub(INNER, part) if k % 2 == 0 else part for k, part in enumerate(parts))
