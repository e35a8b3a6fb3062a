"""The door for tables: whatever holds one comes in here."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from contextlib import suppress
from typing import Any

import numpy as np

from ..language import tr
from .choices import Said, Task, chosen
from .errors import TableError
from .files.sources import source_of
from .how import How, decided
from .judging.kinds import Source, columns_of
from .lines.assembly import drawn
from .lines.first_line import UNLIKE
from .notes import is_about
from .table import Table, assembled


def read_table(
    source: Any,
    *,
    target: Hashable | None = None,
    leave_out: Hashable | Iterable[Hashable] = (),
    task: Task | None = None,
    **how: Any,
) -> Table:
    """Read a table as inputs and a target, and say in sentences (`Table.notes`) everything that was done to it.

    source      a path, bytes, a file object or pasted text of a CSV in any dialect, a workbook (xlsx, xls, ods) or a
                Parquet file; or a pandas, polars or Arrow frame, a NumPy array (structured too), (X, y), whose y is
                the target, a dict of columns, a list of rows
    target      the column to predict, by its name, which in a frame may also be a number, a date or a tuple; None for
                the last one, or one that is called "target", "label" …
    leave_out   columns that are no inputs: a list of names, or one
    task        "classification" or "regression", or None to tell by the target
    how         what else is decided: `regviz.tables.how.How` lists encoding, delimiter, quote, header, decimal,
                thousands, missing, keep, gaps, day_first, kinds, spellings, bad_lines, sheet, whole and sample

    Row numbers, ids, constant and empty columns are left out unless `keep` names them. Categories of up to 20 texts
    become 0/1 columns, True/False and yes/no one such column, dates days since 1970. Gaps are filled (gaps="fill"),
    flagged by a 0/1 column too ("flag"), or their rows left out ("drop"). Raises TableError, whose sentence names the
    line or column and what to do, for what is no table and for lines and targets that do not fit.
    """
    decisions = decided(how)
    notes: list[str] = []
    asked_for = chosen(target, leave_out, decisions.keep, task, decisions.gaps, decisions.kinds)
    goal, leave = asked_for.target, asked_for.leave_out
    asked = [goal, *leave, *decisions.keep] if goal is not None else []
    source = _sampled(_with_names(source, asked, decisions, notes), decisions, notes)
    said: Said = source.said
    decisions = decisions._replace(kinds={**said.kinds, **decisions.kinds})
    columns = columns_of(source, decisions, notes)
    leave += tuple(name for name in said.out if name not in (*leave, *decisions.keep, goal))
    if goal is None and said.target is not None:
        goal, task = said.target, task or said.task
    choices = asked_for._replace(target=goal, leave_out=leave, task=task, kinds=decisions.kinds)
    return assembled(columns, notes, choices)


def _with_names(source: Any, asked: Sequence[str], how: How, notes: list[str]) -> Source:
    """The columns of `source`, whose first line holds names if that is where those are that are `asked` for."""
    found = source_of(source, how, notes)
    if how.header is not None or hasattr(source, "read"):
        return found
    if set(asked) <= set(found.names):  # a guess about the first line is none then
        notes[:] = [_as_asked() if asked and is_about(note, UNLIKE) else note for note in notes]
        return found
    again: list[str] = []
    with suppress(TableError):
        other = source_of(source, how._replace(header=True), again)
        if set(asked) <= set(other.names):
            notes[:] = [*again, _as_asked()]
            return other
    return found


def _as_asked() -> str:
    return tr("The first line was read as names, since it has one that is asked for.")


def _sampled(source: Source, how: How, notes: list[str]) -> Source:
    """No more than `how.sample` rows of `source`, in their order; those of a file were drawn already."""
    rows = drawn(len(source.cells[0]), how, notes)
    if rows is None:
        return source
    return source._replace(
        cells=[column[rows] if isinstance(column, np.ndarray) else [column[k] for k in rows] for column in source.cells]
    )
