"""Texts that are dates or times: they become days since 1 January 1970, or hours."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from ..notes import Way
from ..notes import day_first as other_order
from .date_forms import (
    CLOCK,
    COMPACT,
    DOTTED,
    DOTTED_SECONDS,
    FORMS,
    HOUR,
    NAMED,
    YEAR_LAST,
    days_of,
    hours_of,
    is_day,
    years_first,
)
from .date_notes import remarks, said_order, with_short_year

LOOKED_AT = 50
"""Texts of a column of which one at least is a date if it is a column of dates."""

LATEST = 48.0
"""Hours of a time of day: those of a night shift are counted on."""

FEW_COMPACT, FEW_LONGER = 5, 3
"""Different texts of six or eight digits, or of more, that a column has at least if they are taken for dates."""

SPAN = re.compile(r"(?P<year>[12]\d{3})[-/](?P<end>\d\d)")
LONGEST_SPAN = 20
"""Years of a season or a band at most."""

FEW, MANY, SPREAD = 5, 6, 3
"""Different texts, and different parts before the dot, by which "12.03" is told to be no number."""


class Dates(NamedTuple):
    """Numbers for the texts that are dates, and the other texts.

    impossible   of the others those that look like dates, such as 31.02.2024
    conflict     two texts of which one has the day first and the other the month, or none
    form         "days", "hours" of times of day, or the text that shows that the year of two digits stands first
    remarks      sentences on how they were read, and `ways` to have it otherwise
    short        whether years have two digits
    """

    values: dict[str, float]
    others: tuple[str, ...] = ()
    impossible: tuple[str, ...] = ()
    conflict: tuple[str, ...] = ()
    form: str = "days"
    remarks: tuple[str, ...] = ()
    ways: tuple[Way, ...] = ()
    short: bool = False

    def of(self, texts: Mapping[str, str]) -> Dates:
        """Return the same of `texts`, which stand for those that were read."""
        others, impossible, conflict = (
            tuple(texts[text] for text in some) for some in (self.others, self.impossible, self.conflict)
        )
        values = {texts[text]: value for text, value in self.values.items()}
        return self._replace(values=values, others=others, impossible=impossible, conflict=conflict)


def dates(
    texts: Iterable[str],
    day_first: bool | None,
    comma: bool,
    *,
    dotted: bool = False,
    others: Mapping[str, tuple[bool, str]] | None = None,
) -> Dates:
    """Return what of `texts` is a date, or else a time of day.

    day_first   whether 01/02/2024 is in February; None to tell by the others, or else by `comma`, whether the file has
                decimal commas
    dotted      whether 12.30 is a time of day
    others      how the file's other columns have days and months (`orders_of`)
    """
    texts = list(texts)
    if not any(form.fullmatch(text) for text in texts[:LOOKED_AT] for form in (*FORMS, CLOCK, HOUR, DOTTED)):
        return Dates({}, tuple(texts))
    times = _times(texts, dotted)
    if 2 * len(times.values) > len(texts):
        return times
    last = [found for text in texts if (found := YEAR_LAST.fullmatch(text))]
    order = _order(last, day_first, comma, others or {})
    if order.conflict:
        return Dates({}, tuple(texts), (), order.conflict)
    values: dict[str, float] = {}
    impossible: list[str] = []
    for text in texts:
        if found := next((match for form in FORMS if (match := form.fullmatch(text))), None):
            days = days_of(found, order.first.get(found.groupdict().get("sign") or "", False))
            if days is not None:
                values[text] = days
            elif is_day(found):
                impossible.append(text)
    if day_first is None and (early := years_first(texts, values)):
        return Dates(early, form=texts[0], short=True)
    return Dates(
        values,
        tuple(text for text in texts if text not in values),
        tuple(impossible),
        remarks=(*order.remarks, *remarks(values)),
        ways=order.ways,
        short=bool(with_short_year(values)),
    )


def orders_of(columns: Mapping[str, Iterable[str]]) -> dict[str, tuple[bool, str]]:
    """Return for each sign between days and months whether the day stands first, and the column that shows it.

    `columns` are texts by the columns' names; a sign on which two columns disagree is left out.
    """
    found: dict[str, tuple[bool, str]] = {}
    torn: set[str] = set()
    for name, texts in columns.items():
        last = [match for text in texts if (match := YEAR_LAST.fullmatch(text))]
        for sign in {one["sign"] for one in last}:
            told = {int(one["one"]) > 12 for one in last if one["sign"] == sign and _tells(one)}
            if len(told) == 1:
                first = told.pop()
                torn |= {sign} if found.setdefault(sign, (first, name))[0] != first else set()
            elif told:
                torn.add(sign)
    return {sign: one for sign, one in found.items() if sign not in torn}


def _tells(one: re.Match[str]) -> bool:
    """Whether one of two numbers is no month, so that it is the day."""
    return (int(one["one"]) > 12) != (int(one["two"]) > 12)


def compact(texts: Sequence[str]) -> int:
    """Return how many digits texts have that are all dates of one length, such as 20240115; 0 for none."""
    if not texts or not COMPACT.fullmatch(texts[0]) or not all(map(COMPACT.fullmatch, texts)):
        return 0
    lengths = set(map(len, texts))
    length = lengths.pop()
    if lengths or len(set(texts)) < (FEW_COMPACT if length <= 8 else FEW_LONGER):
        return 0
    return length if texts[0].isdigit() else 0


def named(texts: Sequence[str]) -> bool:
    """Return whether all texts are days with the name of a month, such as 31JAN2024 (which is no number with a
    unit).
    """
    first = NAMED.fullmatch(texts[0]) if texts else None
    return bool(first) and all((match := NAMED.fullmatch(text)) and is_day(match) for text in texts)


def spans(texts: Sequence[str]) -> dict[str, float]:
    """Return the first years of texts such as 2005-06 if they are seasons or bands of years rather than months, else
    {}.

    They are if all are equally long, if each begins where another ended ("2001-05", "2006-10", "2011-12"), or if one
    ends in a year that is no month ("2012-13"); and none ends before it begins.
    """
    found = [match for text in texts if (match := SPAN.fullmatch(text))]
    long = {(int(match["end"]) - int(match["year"])) % 100 for match in found}
    if len(found) < 2 or 2 * len(found) <= len(texts) or not 1 <= min(long) <= max(long) <= LONGEST_SPAN:
        return {}
    no_month = any(not 1 <= int(match["end"]) <= 12 for match in found)
    years = {int(match["year"]): (int(match["end"]) - int(match["year"])) % 100 for match in found}
    chained = len(years) > 2 and all(one + years[one] + 1 == two for one, two in pairwise(sorted(years)))
    return {match[0]: float(match["year"]) for match in found} if no_month or len(long) == 1 or chained else {}


def _times(texts: list[str], dotted: bool) -> Dates:
    values: dict[str, float] = {}
    impossible: list[str] = []
    seconds = _have_seconds(texts)
    for text in texts:
        found = CLOCK.fullmatch(text) or (dotted and (HOUR.fullmatch(text) or DOTTED.fullmatch(text))) or None
        found = found or (seconds and DOTTED_SECONDS.fullmatch(text)) or None
        if found:
            hours = hours_of(found)
            if hours is not None and hours <= LATEST:
                values[text] = hours
            else:
                impossible.append(text)
    others = tuple(text for text in texts if text not in values)
    return Dates(values, others, tuple(impossible), form="hours")


def _have_seconds(texts: list[str]) -> bool:
    """Whether "18.00.00" and all others are times: no day or month is 0, and no month is beyond 12."""
    found = [match for text in texts if (match := DOTTED_SECONDS.fullmatch(text))]
    if len(found) < len(texts) or any(int(one["hour"]) > 24 for one in found):
        return False
    return any("00" in (one["hour"], one["minute"]) for one in found) or (
        any(int(one["minute"]) > 31 for one in found) or all(int(one["minute"]) > 12 for one in found)
    )


def dotted_as(texts: Sequence[str]) -> str:
    """Return what texts such as "08.15" are rather than numbers: "time", "day" (and month), "perhaps …", or "" for
    none.

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


class _Order(NamedTuple):
    """Whether the day stands before the month for each sign between them, two texts that contradict each other, and if
    it is a guess, a sentence and the way to have it otherwise."""

    first: dict[str, bool]
    conflict: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    ways: tuple[Way, ...] = ()


def _order(
    found: list[re.Match[str]], day_first: bool | None, comma: bool, others: Mapping[str, tuple[bool, str]]
) -> _Order:
    """How days and months stand in texts with the year last: by the texts that have a day after the 12th, by other
    columns, else guessed.

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
            if one["sign"] == sign and _tells(one):
                told[int(one["one"]) > 12] += 1
                shown.setdefault(int(one["one"]) > 12, one[0])
        if told:
            most, fewest = max(told.values()), told.total() - max(told.values())
            if 10 * fewest > most:
                return _Order({}, (shown[True], shown[False]))
            first[sign] = told[True] > told[False]
        else:
            doubtful.append(sign)
    said: tuple[str, ...] = ()
    ways: tuple[Way, ...] = ()
    for sign in doubtful:
        alike = set(first.values())
        guess = alike.pop() if len(alike) == 1 else comma or "." in signs
        first[sign] = sign == "." or (others[sign][0] if sign in others else guess)
        if sign != ".":
            text = next(one[0] for one in found if one["sign"] == sign)
            said = (said_order(first[sign], text, others[sign][1] if sign in others else ""),)
            ways = (other_order(not first[sign]),)
    return _Order(first, (), said, ways)
