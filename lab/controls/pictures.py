"""Which pictures are shown, and how others come in their place."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..canvas.stage import Stage
from ..export.arguments import checked_panels
from ..panels import Panel, made, spelled


class Pictures:
    """The pictures on `stage`; `changed` is called when there are others.

    panels   those that the lab has, as it was asked for them
    opening  how many of them it opens with, None for all; the others come later, and their places are kept
    """

    def __init__(
        self,
        stage: Stage,
        changed: Callable[[], None],
        panels: Sequence[str | type[Panel]],
        opening: int | None = None,
    ) -> None:
        self._stage, self._changed = stage, changed
        self._all = [made(panel) for panel in panels]
        self._opening = opening
        stage.panels, stage.coming = self._all[:opening], 0 if opening is None else len(self._all)
        self._lent: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {}
        """Of the lab's own, what a lesson has others see of them for a while: what was seen before, and what then."""
        self._usual = [tuple(map(spelled, self._all[:count])) for count in (opening, None)]

    @property
    def own(self) -> tuple[str, ...]:
        """The names of those that the lab has, also of those still to come."""
        return tuple(panel.name for panel in self._all)

    @property
    def opening(self) -> type[Panel]:
        """The first of these."""
        return type(self._all[0])

    @property
    def unusual(self) -> tuple[str, ...] | None:
        """Their names as `spelled`, None for those that the lab opens with or has."""
        return None if self.spelled in self._usual else self.spelled

    def teach(self, panels: Sequence[str] | None, explained: bool) -> None:
        """Show a lesson's `panels`; for None the lab's own, of which some are to come until it is `explained`.

        The lab's own are as a person left them: what a lesson had others see of them goes with its pictures.
        """
        before = {panel.name: panel.views for panel in self._stage.panels}
        if panels is not None:
            self.show(panels)
            now = {panel.name: panel.views for panel in self._stage.panels if panel.name in before}
            self._lent = {name: (before[name], views) for name, views in now.items() if views != before[name]}
            return
        for panel in self._stage.panels:
            was, then = self._lent.pop(panel.name, ((), None))
            if panel.views == then:
                panel.look_at(was)
        present = {panel.name: panel for panel in self._stage.panels}
        for place, panel in enumerate(self._all):
            if type(present.get(panel.name)) is type(panel):
                self._all[place] = present[panel.name]
        self._stage.panels = self._all[: None if explained else self._opening]
        self._changed()

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
        kinds = checked_panels(panels, {name: type(panel) for name, panel in present.items()})
        stay = [present[kind.name] if type(present.get(kind.name)) is kind else None for kind in kinds]
        self._stage.panels = [
            made(wanted if isinstance(wanted, str) else kind, panel)
            for wanted, kind, panel in zip(panels, kinds, stay, strict=True)
        ]
        self._changed()
