"""What printed tables and exports have around their rows: drawn rules, kinds, a size, a second table, short lines."""

from __future__ import annotations

import re

from ...language import ntr
from ..cells.missing import is_blank, is_missing
from ..cells.numbers import looks_like_number
from ..errors import quoted
from .first_line import Verdict, judged, numeric, plain
from .rows import Row

DRAWN = re.compile(r"(=|-){3,}")
"""Cells of a rule above or below the names, or at the end."""

TIBBLE = re.compile(r"<(dbl|int|chr|fct|ord|lgl|date|dttm|time|drtn|list|cplx|I|int64|dbl\+lbl|chr\+lbl)>")
"""Kinds as R prints them below the names."""

SIZE = re.compile(
    r"\[\d+ rows? [x×] \d+ columns?\]|"
    r"\(?\d+ (?:rows?|row\(s\)|Zeilen|lignes?)(?: selected| affected| in set.*| returned)?\.?\)?",
    re.IGNORECASE,
)
"""What pandas and databases print below a table."""

FEWEST = 4
"""Lines of a table above one that is separate."""


def printed(rows: list[Row], notes: list[str]) -> list[Row]:
    """Return rows without the rules, kinds and size that a program prints around them."""
    ruled = bool(rows) and _all(DRAWN, rows[0])
    found = [
        row
        for k, row in enumerate(rows)
        if row.cells
        and ((start := plain(row.cells[0])[:1]) in ("", "=", "-", "<", "[") or k > len(rows) - 4)  # most need no look
        and (
            (start in ("=", "-") and (ruled or start == "=") and _all(DRAWN, row))
            or (k < 3 and _all(TIBBLE, row))
            or (k > 1 and start not in ("", "-") and SIZE.fullmatch(" ".join(plain(cell) for cell in row.cells)))
        )
    ]
    if not found or len(found) == len(rows):
        return rows
    text = quoted(" ".join(plain(cell) for cell in found[0].cells))
    notes.append(
        ntr(
            "1 line that a program drew or wrote around the rows was skipped, such as line {line}: {text}.",
            "{n} lines that a program drew or wrote around the rows were skipped, such as line {line}: {text}.",
            len(found),
            line=found[0].line,
            text=text,
        )
    )
    left = {row.line for row in found}
    return [row for row in rows if row.line not in left]


def _all(sign: re.Pattern[str], row: Row) -> bool:
    filled = [plain(cell) for cell in row.cells if not is_blank(cell)]
    return len(filled) > 1 and all(map(sign.fullmatch, filled))


def separate(rows: list[Row], others: list[Row]) -> bool:
    """Return whether `others` stand below `rows` as a table of their own: after a blank line, with names."""
    if len(rows) < FEWEST or len(others) < 2 or len(others) >= len(rows) or not _gap(rows[-1], others[0]):
        return False
    widths = {len(row.cells) for row in others}
    return len(widths) == 1 and judged(others) == Verdict(True, "")


def second(rows: list[Row], width: int) -> int:
    """Return where a second table with as many cells begins below the first, or the number of rows."""
    numbers = [place for place in range(width) if numeric(rows[1 : 1 + len(rows) // 2], place)]
    for k in range(max(FEWEST, len(rows) // 2 + 1), len(rows) - 1 if numbers else 0):
        if not _gap(rows[k - 1], rows[k]) or rows[k].cells == rows[0].cells:
            continue
        cells = [text for place in numbers if (text := plain(rows[k].cells[place]))]
        named = not any(looks_like_number(cell) or is_missing(cell) for cell in cells)
        if cells and named and separate(rows[:k], rows[k:]):
            return k
    return len(rows)


def _gap(above: Row, below: Row) -> bool:
    """Whether there is a blank line between two rows."""
    lines = below.line - above.line
    return lines > 1 and lines > 1 + max((str(cell).count("\n") for cell in above.cells), default=0)


def lengthened(rows: list[Row], width: int, notes: list[str]) -> list[Row]:
    """Return rows as long as the names above them, where most lines end before the last cells and some do not.

    `width` is how many cells most have. The longer ones have numbers where the others have them.
    """
    names = [plain(cell) for cell in rows[0].cells]
    body = rows[1:]
    if len(names) <= width or width < 2 or len(set(names)) < len(names):
        return rows
    if not all(names) or any(map(looks_like_number, names)):
        return rows
    short = [row for row in body if len(row.cells) == width]
    long = [row for row in body if width < len(row.cells) <= len(names)]
    full = [row for row in long if len(row.cells) == len(names) and not is_blank(row.cells[-1])]
    if len(short) + len(long) < len(body) or not full or 2 * len(short) < len(body):
        return rows
    numbers = [k for k in range(width) if numeric(short, k)]
    cells = [plain(row.cells[k]) for row in long for k in numbers]
    words = [plain(row.cells[k]) for row in long for k in range(width, len(row.cells)) if not is_blank(row.cells[k])]
    if not numbers or not all(looks_like_number(cell) or is_missing(cell) for cell in cells) or not words:
        return rows
    count = sum(len(row.cells) < len(names) for row in body)
    notes.append(
        ntr(
            "1 line ends before {column} (line {line} first); the cells that are missing there were read as gaps.",
            "{n} lines end before {column} (line {line} first); the cells that are missing there were read as gaps.",
            count,
            column=quoted(names[width]),
            line=short[0].line,
        )
    )
    return [Row(row.line, [*row.cells, *[""] * (len(names) - len(row.cells))]) for row in rows]
