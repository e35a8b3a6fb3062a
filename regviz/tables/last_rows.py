"""First and last rows that are the whole of which the others are parts: a country above its regions."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from .errors import quoted
from .first_line import plain
from .footnotes import note_new
from .missing import is_blank
from .numbers import looks_like_number
from .rows import Row
from .sums import labelled, numbers_of, statistic, unlabelled

_SUM = (
    "total[e]?s? totalt totaal totale suma summa summe sum insgesamt gesamt zusammen zus ogółem razem łącznie celkem"
    " spolu yhteensä samtliga riket landet ensemble entière entier nacional national nazionale alle all overall whole"
    " összesen ukupno toplam итого всего разом σύνολο hela i.alt w.kraju kraj bund"
)
CALLED = re.compile(rf"(?:{'|'.join(_SUM.split())})\.?(?:\b.*)?|.*\b(?:{'|'.join(_SUM.split())})\.?", re.IGNORECASE)
"""What a row may be called that is the sum of the others, with more words: "Total Nacional", "Bund insgesamt"."""

_LANDS = (
    "españa spain polska poland deutschland germany bundesgebiet bundesrepublik france métropole italia italy"
    " sverige sweden norge norway danmark denmark suomi finland österreich austria schweiz suisse svizzera"
    " switzerland nederland netherlands belgië belgique belgium portugal ireland česko czechia slovensko"
    " magyarország hungary românia romania hrvatska slovenija ελλάδα greece türkiye turkey россия russia"
    " україна ukraine україна japan 全国 日本 中国 china india usa brasil brazil argentina chile méxico mexico"
    " colombia perú canada australia england uk europe europa eu world welt monde mundo"
)
LANDS = frozenset(_LANDS.split())
"""What a whole is called whose parts are regions, in small letters."""

FEWEST, FEWEST_CALLED = 12, 3
"""Rows with a count above zero at least that tell a sum whatever it is called, and if it is called so."""

NEAR = 0.02
"""Share of the whole by which its parts may miss it, where some are unknown or rounded."""


def written(row: Row) -> str:
    """What stands in a row, for a sentence."""
    return " ".join(str(cell) for cell in row.cells if not is_blank(cell))


def without_whole(rows: list[Row], place: int, numeric: Sequence[int], notes: list[str]) -> list[Row]:
    """`rows` without the one at `place` (0 or -1) if it is the sum of the others; a note says so, or that it may be."""
    row = rows[place]
    others = rows[1:] if place == 0 else rows[:-1]
    found = _whole(row, others, numeric)
    if found:
        which, what = found
        line = f"Line {row.line}, {quoted(written(row))}, was"
        if which:
            notes.append(f"{line} skipped: {what}; whole=True reads each line as a row.")
            return others
        notes.append(f"{line} read as a row, though {what}; if it sums them up, delete the line.")
    return rows


def _whole(row: Row, others: Sequence[Row], numeric: Sequence[int]) -> tuple[bool, str] | None:
    """Whether a row is the whole for certain, and why; None if nothing tells."""
    filled, text = labelled(row)
    if len(others) < FEWEST_CALLED or not filled or looks_like_number(text):
        return None
    texts = [k for k in filled if k not in numeric]
    if not texts or any(plain(other.cells[k]) == plain(row.cells[k]) for other in others for k in texts):
        return None
    called = CALLED.fullmatch(text) is not None
    land = not called and any(word in LANDS for word in text.casefold().split())
    beyond = False
    for k in numeric:
        for whole, parts, step in numbers_of(row, others, k):
            positive = [part for part in parts if part > 0]
            if min(parts, default=-1) < 0 or len(positive) < FEWEST_CALLED or whole <= max(parts):
                continue
            beyond = True
            total = math.fsum(parts)
            exact = abs(total - whole) <= 0.51 * step + 1e-9 * whole
            near = abs(total - whole) <= NEAR * whole and whole > 2 * max(parts)
            if exact and (called or land or len(positive) >= FEWEST):
                return True, f"{quoted(row.cells[k])} is the sum of all others in its column"
            if near and (called or land):
                return True, f"{quoted(row.cells[k])} is nearly the sum of all others in its column"
            if near and len(positive) >= FEWEST:
                return False, f"{quoted(row.cells[k])} is nearly the sum of all others in its column"
    if called and beyond and not statistic(text):
        return False, "it is called like a sum"
    return None


def without_last(rows: list[Row], numbers: list[int], notes: list[str]) -> list[Row]:
    """`rows`, names first, without the last one if it has the sums or means of the columns, and a note; one that only
    is called so, or unlike the others, is pointed out."""
    what = unlabelled(rows[-1], rows[1:-1], numbers) or unlabelled(rows[-1], rows[:-1], numbers)
    if what:
        notes.append(
            f"Line {rows[-1].line}, {quoted(written(rows[-1]))}, was skipped: it has the {what} of the columns above; "
            "whole=True reads each line as a row."
        )
        rows = rows[:-1]
    elif len(rows) > 1 + FEWEST_CALLED:
        before = len(notes)
        rows = [rows[0], *without_whole(rows[1:], -1, numbers, notes)]
        if len(notes) > before:
            return rows
    _point_out_last(rows, numbers, notes)
    return rows


def _point_out_last(rows: list[Row], numbers: list[int], notes: list[str]) -> None:
    """Note a last row that is called like a statistic though its numbers are none of those above."""
    filled, text = labelled(rows[-1])
    if len(rows) < 4 or not filled or not numbers or filled[0] in numbers:
        return
    if not statistic(text):
        note_new(rows[-1], rows[1:-1], numbers, written(rows[-1]), notes)
        return
    if all(plain(row.cells[filled[0]]) != text for row in rows[1:-1]):
        notes.append(
            f"Line {rows[-1].line}, {quoted(written(rows[-1]))}, was read as a row; if it sums up the others, "
            "delete the line."
        )
