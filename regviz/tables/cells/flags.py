"""Letters that statistical offices write behind a number (12.3 b, 12 p), and a colon where there is none."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from ...language import tr
from ..errors import counted, quoted, with_rows
from ..notes import Note
from .numbers import written

FLAGGED = re.compile(r"(?P<number>[+-]?\d[\d.,]*(?: \d{3})*(?:[.,]\d+)?)\s(?P<flags>[bcdefinprsuz]{1,4})", re.ASCII)
"""A number and flags as Eurostat has them: break, confidential, estimated, forecast, provisional, revised …"""

GAP = re.compile(r":(?:\s?(?P<flags>[bcdefinprsuz]{1,4}))?", re.ASCII)
CORNER = re.compile(r"[^\\]*\w\\\w[^\\]*")
"""The first name of a table of Eurostat, which names rows and columns: geo\\time."""


def unflagged(name: str, cells: Any, official: bool, notes: list[str]) -> Any:
    """Return the cells of a column without flags behind its numbers, and a note; `cells` itself where there are none.

    `official` says that a name of the file is as Eurostat writes it; else a colon tells, or several flags among numbers
    most of which have none.
    """
    if not isinstance(cells, list) or not any(_flagged(cell) for cell in cells):
        return cells
    texts = {k: cell.strip() for k, cell in enumerate(cells) if type(cell) is str and cell.strip()}
    numbers = {k: match for k, text in texts.items() if (match := FLAGGED.fullmatch(text))}
    gaps = {k: match for k, text in texts.items() if (match := GAP.fullmatch(text))}
    others = (text for k, text in texts.items() if k not in numbers and k not in gaps)
    if not all((one := written(text)) and not one.unit for text in others):
        return cells
    flags = Counter(match["flags"] for match in (*numbers.values(), *gaps.values()) if match["flags"])
    bare = len(texts) - len(numbers) - len(gaps)
    if not official and not gaps and (len(flags) < 2 or 2 * bare < len(texts)):
        return cells  # "5 s" and "3 d" have units
    first = texts[min(numbers)]
    said = tr(
        "{column}: flags behind numbers were left out, as in {text}: {flags}.",
        column=quoted(name),
        text=quoted(first),
        flags=with_rows(flags.items()),
    )
    notes.append(Note(said, column=name))
    if gaps:
        said = tr("{column}: ':' ({rows}) was read as missing.", column=quoted(name), rows=counted(len(gaps), "row"))
        notes.append(Note(said, column=name))
    return [None if k in gaps else numbers[k]["number"] if k in numbers else cell for k, cell in enumerate(cells)]


def _flagged(cell: Any) -> bool:
    return type(cell) is str and cell[-1:].isalpha() and FLAGGED.fullmatch(cell.strip()) is not None
