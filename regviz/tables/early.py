"""Dates, times and spans of years that would pass for numbers, told by all texts of a column and by its name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from .dates import compact, dates, dotted_as, named, spans
from .errors import quoted
from .packed import clocks, packed
from .periods import months
from .reading import Reading


class Early(NamedTuple):
    """What a column is rather than numbers: its kind ("" if it may be numbers for all that), and what is said of it.

    undo      the kind by which a person has it otherwise
    values    of its texts, {} if they are to be read as dates are
    dotted    whether 12.30 is a time of day
    """

    kind: str = ""
    said: str = ""
    undo: str = ""
    values: Mapping[str, float] = {}
    dotted: bool = False


def early(name: str, reading: Reading, decimal: str | None, day_first: bool | None) -> Early:
    """What the texts of column `name` are; a person may have named the decimal sign and the order of days."""
    texts = reading.there
    if (digits := compact(texts)) and not dates(texts, None, False).others:
        return Early("date", f"{digits} such as {quoted(texts[0])} were taken for a date", "number")
    if days := packed(name, texts, day_first):
        first = quoted(texts[0])
        if not days.named:
            return Early("", f"numbers such as {first} may be days ({days.order})", "date")
        doubt = f", though they may be {days.other}" if days.other else ""
        said = f"{first} and others were read as days since 1 January 1970 ({days.order}{doubt})"
        return Early("date", said, "number", days.values)
    if time := clocks(name, texts):
        return Early(
            "",
            f"numbers such as {quoted(time)} may be times of day (hours and minutes), and were read as "
            f"{time.lstrip('0')}; write them as {time[:-2]}:{time[-2:]} to have times",
            "category",
        )
    if named(texts):
        return Early("date")
    if years := spans(texts):
        return _seasons(years, reading)
    if first_days := months(texts):
        example = quoted(next(iter(first_days)))
        said = f"{example} and others were read as months (days since 1 January 1970)"
        return Early("date", said, "number", first_days)
    kind = "" if decimal else dotted_as(texts)
    if kind == "time":
        return Early("date", f"numbers such as {quoted(texts[0])} were taken for times of day", "number", {}, True)
    if kind == "day":
        return Early("text", f"{quoted(texts[0])} and others may be days and months, so it was read as text", "number")
    if kind == "perhaps time":
        return Early("", f"numbers such as {quoted(texts[0])} may be times of day", "date")
    if kind == "perhaps day":
        return Early("", f"numbers such as {quoted(texts[0])} may be days and months", "category")
    return Early()


def _seasons(years: Mapping[str, float], reading: Reading) -> Early:
    """Seasons and bands of years as categories; the first year of each if there are too many, and no others."""
    example = quoted(next(iter(years)))
    if reading.few(len(reading.counts)) or len(years) < len(reading.there):
        return Early("text", f"{example} and others are spans of years, so they were read as text", "date")
    return Early("number", f"{example} and others are spans of years; their first year was read", "category", years)
