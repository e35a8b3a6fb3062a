"""What the code of a notebook asks of a lab: other pictures and knobs, files of what is seen, a lesson's sheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import Any

from regviz import Drawing

from .compare.session import Session
from .controls.controls import Controls, checked_fields
from .controls.draw_desk import DrawDesk
from .controls.pictures import Pictures
from .controls.transport import Transport
from .export.arguments import checked_file, checked_panels
from .export.experiment import Experiment, read_file
from .export.save import Shown, check, recording, save, suffix_of
from .export.sheet import sheet
from .export.view import View
from .lessons.guide import Guide
from .page.player import Player
from .panels import Panel


class ForNotebooks:
    """The part of a lab that is there for code; what a person does on the page goes other ways."""

    title: str
    session: Session
    player: Player
    pictures: Pictures
    controls: Controls
    transport: Transport
    draw_desk: DrawDesk
    guide: Guide | None

    def show(self, panels: Sequence[str | type[Panel]]) -> None:
        """Show other pictures; those that stay keep what a person chose in them.

        Raises ValueError for a picture that does not exist, for none, and for too many.
        """
        self.pictures.show(panels)

    def turn(self, fields: Mapping[str, Any]) -> None:
        """Turn knobs, Config fields with their values, as a person would; the page says which value is impossible.

        Raises ArgumentError for a field that there is not; then nothing is turned.
        """
        self.controls.turn(checked_fields(fields))

    @property
    def drawn(self) -> Drawing | None:
        """The points that are drawn on the fit picture; None before anybody has drawn any."""
        return self.draw_desk.drawing

    def save(self, path: str | PathLike[str], *, epochs: int | None = None, **options: Any) -> list[Path]:
        """Write what is seen into a file, of the kind that the end of `path` names, and return the files written.

        .png .svg .pdf    the picture (options: size, ratio)
        .gif .webp .mp4   the run as a film (options: size, seconds, fps, progress); an MP4 needs ffmpeg. With
                          `epochs`, a film of that many epochs that are trained now, and no other file
        .csv              the history of every lane
        .json             the whole experiment, to be opened again
        .py .torch.py     the comparison as a regviz program, the first lane as a PyTorch one

        Raises FileError for another end or a file that cannot be written, ArgumentError for an impossible option, and
        ValueError for an MP4 without ffmpeg (all are ValueErrors); then nothing is trained or written.
        """
        suffix = suffix_of(checked_file(path))  # before any training
        check(suffix, options, epochs, len(self.session.lanes))
        tape = None if epochs is None else tuple(recording(self.session, epochs))
        shown = self.shown()
        return save(shown if tape is None else replace(shown, tape=tape), path, **options)

    def sheet(self, *, answers: bool = False) -> str:
        """Return the lesson as HTML to print: its questions on one page; with the answers, for the teacher, on two.

        With answers all its networks are trained. Raises ValueError for a lab without a lesson.
        """
        if self.guide is None:
            raise ValueError("this lab has no lesson, and so no sheet; give it one: Lab(lesson=Lesson(…))")
        lesson, (base, lanes) = self.guide.lesson, self.guide.setting
        return sheet(lesson, base, lanes, self.pictures.opening, self.title, with_answers=answers)

    def open_experiment(self, experiment: Experiment | str | PathLike[str]) -> None:
        """Go on with an experiment that was saved: as `experiment.read` gives it, or the path of its file.

        Raises FileError for a file that is none, or from another version; then nothing changes.
        """
        if not isinstance(experiment, Experiment):
            experiment = read_file(experiment)
        checked_panels(experiment.panels)
        before = self.session.speed
        self.session.set_speed(experiment.speed)
        try:
            self.session.compare(experiment.config, experiment.lanes)
        except ValueError:
            self.session.set_speed(before)
            raise
        self.session.pause()
        self.transport.show_speed()
        self.controls.show()
        self.show(experiment.panels)

    def shown(self) -> Shown:
        """Return what there is to see and to take away now."""
        session, player = self.session, self.player
        snapshot, scene = session.snapshot(), session.scene()
        view = View(player.stage.shown, session.lanes, player.look, self.title, scene)
        tape, every = session.tape.snapshots(), self.pictures.spelled
        return Shown(snapshot, session.base, view, session.speed, tape, every)
