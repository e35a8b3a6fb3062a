"""The path of unit norms: how long each unit's incoming weights are, from epoch to epoch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, NamedTuple, Self

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.text import Text
from numpy.typing import NDArray

from regviz.arrays import Floats
from regviz.language import en, tr
from regviz.probes import dead_units
from regviz.training.snapshot import ModelSnapshot, Snapshot

from ...look.lettering import width_of
from ...look.numbers import number
from ..parts.artists import set_line
from ..parts.cells import Cell, Margins, cells_for
from ..parts.curves import epoch_limit
from ..parts.layers import LayerPanel
from ..parts.scales import FINE, fewer, rescaled, shared, ticks_of
from .paths import UNITS, Paths, chosen

FAR = 2.0
"""Times the longest norm beyond which the limit of max-norm is told and not drawn."""

GAP = 28.0


class NormsPanel(LayerPanel):
    """A cell for each lane: a pale line for each unit of a layer, their median, and max-norm's limit, dashed.

    A cross ends the line of a unit that is dead. A click goes to the next layer.
    """

    name: ClassVar[str] = "norms"
    menu_title: ClassVar[str] = en("Path of unit norms")
    drawing: ClassVar[str] = (
        '<path d="M4 3V29H45" opacity=".4"/>'
        '<path d="M6 20C14 14 22 11 44 10M6 23C14 21 24 21 44 18M6 18C12 24 22 27 44 27" opacity=".6"/>'
        '<path d="M6 6H44" stroke-dasharray="4 3"/>'
    )

    def __init__(self) -> None:
        super().__init__()
        self.paths = Paths()

    def copy(self) -> Self:
        """Return one that remembers the run by itself."""
        other = super().copy()
        other.paths = self.paths.copy()
        return other

    def build(self, snapshot: Snapshot) -> None:
        """Make axes in a cell for each lane, with its name and what is told of it above."""
        small, label = self.look.small_size, self.look.label_size
        self.subtitle = self.live(self.add_header(tr("Path of unit norms")))
        top, line = self.header_height, 1.35 * label
        left = max(width_of(text, small) for text in ("0.00", "5e−0")) + 9
        longest = max(width_of(lane.name, label, bold=True) for lane in self.lanes)
        cells = self._cells(line, left)
        beside = longest + width_of(tr("16 of 16 dead"), small) + 10 <= cells[0].width
        if not beside:  # what is told of a lane goes below its name
            cells = self._cells(line + 1.2 * small, left)
        self._width, self._height = cells[0].width, cells[0].height
        self._room = self._width - (longest + 10 if beside else 0)
        self._limits = (0.0, 0.0)
        self.plots: list[Axes] = []
        self.units: list[Line2D] = []
        self.medians: list[Line2D] = []
        self.limits: list[Line2D] = []
        self.crosses: list[Line2D] = []
        self.cursors: list[Line2D] = []
        self.notes: list[Text] = []
        for i, cell in enumerate(cells):
            y = top + cell.top - 0.4 * label
            self.add_lane_name(i, cell.left, y if beside else y - 1.2 * small, cell.width)
            x, ha = (cell.left + cell.width, "right") if beside else (cell.left, "left")
            self.notes.append(self.live(self.add_note(x, y, ha=ha)))
            self._add_plot(i, self.add_axes(cell.left, top + cell.top, cell.width, cell.height))
        self.found = [NOTHING_FOUND] * len(cells)
        self._shown: list[Any] = [None] * len(cells)
        self._told: Any = None
        self._more, self._turn = False, 0

    def _cells(self, header: float, left: float) -> list[Cell]:
        margins = Margins(header, left, 1.7 * self.look.small_size, GAP)
        width = self.place.width - 0.5 * width_of("000", self.look.small_size)  # the last epoch's number stands out
        return cells_for(len(self.lanes), width, self.place.height - self.header_height, margins)

    def _add_plot(self, i: int, axes: Axes) -> None:
        look, color = self.look, self.look.lane(i)
        axes.grid(color=look.grid, linewidth=1)
        self.plots.append(axes)
        self.units.append(self.add_line(axes, color, linewidth=1, alpha=0.35, zorder=2))
        self.medians.append(self.add_line(axes, color, linewidth=2.2, zorder=3, solid_joinstyle="round"))
        self.limits.append(self.add_line(axes, look.text, linewidth=1.3, linestyle=(0, (4, 2.4)), zorder=4))
        cross: dict[str, Any] = {"linestyle": "none", "marker": "x", "markersize": 6, "markeredgewidth": 1.6}
        self.crosses.append(self.add_line(axes, look.text, clip_on=False, zorder=5, **cross))
        self.cursors.append(self.add_line(axes, look.text, linewidth=1, alpha=0.7, zorder=6))

    def draw(self, snapshot: Snapshot) -> None:
        """Add what is new of the run, once an epoch, and show the lane whose turn it is; all if a person has asked."""
        live = self.scene.live
        newest = (live or snapshot).models
        back = snapshot.epoch if live is not None else None
        told = tuple(model.moment_of_epoch for model in newest)
        if told != self._told or self._more:
            self._told = told
            self._more = self.paths.follow(live or snapshot, self.scene.past)
        asked, rows = (self.layer, back), len(self.paths.rows)
        keys = [(asked, rows, of) for of in told]
        waiting = [i for i, key in enumerate(keys) if key != self._shown[i]]
        if all(shown is not None and shown[0] == asked for shown in self._shown):
            waiting = sorted(waiting, key=lambda i: (i - self._turn) % len(keys))
            self.behind = len(waiting) > 1 or self._more
            waiting = waiting[:1]
        else:
            self.behind = self._more
        if not waiting:
            return
        layers = self.layers_of(newest)
        for i in waiting:
            self._shown[i], self._turn = keys[i], i + 1
            self.found[i] = found_of(self.paths, i, newest[i], layers[i])
        moved = self._set_limits(newest)
        for i in range(len(newest)) if moved else waiting:
            self._show(i, newest[i])
            set_line(self.cursors[i], *([(back, back), (0, self._limits[1])] if back is not None else ()))
        self._say(newest)

    # -- showing

    def _set_limits(self, models: Sequence[ModelSnapshot]) -> bool:
        """One scale for all cells, which moves in steps; a lane that explodes leaves its cell at the top."""
        there = [its for its in self.found if len(its.epochs)]
        highest = [float(its.norms[np.isfinite(its.norms)].max(initial=0)) for its in there]
        needed = shared(highest, 4)
        pairs = zip(models, self.found, strict=True)
        bounds = [model.config.max_norm if len(its.epochs) else None for model, its in pairs]
        self.drawn = [bound if bound is not None and bound <= FAR * needed else None for bound in bounds]
        needed = max([needed, *(bound for bound in self.drawn if bound is not None)])
        last = epoch_limit(max(float(its.epochs[-1]) for its in there), self._limits[0])
        most = rescaled(needed, self._limits[1], FINE, air=1.04) or 1.0
        if (last, most) == self._limits:
            return False
        self._limits = last, most
        up, names = ticks_of(most)
        step = max(1, int(np.ceil(1.5 * self.look.small_size * (len(up) - 1) / self._height)))
        across = fewer(*ticks_of(last), self._width, self.look.small_size)
        lefts = [round(axes.get_position().x0, 4) for axes in self.plots]
        for axes, left in zip(self.plots, lefts, strict=True):
            axes.set(xlim=(0, last), ylim=(0, most))
            axes.set_xticks(*across)
            axes.set_yticks(up[::step], names[::step] if left == min(lefts) else [""] * len(up[::step]))
        return True

    def _show(self, i: int, model: ModelSnapshot) -> None:
        """The lines of a lane, crosses at the ends of those of dead units, and what is told of it."""
        most, (epochs, norms, gone) = self._limits[1], self.found[i]
        if not len(epochs):
            for line in (self.units[i], self.medians[i], self.limits[i], self.crosses[i]):
                set_line(line)
            self.notes[i].set_text(self.fitting([tr("no such layer"), ""], self._room))
            return
        norms = np.minimum(norms, 3 * most)
        breaks = np.full((1, norms.shape[1]), np.nan)
        set_line(
            self.units[i], np.tile(np.append(epochs, np.nan), norms.shape[1]), np.vstack([norms, breaks]).T.ravel()
        )
        set_line(self.medians[i], epochs, np.median(norms, axis=1))
        limit, bound = self.drawn[i], model.config.max_norm
        set_line(self.limits[i], *([(0, self._limits[0]), (limit, limit)] if limit is not None else ()))
        dead = norms[-1][gone[chosen(len(gone))]] if len(gone) else np.zeros(0)
        set_line(self.crosses[i], np.full(len(dead), epochs[-1]), np.minimum(dead, most))
        texts = (
            [tr("{dead} of {all} dead", dead=gone.sum(), all=len(gone)), tr("{dead} dead", dead=gone.sum())]
            if gone.any()
            else []
        )
        if bound is not None:
            told = tr("max-norm {bound}", bound=number(bound))
            bounds = [told] if limit is not None else [tr("{told}, above", told=told), told]
            texts = [f"{a}, {b}" for a in bounds for b in texts] + (texts or bounds)
        if model.state == "diverged":
            texts = [tr("diverged")]
        self.notes[i].set_text(self.fitting([*texts, ""], self._room))

    def _say(self, models: Sequence[ModelSnapshot]) -> None:
        layers, shown = max(len(its.weights) for its in models), self.layers_of(models)
        layer = self.layer % layers
        name = tr("outputs") if layer == layers - 1 else tr("hidden layer {layer}", layer=layer + 1)
        count = max(len(its.biases[k]) for its, k in zip(models, shown, strict=True) if k is not None)
        dead = any(its.gone.any() for its in self.found)
        some = tr("{name} ({shown} of {count} units)", name=name, shown=UNITS, count=count) if count > UNITS else name
        marks = [tr("dashed: max-norm")] if any(its is not None for its in self.drawn) else []
        marks += [tr("×: dead")] * dead
        more = [tr("click: next layer")] if layers > 1 else []

        def said(text: str) -> str:
            return "; ".join([", ".join([text, *marks]), *more])

        self.say(
            said(tr("{layer}: ‖w‖ of each unit's incoming weights over epochs, thick: median", layer=some)),
            said(tr("{layer}: ‖w‖ of each unit's incoming weights, thick: median", layer=some)),
            said(tr("{layer}: ‖w‖ of incoming weights, thick: median", layer=name)),
            said(tr("{layer}: ‖w‖ by unit, thick: median", layer=name)),
            said(tr("{layer}: ‖w‖ by unit", layer=name)),
            "; ".join([tr("{layer}: ‖w‖ by unit", layer=name), *more]),
            "; ".join([name, *more]),
            name,
        )


class Found(NamedTuple):
    """Of a lane: epochs (n,), norms (n, units), and which of a layer's units are dead, (0,) for outputs; no epoch of a
    layer that it has not.
    """

    epochs: Floats
    norms: Floats
    gone: NDArray[np.bool_]


NOTHING_FOUND = Found(np.zeros(0), np.zeros((0, 0)), np.zeros(0, bool))


def found_of(paths: Paths, lane: int, model: ModelSnapshot, layer: int | None) -> Found:
    """Return what there is to be seen of a layer of a lane now; nothing of None."""
    if layer is None:
        return NOTHING_FOUND
    dead = dead_units(model) if layer < len(model.weights) - 1 else ()
    return Found(*paths.of(lane, layer, model), dead[layer] if dead else np.zeros(0, bool))
