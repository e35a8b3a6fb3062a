"""Why L1 finds corners: the data loss over two weights, and the penalty's diamond or disc through where they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import contourpy
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap, to_rgb
from matplotlib.image import AxesImage
from matplotlib.lines import Line2D
from matplotlib.patches import Polygon
from matplotlib.text import Text
from numpy.typing import NDArray

from regviz.snapshot import ModelSnapshot, Snapshot

from ..report import MINUS
from ..scene import NOTHING, Answer, PointerKind
from .cells import PenaltyPanel, penalties, set_line, set_text, stand_quiet, strength
from .labels import first_that_fits, nice_above, shorten, width_of
from .plane import Landscape, Pair, Trail, at, ball, lines, pairs, sizes
from .views import Cell

EVERY = 10
"""Epochs after which the loss around is asked for again."""

LEVELS = 9
STEPS = (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0)
NOWHERE = np.zeros((3, 2))


@dataclass(slots=True)
class _Plot:
    """The artists of one cell, the loss it shows and the one it is asking for."""

    axes: Axes
    image: AxesImage
    contours: Line2D
    through: Line2D
    ball: Polygon
    path: Line2D
    point: Line2D
    name: Text
    sum: Text
    age: Text
    lane: int = -1
    shown: Landscape | None = None
    next: Landscape | None = None
    drawn: Landscape | None = None
    axis: Any = None
    depth: Any = None
    """Of the loss drawn: √ of its height between the lowest, 0, and the highest, 1, on a fine grid."""
    generator: Any = None
    seen: Any = None


class DiamondPanel(PenaltyPanel):
    """A square per lane with a penalty. Where training has settled, the loss's contour touches the penalty's shape."""

    name: ClassVar[str] = "diamond"
    more: ClassVar[str] = "click here for more"
    pair: int = 0
    """Counts clicks; what is seen outlives `build`, like the paths and the last losses."""

    def __init__(self) -> None:
        super().__init__()
        self.choices: list[Pair] = []
        self.trails: dict[int, Trail] = {}
        self._run: Any = None
        self._known: dict[int, Landscape] = {}

    def build(self, snapshot: Snapshot) -> None:
        """A square per lane, with its name and its penalty's two terms above."""
        look = self.look
        self.subtitle = self.live(self.add_header("Two weights: loss and penalty", ""))
        self._line = 1.42 * look.label_size
        left = 1.35 * look.small_size + width_of("−0.00", look.small_size) + 6
        self.arrange(snapshot, 2 * self._line, (left, 1.7 * look.small_size), (128 * look.scale, 84 * look.scale))
        self.plots: list[_Plot] = []
        self.reach = 0.0
        self._drawn = False
        if not self.cells:
            stand_quiet(self, "no lane has a penalty: there is no diamond and no disc", "no lane has a penalty")
            return
        self._left = left
        self.plots = [self._plot(cell) for cell in self.cells]
        small: dict[str, Any] = {"size": look.small_size, "color": look.muted}
        bottom = max(cell.top for cell in self.cells) + self._side
        self.across = self.live(self.add_text(left, bottom + 5 * look.scale, "", va="top", **small))
        self.up = self.live(
            self.add_text(0, self.cells[0].top + 0.5 * self._side, "", va="center", rotation=90, **small)
        )

    def draw(self, snapshot: Snapshot) -> None:
        """Move points, paths and shapes; ask for one tile of one lane's loss."""
        lanes = self.on_page()
        if not lanes:
            return
        self._remember(snapshot)
        pair = self.choices[self.pair % len(self.choices)]
        models = [snapshot.models[i] for i in lanes]
        self._set_reach([pair.of(model) for model in models])
        for plot, i in zip(self.plots, lanes, strict=True):
            self._color(plot, i)
        self._ask(models, pair)
        for plot, model in zip(self.plots, models, strict=True):
            seen = (model.step, model.epoch, model.config, pair, self.reach, id(plot.shown))
            if seen != plot.seen:
                plot.seen = seen
                self._show(plot, model, pair)
        self._say(models[0], pair)

    def pointer(self, kind: PointerKind, x: float, y: float) -> Answer:
        """A click takes the next pair of weights, or above the squares the next lanes."""
        if kind == "leave" or not self.cells:
            return NOTHING
        if y < self.header_height:
            return super().pointer(kind, x, y)
        if kind == "click":
            self.pair += 1
        return Answer(hint="click: two other weights", redraw=kind == "click")

    # -- what is remembered

    def _remember(self, snapshot: Snapshot) -> None:
        """Choose pairs when a run of another kind begins, and add each lane's weights to its path."""
        # The narrowest first layer: lanes may be of different shapes, and every lane must have the units chosen.
        model = min((snapshot.models[i] for i in self.candidates), key=lambda model: model.weights[0].shape[1])
        config = model.config
        run = (model.split, model.weights[0].shape, config.hidden, config.seed, config.init, len(snapshot.models))
        if run != self._run:
            self._run = run
            self.choices, self.trails, self._known = pairs(model), {}, {}
            self.pair = 0
        past = self.scene.live is not None
        for i in self.candidates:
            model, trail = snapshot.models[i], self.trails.setdefault(i, Trail())
            last = trail.epochs[-1] if trail.epochs else -1
            if model.epoch == last or (past and model.epoch <= last):
                continue
            trail.add(model.epoch, np.array([pair.of(model) for pair in self.choices]))

    def _set_reach(self, points: list[tuple[float, float]]) -> None:
        """One scale for all squares, so large that the shapes fit; it moves in steps."""
        needed = 1.3 * max((max(abs(x), abs(y)) + 0.5 * min(abs(x), abs(y)) for x, y in points), default=0.0)
        if needed <= 0:
            needed = self.reach or 0.5
        if 0.4 * self.reach < needed <= self.reach:
            return
        self.reach = nice_above(min(max(needed, 1e-3), 1e6), STEPS)
        digits = max(0, int(np.ceil(-np.log10(self.reach) + 0.999)))
        name = f"{self.reach:.{digits}f}"
        for plot, cell in zip(self.plots, self.cells, strict=True):
            plot.axes.set(xlim=(-self.reach, self.reach), ylim=(-self.reach, self.reach))
            plot.axes.set_xticks([])
            first = cell.left <= self._left + 1
            plot.axes.set_yticks([-self.reach, 0, self.reach], [f"{MINUS}{name}", "0", name] if first else [""] * 3)

    def _ask(self, models: list[ModelSnapshot], pair: Pair) -> None:
        """Ask for one tile of the loss of one lane: of the one whose loss is of another place, or the oldest."""
        ages = []
        for plot, model in zip(self.plots, models, strict=True):
            known = plot.shown or self._known.get(plot.lane)
            plot.shown = known if known is not None and known.pair == pair else None
            if plot.next is not None and (plot.next.pair, plot.next.reach) != (pair, self.reach):
                plot.next = None
            here = plot.shown is not None and plot.shown.reach == self.reach
            age = abs(model.epoch - plot.shown.model.epoch) if plot.shown is not None and here else np.inf
            ages.append(age if age >= EVERY else 0.0)
        if any(ages) and all(plot.next is None for plot in self.plots):
            oldest = int(np.argmax(ages))
            self.plots[oldest].next = Landscape(models[oldest], pair, self.reach)
        for k, plot in enumerate(self.plots):
            if not self._drawn:  # the first picture is whole
                plot.next = Landscape(models[k], pair, self.reach) if ages[k] else None
            if plot.next is None:
                continue
            if self._drawn:
                plot.next.work()
            else:
                plot.next.finish()
            if plot.next.done:
                plot.shown = self._known[plot.lane] = plot.next
                plot.next, ages[k] = None, 0.0
        self._drawn = True
        self.behind = any(ages)

    # -- artists

    def _plot(self, cell: Cell) -> _Plot:
        look, small = self.look, self.look.small_size
        width = height = min(cell.width, cell.height)  # a disc is round
        self._side = width
        axes = self.add_axes(cell.left, cell.top, width, height)
        image = axes.imshow(
            np.zeros((2, 2), np.uint8),
            cmap=self._table(),
            vmin=0,
            vmax=255,
            origin="lower",
            extent=(-1, 1, -1, 1),
            aspect="auto",
            interpolation="bilinear",
            zorder=0,
        )
        axes.axhline(0, color=look.muted, linewidth=1, alpha=0.6, zorder=2)
        axes.axvline(0, color=look.muted, linewidth=1, alpha=0.6, zorder=2)
        shape = Polygon(NOWHERE, facecolor=look.text, edgecolor=look.text, linewidth=1.8, zorder=3)
        shape.set_facecolor((*to_rgb(look.text), 0.10))
        axes.add_patch(shape)
        lines = [
            Line2D([], [], color=look.muted, linewidth=0.8, alpha=0.55, zorder=1.5),
            Line2D([], [], linewidth=2.0, zorder=3.5),
            Line2D([], [], color=look.text, linewidth=1.4, alpha=0.8, zorder=4, solid_joinstyle="round"),
            Line2D([], [], marker="o", markersize=9, markeredgecolor=look.background, markeredgewidth=1.8, zorder=5),
        ]
        for line in lines:
            axes.add_line(self.live(line))
        name = self.add_text(cell.left, cell.top - 1.25 * self._line, "", weight="bold")
        total = self.add_text(cell.left, cell.top - 0.4 * small, "", size=small)
        age = self.add_text(cell.left + 6, cell.top + height - 6, "", size=small, color=look.muted)
        for text in (name, total, age):
            self.live(text)
        return _Plot(axes, self.live(image), lines[0], lines[1], self.live(shape), lines[2], lines[3], name, total, age)

    def _color(self, plot: _Plot, lane: int) -> None:
        if plot.lane == lane:
            return
        plot.lane, plot.shown, plot.next, plot.seen = lane, None, None, None
        color = self.look.lanes[lane % len(self.look.lanes)]
        for line in (plot.through, plot.point):
            line.set_color(color)
        plot.point.set_markeredgecolor(self.look.background)
        plot.name.set_color(color)

    @property
    def _levels(self) -> int:
        """Tints of each lane in the colour table, which all lanes share: a page is sent it only once."""
        return 256 // max(1, len(self.candidates))

    def _table(self) -> ListedColormap:
        """A ramp per lane with a penalty, from its tint where the loss is low to the background."""
        paper, levels = np.array(to_rgb(self.look.background)), self._levels
        table: NDArray[Any] = np.tile(paper, (256, 1))
        for k, lane in enumerate(self.candidates):
            color = np.array(to_rgb(self.look.lanes[lane % len(self.look.lanes)]))
            share = np.linspace(0.62, 0, levels)[:, None]
            table[k * levels : (k + 1) * levels] = paper + (color - paper) * share
        return ListedColormap(table)

    def _tint(self, plot: _Plot, depth: Any) -> NDArray[np.uint8]:
        """Colour indices of √-heights within [0, 1]."""
        first = self.candidates.index(plot.lane) * self._levels
        return np.asarray(first + np.rint((self._levels - 1) * depth), np.uint8)

    def _show(self, plot: _Plot, model: ModelSnapshot, pair: Pair) -> None:
        x, y = pair.of(model)
        self._show_loss(plot, model, x, y)
        l1, l2 = self._strengths(plot.lane, model)
        plot.ball.set_xy(ball(x, y, l1, l2))
        path = self.trails[plot.lane].until(model.epoch, self.choices.index(pair))
        set_line(plot.path, *np.append(path, [[x, y]], axis=0).T)
        set_line(plot.point, [x], [y])
        its, size, cell = self.lanes[plot.lane], self.look.label_size, self.cells[self.plots.index(plot)]
        names = [its.label(model.config), shorten(its.name, cell.width, size)]
        set_text(plot.name, first_that_fits(names, cell.width / 1.06, size))
        set_text(plot.sum, first_that_fits(sizes(x, y, l1, l2), cell.width, self.look.small_size))

    def _show_loss(self, plot: _Plot, model: ModelSnapshot, x: float, y: float) -> None:
        """Tint and contours, one of them through the point; nothing while the loss is still being asked for."""
        if plot.shown is None:
            plot.drawn = None
            plot.image.set_data(self._tint(plot, np.ones((2, 2))))
            set_line(plot.contours)
            set_line(plot.through)
            set_text(plot.age, "asking for the loss …")
            return
        if plot.drawn is not plot.shown:
            plot.drawn = plot.shown
            plot.axis, losses = plot.shown.fine()
            low, high = float(losses.min()), float(losses.max())
            plot.depth = np.sqrt((losses - low) / max(high - low, 1e-12))
            plot.image.set_data(self._tint(plot, plot.depth))
            plot.image.set_extent((-plot.shown.reach, plot.shown.reach) * 2)
            plot.generator = contourpy.contour_generator(plot.axis, plot.axis, plot.depth)
            set_line(plot.contours, *lines(plot.generator, [(k + 0.5) / LEVELS for k in range(LEVELS)]))
        here = at(plot.axis, plot.depth, x, y)
        set_line(plot.through, *lines(plot.generator, [here] if 0 < here < 1 else []))
        epoch = plot.shown.model.epoch
        set_text(plot.age, f"loss of epoch {epoch}" if epoch != model.epoch else "")

    def _strengths(self, lane: int, model: ModelSnapshot) -> tuple[float, float]:
        """λ₁ and λ₂; while both are 0, the shape of the penalty that the lane would have."""
        l1, l2 = strength(model, "l1"), strength(model, "l2")
        if l1 or l2:
            return l1, l2
        kinds = penalties(self.lanes[lane], model)
        return float("l1" in kinds), float("l2" in kinds)

    def _say(self, model: ModelSnapshot, pair: Pair) -> None:
        look, place = self.look, self.place
        texts = [
            "tint: data loss; outline: where the penalty is as large as now; line: the way",
            "tint: data loss; outline: as much penalty as now",
            "tint: loss; outline: equal penalty",
        ]
        if self.pages > 1:
            texts = [f"{texts[1]}; {self.paging()}", f"outline: equal penalty; {self.paging()}", self.paging()]
        set_text(self.subtitle, first_that_fits(texts, place.width, look.small_size))
        names = model.split.feature_names
        kind = "unit" if model.config.hidden else "output"
        unit = f"{kind} {pair.unit + 1}"
        ends = [(f"w of {names[pair.first]} → {unit}", f"w of {names[pair.second]} → {unit}")]
        ends += [
            (f"{names[pair.first]} → {unit}", f"{names[pair.second]} → {unit}"),
            (names[pair.first], names[pair.second]),
        ]
        set_text(self.across, first_that_fits([end[0] for end in ends], place.width - self._left, look.small_size))
        set_text(
            self.up,
            shorten(
                first_that_fits([end[1] for end in ends], self._side, look.small_size), self._side, look.small_size
            ),
        )
