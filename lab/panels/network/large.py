"""One unit, large: what it answers, the training points over it, its weights, bias and norm."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.text import Text
from numpy.typing import NDArray

from regviz.language import tr
from regviz.probes import unit_norms
from regviz.training.snapshot import ModelSnapshot

from ...look.lettering import width_of
from ...look.numbers import WIDEST, number
from ..parts.artists import rectangles, set_line, stretch
from ..parts.base import Panel
from ..parts.labels import shorten
from .answers import GROUPS, Asking, Said

MOST = 12
"""Incoming weights that have a bar at most: the largest."""

BELOW = 1.5
"""Room below the picture for what its colours say, in heights of small type."""


class Large:
    """Artists on `axes` (CSS pixels from its top left, `width` × `height`), invisible until a unit is shown."""

    def __init__(self, panel: Panel, axes: Axes, asking: Asking, width: float, height: float, top: float) -> None:
        look, small, label = panel.look, panel.look.small_size, panel.look.label_size
        self.panel, self.asking, self.top = panel, asking, top
        names = asking.names[:GROUPS] if asking.kind == "groups" else ()
        self._left = min(max((width_of(name, small) for name in names), default=0.0), 0.22 * width) + 8 * bool(names)
        self.side = max(min(height - BELOW * small, 0.5 * width - self._left), 8.0)
        self._x = self._left + self.side + 16
        """Where the column of numbers begins."""
        self._room = max(width - self._x, 8.0)
        left, right = self._left, self._left + self.side
        table, smooth = asking.table(look, pale=True), asking.kind == "plane"
        extent = (left, right, self.side, 0.0)
        self.image = panel.add_image(axes, table, (1, 1), extent=extent, smooth=smooth, fill=asking.nothing)
        frame = ([left, right, right, left, left], [0, 0, self.side, self.side, 0])
        self.frame = panel.add_line(axes, look.grid, linewidth=1, zorder=5)
        self._frame = frame
        self.curve = panel.add_line(axes, look.text, linewidth=1.8, zorder=5)
        dots: dict[str, Any] = {"linestyle": "none", "marker": "o", "markeredgewidth": 0.7, "zorder": 6}
        dots |= {"markersize": 4.6 * look.scale**0.5, "markeredgecolor": look.background}
        groups = range(len(asking.names)) if asking.kind != "groups" else ()
        self.points = [panel.add_line(axes, look.classes[k % len(look.classes)], **dots) for k in groups]
        ring: dict[str, Any] = {"linestyle": "none", "marker": "o", "markersize": 12, "markeredgewidth": 2}
        self.ring = panel.add_line(axes, look.text, markerfacecolor="none", zorder=7, **ring)
        self.rows = int(np.clip((height - 4.9 * label) / (1.35 * small), 1, MOST))
        self.bars = [
            panel.add_patch(axes, rectangles(MOST, facecolor=color, zorder=5))
            for color in (look.classes[0], look.classes[1])
        ]
        self.zero = panel.add_line(axes, look.muted, linewidth=1, zorder=6)
        self.title = self._text(0.95 * label, weight="bold")
        self.facts = [self._text((2.3 + 1.2 * k) * label, size=small) for k in range(2)]
        self.heading = self._text(4.75 * label, size=small, color=look.muted)
        self._first = 4.9 * label + 1.05 * small
        heights = [self._first + 1.35 * small * k for k in range(self.rows)]
        self.names = [self._text(y, size=small) for y in heights]
        self.numbers = [self._text(y, size=small, x=self._x + self._room, ha="right") for y in heights]
        self.scale = panel.live(panel.add_note(self._left, top + self.side + 1.25 * small))
        self.groups = [
            panel.live(panel.add_note(self._left - 6, top + self._band(k, len(names)), ha="right", va="center"))
            for k in range(len(names))
        ]
        for text, name in zip(self.groups, names, strict=True):
            text.set_text(shorten(name, self._left - 7, small))  # as wide as the longest, but for rounding
        self.hide()

    def _text(self, y: float, x: float | None = None, **style: Any) -> Text:
        return self.panel.live(self.panel.add_text(self._x if x is None else x, self.top + y, "", **style))

    def _band(self, k: int, count: int) -> float:
        """The middle of a group's row."""
        height = (48 // count) / 48
        return self.side * (0.5 + (k - (count - 1) / 2) * height)

    @property
    def texts(self) -> list[Text]:
        """All that is written."""
        return [self.title, *self.facts, self.heading, *self.names, *self.numbers, self.scale, *self.groups]

    def hide(self) -> None:
        """Show nothing."""
        self.image.set_visible(False)
        for line in (self.frame, self.curve, self.ring, self.zero, *self.points):
            set_line(line)
        for patch in self.bars:
            patch.set_visible(False)
        for text in self.texts:
            text.set_visible(False)

    def show(
        self, model: ModelSnapshot, layer: int, unit: int, said: Said, names: Sequence[str], point: int | None
    ) -> None:
        """Show a unit of hidden layer `layer`, the first being 1; `names` are those of what it hears."""
        for text in self.texts:
            text.set_visible(True)
        set_line(self.frame, *self._frame)
        self._show_picture(said, unit, point)
        self._say(model, layer, unit, said)
        self._show_weights(model.weights[layer - 1][:, unit], names)

    def _show_picture(self, said: Said, unit: int, point: int | None) -> None:
        asking = self.asking
        cells = round(np.sqrt(len(said.values))) if asking.kind == "plane" else len(said.values)
        cells = 48 if asking.kind == "groups" else cells
        self.image.set_data(asking.drawn(said, [unit], cells)[0])
        self.image.set_visible(True)
        if asking.kind == "groups":
            return
        X, groups = asking.split.X_train[: len(said.points)], asking.groups[: len(said.points)]
        heights = np.nan_to_num(said.points[:, unit])
        if asking.kind == "line":
            grid = asking.grid(cells)
            values = np.nan_to_num(said.values[:, unit])
            set_line(self.curve, self._across(grid[:, 0]), self._up(values, values))
            at = np.column_stack([self._across(X[:, 0]), self._up(heights, values)])
        else:
            down = (asking.high[1] - X[:, 1]) / (asking.high[1] - asking.low[1])
            at = np.column_stack([self._across(X[:, 0]), self.side * down])
        for k, line in enumerate(self.points):
            set_line(line, *at[groups == k].T)
        set_line(self.ring, *(at[[point]].T if point is not None and point < len(at) else ()))

    def _across(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        low, high = self.asking.low[0], self.asking.high[0]
        return np.asarray(self._left + self.side * (x - low) / (high - low))

    def _up(self, answers: NDArray[np.float64], shown: NDArray[np.float64]) -> NDArray[np.float64]:
        """Where answers stand in the picture of those that are `shown` along a line, with some air above and below."""
        bottom, top = min(float(shown.min()), 0.0), max(float(shown.max()), 0.0)
        span = 1.25 * max(top - bottom, 1e-300)
        return np.asarray(self.side * np.clip((top + 0.1 * span - answers) / span, 0, 1))

    def _say(self, model: ModelSnapshot, layer: int, unit: int, said: Said) -> None:
        panel, look = self.panel, self.panel.look
        name = [
            tr("hidden layer {layer}, unit {unit}", layer=layer, unit=unit + 1),
            tr("layer {layer}, unit {unit}", layer=layer, unit=unit + 1),
            tr("unit {unit}", unit=unit + 1),
        ]
        fitting = [text for text in name if width_of(text, look.label_size, bold=True) <= self._room]
        self.title.set_text((fitting or name[-1:])[0])
        length, limit = number(float(unit_norms(model)[layer - 1][unit])), model.config.max_norm
        norm = [tr("norm of its weights {length}", length=length), tr("norm {length}", length=length)]
        if limit is not None:
            norm = [
                tr("{norm}, max-norm {limit}", norm=norm[0], limit=number(limit)),
                tr("{norm} of at most {limit}", norm=norm[1], limit=number(limit)),
                *norm,
            ]
        self.facts[0].set_text(panel.fitting(norm, self._room))
        self.facts[1].set_text(tr("bias {biases}", biases=number(float(model.biases[layer - 1][unit]))))
        low, high = said.ends(unit)
        ends = tr("{low} to {high}", low=number(low), high=number(high))
        room = panel.place.width - self._left if said.dead[unit] else self.side
        if said.dead[unit]:
            same = number(float(said.points[0, unit]))
            texts = [
                tr("dead: it answers {same} to all {points} training points", same=same, points=len(said.points)),
                tr("dead: always {same}", same=same),
            ]
        elif self.asking.kind == "groups":
            texts = [tr("its answers, from {ends}, by class", ends=ends), tr("answers {ends}", ends=ends), ends]
        else:
            texts = [
                tr("answers {ends}; blue: above 0, orange: below", ends=ends),
                tr("answers {ends}", ends=ends),
                ends,
            ]
        self.scale.set_text(panel.fitting(texts, room))

    def _show_weights(self, w: NDArray[Any], names: Sequence[str]) -> None:
        """The largest weights as bars around 0, in the order of what they come from."""
        small = self.panel.look.small_size
        size = np.abs(np.nan_to_num(np.asarray(w, float)))
        count = min(self.rows, len(w))
        shown = np.sort(np.argsort(-size, kind="stable")[:count])
        words = [
            tr("the {count} largest of {w} weights", count=count, w=len(w)),
            tr("{count} of {w} weights", count=count, w=len(w)),
            tr("weights"),
        ]
        self.heading.set_text(
            self.panel.fitting(words if count < len(w) else [tr("its weights"), tr("weights")], self._room)
        )
        digits = width_of(f"−{WIDEST}", small) + 6
        column = min(max(width_of(names[int(k)], small) for k in shown) + 8, 0.4 * self._room)
        left, right = self._x + column, self._x + self._room - digits
        middle, reach = (left + right) / 2, max((right - left) / 2, 1.0)
        heights = self._first + 1.35 * small * np.arange(count) - 0.35 * small
        lengths = reach * np.nan_to_num(np.asarray(w[shown], float)) / max(float(size.max(initial=0)), 1e-300)
        for patch, sign in zip(self.bars, (1, -1), strict=True):
            its = np.where(lengths * sign > 0, lengths, 0)
            stretch(patch, middle, middle + its, heights - 0.3 * small, heights + 0.3 * small)
            patch.set_visible(True)
        set_line(self.zero, [middle, middle], [heights[0] - 0.6 * small, heights[-1] + 0.6 * small])
        for row, (name, value) in enumerate(zip(self.names, self.numbers, strict=True)):
            k = int(shown[row]) if row < count else -1
            name.set_text(shorten(names[k], column - 4, small) if k >= 0 else "")
            value.set_text(number(float(w[k])) if k >= 0 else "")
