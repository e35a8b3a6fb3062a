"""Labels learned: how many of the right and of the wrong training labels a network gives, epoch by epoch."""

from __future__ import annotations

from typing import Any, ClassVar, NamedTuple

import numpy as np

from regviz.language import en, tr
from regviz.probes import learned_labels
from regviz.training.snapshot import ModelSnapshot, Snapshot

from ..look.lettering import width_of
from ..look.numbers import percent
from .parts.artists import set_line
from .parts.chosen import LaneTitle, chosen_lane
from .parts.curves import Curves, epoch_limit, thinned
from .parts.labels import shorten, spread
from .parts.remembering import RememberingPanel, beginning, show_alone

TITLE = en("Labels learned")

BESIDE = 8.0
"""CSS pixels between the end of a curve and its label."""

LONG, SHORT = 0.4, 0.5
"""Shares of the width that whole names may take, and short ones at most."""

AIR = 0.015
"""Below no share and above all of them, so that a curve on the edge is seen whole."""

TICKS = [0.0, 0.25, 0.5, 0.75, 1.0]


class Learned(NamedTuple):
    """One moment: shares of the training points, see `probes.learned_labels`."""

    epoch: int
    right: float
    wrong: float
    true: float


class LabelsPanel(RememberingPanel):
    """How many right and how many wrong training labels one lane gives, over the epochs this picture has seen."""

    name: ClassVar[str] = "labels"
    menu_title: ClassVar[str] = en("Labels learned")
    drawing: ClassVar[str] = (
        '<path d="M4 3V29H45" opacity=".4"/>'
        '<path d="M6 27C10 8 20 6 44 5"/>'
        '<path d="M6 28C20 27 30 10 44 7" stroke-dasharray="4 2.5"/>'
        '<path d="M6 27C12 10 18 12 24 18 30 24 36 27 44 27" stroke-dasharray="1.5 2.5"/>'
    )

    def build(self, snapshot: Snapshot) -> None:
        """Make axes of shares over epochs, and three curves, each with its name and number at the right end."""
        look, place = self.look, self.place
        targets = snapshot.models[0].split.task == "regression"
        self.empty = targets or not any(model.split.flipped.any() for model in snapshot.models)
        self.subtitle = self.live(self.add_header(tr(TITLE)))
        if self.empty:
            self.stand_empty(
                tr("these data have targets, and no labels") if targets else tr("no training label is wrong")
            )
            return
        self.title = LaneTitle(self, tr(TITLE))
        self._names = (tr("right labels"), tr("wrong labels"), tr("true class"))
        if self._wide() > LONG * place.width:
            self._names = (tr("correct"), tr("incorrect"), tr("true"))
        self._room = min(self._wide(), SHORT * place.width)
        self.curves = Curves(self, self._room + BESIDE + 3)
        self.curves.reach(-AIR, 1 + AIR, TICKS, [f"{100 * tick:.0f}" for tick in TICKS])
        self._limit = 0.0
        styles: list[dict[str, Any]] = [
            {"linewidth": 2, "zorder": 3},
            {"linewidth": 2, "linestyle": (0, (4, 1.8)), "zorder": 4},
            {"linewidth": 2, "linestyle": (0, (1, 1.6)), "zorder": 4},
        ]
        self.lines = [self.add_line(self.curves.axes, look.text, **style) for style in styles]
        self.labels = [self.live(self.add_text(0, 0, "", weight="bold", va="center")) for _ in styles]
        self._legend = (
            tr("% learned: right labels (solid), wrong labels (dashed), their true class (dotted)"),
            tr("% learned; dashed: wrong labels, dotted: their true class"),
            tr("% of the training points"),
            "%",
        )

    def _wide(self) -> float:
        """CSS pixels that the widest name takes with its number."""
        texts = (f"{name}  {percent(1)}" for name in self._names)
        # A pixel of air: sums of widths are not exact.
        return max(width_of(text, self.look.label_size, bold=True) for text in texts) + 1

    def draw(self, snapshot: Snapshot) -> None:
        """Measure one point per epoch, its newest step, and show all so far."""
        if self.empty:
            return
        lane = chosen_lane(self) or 0
        model = snapshot.models[lane]
        if self.unchanged(lane, snapshot.step, model.moment, self.scene.live is None):
            return
        points = self.remember(lane, model, measured)
        self.title.show(lane, snapshot)
        if points:
            self._show(points, self.look.lane(lane))
            self.say(*self._legend)
        else:  # of a lane that had diverged when it was chosen
            self._show_nothing()
            self.say_diverged(lane, model)

    def _show_nothing(self) -> None:
        self._limit = epoch_limit(0.0, self._limit)
        self.curves.span(0.0, self._limit)
        for line, label in zip(self.lines, self.labels, strict=True):
            line.set_data([], [])
            label.set_text("")
        self.curves.keep_clear(0.0, 0.0)

    def _show(self, points: list[Learned], color: str) -> None:
        epochs, *shares = (np.array(column, float) for column in zip(*points, strict=True))
        first = beginning(points)
        self._limit = epoch_limit(float(epochs[-1]) - first, self._limit)
        self.curves.span(first, first + self._limit)
        for line, values in zip(self.lines, shares, strict=True):
            line.set_color(color)
            set_line(line, *thinned(epochs, values))
            show_alone(line, len(points))
        self._label(points[-1], color)

    def _label(self, point: Learned, color: str) -> None:
        """Name and number of each curve at its right end, the highest first."""
        curves, size = self.curves, self.look.label_size
        line = 1.22 * size
        values = point[1:]
        known = [k for k in range(len(values)) if np.isfinite(values[k])]
        order = sorted(known, key=lambda k: -values[k])
        low, high = curves.top + 0.5 * line, curves.top + curves.height - 0.45 * line
        places = spread([curves.y(values[k]) for k in order], line, low, high)
        x = curves.x(point.epoch) + BESIDE
        for k, label in enumerate(self.labels):
            said = f"  {percent(values[k])}"
            short = shorten(self._names[k], self._room - width_of(said, size, bold=True), size, bold=True)
            label.set_text(short + said if k in known else "")
            label.set_color(color)
        for k, y in zip(order, places, strict=True):
            self.move(self.labels[k], x, round(float(y), 1))
        curves.keep_clear(x - 3, x + self._room)


def measured(model: ModelSnapshot) -> Learned:
    """Return the present moment of `model`."""
    return Learned(model.epoch, *learned_labels(model))
