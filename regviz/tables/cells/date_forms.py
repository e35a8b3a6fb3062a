"""Ways of writing a date, with a time of day or without, and what each stands for in days and hours."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date

from .months import month_of

_CLOCK = r"(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d(?:[.,]\d+)?))?"
_HALF = r"(?:\s?(?P<half>[AaPp]\.?[Mm]\.?))?"
_BEHIND = r"(?P<hour>\d{1,2})(?:[:.]|\s?h\s?)(?P<minute>\d\d)(?:[:.](?P<second>\d\d(?:[.,]\d+)?))?"
ZONES = {"Z": 0, "UTC": 0, "GMT": 0, "WET": 0, "CET": 1, "MEZ": 1, "CEST": 2, "MESZ": 2, "EET": 2, "EEST": 3}
ZONES |= {"EST": -5, "EDT": -4, "MSK": 3, "JST": 9, "KST": 9}
"""Hours by which a zone is before Greenwich; names that several zones have are none."""

_ZONE = rf"(?P<zone>(?:{'|'.join(sorted(ZONES, key=len, reverse=True))})?(?:[+-]\d{{1,2}}(?::?\d\d)?)?)"
ZONE_BEHIND = re.compile(rf":\d\d(?:[.,]\d+)?\s?{_ZONE}$")
"""A time of day at the end, with its time zone."""

_EARLY = r"(?:(?P<early>上午|午前|오전)|(?P<late>下午|午後|오후))?\s?"
_TIME = rf"(?:(?:[T ,]+|(?<=[日일號号]))(?:(?:klo|at|um|à|a las|@) )?{_EARLY}{_BEHIND}{_HALF}(?: ?Uhr)?\s?{_ZONE})?"

_WEEKDAYS = (
    "mon(day)?|tues?(day)?|wed(nesday)?|thu(rs?|rsday)?|fri(day)?|sat(urday)?|sun(day)?|mo(ntag)?|di(enstag)?|"
    "mi(ttwoch)?|do(nnerstag)?|fr(eitag)?|sa(mstag)?|so(nntag|nnabend)?|lun(di|es|edì)?|mar(di|tes|tedì)?|"
    "mer(credi|coledì)?|mi[eé](rcoles)?|jeu(di)?|jue(ves)?|gio(vedì)?|ven(dredi|erdì)?|vie(rnes)?|sam(edi)?|"
    "s[aá]b(ado|ato)?|dim(anche)?|dom(ingo|enica)?|пн|вт|ср|чт|пт|сб|вс"
).replace("(", "(?:")
_DAY = rf"(?:(?i:{_WEEKDAYS})(?:\.,? ?|,? ))?"
_NAME = r"[^\W\d_]{3,12}"
_OF = r"(?: ?[-/.] ?|\.? | de | del | d['’]|)"
_LONG_YEAR = r"(?P<year>[12]\d{3}|000[01])"

YEAR_FIRST = re.compile(
    _DAY + _LONG_YEAR + r"([-/.])(?P<month>\d{1,2})(?:\2(?P<day>\d{1,2})(?:\s?\([^\W\d_]{1,9}\))?" + _TIME + ")?"
)
YEAR_LAST = re.compile(
    _DAY + r"(?P<one>\d{1,2})(?P<sign>[-/.])\s?(?P<two>\d{1,2})(?P=sign)\s?(?P<year>\d{4}|\d\d)" + _TIME
)
NAMED = re.compile(
    r"(?:\w{2,9}\.?,? )?"
    rf"(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th|er|º|°)?{_OF}(?P<name>{_NAME}){_OF}|"
    rf"(?P<name2>{_NAME})\.? (?P<day2>\d{{1,2}})(?:st|nd|rd|th)?,? )"
    r"(?P<year>[12]\d{3}|\d\d)(?: ?(?:г\.?|года|r\.|roku))?" + _TIME
)
STAMP = re.compile(
    rf"(?:{_NAME} )?(?P<name>{_NAME}) (?P<day>\d{{1,2}}) {_CLOCK} (?:(?P<zone>[A-Z]{{3,4}}) )?(?P<year>[12]\d{{3}})|"
    rf"(?P<day2>\d{{1,2}})/(?P<name2>{_NAME})/(?P<year2>[12]\d{{3}}):"
    r"(?P<hour2>\d\d):(?P<minute2>\d\d):(?P<second2>\d\d)(?: (?P<zone2>[+-]\d{4}))?"
)
"""Wed Jan 31 10:15:00 2024, as C writes it; 15/Jan/2024:10:15:00 +0100, as web servers do."""

MONTH = re.compile(rf"(?P<name>{_NAME})\.?(?:[ /-]| de )(?P<year>[12]\d{{3}}|(?<=-)\d\d|['’]\d\d)")
MONTH_FIRST = re.compile(r"(?P<month>0?[1-9]|1[0-2])[/-](?P<year>(?:19|20)\d\d)", re.ASCII)
SPACED = re.compile(r"(?P<year>[12]\d{3})\. ?(?P<month>\d{1,2})\. ?(?P<day>\d{1,2})\.?" + _TIME)
SIGNED = re.compile(
    r"(?P<year>[12]\d{3}) ?[年년] ?(?P<month>\d{1,2}) ?[月월](?: ?(?P<day>\d{1,2}) ?[日일號号](?:\s?\(\w\))?"
    + _TIME
    + ")?"
)
QUARTER = re.compile(r"(?P<year>(?:19|20)\d\d)[- /]?[QK](?P<quarter>[1-4])", re.ASCII)
QUARTER_FIRST = re.compile(r"(?:Q(?P<quarter>[1-4])|(?P<quarter2>[1-4])Q)[- /]?(?P<year>(?:19|20)\d\d)", re.ASCII)
WEEK = re.compile(r"(?P<year>(?:19|20)\d\d)-?W(?P<week>\d\d)(?:-?(?P<weekday>[1-7]))?", re.ASCII)
COMPACT = re.compile(
    r"(?P<year>(?:19|20)\d\d)(?P<month>0[1-9]|1[0-2])(?:(?P<day>0[1-9]|[12]\d|3[01])"
    r"(?:[T ]?(?P<hour>[01]\d|2[0-3])(?:(?P<minute>[0-5]\d)(?P<second>[0-5]\d)?)?(?P<zone>Z)?)?)?",
    re.ASCII,
)
"""202401, 20240115, 2024011510, 202401151015, 20240115101500, 20240115T101500Z."""

FORMS = (YEAR_FIRST, YEAR_LAST, NAMED, STAMP, MONTH, MONTH_FIRST, SPACED, SIGNED, QUARTER, QUARTER_FIRST, WEEK, COMPACT)

CLOCK = re.compile(_CLOCK + _HALF + "(?: ?Uhr)?")
HOUR = re.compile(r"(?P<hour>\d{1,2})(?P<minute>)\s?(?P<half>[AaPp]\.?[Mm]\.?)", re.ASCII)
DOTTED = re.compile(r"(?P<hour>\d{1,2})(?:\.(?P<minute>\d\d)(?P<word> ?Uhr)?|(?P<whole> ?Uhr))", re.ASCII)
"""Times of day with a dot: "12.30" might as well be a number."""

DOTTED_SECONDS = re.compile(r"(?P<hour>\d{1,2})\.(?P<minute>[0-5]\d)\.(?P<second>[0-5]\d)", re.ASCII)
"""Times of day with two dots: "18.00.00" is no day, "08.09.10" may be one."""

PIVOT = 30
"""Years of two digits from here on are of the last century, as in office programs."""

_PARTS = "year month name day one two quarter week weekday hour minute second half zone early late"
PARTS = tuple(_PARTS.split(" "))
"""What forms call their parts; of two forms in one expression the second has a 2 behind."""

CLOSER, MOST_YEARS = 4, 15
"""Times that days are closer together where the order of their parts is the right one, at least; and years of a table,
each of which follows another, at most."""

EPOCH = date(1970, 1, 1).toordinal()


def is_day(found: re.Match[str]) -> bool:
    """Return whether a text in one of FORMS names a day, even one that does not exist: a month of that name there
    is.
    """
    given = found.groupdict()
    name = given.get("name") or given.get("name2")
    if name:
        return month_of(name) > 0 and bool(given.get("day") or given.get("day2"))
    return bool(given.get("day")) or (found.re is YEAR_LAST and len(found["year"]) == 4)


def short_year(text: str) -> str:
    """Return the two digits of a year that `text` ends its date with, "" if there are four, or none."""
    found = next((match for form in (YEAR_LAST, NAMED, MONTH) if (match := form.fullmatch(text))), None)
    year = found["year"].lstrip("'’") if found else ""
    return year if len(year) == 2 else ""


def years_first(texts: Sequence[str], values: Mapping[str, float]) -> dict[str, float]:
    """Return `texts` such as 24-01-31 in days since 1970 with the year first, if all can be so and are far closer
    together than `values`, the same with the year last, or few of these are; else {}."""
    found = [match for text in texts if (match := YEAR_LAST.fullmatch(text)) and len(match["year"]) == 2]
    if len(found) < max(2, len(texts)) or any(match["hour"] or match["sign"] == "." for match in found):
        return {}
    days: dict[str, float] = {}
    for one in found:
        try:
            day = date(year_of(one["one"].zfill(2)), int(one["two"]), int(one["year"]))
        except ValueError:
            return {}
        days[one[0]] = float(day.toordinal() - EPOCH)
    if 2 * len(values) < len(days):
        return days
    last = sorted({int(one["year"]) for one in found})  # the days, or years that follow each other
    many = len(last) > MOST_YEARS or last[-1] - last[0] >= len(last)
    return days if many and CLOSER * _span(days) < _span(values) else {}


def _span(days: Mapping[str, float]) -> float:
    return max(days.values()) - min(days.values())


def year_of(digits: str) -> int:
    """Return the year that four digits, or two, stand for."""
    year = int(digits.lstrip("'’"))
    return year if len(digits) == 4 else year + (2000 if year < PIVOT else 1900)


def days_of(found: re.Match[str], day_first: bool) -> float | None:
    """Return days since 1970 of a text in one of FORMS, None for a day that does not exist."""
    given = found.groupdict()
    parts = {name: given.get(name) or given.get(name + "2") for name in PARTS}
    try:
        days = _day(found.re, parts, day_first).toordinal() - EPOCH
    except ValueError:
        return None
    if not parts["hour"]:
        return float(days)
    hours = hours_of(parts)
    return None if hours is None else days + hours / 24


def _day(form: re.Pattern[str], parts: dict[str, str | None], day_first: bool) -> date:
    year = year_of(parts["year"] or "")
    if form is WEEK:
        return date.fromisocalendar(year, int(parts["week"] or 0), int(parts["weekday"] or 1))
    if form is YEAR_LAST:
        one, two = int(parts["one"] or 0), int(parts["two"] or 0)
        return date(year, two, one) if day_first else date(year, one, two)
    if parts["quarter"]:
        return date(year, 3 * int(parts["quarter"]) - 2, 1)
    month = int(parts["month"]) if parts["month"] else month_of(parts["name"] or "")
    return date(year, month, int(parts["day"] or 1))


def hours_of(given: re.Match[str] | dict[str, str | None]) -> float | None:
    """Return hours of a time of day, None for one that does not exist."""
    parts = given if isinstance(given, dict) else given.groupdict()
    hours, minutes = int(parts["hour"] or 0), int(parts["minute"] or 0)
    seconds = float((parts.get("second") or "0").replace(",", "."))
    half = (parts.get("half") or "").lower().replace(".", "")
    half = "am" if parts.get("early") else "pm" if parts.get("late") else half
    if minutes >= 60 or seconds >= 61 or (half and not 1 <= hours <= 12):
        return None
    if half:
        hours = hours % 12 + 12 * (half == "pm")
    return hours + minutes / 60 + seconds / 3600 - offset_of(parts.get("zone") or "")


def offset_of(zone: str) -> float:
    """Return hours by which a zone is before Greenwich: +01:00, +0100, GMT+1, CET. Names that are not known count as
    none.
    """
    name = zone.rstrip("+-0123456789:")
    sign, digits = zone[len(name) : len(name) + 1], zone[len(name) + 1 :].replace(":", "")
    hours = int(digits[:-2] if len(digits) > 2 else digits or 0) + (int(digits[-2:]) / 60 if len(digits) > 2 else 0)
    return ZONES.get(name, 0) + (-hours if sign == "-" else hours)
