"""Numbers and dates that may stand for a missing value: -999, 1900-01-01. They are pointed out and kept."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from ...language import tr
from ..columns import Column
from ..errors import counted, quoted
from ..notes import Note, if_missing
from .date_forms import EPOCH

if TYPE_CHECKING:
    from numpy.typing import NDArray

MISSING_CODE = re.compile(r"-?(?:9+|8+|7+|9+[78])(?:\.9+|\.8+|\.7+)?|-[1-9]00|-[1-9]999")
"""Numbers that surveys and instruments write where there is no value: 99, -999, 7777, 88.8, 997, -200, -6999."""

ALONE = re.compile(r"-9{3,}(?:\.9+)?")
"""Of these, what may be one even if it is there only once."""

FEW_ROWS = 2
"""How often such a number stands there at least."""

LARGER = 0.75
"""What the largest of the others is of a positive one at most: 99 says nothing among 95 and 97."""

BEYOND = 3.0
"""Ranges of the others by which any number that is frequent is too far from them."""

FEW_OTHERS, MANY_OTHERS = 5, 8
"""Different other numbers at least by which that is told, and beside which a frequent -1 is no count."""

DAYS = {
    float(date(*day).toordinal() - EPOCH)
    for day in ((1, 1, 1), (1753, 1, 1), (1800, 1, 1), (1899, 12, 30), (1899, 12, 31), (1900, 1, 1), (1901, 1, 1))
} | {
    float(date(*day).toordinal() - EPOCH)
    for day in ((1904, 1, 1), (1960, 1, 1), (1970, 1, 1), (2099, 12, 31), (2100, 1, 1), (2999, 12, 31), (9999, 12, 31))
}
"""Days that programs write where there is none."""

YEARS = 3652.0
"""Days by which such a day is away from all others at least."""


def point_out_missing(column: Column, cells: Sequence[Any], notes: list[str]) -> None:
    """Note numbers and days that often stand for a missing value: known or frequent, and far outside the others."""
    if column.kind not in ("number", "date"):
        return
    values, counts = np.unique(column.values[~np.isnan(column.values)], return_counts=True)
    if len(values) < 3:
        return
    coded = _coded_days(values, counts) if column.kind == "date" else _coded_numbers(values, counts)
    if not coded.any():
        return
    others = values[~coded]
    low, high = (_shown(column, value) for value in (others.min(), others.max()))
    for place in np.flatnonzero(coded):
        row = int(np.flatnonzero(column.values == values[place])[0])
        written = isinstance(cells[row], str)
        known = column.kind == "number" and MISSING_CODE.fullmatch(f"{values[place]:.12g}")
        text = cells[row].strip() if written and not known else _shown(column, values[place], 12)
        said = tr(
            "{column} has {value} in {rows}, far from the others ({low} to {high}).",
            column=quoted(column.name),
            value=text,
            rows=counted(int(counts[place]), "row"),
            low=low,
            high=high,
        )
        if column.kind == "date" and not written:
            notes.append(f"{said} {tr('If that stands for a missing value, make it a gap.')}")
        else:
            notes.append(Note(said, if_missing(column.name, text)))


def _shown(column: Column, value: float, digits: int = 6) -> str:
    if column.kind == "date":
        return str(date.fromordinal(int(value) + EPOCH))
    return f"{value:.{digits}g}"


def _coded_numbers(values: NDArray[np.float64], counts: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Which of the different `values` (in order) are far outside, and look like codes or are frequent."""
    known = np.zeros(len(values), bool)
    for likely in np.flatnonzero((counts >= FEW_ROWS) | (values <= -999)):  # no others may be codes
        name = f"{values[likely]:.12g}"
        several = counts[likely] >= FEW_ROWS and MISSING_CODE.fullmatch(name) is not None
        known[likely] = several or ALONE.fullmatch(name) is not None
    others = values[~known]
    if len(others) < 2:
        return np.zeros(len(values), bool)
    low, high = others.min(), others.max()
    half = (high - low) / 2
    far = ((values > high + half) & (high < LARGER * values)) | (values < low - half) | ((values < 0) & (low >= 0))
    coded: NDArray[np.bool_] = known & far
    while True:  # 8 may be a code, but if it is none, 9 is not far from it
        low, high = values[~coded].min(), values[~coded].max()
        near = coded & (values > 0) & (values <= high + (high - low) / 2)
        if not near.any():
            break
        coded &= ~near
    while (place := _outermost(values, counts, coded)) is not None:
        coded[place] = True
    return coded


def _outermost(values: NDArray[np.float64], counts: NDArray[np.intp], coded: NDArray[np.bool_]) -> int | None:
    """The place of one more value that is frequent and far outside, None if there is none."""
    left = np.flatnonzero(~coded)
    if len(left) <= FEW_OTHERS:
        return None
    for place, rest in ((left[0], left[1:]), (left[-1], left[:-1])):
        low, high = values[rest[0]], values[rest[-1]]
        away = max(low - values[place], values[place] - high)
        minus_one = values[place] == -1 and low >= 0 and len(rest) >= MANY_OTHERS
        zero = values[place] == 0 and low > high - low and len(rest) >= MANY_OTHERS  # a pulse of 0 among 60 to 90
        if counts[place] >= FEW_ROWS and (away > BEYOND * (high - low) or minus_one or zero):
            return int(place)
    return None


def _coded_days(values: NDArray[np.float64], counts: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Which of the different days are years away from all others, and usual ones for that or frequent."""
    known = np.isin(np.floor(values), list(DAYS))
    others = values[~known]
    if len(others) < 2:
        return np.zeros(len(values), bool)
    low, high = others.min(), others.max()
    away = np.maximum(low - values, values - high)
    far: NDArray[np.bool_] = known & (away > max(YEARS, (high - low) / 2))
    return far
