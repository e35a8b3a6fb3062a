"""Lines that tell of a table's columns: titles above the names, units, labels and kinds below them."""

from __future__ import annotations

import re

from .judging import SAMPLE, plain
from .missing import AMONG_NUMBERS, is_missing
from .numbers import looks_like_number
from .rows import Row

UNIT = re.compile(r"[\[(<{].*[\])>}]|-+|[%‰°].{0,3}|[a-zA-Zµμ°]{1,4}([/^*·]?[a-zA-Z0-9²³-]{1,4})*")


def title_first(rows: list[Row]) -> bool:
    """Whether the first row is a title with as many cells as the table, and the second has the names."""
    if len(rows) < 4 or not is_units(rows[1:]):
        return False
    title, names = ([plain(cell) for cell in row.cells] for row in rows[:2])
    wordy = any(looks_like_number(cell) or len(cell.split()) > 2 or cell.endswith(":") for cell in title)
    blank = any(not cell for cell in title) and all(names)
    return (wordy or blank) and not any(looks_like_number(cell) or len(cell.split()) > 2 for cell in names)


def is_units(rows: list[Row]) -> bool:
    """Whether the first row below the names has a text wherever the others have numbers."""
    if len(rows) < 4:
        return False
    body = rows[1 : SAMPLE + 1]
    numeric = words = 0
    for k, cell in enumerate(rows[0].cells):
        values = [text for row in body if not is_missing(text := plain(row.cells[k]))]
        text = plain(cell)
        if values and all(looks_like_number(value) for value in values) and len(values) > 2:
            numeric += 1
            if looks_like_number(text):
                return False
            words += bool(text) and not is_missing(text) and text.casefold() not in AMONG_NUMBERS
        elif text and text in values and not UNIT.fullmatch(text):
            return False
    return numeric > 0 and words > 0 and 2 * words >= numeric
