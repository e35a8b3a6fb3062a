"""Play, step, epoch, reset and speed: the buttons that move training on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipywidgets as widgets

from regviz.language import en, tr

from ..compare.pace import SPEEDS
from ..compare.session import Session

BUTTONS = {
    "play": (en("Play"), en("Play or pause (space)")),
    "step": (en("Step"), en("One mini-batch (→)")),
    "epoch": (en("Epoch"), en("To the end of the epoch (E)")),
    "reset": (en("Reset"), en("Back to the first weights (R)")),
}


class Transport(widgets.VBox):  # type: ignore[misc, unused-ignore]
    """A button for each of `BUTTONS`, and the speed.

    held   tells whether a lesson's question stands unanswered: nothing trains then
    ask    runs an act in the lab's loop
    """

    def __init__(self, session: Session, held: Callable[[], bool], ask: Callable[[Callable[[], None]], None]) -> None:
        self._session, self._held = session, held
        self.acts: dict[str, Callable[[], None]] = {
            "play": self._play,
            "step": self._step,
            "epoch": self._epoch,
            "reset": session.reset,
        }
        """What each button does, in the lab's loop; keys do the same."""
        self.buttons: dict[str, widgets.Button] = {}
        for name, (label, tooltip) in BUTTONS.items():
            button = widgets.Button(description=tr(label), tooltip=tr(tooltip)).add_class(f"rv-{name}")
            button.on_click(lambda _, act=self.acts[name]: ask(act))
            self.buttons[name] = button
        self.speed = widgets.Dropdown(options=list(SPEEDS), value=session.speed, description=tr("Speed"))
        self._turned: Callable[[Any], None] = lambda change: ask(lambda: session.set_speed(change["new"]))
        self.speed.observe(self._turned, "value")
        row = widgets.HBox(tuple(self.buttons.values())).add_class("rv-transport")
        super().__init__([row, self.speed.add_class("rv-knob").add_class("rv-speed")])
        self.add_class("rv-top")
        self.follow()

    def follow(self) -> None:
        """Say what a press would do now, and show the speed."""
        session, held, play = self._session, self._held(), self.buttons["play"]
        play.description = tr("Answer first") if held else tr("Pause") if session.playing else tr("Play")
        play.disabled = held or (session.trainer.done and session.looking_back is None)
        self.buttons["step"].disabled = self.buttons["epoch"].disabled = held

    def show_speed(self) -> None:
        """Show a speed that came another way, without asking for it."""
        self.speed.unobserve(self._turned, "value")
        self.speed.value = self._session.speed
        self.speed.observe(self._turned, "value")

    def _play(self) -> None:
        if self._session.playing:
            self._session.pause()
        elif not self._held():
            self._session.play()

    def _step(self) -> None:
        if not self._held():
            self._session.step()

    def _epoch(self) -> None:
        if not self._held():
            self._session.epoch()
