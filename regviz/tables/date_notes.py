"""What is to be said of dates that were read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from .date_forms import EPOCH, PIVOT, ZONE_BEHIND, offset_of, short_year, year_of

AHEAD = float(date(2400, 1, 1).toordinal() - EPOCH)
"""Days of no table of ours."""

LONG_AGO = float(date(1600, 1, 1).toordinal() - EPOCH)
"""Days of few tables: Iran's present year is some 620 behind ours, and the Hijri year some 580."""


def remarks(values: Mapping[str, float]) -> str:
    """What is to be said of texts that were read as these days: years that may mean others, and zones of time."""
    return _years(values) + _moved(values)


def _years(values: Mapping[str, float]) -> str:
    """What is to be said of years of two digits, and of those that are far ahead or long ago."""
    for text in values:
        if year := short_year(text):
            return f", years of two digits as 19{PIVOT} to 20{PIVOT - 1} ({text!r} is in {year_of(year)})"
    if values and min(values.values()) > AHEAD:
        text = next(iter(values))
        return f"; {text!r} and all others are far ahead: if it is a year of another era, subtract (2567 - 543 is 2024)"
    if values and max(values.values()) < LONG_AGO:
        text = next(iter(values))
        return f"; {text!r} and all others are long ago: if it is a year of another calendar, convert it"
    return ""


def _moved(values: Iterable[str]) -> str:
    """What is to be said of times of day that are not Greenwich's."""
    text = next((text for text in values if (found := ZONE_BEHIND.search(text)) and offset_of(found["zone"])), "")
    return f", in UTC: {text!r} was moved by its time zone" if text else ""
