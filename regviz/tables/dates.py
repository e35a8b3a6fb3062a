"""Texts that are dates or times: they become days since 1 January 1970, or hours."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

_CLOCK = r"(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d(?:[.,]\d+)?))?"
_TIME = rf"(?:[T ,]+{_CLOCK}\s?(?P<half>[AaPp]\.?[Mm]\.?)?\s?(?P<zone>Z|UTC|[+-]\d\d:?\d\d)?)?"
YEAR_FIRST = re.compile(r"(?P<year>[12]\d{3})([-/.])(?P<month>\d{1,2})(?:\2(?P<day>\d{1,2})" + _TIME + ")?")
YEAR_LAST = re.compile(r"(?P<one>\d{1,2})(?P<sign>[-/.])\s?(?P<two>\d{1,2})\2\s?(?P<year>\d{4}|\d\d)" + _TIME)
NAMED = re.compile(
    r"(?:\w{2,9}\.?,? )?"
    r"(?:(?P<day>\d{1,2})\.?[ -](?P<name>[^\W\d_]{3,9})\.?[ -]|(?P<name2>[^\W\d_]{3,9})\.? (?P<day2>\d{1,2}),? )"
    r"(?P<year>[12]\d{3}|\d\d)" + _TIME
)
MONTH = re.compile(r"(?P<name>[^\W\d_]{3,9})\.?[ -](?P<year>[12]\d{3})")
COMPACT = re.compile(r"(?P<year>(?:19|20)\d\d)(?P<month>0[1-9]|1[0-2])(?P<day>0[1-9]|[12]\d|3[01])", re.ASCII)
CLOCK = re.compile(_CLOCK)
PIVOT = 30
"""Years of two digits from here on are of the last century, as in office programs."""

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
GERMAN = {"mär": 3, "mrz": 3, "mai": 5, "okt": 10, "dez": 12}
EPOCH = date(1970, 1, 1).toordinal()


class Dates(NamedTuple):
    """Numbers for texts, and what they are."""

    values: dict[str, float]
    note: str


def dates(texts: Iterable[str], day_first: bool | None, comma: bool) -> Dates | None:
    """`texts` as dates or times if all of them are, else None.

    day_first   whether 01/02/2024 is in February; None to tell by the others, or else by `comma`, whether the file has
                decimal commas
    """
    texts = list(texts)
    if clock := [CLOCK.fullmatch(text) for text in texts]:
        hours = {text: _hours(found) for text, found in zip(texts, clock, strict=True) if found}
        if len(hours) == len(texts) and max(hours.values()) <= 48:
            return Dates(hours, "times of day were read as hours")
    last = [found for text in texts if (found := YEAR_LAST.fullmatch(text))]
    first, note = _order(last, day_first, comma)
    values: dict[str, float] = {}
    for text in texts:
        days = _days(text, first)
        if days is None:
            return None
        values[text] = days
    note += _short_years(texts)
    return Dates(values, f"dates were read as days since 1 January 1970{note}") if values else None


def from_stored(value: Any) -> float | None:
    """A stored date, time or duration as a number (days, hours), or None."""
    if isinstance(value, datetime):
        return _moment(value)
    if isinstance(value, date):
        return float(value.toordinal() - EPOCH)
    if isinstance(value, time):
        return value.hour + value.minute / 60 + value.second / 3600 + value.microsecond / 3.6e9
    if isinstance(value, timedelta):
        return value.total_seconds() / 86400
    return None


def _order(found: list[re.Match[str]], day_first: bool | None, comma: bool) -> tuple[bool, str]:
    """Whether the day stands before the month, and a note if that is a guess."""
    if day_first is not None or not found:
        return bool(day_first), ""
    ones, twos = max(int(one["one"]) for one in found), max(int(one["two"]) for one in found)
    if ones > 12 or twos > 12:
        return ones > 12, ""
    first = comma or found[0]["sign"] == "."
    if found[0]["sign"] == ".":
        return True, ""
    order, other = ("day", "month") if first else ("month", "day")
    return first, f", the {order} before the {other} in {found[0][0]!r} (day_first={not first} reads it the other way)"


def _short_years(texts: list[str]) -> str:
    """What is to be said of years of two digits."""
    for text in texts:
        found = YEAR_LAST.fullmatch(text) or NAMED.fullmatch(text)
        if found and len(found["year"]) == 2:
            return f", years of two digits as 19{PIVOT} to 20{PIVOT - 1} ({text!r} is in {_year(found['year'])})"
    return ""


def _year(digits: str) -> int:
    year = int(digits)
    return year if len(digits) == 4 else year + (2000 if year < PIVOT else 1900)


def _days(text: str, day_first: bool) -> float | None:
    for pattern in (YEAR_FIRST, YEAR_LAST, NAMED, MONTH, COMPACT):
        if found := pattern.fullmatch(text):
            break
    else:
        return None
    parts = found.groupdict()
    year = _year(parts["year"])
    if pattern is YEAR_LAST:
        one, two = int(parts["one"]), int(parts["two"])
        day, month = (one, two) if day_first else (two, one)
    else:
        word = (parts.get("name") or parts.get("name2") or "").lower()
        named = MONTHS.index(word[:3]) + 1 if word[:3] in MONTHS else GERMAN.get(word[:3], 0)
        month = int(parts["month"]) if pattern in (YEAR_FIRST, COMPACT) else named
        day = int(parts.get("day") or parts.get("day2") or 1)
    try:
        days = float(date(year, month, day).toordinal() - EPOCH)
    except ValueError:
        return None
    return days + _hours(found) / 24 if parts.get("hour") else days


def _hours(found: re.Match[str]) -> float:
    parts = found.groupdict()
    hours = int(parts["hour"])
    if half := (parts.get("half") or "").lower().replace(".", ""):
        hours = hours % 12 + 12 * (half == "pm")
    value = hours + int(parts["minute"]) / 60 + float((parts.get("second") or "0").replace(",", ".")) / 3600
    zone = parts.get("zone") or ""
    if zone[:1] in ("+", "-"):
        offset = int(zone[1:3]) + int(zone[-2:]) / 60
        value -= offset if zone[0] == "+" else -offset
    return value


def _moment(value: datetime) -> float:
    offset = value.utcoffset()
    days = float(value.toordinal() - EPOCH)
    seconds = value.hour * 3600 + value.minute * 60 + value.second + value.microsecond / 1e6
    return days + (seconds - (offset.total_seconds() if offset else 0)) / 86400
