"""What columns are called: a text for each name that a frame can have, in the table as in all that is asked of it."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Mapping
from typing import Any

from ..language import tr
from ..words import as_seen, title_of
from .errors import TableError

LONGEST = 60
"""Characters of a name, the number behind it aside by which names of one beginning are told apart."""

NUMBERED = re.compile(rf".{{{LONGEST}}} \(\d+\)")


def name_of(given: Hashable, option: str) -> str:
    """Return what the column is called that a frame or a dict names `given`: by a text, a number, a date, or a tuple
    of them, which has spaces between its parts.

    Raises TableError, naming the `option` that asks for the column, for what names none (a list, an array).
    """
    try:
        hash(given)
    except TypeError:
        said = tr(
            "{option}={value} is not possible: a column has a single name, a text or a number such as 'size' or 0.",
            option=option,
            value=_written(given),
        )
        raise TableError(said, value=given) from None
    text = as_seen(title_of(given))
    return text if NUMBERED.fullmatch(text) else text[:LONGEST].rstrip()


def names_of(given: Hashable | Iterable[Hashable], option: str) -> tuple[str, ...]:
    """Return the names of several columns, of a single one that stands there alone, or none for None. Raises
    TableError for what names no column.
    """
    if given is None:
        return ()
    if isinstance(given, (str, bytes)) or not isinstance(given, Iterable):
        return (name_of(given, option),)
    return tuple(name_of(name, option) for name in given)


def by_name(given: Any, option: str) -> Any:
    """Return a dict of columns by what they are called; anything else as it is. Raises TableError for a key that names
    no column.
    """
    return {name_of(name, option): value for name, value in given.items()} if isinstance(given, Mapping) else given


def _written(given: object) -> str:
    text = " ".join(repr(given).split())
    return text if len(text) <= 80 else f"{text[:77]}..."
