"""Names that have one cell less or more than the rows below, and tables that are refused because of it."""

from __future__ import annotations

import re
from itertools import pairwise

from ...language import en, tr
from ..cells.missing import is_blank
from ..cells.numbers import looks_like_number
from ..errors import TableError, counted, listed, quoted
from ..how import How
from ..judging.roles import CAMEL_ID, ID_NAME, ROW_NAME
from ..notes import Note, as_row, is_about
from .blocks import Block
from .dialect import sign
from .first_line import UNLIKE, judged, plain
from .rows import Row

FEWEST_ABOVE = 5
"""Rows of numbers above a table that are none of its titles."""


def names_above(block: Block, notes: list[str]) -> list[str] | None:
    """Return the names of a line above the table that has one cell less or more than the lines below, if it names
    them.
    """
    if not block.before or block.width < 2:
        return None
    line = [plain(cell) for cell in block.before[-1].cells]
    full = [cell for cell in line if cell]
    if len(full) < max(1, block.width - 2) or (len(full) < 2 and block.width > 2) or judged(block.rows).header:
        return None
    while len(line) > block.width and not line[-1]:
        line.pop()
    last = all(is_blank(row.cells[-1]) for row in block.rows)
    if len(line) == block.width - 1 and all(line):  # a delimiter at each line's end, or names of rows without a name
        line = [*line, ""] if last else ["", *line]
    if len(line) != block.width:
        return None
    if any(map(looks_like_number, full)):  # years; else a row of another width
        verdict = judged([Row(block.before[-1].line, line), *block.rows])
        alone = all(len(row.cells) != len(block.before[-1].cells) for row in block.before[:-1])
        if not alone or not is_about(verdict.note, UNLIKE):
            return None
        notes.append(verdict.note)
    return line


def check_row_names(block: Block, names: list[str], delimiter: str, marked: bool) -> None:
    """Raise TableError for a table whose first column has no name unless its cells can only be names of rows.

    They are all different whole numbers or texts, and the next column is not called like an id. Where they are not
    `marked` by quotes, as R does, numbers count, and cells are no halves of "Smith,John" or "12,5".
    """
    first, second = ([plain(row.cells[k]) for row in block.rows] for k in (0, 1))
    numbers = any(looks_like_number(cell) for cell in first)
    whole = all(cell.isdigit() for cell in first)
    named_already = any(name.fullmatch(names[1]) for name in (ROW_NAME, ID_NAME, CAMEL_ID))
    if len(set(first)) < len(first) or not all(first) or (numbers and not whole) or named_already:
        raise _does_not_fit(block, delimiter)
    counts = whole and {int(b) - int(a) for a, b in pairwise(first)} <= {1}
    halves = delimiter in (",", " ") and _halves(first, second, delimiter)
    if not marked and ((numbers and not counts) or halves or (delimiter == "," and _grouped(block))):
        raise _does_not_fit(block, delimiter)


def _grouped(block: Block) -> bool:
    """Whether two columns side by side may be the halves of numbers such as 1,250."""
    columns = [[plain(row.cells[k]) for row in block.rows] for k in range(block.width)]
    starts = [all(re.fullmatch(r"-?\d{1,3}", cell) for cell in column) for column in columns]
    ends = [all(re.fullmatch(r"\d{3}", cell) for cell in column) for column in columns]
    return any(start and end for start, end in zip(starts, ends[1:], strict=False))


def _halves(first: list[str], second: list[str], delimiter: str) -> bool:
    """Whether the cells of two columns may be halves of texts or of numbers with a delimiter in them."""
    words = not any(looks_like_number(cell) for cell in (*first, *second))
    whole = all(re.fullmatch(r"[+-]?\d+", cell) for cell in first) and all(cell.isdigit() for cell in second)
    return words or (delimiter == "," and whole)


def check_names_above(block: Block, delimiter: str) -> None:
    """Raise TableError for a table whose names do not fit its rows."""
    if not block.before:
        return
    row = block.before[-1]
    full = [plain(cell) for cell in row.cells if not is_blank(cell)]
    adjacent = block.rows[0].line - row.line == 1
    if len(full) > 1 and adjacent and not any(looks_like_number(cell) for cell in full):
        raise _does_not_fit(block, delimiter)


def _does_not_fit(block: Block, delimiter: str) -> TableError:
    row = block.before[-1]
    full = [plain(cell) for cell in row.cells if not is_blank(cell)]
    said = en(
        "Line {line} names {columns} ({names}), and the lines below have {cells}. If a {sign} is part of a text, put "
        "quotes around it."
    )
    if delimiter == ",":
        said = en(
            "Line {line} names {columns} ({names}), and the lines below have {cells}. Are there decimal commas between "
            "commas, or texts with a comma? Then put quotes around them, or save the table with semicolons."
        )
    said = tr(
        said,
        line=row.line,
        columns=counted(len(full), "column"),
        names=listed([quoted(name) for name in full]),
        cells=counted(block.width, "cell"),
        sign=sign(delimiter),
    )
    return TableError(Note(said, as_row()), row.line)


def check_rows_above(block: Block, delimiter: str, how: How) -> None:
    """Raise TableError for a table above which several lines of cells stand that are like rows of another width."""
    several = [row for row in block.before if sum(not is_blank(cell) for cell in row.cells) > 1]
    if several and block.rows[0].line - block.before[-1].line > 1:  # with a blank line below
        several = [row for row in several if any(looks_like_number(plain(cell)) for cell in row.cells)]
    if how.header is False:  # remarks with a blank line below them are none
        several = [row for row in several if row.line > block.rows[0].line - 3]
    if len(several) < 2:
        return
    line, above = block.rows[0].line, len(block.before[-1].cells)
    said = tr(
        "Line {line} has {cells}, the lines above have {above}. Put quotes around texts and numbers that have a {sign} "
        "in them, or mend the lines.",
        line=line,
        cells=counted(block.width, "cell"),
        above=above,
        sign=sign(delimiter),
    )
    raise TableError(said, line)


def check_shorter_above(block: Block, delimiter: str) -> None:
    """Raise TableError for a table above which rows of numbers of another width stand: those of another table."""
    likely = [row for row in block.before if _measured(row) and len(row.cells) == len(block.before[-1].cells)]
    if len(likely) >= FEWEST_ABOVE and likely[-1] is block.before[-1]:
        said = tr(
            "Line {line} has {cells}, the {n} lines of numbers above have {above}. If files were joined, bring them "
            "one by one; else put quotes around texts and numbers that have a {sign} in them.",
            line=block.rows[0].line,
            cells=counted(block.width, "cell"),
            n=f"{len(likely):,}",
            above=len(likely[0].cells),
            sign=sign(delimiter),
        )
        raise TableError(said, block.rows[0].line)


def _measured(row: Row) -> bool:
    return sum(looks_like_number(plain(cell)) for cell in row.cells) >= max(2, len(row.cells) - 1)
