"""Dropout on and off: the loss as training sees it, through masks, and as evaluation sees it, without."""

from __future__ import annotations

from typing import Any, ClassVar, NamedTuple

import numpy as np
from matplotlib.patches import Polygon

from regviz.language import en, tr
from regviz.probes import train_mode
from regviz.training.snapshot import ModelSnapshot, Snapshot

from ..look.lettering import width_of
from ..look.numbers import capped
from .parts.artists import NOWHERE
from .parts.chosen import LaneTitle, lane_that_drops, lane_with
from .parts.curves import Curves, thinned
from .parts.labels import spread
from .parts.remembering import RememberingPanel, beginning, show_alone

MASKS = 8
"""Draws of masks for a point; fewer for large networks."""

ROWS = 400
"""Training samples that are asked at most: the first ones."""

WORK = 16_000_000
"""Multiplications for one point: some milliseconds."""

TITLE = en("Dropout on and off")


class Point(NamedTuple):
    """One moment: the mean and standard deviation of the loss over masks, and the loss without."""

    epoch: int
    on: float
    spread: float
    off: float


class ModesPanel(RememberingPanel):
    """Training loss of the lane with dropout in both modes, over the epochs this picture has seen."""

    name: ClassVar[str] = "modes"
    menu_title: ClassVar[str] = en("Training and evaluation mode")
    drawing: ClassVar[str] = (
        '<path d="M4 3V29H45" opacity=".4"/>'
        '<path d="M6 4C14 14 26 15 44 15V21C26 21 14 20 6 10z" fill="#000" stroke="none" opacity=".25"/>'
        '<path d="M6 7C14 17 26 18 44 18"/>'
        '<path d="M6 10C14 23 26 25 44 25"/>'
    )

    def build(self, snapshot: Snapshot) -> None:
        """Make axes, two curves and a band, each curve with its name and number at the right end."""
        look = self.look
        self.lane = lane_that_drops(self, snapshot)
        linear = not snapshot.models[lane_with(self, "dropout") or 0].config.hidden
        self.empty = self.lane is None
        self.subtitle = self.live(self.add_header(tr(TITLE)))
        if self.empty:
            self.stand_empty(tr("a linear model has no hidden unit to drop") if linear else tr("no lane uses dropout"))
            return
        self.title = LaneTitle(self, tr(TITLE))
        self.curves = Curves(self, width_of(tr("with dropout"), look.label_size, bold=True) + 16)
        self.plot = self.curves.axes
        self.band = self.add_patch(self.plot, Polygon(NOWHERE, alpha=0.22, linewidth=0, zorder=1))
        self.on = self.add_line(self.plot, look.text, linewidth=2, solid_joinstyle="round", zorder=3)
        self.off = self.add_line(self.plot, look.text, linewidth=1.7, linestyle=(0, (4, 1.8)), zorder=4)
        bold: dict[str, Any] = {"weight": "bold", "va": "center"}
        self._said = (tr("with dropout"), tr("without"))
        self.names = [self.live(self.add_text(0, 0, "", **bold)) for _ in self._said]
        self.numbers = [self.live(self.add_text(0, 0, "", **bold)) for _ in self.names]

    def draw(self, snapshot: Snapshot) -> None:
        """Measure one point per epoch, and show all so far."""
        lane = lane_that_drops(self, snapshot)
        if self.empty or lane is None:
            return
        model = snapshot.models[lane]
        if self.unchanged(lane, model.moment_of_epoch, self.scene.live is None):
            return
        points = self.remember(lane, model, measured)
        self.title.show(lane, snapshot)
        self._tint(self.look.lane(lane))
        self._say(model)
        if points:
            self._show(points)
        else:  # of a lane that had diverged when it was chosen
            self._show_nothing(lane, model)

    # -- showing

    def _say(self, model: ModelSnapshot) -> None:
        if not any((*model.config.dropout_rates, model.config.input_dropout)):
            texts = [tr("p is 0 now: both modes are the same"), tr("p is 0: both are the same")]
        else:
            texts = [
                tr("training loss with masks (band: spread over masks) and without"),
                tr("training loss with masks (band) and without"),
                tr("training loss"),
            ]
        self.say(*texts)

    def _tint(self, color: str) -> None:
        self.on.set_color(color)
        self.band.set_facecolor(color)
        self.names[0].set_color(color)
        self.numbers[0].set_color(color)

    def _show_nothing(self, lane: int, model: ModelSnapshot) -> None:
        self.curves.fit(float(model.epoch), [])
        for line in (self.on, self.off):
            line.set_data([], [])
        self.band.set_xy(NOWHERE)
        for text in (*self.names, *self.numbers):
            text.set_text("")
        self.curves.keep_clear(0.0, 0.0)
        self.say_diverged(lane, model)

    def _show(self, points: list[Point]) -> None:
        epochs, on, sd, off = (np.array(column, float) for column in zip(*points, strict=True))
        self.curves.fit(float(epochs[-1]), [on + sd, off], beginning(points))
        most = self.curves.most
        on, off = np.minimum(on, 4 * most), np.minimum(off, 4 * most)
        self.on.set_data(*thinned(epochs, on))
        self.off.set_data(*thinned(epochs, off))
        for line in (self.on, self.off):
            show_alone(line, len(points))
        outline = np.column_stack([np.r_[epochs, epochs[::-1]], np.r_[on + sd, (on - sd)[::-1]]])
        self.band.set_xy(outline)
        self._label(points[-1])

    def _label(self, point: Point) -> None:
        """Name and number of each curve at its right end, the upper one first."""
        curves, line = self.curves, 1.15 * self.look.label_size
        values = (point.on, point.off)
        order = [0, 1] if point.on >= point.off else [1, 0]
        low, high = curves.top + line, curves.top + curves.height - 0.9 * line
        places = spread([curves.y(values[k]) for k in order], 2.15 * line, low, high)
        for name, words in zip(self.names, self._said, strict=True):
            name.set_text(words)
        for k, y in zip(order, places, strict=True):
            for text, down in ((self.names[k], -0.5), (self.numbers[k], 0.5)):
                self.move(text, curves.x(point.epoch) + 8, round(float(y) + down * line, 1))
            self.numbers[k].set_text(capped(values[k], 1000))
        said = [width_of(text.get_text(), self.look.label_size, bold=True) for text in (*self.names, *self.numbers)]
        curves.keep_clear(curves.x(point.epoch) + 5, curves.x(point.epoch) + 11 + max(said))


def measured(model: ModelSnapshot) -> Point:
    """Return the present point of `model`; its masks are drawn by the epoch, so the same moment gives the same
    numbers.
    """
    X, y = model.split.X_train[:ROWS], model.split.y_train[:ROWS]
    size = sum(W.size for W in model.weights)
    count = int(np.clip(WORK // (size * len(X)), 3, MASKS))
    found = train_mode(model, X, y, count, seed=model.epoch)
    return Point(model.epoch, float(found.loss.mean()), float(found.loss.std()), found.eval_loss)
