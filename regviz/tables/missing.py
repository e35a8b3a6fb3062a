"""What stands for a value that is missing."""

from __future__ import annotations

import re
from typing import Any

ERROR = re.compile(r"#[¡¿]?[A-ZÀ-Ý/0_]{2,}[!?]|#N/?[AVD]( N/A)?|#{3,}|#GETTING_DATA")
"""What a cell shows whose formula failed, in any language of the spreadsheet."""

ALWAYS = frozenset({"", "nan", "n/a", "null", "<na>", "nat", "?", "-nan", "1.#qnan", "-1.#ind", "\\n", "#n/a"})
"""Texts (in small letters) that are no value in any column."""

_WORDS = (
    "na none - -- --- – — . .. ... n.a. k.a. nil missing unknown unk inf -inf +inf infinity -infinity x * n/d nd tbd "
    "(null) (blank) void"
)
AMONG_NUMBERS = frozenset(_WORDS.split())
"""Texts that are no number; in a column of texts they may well be a class of their own."""


_NEVER = "na none n.a. k.a. - -- – — . inf -inf +inf infinity"
NEVER_NAMES = frozenset(_NEVER.split())
"""Of these, the ones that are no name of a column either."""


def is_blank(cell: Any) -> bool:
    """Whether there is nothing in a cell."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def is_missing(cell: Any, extra: frozenset[str] = frozenset()) -> bool:
    """Whether a cell has no value whatever its column holds: blank, None, NaN, NaT, an error of a spreadsheet."""
    if cell is None:
        return True
    if isinstance(cell, str):
        if not extra and cell[:1].isdigit() and "#" not in cell:
            return False
        text = cell.strip()
        return text.lower() in ALWAYS or ERROR.fullmatch(text) is not None or text in extra
    if isinstance(cell, (bool, int)):
        return bool(extra) and str(cell) in extra
    try:
        if bool(cell != cell):  # NaN and NaT
            return True
    except (TypeError, ValueError):
        return str(cell) in ("<NA>", "NaT")  # pandas' NA answers no question
    text = str(cell)
    return text in ("NaT", "<NA>") or text in extra or (isinstance(cell, float) and f"{cell:g}" in extra)
