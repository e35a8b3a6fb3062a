"""Saving by code: `lab.save("run.gif")`. What a file holds is told by the end of its name."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from tempfile import gettempdir
from typing import Any

from regviz import Config
from regviz.data.custom import custom_data
from regviz.errors import ArgumentError, FileError
from regviz.language import tr
from regviz.training.snapshot import Snapshot

from ..compare.pace import USUAL_SPEED, longest_epoch
from ..compare.session import Session
from ..panels import spelled
from .arguments import checked_file, checked_options, checked_size, refused
from .bitmap import USUAL_SIZE
from .experiment import USUAL_TITLE, Experiment, write
from .export import PICTURES, comparison_program, history_csv, lane_program, picture, reached
from .film import KINDS, check_film, film
from .tables import write_csv
from .view import View

FRAMES = 160
"""Moments of a run that are recorded for a film of its next epochs, as many as a film of 8 s has frames."""


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """What there is to take away at one moment.

    snapshot   what is seen
    config     the value of every knob
    view       pictures, lanes and look
    tape       the run so far, oldest first
    panels     the names of all pictures, of which the view has those that are in sight; empty: it has all
    """

    snapshot: Snapshot
    config: Config
    view: View
    speed: str = USUAL_SPEED
    tape: Sequence[Snapshot] = ()
    panels: tuple[str, ...] = ()

    @property
    def run(self) -> Sequence[Snapshot]:
        """The tape, and what has been trained since. Raises ValueError if that is a single moment."""
        run = [snapshot for snapshot in self.tape if snapshot.step < self.snapshot.step]
        if not run:
            raise ValueError(
                tr(
                    "there is nothing to film yet: play first, or film what comes next, for example "
                    'lab.save("run.gif", epochs=100)'
                )
            )
        return [*run, self.snapshot]

    @property
    def experiment(self) -> Experiment:
        """The comparison, to be opened again."""
        view = self.view
        names = tuple(panel.name if isinstance(panel, type) else spelled(panel) for panel in view.panels)
        title = view.title or USUAL_TITLE
        return Experiment(self.config, tuple(view.lanes), self.panels or names, self.speed, title)

    def stem(self) -> str:
        """Return what a file is called without its end: regviz-moons-epoch240."""
        epoch = self.snapshot.epoch
        return f"regviz-{self.config.data}-epoch{epoch}"


def save(shown: Shown, path: str | PathLike[str], **options: Any) -> list[Path]:
    """Write what the end of `path` says, and return the files that were written.

    .png .svg .pdf    the picture (options: size, ratio)
    .gif .webp .mp4   the run as a film (options: size, seconds, fps, progress); an MP4 needs ffmpeg
    .csv              the history of every lane
    .json             the whole experiment, to be opened again
    .py .torch.py     the comparison as a regviz program, the first lane as a PyTorch one; custom data beside it

    Raises FileError for another end, a file that cannot be written, or custom data whose file's name is taken by other
    contents, and what the parts raise; then no file is left.
    """
    path = checked_file(path)
    suffix = suffix_of(path)
    contents = content(shown, suffix, **options)
    others = {path.with_name(name): data for name, data in beside(shown, suffix).items()}
    files = {path: contents, **others}
    for file, data in others.items():
        if _is_another(file, data):  # it may be the table that somebody brought
            allowed = tr("{file} is there already, with other contents, and the program needs its own", file=file.name)
            raise FileError("path", str(path), allowed, str(_elsewhere(path, files)))
    made: list[Path] = []
    for file, data in (*others.items(), (path, contents)):  # what was asked for comes last: it replaces another
        if not os.path.exists(file):  # Path.exists raises if a name is too long
            made.append(file)
        try:
            file.write_bytes(data)
        except OSError as error:
            for one in made:
                with suppress(OSError):  # it may never have been there, or its name is none
                    one.unlink()
            if file == path:
                raise refused(file, "written", error) from None
            allowed = refused(file, "written", error).allowed  # nobody chooses the name of this one
            raise FileError(file.name, str(file), allowed, str(_elsewhere(path, files))) from None
    return list(files)


def _is_another(file: Path, data: bytes) -> bool:
    """Whether something else has that name, a folder or a file that cannot be read among it."""
    try:
        return file.exists() and file.read_bytes() != data
    except OSError:
        return True


def _elsewhere(path: Path, files: Iterable[Path]) -> Path:
    """The same name in a folder that is there, in which none of `files` is. Another name here would not do: the
    program's data have a name of their own.
    """
    above, home = os.path.normpath(path.parent / ".."), os.path.expanduser("~")
    folders = [Path(folder) for folder in (above, home, gettempdir())]
    free = (its for its in folders if os.access(its, os.W_OK) and not any((its / file.name).exists() for file in files))
    return next(free, folders[-1]) / path.name


def content(shown: Shown, suffix: str, **options: Any) -> bytes:
    """Return the bytes of a file that ends with `suffix`, one of `SUFFIXES`. Raises ArgumentError for an impossible
    option.
    """
    checked_options(suffix, options, OPTIONS.get(SUFFIXES[suffix], ()))
    return SUFFIXES[suffix](shown, suffix, **options)


def beside(shown: Shown, suffix: str) -> dict[str, bytes]:
    """Return files by name that a program needs beside it: custom data."""
    if not suffix.endswith(".py"):
        return {}
    names = {model.config.data for model in shown.snapshot.models}
    own = [data for name in sorted(names) if (data := custom_data(name)) is not None]
    return {f"{data.info.name}.csv": write_csv(data).encode() for data in own}


def suffix_of(path: Path) -> str:
    """Return the known end of a path. Raises FileError, naming those that are, for any other."""
    for suffix in sorted(SUFFIXES, key=len, reverse=True):
        if path.name.lower().endswith(suffix) and len(path.name) > len(suffix):
            return suffix
    raise FileError(
        "path", str(path), tr("allowed is a name that ends with {ends}", ends=", ".join(SUFFIXES)), "run.png"
    )


def recording(session: Session, epochs: int, frames: int = FRAMES) -> Generator[Snapshot]:
    """Train `epochs` more epochs and yield up to `frames` moments of them, the first and the last among them.

    One may look back at them afterwards, as at what the lab has played. Lanes of fewer batches an epoch may go further,
    as when the lab plays: none falls short.

    Raises ArgumentError for a number of epochs that is none.
    """
    if isinstance(epochs, bool) or not isinstance(epochs, int) or not 1 <= epochs <= 100_000:
        raise ArgumentError("epochs", epochs, "allowed is a whole number from 1 to 100000", 100)
    session.look_back(None)
    yield session.snapshot()
    by_epochs = epochs >= frames
    total = epochs if by_epochs else epochs * longest_epoch(session.trainer.configs)
    moments = sorted({round(total * (k + 1) / (frames - 1)) for k in range(frames - 1)} - {0})
    done = 0
    for moment in moments:
        for _ in range(moment - done):
            if by_epochs:
                session.epoch()
            else:
                session.step()
        done = moment
        yield session.snapshot()
        if session.trainer.done:
            return


def _picture(shown: Shown, suffix: str, **options: Any) -> bytes:
    return picture(shown.snapshot, shown.view, kind=suffix[1:], **options)


def _film(shown: Shown, suffix: str, **options: Any) -> bytes:
    return film(shown.run, shown.view.of_a_run, kind=suffix[1:], **options)


def _csv(shown: Shown, suffix: str) -> bytes:
    return history_csv(shown.snapshot, shown.view.lanes).encode()


def _json(shown: Shown, suffix: str) -> bytes:
    return write(shown.experiment).encode()


def _program(shown: Shown, suffix: str) -> bytes:
    return comparison_program(shown.snapshot, shown.view.lanes).encode()


def _torch(shown: Shown, suffix: str, lane: int = 0) -> bytes:
    configs = reached(shown.snapshot)
    _check_lane(lane, len(configs))
    return lane_program(configs[lane], "torch").encode()


def _check_lane(lane: Any, lanes: int) -> None:
    if isinstance(lane, bool) or not isinstance(lane, int) or not 0 <= lane < lanes:
        raise ArgumentError("lane", lane, f"allowed is a whole number from 0 to {lanes - 1}", 0)


def check(suffix: str, options: Mapping[str, Any], epochs: int | None, lanes: int) -> None:
    """Raise what `save` would raise for the options of a file that ends with `suffix`: at once, and before `epochs`
    more are trained, which films alone are made of.
    """
    how = SUFFIXES[suffix]
    checked_options(suffix, options, OPTIONS.get(how, ()))
    if epochs is not None and how is not _film:
        ends = ", ".join(f".{kind}" for kind in KINDS)
        allowed = f"only a film ({ends}) is of epochs that are trained now; a {suffix} file has what is seen"
        raise ArgumentError("epochs", epochs, allowed, None)
    if how is _film:
        check_film(suffix[1:], **options)
    elif how is _picture:
        checked_size(**{"size": USUAL_SIZE, "ratio": 2.0, **options})
    elif how is _torch:
        _check_lane(options.get("lane", 0), lanes)


SUFFIXES: dict[str, Callable[..., bytes]] = {
    **{f".{kind}": _picture for kind in PICTURES},
    **{f".{kind}": _film for kind in KINDS},
    ".csv": _csv,
    ".json": _json,
    ".py": _program,
    ".torch.py": _torch,
}
"""How a file comes about, by the end of its name."""

OPTIONS: dict[Callable[..., bytes], tuple[str, ...]] = {
    _picture: ("size", "ratio"),
    _film: ("size", "seconds", "fps", "progress"),
    _torch: ("lane",),
}
"""What each may be told besides."""
