"""What a person decides about the roles of columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

from ..language import tr
from .errors import TableError, listed

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
    after = before._replace(**changes)
    return after._replace(leave_out=_names(after.leave_out), keep=_names(after.keep))


def _names(names: str | Sequence[str]) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else tuple(str(name) for name in names)
