"""Titles above the names that have as many cells as the table, and which of two lines has the names."""

from __future__ import annotations

import re
from collections import Counter

from ..cells.missing import is_blank
from ..cells.numbers import looks_like_number
from ..notes import is_about
from .first_line import TARGETS, UNLIKE, Verdict, judged, plain
from .legends import CLASSES, NUMBERS, OTHERS, legend, tells, values_of
from .rows import Row

MOST_TITLES = 10

CAMPBELL = re.compile(r"TOA5|TOB1|TOB3|TOACI1")
"""How the first line of a logger of Campbell begins, above the names."""

KINDS = (
    NUMBERS
    | CLASSES
    | OTHERS
    | frozenset(
        ("int", "integer", "float", "double", "object", "str", "bool", "boolean", "nominal", "ordinal", "date", "char")
    )
)
"""Kinds of columns as programs write them below the names."""

_UNITS = (
    "m cm mm km nm kg g mg s ms sec min h hPa Pa kPa mbar mV mA kW kWh MWh Hz ml mL ha mol ppm EUR USD CHF GBP Euro "
    "Dollar years months days hours"
)
UNITS = frozenset(_UNITS.split())
UNIT = re.compile(r"[\[\](){}/°%‰²³€$£]|^(?:in|en|je|per|pro) ")
"""Units, and what they have."""

MOMENT = re.compile(r"\b(19|20)\d\d\b|\b\d{1,2}[./]\d{1,2}[./]\d{2,4}\b")
"""A year or a day, which the name of no column is."""

NUMBERED = re.compile(r"([^\W\d]+)[ _]?\d+")


def titles(rows: list[Row]) -> int:
    """Return how many rows above the names are titles or tell of the file, though they have as many cells as the
    table.
    """
    if CAMPBELL.fullmatch(plain(rows[0].cells[0])):
        return 1
    return _key_values(rows) or _titles(rows)


def _key_values(rows: list[Row]) -> int:
    """How many rows at the top are words with numbers or texts behind them ("Serial,12345"), above full names."""
    for count in range(min(MOST_TITLES, len(rows) - 1), 1, -1):
        names = [plain(cell) for cell in rows[count].cells]
        if all(names) and len(set(names)) == len(names) and tells(rows[count], rows[count + 1 :]):
            above = [[plain(cell) for cell in row.cells] for row in rows[:count]]
            words = all(cells[0] and not looks_like_number(cells[0]) for cells in above)
            numbers = any(map(looks_like_number, above[0][1:])) and not any(map(looks_like_number, names))
            return count if words and numbers else 0
    return 0


def _titles(rows: list[Row]) -> int:
    for count, row in enumerate(rows[: MOST_TITLES + 1]):
        if count and not any(is_blank(cell) for cell in row.cells[1:]):  # an index may have no name
            padded = all(is_blank(above.cells[-1]) for above in rows[:count])
            spoken = any(looks_like_number(plain(cell)) for above in rows[:count] for cell in above.cells)
            verdict = judged(rows[count:])
            return count if padded and (verdict == Verdict(True, "") or (spoken and verdict.header)) else 0
        if not count and not is_blank(row.cells[-1]):
            break
    size = [plain(cell) for cell in rows[0].cells[:2]]
    if size == [str(len(rows) - 1), str(len(rows[0].cells) - 1)]:  # "150,4,setosa,versicolor,virginica"
        return 1
    return int(_title_first(rows))


def _title_first(rows: list[Row]) -> bool:
    """Whether the first row is a title with as many cells as the table, and the second has the names."""
    if len(rows) < 4:
        return False
    title, names = ([plain(cell) for cell in row.cells] for row in rows[:2])
    numbers = sum(map(looks_like_number, title))
    wordy = numbers or any(MOMENT.search(cell) or len(cell.split()) > 2 or cell.endswith(":") for cell in title)
    if any(map(looks_like_number, names)):  # where something was measured
        return bool(wordy) and 2 * numbers <= len(title) and is_about(judged(rows[1:]).note, UNLIKE)
    body = rows[2:]
    spoken = any(len(cell.split()) > 2 for cell in names) or ("" in names[1:] and "" not in title)
    if spoken or _has_units(names) or not (tells(rows[1], body[legend(body).rows :]) or novel(rows[1], body)):
        return False
    full = all(names) and len(set(names)) == len(names)
    blank, merged = "" in title and all(names), len(set(title)) < len(title) and len(set(names)) == len(names)
    return bool(wordy) or blank or merged or (full and _called_names(names) and not _called_names(title))


def _called_names(cells: list[str]) -> bool:
    """Whether one of the cells is what people call a target, or two are numbered: "x1" and "x2"."""
    stems = Counter(found[1] for cell in cells if (found := NUMBERED.fullmatch(cell)))
    return any(cell.casefold() in TARGETS for cell in cells) or max(stems.values(), default=0) > 1


def novel(row: Row, body: list[Row]) -> bool:
    """Return whether each cell of `row` has a text that stands there alone, above texts that all come again."""
    if len(body) < 6 or len(row.cells) < 2:
        return False
    for k, cell in enumerate(row.cells):
        text, counts = plain(cell), Counter(values_of(body, k))
        if not text or text in counts or min(counts.values(), default=0) < 2 or looks_like_number(text):
            return False
    return True


def may_name(row: Row) -> bool:
    """Return whether all cells of a row are different words that are neither units nor kinds."""
    cells = [plain(cell) for cell in row.cells]
    words = all(len(cell) > 3 or NUMBERED.fullmatch(cell) for cell in cells) or _called_names(cells)
    return words and not _has_units(cells) and len(set(cells)) == len(cells)


def _has_units(cells: list[str]) -> bool:
    """Whether one of the cells is a unit or a kind, as no name is."""
    return any(UNIT.search(cell) or cell in UNITS or cell.casefold() in KINDS for cell in cells)
