"""Numbers with decimal commas between commas: "17,0,6,00" is two of them, or four whole numbers."""

from __future__ import annotations

import re

from ...language import ntr, tr
from ..errors import TableError, listed, quoted
from ..notes import Note, as_row
from .first_line import SAMPLE, plain
from .rows import Row

BEFORE, BEHIND = re.compile(r"[+-]?\d{1,9}", re.ASCII), re.compile(r"\d{1,9}", re.ASCII)
PADDED = re.compile(r"[+-]?0\d+", re.ASCII)
"""How whole numbers are not written, but what stands behind a decimal sign often is."""

FEWEST = 3
"""Different digits at least behind a decimal sign: two are a yes or no."""

MANY = 40
"""Rows of which some have a zero behind a decimal sign: 0.9 to this power is 1 %."""


def check_halves(rows: list[Row], delimiter: str, asked: bool, notes: list[str]) -> None:
    """Note that the numbers of a table without names may be halves of others; raise TableError if they surely are.

    asked       whether a person has said that the first line is a row: then it is noted alone
    """
    if delimiter != ",":
        return
    columns = [[plain(row.cells[k]) for row in rows[:SAMPLE]] for k in range(len(rows[0].cells))]
    pairs = _pairs(columns)
    padded = [cell for k in pairs for cell in columns[k + 1] if PADDED.fullmatch(cell)]
    long = any(len(cell) > 1 for k in pairs for cell in columns[k])
    if not padded and not (len(pairs) > 1 and long and all(_behind(columns[k + 1]) for k in pairs)):
        return
    several = listed([quoted(f"{columns[k][0]},{columns[k + 1][0]}") for k in pairs], 3)
    line, text = rows[0].line, quoted(",".join(map(plain, rows[0].cells)))
    if padded and len(pairs) > 1 and not asked:
        said = tr(
            "Line {line}, {text}, may have {n} numbers with a decimal comma ({numbers}): {padded} is no whole number "
            "as people write them. If so, put quotes around such numbers, or save the table with semicolons.",
            line=line,
            text=text,
            n=len(pairs),
            numbers=several,
            padded=quoted(padded[0]),
        )
        raise TableError(Note(said, as_row()), line)
    notes.append(
        ntr(
            "Line {line}, {text}, may have 1 number with a decimal comma ({numbers}); it was read as whole numbers. If "
            "they are decimals, put quotes around such numbers, or save the table with semicolons.",
            "Line {line}, {text}, may have {n} numbers with a decimal comma ({numbers}); it was read as whole numbers. "
            "If they are decimals, put quotes around such numbers, or save the table with semicolons.",
            len(pairs),
            line=line,
            text=text,
            numbers=several,
        )
    )


def _pairs(columns: list[list[str]]) -> list[int]:
    """Places of columns of whole numbers with digits in the next one; none if a column of numbers is left over."""
    found: list[int] = []
    numbered = columns[0] in ([str(k + start) for k in range(len(columns[0]))] for start in (0, 1))
    place = int(numbered)
    while place < len(columns):
        if not all(map(BEFORE.fullmatch, columns[place])):
            place += 1
            continue
        behind = columns[place + 1] if place + 1 < len(columns) else []
        if any(map(PADDED.fullmatch, columns[place])) or not behind or not all(map(BEHIND.fullmatch, behind)):
            return []
        found.append(place)
        place += 2
    return found


def _behind(column: list[str]) -> bool:
    """Whether all cells have as many digits, several different ones or zeros alone, some with a zero first if many."""
    different = set(column)
    several = len(different) >= FEWEST or not "".join(different).strip("0")
    zero = len(column) < MANY or any(cell[0] == "0" for cell in different)
    return len({len(cell) for cell in column}) == 1 and several and zero
