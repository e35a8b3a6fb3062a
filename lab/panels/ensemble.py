"""Dropout as an ensemble: masked sub-networks one by one, the average of what they say, and the full network."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

import numpy as np
from matplotlib.lines import Line2D

from regviz.arrays import Floats
from regviz.fields import PerLayer
from regviz.language import en, tr
from regviz.probes import sub_networks
from regviz.training.snapshot import ModelSnapshot, Snapshot

from ..compare.lanes import in_words
from ..look.lettering import width_of
from ..look.numbers import MISSING, WIDEST, capped
from .parts.base import Panel
from .parts.measuring import MeasuredPanel
from .parts.rows import Rows
from .parts.scales import FINE, fewer, rescaled, ticks_of

COUNT = 20
"""Sub-networks of a lane."""

STANDARD = 0.5
"""The rate for a lane that has no dropout of its own: what the slide calls standard."""

SEED = 20
"""Of the masks: the same for every lane and every moment, so that what moves is the networks."""

WORK = 7_000_000
"""Multiplications in one piece of work: a few milliseconds."""


class EnsemblePanel(MeasuredPanel):
    """Validation losses on one scale, one row per lane: dots for sub-networks, a diamond for their average, a ring
    for the full network."""

    name: ClassVar[str] = "ensemble"
    menu_title: ClassVar[str] = en("Ensemble of sub-networks")
    drawing: ClassVar[str] = (
        '<path d="M4 16H45" opacity=".4"/>'
        '<path d="M14 9v0M19 22v0M25 12v0M30 21v0M36 10v0M41 19v0" stroke-width="4"/>'
        '<path d="M11 11.5L15.5 16 11 20.5 6.5 16z" fill="#000"/>'
    )

    def build(self, snapshot: Snapshot) -> None:
        """Make a row per lane on one axis of losses, with three columns of numbers that name the marks."""
        look, models = self.look, snapshot.models
        self.empty = not any(model.config.hidden for model in models)
        self.add_header(
            tr("Ensemble of {count} sub-networks", count=COUNT),
            tr(
                "validation loss; each sub-network has a random share p of its units switched off "
                "(p = {standard} for lanes trained without dropout)",
                standard=f"{STANDARD:g}",
            ),
            tr("validation loss; each has a random share p of its units switched off"),
            tr("validation loss, a share p switched off"),
            tr("validation loss"),
        )
        if self.empty:
            self.stand_empty(tr("a linear model has no hidden unit to drop"))
            return
        self.resume(models, (np.zeros(COUNT), 0.0, 0.0))
        alone = tr("one alone") if self.place.width > 480 * look.scale else tr("alone")
        headings = (alone, tr("average"), tr("full"))
        rows = self.rows = Rows(self, snapshot, headings, WIDEST, 1.9 * look.small_size, 1.2 * look.small_size)
        self._limit = 0.0
        self.plot = self.add_field(rows.left, rows.top, rows.width, rows.height, y=(-len(models), 0))
        self.plot.grid(axis="x", color=look.grid, linewidth=1)
        for i in range(1, len(models)):
            self.plot.axhline(-i, color=look.grid, linewidth=1, zorder=1)
        self.dots, self.beyond, self.means, self.averages, self.fulls = (
            [self.add_line(self.plot, **_style(self, kind, look.lane(i))) for i in range(len(models))]
            for kind in ("dot", "beyond", "mean", "average", "full")
        )
        self._name_marks(headings)
        self.begin(snapshot)

    # -- measuring

    def measure(self, i: int, model: ModelSnapshot) -> Iterator[None]:
        """Yield losses of sub-networks (COUNT,), of the average of their predictions, and of the full network.

        They are means over samples, so they may be measured some validation points at a time.
        """
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
        self.found[i] = total[:COUNT], float(total[-2]), float(total[-1])

    # -- showing

    def set_limits(self) -> bool:
        """Set the right end of the axis: it holds the averages, and the dots unless they are several times as far."""
        needed = 0.0
        for losses, average, full in (self.found[i] for i in self.measuring.known):
            if np.isfinite([*losses, average, full]).all():
                needed = max(needed, average, full, min(float(losses.max()), 5 * max(average, full)))
        limit = rescaled(needed, self._limit, FINE, air=1.04)
        if limit == self._limit:
            return False
        self._limit = limit
        self.plot.set_xlim(0, limit)
        self.plot.set_xticks(*fewer(*ticks_of(limit), self.rows.width, self.look.small_size))
        return True

    def show(self, i: int, model: ModelSnapshot) -> None:
        """Show the marks and the numbers of lane `i`."""
        losses, average, full = self.found[i]
        rate = f"p {in_words(rate_of(model))}" if model.config.hidden else tr("linear")
        if model.state == "diverged" or not np.isfinite([*losses, average, full]).all():
            for mark in (self.dots[i], self.beyond[i], self.means[i], self.averages[i], self.fulls[i]):
                mark.set_data([], [])
            self.rows.say(i, rate, MISSING, MISSING, MISSING)
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
        self.rows.say(i, rate, *(capped(value, 100) for value in (mean, average, full)))

    def _name_marks(self, headings: tuple[str, ...]) -> None:
        """The three marks before the headings of the numbers they stand for."""
        small, rows, width = self.look.small_size, self.rows, self.place.width
        axes = self.add_field(0, rows.top - 1.3 * small, width, 1.3 * small, x=(0, width))
        for kind, text, right in zip(("dot", "average", "full"), headings, rows.rights, strict=True):
            x = right - width_of(text, small) - 0.55 * small
            axes.add_line(Line2D([x], [0.58], **_style(self, kind, self.look.muted)))


def rate_of(model: ModelSnapshot) -> PerLayer:
    """Return the share of units that a sub-network of `model` lacks."""
    return model.config.dropout if any(model.config.dropout_rates) else STANDARD


def _halves(count: int) -> Floats:
    """Van der Corput's sequence in [−½, ½): heights at which few dots cover each other."""
    return np.array([sum((k >> b & 1) / 2 ** (b + 1) for b in range(8)) for k in range(1, count + 1)]) - 0.5


SPREAD = _halves(COUNT)


def _style(panel: Panel, kind: str, color: str) -> dict[str, Any]:
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
