"""Early stopping beside L2: the way of each linear model through the plane of two weights, and all ridge solutions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Self

import numpy as np
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from regviz.arrays import Floats
from regviz.data import Split
from regviz.language import en, tr
from regviz.probes import Ridge, bent_pairs, cosine, linear, ridge, training_as_lambda
from regviz.training.snapshot import ModelSnapshot, Snapshot

from ...compare.scene import NOTHING, Answer, PointerKind
from ...look.lettering import width_of
from ...look.numbers import number, power
from ...look.theme import mark
from ..parts.artists import set_line
from ..parts.base import Panel
from ..parts.cells import Cell
from ..parts.following import Following
from ..parts.labels import shorten
from ..parts.targets import reachable
from .legend import Legend
from .plane import Box, Plane, ellipses

PAIRS = 12
"""Pairs of weights that one can choose from."""

LEVELS = np.arange(1, 9) / 4
"""Contours of the loss: √ of its height above the lowest, in units of what it is where both weights are 0."""

DECADES = range(-6, 7)
"""Powers of ten of λ that may be named on the path."""

FARTHER = 3.0
"""How many times weaker the last λ of the path is than any at which a ring stands."""

BESIDE = 12.0
"""CSS pixels between the axes and the labels."""

EARLY, POINTS = 32, 96
"""Epochs of a way that are drawn: all of the first ones, in which it goes far, and of the others at most so many."""

Weights = NDArray[np.float64]


class RidgePanel(Panel):
    """Linear models in the plane of two weights: the way of each so far, and the solutions with L2 for every λ.

    A ring stands on the solution that a lane should be like; thin contours are those of the training loss. A click
    takes two other weights.
    """

    name: ClassVar[str] = "ridge"
    menu_title: ClassVar[str] = en("Training and L2 paths")
    drawing: ClassVar[str] = (
        '<path d="M4 3V29H45" opacity=".4"/>'
        '<path d="M7 27C10 14 22 8 42 7" stroke-width="5" opacity=".35"/>'
        '<path d="M7 27C11 16 19 11 29 9"/>'
        '<circle cx="31" cy="9" r="4.5"/>'
    )
    listens: ClassVar[bool] = True
    pair: int = 0
    """Counts clicks; what is seen outlives `build`, like the ways."""

    def __init__(self) -> None:
        super().__init__()
        self.ways: Following[Weights] = Following(_read)
        self.solutions: list[tuple[Split, Ridge]] = []
        """Of each training set that a lane has, in the order of lanes."""
        self.choices: list[tuple[int, int]] = []

    def copy(self) -> Self:
        """Return one that remembers the run by itself."""
        other = super().copy()
        other.ways = self.ways.copy()
        return other

    # -- artists

    def build(self, snapshot: Snapshot) -> None:
        """Make the plane, and a label for each lane: right of it, or above it where that would leave a plane too
        narrow.
        """
        place, small = self.place, self.look.small_size
        self.subtitle = self.live(self.add_header(tr("Training and L2 paths")))
        models = snapshot.models
        able = [i for i, model in enumerate(models) if linear(model) and model.split.n_features > 1]
        self.candidates = [i for i in able if models[i].split.feature_names == models[able[0]].split.feature_names]
        self._told: Any = None
        self._contours: Any = None
        self._more, self._pair = False, -1
        if not self.candidates:
            self.stand_empty(
                tr("needs linear models of a regression: no hidden layer, and two inputs or more"),
                tr("needs linear models of a regression"),
                tr("needs linear models"),
            )
            return
        self.legend = Legend(self, self.candidates)
        left = 1.5 * small + width_of("−0.000", small) + 6
        top = self.header_height + 0.3 * small
        right, below = self.legend.width + BESIDE, 3.3 * small
        if place.width - left - right < place.height - top - below:
            self.legend.build_above(top)
            top, right = top + self.legend.height + 0.4 * small, 0.5 * small
        width, height = max(place.width - left - right, 1.0), max(place.height - top - below, 1.0)
        self.plane = Plane(self, Cell(left, top, width, height))
        if not self.legend.above:
            self.legend.build(left + width + BESIDE, top, height)
        self._add_paths(models)
        self.across = self.live(self.add_note(left, place.height - 0.35 * small))
        self.up = self.live(self.add_note(0, top + height / 2, va="center", rotation=90))

    def _add_paths(self, models: Sequence[ModelSnapshot]) -> None:
        look, axes = self.look, self.plane.axes
        self._solve(models)
        round_: dict[str, Any] = {"solid_joinstyle": "round", "solid_capstyle": "round"}
        self.contours = self.add_line(axes, look.muted, linewidth=0.8, alpha=0.45, zorder=1.5)
        self.bands: list[Line2D] = []
        for split, _ in self.solutions:
            of = next(i for i in self.candidates if models[i].split is split)
            color = look.muted if len(self.solutions) == 1 else look.lane(of)
            self.bands.append(self.add_line(axes, color, linewidth=6 * look.scale, alpha=0.3, zorder=2, **round_))
        dots: dict[str, Any] = {"linestyle": "none", "marker": "o", "markersize": 4.5}
        self.dots = self.add_line(axes, look.text, zorder=2.5, **dots)
        self.decades = [self.live(self.add_note(0, 0, ha="center", va="center", color=look.text)) for _ in DECADES]
        self.trails, self.points, self.rings = dict[int, Line2D](), dict[int, Line2D](), dict[int, Line2D]()
        for i in self.candidates:
            color, shape = look.lane(i), mark(i)
            self.trails[i] = self.add_line(axes, color, linewidth=2, zorder=3, **round_)
            ring: dict[str, Any] = {"marker": "o", "markersize": 15, "markerfacecolor": "none", "markeredgewidth": 2}
            self.rings[i] = self.add_line(axes, color, linestyle="none", zorder=4, clip_on=False, **ring)
            style = {"marker": shape.marker, "markersize": 7.5 * shape.grow, "markeredgecolor": look.background}
            self.points[i] = self.add_line(axes, color, linestyle="none", markeredgewidth=1.2, zorder=5, **style)

    def _solve(self, models: Sequence[ModelSnapshot]) -> None:
        """Solve for each training set of the lanes that is not known yet, and choose pairs if the first is new."""
        known = {id(split): found for split, found in self.solutions}
        splits = {id(models[i].split): models[i].split for i in self.candidates}
        first = self.solutions[0][1] if self.solutions else None
        self.solutions = [
            (split, known.get(key) or ridge(split.X_train, split.y_train, split.weight_train))
            for key, split in splits.items()
        ]
        if self.solutions[0][1] is not first:
            self.choices, self.pair = bent_pairs(self.solutions[0][1], PAIRS), 0

    # -- each epoch

    def draw(self, snapshot: Snapshot) -> None:
        """Add, once an epoch, to what is known of the run, and show ways, rings and labels."""
        if not self.candidates:
            return
        newest = self.scene.live or snapshot
        told = tuple(model.moment_of_epoch for model in newest.models)
        if told != self._told or self._more:
            self._told = told
            self._more = self.ways.follow(newest, self.scene.past)
        self.behind = self._more
        models = snapshot.models
        seen = tuple(model.moment_of_epoch for model in models)
        if self.unchanged(seen, len(self.ways.rows), self.pair):
            return
        if {id(models[i].split) for i in self.candidates} != {id(split) for split, _ in self.solutions}:
            self._solve(models)  # points were exchanged in mid-run
        self._show(models)

    def _show(self, models: Sequence[ModelSnapshot]) -> None:
        two = list(self.choices[self.pair % len(self.choices)])
        self.lams = {i: training_as_lambda(models[i]) for i in self.candidates}
        least = min((lam for lam in self.lams.values() if lam is not None), default=np.inf)
        paths = [found.path(least / FARTHER) for _, found in self.solutions]
        bands = [W[:, two] for _, W in paths]
        of = {id(split): found for split, found in self.solutions}
        like = {i: of[id(models[i].split)].weights(lam) for i, lam in self.lams.items() if lam is not None}
        self.cosines = {i: cosine(_read(models[i]), weights) for i, weights in like.items()}
        ways = {i: self._way(i, models[i])[:, two] for i in self.candidates}
        rings = {i: weights[two] for i, weights in like.items()}
        self.plane.fit(np.vstack([*bands, *rings.values()]), np.vstack([*ways.values()]), self._pair != self.pair)
        self._pair = self.pair
        ways = {i: self.plane.clipped(way) for i, way in ways.items()}
        for k, line in enumerate(self.bands):
            set_line(line, *(bands[k].T if k < len(bands) else ()))
        self._show_contours(two)
        ends = {i: ways[i][-1:] for i in self.candidates}
        for i in self.candidates:
            set_line(self.trails[i], *ways[i].T)
            set_line(self.points[i], *ends[i].T)
            set_line(self.rings[i], *(rings[i][:, None] if i in rings else ()))
        heights = {i: float(self.plane.pixels(end)[0, 1]) for i, end in ends.items()}
        self.legend.show(heights, {i: self._lambda_words(models[i], self.lams[i]) for i in self.candidates})
        taken = [self._around(point) for point in [*ends.values(), *(ring[None] for ring in rings.values())]]
        self._name_decades(paths[0][0], two, [*bands, *ways.values()], taken)
        self._say(models[self.candidates[0]], two)

    def _way(self, i: int, model: ModelSnapshot) -> Floats:
        """The weights (n, features) of lane `i` from its start to now: some epochs of a long way."""
        known = [W for _, W in self.ways.before(i, model.epoch) if len(W) == len(model.weights[0])]
        step = 1
        while len(known) - EARLY > POINTS * step:
            step *= 2
        return np.array([*known[:EARLY], *known[EARLY::step], _read(model)])

    def _show_contours(self, two: list[int]) -> None:
        """Contours of the loss, while all lanes have the same training set."""
        drawn = two, [id(split) for split, _ in self.solutions]
        if drawn == self._contours:
            return
        self._contours = drawn
        if len(self.solutions) > 1:
            set_line(self.contours)
            return
        lowest, bowl = self.solutions[0][1].valley(two[0], two[1])
        start = max(float(lowest @ bowl @ lowest), 0.0) ** 0.5
        set_line(self.contours, *ellipses(lowest, bowl, (start * LEVELS).tolist() if start else []).T)

    def _around(self, point: Floats) -> Box:
        ((x, y),), size = self.plane.pixels(point).tolist(), 9.0
        return x - size, x + size, y - size, y + size

    def _name_decades(self, lams: Weights, two: list[int], lines: list[Floats], taken: list[Box]) -> None:
        """Dots on the first path at powers of ten, where there is room for their names: small ones stand far apart."""
        lines, shown = [self.plane.pixels(line) for line in lines], []
        for k, text in zip(DECADES, self.decades, strict=True):
            text.set_text("")
            if not lams[-1] <= 10.0**k <= lams[1]:
                continue
            dot = self.solutions[0][1].weights(10.0**k)[two][None]
            name = f"λ = {power(k)}"
            box = self.plane.beside(self.plane.pixels(dot)[0], name, lines, taken)
            if box is not None:
                shown.append(dot)
                taken = [*taken, box, self._around(dot)]
                text.set_text(name)
                self.move(text, round((box[0] + box[1]) / 2, 1), round((box[2] + box[3]) / 2, 1))
        set_line(self.dots, *(np.vstack(shown).T if shown else ()))

    def _lambda_words(self, model: ModelSnapshot, lam: float | None) -> tuple[str, ...]:
        """The λ at which a lane's ring stands, longest first."""
        if model.state == "diverged":
            return (tr("diverged"),)
        if lam is None:
            return ("",)
        value = number(lam) if np.isfinite(lam) else "∞"
        plain = f"λ = {value}"
        return (plain,) if model.config.l2 else (f"λ = 1/(2ηt) = {value}", plain)

    def _say(self, model: ModelSnapshot, two: list[int]) -> None:
        click = tr("click: two other weights")
        texts = [
            tr("line: training; band: solutions with L2 for every λ; ring: at λ = 1/(2ηt), or at the lane's own λ"),
            tr("line: training; band: L2 for every λ; ring: at λ = 1/(2ηt), or the lane's own"),
            tr("line: training; band: L2 for every λ; ring: λ = 1/(2ηt)"),
            tr("line: training; band: L2 for every λ"),
            tr("line: training; band: L2"),
            tr("band: L2"),
        ]
        self.say(f"{texts[0]}; {click}", *texts)
        cell, names = self.plane.cell, model.split.feature_names
        for text, k, room in ((self.across, two[0], cell.width), (self.up, two[1], cell.height)):
            said = self.fitting((tr("weight of {name}", name=names[k]), names[k]), room)
            text.set_text(shorten(said, room, self.look.small_size))

    # -- the pointer

    def targets(self) -> list[tuple[float, float]]:
        """Return the plane, where a click takes two other weights, and the label of each lane."""
        return reachable([self.plane.cell.middle, *self.legend.places.values()]) if self.candidates else []

    def pointer(self, kind: PointerKind, x: float, y: float) -> Answer:
        """Say at a lane's label how like it is to its ridge solution; a click anywhere takes two other weights."""
        if kind == "leave" or not self.candidates:
            return NOTHING
        more = len(self.choices) > 1
        if kind == "click" and more:
            self.pair += 1
        lane = self.legend.lane_at(x, y)
        lines = [] if lane is None else [self._likeness(lane)]
        if lane is None:
            others = [its.name for i, its in enumerate(self.lanes) if i not in self.candidates]
            lines = [tr("{name}: not a linear model of these inputs", name=name) for name in others]
            if len(self.solutions) == 1:
                lines.append(tr("thin: training loss, the other weights at their best"))
        lines += [tr("click: two other weights")] * more
        return Answer(hint="\n".join(line for line in lines if line), redraw=kind == "click" and more)

    def _likeness(self, i: int) -> str:
        found, name = self.cosines.get(i, float("nan")), self.lanes[i].name
        words = tr("{name}: cosine {cosine} with the weights at its ring", name=name, cosine=f"{found:.3f}")
        return words if np.isfinite(found) else ""


def _read(model: ModelSnapshot) -> Weights:
    """A linear model's weights (features,); of any other network nothing is kept."""
    return np.asarray(model.weights[0][:, 0], np.float64) if linear(model) else np.empty(0)
