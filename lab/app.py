"""`Lab`: session, player, panels and page put together into one widget."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from os import PathLike
from pathlib import Path
from typing import Any

import ipywidgets as widgets

from regviz import Config

from .canvas.stage import Stage
from .compare.knobs import for_data
from .compare.lanes import DEFAULT_LANES, Lane, checked_lanes
from .compare.session import Session
from .controls.address import Address
from .controls.controls import Controls, from_widget
from .controls.head import Head
from .controls.transport import Transport
from .controls.workbench import Workbench
from .export.arguments import checked_config, checked_file, checked_options, checked_panels
from .export.custom_data import from_frame
from .export.experiment import Experiment, read_file
from .export.save import OPTIONS, SUFFIXES, Shown, recording, save, suffix_of
from .export.share import START
from .lessons.guide import Guide
from .lessons.lesson import Lesson
from .page.player import Player
from .page.screen import Screen
from .panels import Panel

DEFAULT_PANELS = ("loss", "weights", "fit", "mask")


class Lab(widgets.VBox):  # type: ignore[misc, unused-ignore]
    """The lab as a widget: knobs at the left, moving pictures at the right, live numbers below.

    config    where every knob starts; None for the playground's start, or what the page's link asks for
    lanes     the networks that are compared
    panels    the pictures to show: names from `regviz.lab.panels.PANELS`, or Panel classes of your own
    title     what stands in the head line
    play      start to play as soon as the page is ready
    knobs     the Config fields whose knobs are shown, None for all
    data      data of your own to start with: a DataFrame whose last column is the target, (X, y), or a CSV's path
    lesson    what is to be learned here: nothing trains before its question is answered

    Raises ValueError for lanes, panels or knobs that do not exist or are too many, and for data that cannot be used.
    """

    def __init__(
        self,
        config: Config | None = START,
        *,
        lanes: Sequence[Lane] = DEFAULT_LANES,
        panels: Sequence[str | type[Panel]] = DEFAULT_PANELS,
        title: str = "Playground",
        play: bool = True,
        knobs: Sequence[str] | None = None,
        lesson: Lesson | None = None,
        data: Any = None,
    ) -> None:
        lanes, kinds = checked_lanes(lanes), checked_panels(panels)
        config = checked_config(config, START)
        if data is not None:
            config = for_data(config, from_frame(data).name)
        stage = Stage([kind() for kind in kinds])
        self.title = title
        self.session = Session(config, lanes)
        self._first_panels = tuple(type(panel) for panel in stage.panels)
        self.screen = Screen()
        self.player = Player(self.session, stage, self.screen, self._hear)
        self._pending: dict[str, Any] = {}
        self._told = self.session.lanes, self.shown_names
        self.controls = Controls(config, self.session.lanes, self._turned, knobs)
        self.guide = None if lesson is None else Guide(lesson, self.session, self._taught, self._show_taught)
        self.workbench = Workbench(self)
        self.address = Address(self, config, play)
        self._acts = {
            "play": self._toggle_play,
            "step": self._step,
            "epoch": self._epoch,
            "reset": self.session.reset,
        }
        self.transport = Transport(self._acts, self.session.speed, self.session.set_speed, self.ask)
        tools = () if self.guide is not None else tuple(self.workbench.drawers.buttons.values())
        self.head = Head(title, tools, self._toggle_look, self.player.set_projector, self.ask)
        # The column beside the pictures is a lesson's own; its few knobs stand below them.
        aside, below = ([self.controls.box], []) if self.guide is None else ([self.guide], [self.controls.box])
        side = widgets.VBox([self.transport, *aside]).add_class("rv-side")
        main = widgets.VBox([self.screen, *below]).add_class("rv-main")
        body = widgets.HBox([side, main]).add_class("rv-body")
        super().__init__([self.head, self.workbench.drawers.box, body])
        self.add_class("rv-app")
        if self.guide is not None:
            self.add_class("rv-taught")
        self.transport.follow(playing=False, over=False, held=self.held)
        self.player.start()

    # -- what a person does; everything below `_turned` runs in the player's loop

    def ask(self, act: Callable[[], None]) -> None:
        """Do what a person asked for, in the player's loop; from any thread (see `do`)."""
        self.player.call(partial(self.do, act))

    def _turned(self, field: str, value: Any) -> None:
        """A widget has moved (on any thread): only the newest value counts."""
        first = not self._pending
        self._pending[field] = value
        if first:
            self.player.call(self._take_turns)

    def _take_turns(self) -> None:
        turned, self._pending = self._pending, {}
        for field, value in turned.items():
            self.do(partial(self._change, field, value))

    def _change(self, field: str, value: Any) -> None:
        self.session.change(**{field: from_widget(field, value)})
        self.controls.show(self.session.base, but={field, *self._pending})

    def do(self, act: Callable[[], None]) -> None:
        """Do what was asked for; what cannot be done is said in the page, and nothing else happens."""
        trainer = self.session.trainer
        try:
            act()
        except ValueError as error:  # ConfigError is one
            self.player.notice = str(error)
        else:
            self.player.notice = ""
        if self.session.trainer is not trainer:
            self.player.redraw()
        self.tell()

    @property
    def held(self) -> bool:
        """True while a lesson's question stands unanswered: nothing trains."""
        return self.guide is not None and self.guide.holds

    def _toggle_play(self) -> None:
        if self.session.playing:
            self.session.pause()
        elif not self.held:
            self.session.play()

    def _step(self) -> None:
        if not self.held:
            self.session.step()

    def _epoch(self) -> None:
        if not self.held:
            self.session.epoch()

    def _taught(self, act: Callable[[], None]) -> None:
        """The lesson's page asks for something (on any thread)."""

        def taught() -> None:
            self.do(act)
            self.controls.show(self.session.base)

        self.player.call(taught)

    def _show_taught(self, panels: Sequence[str] | None) -> None:
        """Show the pictures of a lesson's break, or the lesson's own again."""
        self.show(self._first_panels if panels is None else panels)

    def watch(self) -> None:
        """Look at the lesson's evidence, and again a little later."""
        if self.guide is not None:
            self.player.later(self.guide.look(), self.watch)

    def _toggle_look(self) -> None:
        self.player.set_mode("light" if self.player.mode == "dark" else "dark")

    def show(self, panels: Sequence[str | type[Panel]]) -> None:
        """Show other pictures; those that stay keep what a person chose in them.

        Raises ValueError for a picture that does not exist.
        """
        present = {panel.name: panel for panel in self.player.stage.panels}
        kinds = checked_panels([type(present[name]) if name in present else name for name in panels])
        self.player.stage.panels = [
            present[kind.name] if type(present.get(kind.name)) is kind else kind() for kind in kinds
        ]
        self.player.redraw()
        self.player.wake()
        self.tell()

    def shown(self) -> Shown:
        """What there is to see and to take away now."""
        session = self.session
        return Shown(
            session.snapshot(),
            session.base,
            session.lanes,
            self.player.stage.shown,
            self.player.look,
            session.speed,
            self.title,
            session.scene(),
            session.tape.snapshots(),
        )

    def save(self, path: str | PathLike[str], *, epochs: int | None = None, **options: Any) -> list[Path]:
        """Write what is seen into a file, of the kind that the end of `path` names, and return the files written.

        .png .svg .pdf    the picture (options: size, ratio)
        .gif .webp .mp4   the run as a film (options: size, seconds, fps, progress); an MP4 needs ffmpeg. With
                          `epochs`, a film of that many epochs that are trained now
        .csv              the history of every lane
        .json             the whole experiment, to be opened again
        .py .torch.py     the comparison as a regviz program, the first lane as a PyTorch one

        Raises ConfigError (a ValueError) for another end or an impossible option; then no file is written.
        """
        suffix = suffix_of(checked_file(path))  # before any training
        checked_options(suffix, options, OPTIONS.get(SUFFIXES[suffix], ()))
        tape = None if epochs is None else tuple(recording(self.session, epochs))
        shown = self.shown()
        return save(shown if tape is None else replace(shown, tape=tape), path, **options)

    def open_experiment(self, experiment: Experiment | str | PathLike[str]) -> None:
        """Go on with an experiment that was saved: as `experiment.read` gives it, or the path of its file.

        Raises ConfigError for a file that is none, or from another version; then nothing changes.
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
        self.transport.show_speed(experiment.speed)
        self.controls.show(self.session.base)
        self.show(experiment.panels)

    def turn(self, fields: Mapping[str, Any]) -> None:
        """Turn knobs, as a person would."""
        for field, value in fields.items():
            self.do(partial(self._change, field, value))
        self.controls.show(self.session.base)

    def _hear(self, message: dict[str, Any]) -> None:
        """A message of the page that is not about frames."""
        if message["kind"] == "ready":
            self.address.open(str(message.get("search", "")))
        elif message["kind"] == "key":
            act = self._acts.get(str(message.get("command")))
            if act is not None:
                self.do(act)
            elif message.get("command") == "lane":
                self.do(partial(self.session.choose, message.get("lane")))
                self.player.redraw()
            elif message.get("command") == "projector":
                self.head.projector.value = not self.head.projector.value
        elif message["kind"] == "turn":
            self.turn(message["change"])
        elif message["kind"] == "look back":
            self.do(partial(self.session.look_back, message.get("epoch")))
        elif message["kind"] == "pin":
            self.do(self.session.unpin if self.session.pinned is not None else self.session.pin)
            self.player.redraw()
        self.tell()

    def tell(self) -> None:
        """Bring buttons, knobs, drawers and link up to date."""
        session, shown = self.session, self.shown_names
        self.transport.follow(session.playing, session.trainer.done and session.looking_back is None, self.held)
        self.head.look.description = "Light" if self.player.mode == "dark" else "Dark"
        if self._told != (session.lanes, shown):
            self._told = session.lanes, shown
            self.controls.follow(session.lanes)
            self.workbench.follow(session.lanes, shown)
        self.address.follow()

    @property
    def shown_names(self) -> tuple[str, ...]:
        """The names of the pictures, also of those that a projector leaves out."""
        return tuple(panel.name for panel in self.player.stage.panels)
