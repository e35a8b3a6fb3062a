"""Custom data for the lab: a DataFrame, arrays or a CSV file becomes a data set with a name."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from os import PathLike, fspath
from pathlib import Path
from typing import Any, Literal

import numpy as np

import regviz as rv
from regviz.data import DatasetInfo
from regviz.data.custom import (
    MOST_COLUMNS,
    MOST_ROWS,
    SHIPPED,
    CustomData,
    enter,
    examined,
    free_name,
    from_table,
    plain_name,
)
from regviz.data.tables import is_text, told_apart
from regviz.errors import ArgumentError, DataError
from regviz.fields import closest

LARGEST_FILE = 50_000_000
"""Bytes of a CSV file that are read; more cannot be 20,000 rows of 200 numbers."""

TARGETS = ("target", "y", "label", "class", "outcome", "response")
"""Names by which `read_table` knows the last column as the target."""

DELIMITERS = ",;\t|"

Task = Literal["classification", "regression"]


class Table:
    """Columns with names, as a CSV has them: `columns` and `rows` of texts."""

    def __init__(self, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        self.columns, self.rows = list(columns), rows

    def column(self, place: int) -> list[Any]:
        """One column's values."""
        return [row[place] for row in self.rows]


def from_frame(
    data: Any,
    target: str | None = None,
    *,
    name: str | None = None,
    title: str | None = None,
    task: Task | None = None,
    leave_out: Sequence[str] = (),
    drop_missing: bool = False,
    replace: bool = True,
    **how: Any,
) -> DatasetInfo:
    """Add custom data, so that `Config(data=name)` and the lab train on them.

    data           (X, y), a Table, or whatever `regviz.read_table` reads: a DataFrame, the path of a CSV, a workbook …
    target         the column to predict; None for the last one, or one that is called "target", "label" …
    name           what Config calls it; None for the file's name, or "custom"
    leave_out      columns that are no inputs
    drop_missing   leave out rows in which a value is missing, instead of filling it in
    replace        let a name that stands for other data stand for these
    how            what else `read_table` may be told: decimal, header, encoding, gaps, keep …

    Raises what `read_table` and `add_table` raise: TableError for what is no table, and ConfigError for a name that is
    not possible.
    """
    if isinstance(data, tuple) and len(data) == 2:
        found = prepared(data, target, name or "custom", title, task, leave_out, drop_missing)
        enter(found, replace=replace)
        return found.info
    table = data
    if not isinstance(data, rv.Table):
        gaps = {"gaps": "drop"} if drop_missing else {}
        table = rv.read_table(data, target=target, leave_out=leave_out, task=task, **{**gaps, **how})
    if isinstance(data, (str, PathLike)) and "\n" not in str(data):
        stem = Path(fspath(data)).stem
        name, title = name or free_name_of(stem), title or stem
    found = from_table(name or "custom", table, title=title)
    enter(found, replace=replace)
    return found.info


def prepared(
    table: Any,
    target: str | None,
    name: str,
    title: str | None = None,
    task: Task | None = None,
    leave_out: Sequence[str] = (),
    drop_missing: bool = False,
) -> CustomData:
    """A DataFrame, a `Table` or (X, y) as the data set it would be; adds nothing. Raises as `from_frame`."""
    if isinstance(table, tuple) and len(table) == 2:
        if target is not None or leave_out:
            raise ArgumentError("target", target, "(X, y) says itself what is the target; leave it out", None)
        return examined(name, *table, title=title, task=task, drop_missing=drop_missing)
    if not hasattr(table, "columns"):
        given = type(table).__name__
        raise ArgumentError("data", given, "allowed is a DataFrame, (X, y) or the path of a CSV file", "(X, y)")
    columns = [str(column) for column in table.columns]
    for wanted in (*leave_out, *([] if target is None else [target])):
        if wanted not in columns:
            allowed = f"allowed is one of {', '.join(columns[:20])}"
            raise ArgumentError(
                "target" if wanted == target else "leave_out", wanted, allowed, closest(wanted, columns)
            )
    place = len(columns) - 1 if target is None else columns.index(target)
    inputs = [k for k, column in enumerate(columns) if k != place and column not in leave_out]
    if not inputs:
        raise DataError("X", "there is no column left for the inputs", "at least one is needed", "a wider table")
    if isinstance(table, Table):
        values = np.empty((len(table.rows), len(columns)), object)
        for row, cells in enumerate(table.rows):
            values[row] = cells
    else:
        values = np.asarray(table)
    X, y = values[:, inputs], values[:, place]
    names = [columns[k] for k in inputs]
    return examined(name, X, y, feature_names=names, title=title, task=task, drop_missing=drop_missing)


def read_csv(content: bytes | str) -> Table:
    """The table of a CSV file: UTF-8 (or Latin-1), parted by comma, semicolon, tab or bar.

    The first line holds names unless it has a number. With semicolons, 3,5 is read as 3.5. Raises DataError for a file
    that is too large, is binary, is empty, or has lines of different lengths.
    """
    if len(content) > LARGEST_FILE:
        raise DataError("file", f"the file has {len(content) / 1e6:.0f} MB", "50 MB are read", "a sample of its rows")
    text = content if isinstance(content, str) else _text(content)
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines:
        raise DataError("file", "the file is empty", "a table is needed", "a CSV file with one row for each sample")
    delimiter = max(DELIMITERS, key=lambda sign: (min(line.count(sign) for line in lines[:20]), lines[0].count(sign)))
    try:
        rows = [
            [cell.strip() for cell in row] for row in csv.reader(io.StringIO(text), delimiter=delimiter) if any(row)
        ]
    except csv.Error as error:
        raise DataError("file", f"the file is no CSV ({error})", "one line for each row is needed", "a CSV") from None
    width = len(rows[0])
    if width < 2:
        raise DataError(
            "file", "the file has a single column", "an input and a target are needed", "commas between the columns"
        )
    for number, row in enumerate(rows, 1):
        if len(row) != width:
            what = f"row {number} has {len(row)} values, the first has {width}"
            raise DataError("file", what, "all must have the same number", "quotes around texts with a delimiter")
    if delimiter == ";":
        rows = [[_point(cell) for cell in row] for row in rows]
    named = not any(_is_number(cell) for cell in rows[0])
    columns = rows[0] if named else [f"x{k + 1}" for k in range(width - 1)] + ["y"]
    table = Table(told_apart([name or f"x{k + 1}" for k, name in enumerate(columns)]), rows[1:] if named else rows)
    if len(table.rows) > MOST_ROWS or width - 1 > MOST_COLUMNS:
        what = f"the table has {len(table.rows):,} rows and {width:,} columns"
        allowed = f"up to {MOST_ROWS:,} rows and {MOST_COLUMNS} inputs train live"
        raise DataError("file", what, allowed, "a sample of the rows, or the columns that matter")
    return table


def write_csv(data: CustomData) -> str:
    """The rows of a data set as CSV, classes by their names; `from_frame` reads back exactly the same."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    taken = {feature.casefold() for feature in data.raw.feature_names}
    target = next(name for name in (*TARGETS, f"{max(taken, key=len)}_") if name not in taken)
    writer.writerow([*data.raw.feature_names, target])
    y = [data.raw.class_names[k] for k in data.raw.y] if data.info.n_classes else data.raw.y.tolist()
    writer.writerows([*row, value] for row, value in zip(data.raw.X.tolist(), y, strict=True))
    return file.getvalue()


def text_columns(table: Table) -> list[str]:
    """Columns in which there is a text that is no number, however many are missing."""
    return [name for k, name in enumerate(table.columns) if any(is_text(cell) for cell in table.column(k))]


def free_name_of(stem: str) -> str:
    """A name for data from a file called `stem`: one that is not taken by a shipped data set."""
    plain = plain_name(stem)
    return free_name(plain) if plain in SHIPPED else plain


def _text(content: bytes) -> str:
    if b"\0" in content[:4096]:
        raise DataError("file", "the file is no text", "a CSV file is needed", "saving the table as CSV (UTF-8)")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _point(cell: str) -> str:
    return cell.replace(",", ".") if cell.count(",") == 1 and _is_number(cell.replace(",", ".")) else cell


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True
