"""Reliability: whether each network is right as often as it says, bin by bin of its confidence (Guo et al. 2017)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch
from matplotlib.text import Text

from regviz.language import en, ntr, tr
from regviz.probes import reliability
from regviz.training.snapshot import ModelSnapshot, Snapshot

from ..compare.scene import NOTHING, Answer, PointerKind
from ..look.lettering import width_of
from ..look.numbers import WIDEST, number, percent
from .parts.artists import rectangles, set_line, stretch
from .parts.cells import Cell, Margins, cells_for
from .parts.labels import first_that_fits
from .parts.measuring import MeasuredPanel

BINS = 10
"""Of confidence, from 0 to 1."""

FEW = 5
"""Points below which a bin says little: its bar is pale."""

AIR = 0.08
"""Share of a bin that stays empty at each side of its bar."""


@dataclass(slots=True)
class _Plot:
    """A cell and its artists."""

    cell: Cell
    many: PathPatch
    few: PathPatch
    gaps: PathPatch
    said: Line2D
    error: Text
    words: Text
    gone: bool = False
    """True if the network it shows has diverged: it says nothing."""


class ReliabilityPanel(MeasuredPanel):
    """A cell per lane: a bar for each bin of confidence, as high as the share of its answers that are right, a tick at
    what the network says, and what lies between in a pale colour. On the diagonal it is as right as it says."""

    name: ClassVar[str] = "reliability"
    menu_title: ClassVar[str] = en("Reliability")
    drawing: ClassVar[str] = (
        '<path d="M4 3V29H45" opacity=".4"/>'
        '<path d="M6 28L43 4" opacity=".4"/>'
        '<path d="M11 29V25M20 29V20M29 29V18M38 29V14" stroke-width="6" stroke-linecap="butt"/>'
    )
    listens: ClassVar[bool] = True

    def build(self, snapshot: Snapshot) -> None:
        """Make a field per lane with its diagonal; its name, its error and what it says above."""
        look, models = self.look, snapshot.models
        split = models[0].split
        self.empty = split.task != "classification"
        self.plots: list[_Plot] = []
        self.add_header(
            tr("Reliability"),
            tr("validation: share right (bar) by confidence (across); tick: mean confidence; ECE: their mean distance"),
            tr("bar: share right, by confidence; tick: mean confidence; ECE: mean distance"),
            tr("bar: share right, by confidence; tick: mean confidence"),
            tr("bar: right; tick: confidence"),
        )
        if self.empty:
            self.stand_empty(tr("a regression says no probabilities: nothing is right or wrong"), tr("a regression"))
            return
        self.resume(models)
        # The surest of K answers is at least 1/K sure.
        self.first = min(int(BINS / split.n_classes + 1e-9), BINS - 1)
        small, label = look.small_size, look.label_size
        margins = Margins(0.0, width_of("100 %", small) + 9, 1.7 * small, 16.0)
        top, line = self.header_height, 1.45 * label
        self._room = width_of(tr("ECE {widest}", widest=WIDEST), small)
        for lines in (2, 3):  # on the third the error stands that has no room beside the name
            room = replace(margins, header=lines * line)
            cells = cells_for(len(models), self.place.width, self.place.height - top, room)
            names = max(width_of(lane.name, label, bold=True) for lane in self.lanes)
            if names + self._room + 8 <= cells[0].width:
                break
        self.plots = [self._plot(i, cell.lower(top), lines, cell.left <= margins.left) for i, cell in enumerate(cells)]
        self.begin(snapshot)

    def _plot(self, i: int, cell: Cell, lines: int, leftmost: bool) -> _Plot:
        look, low, small = self.look, self.first / BINS, self.look.small_size
        axes = self.add_field(cell.left, cell.top, cell.width, cell.height, (low, 1), (0, 1), surface=True)
        wide, narrow = (cell.width > times * width_of("100 %", small) for times in (4, 2.2))
        ends = [low, 0.5 if low < 0.5 else 0.75, 1.0] if wide else [low, 1.0]
        axes.set_xticks(ends, [percent(end) if narrow else f"{100 * end:.0f}" for end in ends])
        first, *_, last = axes.get_xticklabels()
        first.set_horizontalalignment("left")
        last.set_horizontalalignment("right")
        axes.set_yticks([0, 0.5, 1], [percent(share) if leftmost else "" for share in (0.0, 0.5, 1.0)])
        axes.grid(axis="y", color=look.grid, linewidth=1)
        color = look.lane(i)
        axes.plot([low, 1], [low, 1], color=look.muted, linewidth=1.2, zorder=1.5)
        many, few, gaps = (
            self.add_patch(axes, rectangles(BINS, facecolor=color, alpha=alpha, zorder=zorder))
            for alpha, zorder in ((0.88, 2), (0.4, 2), (0.25, 1.8))
        )
        said = self.add_line(axes, look.text, linewidth=2, solid_capstyle="butt", zorder=3)
        line = 1.45 * look.label_size
        y = cell.top - (lines - 1) * line - 0.45 * look.label_size
        beside = lines == 2
        self.add_lane_name(i, cell.left, y, cell.width - (self._room + 8 if beside else 0))
        words = self.live(self.add_text(cell.left, y + line, ""))
        at = (cell.left + cell.width, y, "right") if beside else (cell.left, y + 2 * line, "left")
        error = self.live(self.add_note(at[0], at[1], ha=at[2]))
        return _Plot(cell, many, few, gaps, said, error, words)

    # -- measuring and showing

    def measure(self, i: int, model: ModelSnapshot) -> tuple[()]:
        """Measure all of lane `i` in one piece."""
        self.found[i] = reliability(model, model.split.X_val, model.split.y_val, BINS)
        return ()

    def set_limits(self) -> bool:
        """Keep the limits: shares are from 0 to 1."""
        return False

    def show(self, i: int, model: ModelSnapshot) -> None:
        """Show bars, ticks and numbers of lane `i`."""
        plot, found = self.plots[i], self.found[i]
        if found is None:
            return
        gone = plot.gone = model.state == "diverged" or not np.isfinite(found.said)
        there = (found.points > 0) & (not gone)
        for patch, which in ((plot.many, found.points >= FEW), (plot.few, found.points < FEW)):
            k = np.flatnonzero(there & which)
            stretch(patch, (k + AIR) / BINS, (k + 1 - AIR) / BINS, 0, found.right[k])
        k = np.flatnonzero(there)
        left, right = (k + AIR) / BINS, (k + 1 - AIR) / BINS
        stretch(plot.gaps, left, right, found.right[k], found.confidence[k])
        apart = np.full(len(k), np.nan)
        ticks = np.repeat(found.confidence[k], 3)
        set_line(plot.said, np.stack([left, right, apart], axis=1).ravel(), ticks)
        plot.error.set_text("" if gone else tr("ECE {error}", error=number(found.error)))
        said, hit = percent(found.said), percent(found.accuracy)
        bare, bare_hit = f"{100 * found.said:.0f}", f"{100 * found.accuracy:.0f}"
        texts = [
            tr("says {said}, is right {hit}", said=said, hit=hit),
            tr("says {said}, right {hit}", said=said, hit=hit),
            tr("says {bare}, right {bare_hit}", bare=bare, bare_hit=bare_hit),
        ]
        texts += [tr("says {bare}, is {bare_hit}", bare=bare, bare_hit=bare_hit), f"{bare}, {bare_hit}"]
        fits = first_that_fits(texts, plot.cell.width, self.look.label_size)
        plot.words.set_text(tr("diverged") if gone else fits)

    # -- the pointer

    def targets(self) -> list[tuple[float, float]]:
        """Return the middle of each bin that has points, of lanes that have not diverged."""
        return [
            (cell.left + cell.width * (k + 0.5 - self.first) / (BINS - self.first), cell.top + 0.5 * cell.height)
            for plot, found in zip(self.plots, self.found, strict=False)
            for cell in [plot.cell]
            if found is not None and not plot.gone
            for k in np.flatnonzero(found.points).tolist()
            if k >= self.first
        ]

    def pointer(self, kind: PointerKind, x: float, y: float) -> Answer:
        """Say what is in the bin under the pointer."""
        if kind == "leave":
            return NOTHING
        for i, (plot, found) in enumerate(zip(self.plots, self.found, strict=False)):
            across, down = (x - plot.cell.left) / plot.cell.width, (y - plot.cell.top) / plot.cell.height
            if found is None or not (0 <= across < 1 and 0 <= down < 1):
                continue
            k = min(self.first + int(across * (BINS - self.first)), BINS - 1)
            return Answer(hint="\n".join(self.facts(i, k)))
        return NOTHING

    def facts(self, i: int, k: int) -> list[str]:
        """Say bin `k` of lane `i` in words."""
        found: Any = self.found[i]
        if self.plots[i].gone:
            return [tr("{name}: diverged", name=self.lanes[i].name)]
        low, high, count = percent(k / BINS), percent((k + 1) / BINS), int(found.points[k])
        lines = [tr("{name}: {low} to {high} sure", name=self.lanes[i].name, low=low, high=high)]
        if not count:
            return [*lines, tr("of no answer")]
        answers = ntr("1 answer", "{n} answers", count)
        return [
            *lines,
            tr("{answers}, {right} right", answers=answers, right=percent(found.right[k])),
            tr("says {confidence}", confidence=percent(found.confidence[k], 1)),
        ]
