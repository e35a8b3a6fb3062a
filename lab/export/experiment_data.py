"""Custom data in an experiment's file: tables with their roles, arrays with their rows; large ones by name alone."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from regviz.data import drawn
from regviz.data.custom import CustomData, custom_data, enter, examined, free_name, from_table
from regviz.data.fingerprint import fingerprint
from regviz.errors import FileError
from regviz.language import tr
from regviz.tables import from_record, to_record

from .parsed import list_in, one_of, text_in

CONTENTS = frozenset({"rows", "table", "drawing"})
"""The fields of a file that hold data."""

INLINE = 1_000_000
"""Characters that custom data may take in the file; larger ones are only named, with a fingerprint."""


def data_out(data: CustomData) -> dict[str, Any]:
    info, raw = data.info, data.raw
    out: dict[str, Any] = {"name": info.name, "title": info.title, "fingerprint": fingerprint(data.raw)}
    rows: dict[str, Any]
    if raw.drawing is not None:
        rows = {"drawing": drawn.to_record(raw.drawing)}
    elif raw.table is not None:
        rows = {"table": to_record(raw.table)}
    else:
        out |= {"task": info.task, "features": list(raw.feature_names)}
        y = [raw.class_names[k] for k in raw.y] if info.n_classes else raw.y.tolist()
        rows = {"rows": raw.X.tolist(), "target": y}
    return out | rows if len(json.dumps(rows)) <= INLINE else out


def data_in(sets: Sequence[Any]) -> tuple[dict[str, str], list[str]]:
    """Add the data of a file to this process; which names they have here, and what to say about it.

    Raises FileError, which names the place in the file.
    """
    renamed: dict[str, str] = {}
    notes: list[str] = []
    for place, given in enumerate(sets):
        where = f"data[{place}]"
        if not isinstance(given, dict):
            allowed = tr("a data set has a name, features, rows and a target")
            raise FileError(where, given, allowed, {"name": "mine"})
        for name in given:
            known = ("name", "title", "task", "fingerprint", "features", "rows", "target", "table", "drawing")
            one_of(tr("{part}'s field", part=where), name, known)
        name = text_in(f"{where}.name", given.get("name"))
        here = custom_data(name)
        if not CONTENTS & set(given):
            if here is None or fingerprint(here.raw) != given.get("fingerprint"):
                allowed = tr("these data were too large for the file; add them first, under this name")
                raise FileError(f"{where}.name", name, allowed, f"add_data({name!r}, X, y)")
            continue
        found = _one_in(where, name, given)
        if here is not None and not here.same_as(found):
            free = free_name(name)
            found = _one_in(where, free, given)
            renaming = {"name": repr(name), "free": repr(free)}
            notes.append(tr("The file's data {name} are called {free} here: other data have that name.", **renaming))
            renamed[name] = free
        enter(found)
    return renamed, notes


def _one_in(where: str, name: str, given: Mapping[str, Any]) -> CustomData:
    title = text_in(f"{where}.title", given.get("title", name))
    if "drawing" in given:
        return drawn.from_drawing(name, drawn.from_record(given["drawing"]), title=title)
    if "table" in given:
        return from_table(name, from_record(given["table"]), title=title)
    rows, target = list_in(f"{where}.rows", given["rows"]), list_in(f"{where}.target", given.get("target"))
    features = [text_in(f"{where}.features", text) for text in list_in(f"{where}.features", given.get("features"))]
    return examined(name, rows, target, feature_names=features, title=title, task=given.get("task"))
