"""Which pictures are shown, and how others come in their place."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..canvas.stage import Stage
from ..export.arguments import checked_panels
from ..panels import Panel, made, spelled


class Pictures:
    """The pictures on `stage`; `changed` is called when there are others."""

    def __init__(self, stage: Stage, changed: Callable[[], None]) -> None:
        self._stage, self._changed = stage, changed
        self.first = tuple(type(panel) for panel in stage.panels)
        """Those that the lab began with."""

    @property
    def names(self) -> tuple[str, ...]:
        """Their names, also of those that a projector leaves out."""
        return tuple(panel.name for panel in self._stage.panels)

    @property
    def spelled(self) -> tuple[str, ...]:
        """Their names with what a person chose to see of them, as links and experiments say it."""
        return tuple(map(spelled, self._stage.panels))

    def bring(self, wanted: Sequence[str], beside: int, instead_of: Sequence[str] = ()) -> None:
        """Show the pictures `wanted` behind up to `beside` of the present ones, and where fewer are seen, among those.

        Those in `instead_of` go. Nothing changes if all that is wanted is seen already.
        """
        if {panel.name for panel in self._stage.shown} >= set(wanted):
            return
        others = [name for name in self.names if name not in (*wanted, *instead_of)][:beside]
        most = self._stage.most
        before = beside if most is None else max(min(beside, most - len(wanted)), 0)
        self.show((*others[:before], *wanted, *others[before:]))

    def show(self, panels: Sequence[str | type[Panel]]) -> None:
        """Show others; those that stay keep what a person chose in them, unless they are spelled with other views.

        Raises ValueError for none, for too many, and for one that does not exist.
        """
        present = {panel.name: panel for panel in self._stage.panels}
        kinds = checked_panels([type(present[name]) if name in present else name for name in panels])
        stay = [present[kind.name] if type(present.get(kind.name)) is kind else None for kind in kinds]
        self._stage.panels = [
            made(wanted if isinstance(wanted, str) else kind, panel)
            for wanted, kind, panel in zip(panels, kinds, stay, strict=True)
        ]
        self._changed()
