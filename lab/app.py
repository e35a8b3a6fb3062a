"""`Lab`: session, player, panels and page put together into one widget."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from html import escape
from os import PathLike
from pathlib import Path
from typing import Any

import ipywidgets as widgets

from regviz import Config
from regviz.errors import ConfigError

from .controls import Controls, from_widget
from .experiment import Experiment, read
from .knobs import for_data
from .lanes import DEFAULT_LANES, Lane
from .lesson import Guide, Lesson
from .owndata import from_frame
from .panels import PANELS, Panel, panel_class
from .player import Player
from .save import Shown, recording, save
from .screen import Screen
from .session import SPEEDS, Session
from .share import START, read_link, write_link
from .stage import Stage
from .workbench import Workbench

LINK_AFTER = 0.25
"""Seconds after which the address follows the state."""

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

    Raises ValueError for a panel or a knob that does not exist, and for data that cannot be used.
    """

    def __init__(
        self,
        config: Config = START,
        *,
        lanes: Sequence[Lane] = DEFAULT_LANES,
        panels: Sequence[str | type[Panel]] = DEFAULT_PANELS,
        title: str = "Playground",
        play: bool = True,
        knobs: Sequence[str] | None = None,
        lesson: Lesson | None = None,
        data: Any = None,
    ) -> None:
        if data is not None:
            config = for_data(config, from_frame(data).name)
        stage = Stage([panel_class(panel)() for panel in panels])
        self._start, self._play, self.title = config, play, title
        self._lesson_panels = tuple(type(panel) for panel in stage.panels)
        self.session = Session(config, lanes)
        self._first_lanes, self._first_panels = tuple(lanes), tuple(panel.name for panel in stage.panels)
        self.screen = Screen()
        self.player = Player(self.session, stage, self.screen, self._hear)
        self._pending: dict[str, Any] = {}
        self._linked = self._link_due = False
        self.controls = Controls(config, self.session.lanes, self._turned, knobs)
        self.guide = None if lesson is None else Guide(lesson, self.session, self._taught, self._show_taught)
        guide = [] if self.guide is None else [self.guide]
        self.workbench = Workbench(self)
        side = widgets.VBox([self._transport(), *guide, self.controls.box]).add_class("rv-side")
        main = widgets.VBox([self.screen]).add_class("rv-main")
        body = widgets.HBox([side, main]).add_class("rv-body")
        super().__init__([self._head(title), self.workbench.drawers.box, body])
        self.add_class("rv-app")
        if self.guide is not None:
            self.add_class("rv-taught")
            self._tell_buttons()
        self.player.start()

    # -- what the page shows around the picture

    def _head(self, title: str) -> widgets.Widget:
        name = widgets.HTML(f"<b>regviz</b><span>{escape(title)}</span>").add_class("rv-title")
        link = widgets.Button(description="Copy link", tooltip="Copy a link to exactly this state")
        self._look_button = widgets.Button(description="Dark", tooltip="Switch between the light and the dark look")
        self._on_click(self._look_button, self._toggle_look)
        big = self._projector_button = widgets.ToggleButton(
            description="Projector", tooltip="Large type and two pictures, for a lecture (P)"
        )
        big.observe(lambda change: self.player.call(lambda: self._set_projector(change["new"])), "value")
        keys = widgets.Button(description="?", tooltip="Keys").add_class("rv-keys")
        tools = () if self.guide is not None else tuple(self.workbench.drawers.buttons.values())
        looks = [link.add_class("rv-copy-link"), self._look_button.add_class("rv-look"), big.add_class("rv-projector")]
        buttons = widgets.HBox([*tools, *looks, keys])
        return widgets.HBox([name, buttons.add_class("rv-buttons")]).add_class("rv-head")

    def _transport(self) -> widgets.Widget:
        self._play_button = widgets.Button(description="Play", tooltip="Play or pause (space)")
        step = self._step_button = widgets.Button(description="Step", tooltip="One mini-batch (→)")
        epoch = self._epoch_button = widgets.Button(description="Epoch", tooltip="To the end of the epoch (E)")
        reset = widgets.Button(description="Reset", tooltip="Back to the first weights (R)")
        self._speed = widgets.Dropdown(options=list(SPEEDS), value=self.session.speed, description="Speed")
        self._on_click(self._play_button, self._toggle_play)
        self._on_click(step, self._step)
        self._on_click(epoch, self._epoch)
        self._on_click(reset, self.session.reset)
        self._speed.observe(lambda change: self.player.call(lambda: self._set_speed(change["new"])), "value")
        row = [self._play_button.add_class("rv-play"), step.add_class("rv-step"), epoch.add_class("rv-epoch")]
        first = widgets.HBox([*row, reset.add_class("rv-reset")]).add_class("rv-transport")
        return widgets.VBox([first, self._speed.add_class("rv-knob").add_class("rv-speed")]).add_class("rv-top")

    def _on_click(self, button: widgets.Button, act: Callable[[], None]) -> None:
        def clicked(_: Any) -> None:
            self.player.call(lambda: self._do(act))

        button.on_click(clicked)

    # -- what a person does; everything below `_turned` runs in the player's loop

    def _turned(self, field: str, value: Any) -> None:
        """A widget has moved (on any thread): only the newest value counts."""
        first = not self._pending
        self._pending[field] = value
        if first:
            self.player.call(self._take_turns)

    def _take_turns(self) -> None:
        turned, self._pending = self._pending, {}
        for field, value in turned.items():
            self._do(partial(self._change, field, value))

    def _change(self, field: str, value: Any) -> None:
        self.session.change(**{field: from_widget(field, value)})
        self.controls.show(self.session.base, but={field, *self._pending})

    def _do(self, act: Callable[[], None]) -> None:
        """Do what was asked; what cannot be done is said in the page, and nothing else happens."""
        trainer = self.session.trainer
        try:
            act()
        except ConfigError as error:
            self.player.notice = str(error)
        else:
            self.player.notice = ""
        if self.session.trainer is not trainer:
            self.player.redraw()
        self.tell()

    @property
    def _held(self) -> bool:
        """True while a lesson's question stands unanswered: nothing trains."""
        return self.guide is not None and self.guide.holds

    def _toggle_play(self) -> None:
        if self.session.playing:
            self.session.pause()
        elif not self._held:
            self.session.play()

    def _step(self) -> None:
        if not self._held:
            self.session.step()

    def _epoch(self) -> None:
        if not self._held:
            self.session.epoch()

    def _taught(self, act: Callable[[], None]) -> None:
        """The lesson's page asks for something (on any thread)."""

        def taught() -> None:
            self._do(act)
            self.controls.show(self.session.base)

        self.player.call(taught)

    def _show_taught(self, panels: Sequence[str] | None) -> None:
        """Show the pictures of a lesson's break, or the lesson's own again."""
        self.show(self._lesson_panels if panels is None else panels)

    def _look(self) -> None:
        """Look at the lesson's evidence, and again a little later."""
        if self.guide is not None:
            self.player.later(self.guide.look(), self._look)

    def _set_speed(self, speed: str) -> None:
        self._do(lambda: self.session.set_speed(speed))

    def _toggle_look(self) -> None:
        self.player.set_mode("light" if self.player.mode == "dark" else "dark")

    def _set_projector(self, on: bool) -> None:
        """Large type and few pictures, or back."""
        self.player.set_projector(on)

    def show(self, panels: Sequence[str | type[Panel]]) -> None:
        """Show other pictures; those that stay keep what a person chose in them.

        Raises ValueError for a picture that does not exist.
        """
        kinds = [panel_class(panel) for panel in panels]
        present = {type(panel): panel for panel in self.player.stage.panels}
        self.player.stage.panels = [present[kind] if kind in present else kind() for kind in kinds]
        self.player.redraw()
        self.player.wake()
        self.workbench.follow_pictures()

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
        shown = self.shown()
        if epochs is not None:
            tape = tuple(recording(self.session, epochs))
            shown = replace(self.shown(), tape=tape)
        return save(shown, path, **options)

    def open_experiment(self, experiment: Experiment | str | PathLike[str]) -> None:
        """Go on with an experiment that was saved: as `experiment.read` gives it, or the path of its file.

        Raises ConfigError for a file that is none, or from another version.
        """
        if not isinstance(experiment, Experiment):
            experiment = read(Path(experiment).read_text(encoding="utf-8-sig"))
        self.session.pause()
        self.session.change(**experiment.config.to_dict())
        self.session.set_lanes(experiment.lanes)
        self.session.set_speed(experiment.speed)
        self._speed.value = experiment.speed
        self.controls.show(self.session.base)
        self.controls.follow(self.session.lanes)
        self.show(experiment.panels)
        self.workbench.follow_lanes()
        self.tell()

    def turn(self, fields: Mapping[str, Any]) -> None:
        """Turn knobs, as a person would."""
        for field, value in fields.items():
            self._do(partial(self._change, field, value))
        self.controls.show(self.session.base)

    def _hear(self, message: dict[str, Any]) -> None:
        """A message of the page that is not about frames."""
        if message["kind"] == "ready" and not self._linked:
            self._linked = True
            self._follow(str(message.get("search", "")))
        elif message["kind"] == "key":
            acts = {
                "play": self._toggle_play,
                "step": self._step,
                "epoch": self._epoch,
                "reset": self.session.reset,
            }
            act = acts.get(str(message.get("command")))
            if act is not None:
                self._do(act)
            elif message.get("command") == "lane":
                self._do(partial(self.session.choose, message.get("lane")))
                self.player.redraw()
            elif message.get("command") == "projector":
                self._projector_button.value = not self._projector_button.value
        elif message["kind"] == "turn":
            self.turn(message["change"])
        elif message["kind"] == "look back":
            self._do(partial(self.session.look_back, message.get("epoch")))
        elif message["kind"] == "pin":
            self._do(self.session.unpin if self.session.pinned is not None else self.session.pin)
            self.player.redraw()
        self.tell()

    def _follow(self, search: str) -> None:
        """Start as the link asks."""
        wish = read_link(search, self._start)
        if wish.config != self.session.base:
            self.session.change(**wish.config.to_dict())
            self.controls.show(self.session.base)
        if self.guide is None:  # a lesson has its own lanes and pictures
            if wish.lanes is not None:
                try:
                    self.session.set_lanes(wish.lanes)
                    self.controls.follow(wish.lanes)
                except ConfigError as error:  # possible alone, but not with the link's other values
                    wish.notes.append(f"Ignored from the link: {error}")
            if wish.panels is not None:
                self.show(wish.panels)
        self.session.set_speed(wish.speed)
        self._speed.value = wish.speed
        self.player.notice = " ".join(wish.notes)
        if self.guide is not None:
            self.guide.plays = self._play and wish.play
            self._look()
        if self._play and wish.play and not self._held:
            self.session.play()
        self.player.redraw()

    def tell(self) -> None:
        """Bring buttons and link up to date."""
        self._tell_buttons()
        self._look_button.description = "Light" if self.player.mode == "dark" else "Dark"
        if not self._link_due:  # the address may follow a little later; the frame that shows the turn goes first
            self._link_due = True
            self.player.later(LINK_AFTER, self._write_link)

    def _tell_buttons(self) -> None:
        session = self.session
        self._play_button.description = "Answer first" if self._held else "Pause" if session.playing else "Play"
        self._play_button.disabled = self._held or (session.trainer.done and session.looking_back is None)
        self._step_button.disabled = self._epoch_button.disabled = self._held

    def _write_link(self) -> None:
        session, self._link_due = self.session, False
        playing = (
            session.playing or session.trainer.done or (self._held and self.guide is not None and self.guide.plays)
        )
        lanes = None if session.lanes == self._first_lanes else session.lanes
        shown = tuple(panel.name for panel in self.player.stage.panels)
        panels = None if shown == self._first_panels or not set(shown) <= set(PANELS) else shown
        self.screen.query = write_link(session.base, playing, session.speed, self._start, lanes, panels)
