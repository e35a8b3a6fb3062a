"""Whether the first line of a table holds names, by how it differs from the lines below."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from typing import Any, NamedTuple

from ...language import tr
from ..cells.missing import NEVER_NAMES, is_blank, is_missing
from ..cells.numbers import looks_like_number, written
from ..errors import quoted
from ..notes import Note, as_names, as_row
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


MANY = 6
"""Numbers of a line that seldom rise from the first to the last by chance, and of a column that tell its range."""

YEAR = re.compile(r"(19|20)\d\d")
"""Of which three in order are no measurements."""

DECIMAL = re.compile("[.,]")


UNLIKE = "unlike"
"""What a note is about that says that numbers were read as names."""


class Verdict(NamedTuple):
    """Whether the first row holds names, and a note if that is a guess."""

    header: bool
    note: str


def judged(rows: list[Row]) -> Verdict:
    """Return whether the first of `rows` is unlike the others in kind."""
    first, body = rows[0], rows[1 : SAMPLE + 1]
    cells = [plain(cell) for cell in first.cells]
    if not body:
        return Verdict(True, "")
    row_like = name_like = repeated = unlike = 0
    numbers: list[str] = []
    far: list[float] = []
    odd_words: list[str] = []
    also_below: list[str] = []
    differs = 0
    for k, cell in enumerate(cells):
        values = [text for row in body if not is_missing(text := plain(row.cells[k]))]
        if not values and looks_like_number(cell):  # a year of which nothing is known
            numbers.append(cell)
            far.append(1.0)
            differs += 1
        if is_missing(cell) or not values or cell.casefold() in NEVER_NAMES:
            continue
        numeric = sum(looks_like_number(value) for value in values) >= 0.8 * len(values)
        if looks_like_number(cell):
            if numeric:
                numbers.append(cell)
                finer = not DECIMAL.search(cell) and all(map(DECIMAL.search, values))
                away = _away(cell, values)
                differs += finer or away > 0
                far += [away] if away > 1 else []
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
    if name_like > row_like:
        return Verdict(True, "")
    if row_like:
        named = not numbers and len(also_below) == row_like <= name_like + unlike
        below = quoted(also_below[0]) if also_below else ""
        if named:
            said = tr("Line {line} was read as names, though {text} stands below too.", line=first.line, text=below)
            return Verdict(True, Note(said, as_row()))
        if name_like or unlike:
            said = tr("Line {line} was read as a row, since it has answers.", line=first.line)
            if below:
                said = tr("Line {line} was read as a row, since {text} stands below too.", line=first.line, text=below)
            return Verdict(False, Note(said, as_names()))
        return Verdict(False, "")
    if numbers:
        places = _values(numbers)
        years = all(map(YEAR.fullmatch, numbers)) and {b - a for a, b in pairwise(places)} in ({1.0}, {-1.0})
        words = len(numbers) < sum(not is_blank(cell) for cell in cells)
        axis = (years and words) or ((years or len(far) == len(numbers)) and _is_axis(places))
        if not axis and len(numbers) + len(odd_words) < sum(not is_blank(cell) for cell in cells):
            return Verdict(False, "")
        header = axis or _numbers_as_names(numbers, odd_words, differs == len(numbers))
        shown = quoted(",".join(cells))
        if header:
            said = tr("Line {line}, {text}, was read as names, unlike the lines below.", line=first.line, text=shown)
            return Verdict(True, Note(said, as_row(), about=UNLIKE))
        if odd_words:
            said = tr("Line {line}, {text}, was read as a row.", line=first.line, text=shown)
            return Verdict(False, Note(said, as_names()))
        return Verdict(False, "")
    if repeated or len(set(cells)) == len(cells):
        return Verdict(True, Note(tr("Line {line} was read as names.", line=first.line), as_row()))
    return Verdict(False, "")


def _numbers_as_names(numbers: list[str], words: list[str], differs: bool) -> bool:
    """Whether a first row of numbers, and of `words` that never occur below, is a header."""
    values = _values(numbers)
    steps = {after - before for before, after in pairwise(values)}
    if words and any(word.casefold() in TARGETS for word in words):
        return True
    if any(map(DECIMAL.search, numbers)):
        return bool(words) and _is_axis(values)
    if words:
        return min(steps, default=1) > 0 or steps == {-1} or differs
    if len(values) < 3 or steps != {1}:
        return False
    return values[0] == 0 or differs


def _is_axis(values: list[float]) -> bool:
    """Whether numbers stand where something was measured (wavelengths, doses, years): three at least that rise or fall
    by equal steps or factors, or many that rise or fall at all."""
    steps = [after - before for before, after in pairwise(values)]
    if len(values) < 3 or not (min(steps) > 0 or max(steps) < 0):
        return False
    even = max(steps) - min(steps) <= 0.02 * max(map(abs, steps))
    factors = [after / before for before, after in pairwise(values) if before]
    scaled = len(factors) == len(steps) and max(factors) - min(factors) <= 0.02 * max(map(abs, factors))
    return even or scaled or len(values) >= MANY


def _values(numbers: list[str]) -> list[float]:
    """What `numbers` are, by the decimal sign that is certain in one of them."""
    found = [number for text in numbers if (number := written(text))]
    decimal = next((number.decimal for number in found if number.decimal), ".")
    return [number.value(decimal) for number in found]


def _away(cell: str, values: list[str]) -> float:
    """How far a number is from those below, in widths of their range: 0 among them, more than 1 far away."""
    size, *others = _values([cell, *values])
    low, high = min(others), max(others)
    beyond = max(low - size, size - high, 0.0)
    widths = beyond / (high - low) if high > low else 2.0 * (beyond > 0)
    return min(widths, 1.0) if len(others) < MANY else widths


def _all_digits(values: list[str]) -> bool:
    return all(any(map(str.isdigit, value)) for value in values)


def plain(cell: Any) -> str:
    """Return a cell as text; a whole number of a workbook without its ".0"."""
    if type(cell) is str:  # most are
        return cell.strip()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell).strip()


def numeric(rows: list[Row], place: int) -> bool:
    """Return whether nearly all of the last rows that have a value in a column have a number there."""
    texts = [text for row in rows[-SAMPLE:] if not is_missing(text := plain(row.cells[place]))]
    return len(texts) > 2 and sum(map(looks_like_number, texts)) >= 0.9 * len(texts)
