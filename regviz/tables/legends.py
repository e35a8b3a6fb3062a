"""Lines that tell of a table's columns: titles above the names; units, labels, kinds and sums below them."""

from __future__ import annotations

import re
from collections import Counter
from typing import NamedTuple

from .first_line import SAMPLE, TARGETS, UNLIKE, Verdict, judged, numeric, plain
from .missing import AMONG_NUMBERS, is_blank, is_missing
from .numbers import looks_like_number
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

CAMPBELL = re.compile(r"TOA5|TOB1|TOB3|TOACI1")
"""How the first line of a logger of Campbell begins, above the names."""

USGS = re.compile(r"\d+[sdn]")
"""Widths and kinds of columns (string, date, number) in the second line of water data."""

KINDS = (
    NUMBERS
    | CLASSES
    | OTHERS
    | frozenset(
        ("int", "integer", "float", "double", "object", "str", "bool", "boolean", "nominal", "ordinal", "date", "char")
    )
)
"""Kinds of columns as programs write them below the names."""

MOMENT = re.compile(r"\b(19|20)\d\d\b|\b\d{1,2}[./]\d{1,2}[./]\d{2,4}\b")
"""A year or a day, which the name of no column is."""

NUMBERED = re.compile(r"([^\W\d]+)[ _]?\d+")

RULED = re.compile(r":?[-=_]{2,}:?")
"""Cells of a line that is drawn."""

MOST_TITLES, MOST_LEGENDS = 10, 3


class Legend(NamedTuple):
    """How many rows below the names are none, who writes so if that is sure, and what they say of columns by place."""

    rows: int = 0
    writer: str = ""
    target: int | None = None
    out: tuple[int, ...] = ()
    classes: tuple[int, ...] = ()
    regression: bool = False
    named: bool = False
    """Whether the first of the rows may have the names themselves."""


def legend(rows: list[Row]) -> Legend:
    """What the first of the rows below the names tell of the columns."""
    for count, row in enumerate(rows[:MOST_LEGENDS], 1):
        filled = [plain(cell) for cell in row.cells if not is_blank(cell)]
        if filled and all(map(QUALTRICS.match, filled)):
            return Legend(count, "Qualtrics")
        if count == 1 and filled and (SURVEYMONKEY.issuperset(filled) or _choices(row, rows[1:])):
            return Legend(1, "SurveyMonkey")
        if count == 1 and filled[:2] == ["TS", "RN"]:
            return Legend(2, "Campbell's software")
        if count == 1 and _water(row) and not any(map(_water, rows[1:3])):
            return Legend(1, "the USGS")
        if count == 1 and filled and all(map(RULED.fullmatch, filled)):
            return Legend(1)
    if (orange := _orange(rows)).rows:
        return orange
    for count in range(MOST_LEGENDS, 0, -1):
        if all(_tells(row, rows[count:]) for row in rows[:count]):
            return Legend(count, named=count == 1 and _may_name(rows[0]))
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
    """Names without Orange's flags before them, and what these say of the columns, if one of them is the class."""
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


def _values(rows: list[Row], place: int) -> list[str]:
    """Texts of one column that may be numbers."""
    texts = (plain(row.cells[place]) for row in rows[:SAMPLE])
    return [text for text in texts if not is_missing(text) and text.casefold() not in AMONG_NUMBERS]


def _numeric(rows: list[Row], place: int) -> bool:
    values = _values(rows, place)
    return len(values) > 2 and all(looks_like_number(value) for value in values)


def _tells(row: Row, body: list[Row]) -> bool:
    """Whether `row` has a text wherever the rows below have numbers."""
    if len(body) < 3:
        return False
    numeric = words = 0
    for k, cell in enumerate(row.cells):
        text = plain(cell)
        if _numeric(body, k):
            numeric += 1
            if looks_like_number(text.lstrip("<>≤≥~ ")):
                return False
            words += bool(text) and not is_missing(text) and text.casefold() not in AMONG_NUMBERS
        elif text and text in _values(body, k):
            return False
    alone = words == 1 and sum(not is_blank(cell) for cell in row.cells) == 1  # the name of an index
    return words > 0 and (2 * words >= numeric or alone)


def _labels(rows: list[Row]) -> bool:
    """Whether the first row has phrases that never occur again, while all other texts of a table of words do."""
    if len(rows) < 6 or len(rows[0].cells) < 2:
        return False
    phrases = 0
    for k, cell in enumerate(rows[0].cells):
        text, counts = plain(cell), Counter(_values(rows[1:], k))
        if not text or text in counts or min(counts.values(), default=0) < 2:
            return False
        phrases += " " in text and sum(" " in value for value in counts) * 2 <= len(counts)
    return 2 * phrases >= len(rows[0].cells)


def titles(rows: list[Row]) -> int:
    """How many rows above the names are titles or tell of the file, though they have as many cells as the table."""
    if CAMPBELL.fullmatch(plain(rows[0].cells[0])):
        return 1
    return _key_values(rows) or _titles(rows)


def _key_values(rows: list[Row]) -> int:
    """How many rows at the top are words with numbers or texts behind them ("Serial,12345"), above full names."""
    for count in range(min(MOST_TITLES, len(rows) - 1), 1, -1):
        names = [plain(cell) for cell in rows[count].cells]
        if all(names) and len(set(names)) == len(names) and _tells(rows[count], rows[count + 1 :]):
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
        return bool(wordy) and 2 * numbers <= len(title) and UNLIKE in judged(rows[1:]).note
    body = rows[2:]
    if not (_tells(rows[1], body[legend(body).rows :]) or novel(rows[1], body)) or any(
        len(cell.split()) > 2 for cell in names
    ):
        return False
    full = all(names) and len(set(names)) == len(names)
    blank, merged = "" in title and all(names), len(set(title)) < len(title) and len(set(names)) == len(names)
    return bool(wordy) or blank or merged or (full and _called_names(names) and not _called_names(title))


def _called_names(cells: list[str]) -> bool:
    """Whether one of the cells is what people call a target, or two are numbered: "x1" and "x2"."""
    stems = Counter(found[1] for cell in cells if (found := NUMBERED.fullmatch(cell)))
    return any(cell.casefold() in TARGETS for cell in cells) or max(stems.values(), default=0) > 1


def novel(row: Row, body: list[Row]) -> bool:
    """Whether each cell of `row` has a text that stands there alone, above texts that all come again."""
    if len(body) < 6 or len(row.cells) < 2:
        return False
    for k, cell in enumerate(row.cells):
        text, counts = plain(cell), Counter(_values(body, k))
        if not text or text in counts or min(counts.values(), default=0) < 2 or looks_like_number(text):
            return False
    return True


def _may_name(row: Row) -> bool:
    """Whether all cells of a row are different words that are neither units nor kinds."""
    cells = [plain(cell) for cell in row.cells]
    words = all(len(cell) > 3 or NUMBERED.fullmatch(cell) for cell in cells) or _called_names(cells)
    units = any(re.search(r"[\[\](){}/°%²³]", cell) or cell.casefold() in KINDS for cell in cells)
    return words and not units and len(set(cells)) == len(cells)


def sums_first(rows: list[Row]) -> int:
    """How many rows at the top sum up the others."""
    return first_sums(rows, [place for place in range(len(rows[0].cells)) if numeric(rows[1:], place)])
