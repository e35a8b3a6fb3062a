"""The names of the columns: whether the first line of a table holds them, by how it differs from the lines below."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from ..words import told_apart
from .blocks import Block, skipped
from .errors import TableError, counted, listed, quoted, tidy, were
from .how import How
from .missing import AMONG_NUMBERS, NEVER_NAMES, is_blank, is_missing
from .numbers import looks_like_number
from .rows import Row

SAMPLE = 400
"""Rows that are looked at."""

UNNAMED = "unnamed"

_WORDS = (
    "target y label labels class outcome result response output species diagnosis verdict survived category type group "
    "kind grade quality price ziel klasse default churn"
)
TARGETS = frozenset(_WORDS.split())
"""What people call the column to predict."""

ANSWERS = frozenset(("true", "false", "yes", "no", "ja", "nein"))
"""What a cell may say, but no name of a column."""

UNIT = re.compile(r"[\[(<{].*[\])>}]|-+|[%‰°].{0,3}|[a-zA-Zµμ°]{1,4}([/^*·]?[a-zA-Z0-9²³-]{1,4})*")


class Named(NamedTuple):
    """Names and rows of a table."""

    names: list[str]
    rows: list[Row]


def named(block: Block, how: How, notes: list[str]) -> Named:
    """The names of a table's columns and the rows below them; appends to `notes` what was guessed."""
    rows, before = block.rows, block.before
    if len(rows) + len(before) < 2:
        raise TableError("The file has a single line; a table needs names and rows.")
    above = _names_above(block) if how.header is None else None
    if above is not None:
        skipped(before[:-1], notes)
        if not above[0]:
            notes.append(f"Line {before[-1].line} has one name fewer than the rows have cells; the first has none.")
        return _finished(above, rows, notes)
    verdict = Verdict(how.header, "") if how.header is not None else judged(rows)
    if verdict.header and how.header is None and _title_first(rows):
        before, rows = [*before, rows[0]], rows[1:]
    if not verdict.header:
        _check_names_above(block, how)
    skipped(before, notes)
    if verdict.note:
        notes.append(verdict.note)
    if not verdict.header:
        filled = [k for k in range(block.width) if any(not is_blank(row.cells[k]) for row in rows)]
        names = [f"x{k + 1}" for k in range(block.width)]
        names[filled[-1]] = "y"
        if how.header is None and not verdict.note:
            notes.append(
                f"Line {rows[0].line} was read as a row, since it is like the others; header=True reads names."
            )
        return Named(names, rows)
    names = [_plain(cell) for cell in rows[0].cells]
    if len(names[0]) > 1 and names[0][0] == "#" and how.header is None:
        names[0] = names[0].lstrip("# ")
        notes.append(f"The sign # before the name {quoted(names[0])} was left out.")
    return _finished(names, rows[1:], notes, rows[0])


def _finished(names: list[str], rows: list[Row], notes: list[str], header: Row | None = None) -> Named:
    if not rows:
        raise TableError("There is no row below the names.")
    if header is not None:
        again = [row for row in rows if row.cells == header.cells]
        if again:
            notes.append(
                f"The names are repeated in {counted(len(again), 'line')} below (line {again[0].line}"
                f"{' first' * (len(again) > 1)}), which {were(len(again))} skipped."
            )
            rows = [row for row in rows if row.cells != header.cells]
        if _is_units(rows):
            what = " ".join(str(cell) for cell in rows[0].cells if not is_blank(cell))
            notes.append(f"Line {rows[0].line}, {quoted(what)}, was skipped: it is no row, but tells of the columns.")
            rows = rows[1:]
    return Named(apart(names, notes), rows)


def apart(names: Sequence[str], notes: list[str]) -> list[str]:
    """Names of which no two are the same: the second "a" is "a (2)". Those that are blank are "unnamed"."""
    plain = [tidy(name)[:60] or UNNAMED for name in names]
    found = list(told_apart(plain))
    twice = [name for name, unique in zip(plain, found, strict=True) if unique != name and name != UNNAMED]
    if twice:
        shown = listed([quoted(name) for name in dict.fromkeys(twice)])
        notes.append(f"Several columns are called {shown}; the second is called {quoted(twice[0] + ' (2)')}.")
    return found


class Verdict(NamedTuple):
    """Whether the first row holds names, and a note if that is a guess."""

    header: bool
    note: str


def judged(rows: list[Row]) -> Verdict:
    """Whether the first of `rows` is unlike the others in kind."""
    first, body = rows[0], rows[1 : SAMPLE + 1]
    cells = [_plain(cell) for cell in first.cells]
    if not body:
        return Verdict(True, "")
    row_like = name_like = repeated = 0
    numbers: list[str] = []
    odd_words: list[str] = []
    differs = 0
    for k, cell in enumerate(cells):
        values = [text for row in body if not is_missing(text := _plain(row.cells[k]))]
        if is_missing(cell) or not values or cell.casefold() in NEVER_NAMES:
            continue
        numeric = sum(looks_like_number(value) for value in values) >= 0.8 * len(values)
        if looks_like_number(cell):
            if numeric:
                numbers.append(cell)
                differs += ("." not in cell and all("." in value for value in values)) or _outside(cell, values)
            elif cell in values:
                row_like += 1
            elif not any(looks_like_number(value) for value in values):
                name_like += 1
        elif numeric or (_all_digits(values) and not any(map(str.isdigit, cell))):
            name_like += 1
        elif cell.casefold() in {value.casefold() for value in values} | ANSWERS:
            row_like += 1
        elif len(set(values)) * 2 <= len(values):
            repeated += 1
            odd_words.append(cell)
    line = f"Line {first.line}"
    if name_like > row_like:
        return Verdict(True, "")
    if row_like:
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
        return min(steps, default=1) > 0 or differs or any(word.casefold() in TARGETS for word in words)
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


def _plain(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell).strip()


def _names_above(block: Block) -> list[str] | None:
    """The names of a line above the table that has one cell less or more than the lines below, if it names them."""
    if not block.before or block.width < 2:
        return None
    line = [_plain(cell) for cell in block.before[-1].cells]
    full = [cell for cell in line if cell]
    if (
        len(full) < max(1, block.width - 2)
        or (len(full) < 2 and block.width > 2)
        or any(looks_like_number(c) for c in full)
    ):
        return None
    if judged(block.rows).header:
        return None
    while len(line) > block.width and not line[-1]:
        line.pop()
    if len(line) == block.width:
        return line
    if len(line) != block.width - 1 or not all(line):
        return None
    last = all(is_blank(row.cells[-1]) for row in block.rows)
    return [*line, ""] if last else ["", *line]  # a delimiter at each line's end, or names of rows without a name


def _check_names_above(block: Block, how: How) -> None:
    """Refuse a table whose names do not fit its rows."""
    if not block.before or how.header is False:
        return
    row = block.before[-1]
    full = [_plain(cell) for cell in row.cells if not is_blank(cell)]
    adjacent = block.rows[0].line - row.line == 1
    if len(full) > 1 and adjacent and not any(looks_like_number(cell) for cell in full):
        raise TableError(
            f"Line {row.line} names {counted(len(full), 'column')} ({listed([quoted(name) for name in full])}), and "
            f"the lines below have {counted(block.width, 'cell')}. Are there decimal commas between commas? Then save "
            "the table with semicolons; or say header=False.",
            row.line,
        )


def _title_first(rows: list[Row]) -> bool:
    """Whether the first row is a title with as many cells as the table, and the second has the names."""
    if len(rows) < 4 or not _is_units(rows[1:]):
        return False
    title, names = ([_plain(cell) for cell in row.cells] for row in rows[:2])
    wordy = any(looks_like_number(cell) or len(cell.split()) > 2 or cell.endswith(":") for cell in title)
    blank = any(not cell for cell in title) and all(names)
    return (wordy or blank) and not any(looks_like_number(cell) or len(cell.split()) > 2 for cell in names)


def _is_units(rows: list[Row]) -> bool:
    """Whether the first row below the names has a text wherever the others have numbers."""
    if len(rows) < 4:
        return False
    body = rows[1 : SAMPLE + 1]
    numeric = words = 0
    for k, cell in enumerate(rows[0].cells):
        values = [text for row in body if not is_missing(text := _plain(row.cells[k]))]
        text = _plain(cell)
        if values and all(looks_like_number(value) for value in values) and len(values) > 2:
            numeric += 1
            if looks_like_number(text):
                return False
            words += bool(text) and not is_missing(text) and text.casefold() not in AMONG_NUMBERS
        elif text and text in values and not UNIT.fullmatch(text):
            return False
    return numeric > 0 and words > 0 and 2 * words >= numeric
