"""How large a table may be, wherever it comes from, and when numbers are taken for classes."""

from __future__ import annotations

FEWEST_ROWS, MOST_ROWS, MOST_COLUMNS = 12, 20_000, 200

LARGEST = 1e100
"""Numbers beyond this are taken for missing: their squares overflow."""

LARGEST_SAID = f"{LARGEST:g}".replace("+", "")
"""The same as sentences have it."""

MOST_CLASSES = 20
"""Also how many different whole numbers are taken for classes by themselves."""


def few(different: int, rows: int) -> bool:
    """Return whether so many different numbers in `rows` rows are taken for classes, if they are whole."""
    return different <= MOST_CLASSES and 2 * different <= rows
