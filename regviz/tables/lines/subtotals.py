"""Rows that sum up the group of rows above them, by what they are called or by their numbers alone."""

from __future__ import annotations

import re

from ..cells.missing import is_blank
from .rows import Row
from .sums import SUMS, adds, labelled

PART = re.compile(
    r"((sub|zwischen|teil)[ -]?(totals?|summe|ergebnis)|total|summe?|ergebnis|sous-total|小计|小計)\b.*|"
    r".*\b((sub|zwischen|teil)[ -]?(totals?|summe|ergebnis)|total|summe?|ergebnis|小计|小計)",
    re.IGNORECASE,
)
"""What a row is called that sums up those above it: "Subtotal A", "Nord Ergebnis"."""

MANY_GROUPS = 3
"""Groups with a sum at least that show it in one column alone, or though the last group has none."""

LARGEST_GROUP = 200
"""Rows of a group at most whose sum is told by its numbers alone."""

DIGITS = "0123456789.,+- "

MOST_MISSES = 20
"""Rows called so whose numbers are no sums: with more, it is what a brand is called."""


def subtotals(rows: list[Row], numeric: list[int]) -> list[Row]:
    """Return rows that are called sums and whose numbers are the sums of the rows since the last one, or of all
    above.
    """
    found: list[Row] = []
    since: list[Row] = []
    before: list[Row] = []
    several, misses = False, 0
    for row in rows:
        first = next((str(cell) for cell in row.cells if not is_blank(cell)), "")
        spoken = bool(since) and first.strip(DIGITS) != ""  # most first cells are numbers
        called = spoken and PART.fullmatch(first.strip().rstrip(":. ")) is not None
        numbers = [k for k in labelled(row)[0][1:] if k in numeric] if called else []
        if numbers and any(all(adds(row, parts, k, 1) for k in numbers) for parts in (since, before)):
            several = several or len(since) > 1
            found.append(row)
            since = []
        else:
            misses += bool(numbers)
            if misses > MOST_MISSES:
                return []
            since.append(row)
            before.append(row)
    if found and found[-1] is rows[-1] and SUMS.fullmatch(labelled(rows[-1])[1]):
        found.pop()  # the sum of the whole table
    return found if several else _parting(rows, numeric)


def _parting(rows: list[Row], numeric: list[int]) -> list[Row]:
    """Rows whatever they are called that part a table into groups, each of two rows or more and followed by its sums.

    All columns of numbers have to add up in each group, and the sums have to differ: numbers that come again and again
    (1, 2, 3, 1, 2, 3) would add up by themselves. In one column alone the rows are called alike too. Of several groups
    the last may be open.
    """
    found: list[Row] = []
    since: list[Row] = []
    others: list[Row] = []
    for row in rows:
        numbers = [k for k in labelled(row)[0] if k in numeric]
        if len(since) > 1 and numbers and all(adds(row, since, k) for k in numbers):
            found.append(row)
            since = []
        else:
            since.append(row)
            others.append(row)
            if len(since) > LARGEST_GROUP:
                return []
    total = since and len(since) == 1 and all(adds(since[0], others[:-1], k) for k in numeric)
    sums = {tuple(str(row.cells[k]) for k in numeric) for row in found}
    if len(found) < 2 or len(sums) < len(found) or (since and not total and len(found) < MANY_GROUPS):
        return []
    single = any(sum(k in numeric for k in labelled(row)[0]) < 2 for row in found)
    return found if not single or (len(found) >= MANY_GROUPS and _called_alike(found, others)) else []


def _called_alike(found: list[Row], others: list[Row]) -> bool:
    """Whether all of `found` have one name, digits aside ("Week 1", "Week 2"), and no other row has it."""
    names = {labelled(row)[1].strip(DIGITS).casefold() for row in found}
    return (
        len(names) == 1
        and "" not in names
        and not any(labelled(row)[1].strip(DIGITS).casefold() in names for row in others)
    )
