"""Tables in memory: pandas, polars and Arrow frames (none of them is imported), NumPy arrays, lists and dicts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ...language import en, tr
from ...masked import unmasked
from ..cells.date_forms import EPOCH
from ..choices import Said
from ..errors import TableError, counted
from ..judging.kinds import Source
from ..lines.assembly import cells_of, columns_from, from_mapping

FARTHEST = EPOCH - 366
"""Days from 1970 back to the second year of all, which are as many as Python has before it, and fewer than after it."""


def from_memory(given: Any, notes: list[str]) -> Source:
    """Return the columns of `given`. Raises TableError, with a way out, for what is no table."""
    kind = type(given)
    home = (kind.__module__ or "").split(".")[0]
    if home == "scipy" and hasattr(given, "toarray"):
        raise TableError(
            tr(
                "A sparse matrix of {rows} × {columns} has no names and mostly zeros; networks here train on dense "
                "inputs. If it is small, give its toarray(); else choose some of its columns.",
                rows=f"{given.shape[0]:,}",
                columns=f"{given.shape[1]:,}",
            )
        )
    if kind.__name__ in ("Series", "ChunkedArray") or (home == "pyarrow" and not hasattr(given, "column_names")):
        raise TableError(tr("A Series is a single column; a table needs inputs and a target, as a DataFrame has them."))
    if kind.__name__ == "LazyFrame":
        raise TableError(tr("A LazyFrame holds no rows yet; give what its collect() returns."))
    if hasattr(given, "column_names") and hasattr(given, "column"):  # pyarrow.Table, RecordBatch
        return columns_from(given.column_names, [arrow_cells(given.column(k)) for k in range(given.num_columns)], notes)
    if hasattr(given, "get_columns"):  # polars
        return columns_from(given.columns, [_plain(series) for series in given.get_columns()], notes)
    if hasattr(given, "iloc") and hasattr(given, "columns"):  # pandas
        return _pandas(given, notes)
    if isinstance(given, np.ndarray):
        return _array(given, notes)
    if isinstance(given, Mapping):
        return from_mapping(given, notes)
    if isinstance(given, tuple) and len(given) == 2 and np.shape(given[1])[1:] in ((), (1,)) and np.ndim(given[0]) == 2:
        return _pair(*given, notes=notes)
    if isinstance(given, (list, tuple)) and given:
        return _list(given, notes)
    if hasattr(given, "columns") and hasattr(given, "__array__"):
        return columns_from(list(given.columns), list(np.asarray(given).T.tolist()), notes)
    said = en("A {type} is no table; give a path, bytes, pasted text, a DataFrame, arrays or a dict of columns.")
    if kind.__name__[0].lower() in "aeiou":
        said = en("An {type} is no table; give a path, bytes, pasted text, a DataFrame, arrays or a dict of columns.")
    raise TableError(tr(said, type=kind.__name__))


def _pandas(frame: Any, notes: list[str]) -> Source:
    index = frame.index
    if index.nlevels > 1 or (index.dtype.kind not in "iu" or not bool((np.diff(index.to_numpy()) == 1).all())):
        notes.append(tr("The index of the frame was left out; its reset_index() makes columns of it."))
    return columns_from(list(frame.columns), [_plain(frame.iloc[:, k]) for k in range(frame.shape[1])], notes)


def _plain(series: Any) -> Any:
    """A column as an array of numbers, or a list of anything else."""
    dtype = series.dtype
    if isinstance(dtype, np.dtype) and dtype.kind in "biuf":
        return series.to_numpy()
    if hasattr(dtype, "time_unit") and _far(moments := series.to_numpy()):  # polars would panic
        return list(moments)
    if hasattr(series, "to_list"):
        try:
            return series.to_list()
        except (OverflowError, ValueError):  # moments that Python has not
            return list(series.to_numpy())
    return list(series)


def _far(moments: Any) -> bool:
    """Whether any of them may be farther away than Python has moments."""
    days = moments[~np.isnat(moments)].astype(f"{moments.dtype.kind}8[D]").astype(np.int64)
    return bool(len(days)) and bool(days.max() > FARTHEST or days.min() < -FARTHEST)


def arrow_cells(column: Any) -> list[Any]:
    """Return the cells of a column of Arrow; as NumPy has them if there are moments among them that Python has not."""
    try:
        return column.to_pylist()  # type: ignore[no-any-return]
    except (OverflowError, ValueError):
        return list(column.to_numpy(zero_copy_only=False))


def _array(array: Any, notes: list[str]) -> Source:
    if array.dtype.names:  # structured
        return columns_from(array.dtype.names, [cells_of(array[name]) for name in array.dtype.names], notes)
    if array.ndim == 1:
        raise TableError(
            tr(
                "An array of shape {shape} is a single column; a table needs inputs and a target: "
                "np.column_stack((X, y)).",
                shape=array.shape,
            )
        )
    if array.ndim != 2:
        raise TableError(tr("An array of shape {shape} is no table; reshape it to (rows, columns).", shape=array.shape))
    names = [f"x{k + 1}" for k in range(array.shape[1] - 1)] + ["y"]
    return columns_from(names, [cells_of(array[:, k]) for k in range(array.shape[1])], notes)


def _pair(X: Any, y: Any, notes: list[str]) -> Source:
    """(X, y), the target last."""
    if len(X) != len(y):
        rows, targets = counted(len(X), "row"), counted(len(y), "value")
        raise TableError(tr("X has {rows} and y has {targets}; each row needs its target.", rows=rows, targets=targets))
    if np.ndim(y) == 2:
        y = y.iloc[:, 0] if hasattr(y, "iloc") else np.asarray(unmasked(y))[:, 0]
    if hasattr(X, "columns"):
        inputs = from_memory(X, [])
        name = getattr(y, "name", None)
        name = "y" if name in (None, "") else name
        return _with_target(columns_from([*inputs.names, name], [*inputs.cells, cells_of(y)], notes))
    X, y = np.asarray(unmasked(X)), np.asarray(unmasked(y))
    names = [f"x{k + 1}" for k in range(X.shape[1])] + ["y"]
    return _with_target(columns_from(names, [*(cells_of(X[:, k]) for k in range(X.shape[1])), cells_of(y)], notes))


def _with_target(source: Source) -> Source:
    """The last column said to be the target: who gives a pair has decided that, whatever is in it."""
    return source._replace(said=Said(target=source.names[-1]))


def _list(rows: Any, notes: list[str]) -> Source:
    """A list of rows: dicts with names, or lists without."""
    if all(isinstance(row, Mapping) for row in rows):
        names = list(dict.fromkeys(name for row in rows for name in row))
        return columns_from(names, [[row.get(name) for row in rows] for name in names], notes)
    if not all(isinstance(row, (list, tuple, np.ndarray)) for row in rows):
        raise TableError(tr("A list holds rows: lists of cells, or dicts with names."))
    width = len(rows[0])
    for number, row in enumerate(rows, 1):
        if len(row) != width:
            said = tr(
                "Row {row} has {cells}, the first has {first}; rows must be of one length.",
                row=number,
                cells=counted(len(row), "cell"),
                first=width,
            )
            raise TableError(said, number)
    names = [f"x{k + 1}" for k in range(width - 1)] + ["y"]
    return columns_from(names, [list(column) for column in zip(*rows, strict=True)], notes)
