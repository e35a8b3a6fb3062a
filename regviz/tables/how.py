"""How a table is read: what a person may decide, and what is found out otherwise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any, NamedTuple

from ..language import en, tr
from .errors import TableError, listed
from .names import by_name, names_of

GAPS = ("fill", "flag", "drop")
KINDS = ("number", "yes/no", "category", "date")


class How(NamedTuple):
    """Decisions about reading; None where the file itself decides.

    encoding     of a text file, as Python calls it ("utf-8", "cp1252")
    delimiter    between the cells of a line
    quote        around cells that hold a delimiter; "" for none
    header       whether the first line of the table holds names
    decimal      "." or ","
    thousands    ".", ",", "'" or " " between groups of three digits; "" for none
    missing      further texts that stand for a missing value, such as "-999" (which "-999.0" is too), in all columns or
                 as {name: …}, where "" stands for all of them
    keep         columns that are inputs whatever they look like, so that none of them is left out as an id
    gaps         "fill", "flag" (an extra 0/1 column too) or "drop" (the rows), for all columns or as {name: …}
    day_first    whether 01/02/2024 is in February
    kinds        {name: "number", "yes/no", "category" or "date"} for columns that are read otherwise by themselves
    spellings    "merge" words that differ in capitals or a stray sign alone, or "keep" them apart
    bad_lines    "refuse" a line with too few or too many cells, or "skip" it
    sheet        of a workbook, by name or number (from 0)
    whole        whether each line is a row: no titles, comments, units or footers are looked for
    sample       rows that are drawn at random (seed 0) where there are more; 0 for all
    """

    encoding: str | None = None
    delimiter: str | None = None
    quote: str | None = None
    header: bool | None = None
    decimal: str | None = None
    thousands: str | None = None
    missing: tuple[str, ...] | Mapping[str, tuple[str, ...]] = ()
    keep: tuple[str, ...] = ()
    gaps: str | Mapping[str, str] = "fill"
    day_first: bool | None = None
    kinds: Mapping[str, str] = {}
    spellings: str = "merge"
    bad_lines: str = "refuse"
    sheet: str | int | None = None
    whole: bool = False
    sample: int = 0

    @property
    def sign(self) -> str:
        """The decimal sign that follows from `decimal` or `thousands`, "" if neither says."""
        return self.decimal or {".": ",", ",": "."}.get(self.thousands or "", "")

    def missing_in(self, name: str) -> tuple[str, ...]:
        """Return further texts that stand for a missing value in column `name`."""
        if isinstance(self.missing, Mapping):
            return (*self.missing.get("", ()), *self.missing.get(name, ()))
        return self.missing


def decided(given: Mapping[str, Any]) -> How:
    """Return `given` as a How. Raises TableError for a decision that does not exist or has no such value."""
    for name in given:
        if name not in How._fields:
            near = get_close_matches(name, How._fields, n=1) or ["delimiter"]
            raise TableError(
                tr(
                    "read_table has no option {option}; try {near} (there are {options}).",
                    option=repr(name),
                    near=repr(near[0]),
                    options=listed(How._fields, 20),
                )
            )
    how = How(**given)
    texts = how.missing
    named = by_name(texts, "missing")
    missing = {name: _texts(one) for name, one in named.items()} if isinstance(texts, Mapping) else _texts(texts)
    gaps, kinds = by_name(how.gaps, "gaps"), by_name(how.kinds, "kinds")
    how = how._replace(missing=missing, keep=names_of(how.keep, "keep"), gaps=gaps, kinds=kinds)
    check_of_columns(how.gaps, how.kinds)
    for values, allowed, name in (
        ((how.spellings,), ("merge", "keep"), "spellings"),
        ((how.bad_lines,), ("refuse", "skip"), "bad_lines"),
        ((how.decimal,), (None, ".", ","), "decimal"),
        ((how.thousands,), (None, "", ".", ",", "'", " "), "thousands"),
    ):
        _one_of(values, allowed, name)
    if isinstance(how.sample, bool) or not isinstance(how.sample, int) or how.sample < 0:
        said = en("sample={value} is not possible: it is a number of rows, such as 20000, or 0 for all.")
        raise TableError(tr(said, value=repr(how.sample)))
    if how.delimiter is not None and len(how.delimiter) != 1:
        said = en("delimiter={value} is not possible: it is a single sign, such as ';'.")
        raise TableError(tr(said, value=repr(how.delimiter)))
    if how.decimal and how.decimal == how.thousands:
        said = tr("decimal and thousands cannot both be {sign}; leave one of them out.", sign=repr(how.decimal))
        raise TableError(said)
    return how


def check_of_columns(gaps: Any, kinds: Any) -> None:
    """Raise TableError for ways to treat gaps and for kinds of columns that do not exist."""
    _one_of(gaps.values() if isinstance(gaps, Mapping) else (gaps,), GAPS, "gaps")
    if not isinstance(kinds, Mapping):
        said = tr("kinds={value} is not possible: it is a dict, such as {{'size': 'number'}}.", value=repr(kinds))
        raise TableError(said)
    _one_of(kinds.values(), KINDS, "kinds")


def _texts(given: Any) -> tuple[str, ...]:
    return tuple(map(str, given)) if isinstance(given, (list, tuple, set, frozenset)) else (str(given),)


def _one_of(values: Any, allowed: Sequence[Any], name: str) -> None:
    for value in values:
        if value not in allowed:
            values = listed([repr(one) for one in allowed])
            said = tr(
                "{option}={value} is not possible; try one of {values}.", option=name, value=repr(value), values=values
            )
            raise TableError(said)
