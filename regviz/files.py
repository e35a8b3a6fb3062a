"""Runs as files: one `.npz` with every array and, as JSON, all the rest; and histories as CSV.

Nothing in such a file is executed: it holds no pickles, and is read without them.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Set
from io import BytesIO
from os import PathLike, fspath
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO
from zipfile import is_zipfile

import numpy as np

from .config import FIELDS, Config
from .data.datasets import DATASETS
from .data.fingerprint import GIVEN, fingerprint
from .data.raw import CUSTOM
from .errors import ConfigError, RunFileError
from .nn.activations import known_again
from .nn.batchnorm import Norm
from .nn.layernorm import Gain
from .older import migrated
from .optim.penalties import PENALTIES
from .specifications import MEMBERS
from .training.turns import Turn

if TYPE_CHECKING:
    from .arrays import Array

FORMAT, VERSION = "regviz run", 2
"""What the file says that it is. The version grows when an older regviz could not read the file any more."""

RENAMED = {"train_accuracy": "train_score", "val_accuracy": "val_score"}
"""Columns of the history that version 1 called otherwise. What it called otherwise in a Config, `migrated` knows."""

RECORDS = {record.__name__: record for record in (Norm, Gain, Turn)}
"""Named tuples that may be part of a network."""

HEADER = "header"
"""The entry that holds the JSON, as bytes in UTF-8."""


def write(path: str | PathLike[str], config: Config, values: Mapping[str, Any], mark: str = "") -> None:
    """Write a Config and what belongs to it: numbers, texts, arrays, and tuples and dictionaries of them; and `mark`,
    the fingerprint of custom data, or of data that were given.
    """
    arrays: dict[str, Array] = {}
    packed = {name: _packed(value, name, arrays) for name, value in values.items()}
    custom = [name for name, lam in config.penalties.items() if name not in PENALTIES.shipped and lam]
    custom += [name for name, registry in MEMBERS.items() if getattr(config, name) not in registry.shipped]
    header = {"format": FORMAT, "version": VERSION, "config": config.to_dict(), "values": packed, "custom": custom}
    header |= {"fingerprint": mark} if mark else {}
    arrays[HEADER] = np.frombuffer(json.dumps(header).encode(), np.uint8)
    buffer = BytesIO()  # a name without .npz stays as it is, and an error leaves no half of a file
    np.savez_compressed(buffer, allow_pickle=False, **arrays)
    Path(path).write_bytes(buffer.getvalue())


def read(path: str | PathLike[str], parts: Set[str]) -> tuple[Config, dict[str, Any], str]:
    """Return what `write` wrote, with values of some names.

    Raises RunFileError for a file that is none, that is of a newer version or has other `parts`, or that is damaged,
    and if the custom data or members that it was trained with are not here, or others have their names.
    """
    with open(path, "rb") as file:  # a missing file is an error of its own
        if not is_zipfile(file):
            raise _unreadable(path, "is no Run of regviz: it is no .npz file, or only a part of one")
        file.seek(0)
        try:
            with np.load(file, allow_pickle=False) as entries:
                arrays = {name: entries[name] for name in entries.files}
        except Exception as error:  # zip, zlib and NumPy each have errors of their own for a bit that fell over
            raise damaged(path, error) from error
    header = _header(arrays, path, parts)
    mark = header.get("fingerprint", "")
    if isinstance(data := header["config"].get("data"), str):
        if data not in DATASETS:
            raise _unreadable(path, f"was trained on {data!r}, custom data: add them first, with add_data")
        if mark not in ("", GIVEN) and (data not in CUSTOM or fingerprint(CUSTOM[data]) != mark):
            why = (
                f"was trained on other rows called {data!r}: add those under this name, with add_data(…, replace=True)"
            )
            raise _unreadable(path, why)
    try:
        values = {name: _unpacked(value, arrays) for name, value in header["values"].items()}
        values["history"] = {RENAMED.get(name, name): column for name, column in values["history"].items()}
        config = Config.from_dict(header["config"])
    except Exception as error:
        raise damaged(path, error) from error
    answered = values.get("answered", ())
    try:  # other things than numbers are found to be damaged with the rest
        if isinstance(answered, tuple) and all(isinstance(number, float) for number in answered):
            known_again(config.activation, answered)
    except ConfigError:
        why = f"was trained with another function called {config.activation!r}: add that one under this name, with "
        raise _unreadable(path, why + "add_activation") from None
    return config, values, mark


def write_csv(columns: Mapping[str, Array], path_or_file: str | PathLike[str] | TextIO) -> None:
    """Write columns of one length as CSV: a line of names, then one of each row. Every number reads back exactly."""
    if isinstance(path_or_file, (str, PathLike)):
        with open(path_or_file, "w", newline="", encoding="utf-8") as file:
            return write_csv(columns, file)
    writer = csv.writer(path_or_file, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(zip(*(column.tolist() for column in columns.values()), strict=True))


def damaged(path: str | PathLike[str], error: Exception) -> RunFileError:
    """Return the error of a file that is one of ours but cannot be read, because of `error`."""
    return _unreadable(path, f"is damaged ({error}); take a copy that is whole, or train again")


def _header(arrays: dict[str, Array], path: str | PathLike[str], parts: Set[str]) -> dict[str, Any]:
    """The JSON of a file of ours. Raises RunFileError for any other file."""
    try:
        header = json.loads(arrays[HEADER].tobytes())
        ours = header["format"] == FORMAT and type(header["version"]) is int and header["version"] > 0
        ours = ours and isinstance(header["config"], dict) and isinstance(header["values"], dict)
        ours = ours and isinstance(header.get("custom", []), list)
    except (KeyError, TypeError, ValueError, RecursionError):
        ours = False
    if not ours:
        raise _unreadable(path, "is no Run of regviz: it is an .npz file of something else")
    if header["version"] > VERSION:
        raise _newer(path, f"its version is {header['version']}, this regviz reads up to {VERSION}")
    if unknown := sorted({*header["values"]} - parts):
        raise _newer(path, f"this regviz does not know {', '.join(unknown)}")
    fields = migrated(header["config"])
    custom = header.get("custom", (*MEMBERS,))  # fields; older files did not name them
    for name, registry in MEMBERS.items():
        if isinstance(value := fields.get(name), str) and value not in registry:
            if name not in custom:
                raise _newer(path, f"this regviz does not know {name}={value!r}")
            raise _missing(path, name, value)
    unknown = sorted({*fields} - {*FIELDS})
    for name in unknown:
        if name in custom:
            raise _missing(path, PENALTIES.kind, name)
    if strange := [name for name in unknown if fields[name] != 0]:  # a penalty that was added and not used is 0
        why = f"this regviz does not know {', '.join(strange)}; a penalty of one's own has to be added first"
        raise _newer(path, why)
    return {**header, "config": {name: value for name, value in fields.items() if name not in unknown}}


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


def _missing(path: str | PathLike[str], kind: str, name: str) -> RunFileError:
    why = f"was trained with {name!r}, a custom {kind}: add it first, with add_{kind}"
    return _unreadable(path, why)


def _newer(path: str | PathLike[str], why: str) -> RunFileError:
    return _unreadable(path, f"was written by a newer regviz: {why}. Try: pip install --upgrade regviz")


def _unreadable(path: str | PathLike[str], why: str) -> RunFileError:
    return RunFileError("path", fspath(path), why, "a file that Run.save wrote")
