"""What pictures of a sweep share: the axis of the swept field, the best value, the progress, and a pointer's turn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from regviz.language import ntr, tr
from regviz.optim.penalties import PENALTIES
from regviz.training.snapshot import Snapshot

from ...compare.lanes import DEFAULT_LANES
from ...compare.scene import NOTHING, Answer, PointerKind
from ...look.lettering import width_of
from ...look.numbers import number, percent
from ..parts.artists import set_line
from ..parts.base import Panel
from ..parts.chosen import lanes_with
from ..parts.curves import Series, room_for_ticks
from ..parts.labels import first_that_fits
from .across import Across, value_text

if TYPE_CHECKING:
    from ...compare.sweep import SweepView


class SweptPanel(Panel):
    """A picture of a sweep: a header, axes over the swept field, the best value above them, the progress below.

    Without a sweep it shows the axes and a sentence. A pointer marks the nearest value; a click turns the knob to it.
    """

    listens: ClassVar[bool] = True
    titles: ClassVar[str]
    """The title, with {} for the swept field."""
    invitations: ClassVar[tuple[str, ...]]
    """What a sweep would show, as sentences that begin with "Run a sweep to see", the longest first."""
    margin: ClassVar[str] = "0.00"
    """The widest tick label of the axes at the left, if it is wider than those of `ticks_of`."""
    rows: ClassVar[float] = 3.2
    """Lines of small type below the axes: tick labels, and how far the sweep is."""

    def build(self, snapshot: Snapshot) -> None:
        """Make header, best value, progress, the sentence, and what the picture itself needs (`build_plots`)."""
        look, place = self.look, self.place
        self.heading = self.live(self.add_text(0, 0.95 * look.title_size, "", size=look.title_size, weight="bold"))
        self.subtitle = self.live(self.add_header(""))
        self.left = max(room_for_ticks(look), width_of(self.margin, look.small_size) + 9)
        self.width = place.width - self.left - 1.2 * look.small_size
        self.strip = 1.5 * look.label_size
        """Height of the row of labels above the axes."""
        self.top = self.header_height + self.strip
        self.baseline = self.top - 0.42 * self.strip
        self.height = place.height - self.top - self.rows * look.small_size
        self.reserved = (0.0, 0.0)
        """Pixels at both ends of that row where other labels stand."""
        self.field = next(iter(PENALTIES))
        self.across = Across(self.field, np.concatenate([[0], 10.0 ** np.arange(-5, 1)]))
        self.color = look.text
        self._view: SweepView | None = None
        self._drawn: tuple[Any, ...] = ()
        self._at: tuple[int, int | None] | None = None

        self.plots = self.build_plots()
        self.best_label = self.live(self.add_text(0, self.baseline, "", weight="bold"))
        ticks = self.top + self.height + 5 * look.scale
        self.symbol = self.live(self.add_text(0, ticks, "", size=look.small_size, weight="bold", va="top"))
        row = place.height - 0.75 * look.small_size
        self.status = self.live(self.add_note(self.left, row))
        strip = self.add_field(self.left, place.height - 4, self.width, 4)
        self.track, self.bar = (self.line(strip, color, linewidth=3) for color in (look.grid, look.accent))
        middle = self.top + self.height / 2
        text = first_that_fits([tr(text) for text in self.invitations], self.width, look.label_size)
        x = self.left + self.width / 2
        self.invitation = self.live(self.add_text(x, middle, text, color=look.muted, ha="center", va="center"))
        self.best_lines = [self._upright(axes, linewidth=1.2, linestyle=(0, (2, 2))) for axes in self.plots]
        self.cursors = [self._upright(axes, linewidth=1, alpha=0.7) for axes in self.plots]
        self._set_axis()

    def build_plots(self) -> list[Axes]:
        """Make the axes over the swept field, the lowest (with its tick labels) last."""
        raise NotImplementedError

    def show(self, view: SweepView) -> None:
        """Set a new view's data; only called when something has been measured."""
        raise NotImplementedError

    def pick(self, view: SweepView, at: int, y: float) -> int | None:
        """Return which of several lines a pointer is at, `y` pixels below the panel's top at the value with the index
        `at`.
        """
        return None

    def mark(self, view: SweepView, at: int | None, picked: int | None) -> None:
        """Mark the value with the index `at`, and the line that was picked; None for no pointer."""
        raise NotImplementedError

    def facts(self, view: SweepView, at: int, picked: int | None) -> list[str]:
        """Return what stands beside a pointer that is there, in lines."""
        raise NotImplementedError

    def draw(self, snapshot: Snapshot) -> None:
        """Follow the scene's sweep, if it has moved since the last call."""
        view = self.scene.sweep
        if view is not None and view.second:
            view = None  # two fields are a map
        ended, before = self.scene.ended, self._drawn
        fresh = not before or view is not before[0] or ended is not before[1]
        if not fresh and self._at == before[2]:
            return
        self._drawn = view, ended, self._at
        if fresh:
            self._follow(view)
        at, picked = self._at or (None, None)
        upright(self.cursors, None if at is None else self.across.x[at])
        if view is not None and view.models:
            self.mark(view, at, picked)

    def targets(self) -> list[tuple[float, float]]:
        """Return the values, from left to right."""
        if self._view is None or not self._view.models:
            return []
        (low, high), y = self.across.limits, self.top + self.height / 2
        return [(self.left + self.width * float(x - low) / (high - low), y) for x in self.across.x]

    def first_target(self) -> int:
        """Return the best value."""
        return (self._view and self._view.best) or 0

    def pointer(self, kind: PointerKind, x: float, y: float) -> Answer:
        """Mark the value below the pointer and say its numbers; a click takes it."""
        view, before = self._view, self._at
        inside = -6 <= x - self.left <= self.width + 6 and 0 <= y - self.top <= self.height
        if kind == "leave" or not inside or view is None or not view.models:
            self._at = None
            return Answer(redraw=True) if before is not None else NOTHING
        low, high = self.across.limits
        at = self.across.nearest(low + (high - low) * (x - self.left) / self.width)
        self._at = at, self.pick(view, at, y)
        change = view.change(at) if kind == "click" else {}
        said = tr("this value is taken") if change else tr("click to take this value")
        words = "\n".join([*self.facts(view, *self._at), said])
        return Answer(words, change, redraw=self._at != before)

    # -- what all pictures of a sweep show

    def _follow(self, view: SweepView | None) -> None:
        before, self._view = self._view, view
        if view is None or before is None or view.values is not before.values:
            self._at = None
            if view is not None:
                self.field, self.across = view.field, Across(view.field, view.values)
            self._set_axis()
        self.invitation.set_visible(view is None)
        self._set_status(view)
        self._set_best(view)
        if view is not None and view.models:
            self.show(view)

    def _set_axis(self) -> None:
        look = self.look
        places = (lanes_with(lanes, self.field) for lanes in (self.lanes, DEFAULT_LANES))
        self.color = look.lane(next((users[0] for users in places if users), len(DEFAULT_LANES)))
        self.called = tr(self.titles, field="λ" if self._view is None else self._view.title)
        self.heading.set_text(self.called)
        self.symbol.set_text("λ" if self._view is None else self._view.axes[0].symbol)
        self.symbol.set_color(look.muted if self._view is None else self.color)
        self.best_label.set_color(self.color)
        self.bar.set_color(self.color)
        ticks, names = self.across.ticks(self.width, look.small_size)
        for axes in self.plots:
            axes.set_xlim(*self.across.limits)
            axes.set_xticks(ticks, names if axes is self.plots[-1] else [""] * len(names))

    def _set_status(self, view: SweepView | None) -> None:
        share = 1.0 if view is None or view.done else view.epoch / view.epochs
        for line, end in ((self.track, 1.0), (self.bar, share)):
            set_line(line, *([(0, end), (0.5, 0.5)] if share < 1 else [(), ()]))
        words = self.words(view) if view is not None else ("",)
        self.status.set_text(self.fitting(words, self.width))

    def words(self, view: SweepView) -> tuple[str, ...]:
        """Return how far the sweep is, in one line, the longest first."""
        progress = tr("epoch {epoch} of {epochs}", epoch=view.epoch, epochs=view.epochs)
        if view.cancelled:
            return (tr("cancelled at {progress}", progress=progress),)
        return (ntr("1 epoch done", "{n} epochs done", view.epochs) if view.done else progress,)

    def _set_best(self, view: SweepView | None) -> None:
        """The label above the axes, as near to its value as the place allows, and the line below it."""
        best = None if view is None else view.best
        upright(self.best_lines, None if best is None else self.across.x[best])
        text = "" if view is None or best is None else self.best_words(view, best)
        self.best_label.set_text(text)
        if best is not None:
            self.move(self.best_label, self.best_span(text, best)[0], self.baseline)

    def best_words(self, view: SweepView, best: int) -> str:
        """Return what the label at the best value says."""
        return tr("best {name}", name=self.name_of(view, best))

    def best_span(self, text: str, best: int) -> tuple[float, float]:
        """Return where a label for the best value begins and ends, in pixels from the panel's left: as near as can
        be.
        """
        wide = width_of(text, self.look.label_size, bold=True)
        low, high = self.across.limits
        middle = self.left + self.width * (self.across.x[best] - low) / (high - low)
        first, last = self.left + self.reserved[0], self.left + self.width - self.reserved[1] - wide
        start = float(np.clip(middle - wide / 2, first, max(first, last)))
        return start, start + wide

    # -- helpers

    def name_of(self, view: SweepView, at: int) -> str:
        """Return the value with the index `at` ("λ 0.0024")."""
        axis = view.axes[0]
        return f"{axis.symbol or tr(axis.name)} {value_text(view.field, float(view.values[at]))}"

    def line(self, axes: Axes, color: str, **style: Any) -> Line2D:
        """Add a live line that cannot be seen until it has points."""
        return self.add_line(axes, color, visible=False, **{"zorder": 2, "solid_capstyle": "butt"} | style)

    def _upright(self, axes: Axes, **style: Any) -> Line2D:
        return self.line(axes, self.look.text, transform=axes.get_xaxis_transform(), zorder=4.5, **style)


def with_spread(values: Series) -> str:
    """Return mean and standard deviation over seeds ("0.41 ± 0.03"); the mean alone of one seed."""
    if len(values) < 2:
        return number(values.mean())
    return f"{number(values.mean())} ± {number(values.std(ddof=1))}"


def zeros_text(share: float) -> str:
    """Return how many weights are exactly 0, in words."""
    return tr("{share} of all weights exactly 0", share=percent(share)) if share > 0 else tr("no weight exactly 0")


def upright(lines: Sequence[Line2D], x: float | None) -> None:
    """Draw lines at a place over the whole height of their axes; none at None."""
    for line in lines:
        set_line(line, *([(x, x), (0, 1)] if x is not None else [(), ()]))
