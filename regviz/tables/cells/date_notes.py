"""What is to be said of dates that were read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from ...language import en, tr
from .date_forms import EPOCH, PIVOT, ZONE_BEHIND, offset_of, short_year, year_of

AHEAD = float(date(2400, 1, 1).toordinal() - EPOCH)
"""Days of no table of ours."""

LONG_AGO = float(date(1600, 1, 1).toordinal() - EPOCH)
"""Days of few tables: Iran's present year is some 620 behind ours, and the Hijri year some 580."""


def remarks(values: Mapping[str, float]) -> tuple[str, ...]:
    """Return what is to be said of texts that were read as these days: years that may mean others, and zones of
    time.
    """
    return (*_years(values), *_moved(values))


def with_short_year(values: Iterable[str]) -> str:
    """Return a text whose year has two digits, "" for none."""
    return next((text for text in values if short_year(text)), "")


def _years(values: Mapping[str, float]) -> tuple[str, ...]:
    """What is to be said of years of two digits, and of those that are far ahead or long ago."""
    if text := with_short_year(values):
        return (
            tr(
                "Years of two digits were read as {first} to {last} ({text} is in {year}).",
                first=f"19{PIVOT}",
                last=f"20{PIVOT - 1}",
                text=repr(text),
                year=year_of(short_year(text)),
            ),
        )
    text = repr(next(iter(values), ""))
    if values and min(values.values()) > AHEAD:
        ahead = en(
            "{text} and all others are far ahead: if it is a year of another era, subtract (2567 - 543 is 2024)."
        )
        return (tr(ahead, text=text),)
    if values and max(values.values()) < LONG_AGO:
        return (tr("{text} and all others are long ago: if it is a year of another calendar, convert it.", text=text),)
    return ()


def _moved(values: Iterable[str]) -> tuple[str, ...]:
    """What is to be said of times of day that are not Greenwich's."""
    text = next((text for text in values if (found := ZONE_BEHIND.search(text)) and offset_of(found["zone"])), "")
    return (tr("Times are in UTC: {text} was moved by its time zone.", text=repr(text)),) if text else ()


def said_order(first: bool, text: str, column: str) -> str:
    """Return the note that the day stands first in a text, or the month, as in another column or as a guess."""
    if first and column:
        return tr("The day stands before the month in {text}, as in {column}.", text=repr(text), column=repr(column))
    if first:
        return tr("The day stands before the month in {text}.", text=repr(text))
    if column:
        return tr("The month stands before the day in {text}, as in {column}.", text=repr(text), column=repr(column))
    return tr("The month stands before the day in {text}.", text=repr(text))
