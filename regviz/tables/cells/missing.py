"""What stands for a value that is missing."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import numpy as np

ERROR = re.compile(r"#[¡¿]?[A-ZÀ-Ý/0_]{2,}[!?]|#N/?[AVD]( N/A)?|#{3,}|#GETTING_DATA")
"""What a cell shows whose formula failed, in any language of the spreadsheet."""

ALWAYS = frozenset({"", "nan", "n/a", "null", "<na>", "nat", "?", "-nan", "1.#qnan", "-1.#ind", "\\n", "#n/a"})
"""Texts (in small letters) that are no value in any column."""

_WORDS = (
    "na none - -- --- – — . .. ... : n.a. k.a. nil missing unknown unk inf -inf +inf infinity -infinity x * n/d nd tbd "
    "(null) (blank) void"
)
AMONG_NUMBERS = frozenset(_WORDS.split())
"""Texts that are no number; in a column of texts they may well be a class of their own."""


_NEVER = "na none n.a. k.a. - -- – — . inf -inf +inf infinity"
NEVER_NAMES = frozenset(_NEVER.split())
"""Of these, the ones that are no name of a column either."""


def is_no_number(text: str) -> bool:
    """Return whether a text stands where a number is missing."""
    return is_missing(text) or text.lower() in AMONG_NUMBERS


def is_blank(cell: Any) -> bool:
    """Return whether there is nothing in a cell."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:[.,]\d+)?(?:[eE][+-]?\d{1,3})?", re.ASCII)


class Missing:
    """Texts that a person calls missing; of those that are numbers, other ways of writing them ("999", "999.0") too."""

    def __init__(self, texts: Iterable[str]) -> None:
        self.texts = frozenset(texts)
        self.numbers = frozenset(float(text.replace(",", ".")) for text in self.texts if NUMBER.fullmatch(text))

    def __bool__(self) -> bool:
        return bool(self.texts)

    def __contains__(self, cell: Any) -> bool:
        if isinstance(cell, str):
            text = cell.strip()
            number = bool(self.numbers) and NUMBER.fullmatch(text) is not None
            return text in self.texts or (number and float(text.replace(",", ".")) in self.numbers)
        if isinstance(cell, (bool, np.bool_)):
            return str(cell) in self.texts
        return str(cell) in self.texts or (isinstance(cell, (int, float, np.number)) and cell in self.numbers)


NOTHING = Missing(())


def is_missing(cell: Any, extra: Missing = NOTHING) -> bool:
    """Return whether a cell has no value whatever its column holds: blank, None, NaN, NaT, an error of a
    spreadsheet.
    """
    if cell is None:
        return True
    if isinstance(cell, str):
        if not extra and cell[:1].isdigit() and "#" not in cell:
            return False
        text = cell.strip()
        return text.lower() in ALWAYS or ERROR.fullmatch(text) is not None or (bool(extra) and cell in extra)
    if isinstance(cell, (bool, int)):
        return bool(extra) and cell in extra
    try:
        if bool(cell != cell):  # NaN and NaT
            return True
    except ArithmeticError:  # a decimal NaN that signals
        return True
    except (TypeError, ValueError):
        return str(cell) in ("<NA>", "NaT")  # pandas' NA answers no question
    return cell is np.ma.masked or str(cell) in ("NaT", "<NA>") or (bool(extra) and cell in extra)
