"""Tables on their side, with a line for each feature and a column for each sample: told, so that no class is lost."""

from __future__ import annotations

import re

from ...language import tr
from ..cells.missing import is_no_number
from ..cells.numbers import looks_like_number
from ..errors import TableError, quoted
from .first_line import TARGETS, plain
from .last_rows import written
from .rows import Row

FEWEST, MOST_TEXTS = 4, 10
"""Samples at least, and lines of texts at most."""

SAMPLE = re.compile(
    r"(?i:s|sa|smp|sample|samples|subject|subj|sub|patient|pat|person|p|id|probe|proband|tier|mouse|maus|rat|donor|gsm|"
    r"specimen|individual|case|participant|muestra|sujeto|paciente|échantillon|echantillon|sujet|ech|éch)[ ._-]?\d+"
)
"""What samples are called, and features are not."""


def check_side(rows: list[Row]) -> None:
    """Raise TableError for a table that lies on its side: one of its `rows` has classes, and the others numbers.

    Every line begins with a name of its own. The first two may be names and units, unless they are called like a
    target, or the columns like samples.
    """
    width = len(rows[0].cells) if rows else 0
    if width <= FEWEST or len(rows) < 4:
        return
    texts = [row for row in rows if not _measured(row.cells[1]) and not _measured(row.cells[-1])]
    if not 0 < len(texts) <= min(MOST_TEXTS, len(rows) - 2):
        return
    samples = all(SAMPLE.fullmatch(plain(cell)) for cell in rows[0].cells[1:])
    called = [row for row in rows[:2] if samples or plain(row.cells[0]).casefold() in TARGETS]
    classes = [row for row in texts if _has_classes(row) and (row not in rows[:2] or row in called)]
    names = [plain(row.cells[0]) for row in rows[1:]]
    if not classes or len(set(names)) < len(names) or not all(names) or any(map(looks_like_number, names)):
        return
    left = {row.line for row in texts}
    if all(_of_numbers(row) for row in rows if row.line not in left):
        row = classes[0]
        said = tr(
            "Line {line}, {text}, has a class for each column, and the other lines have numbers: the table lies on its "
            "side; transpose the table, so that each line is a row and the first line has the names.",
            line=row.line,
            text=quoted(written(row)),
        )
        raise TableError(said, row.line)


def note_side(names: list[str], rows: list[Row], notes: list[str]) -> None:
    """Note a table whose columns are called like samples and whose rows have a name each."""
    others = names[1:]
    if len(others) < FEWEST or not all(map(SAMPLE.fullmatch, others)):
        return
    called = [plain(row.cells[0]) for row in rows]
    if len(set(called)) == len(called) and not any(map(looks_like_number, called)):
        notes.append(
            tr(
                "The columns are called {first} to {last}; if they are the samples, transpose the table, so that each "
                "line is a row and the first line has the names.",
                first=quoted(others[0]),
                last=quoted(others[-1]),
            )
        )


def _measured(cell: object) -> bool:
    if type(cell) is str and cell[:1].isdigit():  # most are
        return True
    text = plain(cell)
    return looks_like_number(text) or is_no_number(text)


def _has_classes(row: Row) -> bool:
    cells = [plain(cell) for cell in row.cells[1:]]
    return all(cells) and not any(map(_measured, cells)) and 1 < len(set(cells)) <= len(cells) / 2


def _of_numbers(row: Row) -> bool:
    return sum(map(_measured, row.cells[1:])) >= 0.9 * (len(row.cells) - 1)
