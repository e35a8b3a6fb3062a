"""Whether the first line of a table holds names, by how it differs from the lines below."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from typing import Any, NamedTuple

from .errors import quoted
from .missing import NEVER_NAMES, is_blank, is_missing
from .numbers import looks_like_number
from .rows import Row

SAMPLE = 400
"""Rows that are looked at."""

_WORDS = (
    "target y label labels class outcome result response output species diagnosis verdict survived category type group "
    "kind grade quality price ziel klasse default churn"
)
TARGETS = frozenset(_WORDS.split())
"""What people call the column to predict."""

ANSWERS = frozenset(("true", "false", "yes", "no", "ja", "nein"))
"""What a cell may say, but no name of a column."""


DECIMAL = re.compile("[.,]")


class Verdict(NamedTuple):
    """Whether the first row holds names, and a note if that is a guess."""

    header: bool
    note: str


def judged(rows: list[Row]) -> Verdict:
    """Whether the first of `rows` is unlike the others in kind."""
    first, body = rows[0], rows[1 : SAMPLE + 1]
    cells = [plain(cell) for cell in first.cells]
    if not body:
        return Verdict(True, "")
    row_like = name_like = repeated = unlike = 0
    numbers: list[str] = []
    odd_words: list[str] = []
    also_below: list[str] = []
    differs = 0
    for k, cell in enumerate(cells):
        values = [text for row in body if not is_missing(text := plain(row.cells[k]))]
        if is_missing(cell) or not values or cell.casefold() in NEVER_NAMES:
            continue
        numeric = sum(looks_like_number(value) for value in values) >= 0.8 * len(values)
        if looks_like_number(cell):
            if numeric:
                numbers.append(cell)
                finer = not DECIMAL.search(cell) and all(map(DECIMAL.search, values))
                differs += finer or _outside(cell, values)
            elif cell in values:
                row_like += 1
            elif not any(looks_like_number(value) for value in values):
                name_like += 1
        elif numeric or (_all_digits(values) and not any(map(str.isdigit, cell))):
            name_like += 1
        elif cell.casefold() in {value.casefold() for value in values} | ANSWERS:
            row_like += 1
            if cell.casefold() not in ANSWERS:
                also_below.append(cell)
        elif len(set(values)) * 2 <= len(values):
            repeated += 1
            odd_words.append(cell)
            unlike += min(Counter(values).values()) > 1
        else:
            unlike += " " not in cell and all(" " in value for value in values)
    line = f"Line {first.line}"
    if name_like > row_like:
        return Verdict(True, "")
    if row_like:
        named = not numbers and len(also_below) == row_like <= name_like + unlike
        below = f"though {quoted(also_below[0])} stands below too" if also_below else ""
        if named:
            return Verdict(True, f"{line} was read as names, {below}; header=False reads a row.")
        if name_like or unlike:
            since = below.replace("though", "since") or "since it has answers"
            return Verdict(False, f"{line} was read as a row, {since}; header=True reads names.")
        return Verdict(False, "")
    if numbers:
        if len(numbers) + len(odd_words) < sum(not is_blank(cell) for cell in cells):
            return Verdict(False, "")
        header = _numbers_as_names(numbers, odd_words, differs == len(numbers))
        shown = quoted(",".join(cells))
        if header:
            return Verdict(
                True, f"{line}, {shown}, was read as names, unlike the lines below; header=False reads a row."
            )
        if odd_words:
            return Verdict(False, f"{line}, {shown}, was read as a row; header=True reads names.")
        return Verdict(False, "")
    if repeated or len(set(cells)) == len(cells):
        note = f"{line} was read as names; header=False reads a row." if not name_like else ""
        return Verdict(True, note)
    return Verdict(False, "")


def _numbers_as_names(numbers: list[str], words: list[str], differs: bool) -> bool:
    """Whether a first row of numbers, and of `words` that never occur below, is a header."""
    try:
        values = [int(number) for number in numbers]
    except ValueError:
        return bool(words) and any(word.casefold() in TARGETS for word in words)
    steps = {after - before for before, after in pairwise(values)}
    counting = steps == {1}
    if words:
        return (
            min(steps, default=1) > 0 or steps == {-1} or differs or any(word.casefold() in TARGETS for word in words)
        )
    if len(values) < 3 or not counting:
        return False
    return values[0] == 0 or differs


def _outside(cell: str, values: list[str]) -> bool:
    try:
        inside = [float(value) for value in values]
        return not min(inside) <= float(cell) <= max(inside)
    except ValueError:
        return False


def _all_digits(values: list[str]) -> bool:
    return all(any(map(str.isdigit, value)) for value in values)


def plain(cell: Any) -> str:
    """A cell as text; a whole number of a workbook without its ".0"."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell).strip()


def numeric(rows: list[Row], place: int) -> bool:
    """Whether nearly all of the last rows that have a value in a column have a number there."""
    texts = [text for row in rows[-SAMPLE:] if not is_missing(text := plain(row.cells[place]))]
    return len(texts) > 2 and sum(map(looks_like_number, texts)) >= 0.9 * len(texts)
