"""First and last rows that are the whole of which the others are parts: a country above its regions."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from ...language import en, tr
from ..cells.missing import is_blank
from ..cells.numbers import looks_like_number
from ..errors import quoted
from ..notes import Note, every_line
from .first_line import plain
from .footnotes import note_new
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

SUM = en("Line {line}, {text}, was skipped: {cell} is the sum of all others in its column.")
NEARLY = en("Line {line}, {text}, was skipped: {cell} is nearly the sum of all others in its column.")
PERHAPS = en(
    "Line {line}, {text}, was read as a row, though {cell} is nearly the sum of all others in its column; if it sums "
    "them up, delete the line."
)
ONLY_CALLED = en(
    "Line {line}, {text}, was read as a row, though it is called like a sum; if it sums them up, delete the line."
)
"""What is said of such a row."""

MEANT = {
    "sums": en("Line {line}, {text}, was skipped: it has the sums of the columns above."),
    "means": en("Line {line}, {text}, was skipped: it has the means of the columns above."),
}


def written(row: Row) -> str:
    """Return what stands in a row, for a sentence."""
    return " ".join(str(cell) for cell in row.cells if not is_blank(cell))


def without_whole(rows: list[Row], place: int, numeric: Sequence[int], notes: list[str]) -> list[Row]:
    """Return `rows` without the one at `place` (0 or -1) if it is the sum of the others; a note says so, or that it may
    be.
    """
    row = rows[place]
    others = rows[1:] if place == 0 else rows[:-1]
    found = _whole(row, others, numeric)
    if found:
        sure, said, place = found
        cell = quoted(row.cells[place])
        note = tr(said, line=row.line, text=quoted(written(row)), cell=cell)
        notes.append(Note(note, every_line()) if sure else note)
        if sure:
            return others
    return rows


def _whole(row: Row, others: Sequence[Row], numeric: Sequence[int]) -> tuple[bool, str, int] | None:
    """Whether a row is the whole for certain, what to say of it, and by which cell; None if nothing tells."""
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
                return True, SUM, k
            if near and (called or land):
                return True, NEARLY, k
            if near and len(positive) >= FEWEST:
                return False, PERHAPS, k
    if called and beyond and not statistic(text):
        return False, ONLY_CALLED, filled[0]
    return None


def without_last(rows: list[Row], numbers: list[int], notes: list[str]) -> list[Row]:
    """Return `rows`, names first, without the last one if it has the sums or means of the columns, and a note; one that
    only is called so, or unlike the others, is pointed out."""
    what = unlabelled(rows[-1], rows[1:-1], numbers) or unlabelled(rows[-1], rows[:-1], numbers)
    if what:
        said = tr(MEANT[what], line=rows[-1].line, text=quoted(written(rows[-1])))
        notes.append(Note(said, every_line()))
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
            tr(
                "Line {line}, {text}, was read as a row; if it sums up the others, delete the line.",
                line=rows[-1].line,
                text=quoted(written(rows[-1])),
            )
        )
