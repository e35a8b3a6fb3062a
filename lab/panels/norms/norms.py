"""The path of unit norms: how long each unit's incoming weights are, from epoch to epoch."""

from __future__ import annotations

from typing import Any, ClassVar, Self

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.text import Text

from regviz.probes import constant, unit_answers
from regviz.training.snapshot import ModelSnapshot, Snapshot

from ...compare.scene import NOTHING, Answer, PointerKind
from ...look.lettering import width_of
from ...look.numbers import number
from ..parts.artists import set_line
from ..parts.base import Panel
from ..parts.cells import Margins, cells_for
from ..parts.curves import epoch_limit
from ..parts.scales import FINE, fewer, rescaled, ticks_of
from .paths import UNITS, Paths, Values, chosen

ASKED, WORK = 500, 6_000_000
"""Training points by which a dead unit is told at most, the first ones, and multiplications that it may take."""

FAR = 2.0
"""Times the longest norm beyond which the limit of max-norm is told and not drawn."""

GAP = 20.0


class NormsPanel(Panel):
    """A cell for each lane: a pale line for each unit of a layer, their median, and max-norm's limit, dashed.

    A cross ends the line of a unit that is dead. A click goes to the next layer.
    """

    name: ClassVar[str] = "norms"
    menu_title: ClassVar[str] = "Path of unit norms"
    drawing: ClassVar[str] = (
        '<path d="M4 3V29H45" opacity=".4"/>'
        '<path d="M6 20C14 14 22 11 44 10M6 23C14 21 24 21 44 18M6 18C12 24 22 27 44 27" opacity=".6"/>'
        '<path d="M6 6H44" stroke-dasharray="4 3"/>'
    )
    listens: ClassVar[bool] = True
    layer: int = 0
    """Counts clicks; what is seen outlives `build`."""

    def __init__(self) -> None:
        super().__init__()
        self.paths = Paths()

    def copy(self) -> Self:
        """One that remembers the run by itself."""
        other = super().copy()
        other.paths = self.paths.copy()
        return other

    def build(self, snapshot: Snapshot) -> None:
        """Axes in a cell for each lane, with its name and what is told of it above."""
        small, label = self.look.small_size, self.look.label_size
        self.subtitle = self.live(self.add_header("Path of unit norms"))
        top, line = self.header_height, 1.35 * label
        left = max(width_of(text, small) for text in ("0.00", "5e−0")) + 9
        margins = Margins(line, left, 1.7 * small, GAP)
        cells = cells_for(len(self.lanes), self.place.width, self.place.height - top, margins)
        self._width, self._height = cells[0].width, cells[0].height
        longest = max(width_of(lane.name, label, bold=True) for lane in self.lanes)
        self._room = cells[0].width - min(longest, 0.62 * cells[0].width) - 10
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
            self.add_lane_name(i, cell.left, y, 0.62 * cell.width)
            self.notes.append(self.live(self.add_note(cell.left + cell.width, y, ha="right")))
            self._add_plot(i, self.add_axes(cell.left, top + cell.top, cell.width, cell.height))
        self._seen: tuple[Any, ...] = ()

    def _add_plot(self, i: int, axes: Axes) -> None:
        look, color = self.look, self.look.lane(i)
        axes.grid(color=look.grid, linewidth=1)
        axes.set_axisbelow(True)
        self.plots.append(axes)
        self.units.append(self.add_line(axes, color, linewidth=1, alpha=0.35, zorder=2))
        self.medians.append(self.add_line(axes, color, linewidth=2.2, zorder=3, solid_joinstyle="round"))
        self.limits.append(self.add_line(axes, look.text, linewidth=1.3, linestyle=(0, (4, 2.4)), zorder=4))
        cross: dict[str, Any] = {"linestyle": "none", "marker": "x", "markersize": 6, "markeredgewidth": 1.6}
        self.crosses.append(self.add_line(axes, look.text, clip_on=False, zorder=5, **cross))
        self.cursors.append(self.add_line(axes, look.text, linewidth=1, alpha=0.7, zorder=6))

    def draw(self, snapshot: Snapshot) -> None:
        """Add what is new of the run, and show one layer of it, once an epoch."""
        live = self.scene.live
        newest = live or snapshot
        back = max(model.epoch for model in snapshot.models) if live is not None else None
        told = tuple((model.epoch, model.state, model.config) for model in newest.models)
        seen = (self.layer, back, told)
        if seen == self._seen and not self.behind:
            return
        self._seen = seen
        self.behind = self.paths.follow(newest, self.scene.past)
        found = [self.paths.of(i, self._layer(model), model) for i, model in enumerate(newest.models)]
        self._set_limits(found, newest)
        gone = [dead_units(model, self._layer(model)) for model in newest.models]
        for i, model in enumerate(newest.models):
            self._show(i, model, *found[i], gone[i])
            set_line(self.cursors[i], *([(back, back), (0, self._limits[1])] if back is not None else ()))
        self._say(newest, any(len(its) and bool(its.any()) for its in gone))

    def targets(self) -> list[tuple[float, float]]:
        """One place: a click anywhere goes to the next layer."""
        return [(self.place.width / 2, self.place.height / 2)]

    def pointer(self, kind: PointerKind, x: float, y: float) -> Answer:
        """A click goes to the next layer."""
        if kind == "leave":
            return NOTHING
        if kind == "click":
            self.layer += 1
        return Answer(hint="click: next layer", redraw=kind == "click")

    # -- showing

    def _layer(self, model: ModelSnapshot) -> int:
        return self.layer % len(model.weights)

    def _set_limits(self, found: list[tuple[Values, Values]], snapshot: Snapshot) -> None:
        """One scale for all cells, which moves in steps; a lane that explodes leaves its cell at the top."""
        highest = [float(norms[np.isfinite(norms)].max(initial=0)) for _, norms in found]
        needed = min(max(highest), 4 * float(np.median(highest)) or np.inf)
        self.drawn = [
            limit if limit is not None and limit <= FAR * needed else None
            for limit in (model.config.max_norm for model in snapshot.models)
        ]
        needed = max([needed, *(limit for limit in self.drawn if limit is not None)])
        last = epoch_limit(max(float(epochs[-1]) for epochs, _ in found), self._limits[0])
        most = rescaled(needed, self._limits[1], FINE, air=1.04) or 1.0
        if (last, most) == self._limits:
            return
        self._limits = last, most
        up, names = ticks_of(most)
        step = max(1, int(np.ceil(1.5 * self.look.small_size * (len(up) - 1) / self._height)))
        across = fewer(*ticks_of(last), self._width, self.look.small_size)
        lefts = {round(axes.get_position().x0, 4) for axes in self.plots}
        for axes in self.plots:
            axes.set(xlim=(0, last), ylim=(0, most))
            axes.set_xticks(*across)
            outer = round(axes.get_position().x0, 4) == min(lefts)
            axes.set_yticks(up[::step], names[::step] if outer else [""] * len(up[::step]))

    def _show(self, i: int, model: ModelSnapshot, epochs: Values, norms: Values, gone: Any) -> None:
        most = self._limits[1]
        norms = np.minimum(norms, 3 * most)
        breaks = np.full((1, norms.shape[1]), np.nan)
        x = np.append(epochs, np.nan)
        set_line(self.units[i], np.tile(x, norms.shape[1]), np.vstack([norms, breaks]).T.ravel())
        set_line(self.medians[i], epochs, np.median(norms, axis=1))
        limit = self.drawn[i]
        set_line(self.limits[i], *([(0, self._limits[0]), (limit, limit)] if limit is not None else ()))
        dead = norms[-1][gone[chosen(len(gone))]] if len(gone) else np.zeros(0)
        set_line(self.crosses[i], np.full(len(dead), epochs[-1]), np.minimum(dead, most))
        texts = []
        bound = model.config.max_norm
        if len(gone) and gone.any():
            texts = [f"{gone.sum()} of {len(gone)} dead", f"{gone.sum()} dead"]
        if bound is not None:
            told = f"max-norm {number(bound)}"
            bounds = [told] if limit is not None else [f"{told}, above", told]
            texts = [f"{a}, {b}" for a in bounds for b in texts] + (texts or bounds)
        if model.state == "diverged":
            texts = ["diverged"]
        self.notes[i].set_text(self.fitting([*texts, ""], self._room))

    def _say(self, snapshot: Snapshot, dead: bool) -> None:
        model = max(snapshot.models, key=lambda its: len(its.weights))
        layers, layer = len(model.weights), self._layer(model)
        name = "outputs" if layer == layers - 1 else f"hidden layer {layer + 1}"
        count = max(len(its.biases[self._layer(its)]) for its in snapshot.models)
        some = f" ({UNITS} of {count} units)" if count > UNITS else ""
        more = "; click: next layer" if layers > 1 else ""
        marks = (", dashed: max-norm" if any(its is not None for its in self.drawn) else "") + (", ×: dead" * dead)
        self.subtitle.set_text(
            self.fitting(
                [
                    f"{name}{some}: ‖w‖ of each unit's incoming weights over epochs, thick: median{marks}{more}",
                    f"{name}{some}: ‖w‖ of each unit's incoming weights, thick: median{marks}{more}",
                    f"{name}: ‖w‖ of incoming weights, thick: median{marks}{more}",
                    f"{name}: ‖w‖ by unit, thick: median{marks}{more}",
                    f"{name}: ‖w‖ by unit{marks}{more}",
                    f"{name}: ‖w‖ by unit{more}",
                    f"{name}{more}",
                    name,
                ]
            )
        )


def dead_units(model: ModelSnapshot, layer: int) -> Any:
    """Which units of a hidden layer say the same to every training point asked, (units,) bool; (0,) for outputs."""
    if layer == len(model.weights) - 1:
        return np.zeros(0, bool)
    count = int(np.clip(WORK // sum(W.size for W in model.weights), 32, ASKED))
    return constant(unit_answers(model, model.split.X_train[:count])[layer])
