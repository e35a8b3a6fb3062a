"""Dates, times and spans of years that would pass for numbers, told by all texts of a column and by its name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from ...language import en, tr
from ..errors import quoted
from .dates import compact, dates, dotted_as, named, spans
from .packed import clocks, packed
from .periods import months
from .reading import Reading

COMPACT = {
    6: en("{column}: six digits such as {text} were taken for a date."),
    8: en("{column}: eight digits such as {text} were taken for a date."),
    10: en("{column}: ten digits such as {text} were taken for a date."),
    12: en("{column}: twelve digits such as {text} were taken for a date."),
    14: en("{column}: fourteen digits such as {text} were taken for a date."),
}
"""What is said of dates without signs, by their length."""


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
    """Return what the texts of column `name` are; a person may have named the decimal sign and the order of days."""
    texts, column = reading.there, quoted(name)
    if (digits := compact(texts)) and not dates(texts, None, False).others:
        return Early("date", tr(COMPACT[digits], column=column, text=quoted(texts[0])), "number")
    if days := packed(name, texts, day_first):
        first = quoted(texts[0])
        if not days.named:
            may_be = en("{column}: numbers such as {text} may be days ({order}).")
            return Early("", tr(may_be, column=column, text=first, order=tr(days.order)), "date")
        said = en("{column}: {text} and others were read as days since 1 January 1970 ({order}).")
        if days.other:
            said = en(
                "{column}: {text} and others were read as days since 1 January 1970 ({order}, though they may be "
                "{other})."
            )
        said = tr(said, column=column, text=first, order=tr(days.order), other=tr(days.other))
        return Early("date", said, "number", days.values)
    if time := clocks(name, texts):
        return Early(
            "",
            tr(
                "{column}: numbers such as {text} may be times of day (hours and minutes), and were read as {value}; "
                "write them as {time} to have times.",
                column=column,
                text=quoted(time),
                value=time.lstrip("0"),
                time=f"{time[:-2]}:{time[-2:]}",
            ),
            "category",
        )
    if named(texts):
        return Early("date")
    if years := spans(texts):
        return _seasons(column, years, reading)
    if first_days := months(texts):
        example = quoted(next(iter(first_days)))
        said = en("{column}: {text} and others were read as months (days since 1 January 1970).")
        return Early("date", tr(said, column=column, text=example), "number", first_days)
    kind = "" if decimal else dotted_as(texts)
    if kind == "time":
        said = tr("{column}: numbers such as {text} were taken for times of day.", column=column, text=quoted(texts[0]))
        return Early("date", said, "number", {}, True)
    if kind == "day":
        said = en("{column}: {text} and others may be days and months, so it was read as text.")
        return Early("text", tr(said, column=column, text=quoted(texts[0])), "number")
    if kind == "perhaps time":
        said = tr("{column}: numbers such as {text} may be times of day.", column=column, text=quoted(texts[0]))
        return Early("", said, "date")
    if kind == "perhaps day":
        said = tr("{column}: numbers such as {text} may be days and months.", column=column, text=quoted(texts[0]))
        return Early("", said, "category")
    return Early()


def _seasons(column: str, years: Mapping[str, float], reading: Reading) -> Early:
    """Seasons and bands of years as categories; the first year of each if there are too many, and no others."""
    example = quoted(next(iter(years)))
    if reading.few(len(reading.counts)) or len(years) < len(reading.there):
        said = en("{column}: {text} and others are spans of years, so they were read as text.")
        return Early("text", tr(said, column=column, text=example), "date")
    said = en("{column}: {text} and others are spans of years; their first year was read.")
    return Early("number", tr(said, column=column, text=example), "category", years)
