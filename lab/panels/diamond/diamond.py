"""Why L1 finds corners: the data loss over two weights, and the penalty's diamond or disc through where they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Self

import numpy as np

from regviz.language import en, tr
from regviz.training.snapshot import ModelSnapshot, Snapshot

from ...compare.scene import NOTHING, Answer, PointerKind
from ...look.lettering import width_of
from ..parts.cells import Margins
from ..parts.labels import shorten
from ..parts.pages import PenaltyPanel
from ..parts.penalties import Terms
from ..parts.scales import FINE, rescaled, ticks_around_zero
from .plane import Landscape, Pair, Trail, pairs
from .shapes import Slice, extent
from .square import Square, Tints

EVERY = 10
"""Epochs after which the loss around is asked for again while training goes on."""


class DiamondPanel(PenaltyPanel):
    """A square per lane with a penalty. Where training has settled, the loss's contour touches the penalty's shape."""

    name: ClassVar[str] = "diamond"
    menu_title: ClassVar[str] = en("Diamond and disc")
    drawing: ClassVar[str] = (
        '<path d="M24 2V30M8 16H42" opacity=".4"/>'
        '<path d="M24 6L34 16 24 26 14 16z"/>'
        '<circle cx="24" cy="16" r="13" opacity=".55"/>'
    )
    more: ClassVar[str] = en("click here for more")
    pair: int = 0
    """Counts clicks; what is seen outlives `build`, like the paths and the last losses."""

    def __init__(self) -> None:
        super().__init__()
        self.choices: list[Pair] = []
        self.trails: dict[int, Trail] = {}
        self._run: Any = None
        self._known: dict[int, Landscape] = {}

    def copy(self) -> Self:
        """Return one that goes on with paths of its own."""
        other = super().copy()
        other.trails = {i: Trail([*trail.epochs], [*trail.points]) for i, trail in self.trails.items()}
        return other

    def build(self, snapshot: Snapshot) -> None:
        """Make a square per lane, with its name and its penalty's two terms above."""
        look = self.look
        self.subtitle = self.live(self.add_header(tr("Two weights: loss and penalty")))
        line = 1.42 * look.label_size
        self._left = 1.35 * look.small_size + width_of("−0.00", look.small_size) + 6
        margins = Margins(2 * line, self._left, 1.7 * look.small_size)
        self.arrange(snapshot, margins, (128 * look.scale, 84 * look.scale))
        self.plots: list[Square] = []
        self.reach = 0.0
        self._drawn = False
        self._moments: list[Any] = []
        if self.cells and snapshot.models[0].split.n_features < 2:
            self.cells, self.candidates = [], []
            self.stand_empty(tr("one input: no two weights lead from it to a unit"), tr("one input, no two weights"))
            return
        if not self.cells:
            self.stand_empty(tr("no lane has a penalty: there is no diamond and no disc"), tr("no lane has a penalty"))
            return
        self._side = min(self.cells[0].width, self.cells[0].height)
        tints = Tints(look, self.candidates)
        self.plots = [Square(self, cell, self._side, line, tints) for cell in self.cells]
        bottom = max(cell.top for cell in self.cells) + self._side
        self.across = self.live(self.add_note(self._left, bottom + 5 * look.scale, va="top"))
        self.up = self.live(self.add_note(0, self.cells[0].top + 0.5 * self._side, va="center", rotation=90))

    def draw(self, snapshot: Snapshot) -> None:
        """Move points, paths and shapes; ask for one tile of one lane's loss."""
        lanes = self.on_page()
        if not lanes:
            return
        self._remember(snapshot)
        pair = self.choices[self.pair % len(self.choices)]
        models = [snapshot.models[i] for i in lanes]
        costs = [Slice(self._terms(i, m), m.weights[0], pair) for i, m in zip(lanes, models, strict=True)]
        self._set_reach([extent(*pair.of(m), cost) for m, cost in zip(models, costs, strict=True)])
        for plot, i in zip(self.plots, lanes, strict=True):
            plot.take(i)
        self._ask(models, pair)
        for plot, model, cost in zip(self.plots, models, costs, strict=True):
            seen = (model.moment, pair, self.reach, id(plot.shown))
            if seen != plot.seen:
                plot.seen = seen
                self._show(plot, model, cost)
        self._say(models, pair)

    def targets(self) -> list[tuple[float, float]]:
        """Return the squares, and the line above them if there are more lanes."""
        if not self.cells:
            return []
        above = [(self.place.width / 2, self.header_height / 2)] * (self.pages > 1)
        return [*above, (self.place.width / 2, (self.header_height + self.place.height) / 2)]

    def first_target(self) -> int:
        """Return the first of the squares."""
        return int(self.pages > 1)

    def pointer(self, kind: PointerKind, x: float, y: float) -> Answer:
        """Take the next pair of weights at a click, or above the squares the next lanes."""
        if kind == "leave" or not self.cells:
            return NOTHING
        if y < self.header_height:
            return super().pointer(kind, x, y)
        if kind == "click":
            self.pair += 1
        return Answer(hint=tr("click: two other weights"), redraw=kind == "click")

    # -- what is remembered

    def _remember(self, snapshot: Snapshot) -> None:
        """Choose pairs when a run of another kind begins, and add each lane's weights to its path."""
        # The narrowest first layer: lanes may be of different shapes, and every lane must have the units chosen.
        model = min((snapshot.models[i] for i in self.candidates), key=lambda model: model.weights[0].shape[1])
        config = model.config
        grouped = any(self._terms(i, snapshot.models[i]).grouped for i in self.candidates)
        its = (model.split, model.weights[0].shape, config.hidden, config.seed, config.init)
        run = (*its, len(snapshot.models), grouped)
        if run != self._run:
            self._run = run
            self.choices, self.trails, self._known = pairs(model, grouped), {}, {}
            self.pair = 0
        past = self.scene.live is not None
        for i in self.candidates:
            model, trail = snapshot.models[i], self.trails.setdefault(i, Trail())
            last = trail.epochs[-1] if trail.epochs else -1
            if model.epoch == last or (past and model.epoch <= last):
                continue
            trail.add(model.epoch, np.array([pair.of(model) for pair in self.choices]))

    def _set_reach(self, extents: list[float]) -> None:
        """One scale for all squares, so large that the shapes fit; it moves in steps."""
        reach = rescaled(1.3 * max(extents), self.reach, FINE, share=0.4, air=1.0, least=1e-3) or 0.5
        if reach == self.reach:
            return
        self.reach = reach
        ticks, names = ticks_around_zero(reach)
        for plot, cell in zip(self.plots, self.cells, strict=True):
            plot.axes.set(xlim=(-reach, reach), ylim=(-reach, reach))
            plot.axes.set_yticks(ticks, names if cell.left <= self._left + 1 else [""] * 3)

    def _ask(self, models: list[ModelSnapshot], pair: Pair) -> None:
        """Ask for one tile of the loss of one lane: of the one whose loss is of another place, or the oldest.

        When training stands still, the picture catches up with the last step.
        """
        moments = [model.moment for model in models]
        stands, self._moments = moments == self._moments, moments
        ages = []
        for plot, model in zip(self.plots, models, strict=True):
            plot.wants(pair, self.reach, self._known.get(plot.lane))
            age = _age(plot.shown, model, self.reach)
            ages.append(age if age >= EVERY or stands else 0.0)
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
                plot.next = None
        self._drawn = True
        pairs_now = zip(self.plots, models, strict=True)
        self.behind = any(_age(plot.shown, model, self.reach) for plot, model in pairs_now)

    # -- what is said

    def _show(self, plot: Square, model: ModelSnapshot, cost: Slice) -> None:
        pair = cost.pair
        path = self.trails[plot.lane].until(model.epoch, self.choices.index(pair))
        path = np.append(path, [pair.of(model)], axis=0)
        label = self.lane_label(plot.lane, model, plot.cell.width)
        plot.show(label, path, cost, self.reach, model.epoch)

    def _terms(self, lane: int, model: ModelSnapshot) -> Terms:
        """What shapes the picture: the first layer's penalty, or while it is off the one that the lane would have."""
        return Terms.of(model).or_would(self.lanes[lane], model)

    def _say(self, models: Sequence[ModelSnapshot], pair: Pair) -> None:
        texts = [
            tr("tint: data loss; outline: where the penalty is as large as now; line: the way"),
            tr("tint: data loss; outline: as much penalty as now"),
            tr("tint: loss; outline: equal penalty"),
        ]
        if self.pages > 1:
            texts = [
                f"{texts[1]}; {self.paging()}",
                tr("outline: equal penalty; {paging}", paging=self.paging()),
                self.paging(),
            ]
        self.say(*texts)
        names, kinds = models[0].split.feature_names, {bool(model.config.hidden) for model in models}
        kind = tr("unit or output") if len(kinds) > 1 else tr("unit") if True in kinds else tr("output")
        for text, (source, unit), room in (
            (self.across, pair.first, self.place.width - self._left),
            (self.up, pair.second, self._side),
        ):
            name, end = names[source], f"{kind} {unit + 1}"
            said = self.fitting((tr("w of {name} → {end}", name=name, end=end), f"{name} → {end}", name), room)
            text.set_text(shorten(said, room, self.look.small_size))


def _age(shown: Landscape | None, model: ModelSnapshot, reach: float) -> float:
    """Return how many epochs a loss around is older than `model`, less than one for steps; infinite if it is of another
    place, of other points, or of weights from before a stop.
    """
    if shown is None or shown.reach != reach or shown.model.moment_of_epoch[1:-1] != model.moment_of_epoch[1:-1]:
        return np.inf
    return abs(model.epoch - shown.model.epoch) or 0.5 * (shown.model.moment != model.moment)
