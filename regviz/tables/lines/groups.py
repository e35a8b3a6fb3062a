"""Lines between the rows that head a group of them ("Nord" alone), as people write them in spreadsheets."""

from __future__ import annotations

from ...language import en, ntr, tr
from ..cells.missing import is_blank
from ..cells.numbers import looks_like_number
from ..errors import listed, quoted
from .first_line import numeric, plain
from .rows import RULE, Row

LONGEST = 60
"""Letters of such a line at most; what is longer is a remark."""

FEWEST = 2
"""Such lines at least where they have as many cells as the others: a single one may be a row with gaps."""


def without_headings(rows: list[Row], width: int, notes: list[str]) -> list[Row]:
    """Return rows without the lines that have a text in their first cell alone, and a note.

    Lines that were cut short ("Nord" without a delimiter) head a group wherever they stand; those with empty cells if
    the first one stands below the names, there are several, and rows follow each. Where no other row has a first cell,
    it is the heading's.
    """
    short = [k for k, row in enumerate(rows) if k and len(row.cells) == 1 < width and _heads(row)]
    padded = [k for k, row in enumerate(rows) if width > 2 and len(row.cells) > 1 and _heads(row)]
    if len(padded) < FEWEST or padded[0] != 1 or not all(_full(rows, k) for k in padded):
        padded = []
    places = [k for k in sorted({*short, *padded}) if _full(rows, k)]
    if short and not _alike(rows[1 : places[0] if places else 1], rows[short[-1] + 1 :], width):
        return rows  # what stands above is no part of the table
    if not places:
        return rows
    found = [rows[k] for k in places]
    left = set(places)
    shown = [tr("{text} in line {line}", text=quoted(plain(row.cells[0])), line=row.line) for row in found]
    if len(found) > 1 and all(is_blank(row.cells[0]) for k, row in enumerate(rows[1:], 1) if k not in left):
        said = en("{n} lines that head a group of rows were read as the first cell of each: {texts}.")
        notes.append(tr(said, n=f"{len(found):,}", texts=listed(shown, 3)))
        return _filled(rows, left)
    notes.append(
        ntr(
            "A line that stands alone between the rows was skipped: {texts}; if a group matters, write it into a "
            "column of its own.",
            "{n} lines that stand alone between the rows were skipped: {texts}; if a group matters, write it into a "
            "column of its own.",
            len(found),
            texts=listed(shown, 3),
        )
    )
    return [row for k, row in enumerate(rows) if k not in left]


def _heads(row: Row) -> bool:
    text = plain(row.cells[0])
    alone = bool(text) and all(is_blank(cell) for cell in row.cells[1:])
    return alone and len(text) <= LONGEST and not looks_like_number(text) and not RULE.fullmatch(text)


def _full(rows: list[Row], place: int) -> bool:
    """Whether rows with several cells follow."""
    return any(sum(not is_blank(cell) for cell in row.cells) > 1 for row in rows[place + 1 : place + 3])


def _alike(above: list[Row], below: list[Row], width: int) -> bool:
    """Whether the rows above have numbers wherever those below have them."""
    above = [row for row in above if len(row.cells) == width]
    below = [row for row in below if len(row.cells) == width]
    numbers = [k for k in range(width) if numeric(below, k)]
    cells = [plain(row.cells[k]) for row in above for k in numbers]
    return 2 * sum(looks_like_number(cell) for cell in cells) >= sum(bool(cell) for cell in cells)


def _filled(rows: list[Row], headings: set[int]) -> list[Row]:
    filled: list[Row] = []
    heading = None
    for k, row in enumerate(rows):
        if k in headings:
            heading = row.cells[0]
        else:
            filled.append(row if k == 0 else Row(row.line, [heading, *row.cells[1:]]))
    return filled
