"""Lines whose quotes are not as they should be: text behind a closing quote, quotes within quotes."""

from __future__ import annotations

import re
from functools import cache

from ...language import en, tr
from ..errors import TableError, listed, quoted

FEW, MOST_PARTS = 3, 60
"""Lines that are told one by one, and cells of a line at most that are joined."""

STRAY = {
    False: en("A quote opened in line {line} is never closed; it was taken away from {text}."),
    True: en(
        "A quote opened in line {line} is never closed in its row (one in line {closed} may belong to it); it was "
        "taken away from {text}."
    ),
}
"""What is said of a quote, and if another one may close it."""


def unquoted(line: str, literal: list[str], delimiter: str, quote: str, width: int, number: int) -> list[str]:
    """Return the cells of line `number`, in which a quote stands where none should: all that is written is kept.

    `literal` are its cells if quotes mean nothing. Raises TableError for a line that has more of them than the others
    (`width`), unless there is one way to take some that stand between quotes for one.
    """
    if len(literal) > width > 0:
        ways = _joined(line.split(delimiter), delimiter, quote, width)
        if len(ways) != 1:
            raise refused(number, line)
        literal = ways[0]
    return [_bare(cell, quote) for cell in literal]


def refused(number: int, line: str) -> TableError:
    """Return the refusal of a line, or of one that others go on with, whose quotes do not tell its cells."""
    said = tr(
        "Line {line} has text behind a closing quote ({text}), so its cells cannot be told. Double the quotes that are "
        "part of a text, or take them away.",
        line=number,
        text=quoted(line),
    )
    return TableError(said, number)


def culprit_in(literal: list[str], quote: str) -> str:
    """Return the first cell with a quote where none should stand, "" if blanks around quotes are all that is odd."""
    sound = re.compile(rf"\s*{quote}(?:[^{quote}]|{quote}{quote})*{quote}\s*|[^{quote}].*|", re.DOTALL)
    return next((cell.strip() for cell in literal if not sound.fullmatch(cell)), "")


def kept_as_written(found: list[tuple[int, str]]) -> list[str]:
    """Return notes on lines, each with a cell of it, whose quotes were read as they are written."""
    if len(found) > FEW:
        where = listed([str(line) for line, _ in found])
        return [
            tr(
                "{n} lines ({lines}) have quotes within quotes, or text behind a closing one; these were read as they "
                "are written, as in {text}.",
                n=f"{len(found):,}",
                lines=where,
                text=quoted(found[0][1]),
            )
        ]
    said = en(
        "In line {line} there is a quote within quotes, or text behind a closing one; it was read as it is written: "
        "{text}."
    )
    return [tr(said, line=line, text=quoted(cell)) for line, cell in found]


def taken_away(stray: list[tuple[int, str, int]]) -> list[str]:
    """Return notes on quotes that are never closed, each with its line, its cell and the line with one that may close
    it.
    """
    if len(stray) > FEW:
        said = en("{n} quotes that are never closed in their rows were taken away, in lines {lines}.")
        return [tr(said, n=f"{len(stray):,}", lines=listed([str(line) for line, _, _ in stray]))]
    return [tr(STRAY[closed > 1], line=line, closed=closed, text=quoted(cell)) for line, cell, closed in stray]


def _bare(cell: str, quote: str) -> str:
    """A cell without the quotes around all of it; those of `"a" and "b"` or `"a"b` are around a part."""
    text = cell.strip()
    if len(text) < 2 or not text[0] == text[-1] == quote:
        return cell
    inner = text[1:-1]
    first = inner.replace(quote * 2, "  ").find(quote)
    opens = first <= 0 or not inner[first - 1].isalnum() or inner.count(quote) % 2 == 1
    return inner.replace(quote * 2, quote) if opens else text


def _joined(parts: list[str], delimiter: str, quote: str, width: int) -> list[list[str]]:
    """The ways, two at most, in which `parts` of a line make `width` cells, if those from one that begins with a quote
    to one that ends with a quote may be one cell."""

    @cache
    def ways(start: int, cells: int) -> list[list[str]]:
        left = len(parts) - start
        if left < cells or not cells:
            return [[]] if left == cells else []
        ends = range(start + 2, len(parts) - cells + 2) if parts[start].lstrip().startswith(quote) else ()
        found: list[list[str]] = []
        for end in (start + 1, *(end for end in ends if parts[end - 1].rstrip().endswith(quote))):
            found += [[delimiter.join(parts[start:end]), *rest] for rest in ways(end, cells - 1)]
        return found[:2]

    return ways(0, width) if len(parts) <= MOST_PARTS else []
