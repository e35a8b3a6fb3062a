"""Which column is the target, and which are left out unless someone wants them: row numbers, ids, constants, blanks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ...language import en, tr
from ..cells.numbers import looks_like_number
from ..columns import Column
from ..errors import quoted
from ..notes import Note, take_back
from .filldown import headed, hint
from .targets import word_classes

if TYPE_CHECKING:
    from numpy.typing import NDArray

ROW_NAME = re.compile(
    r"unnamed.*|index|idx|(row|line|record|obs|observation|sample|case|lfd\.?|laufende)?[ _.-]*"
    r"(no|nr|num|number|nummer|id|index|idx)\.?|"
    r"rownames?|row[ _.-]?names?|row|rows|#|№|n°|level_0|__index_level_0__",
    re.IGNORECASE,
)
ID_NAME = re.compile(
    r"(.*[ _.-])?(ids?|key|uuid|guid|code|index|idx|nr|no|number|serial|\w*nummer|phone|tel|telephone|telefono?|mobile|"
    r"isbn|ean|gtin|upc|barcode|iban|account|konto|customer|client|kunde|matricule|ssn)([ _.-].*)?",
    re.IGNORECASE,
)
CAMEL_ID = re.compile(r".*[a-z](Id|ID|Nr|No|Key|Code)")
WHO = re.compile(r"(.*[ _.-])?(?i:ids?|uuid|guid)|.*[a-z](Id|ID)")
"""Names of an id, and of nothing else."""

LONG = 9
"""Digits of a number that no two rows share, and that all have, from which on it is taken for a code."""

MOMENT = re.compile(r"time|date|stamp|zeit|datum|fecha|epoch|unix", re.IGNORECASE)
"""What moments are called, which may be counted in seconds."""

LAST_TARGETS = frozenset(["target", "label", "labels", "y", "class", "outcome", "response"])
"""Names that make a column the target wherever it stands last."""

SURE_TARGETS = frozenset(["target", "label", "outcome", "survived", "verdict", "diagnosis"])
"""Names that make a column the target wherever it stands, unless the last one is called like a target too."""

ROW_NUMBER = "row number"
"""The nature of a column that numbers the rows."""


class Out(NamedTuple):
    """Why a column is left out: a word for its kind, and the sentence."""

    nature: str
    sentence: str


def nature_of(column: Column, rows: int) -> Out | None:
    """Return why `column` should be no input, by its name and values alone; None if nothing speaks against it."""
    title = quoted(column.name)
    back = take_back(column.name)
    there = column.values[~np.isnan(column.values)]
    if not len(there):
        return Out("empty", tr("{column} is empty and was left out.", column=title))
    if (there == there[0]).all() and len(there) == rows:
        value = column.levels[int(there[0])] if column.levels else f"{there[0]:.12g}"
        said = tr("{column} is {value} in every row and was left out.", column=title, value=quoted(value))
        return Out("constant", said)
    if (there == there[0]).all():
        said = tr("{column} has one value only, and gaps; it was left out.", column=title)
        return Out("constant", Note(said, back))
    different = len(np.unique(there))
    if column.kind == "number" and different == len(there) == rows and (there == np.round(there)).all():
        steps = np.diff(there)
        if (steps == 1).all() and there[0] in (0, 1) and ROW_NAME.fullmatch(column.name):
            return Out(ROW_NUMBER, Note(tr("{column} numbers the rows and was left out.", column=title), back))
        if ROW_NAME.fullmatch(column.name) or ID_NAME.fullmatch(column.name) or CAMEL_ID.fullmatch(column.name):
            return Out("id", Note(tr("{column} names the rows (an id) and was left out.", column=title), back))
        if _long(there) and not MOMENT.search(column.name):
            number = f"{there[0]:.0f}"
            said = tr(
                "{column} has another number of {digits} digits in every row, such as {number}: it was taken for a "
                "code and left out.",
                column=title,
                digits=len(number),
                number=number,
            )
            return Out("id", Note(said, back))
    if column.kind == "text":
        if different == len(there):
            if len(there) == rows:
                said = en("{column} has a different text in every row, such as {text}, and was left out.")
                return Out("id", tr(said, column=title, text=_example(column)))
            said = tr(
                "{column} has a text in {n} of {rows} rows, each another, such as {text}, and was left out.",
                column=title,
                n=f"{len(there):,}",
                rows=f"{rows:,}",
                text=_example(column),
            )
            return Out("id", Note(f"{said} {hint()}" if headed(column.values) else said, back))
        said = tr(
            "{column} has {n} different texts, such as {text}, too many for 0/1 columns, and was left out.",
            column=title,
            n=f"{different:,}",
            text=_example(column),
        )
        return Out("text", Note(said, back))
    return None


def _example(column: Column) -> str:
    """A text of the column, one that is no number if there is one: it is why the column is no column of numbers."""
    texts = [text for text in column.first if text] or list(column.levels)
    words = (text for text in (*texts, *column.levels) if not looks_like_number(text))
    return quoted(next(words, next(iter(texts), "")))


def _long(numbers: NDArray[np.float64]) -> bool:
    """Whether all numbers have the same, large number of digits."""
    low, high = float(numbers.min()), float(numbers.max())
    return low > 0 and len(f"{low:.0f}") == len(f"{high:.0f}") >= LONG


def called_id(column: Column) -> bool:
    """Return whether a column of whole numbers is called an id."""
    there = column.values[~np.isnan(column.values)]
    return column.kind == "number" and WHO.fullmatch(column.name) is not None and bool((there == np.round(there)).all())


def target_of(columns: Sequence[Column], natures: dict[str, Out]) -> str:
    """Return the likeliest target: the last column that can be one, or one that is called so."""
    able = [column.name for column in columns if _able(column, natures)]
    able = able or [column.name for column in columns]
    last = able[-1]
    if last.casefold() in LAST_TARGETS:
        return last
    return next((name for name in able if name.casefold() in SURE_TARGETS), last)


def _able(column: Column, natures: dict[str, Out]) -> bool:
    return column.name not in natures or natures[column.name].nature == "text" or bool(word_classes(column))
