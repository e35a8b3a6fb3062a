"""The head line: the title at the left; tools, link, look and keys at the right."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

import ipywidgets as widgets

from regviz.language import tr

from ..look.theme import Mode


class Head(widgets.HBox):  # type: ignore[misc, unused-ignore]
    """Title and buttons; `tools` stand before its own. Link and keys are the page's own affair."""

    def __init__(
        self,
        title: str,
        tools: Sequence[widgets.Widget],
        toggle_look: Callable[[], None],
        set_projector: Callable[[bool], None],
        ask: Callable[[Callable[[], None]], None],
    ) -> None:
        name = widgets.HTML(f"<b>regviz</b><span>{escape(title)}</span>").add_class("rv-title")
        link = widgets.Button(description=tr("Copy link"), tooltip=tr("Copy a link to exactly this state"))
        self.look = widgets.Button(description=tr("Dark"), tooltip=tr("Switch between the light and the dark look"))
        self.look.on_click(lambda _: ask(toggle_look))
        self.projector = widgets.ToggleButton(
            description=tr("Projector"), tooltip=tr("Large type and two pictures, for a lecture (P)")
        )
        self.projector.observe(lambda change: ask(lambda: set_projector(change["new"])), "value")
        keys = widgets.Button(description="?", tooltip=tr("Keys")).add_class("rv-keys")
        own = [link.add_class("rv-copy-link"), self.look.add_class("rv-look"), self.projector.add_class("rv-projector")]
        super().__init__([name, widgets.HBox([*tools, *own, keys]).add_class("rv-buttons")])
        self.add_class("rv-head")

    def leave_projector(self) -> None:
        """Go back to the page with all its tools."""
        self.projector.value = False

    def follow(self, mode: Mode) -> None:
        """Name the look that a press would bring."""
        self.look.description = tr("Light") if mode == "dark" else tr("Dark")
