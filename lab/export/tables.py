"""Custom data on their way in and out: what `Lab(data=…)` adds, and the CSV that a program reads them from."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Sequence
from os import PathLike, fspath
from pathlib import Path
from typing import Any

import numpy as np

import regviz as rv
from regviz.data import DATASETS, DatasetInfo
from regviz.data.custom import SHIPPED, CustomData, check_name, from_table, plain_name
from regviz.data.drawn import write_points
from regviz.data.targets import Task
from regviz.tables.names import names_of
from regviz.words import csv_text, number_name

from ..compare import own_data

TARGETS = ("target", "y", "label", "class", "outcome", "response")
"""Names by which `read_table` knows the last column as the target."""


def added(
    source: Any,
    target: Hashable | None = None,
    *,
    name: str | None = None,
    title: str | None = None,
    leave_out: Hashable | Iterable[Hashable] = (),
    leaving: Collection[object] = (),
    **how: Any,
) -> DatasetInfo:
    """Read a table and add it, so that `Config(data=name)` and the lab train on it.

    source       a Table, or whatever `regviz.read_table` reads: a DataFrame, (X, y), the path of a CSV or a workbook …
    target       the column to predict; None for the last one, or one that is called "target", "label" …
    name         what Config calls it; None for the file's name, or "custom". If it stands for other data that a lab
                 lives on or that code has added, it is the next free one, "custom_2"
    leave_out    columns that are no inputs
    leaving      sessions that end as soon as these data are there: theirs make room
    how          what else `read_table` may be told: task, gaps, decimal, header, encoding, keep …

    Raises what `read_table` and `add_table` raise: TableError for what is no table, and ConfigError for a name that is
    not possible.
    """
    if name is not None:
        check_name(name)
    table, out = source, names_of(leave_out, "leave_out")
    if not isinstance(source, rv.Table):
        table = rv.read_table(source, target=target, leave_out=out, **how)
    elif target is not None or out or how:
        given = {"target": target, "leave_out": out or None, **how}
        table = source.with_roles(**{choice: value for choice, value in given.items() if value is not None})
    if isinstance(source, (str, PathLike)) and "\n" not in str(source):
        stem = Path(fspath(source)).stem
        name, title = name or plain_name(stem), title or stem
    wanted = name or "custom"

    def make(free: str) -> CustomData:
        others = free != wanted and wanted not in SHIPPED  # a menu may have both
        return from_table(free, table, title=f"{title} ({free.rpartition('_')[2]})" if title and others else title)

    return DATASETS[own_data.bring(wanted, make, leaving=leaving).name]


def write_csv(data: CustomData) -> str:
    """Return the rows of a data set as CSV, gaps as empty cells; the line of `reading` reads back exactly the same."""
    if data.raw.drawing is not None:
        return write_points(data.raw.drawing)
    table = _table(data)
    used = [column for column, role in zip(table.columns, table.roles, strict=True) if role != "out"]
    cells = [[None if np.isnan(v) else v for v in c.values.tolist()] if not c.levels else c.written() for c in used]
    rows = list(zip(*cells, strict=True))
    return csv_text([[column.name for column in used], *(rows[row] for row in table.kept)])


def reading(data: CustomData) -> str:
    """Return the line of a program that adds a data set from its CSV."""
    if data.raw.drawing is not None:
        return _reading_points(data, data.raw.drawing)
    table = _table(data)
    roles = {column.name: role for column, role in zip(table.columns, table.roles, strict=True)}
    texts = {
        column.name: "yes/no" if column.kind == "yes/no" else "category"
        for column in table.columns
        if column.levels and roles[column.name] != "out"
    }
    how: dict[str, Any] = {
        "target": table.target,
        "task": table.task,
        "keep": [name for name, role in roles.items() if role == "input"],
        "kinds": texts,
        "gaps": table.choices.gaps,
        "spellings": "keep",
        "encoding": "utf-8",
        "delimiter": ",",
        "decimal": ".",
        "whole": True,
    }
    return _adding(data, "table", how)


def _reading_points(data: CustomData, drawing: rv.Drawing) -> str:
    """The same for a drawing: the file does not say on which plane it was drawn."""
    how = {
        "class_names": drawing.class_names,
        "drawn": len(drawing),
        "mean": drawing.mean,
        "scale": drawing.scale,
        "window": drawing.window,
        "source": drawing.source,
    }
    said = "# Drawn points as they are now. While somebody drew, the lab's networks were trained on fewer or others."
    return f"{said}\n{_adding(data, 'drawing', how)}"


def _adding(data: CustomData, what: str, how: dict[str, Any]) -> str:
    name, title = data.info.name, data.info.title
    given = "".join(f"\n        {option}={_code(value)}," for option, value in how.items())
    titled = "" if title == name else f"\n    title={_code(title)},"
    return f'rv.add_{what}(\n    "{name}",\n    rv.read_{what}(\n        "{name}.csv",{given}\n    ),{titled}\n)'


def _table(data: CustomData) -> rv.Table:
    """The table that a data set was read from; for arrays, the one that they make."""
    raw = data.raw
    if raw.table is not None:
        return raw.table
    taken = {feature.casefold() for feature in raw.feature_names}
    target = next(name for name in (*TARGETS, f"{max(taken, key=len)}_") if name not in taken)
    y: Any = raw.y
    kinds = dict.fromkeys((*raw.feature_names, target), "number")  # whatever else they look like, such as days
    if data.info.n_classes:
        numbers = _as_numbers(raw.class_names)
        y = raw.y if numbers is None else numbers[raw.y]
        if numbers is None:
            y, kinds[target] = [raw.class_names[k] for k in raw.y], "category"
    columns = {**{name: raw.X[:, k] for k, name in enumerate(raw.feature_names)}, target: y}
    task: Task = "classification" if data.info.n_classes else "regression"
    return rv.read_table(columns, target=target, task=task, keep=raw.feature_names, kinds=kinds, spellings="keep")


def _as_numbers(names: Sequence[str]) -> np.ndarray[Any, np.dtype[np.float64]] | None:
    """Class names as rising numbers, or None if they are texts, or numbers that would be named otherwise."""
    try:
        numbers = np.array([float(name) for name in names])
    except ValueError:
        return None
    same = [number_name(number) for number in numbers.tolist()] == list(names)
    return numbers if same and (np.diff(numbers) > 0).all() else None


def _code(value: Any) -> str:
    if isinstance(value, str):
        return f'"{value}"' if not set(value) & set('"\\') and value.isprintable() else repr(value)
    return repr(value)
