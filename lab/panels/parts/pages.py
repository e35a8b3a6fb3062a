"""Pictures with a cell for each lane that has a penalty, several pages of them if there is no room for all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from regviz.language import en, tr
from regviz.training.snapshot import Snapshot

from ...compare.scene import NOTHING, Answer, PointerKind
from .base import Panel
from .cells import Cell, Margins, cells_for
from .penalties import penalized


class PenaltyPanel(Panel):
    """A cell for each lane with a penalty; a click turns the page if there is no room for all of them."""

    listens: ClassVar[bool] = True
    more: ClassVar[str] = en("click for more")
    page: int = 0
    """Counts clicks; what is seen outlives `build`."""
    cells: Sequence[Cell] = ()
    _followed: int | None = None

    def arrange(self, snapshot: Snapshot, margins: Margins, least: tuple[float, float]) -> None:
        """Find `candidates` and lay out `cells` below the panel's header.

        None is smaller than `least` (width, height), if more than one is shown.
        """
        self.candidates = penalized(self.lanes, snapshot)
        self.cells = []
        top = self.header_height
        for count in range(len(self.candidates), 0, -1):
            cells = cells_for(count, self.place.width, self.place.height - top, margins)
            if count == 1 or (cells[0].width >= least[0] and cells[0].height >= least[1]):
                self.cells = [cell.lower(top) for cell in cells]
                break

    @property
    def pages(self) -> int:
        """How many clicks lead through all lanes."""
        return -(-len(self.candidates) // max(1, len(self.cells)))

    def on_page(self) -> list[int]:
        """Return the lane of each cell. A lane that a person has just chosen comes into sight."""
        count = len(self.cells)
        if not count:
            return []
        chosen = self.scene.chosen
        if chosen != self._followed:
            self._followed = chosen
            if chosen in self.candidates:
                self.page = self.candidates.index(chosen) // count
        start = min(self.page % self.pages * count, len(self.candidates) - count)
        return self.candidates[start : start + count]

    def paging(self) -> str:
        """Return which lanes are seen, for a subtitle; empty if all are."""
        if self.pages < 2:
            return ""
        cells, candidates = len(self.cells), len(self.candidates)
        return tr("{cells} of {candidates} lanes, {more}", cells=cells, candidates=candidates, more=tr(self.more))

    def targets(self) -> Sequence[tuple[float, float]]:
        """Return one place: a click anywhere turns the page."""
        return [(self.place.width / 2, self.place.height / 2)] if self.pages > 1 else []

    def pointer(self, kind: PointerKind, x: float, y: float) -> Answer:
        """Turn the page at a click."""
        if self.pages < 2 or kind == "leave":
            return NOTHING
        if kind == "click":
            self.page = (self.page + 1) % self.pages
        return Answer(hint=self.paging(), redraw=kind == "click")
