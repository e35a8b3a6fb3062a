"""What `Lab(…)` and `lab.save(…)` may be given, checked at the door with a sentence that says what would work."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence, Sized
from concurrent.futures import Executor
from os import PathLike, fspath
from os.path import isdir
from pathlib import Path
from typing import Any, Literal

from regviz import Config
from regviz.data import DATASETS
from regviz.errors import ArgumentError, FileError
from regviz.executors import check
from regviz.fields import closest
from regviz.language import LANGUAGES, SOURCE, en, of_environment, tr
from regviz.language import spelled as language_of
from regviz.tables.how import How
from regviz.words import tidy

from ..compare.lanes import LONGEST_NAME, checked_knobs, is_a_name
from ..lessons.lesson import Lesson
from ..look.arrangement import MOST_PICTURES
from ..panels import Panel, made, panel_class, spelled


def checked_config(config: Any, start: Config) -> Config:
    """Return `config` itself, or `start` for None. Raises ArgumentError for anything else, and ConfigError
    for one strength for each layer, of which a knob has no place.
    """
    if config is None:
        return start
    if not isinstance(config, Config):
        data = config if isinstance(config, str) and config in DATASETS else start.data
        allowed = f"allowed is a regviz.Config, such as Config(data={data!r}), or None for the usual start"
        raise ArgumentError("config", config, allowed, None)
    return checked_knobs(config)


def checked_lesson(lesson: Any) -> Lesson | None:
    """Return `lesson` itself, which may be None. Raises ArgumentError for anything else."""
    if lesson is not None and not isinstance(lesson, Lesson):
        raise ArgumentError("lesson", lesson, "allowed is a regviz.lab.Lesson, or None for none", None)
    return lesson


def checked_reading(data: Any, target: Any, leave_out: Any, how: Mapping[str, Any]) -> None:
    """Raise ArgumentError for what is said of the columns of `data` where there are none, and TypeError for an argument
    that neither a lab nor `read_table` has.
    """
    for name in how:
        if name not in (*How._fields, "task"):
            raise TypeError(f"Lab() got an unexpected keyword argument {name!r}")
    left = None if isinstance(leave_out, Sized) and not len(leave_out) else leave_out
    for name, value in {"target": target, "leave_out": left, **how}.items():
        if data is None and value is not None:
            raise ArgumentError(name, value, "it says how data are read, and there are none", f"data=…, {name}=…")


def checked_panels(panels: Any, present: Mapping[str, type[Panel]] | None = None) -> list[type[Panel]]:
    """Return the pictures that are asked for, by name or as classes; of a name that is `present` that class.

    Raises ArgumentError for none, for too many to be read, and for one that does not exist.
    """
    if isinstance(panels, (str, type)) or not isinstance(panels, Sequence):
        raise ArgumentError("panels", panels, "allowed is a list of names and Panel classes", ["loss"])
    shown = present or {}
    kinds = [panel_class(shown.get(panel, panel) if isinstance(panel, str) else panel) for panel in panels]
    if not 1 <= len(kinds) <= MOST_PICTURES:
        allowed = tr("allowed are 1 to {most} pictures, more cannot be read", most=MOST_PICTURES)
        raise ArgumentError("panels", list(panels), allowed, ["loss", "weights"])
    return kinds


def checked_spellings(panels: Sequence[str]) -> tuple[str, ...]:
    """Return the pictures that are asked for, each by its present name and as it is to be seen ("loss~log"); one of a
    name.

    Raises ArgumentError as `checked_panels`, and for views that a picture does not have.
    """
    found = {kind.name: panel for kind, panel in zip(checked_panels(panels), panels, strict=True)}
    return tuple(spelled(made(panel)) for panel in found.values())


def checked_title(title: Any) -> str:
    """Return `title` itself, which may be empty. Raises ArgumentError for one that no file of the lab could hold."""
    if title != "" and not is_a_name(title):
        allowed = tr("allowed is a line of 1 to {n} letters", n=LONGEST_NAME)
        raise ArgumentError("title", title, allowed, tidy(str(title))[:LONGEST_NAME].strip())
    return str(title)


def checked_language(lang: Any) -> str:
    """Return the language that `lang` means ("de", "de-AT"), for None what the page's request or the environment asks
    for.

    Raises ArgumentError for a language that there is not.
    """
    if lang is None:
        return of_environment(os.environ)
    found = language_of(lang) if isinstance(lang, str) else None
    if found is None:
        raise ArgumentError("lang", lang, tr("allowed is one of {names}", names=", ".join(LANGUAGES)), SOURCE)
    return found


def checked_workers(executor: Any) -> Callable[[], Executor] | None:
    """Return what hands out `executor`, None for none. Raises TypeError for what is none, ValueError for one that is
    shut.
    """
    if executor is None:
        return None
    check(executor)
    return lambda: executor


def checked_file(path: Any) -> Path:
    """Return the path of a file that can be written. Raises FileError for one in a folder that is not there, or that is
    one.

    What else may go wrong (a full disk, no permission) is only known while writing: see `refused`.
    """
    if not isinstance(path, (str, PathLike)):
        raise ArgumentError("path", path, "allowed is the name of a file", "run.png")
    file = Path(fspath(path))
    if not file.parent.is_dir():
        said = en("there is no folder {folder}; make it first, or write into another")
        allowed = tr(said, folder=repr(str(file.parent)))
        raise FileError("path", str(path), allowed, file.name)
    if isdir(file):  # Path.is_dir raises if a name is too long; that is said while writing
        raise FileError("path", str(path), tr("that is a folder; name a file in it"), str(file / "run.png"))
    return file


def refused(file: Path, what: Literal["read", "written"], error: OSError) -> FileError:
    """Return the system's refusal to read or write `file`, as what a person may do about it."""
    reason = (error.strerror or str(error)).lower()
    said = en("it cannot be read: {reason}") if what == "read" else en("it cannot be written: {reason}")
    way = tr("another one than {file}", file=file.name[:40])
    return FileError("path", str(file), tr(said, reason=reason), way)


def checked_options(suffix: str, options: Mapping[str, Any], known: Sequence[str]) -> None:
    """Raise ArgumentError for an option that a file with this end does not have."""
    for name in options:
        if name not in known:
            allowed = f"a {suffix} file has {'the options ' + ', '.join(known) if known else 'no options'}"
            raise ArgumentError(name, options[name], allowed, closest(name, known) if known else f"run{suffix}")


def checked_size(size: Any, ratio: Any) -> tuple[int, int]:
    """Return width and height of a picture in CSS pixels. Raises ArgumentError for a size or a ratio that is no
    picture's.
    """
    pair = isinstance(size, Sequence) and not isinstance(size, str) and len(size) == 2
    if not pair or not all(isinstance(side, int) and 200 <= side <= 4000 for side in size):
        raise ArgumentError("size", size, "allowed are a width and a height from 200 to 4000 pixels", (1100, 650))
    if isinstance(ratio, bool) or not isinstance(ratio, (int, float)) or not 0.25 <= ratio <= 8:
        raise ArgumentError("ratio", ratio, "allowed is a number from 0.25 to 8", 2.0)
    return size[0], size[1]
