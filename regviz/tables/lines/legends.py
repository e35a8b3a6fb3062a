"""Lines below the names that tell of a table's columns: units, labels, kinds and sums."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from typing import NamedTuple

from ...language import en
from ..cells.missing import is_blank, is_missing, is_no_number
from ..cells.numbers import looks_like_number
from .first_line import SAMPLE, YEAR, numeric, plain
from .rows import Row
from .sums import first_sums

NUMBERS, CLASSES = frozenset(("continuous", "numeric", "c", "n")), frozenset(("discrete", "categorical", "d"))
OTHERS = frozenset(("string", "text", "s", "time", "datetime", "t"))
"""Kinds of columns as Orange writes them below the names."""

TARGET, OUT = frozenset(("class", "c")), frozenset(("meta", "m", "ignore", "i"))
"""Roles of columns as Orange writes them below the kinds."""

FLAGS = re.compile(r"([mci]*)([CDST]?)#(\S.*)")
"""Roles and kinds as Orange writes them before the names: "cD#species"."""

QUALTRICS = re.compile(r"\{\s*[\"']ImportId[\"']")
"""How a survey's third line begins, below names and questions."""

SURVEYMONKEY = frozenset(("Response", "Open-Ended Response"))
"""What the second line of another survey has, below the questions."""

USGS = re.compile(r"\d+[sdn]")
"""Widths and kinds of columns (string, date, number) in the second line of water data."""

RULED = re.compile(r":?[-=_]{2,}:?")
"""Cells of a line that is drawn."""

COLUMN = re.compile(r"[(\[]?(\d{1,3})[)\].]?", re.ASCII)
"""The number of a column as it stands below the names."""

MOST_LEGENDS = 3


class Legend(NamedTuple):
    """How many rows below the names are none, who writes so if that is sure, and what they say of columns by place."""

    rows: int = 0
    writer: str = ""
    target: int | None = None
    out: tuple[int, ...] = ()
    classes: tuple[int, ...] = ()
    regression: bool = False


def legend(rows: list[Row]) -> Legend:
    """Return what the first of the rows below the names tell of the columns."""
    for count, row in enumerate(rows[:MOST_LEGENDS], 1):
        filled = [plain(cell) for cell in row.cells if not is_blank(cell)]
        if filled and all(map(QUALTRICS.match, filled)):
            return Legend(count, "Qualtrics")
        if count == 1 and filled and (SURVEYMONKEY.issuperset(filled) or _choices(row, rows[1:])):
            return Legend(1, "SurveyMonkey")
        if count == 1 and filled[:2] == ["TS", "RN"]:
            return Legend(2, en("Campbell's software"))
        if count == 1 and _water(row) and not any(map(_water, rows[1:3])):
            return Legend(1, en("the USGS"))
        if count == 1 and filled and all(map(RULED.fullmatch, filled)):
            return Legend(1)
    if (orange := _orange(rows)).rows:
        return orange
    for count in range(MOST_LEGENDS, 0, -1):
        if all(tells(row, rows[count:]) or numbers_columns(row, rows[count:]) for row in rows[:count]):
            return Legend(count)
    return Legend(int(_labels(rows)))


def _water(row: Row) -> bool:
    return len(row.cells) > 1 and all(USGS.fullmatch(plain(cell)) for cell in row.cells)


def _choices(row: Row, body: list[Row]) -> bool:
    """Whether a line has the choices of a survey's questions, and nothing where these are no questions."""
    texts = [plain(cell) for cell in row.cells]
    asked = SURVEYMONKEY.intersection(texts) and not any(map(looks_like_number, texts))
    blank = [k for k, text in enumerate(texts) if not text]
    return bool(asked and blank and any(not is_blank(other.cells[k]) for k in blank for other in body[:SAMPLE])) and (
        not any(SURVEYMONKEY.intersection(map(plain, other.cells)) for other in body[:SAMPLE])
    )


def _orange(rows: list[Row]) -> Legend:
    """Kinds, and roles below them, as Orange writes them."""
    if len(rows) < 4:
        return Legend()
    roles = [plain(cell).casefold().split() for cell in rows[1].cells]
    has_roles = all(word in TARGET | OUT or "=" in word for cell in roles for word in cell)
    body = rows[1 + has_roles :]
    kinds = [_kind(plain(cell), body, k) for k, cell in enumerate(rows[0].cells)]
    numbers = [k for k, kind in enumerate(kinds) if kind in NUMBERS]
    if not all(kind in NUMBERS | CLASSES | OTHERS or not kind for kind in kinds) or not any(kinds):
        return Legend()
    spelt = any(len(kind) > 1 for kind in kinds)
    if not spelt and not (all(_numeric(body, k) for k in numbers) and (numbers or (has_roles and any(roles)))):
        return Legend()
    targets = [k for k, cell in enumerate(roles) if has_roles and TARGET.intersection(cell)]
    return Legend(
        1 + has_roles,
        "Orange",
        targets[0] if targets else None,
        tuple(k for k, cell in enumerate(roles) if has_roles and OUT.intersection(cell)),
        tuple(k for k, kind in enumerate(kinds) if kind in CLASSES and _numeric(body, k)),
        bool(targets) and targets[0] in numbers,
    )


def flagged(names: list[str], rows: list[Row], found: Legend) -> tuple[list[str], Legend]:
    """Return names without Orange's flags before them, and what these say of the columns, if one of them is the
    class.
    """
    marks = [FLAGS.fullmatch(name) for name in names]
    targets = [k for k, mark in enumerate(marks) if mark and "c" in mark[1]]
    if not targets or any("#" in name and not mark for name, mark in zip(names, marks, strict=True)):
        return names, found
    body = rows[found.rows :]
    kinds = [mark[2] if mark else "" for mark in marks]
    return [mark[3] if mark else name for name, mark in zip(names, marks, strict=True)], found._replace(
        writer="Orange",
        target=targets[0],
        out=tuple(k for k, mark in enumerate(marks) if mark and set("mi") & set(mark[1])),
        classes=tuple(k for k, kind in enumerate(kinds) if kind == "D" and _numeric(body, k)),
        regression=kinds[targets[0]] == "C",
    )


def _kind(cell: str, body: list[Row], place: int) -> str:
    """A kind as it is written; "discrete" where all values are listed instead."""
    listed = cell.split()
    texts = {plain(row.cells[place]) for row in body[:SAMPLE]}
    if len(listed) > 1 and {text for text in texts if not is_missing(text)} == set(listed):
        return "discrete"
    return cell.casefold()


def values_of(rows: list[Row], place: int) -> list[str]:
    """Return texts of one column that may be numbers."""
    texts = (plain(row.cells[place]) for row in rows[:SAMPLE])
    return [text for text in texts if not is_no_number(text)]


def _numeric(rows: list[Row], place: int) -> bool:
    values = values_of(rows, place)
    return len(values) > 2 and all(looks_like_number(value) for value in values)


def tells(row: Row, body: list[Row]) -> bool:
    """Return whether `row` has a text wherever the rows below have numbers."""
    if len(body) < 3:
        return False
    numeric = words = 0
    for k, cell in enumerate(row.cells):
        text = plain(cell)
        if _numeric(body, k):
            numeric += 1
            if looks_like_number(text.lstrip("<>≤≥~ ")):
                return False
            words += bool(text) and not is_no_number(text)
        elif text and text in values_of(body, k):
            return False
    alone = words == 1 and sum(not is_blank(cell) for cell in row.cells) == 1  # the name of an index
    return words > 0 and (2 * words >= numeric or alone)


def numbers_columns(row: Row, body: list[Row], *, sure: bool = True) -> bool:
    """Return whether a row has the numbers of the columns (1, 2, 3; (1), (2), (3)) or their years, in order, where one
    of the columns has texts, or where no other row has such brackets; if not `sure`, whether it may."""
    cells = [plain(cell) for cell in row.cells]
    marks = [COLUMN.fullmatch(cell) for cell in cells]
    if len(body) < 3 or len(cells) < 2:
        return False
    words = [k for k in range(len(cells)) if (values := values_of(body, k)) and not any(map(looks_like_number, values))]
    if all(marks) and [int(mark[1]) for mark in marks if mark] in ([*range(len(cells))], [*range(1, len(cells) + 1)]):
        bare = all(cell.isdigit() for cell in cells)
        other = not bare and not any(plain(one.cells[k]).startswith(cells[k][0]) for one in body for k in range(2))
        return bool(words) or other or (not sure and len(cells) > 2)
    years = [k for k, cell in enumerate(cells) if cell]
    if not sure or len(years) < 2 or not all(YEAR.fullmatch(cells[k]) for k in years):
        return False
    steps = {int(cells[b]) - int(cells[a]) for a, b in pairwise(years)}
    counted = any(not YEAR.fullmatch(value) for k in years for value in values_of(body, k))
    named = any(k not in years and not any(is_blank(one.cells[k]) for one in body) for k in words)
    return named and counted and steps in ({1}, {-1}, {0}, {0, 1})


def _labels(rows: list[Row]) -> bool:
    """Whether the first row has phrases that never occur again, while all other texts of a table of words do."""
    if len(rows) < 6 or len(rows[0].cells) < 2:
        return False
    phrases = 0
    for k, cell in enumerate(rows[0].cells):
        text, counts = plain(cell), Counter(values_of(rows[1:], k))
        if not text or text in counts or min(counts.values(), default=0) < 2:
            return False
        phrases += " " in text and sum(" " in value for value in counts) * 2 <= len(counts)
    return 2 * phrases >= len(rows[0].cells)


def sums_first(rows: list[Row]) -> int:
    """Return how many rows at the top sum up the others."""
    return first_sums(rows, [place for place in range(len(rows[0].cells)) if numeric(rows[1:], place)])
