"""Marks by which a spreadsheet program keeps a cell a text: ="001", and an apostrophe before it."""

from __future__ import annotations

import re
from typing import Any

from ...language import tr
from ..errors import counted, quoted
from ..notes import Note
from .numbers import looks_like_number

FORMULA = re.compile(r'\s*="((?:[^"]|"")*)"\s*')
APOSTROPHE = re.compile(r"\s*'([^']+)")


def unmarked(name: str, cells: Any, notes: list[str]) -> Any:
    """Return the cells of a column without such marks, and a note; `cells` itself where there are none.

    An apostrophe is one before a number, or before most texts.
    """
    if not isinstance(cells, list) or not _marked(cells):
        return cells
    texts = {k: cell for k, cell in enumerate(cells) if type(cell) is str and cell.strip()[:1] in ("=", "'")}
    if not texts:
        return cells
    formulas = {k: match[1] for k, cell in texts.items() if (match := FORMULA.fullmatch(cell))}
    before = {k: match[1] for k, cell in texts.items() if (match := APOSTROPHE.fullmatch(cell))}
    filled = sum(cell is not None and cell != "" for cell in cells)
    if 2 * len(before) <= filled:
        before = {k: text for k, text in before.items() if looks_like_number(text)}
    found = {k: text.replace('""', '"') for k, text in formulas.items()} | before
    if not found:
        return cells
    first = min(found)
    said = tr(
        "{column}: marks of a spreadsheet program that keep a cell a text were left out in {rows}, as in {text}, which "
        "was read as {read}.",
        column=quoted(name),
        rows=counted(len(found), "row"),
        text=quoted(cells[first].strip()),
        read=quoted(found[first]),
    )
    notes.append(Note(said, column=name))
    return [found.get(k, cell) for k, cell in enumerate(cells)]


def _marked(cells: list[Any]) -> bool:
    """Whether a cell may have a mark: one look at all of them together, since most columns have none."""
    try:
        joined = "\n".join(cells)
    except TypeError:  # not texts alone
        return True
    return "=" in joined or "'" in joined
