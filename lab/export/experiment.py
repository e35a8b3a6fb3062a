"""A whole experiment as one JSON file for people to read, and back. Nothing in such a file is executed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from typing import Any

from regviz import Config
from regviz.config import FIELDS
from regviz.data.custom import CustomData, custom_data
from regviz.errors import ArgumentError, ConfigError, DataError, FileError
from regviz.fields import closest
from regviz.language import en, tr
from regviz.older import migrated
from regviz.tables import TableError

from ..compare.lanes import DEFAULT_LANES, TECHNIQUES, Lane, checked_knobs, checked_lanes, with_older_penalty
from ..compare.pace import USUAL_SPEED, checked_speed
from ..compare.presets import AN_OWN_VALUE
from ..panels import PANELS, VIEW, present_name
from .arguments import checked_spellings, refused
from .experiment_data import CONTENTS, data_in, data_out
from .parsed import dict_in, list_in, one_of, text_in

USUAL_PANELS = ("loss", "weights", "fit", "mask")
USUAL_TITLE = en("Playground")

FORMAT = "regviz experiment"
"""What the file says that it is."""

VERSION = 5
"""It grows when an older lab could not read the file any more."""

WITHOUT_VIEWS, WITHOUT_DRAWING = 3, 4
"""The versions of files that say nothing of what is seen of their pictures, and that have no drawn points: older labs
read them."""

LARGEST_FILE = 5_000_000
"""Characters of a file that are read."""


@dataclass(frozen=True, slots=True)
class Experiment:
    """A comparison as it can be opened again: what is compared, on what, shown how.

    config    the value of every knob
    panels    names of the pictures, with what is seen of them ("loss~log")
    speed     one of `compare.pace.SPEEDS`
    """

    config: Config
    lanes: tuple[Lane, ...] = DEFAULT_LANES
    panels: tuple[str, ...] = USUAL_PANELS
    speed: str = USUAL_SPEED
    title: str = USUAL_TITLE
    notes: tuple[str, ...] = field(default=(), compare=False)
    """Sentences for the person who opened it, for example that data have another name here."""


def write(experiment: Experiment) -> str:
    """Return `experiment` as JSON. Custom data that it trains on are part of it if they are small enough."""
    config = experiment.config
    own = _own(experiment)
    version = WITHOUT_DRAWING if any(VIEW in panel for panel in experiment.panels) else WITHOUT_VIEWS
    content: dict[str, Any] = {
        "format": FORMAT,
        "version": VERSION if any(data.raw.drawing is not None for data in own) else version,
        "title": experiment.title,
        "speed": experiment.speed,
        "panels": list(experiment.panels),
        "config": config.to_dict(),
        "lanes": [_lane_out(lane) for lane in experiment.lanes],
    }
    if own:
        content["data"] = [data_out(data) for data in own]
    return _laid_out(content) + "\n"


def data_beside(experiment: Experiment) -> list[str]:
    """Return titles of the custom data that are too large for the file, so that it only names them."""
    return [data.info.title for data in _own(experiment) if not CONTENTS & set(data_out(data))]


def _own(experiment: Experiment) -> list[CustomData]:
    """The custom data that it trains on."""
    config = experiment.config
    names = dict.fromkeys([config.data, *(lane.config(config).data for lane in experiment.lanes)])
    return [data for name in names if (data := custom_data(name)) is not None]


def read(text: str) -> Experiment:
    """Return the experiment that `write` wrote. Its data are added to this process, under a free name if theirs is
    taken.

    Raises FileError, naming the field, for a file that is none, is of a newer version, is damaged, or needs data or
    penalties that are neither in it nor here; DataError and TableError for data in it that cannot be used.
    """
    try:
        return _experiment(_parsed(text))
    except (DataError, TableError):
        raise
    except (ArgumentError, ConfigError) as error:  # possible elsewhere, but not as the file has it
        raise FileError(error.field, error.value, error.allowed, error.suggestion) from None


def _experiment(content: Mapping[str, Any]) -> Experiment:
    known = ("format", "version", "title", "speed", "panels", "config", "lanes", "data")
    for name in content:
        one_of("field", name, known)
    renamed, notes = data_in(list_in("data", content.get("data", [])))
    knobs = dict_in("config", content.get("config"), {"data": "moons"})
    config = _config_in(knobs, renamed)
    lanes = checked_lanes(
        [_lane_in(place, lane, knobs, renamed) for place, lane in enumerate(list_in("lanes", content.get("lanes")))]
    )
    lanes = with_older_penalty(lanes, knobs)
    for lane in lanes:
        lane.config(config)  # raises if its values are impossible together
    given = [present_name(panel) for panel in list_in("panels", content.get("panels"))]
    for panel in given:
        one_of("panels", panel.split(VIEW)[0] if isinstance(panel, str) else panel, tuple(PANELS))
    panels = checked_spellings(list(dict.fromkeys(given)))
    speed = checked_speed(content.get("speed", USUAL_SPEED))
    title = text_in("title", content.get("title", USUAL_TITLE))
    return Experiment(config, lanes, panels, speed, title, tuple(notes))


def read_file(path: str | PathLike[str]) -> Experiment:
    """Return the experiment in a file. Raises what `read` raises, and FileError for one that cannot be read."""
    if not isinstance(path, (str, PathLike)):
        raise ArgumentError("experiment", path, "allowed is an Experiment or the path of its file", "experiment.json")
    file = Path(path)
    try:
        if file.stat().st_size > 4 * LARGEST_FILE:
            raise FileError("file", file.name, tr("it is too large for an experiment"), tr("a file saved here"))
        return read(file.read_text(encoding="utf-8-sig", errors="replace"))
    except OSError as error:
        raise refused(file, "read", error) from None


def _parsed(text: str) -> dict[str, Any]:
    if len(text) > LARGEST_FILE:
        long, allowed = tr("{n} characters", n=f"{len(text):,}"), tr("up to {n} are read", n=f"{LARGEST_FILE:,}")
        raise FileError("file", long, allowed, tr("a file saved here"))
    try:
        content = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        allowed = tr("it is no JSON, or only a part of one")
        raise FileError("file", text[:40], allowed, tr("a file saved here")) from None
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        given = content.get("format") if isinstance(content, dict) else content
        other = tr("allowed is {format}: this is a file of something else", format=repr(FORMAT))
        raise FileError("format", given, other, FORMAT)
    version = content.get("version")
    if isinstance(version, bool) or not isinstance(version, int) or version < 1:
        allowed = tr("allowed is a whole number from {low} to {high}", low=1, high=VERSION)
        raise FileError("version", version, allowed, VERSION)
    if version > VERSION:
        allowed = tr(
            "this lab reads up to version {version}; a newer one wrote the file: pip install --upgrade regviz",
            version=VERSION,
        )
        raise FileError("version", version, allowed, VERSION)
    return content


def _no_constant(name: str) -> Any:
    raise ValueError(name)


def _lane_out(lane: Lane) -> dict[str, Any]:
    out: dict[str, Any] = {"name": lane.name, "uses": list(lane.uses)}
    if lane.fixed:
        out["fixed"] = dict(lane.fixed)
    if lane.color is not None:
        out["color"] = lane.color
    return out


def _lane_in(place: int, lane: Any, knobs: Mapping[str, Any], renamed: Mapping[str, str]) -> Lane:
    where = f"lanes[{place}]"
    if not isinstance(lane, dict):
        raise FileError(where, lane, tr("a lane has a name and the techniques it uses"), _lane_out(DEFAULT_LANES[1]))
    for name in lane:
        one_of(tr("{part}'s field", part=where), name, ("name", "uses", "fixed", "color"))
    uses = tuple(
        one_of(f"{where}.uses", use, tuple(TECHNIQUES)) for use in list_in(f"{where}.uses", lane.get("uses", []))
    )
    fixed = dict_in(f"{where}.fixed", lane.get("fixed", {}), AN_OWN_VALUE)
    if "penalty" in fixed:  # an older file may leave its strength to the knobs
        fixed = {"strength": knobs.get("strength", 0.0), **fixed}
    checked = {
        name: _value_in(f"{where}.fixed.{name}", name, value, renamed) for name, value in migrated(fixed).items()
    }
    name = text_in(f"{where}.name", lane.get("name"))
    try:
        return Lane(name, uses, checked, lane.get("color"))
    except ArgumentError as error:
        raise FileError(f"{where}.{error.field}", error.value, error.allowed, error.suggestion) from None


def _config_in(fields: Mapping[str, Any], renamed: Mapping[str, str]) -> Config:
    values = {name: _value_in(name, name, value, renamed) for name, value in migrated(fields).items()}
    return checked_knobs(Config.from_dict(values))


def _value_in(where: str, name: str, value: Any, renamed: Mapping[str, str]) -> Any:
    """A checked value of a Config field."""
    if name not in FIELDS:
        allowed = tr("Config has no such field (that of a custom penalty is there once it is added)")
        raise FileError("field", name, allowed, closest(name, FIELDS))
    if name == "data" and isinstance(value, str):
        value = renamed.get(value, value)
    try:
        return FIELDS[name].check(name, value)
    except ConfigError as error:
        raise FileError(where, error.value, error.allowed, error.suggestion) from None


def _laid_out(value: Any, indent: str = "") -> str:
    """JSON with one line for each field, lane and row of data: short enough to read, long enough to compare."""
    inner = indent + "  "
    if isinstance(value, dict):
        lines = [f"{inner}{json.dumps(name)}: {_laid_out(part, inner)}" for name, part in value.items()]
        return "{\n" + ",\n".join(lines) + f"\n{indent}}}"
    if isinstance(value, list) and any(isinstance(part, (dict, list)) for part in value):
        return "[\n" + ",\n".join(inner + _laid_out(part, inner) for part in value) + f"\n{indent}]"
    return json.dumps(value, ensure_ascii=False)
