"""Tools that stand out of the way: a row of buttons, and below it the one tool that is open."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import ipywidgets as widgets

from regviz.language import tr

Make = Callable[[], widgets.Widget]
"""Makes a tool's widget, when it is opened for the first time."""


class Drawers:
    """One button for each tool in `buttons`; a press opens the tool in `box` and closes the one that was open."""

    def __init__(self, tools: Mapping[str, tuple[str, Make]]) -> None:
        self._makers = {name: make for name, (_, make) in tools.items()}
        self._made: dict[str, widgets.Widget] = {}
        self.open: str | None = None
        self.buttons = {
            name: widgets.ToggleButton(description=tr(name), tooltip=tr(tooltip)).add_class("rv-tool")
            for name, (tooltip, _) in tools.items()
        }
        for name, button in self.buttons.items():
            button.observe(lambda change, name=name: self._toggled(name, change["new"]), "value")
        self.box = widgets.VBox([]).add_class("rv-drawer").add_class("rv-drawer-shut")

    @property
    def made(self) -> tuple[widgets.Widget, ...]:
        """The tools that were opened, also those that are shut again."""
        return tuple(self._made.values())

    def _toggled(self, name: str, on: bool) -> None:
        if on:
            before, self.open = self.open, name
            if before is not None:
                self.buttons[before].value = False
            if name not in self._made:
                self._made[name] = self._makers[name]()
            self.box.children = (self._made[name],)
            self.box.remove_class("rv-drawer-shut")
        elif self.open == name:
            self.open = None
            self.box.children = ()
            self.box.add_class("rv-drawer-shut")
