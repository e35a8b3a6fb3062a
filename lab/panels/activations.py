"""What flows through the layers: signals before and after the activation, and what BatchNorm finds and expects."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, NamedTuple

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from numpy.typing import NDArray

from regviz.probes import batch_statistics, signals
from regviz.training.snapshot import ModelSnapshot, Snapshot

from .parts.base import Panel
from .parts.labels import first_that_fits, nice_above, width_of
from .parts.rows import Rows, compact, stand_empty
from .parts.turns import Turns

BINS = 37
ROWS = 200
"""Validation samples whose signals are counted: the first ones."""

WITHIN = 0.99
"""Share of a lane's signals that a row must hold; the outermost bins take what lies beyond."""

STEPS = (1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0)
SEED = 15
"""Of the dropout masks of the batch that BatchNorm is asked about."""

Values = NDArray[np.float64]


class Layers(NamedTuple):
    """Of each hidden layer: signals (n, units) before and after the activation, their stds, and what BatchNorm knows.

    `batch` and `running` are (layers, 2): mean over units of the means, and the root of the mean variance, of what
    enters each BatchNorm in one batch and on running average; (0, 2) without BatchNorm.
    """

    before: tuple[Values, ...]
    after: tuple[Values, ...]
    stds: Values
    batch: Values
    running: Values


class ActivationsPanel(Panel):
    """A row per lane, a split violin per hidden layer: pre-activations left, activations right, √counts, with std."""

    name: ClassVar[str] = "activations"

    def __init__(self) -> None:
        super().__init__()
        self.turns = Turns(self._measure)
        self.found: list[Layers] = []
        """Per lane what was found last."""

    def build(self, snapshot: Snapshot) -> None:
        """Rows on one axes in CSS pixels; two staircases, two kinds of bars and a number per layer for each lane."""
        look, models = self.look, snapshot.models
        self.depth = max(len(model.config.hidden) for model in models)
        self.normed = any(model.config.batchnorm for model in models)
        self.subtitle = self.live(self.add_header("Signals by layer", ""))
        if not self.depth:
            stand_empty(self, "a linear model has no hidden layer")
            return
        self.turns.begin(models)
        if len(self.found) != len(models):
            self.found = [NOTHING_FOUND] * len(models)
        small = look.small_size
        rows = self.rows = Rows(self, snapshot, (), "", 1.8 * small)
        self.limit = 0.0
        self.plot = self.add_axes(rows.left, rows.top, rows.width, rows.height)
        self.plot.set_xlim(0, rows.width)
        self.plot.set_ylim(rows.height, 0)
        self.plot.set_xticks([])
        self.plot.set_yticks([])
        self._lay_slots()
        for k in range(self.depth):
            word = first_that_fits((f"hidden layer {k + 1}", f"layer {k + 1}", f"{k + 1}"), 0.92 * self._slot, small)
            x = rows.left + (self._middle(k) if self._beside else (k + 0.5) * self._slot)
            y = rows.top + rows.height + 1.25 * small
            self.add_text(x, y, word, size=small, color=look.muted, ha="center")
        self.halves: list[list[PathPatch]] = []
        self.bars: list[list[Line2D]] = []
        self.numbers = []
        for i in range(len(models)):
            color, zero = look.lanes[i % len(look.lanes)], rows.middle(i) - rows.top + self._drop
            ends = [[self._middle(k) - self._half, self._middle(k) + self._half] for k in range(self.depth)]
            self.plot.hlines([zero] * self.depth, *zip(*ends, strict=True), color=look.grid, linewidth=1, zorder=1)
            self.halves.append([self._staircases(color, alpha) for alpha in (0.45, 0.95)])
            if self.normed:
                self.bars.append([self._line(color, 4.2), self._line(look.text, 1.3)])
                self.bars[i] += [self._dots(color, 6.5), self._dots(look.text, 4)]
            self.numbers.append([self._number(i, k, side) for k in range(self.depth) for side in range(2)])
        known = [i for i, shown in enumerate(self.turns.shown) if shown is not None]
        self._set_limit(known)
        for i in known:
            self._show(i, models[i])
        self._say()

    def draw(self, snapshot: Snapshot) -> None:
        """Look at the signals of one lane."""
        if not self.depth:
            return
        done = self.turns.draw(snapshot.models)
        self.behind = self.turns.behind
        if done and self._set_limit([i for i, shown in enumerate(self.turns.shown) if shown is not None]):
            done = [i for i, shown in enumerate(self.turns.shown) if shown is not None]
            self._say()
        for i in done:
            self._show(i, snapshot.models[i])

    def _measure(self, i: int, model: ModelSnapshot) -> Iterator[None]:
        """All of lane `i` in one piece."""
        self.found[i] = layers_of(model)
        yield from ()

    # -- building

    def _lay_slots(self) -> None:
        """Where in a layer's slot bars, violin and numbers are; numbers go above if there is no room beside."""
        rows, small = self.rows, self.look.small_size
        self._slot = rows.width / self.depth
        digits = width_of("0.00", small) + 2
        bars = 20.0 * self.look.scale**0.5 if self.normed else 0.0
        self._beside = self._slot > 2 * digits + bars + 56 and rows.pitch > 2.2 * small
        above = 0.0 if self._beside else 1.15 * small
        self._both = self._slot > 2 * digits + 4
        self._half = min(0.5 * (self._slot - bars) - 3 - (digits + 4 if self._beside else 0), 46 * self.look.scale)
        self._high = 0.5 * (rows.pitch - above) - 2
        self._drop = above / 2
        self._digits, self._bars = digits, bars

    def _middle(self, k: int) -> float:
        """Where the two halves of layer k's violin meet, in CSS pixels from the left end of the rows."""
        return (k + 0.5) * self._slot + self._bars / 2

    def _staircases(self, color: str, alpha: float) -> PathPatch:
        """One patch for all layers: a staircase that stands on a violin's middle, 2·BINS + 2 corners a layer."""
        corners = np.zeros((self.depth * CORNERS, 2))
        codes = np.full(len(corners), Path.LINETO, np.uint8)
        codes[::CORNERS] = Path.MOVETO
        patch = PathPatch(Path(corners, codes), facecolor=color, edgecolor="none", linewidth=0, alpha=alpha, zorder=2)
        self.plot.add_patch(patch)
        return self.live(patch)

    def _line(self, color: str, width: float) -> Line2D:
        line = Line2D([], [], color=color, linewidth=width, solid_capstyle="butt", zorder=3)
        self.plot.add_line(line)
        return self.live(line)

    def _dots(self, color: str, size: float) -> Line2D:
        back = self.look.background
        dots = Line2D(
            [], [], color=color, linestyle="none", marker="o", markersize=size, markeredgecolor=back, zorder=4
        )
        self.plot.add_line(dots)
        return self.live(dots)

    def _number(self, i: int, k: int, side: int) -> Any:
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
        small, span = self.look.small_size, f"±{self.limit:g}"
        if self.normed:
            texts = (
                f"left: into the activation, right: out (rows span {span}); bars: mean ± std in a batch, thin: running",
                "pale: into activation, full: out; bars into BatchNorm: batch, thin: running",
                "pale: in, full: out; bars: batch and (thin) running",
                "pale: in, full: out; thin: running",
            )
        else:
            texts = (
                f"left, pale: into the activation; right: out of it; with std; rows span {span}",
                f"pale: into the activation, full: out of it; std; rows span {span}",
                f"pale: in, full: out, with std; rows {span}",
                "pale: in, full: out, with std",
            )
        self.subtitle.set_text(first_that_fits(texts, self.place.width, small))

    def _set_limit(self, known: list[int]) -> bool:
        """The range of all rows: holds nearly all that goes into the activations, and changes only when it must."""
        reaches = [0.0]
        for i in known:
            sizes = [np.abs(layer).ravel() for layer in self.found[i].before]
            sizes = [size[np.isfinite(size)] for size in sizes]
            reaches += [
                float(np.partition(size, int(WITHIN * (len(size) - 1)))[int(WITHIN * (len(size) - 1))])
                for size in sizes
                if len(size)
            ]
            if len(self.found[i].batch):
                ends = np.abs(self.found[i].batch[:, 0]) + self.found[i].batch[:, 1]
                reaches.append(float(ends.max()))
        # A lane that explodes shall not flatten the others: it leaves its row.
        needed = min(max(reaches), 4 * float(np.median(reaches[1:]))) if len(reaches) > 1 else 0.0
        if needed <= 0 or 0.4 * self.limit < needed <= self.limit:
            return False
        self.limit = nice_above(max(1.02 * needed, 1e-6), STEPS)
        return True

    def _show(self, i: int, model: ModelSnapshot) -> None:
        found, rows = self.found[i], self.rows
        zero = rows.middle(i) - rows.top + self._drop
        limit = self.limit or 1.0
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
        for text in self.numbers[i]:
            text.set_text("")
        for k in range(len(found.before)):
            for side in range(2):
                self.numbers[i][2 * k + side].set_text(compact(float(found.stds[k, side])))
        for which, stats in enumerate((found.batch, found.running) if self.normed else ()):
            self._set_bars(i, which, stats, zero, limit)
        strength = self.lanes[i].strength(model.config)
        self.rows.say(i, "diverged" if model.state == "diverged" else strength)

    def _set_bars(self, i: int, which: int, stats: Values, zero: float, limit: float) -> None:
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
    """Signals of the first validation samples, and BatchNorm's statistics on the first training samples of a batch."""
    if not model.config.hidden:
        return NOTHING_FOUND
    found = signals(model, model.split.X_val[:ROWS])
    pairs = zip(found.pre_activations, found.activations, strict=True)
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


def roots(layer: Values, limit: float) -> Values:
    """√counts of a layer's signals in BINS bins from −limit to limit, 1 for the fullest; all 0 if none is finite."""
    flat = layer[np.isfinite(layer)]
    place = np.clip((flat + limit) * (BINS / (2 * limit)), 0, BINS - 1).astype(np.intp)
    counts = np.bincount(place, minlength=BINS)
    shares: Values = np.sqrt(counts / max(1, counts.max()))
    return shares


def _summary(mean: Values, variance: Values) -> tuple[float, float]:
    return float(np.mean(mean)), float(np.sqrt(np.mean(variance)))


CORNERS = 2 * BINS + 2
NOTHING_FOUND = Layers((), (), np.zeros((0, 2)), np.zeros((0, 2)), np.zeros((0, 2)))
