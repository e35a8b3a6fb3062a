"""What a person decides about the roles of columns."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from typing import Any, Literal, NamedTuple

from ..language import tr
from .errors import TableError, listed
from .names import by_name, name_of, names_of

Task = Literal["classification", "regression"]


class Choices(NamedTuple):
    """What a person decided about the roles of columns; the empty value leaves it to the table."""

    target: str | None = None
    leave_out: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    task: Task | None = None
    gaps: str | Mapping[str, str] = "fill"
    kinds: Mapping[str, str] = {}

    def gaps_of(self, name: str) -> str:
        """Return what is done about gaps in column `name`."""
        return self.gaps if isinstance(self.gaps, str) else self.gaps.get(name, "fill")


def chosen(
    target: Hashable | None,
    leave_out: Hashable | Iterable[Hashable],
    keep: Hashable | Iterable[Hashable],
    task: Task | None,
    gaps: Any,
    kinds: Any,
) -> Choices:
    """Return Choices with columns by what they are called, whatever names them. Raises TableError for what names
    none.
    """
    return Choices(
        None if target is None else name_of(target, "target"),
        names_of(leave_out, "leave_out"),
        names_of(keep, "keep"),
        task,
        by_name(gaps, "gaps"),
        by_name(kinds, "kinds"),
    )


class Said(NamedTuple):
    """What a file says of its columns, by name; a person's choices come before it."""

    target: str | None = None
    out: tuple[str, ...] = ()
    task: Task | None = None
    kinds: Mapping[str, str] = {}


def changed(before: Choices, changes: Mapping[str, Any]) -> Choices:
    """Return `before` with `changes`. Raises TableError for a choice that does not exist."""
    for name in changes:
        if name not in Choices._fields:
            names = listed(Choices._fields, 10)
            raise TableError(tr("A table has no choice {choice}; there are {names}.", choice=repr(name), names=names))
    return chosen(**before._replace(**changes)._asdict())
