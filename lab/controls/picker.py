"""Which pictures are shown: a box to tick for each, with a small drawing of it and its title."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from urllib.parse import quote

import ipywidgets as widgets

from regviz.language import tr

from ..look.arrangement import MOST_PICTURES
from ..panels import Panel


class Picker(widgets.VBox):  # type: ignore[misc, unused-ignore]
    """Ticks for `panels`; `shown` are ticked. `picked` is called with the names in the order they were ticked."""

    def __init__(
        self, panels: Mapping[str, type[Panel]], shown: Sequence[str], picked: Callable[[tuple[str, ...]], None]
    ) -> None:
        self._picked = picked
        self.shown = tuple(shown)
        self._following = False
        self.ticks: dict[str, widgets.Checkbox] = {}
        for name in sorted(panels, key=lambda name: (name not in shown, title_of(panels[name]).lower())):
            kind = panels[name]
            tick = widgets.Checkbox(value=name in shown, description=title_of(kind), indent=False, tooltip=about(kind))
            tick.observe(lambda change, name=name: self._ticked(name, change["new"]), "value")
            self.ticks[name] = tick.add_class("rv-tick").add_class("rv-choice").add_class(f"rv-draws-{name}")
        self.said = widgets.HTML().add_class("rv-said")
        grid = widgets.HBox(tuple(self.ticks.values())).add_class("rv-ticks")
        style = widgets.HTML(f"<style>{''.join(map(rule_of, panels.values()))}</style>").add_class("rv-drawings")
        super().__init__([self.said, grid, style])
        self._say()

    def follow(self, shown: Sequence[str]) -> None:
        """Tick what is shown, whoever chose it."""
        self.shown = tuple(shown)
        self._following = True
        try:
            for name, tick in self.ticks.items():
                tick.value = name in self.shown
        finally:
            self._following = False
        self._say()

    def _ticked(self, name: str, on: bool) -> None:
        if self._following:
            return
        others = tuple(other for other in self.shown if other != name)
        shown = (*others, name) if on else others
        if 1 <= len(shown) <= MOST_PICTURES:
            self._picked(shown)
            self.follow(shown)
        else:
            self.follow(self.shown)
            most = tr("{most} pictures are the most that can be read; take one away first.", most=MOST_PICTURES)
            self._say(most if on else tr("One stays."))

    def _say(self, more: str = "") -> None:
        text = tr("Tick the pictures to see, {most} at most.", most=MOST_PICTURES)
        self.said.value = f'<p role="status">{text} {f"<b>{more}</b>" if more else ""}</p>'


def title_of(panel: type[Panel]) -> str:
    """Return what the menu calls a picture."""
    return tr(panel.menu_title) or panel.name.replace("_", " ").strip().capitalize()


def rule_of(panel: type[Panel]) -> str:
    """Return the style that draws a picture before its title, in the colour of the text there."""
    pen = 'fill="none" stroke="#000" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"'
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 32" {pen}>{panel.drawing}</svg>'
    return f'.rv-app .rv-draws-{panel.name} label::before {{ --rv-drawing: url("data:image/svg+xml,{quote(svg)}"); }}\n'


def about(panel: type[Panel]) -> str:
    """Return what a picture shows, in its own first line."""
    return tr((panel.__doc__ or panel.name).strip().splitlines()[0])
