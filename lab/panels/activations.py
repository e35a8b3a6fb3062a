"""What flows through the layers: signals before and after the activation, and what BatchNorm finds and expects."""

from __future__ import annotations

from typing import Any, ClassVar, NamedTuple

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.text import Text

from regviz.arrays import Floats
from regviz.language import en, tr
from regviz.probes import batch_statistics, signals
from regviz.training.snapshot import ModelSnapshot, Snapshot

from ..look.lettering import width_of
from ..look.numbers import WIDEST, compact
from .parts.labels import first_that_fits
from .parts.measuring import MeasuredPanel
from .parts.rows import Rows
from .parts.scales import holding, rescaled, shared

BINS = 37
ROWS = 200
"""Validation samples whose signals are counted: the first ones."""

WITHIN = 0.99
"""Share of a lane's signals that a row must hold; the outermost bins take what lies beyond."""

LEAST_HALF = 8.0
"""CSS pixels that half a violin takes at least: where BatchNorm's bars would leave it less, they are left out."""

SEED = 15
"""Of the dropout masks of the batch that BatchNorm is asked about."""


class Layers(NamedTuple):
    """Of each hidden layer: signals (n, units) before and after the activation, their stds, and what BatchNorm knows.

    `batch` and `running` are (layers, 2): mean over units of the means, and the root of the mean variance, of what
    enters each BatchNorm in one batch and on running average; (0, 2) without BatchNorm.
    """

    before: tuple[Floats, ...]
    after: tuple[Floats, ...]
    stds: Floats
    batch: Floats
    running: Floats


class ActivationsPanel(MeasuredPanel):
    """A row per lane, a split violin per hidden layer: pre-activations left, activations right, √counts, with std."""

    name: ClassVar[str] = "activations"
    menu_title: ClassVar[str] = en("Signals by layer")
    drawing: ClassVar[str] = (
        '<path d="M4 16H45" opacity=".4"/>'
        '<path d="M12 3C12 9 4 12 4 16s8 7 8 13c0-6 8-9 8-13s-8-7-8-13z"/>'
        '<path d="M34 7c0 4-5 6-5 9s5 5 5 9c0-4 5-6 5-9s-5-5-5-9z"/>'
    )

    def build(self, snapshot: Snapshot) -> None:
        """Make rows on one axes in CSS pixels; two staircases, two kinds of bars and a number per layer for each
        lane.
        """
        models, small = snapshot.models, self.look.small_size
        self.depth = max(len(model.config.hidden) for model in models)
        self.normed = any(model.config.batchnorm for model in models)
        self.empty = not self.depth
        self.subtitle = self.live(self.add_header(tr("Signals by layer")))
        if self.empty:
            self.stand_empty(tr("a linear model has no hidden layer"))
            return
        self.resume(models, NOTHING_FOUND)
        rows = self.rows = Rows(self, snapshot, (), "", 1.8 * small)
        self.limit = 0.0
        self.plot = self.add_field(rows.left, rows.top, rows.width, rows.height, (0, rows.width), (rows.height, 0))
        self._lay_slots()
        for k in range(self.depth):
            word = self.fitting(
                (tr("hidden layer {n}", n=k + 1), tr("layer {n}", n=k + 1), f"{k + 1}"), 0.92 * self._slot
            )
            x = rows.left + (self._middle(k) if self._beside else (k + 0.5) * self._slot)
            self.add_note(x, rows.top + rows.height + 1.25 * small, word, ha="center")
        self.halves: list[list[PathPatch]] = []
        self.bars: list[list[Line2D]] = []
        self.numbers: list[list[Text]] = []
        for i in range(len(models)):
            self._add_lane(i)
        self.begin(snapshot)
        self._say()

    def _add_lane(self, i: int) -> None:
        """The artists of one row."""
        look, zero = self.look, self._zero(i)
        color = look.lane(i)
        ends = [[self._middle(k) - self._half, self._middle(k) + self._half] for k in range(self.depth)]
        self.plot.hlines([zero] * self.depth, *zip(*ends, strict=True), color=look.grid, linewidth=1, zorder=1)
        self.halves.append([self._staircases(color, alpha) for alpha in (0.45, 0.95)])
        if self.normed:
            bars = [
                self.add_line(self.plot, tint, linewidth=width, solid_capstyle="butt", zorder=3)
                for tint, width in ((color, 4.2), (look.text, 1.3))
            ]
            dot: dict[str, Any] = {"linestyle": "none", "marker": "o", "markeredgecolor": look.background, "zorder": 4}
            bars += [self.add_line(self.plot, tint, markersize=s, **dot) for tint, s in ((color, 6.5), (look.text, 4))]
            self.bars.append(bars)
        self.numbers.append([self._number(i, k, side) for k in range(self.depth) for side in range(2)])

    def measure(self, i: int, model: ModelSnapshot) -> tuple[()]:
        """Measure all of lane `i` in one piece."""
        self.found[i] = layers_of(model)
        return ()

    # -- building

    def _lay_slots(self) -> None:
        """Where in a layer's slot bars, violin and numbers are; numbers go above if there is no room beside."""
        rows, small = self.rows, self.look.small_size
        self._slot = rows.width / self.depth
        digits, wide = width_of("0.00", small) + 2, width_of(WIDEST, small) + 2
        bars = 20.0 * self.look.scale**0.5 if self.normed else 0.0
        if 0.5 * (self._slot - bars) - 3 < LEAST_HALF:
            self.normed, bars = False, 0.0
        self._beside = self._slot > 2 * wide + bars + 56 and rows.pitch > 2.2 * small
        above = 0.0 if self._beside else 1.15 * small
        self._both = self._slot > 2 * digits + 4
        self._half = min(0.5 * (self._slot - bars) - 3 - (wide + 4 if self._beside else 0), 46 * self.look.scale)
        self._high = 0.5 * (rows.pitch - above) - 2
        self._drop = above / 2
        self._digits, self._bars = digits, bars
        self._room = wide if self._beside else 0.5 * self._slot - 4 if self._both else self._slot

    def _middle(self, k: int) -> float:
        """Where the two halves of layer k's violin meet, in CSS pixels from the left end of the rows."""
        return (k + 0.5) * self._slot + self._bars / 2

    def _zero(self, i: int) -> float:
        """Height of a signal of 0 in row `i`, in CSS pixels below the rows' top."""
        return self.rows.middle(i) - self.rows.top + self._drop

    def _staircases(self, color: str, alpha: float) -> PathPatch:
        """One patch for all layers: a staircase that stands on a violin's middle, 2·BINS + 2 corners a layer."""
        corners = np.zeros((self.depth * CORNERS, 2))
        codes = np.full(len(corners), Path.LINETO, np.uint8)
        codes[::CORNERS] = Path.MOVETO
        style = {"facecolor": color, "edgecolor": "none", "linewidth": 0, "alpha": alpha, "zorder": 2}
        return self.add_patch(self.plot, PathPatch(Path(corners, codes), **style))

    def _number(self, i: int, k: int, side: int) -> Text:
        rows, small = self.rows, self.look.small_size
        x, sign = rows.left, 2 * side - 1
        if self._beside:
            x, y = x + self._middle(k) + sign * (self._half + 5), rows.middle(i) + 0.36 * small
        else:
            x, y = x + (k + 0.5) * self._slot + sign * 2.5 * self._both, rows.middle(i) - rows.pitch / 2 + 0.95 * small
        ha = ("right", "left")[side] if self._beside or self._both else "center"
        text = self.live(self.add_text(x, y, "", size=small, ha=ha, color=self.look.text if side else self.look.muted))
        # Where even one number is too wide for its layer, every second layer has one.
        fits = self._slot > self._digits or k % 2 == 0
        text.set_visible(self._beside or self._both or (side == 0 and fits))
        return text

    # -- showing

    def _say(self) -> None:
        span = f"±{self._span:g}"
        if self.normed:
            texts = (
                tr(
                    "left: into the activation, right: out (rows span {span}); "
                    "bars: mean ± std in a batch, thin: running",
                    span=span,
                ),
                tr("pale: into activation, full: out; bars into BatchNorm: batch, thin: running"),
                tr("pale: in, full: out; bars: batch and (thin) running"),
                tr("pale: in, full: out; thin: running"),
            )
        else:
            texts = (
                tr("left, pale: into the activation; right: out of it; with std; rows span {span}", span=span),
                tr("pale: into the activation, full: out of it; std; rows span {span}", span=span),
                tr("pale: in, full: out, with std; rows {span}", span=span),
                tr("pale: in, full: out, with std"),
            )
        self.say(*texts)

    @property
    def _span(self) -> float:
        """How far a row reaches to either side; some way also where no signal is known that is not 0."""
        return self.limit or 1.0

    def set_limits(self) -> bool:
        """Set the range of all rows: it holds nearly all that goes into the activations, and changes only when it
        must.
        """
        reaches = []
        for found in (self.found[i] for i in self.measuring.known):
            reaches += [holding(layer.ravel(), WITHIN) for layer in found.before]
            if len(found.batch):
                reaches.append(float((np.abs(found.batch[:, 0]) + found.batch[:, 1]).max()))
        limit = rescaled(shared(reaches, 4), self.limit, share=0.4, air=1.02)
        moved, self.limit = limit != self.limit, limit
        if moved:
            self._say()
        return moved

    def show(self, i: int, model: ModelSnapshot) -> None:
        """Show both halves of every layer's violin, its two numbers, and BatchNorm's bars."""
        found, limit, zero = self.found[i], self._span, self._zero(i)
        heights = zero - self._high * np.linspace(-1, 1, BINS + 1)
        for side, layers in enumerate((found.before, found.after)):
            corners: Any = self.halves[i][side].get_path().vertices
            corners[:] = self._middle(0), zero
            for k, layer in enumerate(layers):
                part = corners[k * CORNERS : (k + 1) * CORNERS]
                part[:, 0] = self._middle(k)
                part[:, 1] = np.repeat(heights, 2)
                part[1:-1, 0] += (2 * side - 1) * np.repeat(self._half * roots(layer, limit), 2)
            self.halves[i][side].stale = True
        stds = found.stds.ravel()
        for k, text in enumerate(self.numbers[i]):
            numbers = [compact(float(stds[k]), digits) for digits in (2, 1)] if k < len(stds) else [""]
            text.set_text(first_that_fits(numbers, self._room, self.look.small_size))
        for which, stats in enumerate((found.batch, found.running) if self.normed else ()):
            self._set_bars(i, which, stats, zero, limit)
        strength = self.lanes[i].strength(model.config)
        self.rows.say(i, tr("diverged") if model.state == "diverged" else strength)

    def _set_bars(self, i: int, which: int, stats: Floats, zero: float, limit: float) -> None:
        """Bars from mean − std to mean + std, one per layer, with a dot at the mean."""
        xs, ys, at, means = [], [], [], []
        for k, (mean, std) in enumerate(stats):
            x = (
                self._middle(k)
                - self._half
                - (self._digits + 6 if self._beside else 0)
                - self._bars * (0.75, 0.4)[which]
            )
            ends = zero - self._high * np.clip([(mean - std) / limit, (mean + std) / limit], -1, 1)
            xs += [x, x, np.nan]
            ys += [*ends, np.nan]
            at.append(x)
            means.append(zero - self._high * float(np.clip(mean / limit, -1, 1)))
        self.bars[i][which].set_data(xs, ys)
        self.bars[i][which + 2].set_data(at, means)


def layers_of(model: ModelSnapshot) -> Layers:
    """Return signals of the first validation samples, and BatchNorm's statistics on the first training samples of a
    batch.
    """
    if not model.config.hidden:
        return NOTHING_FOUND
    found = signals(model, model.split.X_val[:ROWS])
    pairs = zip(found.pre_activations, found.activations, strict=True)
    with np.errstate(all="ignore"):  # of a network whose answers are not finite
        stds = np.array([[before.std(), after.std()] for before, after in pairs], float)
    batch = model.split.X_train[: max(2, model.config.batch_size)]
    its = batch_statistics(model, batch, SEED)
    return Layers(
        found.pre_activations,
        found.activations,
        stds,
        np.array([_summary(layer.mean, layer.variance) for layer in its]).reshape(-1, 2),
        np.array([_summary(norm.mean, norm.variance) for norm in model.norms]).reshape(-1, 2),
    )


def roots(layer: Floats, limit: float) -> Floats:
    """Compute √counts of a layer's signals in BINS bins from −limit to limit, 1 for the fullest; all 0 if none is
    finite.
    """
    flat = layer[np.isfinite(layer)]
    place = np.clip((flat + limit) * (BINS / (2 * limit)), 0, BINS - 1).astype(np.intp)
    counts = np.bincount(place, minlength=BINS)
    shares: Floats = np.sqrt(counts / max(1, counts.max()))
    return shares


def _summary(mean: Floats, variance: Floats) -> tuple[float, float]:
    return float(np.mean(mean)), float(np.sqrt(np.mean(variance)))


CORNERS = 2 * BINS + 2
NOTHING_FOUND = Layers((), (), np.zeros((0, 2)), np.zeros((0, 2)), np.zeros((0, 2)))
