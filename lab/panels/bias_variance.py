"""Bias and variance: networks of many training sets laid over each other, their mean, the truth, and two bars."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.text import Text
from numpy.typing import NDArray

from regviz.data import has_posterior, posterior
from regviz.language import en, tr
from regviz.probes import answers_to, over_sets
from regviz.training.snapshot import ModelSnapshot, Snapshot

from ..compare.chance_view import SEEDS
from ..compare.scene import NOTHING, Answer, PointerKind
from ..look.lettering import width_of
from ..look.numbers import summed
from .fit.surface import Plane, boundary_of
from .parts.artists import rectangles, set_line, stretch
from .parts.base import Panel
from .parts.cells import Cell, Margins, cells_for
from .parts.labels import first_that_fits, shorten
from .parts.measuring import AT_ONCE, ends
from .parts.scales import COARSE, rescaled, ticks_of
from .parts.views import cased_line

if TYPE_CHECKING:
    from ..compare.chance_view import ChanceView

POINTS = 900
"""Points of the plane that each network is asked about, in the inputs' own units."""

BARS, LEAST = 0.3, 62.0
"""Share of the picture that the bars take, and the fewest CSS pixels that they can be read in."""

WIDEST_BAR = 54.0
"""CSS pixels."""


@dataclass(frozen=True, slots=True)
class _Found:
    """What was measured of a lane: boundaries of all networks and of their mean, bias², variance, and how many."""

    lines: NDArray[np.float64]
    mean: NDArray[np.float64]
    bias: float
    variance: float
    sets: int


class BiasVariancePanel(Panel):
    """A cell per lane with the boundaries of its networks from many training sets, and below them bias² and variance
    as stacked bars."""

    name: ClassVar[str] = "bias_variance"
    menu_title: ClassVar[str] = en("Bias and variance")
    drawing: ClassVar[str] = (
        '<path d="M4 14C12 2 20 4 28 9S40 10 44 4M4 17C14 5 18 9 28 12S41 7 44 9" opacity=".45"/>'
        '<path d="M4 14C12 4 20 5 28 9S40 10 44 7"/>'
        '<path d="M12 30V25M24 30V27M36 30V22" stroke-width="6" stroke-linecap="butt"/>'
        '<path d="M12 25V19M24 27V23M36 22V21" stroke-width="6" stroke-linecap="butt" opacity=".45"/>'
    )
    listens: ClassVar[bool] = True

    def __init__(self) -> None:
        super().__init__()
        self.found: list[_Found | None] = []
        """Per lane what was measured last."""
        self._work: Iterator[None] | None = None
        self._measured: ChanceView | None = None

    def build(self, snapshot: Snapshot) -> None:
        """Make a field per lane with the truth's boundary, and below them a bar for each."""
        look, place, lanes = self.look, self.place, self.lanes
        self._work = self._measured = None
        self._seen: tuple[Any, ...] = ()
        self.found = [None] * len(lanes)
        self.cells: list[Cell] = []
        self.subtitle = self.live(self.add_header(tr("Bias and variance"), ""))
        self.told: list[bool] = []
        """Of each lane, whether the truth is known."""
        self.empty = not any(has_posterior(model.config) for model in snapshot.models)
        self.behind = False
        if self.empty:
            self.stand_empty(
                tr("the truth behind these data is not known: try two moons"), tr("no known truth"), tr("unknown")
            )
            return
        label, small = look.label_size, look.small_size
        top = self.header_height
        bars = max(LEAST, BARS * (place.height - top))
        margins = Margins(1.45 * label, gap=14.0)
        for strip in (0.0, 1.5 * small):  # bars that do not stand below their cells have names of their own
            cells = cells_for(len(lanes), place.width, place.height - top - bars - strip - 0.9 * small, margins)
            if len({cell.top for cell in cells}) == 1:
                break
        self.cells = [cell.lower(top) for cell in cells]
        self._lay_plane(snapshot.models[0])
        self.names: list[Text] = []
        self.lines: list[Line2D] = []
        self.means: list[list[Line2D]] = []
        left, right, foot, ceiling = self.plane.extent
        for i, cell in enumerate(self.cells):
            axes = self.add_field(
                cell.left, cell.top, cell.width, cell.height, (left, right), (foot, ceiling), surface=True
            )
            name = self.lane_label(i, snapshot.models[i], cell.width)
            self.names.append(
                self.live(self.add_text(cell.left, cell.top - 0.45 * label, name, color=look.lane(i), weight="bold"))
            )
            self.lines.append(self.add_line(axes, look.lane(i), linewidth=1, alpha=0.5, zorder=2, visible=False))
            self.means.append(cased_line(self, axes, i))
            self.told.append(has_posterior(config := snapshot.models[i].config))
            if self.told[i]:  # a lane may have noise of its own, or none
                truth = boundary_of((self.plane.x, self.plane.y), self._on_grid(posterior(config, self.plane.grid)))
                axes.plot(*truth.T, color=look.text, linewidth=1.6, linestyle=(0, (3.2, 1.8)), zorder=6)
        self._add_bars(place.height - bars - strip, bars - 2)

    def _lay_plane(self, model: ModelSnapshot) -> None:
        """The plane in the inputs' own units: networks of other training sets have standardized otherwise."""
        split = model.split
        X = np.concatenate([split.X_train, split.X_val]).astype(np.float64) * split.scale + split.mean
        self.plane = Plane.around(X, self.cells[0], POINTS)

    def _on_grid(self, p: NDArray[np.float64]) -> NDArray[np.float64]:
        return p.reshape(*self.plane.shape, -1)

    def _add_bars(self, top: float, height: float) -> None:
        """One axes with a bar for each lane: below its cell if all cells stand in one row, else side by side."""
        look, place, label, small = self.look, self.place, self.look.label_size, self.look.small_size
        count = len(self.lanes)
        aligned = len({cell.top for cell in self.cells}) == 1
        left = 0.0 if aligned else width_of("0.00", small) + 9
        across = place.width - left
        pitch = across / count
        middles = [cell.left + cell.width / 2 for cell in self.cells] if aligned else []
        middles = middles or [left + pitch * (i + 0.5) for i in range(count)]
        self.middles, self.bars_top, self.bars_height = middles, top + 1.2 * label, height - 1.2 * label
        self.axes_of_bars = self.add_axes(left, self.bars_top, across, self.bars_height)
        self.axes_of_bars.set(xlim=(left, place.width), ylim=(0, 1), xticks=[], yticks=[])
        if not aligned:  # bars below their cells say their numbers themselves, which a line would cross
            self.axes_of_bars.grid(axis="y", color=look.grid, linewidth=1)
        self._most, self._numbered = 0.0, not aligned
        self._room = min(pitch, self.cells[0].width) if aligned else pitch
        wide = min(WIDEST_BAR, 0.5 * self._room)
        self.bars, self.sums = [], []
        for i, x in enumerate(middles):
            color = look.lane(i)
            parts = [
                self.add_patch(self.axes_of_bars, rectangles(1, facecolor=color, alpha=alpha)) for alpha in (0.9, 0.35)
            ]
            self.bars.append((parts, x - wide / 2, x + wide / 2))
            self.sums.append(self.live(self.add_text(x, 0, "", ha="center")))
            if not aligned:
                name = shorten(self.lanes[i].name, pitch - 6, small)
                self.add_note(x, place.height - 0.35 * small, name, ha="center", color=color)
        text = first_that_fits(
            (
                tr("boundaries and bars come with {seeds} training sets: “{seeds} seeds”", seeds=SEEDS),
                tr("come with {seeds} training sets: “{seeds} seeds”", seeds=SEEDS),
                tr("with “{seeds} seeds”", seeds=SEEDS),
            ),
            place.width,
            label,
        )
        y = self.bars_top + self.bars_height / 2
        self.invitation = self.live(self.add_text(place.width / 2, y, text, color=look.muted, ha="center"))

    def draw(self, snapshot: Snapshot) -> None:
        """Measure the newest networks of all training sets, one at a time, and show each lane when it is known."""
        if self.empty:
            return
        for name, cell, (i, model) in zip(self.names, self.cells, enumerate(snapshot.models), strict=True):
            name.set_text(self.lane_label(i, model, cell.width))
        view = self._view(snapshot)
        if view is None:
            self._work, self._measured, self.found = None, None, [None] * len(self.lanes)
        elif self._work is None and view is not self._measured:
            fresh, self._work, self._measured = self._measured is None, self._measure(view), view
            for _ in islice(self._work, AT_ONCE if fresh else 0):
                pass
        elif self._work is not None and ends(self._work):
            self._work = None
        self.behind = self._work is not None or view is not self._measured
        older = view is not None and view.older(self.scene.asked(snapshot))
        key = (*self.found, view, older)
        if len(key) == len(self._seen) and all(a is b for a, b in zip(key, self._seen, strict=True)):
            return
        self._seen = key
        self.say(*self._words(view, older))
        chance = self.scene.chance
        self.invitation.set_visible(not any(self.found) and (chance is None or chance.done))
        self._fit()
        for i in range(len(self.lanes)):
            self._show(i)

    def _view(self, snapshot: Snapshot) -> ChanceView | None:
        """The seeds that can be shown in this plane beside this truth: those of as many lanes, on the same data."""
        view = self.scene.chance
        if view is None or len(view.snapshots) < 2 or view.of_other_data([model.config for model in snapshot.models]):
            return None
        return view

    def _measure(self, view: ChanceView) -> Iterator[None]:
        for i in range(len(self.lanes)):
            models = [snapshot.models[i] for snapshot in view.snapshots if snapshot.models[i].state != "diverged"]
            if len(models) < 2 or not self.told[i]:
                self.found[i] = None
                continue
            pieces, total = [], np.zeros(())
            for model in models:
                p = self._on_grid(answers_to([model], self.plane.grid)[0])
                total = total + p
                pieces += [boundary_of((self.plane.x, self.plane.y), p), np.full((1, 2), np.nan)]
                yield
            mean = boundary_of((self.plane.x, self.plane.y), total / len(models))
            bias, variance = over_sets(models).means
            self.found[i] = _Found(np.concatenate(pieces), mean, bias, variance, len(models))
            yield

    def _show(self, i: int) -> None:
        found, (parts, low, high) = self.found[i], self.bars[i]
        nothing = np.zeros((0, 2))
        set_line(self.lines[i], *(nothing if found is None else found.lines).T)
        for artist in self.means[i]:
            set_line(artist, *(nothing if found is None else found.mean).T)
        feet = (0.0, 0.0, 0.0) if found is None else (0.0, found.bias, found.bias + found.variance)
        for patch, (foot, ceiling) in zip(parts, pairwise(feet), strict=True):
            stretch(patch, [low], [high], [foot], [ceiling])
        self.sums[i].set_text("" if found is None else self._sum(found))
        if found is not None:
            share = min(1.0, feet[-1] / self._most)
            y = self.bars_top + self.bars_height * (1 - share) - 0.4 * self.look.label_size
            self.move(self.sums[i], self.middles[i], y)

    def _sum(self, found: _Found) -> str:
        (bias, variance), total = summed([found.bias, found.variance], 3)
        return first_that_fits([f"{bias} + {variance}", total, ""], self._room - 4, self.look.label_size)

    def _fit(self) -> None:
        """The bars' axis, which hardly ever moves."""
        most = rescaled(max([its.bias + its.variance for its in self.found if its], default=0.0), self._most, COARSE)
        if most != self._most:
            self._most = most
            self.axes_of_bars.set_ylim(0, most)
            ticks, names = ticks_of(most)
            step = max(1, int(np.ceil(len(ticks) * 1.4 * self.look.small_size / self.bars_height)))
            self.axes_of_bars.set_yticks(ticks[::step], names[::step] if self._numbered else [""] * len(ticks[::step]))

    def _words(self, view: ChanceView | None, older: bool) -> Sequence[str]:
        """What lines and bars are, and how far the networks are."""
        if view is None:
            return (tr("dashed: the truth, where both classes are equally likely"), tr("dashed: the truth"))
        known = len(view.snapshots)
        far = tr("{known} training sets, epoch {epoch}", known=known, epoch=view.epoch)
        what = tr("thin: each network, bold: their mean, dashed: the truth; bars: bias² (full) + variance (pale)")
        if older:
            return (tr("{known} training sets of older settings", known=known), tr("older settings"))
        if view.cancelled:
            far = tr("{far}, cancelled", far=far)
        return (f"{far}; {what}", tr("{far}; bold: mean, dashed: truth; bars: bias² + variance (pale)", far=far), far)

    # -- the pointer

    def targets(self) -> list[tuple[float, float]]:
        """Return the middle of each lane's cell."""
        return [cell.middle for cell in self.cells]

    def pointer(self, kind: PointerKind, x: float, y: float) -> Answer:
        """Say bias², variance and their sum of the lane under the pointer."""
        if kind == "leave":
            return NOTHING
        for i, (cell, middle) in enumerate(zip(self.cells, self.middles if self.cells else [], strict=False)):
            inside = 0 <= x - cell.left < cell.width and 0 <= y - cell.top < cell.height
            if inside or (y >= self.bars_top and abs(x - middle) <= self._room / 2):
                return Answer(hint="\n".join(self.facts(i)))
        return NOTHING

    def facts(self, i: int) -> list[str]:
        """Return lane `i` in words."""
        found, name = self.found[i], self.lanes[i].name
        if found is None:
            return [name, tr("not trained on many sets yet") if self.told[i] else tr("no known truth")]
        (bias, variance), total = summed([found.bias, found.variance], 3)
        return [
            tr("{name}: {sets} training sets", name=name, sets=found.sets),
            tr("bias² {bias}: from their mean to the truth", bias=bias),
            tr("variance {variance}: from each to their mean", variance=variance),
            tr("together {total}: from each to the truth", total=total),
        ]

    def copy(self) -> Self:
        """Return one that measures by itself, from the beginning."""
        other = super().copy()
        other._work = other._measured = None
        return other
