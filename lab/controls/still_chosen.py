"""What a person chose at the desk: what of it still holds when the table is read in another way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from regviz import Table, TableError
from regviz.language import en, ntr, tr
from regviz.tables.errors import listed, quoted
from regviz.tables.notes import done

DROPS = ((), ("task",), ("gaps",), ("task", "gaps"), ("target", "task"), ("target", "task", "gaps"))
"""Choices that are given up until the others fit, the least first; a task goes with the target that it is of."""

PREDICTED = {"classification": en("Classes are predicted now."), "regression": en("Numbers are predicted now.")}


class Seen(NamedTuple):
    """A table as a person sees it: with the `choices` that hold, as arguments of `with_roles`, and what is said of
    those that do not, "" for nothing."""

    table: Table
    choices: Mapping[str, Any]
    said: str = ""


def still_chosen(table: Table, choices: Mapping[str, Any]) -> Seen:
    """Return a table that was read anew with as many of `choices` as fit it, and why the others had to go."""
    there, said = _of_columns(table, choices)
    why = ""
    for fields, rest in _fewer_and_fewer(there):
        try:
            found = table.with_roles(**rest)
        except TableError as error:
            why = why or done(error.sentence)
            continue
        now = []
        if "target" in fields and found.target != there.get("target"):
            now.append(tr("{column} is the target now.", column=quoted(found.target)))
        elif "task" in fields:
            now.append(tr(PREDICTED[found.task]))
        if "gaps" in fields:
            now.append(tr("Gaps are filled now."))
        return Seen(found, rest, " ".join(filter(None, [said, why, *now])))
    return Seen(table, {}, " ".join(filter(None, [said, why, tr("None of your choices could be kept.")])))


def _of_columns(table: Table, choices: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
    """Choices without those on columns that are not there any more, and what is said of these."""
    names = {column.name for column in table.columns}
    there = dict(choices)
    target = [name for name in (there.get("target"),) if name is not None]
    gone = dict.fromkeys(
        name for name in (*target, *there.get("leave_out", ()), *there.get("keep", ())) if name not in names
    )
    if not gone:
        return there, ""
    for field in {"leave_out", "keep"} & there.keys():
        there[field] = [name for name in there[field] if name in names]
    if gone.keys() & set(target):
        there = {field: value for field, value in there.items() if field not in ("target", "task")}
    said = ntr(
        "Your choice for {columns} is gone, as there is no such column now.",
        "Your choices for {columns} are gone, as there are no such columns now.",
        len(gone),
        columns=listed([quoted(name) for name in gone], 8),
    )
    return there, said


def _fewer_and_fewer(choices: Mapping[str, Any]) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    """What of choices may go, the least first, and what is left then."""
    for fields in DROPS:
        rest = {field: value for field, value in choices.items() if field not in fields}
        if "task" in fields and "target" not in fields:
            rest["task"] = None  # a file may say one itself, for the target that it names
        yield fields, rest
