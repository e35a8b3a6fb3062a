"""Play, step, epoch, reset and speed: the buttons that move training on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import ipywidgets as widgets

from ..compare.session import SPEEDS

BUTTONS = {
    "play": ("Play", "Play or pause (space)"),
    "step": ("Step", "One mini-batch (→)"),
    "epoch": ("Epoch", "To the end of the epoch (E)"),
    "reset": ("Reset", "Back to the first weights (R)"),
}


class Transport(widgets.VBox):  # type: ignore[misc, unused-ignore]
    """A button for each of `acts`, named as in `BUTTONS`, and the speed; `ask` runs an act in the lab's loop."""

    def __init__(
        self,
        acts: Mapping[str, Callable[[], None]],
        speed: str,
        set_speed: Callable[[str], None],
        ask: Callable[[Callable[[], None]], None],
    ) -> None:
        self.buttons: dict[str, widgets.Button] = {}
        for name, (label, tooltip) in BUTTONS.items():
            button = widgets.Button(description=label, tooltip=tooltip).add_class(f"rv-{name}")
            button.on_click(lambda _, name=name: ask(acts[name]))
            self.buttons[name] = button
        self.speed = widgets.Dropdown(options=list(SPEEDS), value=speed, description="Speed")

        self._turned: Callable[[Any], None] = lambda change: ask(lambda: set_speed(change["new"]))
        self.speed.observe(self._turned, "value")
        row = widgets.HBox(tuple(self.buttons.values())).add_class("rv-transport")
        super().__init__([row, self.speed.add_class("rv-knob").add_class("rv-speed")])
        self.add_class("rv-top")

    def follow(self, playing: bool, over: bool, held: bool) -> None:
        """Say what a press would do. `over`: nothing is left to train. `held`: a question stands unanswered."""
        play = self.buttons["play"]
        play.description = "Answer first" if held else "Pause" if playing else "Play"
        play.disabled = held or over
        self.buttons["step"].disabled = self.buttons["epoch"].disabled = held

    def show_speed(self, speed: str) -> None:
        """Show a speed that came another way, without asking for it."""
        self.speed.unobserve(self._turned, "value")
        self.speed.value = speed
        self.speed.observe(self._turned, "value")
