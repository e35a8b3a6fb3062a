"""One lane in the plane of two weights: its data loss as tint and contours, its penalty's shape, its way, its point."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import contourpy
import numpy as np
from matplotlib.colors import ListedColormap, to_rgb
from matplotlib.patches import PathPatch
from numpy.typing import NDArray

from regviz.language import tr

from ...look.theme import Look
from ..parts.artists import NO_AREA, set_line
from ..parts.base import Panel
from ..parts.cells import Cell
from .plane import Landscape, Pair, at, lines
from .shapes import Slice, shape, sizes

LEVELS = 9
"""Contours of the loss, besides the one through the point."""

DEEPEST = 0.62
"""How much of the lane's colour there is where the loss is lowest."""


class Tints:
    """A ramp per lane with a penalty, from its tint where the loss is low to the background, in one colour table.

    All squares share the table: a page is sent it only once.
    """

    def __init__(self, look: Look, lanes: Sequence[int]) -> None:
        self.lanes, self.levels = lanes, 256 // max(1, len(lanes))
        paper = np.array(to_rgb(look.background))
        table: NDArray[Any] = np.tile(paper, (256, 1))
        for k, lane in enumerate(lanes):
            color = np.array(to_rgb(look.lane(lane)))
            share = np.linspace(DEEPEST, 0, self.levels)[:, None]
            table[k * self.levels : (k + 1) * self.levels] = paper + (color - paper) * share
        self.table = ListedColormap(table)

    def of(self, lane: int, depth: Any) -> NDArray[np.uint8]:
        """Return indices into the table for heights within [0, 1]."""
        first = self.lanes.index(lane) * self.levels
        return np.asarray(first + np.rint((self.levels - 1) * depth), np.uint8)


class Square:
    """The artists of one cell of `panel`. `lane` is whose they are, `shown` its loss and `next` the one asked for."""

    def __init__(self, panel: Panel, cell: Cell, side: float, line: float, tints: Tints) -> None:
        """`side` is the square's, `line` the height of one line of type, both in CSS pixels."""
        look, small = panel.look, panel.look.small_size
        self.panel, self.look, self.cell, self.tints = panel, look, cell, tints
        self.lane = -1
        self.shown: Landscape | None = None
        self.next: Landscape | None = None
        self.seen: Any = None
        """What the square was drawn from last."""
        self._drawn: Landscape | None = None
        self._axis: Any = None
        self._depth: Any = None
        """Of the loss drawn: √ of its height between the lowest, 0, and the highest, 1, on a fine grid."""
        self._generator: Any = None

        self.axes = axes = panel.add_field(cell.left, cell.top, side, side, (-1, 1), (-1, 1))  # a disc is round
        self.image = panel.add_image(axes, tints.table, (2, 2), extent=(-1, 1, -1, 1), smooth=True)
        axes.axhline(0, color=look.muted, linewidth=1, alpha=0.6, zorder=2)
        axes.axvline(0, color=look.muted, linewidth=1, alpha=0.6, zorder=2)
        self.ball = panel.add_patch(axes, PathPatch(NO_AREA, edgecolor=look.text, linewidth=1.8, zorder=3))
        self.ball.set_facecolor((*to_rgb(look.text), 0.10))
        self.contours = panel.add_line(axes, look.muted, linewidth=0.8, alpha=0.55, zorder=1.5)
        self.through = panel.add_line(axes, look.text, linewidth=2.0, zorder=3.5)
        way: dict[str, Any] = {"linewidth": 1.4, "alpha": 0.8, "zorder": 4, "solid_joinstyle": "round"}
        self.path = panel.add_line(axes, look.text, **way)
        edge: dict[str, Any] = {"markeredgecolor": look.background, "markeredgewidth": 1.8}
        self.point = panel.add_line(axes, look.text, marker="o", markersize=9, zorder=5, **edge)
        self.name = panel.live(panel.add_text(cell.left, cell.top - 1.25 * line, "", weight="bold"))
        self.sum = panel.live(panel.add_note(cell.left, cell.top - 0.4 * small, color=look.text))
        self.age = panel.live(panel.add_note(cell.left + 6, cell.top + side - 6))

    def take(self, lane: int) -> None:
        """Be the square of this lane from now on."""
        if self.lane == lane:
            return
        self.lane, self.shown, self.next, self.seen = lane, None, None, None
        color = self.look.lane(lane)
        for line in (self.through, self.point):
            line.set_color(color)
        self.point.set_markeredgecolor(self.look.background)
        self.name.set_color(color)

    def wants(self, pair: Pair, reach: float, known: Landscape | None) -> None:
        """Show `known`, the last loss of this lane, unless it is of other weights; stop asking for another place's."""
        found = self.shown or known
        self.shown = found if found is not None and found.pair == pair else None
        if self.next is not None and (self.next.pair, self.next.reach) != (pair, reach):
            self.next = None

    def show(self, label: str, path: NDArray[Any], cost: Slice, reach: float, epoch: int) -> None:
        """Show the weights as they are at `epoch`, the end of `path` (n, 2), in a square that goes out to `reach`."""
        x, y = (float(value) for value in path[-1])
        self._show_loss(x, y, epoch)
        self.ball.set_path(shape(x, y, cost, reach))
        set_line(self.path, *path.T)
        set_line(self.point, [x], [y])
        self.name.set_text(label)
        self.sum.set_text(self.panel.fitting(sizes(x, y, cost), self.cell.width))

    def _show_loss(self, x: float, y: float, now: int) -> None:
        """Tint and contours, one of them through the point; nothing while the loss is still being asked for."""
        if self.shown is None:
            self._drawn = None
            self.image.set_data(self.tints.of(self.lane, np.ones((2, 2))))
            set_line(self.contours)
            set_line(self.through)
            self.age.set_text(tr("computing the loss …"))
            return
        if self._drawn is not self.shown:
            self._drawn = self.shown
            self._axis, losses = self.shown.fine()
            low, high = float(losses.min()), float(losses.max())
            self._depth = np.sqrt((losses - low) / max(high - low, 1e-12))
            self.image.set_data(self.tints.of(self.lane, self._depth))
            self.image.set_extent((-self.shown.reach, self.shown.reach) * 2)
            self._generator = contourpy.contour_generator(self._axis, self._axis, self._depth)
            set_line(self.contours, *lines(self._generator, [(k + 0.5) / LEVELS for k in range(LEVELS)]))
        here = at(self._axis, self._depth, x, y)
        set_line(self.through, *lines(self._generator, [here] if 0 < here < 1 else []))
        epoch = self.shown.model.epoch
        self.age.set_text(tr("loss of epoch {epoch}", epoch=epoch) if epoch != now else "")
