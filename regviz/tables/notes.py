"""What is said of a table: what was done to it, and which ways there are to have it otherwise."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from ..language import tr

SEPARATES = re.compile(r"[;\n]|,(?!(?<=\d,)\d)")
"""What stands between two entries of a list: a comma between two digits may be a decimal sign."""


class Way(NamedTuple):
    """A way to have it otherwise.

    name      what the page's desk knows it by, which has a control where a program has an option
    said      the sentence for a program
    fields    what the sentences name
    """

    name: str
    said: str
    fields: Mapping[str, Any] = {}


class Note(str):
    """A note, whole as a program's author reads it: what was done, and how to have it otherwise.

    done      the first part alone
    ways      the second part
    column    whose cells were read so, "" for none
    about     a word by which other modules know the note, "" for most
    """

    done: str
    ways: tuple[Way, ...]
    column: str
    about: str

    def __new__(cls, done: str, *ways: Way, column: str = "", about: str = "") -> Note:
        note = super().__new__(cls, " ".join([done, *(way.said for way in ways)]))
        note.done, note.ways, note.column, note.about = done, ways, column, about
        return note


def done(note: str) -> str:
    """Return what a note says was done, without ways to have it otherwise."""
    return note.done if isinstance(note, Note) else note


def is_about(note: str, about: str) -> bool:
    """Return whether a note is known by the word `about`."""
    return isinstance(note, Note) and note.about == about


def take_back(name: str) -> Way:
    """Return the remedy for a column that was left out."""
    return Way("keep", tr("keep={names} takes it back.", names=repr([name])))


def leave_counting(name: str) -> Way:
    """Return the remedy for a column that may only count the rows."""
    names = repr([name])
    return Way("leave_counting", tr("If it is no more than that, say leave_out={names}.", names=names))


def leave_order(name: str) -> Way:
    """Return the remedy for a column that may only be the order of the rows."""
    names = repr([name])
    return Way("leave_order", tr("If it is no more than their order, say leave_out={names}.", names=names))


def leave_id(name: str) -> Way:
    """Return the remedy for a column that may only say who a row is."""
    return Way("leave_id", tr("If it only says who, say leave_out={names}.", names=repr([name])))


def other_target() -> Way:
    """Return the remedy for a target that was guessed."""
    return Way("target", tr("target= takes another column."))


def as_classes() -> Way:
    """Return the remedy for a target of numbers."""
    return Way("classes", tr("task='classification' makes classes of them."))


def as_numbers() -> Way:
    """Return the remedy for a target of classes that are numbers."""
    return Way("numbers", tr("task='regression' takes them for numbers."))


def as_row() -> Way:
    """Return the remedy for a first line that was read as names."""
    return Way("header", tr("header=False reads a row."))


def as_names() -> Way:
    """Return the remedy for a first line that was read as a row."""
    return Way("header", tr("header=True reads names."))


def every_line() -> Way:
    """Return the remedy for lines that were skipped."""
    return Way("whole", tr("whole=True reads each line as a row."))


def skip_lines() -> Way:
    """Return the remedy for a line that does not fit the others."""
    return Way("bad_lines", tr("bad_lines='skip' skips such lines."))


def other_decimal(sign: str, value: str) -> Way:
    """Return the remedy for a number that may be read with another decimal sign."""
    said = tr("decimal={sign} reads it as {value}.", sign=repr(sign), value=value)
    return Way("other_decimal", said, {"sign": sign, "value": value})


def name_decimal() -> Way:
    """Return the remedy for numbers with two decimal signs."""
    return Way("decimal", tr("decimal='.' or decimal=',' decides."))


def other_kind(name: str, kind: str) -> Way:
    """Return the remedy for a column that may be a "category", a "number" or a "date"."""
    kinds = repr({name: kind})
    if kind == "category":
        return Way(kind, tr("kinds={kinds} reads categories.", kinds=kinds))
    if kind == "number":
        return Way(kind, tr("kinds={kinds} reads numbers.", kinds=kinds))
    return Way(kind, tr("kinds={kinds} reads dates.", kinds=kinds))


def numbers_with_gaps(name: str) -> Way:
    """Return the remedy for a column of numbers and a few other texts."""
    kinds = repr({name: "number"})
    return Way("rest_as_gaps", tr("kinds={kinds} reads numbers and makes gaps of the rest.", kinds=kinds))


def as_gap(name: str, *texts: str) -> Way:
    """Return the remedy for texts that may stand for a missing value."""
    missing = repr({name: texts[0] if len(texts) == 1 else [*texts]})
    said = tr("missing={missing} reads a gap.", missing=missing)
    return Way("missing", said, {"entry": ", ".join(_entry(name, text) for text in texts)})


def if_missing(name: str, text: str) -> Way:
    """Return the remedy for a number that probably stands for a missing value."""
    missing = repr({name: text})
    said = tr("If that stands for a missing value, say missing={missing}.", missing=missing)
    return Way("if_missing", said, {"entry": _entry(name, text)})


def _entry(name: str, text: str) -> str:
    """A text that is missing in one column, as the desk is told it; in quotes what might be taken apart."""
    return ": ".join(
        '"' + part.replace('"', '""') + '"' if SEPARATES.search(part) or part[:1] == '"' or ": " in part else part
        for part in (name, text)
    )


def day_first(first: bool) -> Way:
    """Return the remedy for days that may be months."""
    return Way("day_first", tr("day_first={value} reads it the other way.", value=first))


def name_day_first() -> Way:
    """Return the remedy for days that stand first here and second there."""
    return Way("which_first", tr("day_first= decides."))


def spellings() -> Way:
    """Return the remedy for words that were read as one."""
    return Way("spellings", tr("spellings='keep' keeps them apart."))


def encoding(said: str) -> Way:
    """Return the remedy for bytes that may be other letters; `said` is the sentence."""
    return Way("encoding", said)


def other_sheet(others: str) -> Way:
    """Return the remedy for a workbook of several sheets."""
    return Way("sheet", tr("sheet= reads another ({others}).", others=others), {"others": others})


def all_rows() -> Way:
    """Return the remedy for a sample of rows."""
    return Way("sample", tr("sample=0 takes all."))


def fill_gaps() -> Way:
    """Return the remedy for rows that were left out because of gaps."""
    return Way("gaps", tr("gaps='fill' fills the gaps instead."))


def close_quote() -> Way:
    """Return the remedy for a quote that is never closed."""
    return Way("quote", tr("Close it, or take it away."))


def fewer_inputs() -> Way:
    """Return the remedy for more columns than there may be."""
    return Way("leave_out", tr("Try the columns that matter (leave_out=[…])."))


def more_inputs() -> Way:
    """Return the remedy for a table without inputs."""
    return Way("more_inputs", tr("Take one back (keep=[…]), or choose another target."))


def no_regression() -> Way:
    """Return the remedy for a target of texts of which numbers were asked."""
    return Way("no_regression", tr("Try task='classification'."))


def other_target_or_numbers() -> Way:
    """Return the remedy for a target of numbers with too many classes."""
    return Way("target_or_numbers", tr("Take another target, or task='regression'."))
