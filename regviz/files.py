"""Trained networks as files: one `.npz` with every array and, as JSON, all the rest; and histories as CSV.

Nothing in such a file is executed: it holds no pickles, and is read without them.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from dataclasses import fields
from io import BytesIO
from itertools import pairwise
from os import PathLike, fspath
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO
from zipfile import is_zipfile

import numpy as np

from .config import FIELDS, Config, migrated
from .data.datasets import DATASETS
from .data.datasets import load as data_of
from .nn.batchnorm import Norm
from .training.snapshot import ModelSnapshot

if TYPE_CHECKING:
    from .arrays import Array

FORMAT, VERSION = "regviz run", 2
"""What the file says that it is. The version grows when an older regviz could not read the file any more."""

LEFT_OUT = ("split", "masks")
"""Parts of a snapshot that are not kept: data come back from the Config, masks are those of a single step."""

PARTS = {field.name for field in fields(ModelSnapshot)} - {"config", *LEFT_OUT}
"""What is saved of a network besides its Config."""

RENAMED = {"train_accuracy": "train_score", "val_accuracy": "val_score"}
"""Columns of the history that version 1 called otherwise. What it called otherwise in a Config, `migrated` knows."""

RECORDS = {record.__name__: record for record in (Norm,)}
"""Named tuples that may be part of a network."""

HEADER = "header"
"""The entry that holds the JSON, as bytes in UTF-8."""


def save(found: Mapping[str, Any], path: str | PathLike[str]) -> None:
    """Write the parts of a network, by name, to `path`, exactly: `load` returns them bit for bit."""
    arrays: dict[str, Array] = {}
    values = {name: _packed(value, name, arrays) for name, value in found.items() if name != "config"}
    header = {"format": FORMAT, "version": VERSION, "config": found["config"].to_dict(), "values": values}
    arrays[HEADER] = np.frombuffer(json.dumps(header).encode(), np.uint8)
    buffer = BytesIO()  # a name without .npz stays as it is, and an error leaves no half of a file
    np.savez_compressed(buffer, allow_pickle=False, **arrays)
    Path(path).write_bytes(buffer.getvalue())


def load(path: str | PathLike[str]) -> dict[str, Any]:
    """The parts that `save` wrote. Raises ValueError for a file that is none, is of a newer version, or is damaged."""
    with open(path, "rb") as file:  # a missing file is an error of its own
        if not is_zipfile(file):
            raise ValueError(f"{fspath(path)} is no Run of regviz: it is no .npz file, or only a part of one")
        file.seek(0)
        try:
            with np.load(file, allow_pickle=False) as entries:
                arrays = {name: entries[name] for name in entries.files}
        except Exception as error:  # zip, zlib and NumPy each have errors of their own for a bit that fell over
            raise ValueError(_damaged(path, error)) from error
    header = _header(arrays, path)
    if isinstance(data := header["config"].get("data"), str) and data not in DATASETS:
        raise ValueError(f"{fspath(path)} was trained on {data!r}, data of one's own: add them first, with add_data")
    try:
        values = {name: _unpacked(value, arrays) for name, value in header["values"].items()}
        values["history"] = {RENAMED.get(name, name): column for name, column in values["history"].items()}
        return _sound({"config": Config.from_dict(header["config"]), **values})
    except Exception as error:
        raise ValueError(_damaged(path, error)) from error


def history_csv(history: Mapping[str, Array], path_or_file: str | PathLike[str] | TextIO) -> None:
    """Write a history, columns by name, as CSV: a line of names, then a row for each epoch. Every number is exact."""
    if isinstance(path_or_file, (str, PathLike)):
        with open(path_or_file, "w", newline="", encoding="utf-8") as file:
            return history_csv(history, file)
    writer = csv.writer(path_or_file, lineterminator="\n")
    writer.writerow(history)
    writer.writerows(zip(*(column.tolist() for column in history.values()), strict=True))


def _header(arrays: dict[str, Array], path: str | PathLike[str]) -> dict[str, Any]:
    """The JSON of a file of ours. Raises ValueError for any other file."""
    try:
        header = json.loads(arrays[HEADER].tobytes())
        ours = header["format"] == FORMAT and isinstance(header["version"], int)
        ours = ours and isinstance(header["config"], dict) and isinstance(header["values"], dict)
    except (KeyError, TypeError, ValueError, RecursionError):
        ours = False
    if not ours:
        raise ValueError(f"{fspath(path)} is no Run of regviz: it is an .npz file of something else")
    if header["version"] > VERSION:
        raise ValueError(_newer(path, f"its version is {header['version']}, this regviz reads up to {VERSION}"))
    if unknown := sorted({*migrated(header["config"])} - {*FIELDS} | {*header["values"]} - PARTS):
        raise ValueError(_newer(path, f"this regviz does not know {', '.join(unknown)}"))
    return dict(header)


def _sound(found: dict[str, Any]) -> dict[str, Any]:
    """The parts themselves. Raises an error if they make no network."""
    model = ModelSnapshot(**found, split=data_of(found["config"]), masks=())  # a TypeError if a part is missing
    columns, layers = {len(column) for column in model.history.values()}, zip(model.weights, model.biases, strict=True)
    widths = [model.split.n_features, *model.config.hidden, max(1, model.split.n_classes)]
    if [(*W.shape, *b.shape) for W, b in layers] != [(i, o, o) for i, o in pairwise(widths)]:
        raise ValueError(f"the layers are not those of {model.config.to_query()!r}")
    if len(columns) != 1:
        raise ValueError("the columns of the history differ in length")
    return found


def _packed(value: Any, name: str, arrays: dict[str, Array]) -> Any:
    """`value` as JSON; its arrays go to `arrays`, under names that begin with `name`."""
    match value:
        case np.ndarray():
            arrays[name] = value
            return {"array": name}
        case tuple() if type(value) in RECORDS.values():
            return {"record": type(value).__name__, "parts": _packed(tuple(value), name, arrays)}
        case tuple():
            return [_packed(part, f"{name}.{place}", arrays) for place, part in enumerate(value)]
        case dict():
            return {"dict": {key: _packed(part, f"{name}.{key}", arrays) for key, part in value.items()}}
        case None | bool() | int() | float() | str():
            return value
    raise TypeError(f"{name} is a {type(value).__name__}, which a file cannot hold")


def _unpacked(value: Any, arrays: dict[str, Array]) -> Any:
    """The inverse of `_packed`."""
    match value:
        case {"array": name}:
            return arrays[name]
        case {"record": name, "parts": parts}:
            return RECORDS[name](*_unpacked(parts, arrays))
        case {"dict": parts}:
            return {key: _unpacked(part, arrays) for key, part in parts.items()}
        case list():
            return tuple([_unpacked(part, arrays) for part in value])
    return value


def _newer(path: str | PathLike[str], why: str) -> str:
    return f"{fspath(path)} was written by a newer regviz: {why}. Try: pip install --upgrade regviz"


def _damaged(path: str | PathLike[str], error: Exception) -> str:
    return f"{fspath(path)} is damaged ({error}); take a copy that is whole, or train again"
