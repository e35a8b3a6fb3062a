"""Dropout as an ensemble: masked sub-networks one by one, the average of what they say, and the full network."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

import numpy as np
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from regviz.probes import sub_networks
from regviz.training.snapshot import ModelSnapshot, Snapshot

from .parts.base import Panel
from .parts.curves import ticks_of
from .parts.labels import nice_above, width_of
from .parts.rows import Rows, stand_empty
from .parts.turns import Turns

COUNT = 20
"""Sub-networks of a lane."""

STANDARD = 0.5
"""The rate for a lane that has no dropout of its own: what the slide calls standard."""

SEED = 20
"""Of the masks: the same for every lane and every moment, so that what moves is the networks."""

WORK = 7_000_000
"""Multiplications in one piece of work: a few milliseconds."""

STEPS = (1.0, 1.2, 1.6, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0)

Values = NDArray[np.float64]


class EnsemblePanel(Panel):
    """Validation losses on one scale, one row per lane: dots for sub-networks, a diamond for their average, a ring
    for the full network."""

    name: ClassVar[str] = "ensemble"

    def __init__(self) -> None:
        super().__init__()
        self.turns = Turns(self._measure)
        self.losses: list[Values] = []
        """Per lane the losses of the sub-networks (COUNT,)."""
        self.average: list[float] = []
        """Per lane the loss of the average of their predictions."""
        self.full: list[float] = []
        """Per lane the loss of the full network."""

    def build(self, snapshot: Snapshot) -> None:
        """A row per lane on one axis of losses, with three columns of numbers that name the marks."""
        look, models = self.look, snapshot.models
        self.empty = not any(model.config.hidden for model in models)
        self.add_header(
            f"Ensemble of {COUNT} sub-networks",
            f"validation loss; each sub-network lacks a random share p of its units (p {STANDARD:g} without dropout)",
            "validation loss; each lacks a random share p of the units",
            "validation loss, each lacks a share p",
            "validation loss",
        )
        if self.empty:
            stand_empty(self, "a linear model has no hidden unit to drop")
            return
        self.turns.begin(models)
        if len(self.losses) != len(models):
            self.losses = [np.zeros(COUNT) for _ in models]
            self.average, self.full = [0.0] * len(models), [0.0] * len(models)
        glyph = 1.2 * look.small_size
        headings = (
            ("one alone", "average", "full") if self.place.width > 480 * look.scale else ("alone", "average", "full")
        )
        rows = self.rows = Rows(self, snapshot, headings, "0.000", 1.9 * look.small_size, glyph)
        count = len(models)
        self._limit = 0.0
        self.plot = self.add_axes(rows.left, rows.top, rows.width, rows.height)
        self.plot.set_ylim(-count, 0)
        self.plot.set_yticks([])
        self.plot.grid(axis="x", color=look.grid, linewidth=1)
        self.plot.set_axisbelow(True)
        for i in range(1, count):
            self.plot.axhline(-i, color=look.grid, linewidth=1, zorder=1)
        self.dots, self.beyond, self.means, self.averages, self.fulls = [], [], [], [], []
        for i in range(count):
            color = look.lanes[i % len(look.lanes)]
            self.dots.append(self._mark("dot", color))
            self.beyond.append(self._mark("beyond", color))
            self.means.append(self._mark("mean", color))
            self.averages.append(self._mark("average", color))
            self.fulls.append(self._mark("full", color))
        self._name_marks(headings)
        known = [i for i, shown in enumerate(self.turns.shown) if shown is not None]
        if known:
            self._set_limit()
        for i in known:
            self._show(i, models[i])

    def draw(self, snapshot: Snapshot) -> None:
        """Ask one lane's sub-networks about some more validation points; show a lane once all are asked."""
        if self.empty:
            return
        done = self.turns.draw(snapshot.models)
        self.behind = self.turns.behind
        if done and self._set_limit():
            done = [i for i, shown in enumerate(self.turns.shown) if shown is not None]
        for i in done:
            self._show(i, snapshot.models[i])

    # -- measuring

    def _measure(self, i: int, model: ModelSnapshot) -> Iterator[None]:
        """Losses are means over samples, so they may be measured some validation points at a time."""
        X, y = model.split.X_val, model.split.y_val
        size = sum(W.size for W in model.weights) + 40 * sum(len(b) for b in model.biases)
        few = max(50, int(WORK / (COUNT * size)))
        rate, n = rate_of(model), len(X)
        total = np.zeros(COUNT + 2)
        for first in range(0, n, few):
            if first:
                yield
            part = slice(first, min(first + few, n))
            found = sub_networks(model, X[part], y[part], COUNT, rate, SEED)
            share = (part.stop - part.start) / n
            total += share * np.array([*found.loss, found.average_loss, found.full_loss])
        self.losses[i], self.average[i], self.full[i] = total[:COUNT], float(total[-2]), float(total[-1])

    # -- showing

    def _set_limit(self) -> bool:
        """Right end of the axis: holds the averages, and the dots unless they are several times as far."""
        needed = 0.0
        for i, shown in enumerate(self.turns.shown):
            values = self.losses[i]
            if shown is None or not np.isfinite([*values, self.average[i], self.full[i]]).all():
                continue
            main = max(self.average[i], self.full[i])
            needed = max(needed, main, min(float(values.max()), 5 * main))
        if needed <= 0 or (needed <= self._limit and needed > 0.45 * self._limit):
            return False
        self._limit = nice_above(1.04 * needed, STEPS)
        self.plot.set_xlim(0, self._limit)
        ticks, names = ticks_of(self._limit)
        if len(ticks) * width_of(names[-1], self.look.small_size) > 0.8 * self.rows.width:
            ticks, names = ticks[::2], names[::2]
        self.plot.set_xticks(ticks, names)
        return True

    def _show(self, i: int, model: ModelSnapshot) -> None:
        losses, average, full = self.losses[i], self.average[i], self.full[i]
        rate = f"p {rate_of(model):g}" if model.config.hidden else "linear"
        if model.state == "diverged" or not np.isfinite([*losses, average, full]).all():
            for mark in (self.dots[i], self.beyond[i], self.means[i], self.averages[i], self.fulls[i]):
                mark.set_data([], [])
            self.rows.say(i, rate, "–", "–", "–")
            return
        heights = -i - 0.5 + SPREAD * 0.62
        inside = losses <= self._limit
        mean = float(losses.mean())
        self.dots[i].set_data(losses[inside], heights[inside])
        self.beyond[i].set_data(np.full(int((~inside).sum()), self._limit), heights[~inside])
        edge = [min(value, self._limit) for value in (mean, average, full)]
        self.means[i].set_data([edge[0], edge[0]], [-i - 0.16, -i - 0.84])
        self.averages[i].set_data([edge[1]], [-i - 0.5])
        self.fulls[i].set_data([edge[2]], [-i - 0.5])
        self.rows.say(i, rate, *(_number(value) for value in (mean, average, full)))

    def _mark(self, kind: str, color: str) -> Line2D:
        line = Line2D([], [], **_styles(self, kind, color))
        self.plot.add_line(line)
        return self.live(line)

    def _name_marks(self, headings: tuple[str, ...]) -> None:
        """The three marks before the headings of the numbers they stand for."""
        small, rows = self.look.small_size, self.rows
        axes = self.add_axes(0, rows.top - 1.3 * small, self.place.width, 1.3 * small)
        axes.set_xlim(0, self.place.width)
        axes.set_ylim(0, 1)
        axes.set_xticks([])
        axes.set_yticks([])
        for kind, text, right in zip(("dot", "average", "full"), headings, rows.rights, strict=True):
            x = right - width_of(text, small) - 0.55 * small
            axes.add_line(Line2D([x], [0.58], **_styles(self, kind, self.look.muted)))


def rate_of(model: ModelSnapshot) -> float:
    """The share of units that a sub-network of `model` lacks."""
    return model.config.dropout or STANDARD


def _halves(count: int) -> Values:
    """Van der Corput's sequence in [−½, ½): heights at which few dots cover each other."""
    return np.array([sum((k >> b & 1) / 2 ** (b + 1) for b in range(8)) for k in range(1, count + 1)]) - 0.5


SPREAD = _halves(COUNT)


def _number(value: float) -> str:
    return f"{value:.2f}" if value < 99.995 else ">100"


def _styles(panel: Panel, kind: str, color: str) -> dict[str, Any]:
    back = panel.look.background
    if kind == "mean":
        return {"color": color, "linewidth": 1.6, "alpha": 0.7, "zorder": 3}
    styles: dict[str, dict[str, Any]] = {
        "dot": {"marker": "o", "markersize": 5, "markeredgewidth": 0, "alpha": 0.5, "zorder": 2.5},
        "beyond": {"marker": ">", "markersize": 5, "markeredgewidth": 0, "alpha": 0.7, "zorder": 2.5},
        "average": {"marker": "D", "markersize": 8.5, "markeredgecolor": back, "markeredgewidth": 1.2, "zorder": 5},
        "full": {"marker": "o", "markersize": 10, "markerfacecolor": back, "markeredgewidth": 2.4, "zorder": 4},
    }
    return {"color": color, "linestyle": "none", "clip_on": False} | styles[kind]
