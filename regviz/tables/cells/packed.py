"""Days and times of day that are written as bare digits, in other ways than 20230115: 230115, 15012023, 2023015, 1545.

Such texts are numbers as well. All of a column have to be days, and its name has to say so; else it is pointed out."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date, timedelta
from typing import Any, NamedTuple

import numpy as np

from ...language import en
from .date_forms import EPOCH, year_of
from .dates import compact
from .missing import is_missing

_YEAR, _SHORT = r"(?P<year>(?:19|20)\d\d)", r"(?P<year>\d\d)"
_LATE_MONTH, _LATE_DAY = r"(?P<month>0[1-9]|1[0-2])", r"(?P<day>0[1-9]|[12]\d|3[01])"
_MONTH, _DAY = r"(?P<month>0?[1-9]|1[0-2])", r"(?P<day>0?[1-9]|[12]\d|3[01])"
LONGEST, LARGEST = 14, 1e14
"""Digits of a moment at most, to the second."""

LAYOUTS = (
    (en("year, month, day"), re.compile(_YEAR + _LATE_MONTH + _LATE_DAY, re.ASCII)),
    (en("year, month, day"), re.compile(_SHORT + _LATE_MONTH + _LATE_DAY, re.ASCII)),
    (en("day, month, year"), re.compile(_DAY + _LATE_MONTH + _YEAR, re.ASCII)),
    (en("month, day, year"), re.compile(_MONTH + _LATE_DAY + _YEAR, re.ASCII)),
    (en("day, month, year"), re.compile(_DAY + _LATE_MONTH + _SHORT, re.ASCII)),
    (en("month, day, year"), re.compile(_MONTH + _LATE_DAY + _SHORT, re.ASCII)),
    (en("year, month"), re.compile(_YEAR + _LATE_MONTH, re.ASCII)),
    (en("year, day of the year"), re.compile(_YEAR + r"(?P<yearday>\d{3})", re.ASCII)),
)
"""Orders of the parts of a day; a first zero may be lost, as in a spreadsheet."""

_DAYS = "dates?|datum|day|tag|dt|dob|fecha|dato|datetime|timestamp|y+m+d+|d+m+y+|m+d+y+|jour|giorno|дата"
_MONTHS = "months?|monat|period|mes|mois"
DAY_NAME = re.compile(
    rf"(?:.*[\W_])?(?:{_DAYS}|{_MONTHS})(?:[\W_\d].*)?|.*[a-zäöüß](?:datum|date|Date|Tag)|.*(?:日期|日付|年月日|날짜).*",
    re.IGNORECASE,
)
"""What columns of days are called."""

TIME_NAME = re.compile(
    r"(?:.*[\W_])?(?:time|hour|hhmm|uhrzeit|zeit|heure|hora|ora|время|時刻|时间)(?:[\W_].*)?", re.IGNORECASE
)
CLOCK = re.compile(r"\d{1,2}|(?:1?\d|2[0-3]|0\d)[0-5]\d", re.ASCII)

FEW, FEW_LONG, FEW_TIMES = 5, 2, 5
"""Different texts by which days are told without a name, those that begin with a year, and times of day with one."""


class Packed(NamedTuple):
    """Days since 1970 for texts of digits, the order of their parts, how else they may be read, and whether the
    column's name says that they are days."""

    values: dict[str, float]
    order: str
    other: str
    named: bool


def packed(name: str, texts: Collection[str], day_first: bool | None = None) -> Packed | None:
    """Return `texts` of column `name` as days if each of them is one, else None.

    Of several orders that fit, the usual one is taken unless another spans far fewer days; `day_first` says whether
    the day stands before the month where the year is last.
    """
    first = next(iter(texts), "")
    if not 5 <= len(first) <= 8 or not first.isdigit():
        return None
    says = DAY_NAME.fullmatch(name) is not None
    few = FEW_LONG if len(first) == 8 and LAYOUTS[0][1].fullmatch(first) else FEW
    if not says and (len(texts) < few or len(set(map(len, texts))) > 1):
        return None
    unwanted = (
        {True: en("month, day, year"), False: en("day, month, year")}.get(day_first) if day_first is not None else ""
    )
    found = [(order, days) for order, form in LAYOUTS if order != unwanted and (days := _days(form, texts))]
    if not found:
        return None
    spans = [max(days.values()) - min(days.values()) for _, days in found]
    order, days = next(one for one, span in zip(found, spans, strict=True) if span <= 2 * min(spans))
    other = next((another for another, values in found if values != days), "")
    return Packed(days, order, other, says)


def _days(form: re.Pattern[str], texts: Collection[str]) -> dict[str, float]:
    """The days of all texts, {} if one of them has another form or does not exist."""
    days: dict[str, float] = {}
    for text in texts:
        if (found := form.fullmatch(text)) is None:
            return {}
        given = found.groupdict()
        year = year_of(given["year"])
        try:
            if "yearday" in given:
                day = date(year, 1, 1) + timedelta(int(given["yearday"]) - 1)
                if day.year != year:
                    return {}
            else:
                day = date(year, int(given["month"]), int(given.get("day") or 1))
        except ValueError:
            return {}
        days[text] = float(day.toordinal() - EPOCH)
    return days


def may_be_days(name: str, cells: Any) -> bool:
    """Return whether cells that are all texts of digits, or whole numbers, may be days or times of day."""
    if isinstance(cells, np.ndarray):
        if cells.dtype.kind not in "iuf" or not len(cells) or abs(float(cells[0])) > LARGEST:
            return False
        cells = np.unique(cells[~np.isnan(cells)] if cells.dtype.kind == "f" else cells).tolist()
    texts: set[str] = set()
    says = bool(DAY_NAME.fullmatch(name) or TIME_NAME.fullmatch(name))
    length = 0
    for cell in cells:
        text = cell if isinstance(cell, str) else str(int(cell)) if _whole(cell) else ""
        if text.isdigit() and len(text) <= LONGEST and (says or len(text) == length or (not length and len(text) > 5)):
            texts.add(text)
            length = len(text)
        elif text or not is_missing(cell):
            return False
    return bool(compact(list(texts)) or packed(name, texts) or clocks(name, texts))


def _whole(cell: Any) -> bool:
    return isinstance(cell, (int, float)) and not isinstance(cell, bool) and 0 < cell < LARGEST and cell == int(cell)


def clocks(name: str, texts: Collection[str]) -> str:
    """Return one of `texts` such as "1545" if all of column `name` may be hours and minutes, "" if not."""
    if not TIME_NAME.fullmatch(name) or not all(map(CLOCK.fullmatch, texts)):
        return ""
    long = [text for text in texts if len(text.lstrip("0")) > 2]
    return long[0] if len(long) >= FEW_TIMES and any(int(text) % 50 for text in long) else ""
