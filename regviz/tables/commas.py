"""Delimiters inside of texts without quotes ("Smith, John"), told by the space behind them."""

from __future__ import annotations

import csv
import re

from .dialect import Dialect
from .errors import counted, quoted
from .rows import Row

INNER = "\x1e"
"""Stands for a delimiter that is part of a text while lines are cut."""


def shielded(text: str, dialect: Dialect) -> tuple[str, list[str]]:
    """`text` with INNER for delimiters that are part of a text, and a note; `text` itself where none are.

    They are, if no delimiter between the names has a space behind it, and every line that has more cells than there are
    names has as many as names once those with a space behind them are left out.
    """
    if dialect.delimiter not in (",", ";") or INNER in text:
        return text, []
    lines = text.split("\n")
    inner = re.compile(re.escape(dialect.delimiter) + r"(?= +[^\s" + re.escape(dialect.delimiter) + "])")
    names = next((line for line in lines if dialect.delimiter in line), "")
    width = _width(names, dialect)
    if width < 2 or inner.search(names):
        return text, []
    count = width - 1
    long = [
        k for k, line in enumerate(lines) if line.count(dialect.delimiter) > count and _width(line, dialect) > width
    ]
    whole = {k: _outside_quotes(inner, lines[k], dialect) for k in long}
    if not long or any(_width(line, dialect) != width for line in whole.values()):
        return text, []
    for k, line in whole.items():
        lines[k] = line
    shown = next(cell for cell in whole[long[0]].split(dialect.delimiter) if INNER in cell)
    title = dialect.title.removesuffix("s")
    note = (
        f"In {counted(len(long), 'line')} a {title} with a space behind it was read as part of a text, as in line "
        f"{long[0] + 1}: {quoted(shown.replace(INNER, dialect.delimiter))}."
    )
    return "\n".join(lines), [note]


def unshielded(rows: list[Row], dialect: Dialect) -> list[Row]:
    """`rows` with the delimiters in their texts."""
    return [Row(row.line, [cell.replace(INNER, dialect.delimiter) for cell in row.cells]) for row in rows]


def _width(line: str, dialect: Dialect) -> int:
    quote = dialect.quote or None
    options = {"quotechar": quote, "quoting": csv.QUOTE_MINIMAL if quote else csv.QUOTE_NONE}
    return len(next(csv.reader([line], delimiter=dialect.delimiter, skipinitialspace=True, **options), []))  # type: ignore[arg-type]


def _outside_quotes(inner: re.Pattern[str], line: str, dialect: Dialect) -> str:
    parts = line.split(dialect.quote) if dialect.quote else [line]
    return (dialect.quote or "").join(inner.sub(INNER, part) if k % 2 == 0 else part for k, part in enumerate(parts))
