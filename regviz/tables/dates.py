"""Texts that are dates or times: they become days since 1 January 1970, or hours."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

_CLOCK = r"(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d(?:[.,]\d+)?))?"
_HALF = r"(?:\s?(?P<half>[AaPp]\.?[Mm]\.?))?"
_TIME = rf"(?:[T ,]+{_CLOCK}{_HALF}\s?(?P<zone>Z|UTC|[+-]\d\d:?\d\d)?)?"
YEAR_FIRST = re.compile(r"(?P<year>[12]\d{3}|0000)([-/.])(?P<month>\d{1,2})(?:\2(?P<day>\d{1,2})" + _TIME + ")?")
YEAR_LAST = re.compile(r"(?P<one>\d{1,2})(?P<sign>[-/.])\s?(?P<two>\d{1,2})\2\s?(?P<year>\d{4}|\d\d)" + _TIME)
NAMED = re.compile(
    r"(?:\w{2,9}\.?,? )?"
    r"(?:(?P<day>\d{1,2})\.?[ -](?P<name>[^\W\d_]{3,9})\.?[ -]|(?P<name2>[^\W\d_]{3,9})\.? (?P<day2>\d{1,2}),? )"
    r"(?P<year>[12]\d{3}|\d\d)" + _TIME
)
MONTH = re.compile(r"(?P<name>[^\W\d_]{3,9})\.?[ -](?P<year>[12]\d{3})")
COMPACT = re.compile(
    r"(?P<year>(?:19|20)\d\d)(?P<month>0[1-9]|1[0-2])(?:(?P<day>0[1-9]|[12]\d|3[01])"
    r"(?:[T ]?(?P<hour>[01]\d|2[0-3])(?:(?P<minute>[0-5]\d)(?P<second>[0-5]\d)?)?(?P<zone>Z)?)?)?",
    re.ASCII,
)
"""202401, 20240115, 2024011510, 202401151015, 20240115101500, 20240115T101500Z."""

FORMS = (YEAR_FIRST, YEAR_LAST, NAMED, MONTH, COMPACT)

CLOCK = re.compile(_CLOCK + _HALF + "(?: ?Uhr)?")
HOUR = re.compile(r"(?P<hour>\d{1,2})(?P<minute>)\s?(?P<half>[AaPp]\.?[Mm]\.?)", re.ASCII)
DOTTED = re.compile(r"(?P<hour>\d{1,2})(?:\.(?P<minute>\d\d)(?P<word> ?Uhr)?|(?P<whole> ?Uhr))", re.ASCII)
"""Times of day with a dot: "12.30" might as well be a number."""

LOOKED_AT = 50
"""Texts of a column of which one at least is a date if it is a column of dates."""

PIVOT = 30
"""Years of two digits from here on are of the last century, as in office programs."""

LATEST = 48.0
"""Hours of a time of day: those of a night shift are counted on."""

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
GERMAN = {"mär": 3, "mrz": 3, "mai": 5, "okt": 10, "dez": 12}
EPOCH = date(1970, 1, 1).toordinal()

FEW_COMPACT, FEW_LONGER = 5, 3
"""Different texts of six or eight digits, or of more, that a column has at least if they are taken for dates."""

SPAN = re.compile(r"(?P<year>[12]\d{3})[-/](?P<end>\d\d)")
LONGEST_SPAN = 20
"""Years of a season or a band at most."""

FEW, MANY, SPREAD = 5, 6, 3
"""Different texts, and different parts before the dot, by which "12.03" is told to be no number."""


class Dates(NamedTuple):
    """Numbers for the texts that are dates, what they are, and the other texts.

    impossible   of the others those that look like dates, such as 31.02.2024
    conflict     two texts of which one has the day first and the other the month, or none
    """

    values: dict[str, float]
    note: str
    others: tuple[str, ...] = ()
    impossible: tuple[str, ...] = ()
    conflict: tuple[str, ...] = ()


def dates(texts: Iterable[str], day_first: bool | None, comma: bool, *, dotted: bool = False) -> Dates:
    """What of `texts` is a date, or else a time of day.

    day_first   whether 01/02/2024 is in February; None to tell by the others, or else by `comma`, whether the file has
                decimal commas
    dotted      whether 12.30 is a time of day
    """
    texts = list(texts)
    if not any(form.fullmatch(text) for text in texts[:LOOKED_AT] for form in (*FORMS, CLOCK, HOUR, DOTTED)):
        return Dates({}, "", tuple(texts))
    times = _times(texts, dotted)
    if 2 * len(times.values) > len(texts):
        return times
    last = [found for text in texts if (found := YEAR_LAST.fullmatch(text))]
    order = _order(last, day_first, comma)
    if order.conflict:
        return Dates({}, "", tuple(texts), (), order.conflict)
    values: dict[str, float] = {}
    impossible: list[str] = []
    for text in texts:
        if found := next((match for form in FORMS if (match := form.fullmatch(text))), None):
            days = _days(found, order.first.get(found.groupdict().get("sign") or "", False))
            if days is not None:
                values[text] = days
            elif found.groupdict().get("day") or (found.re is YEAR_LAST and len(found["year"]) == 4):
                impossible.append(text)
    note = f"dates were read as days since 1 January 1970{order.note}{_short_years(values)}"
    return Dates(values, note, tuple(text for text in texts if text not in values), tuple(impossible))


def compact(texts: Sequence[str]) -> str:
    """What texts of digits are that are all dates of one length, such as 20240115: "eight digits", or "" for none."""
    if not texts or not COMPACT.fullmatch(texts[0]) or not all(map(COMPACT.fullmatch, texts)):
        return ""
    lengths = set(map(len, texts))
    length = lengths.pop()
    if lengths or len(set(texts)) < (FEW_COMPACT if length <= 8 else FEW_LONGER):
        return ""
    words = {6: "six", 8: "eight", 10: "ten", 12: "twelve", 14: "fourteen"}
    return f"{words.get(length, str(length))} digits" if texts[0].isdigit() else ""


def spans(texts: Sequence[str]) -> dict[str, float]:
    """The first years of texts such as 2005-06 if they are seasons or bands of years rather than months, else {}.

    They are if all are equally long, or if one ends in a year that is no month ("2012-13") and none ends before it
    begins.
    """
    found = [match for text in texts if (match := SPAN.fullmatch(text))]
    long = {(int(match["end"]) - int(match["year"])) % 100 for match in found}
    if len(found) < 2 or 2 * len(found) <= len(texts) or not 1 <= min(long) <= max(long) <= LONGEST_SPAN:
        return {}
    no_month = any(not 1 <= int(match["end"]) <= 12 for match in found)
    return {match[0]: float(match["year"]) for match in found} if no_month or len(long) == 1 else {}


def _times(texts: list[str], dotted: bool) -> Dates:
    values: dict[str, float] = {}
    impossible: list[str] = []
    for text in texts:
        found = CLOCK.fullmatch(text) or (dotted and (HOUR.fullmatch(text) or DOTTED.fullmatch(text))) or None
        if found:
            hours = _hours(found)
            if hours is not None and hours <= LATEST:
                values[text] = hours
            else:
                impossible.append(text)
    others = tuple(text for text in texts if text not in values)
    return Dates(values, "times of day were read as hours", others, tuple(impossible))


def dotted_as(texts: Sequence[str]) -> str:
    """What texts such as "08.15" are rather than numbers: "time", "day" (and month), "perhaps …", or "" for none.

    Numbers have no zero before their first digit; and of days and months, or of hours and minutes, no part is ever too
    large.
    """
    if any(map(HOUR.fullmatch, texts)) and all(HOUR.fullmatch(text) or CLOCK.fullmatch(text) for text in texts):
        return "time"
    found: list[re.Match[str]] = []
    for text in texts:
        if (match := DOTTED.fullmatch(text)) is None:
            return ""
        found.append(match)
    if not found:
        return ""
    wholes, ends = {one["hour"] for one in found}, {int(one["minute"] or 0) for one in found}
    hours = {int(whole) for whole in wholes}
    clock = max(ends) < 60 and max(hours) <= 24
    if any(one["word"] or one["whole"] for one in found):
        return "time" if clock else ""
    perhaps = "" if len(texts) >= FEW else "perhaps "
    if 1 <= min(ends) <= max(ends) <= 12 and 1 <= min(hours) <= max(hours) <= 31:
        return f"{perhaps}day" if len(hours) >= SPREAD and len(ends) > 1 else ""
    if clock and any(whole[0] == "0" and len(whole) == 2 for whole in wholes):
        return f"{perhaps}time"
    many = len(texts) >= MANY and max(hours) > 12 and len(hours) > SPREAD and not ends <= {0, 25, 50}
    return "perhaps time" if clock and many else ""


def from_stored(value: Any) -> float | None:
    """A stored date in days, a time or a duration in hours, or None."""
    if isinstance(value, datetime):
        return _moment(value)
    if isinstance(value, date):
        return float(value.toordinal() - EPOCH)
    if isinstance(value, time):
        return value.hour + value.minute / 60 + value.second / 3600 + value.microsecond / 3.6e9
    if isinstance(value, timedelta):
        return value.total_seconds() / 3600
    return None


class _Order(NamedTuple):
    """Whether the day stands before the month for each sign between them, a note if that is a guess, and two texts
    that contradict each other."""

    first: dict[str, bool]
    note: str = ""
    conflict: tuple[str, ...] = ()


def _order(found: list[re.Match[str]], day_first: bool | None, comma: bool) -> _Order:
    """How days and months stand in texts with the year last: by the texts that have a day after the 12th, else guessed.

    One text against ten is a slip.
    """
    signs = {one["sign"] for one in found}
    if day_first is not None or not found:
        return _Order(dict.fromkeys(signs, bool(day_first)))
    first: dict[str, bool] = {}
    doubtful: list[str] = []
    for sign in sorted(signs):
        told = Counter[bool]()
        shown: dict[bool, str] = {}
        for one in found:
            if one["sign"] == sign and (int(one["one"]) > 12) != (int(one["two"]) > 12):
                told[int(one["one"]) > 12] += 1
                shown.setdefault(int(one["one"]) > 12, one[0])
        if told:
            most, fewest = max(told.values()), told.total() - max(told.values())
            if 10 * fewest > most:
                return _Order({}, "", (shown[True], shown[False]))
            first[sign] = told[True] > told[False]
        else:
            doubtful.append(sign)
    note = ""
    for sign in doubtful:
        others = set(first.values())
        first[sign] = sign == "." or (others.pop() if len(others) == 1 else comma or "." in signs)
        if sign != ".":
            order, other = ("day", "month") if first[sign] else ("month", "day")
            shown_ = next(one[0] for one in found if one["sign"] == sign)
            way = f"day_first={not first[sign]} reads it the other way"
            note = f", the {order} before the {other} in {shown_!r} ({way})"
    return _Order(first, note)


def _short_years(texts: Iterable[str]) -> str:
    """What is to be said of years of two digits."""
    for text in texts:
        found = YEAR_LAST.fullmatch(text) or NAMED.fullmatch(text)
        if found and len(found["year"]) == 2:
            return f", years of two digits as 19{PIVOT} to 20{PIVOT - 1} ({text!r} is in {_year(found['year'])})"
    return ""


def _year(digits: str) -> int:
    year = int(digits)
    return year if len(digits) == 4 else year + (2000 if year < PIVOT else 1900)


def _days(found: re.Match[str], day_first: bool) -> float | None:
    """Days since 1970, None for a day that does not exist."""
    parts = found.groupdict()
    year = _year(parts["year"])
    if found.re is YEAR_LAST:
        one, two = int(parts["one"]), int(parts["two"])
        day, month = (one, two) if day_first else (two, one)
    else:
        word = (parts.get("name") or parts.get("name2") or "").lower()
        named = MONTHS.index(word[:3]) + 1 if word[:3] in MONTHS else GERMAN.get(word[:3], 0)
        month = int(parts["month"]) if found.re in (YEAR_FIRST, COMPACT) else named
        day = int(parts.get("day") or parts.get("day2") or 1)
    try:
        days = float(date(year, month, day).toordinal() - EPOCH)
    except ValueError:
        return None
    if not parts.get("hour"):
        return days
    hours = _hours(found)
    return None if hours is None else days + hours / 24


def _hours(found: re.Match[str]) -> float | None:
    """Hours of a time of day, None for one that does not exist."""
    parts = found.groupdict()
    hours, minutes = int(parts["hour"]), int(parts["minute"] or 0)
    seconds = float((parts.get("second") or "0").replace(",", "."))
    half = (parts.get("half") or "").lower().replace(".", "")
    if minutes >= 60 or seconds >= 61 or (half and not 1 <= hours <= 12):
        return None
    if half:
        hours = hours % 12 + 12 * (half == "pm")
    value = hours + minutes / 60 + seconds / 3600
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
