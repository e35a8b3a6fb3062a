"""What pictures of several lanes with a penalty share: which lanes have one, and cells for as many as have room."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from matplotlib.lines import Line2D
from matplotlib.text import Text

from regviz.optim.penalties import used
from regviz.training.snapshot import ModelSnapshot, Snapshot

from ...compare.lanes import Lane
from ...compare.scene import NOTHING, Answer, PointerKind
from .base import Panel
from .labels import first_that_fits
from .views import Cell, View, layout

GAP = 18.0
PENALTIES = ("l1", "l2")


def penalties(lane: Lane, model: ModelSnapshot) -> tuple[str, ...]:
    """The penalties that a lane has, or would have if its slider were turned up: some of "l1", "l2"."""
    return tuple(name for name in PENALTIES if name in lane.uses or name in lane.fixed or any(strengths(model, name)))


def penalized(lanes: Sequence[Lane], snapshot: Snapshot) -> list[int]:
    """The places of the lanes that have a penalty: L1, L2, or one of their own."""
    pairs = enumerate(zip(lanes, snapshot.models, strict=True))
    return [i for i, (lane, model) in pairs if penalties(lane, model) or used(model.config)]


def strengths(model: ModelSnapshot, name: str) -> tuple[float, ...]:
    """λ of "l1" or "l2" for each Dense layer."""
    lam: Any = getattr(model.config, name)
    return lam if isinstance(lam, tuple) else (lam,) * len(model.weights)


def strength(model: ModelSnapshot, name: str) -> float:
    """The largest λ of "l1" or "l2" among the layers."""
    return float(max(strengths(model, name)))


def stand_quiet(panel: Panel, *words: str) -> None:
    """A quiet field with a sentence instead of a picture: the first of `words` that fits."""
    look, top = panel.look, panel.header_height
    axes = panel.add_axes(0, top, panel.place.width, panel.place.height - top)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.set_facecolor(look.surface)
    axes.patch.set_visible(True)
    text = first_that_fits(words, panel.place.width - 12, look.small_size)
    middle = panel.place.width / 2, (top + panel.place.height) / 2
    panel.add_text(*middle, text, size=look.small_size, color=look.muted, ha="center", va="center")


def set_line(line: Line2D, x: Sequence[Any] | Any = (), y: Sequence[Any] | Any = ()) -> None:
    """Data of a live line; one without data is invisible, which costs nothing to draw."""
    line.set_data(x, y)
    line.set_visible(len(x) > 0)


def set_text(text: Text, words: str) -> None:
    """Words of a live text, which goes stale only if they are new."""
    if text.get_text() != words:
        text.set_text(words)


class PenaltyPanel(Panel):
    """A cell for each lane with a penalty; a click turns the page if there is no room for all of them."""

    listens: ClassVar[bool] = True
    more: ClassVar[str] = "click for more"
    page: int = 0
    """Counts clicks; what is seen outlives `build`."""
    cells: Sequence[Cell] = ()
    _followed: int | None = None

    def arrange(
        self, snapshot: Snapshot, header: float, margins: tuple[float, float], least: tuple[float, float]
    ) -> None:
        """Find `candidates` and lay out `cells` below the panel's header.

        Each has `header` pixels of its own above it, the cells of the first column `margins[0]` at their left and all
        of them `margins[1]` below; none is smaller than `least`, if more than one is shown.
        """
        self.candidates = penalized(self.lanes, snapshot)
        self.cells = []
        room = View(self, snapshot.models)
        room.margin_left, room.margin_bottom = margins
        top = self.header_height
        for count in range(len(self.candidates), 0, -1):
            cells, across = layout(count, self.place.width, self.place.height - top, header, room, GAP)
            if count == 1 or (across >= least[0] and cells[0].height >= least[1]):
                self.cells = [Cell(cell.left, top + cell.top, cell.width, cell.height) for cell in cells]
                break

    @property
    def pages(self) -> int:
        """How many clicks lead through all lanes."""
        return -(-len(self.candidates) // max(1, len(self.cells)))

    def on_page(self) -> list[int]:
        """The lane of each cell. A lane that a person has just chosen comes into sight."""
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
        """Which lanes are seen, for a subtitle; empty if all are."""
        return f"{len(self.cells)} of {len(self.candidates)} lanes, {self.more}" if self.pages > 1 else ""

    def targets(self) -> Sequence[tuple[float, float]]:
        """One place: a click anywhere turns the page."""
        return [(self.place.width / 2, self.place.height / 2)] if self.pages > 1 else []

    def pointer(self, kind: PointerKind, x: float, y: float) -> Answer:
        """A click turns the page."""
        if self.pages < 2 or kind == "leave":
            return NOTHING
        if kind == "click":
            self.page = (self.page + 1) % self.pages
        return Answer(hint=self.paging(), redraw=kind == "click")
