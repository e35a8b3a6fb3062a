"""What a network loses without one of its units: bars of every unit of a hidden layer, one row per lane."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

import numpy as np
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from numpy.typing import NDArray

from regviz.probes import lesions
from regviz.training.snapshot import ModelSnapshot, Snapshot

from ..compare.scene import NOTHING, Answer, PointerKind
from .parts.base import Panel
from .parts.labels import first_that_fits, nice_above
from .parts.rows import Rows, signed, stand_empty
from .parts.turns import Turns

WORK = 12_000_000
"""Multiplications in one piece of work: a few milliseconds."""

STEPS = (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 7.5)

Values = NDArray[np.float64]


class LesionsPanel(Panel):
    """Every unit of one hidden layer removed alone: validation accuracy lost, sorted, on one scale for all lanes.

    A regression shows the validation loss added. A click moves on to the next hidden layer.
    """

    name: ClassVar[str] = "lesions"
    listens: ClassVar[bool] = True

    def __init__(self) -> None:
        super().__init__()
        self.layer = 0
        """The hidden layer whose units are removed; the first is 0."""
        self.turns = Turns(self._measure)
        self.lost: list[Values] = []
        """Per lane, what each unit's removal costs, in the order of the units: points of accuracy, or loss."""

    def build(self, snapshot: Snapshot) -> None:
        """A row per lane: a staircase of bars, and their largest and mean as numbers."""
        look, models = self.look, snapshot.models
        self.regression = models[0].split.task == "regression"
        self.depth = max(len(model.config.hidden) for model in models)
        self.layer = min(self.layer, max(0, self.depth - 1))
        self.subtitle = self.live(
            self.add_header(f"{'Loss added' if self.regression else 'Accuracy lost'} without one unit", "")
        )
        self.turns.begin(models)
        self._high = self._low = 0.0
        if not self.depth:
            stand_empty(self, "a linear model has no hidden unit to remove")
            return
        if len(self.lost) != len(models):
            self.lost = [np.zeros(0)] * len(models)
        self._say_layer()
        rows = self.rows = Rows(self, snapshot, ("worst", "mean"), "+10.0", 1.7 * look.small_size)
        self.plot = self.add_axes(rows.left, rows.top, rows.width, rows.height)
        self.plot.set_xlim(0, 1)
        self.plot.set_ylim(-len(models), 0)
        self.plot.set_xticks([])
        self.plot.set_yticks([])
        self.bars = []
        self.lines = self.live(self.plot.plot([], [], color=look.grid, linewidth=1, zorder=1, clip_on=False)[0])
        self.scale = self.live(self.add_text(0, 0, "", size=look.small_size, color=look.muted, ha="right", va="bottom"))
        for i, model in enumerate(models):
            most = max(model.config.hidden, default=1)
            corners = Path(np.full((2 * most + 2, 2), -i - 1.0))
            color = look.lanes[i % len(look.lanes)]
            patch = PathPatch(corners, facecolor=color, edgecolor="none", linewidth=0, alpha=0.88, zorder=2)
            self.plot.add_patch(patch)
            self.bars.append(self.live(patch))
        y = self.place.height - 1.1 * look.small_size
        small: dict[str, Any] = {"size": look.small_size, "color": look.muted, "va": "center"}
        words = first_that_fits(
            ("needed most|better without", "needed|harmful", "needed|"), rows.width, look.small_size
        )
        needed, harmful = words.split("|")
        self.add_text(rows.left, y, needed, **small)
        self.add_text(rows.left + rows.width, y, harmful, ha="right", **small)
        known = [i for i, shown in enumerate(self.turns.shown) if shown is not None]
        if known:
            self._set_limits()
        for i in known:
            self._show(i, models[i])

    def draw(self, snapshot: Snapshot) -> None:
        """Remove a few more units; show every lane whose units have all been removed once."""
        if not self.depth:
            return
        done = self.turns.draw(snapshot.models)
        self.behind = self.turns.behind
        if done and self._set_limits():
            done = [i for i, shown in enumerate(self.turns.shown) if shown is not None]
        for i in done:
            self._show(i, snapshot.models[i])

    def targets(self) -> Sequence[tuple[float, float]]:
        """Points that lie on a bar."""
        points = super().targets()
        return [point for point in points if self.pointer("move", *point).hint]

    def pointer(self, kind: PointerKind, x: float, y: float) -> Answer:
        """A click: the next hidden layer. A pointer that rests on a bar is told which unit that is."""
        if kind == "leave" or not self.depth:
            return NOTHING
        if kind == "click" and self.depth > 1:
            self.layer = (self.layer + 1) % self.depth
            self.turns.forget()
            self._say_layer()
            return Answer(redraw=True)
        return Answer(hint=self._unit_at(x, y))

    def _unit_at(self, x: float, y: float) -> str:
        rows = self.rows
        lane, share = int((y - rows.top) // rows.pitch), (x - rows.left) / rows.width
        if not (0 <= lane < len(self.lost) and 0 <= share < 1 and len(self.lost[lane])):
            return ""
        order = np.argsort(-self.lost[lane], kind="stable")
        unit = int(order[int(share * len(order))])
        value = signed(self.lost[lane][unit], 2)
        what = f"loss {value}" if self.regression else f"accuracy lost: {value} points"
        return f"{self.lanes[lane].name}, layer {self.layer + 1}, unit {unit + 1}\n{what}"

    # -- measuring

    def _measure(self, i: int, model: ModelSnapshot) -> Iterator[None]:
        """Remove the units of lane `i` one at a time, some per piece."""
        hidden = model.config.hidden
        if self.layer >= len(hidden) or model.state == "diverged":
            self.lost[i] = np.zeros(0)
            return
        X, y = model.split.X_val, model.split.y_val
        after = sum(W.size for W in model.weights[self.layer + 1 :]) + 600
        few = max(1, int(WORK / (after * len(X))))
        pieces: list[Values] = []
        for first in range(0, hidden[self.layer], few):
            if first:
                yield
            units = range(first, min(first + few, hidden[self.layer]))
            found = lesions(model, X, y, {self.layer: units})
            if self.regression:
                pieces.append(found.loss[self.layer] - found.full_loss)
            else:
                pieces.append(100 * (found.full_accuracy - found.accuracy[self.layer]))
        self.lost[i] = np.concatenate(pieces)

    # -- showing

    def _say_layer(self) -> None:
        layer = f"hidden layer {self.layer + 1}" + (f" of {self.depth} (click: next)" if self.depth > 1 else "")
        texts = [f"in validation, for each unit of {layer}", f"each unit of {layer}", layer]
        self.subtitle.set_text(first_that_fits(texts, self.place.width, self.look.small_size))

    def _set_limits(self) -> bool:
        """The range of all rows: a nice one that holds every bar, and changes only when it must."""
        known = [lost for lost, shown in zip(self.lost, self.turns.shown, strict=True) if shown and len(lost)]
        worst = max((float(lost.max()) for lost in known), default=0.0)
        least = 0.01 if self.regression else 0.5
        high = self._high
        if not high or worst > high or worst < 0.4 * high:
            high = nice_above(max(1.05 * worst, least), STEPS)
        gain = max((-float(lost.min()) for lost in known), default=0.0)
        low = self._low
        if gain > low or gain < 0.3 * low:
            low = 1.15 * gain
        if (high, low) == (self._high, self._low):
            return False
        self._high, self._low = high, low
        bases = [self._y(i, 0.0) for i in range(len(self.lost))]
        tops = [self._y(i, high) for i in range(len(self.lost))]
        y = [
            value
            for pair in zip(bases, tops, strict=True)
            for value in (pair[0], pair[0], np.nan, pair[1], pair[1], np.nan)
        ]
        self.lines.set_data([0, 1, np.nan] * (2 * len(bases)), y)
        rows = self.rows
        self.move(self.scale, rows.left + rows.width, rows.top - 2)
        unit = f"+{high:g}" if self.regression else f"{high:g} point{'s' if high != 1 else ''}"
        self.scale.set_text(unit)
        return True

    def _show(self, i: int, model: ModelSnapshot) -> None:
        lost = -np.sort(-self.lost[i], kind="stable")
        corners: Any = self.bars[i].get_path().vertices
        corners[:] = 1.0, self._y(i, 0.0)
        if len(lost):
            corners[: 2 * len(lost) + 2, 0] = np.repeat(np.linspace(0, 1, len(lost) + 1), 2)
            corners[1 : 2 * len(lost) + 1, 1] = np.repeat(self._y(i, lost), 2)
        self.bars[i].stale = True
        numbers = (
            [f"{value:.2f}" if self.regression else f"{value:.1f}" for value in (lost.max(), lost.mean())]
            if len(lost)
            else ["–", "–"]
        )
        strength = self.lanes[i].strength(model.config)
        self.rows.say(i, strength, *(number.replace("-", "−") for number in numbers))

    def _y(self, i: int, lost: Any) -> Any:
        """Where a value stands in row `i`: the full height of a row is that from −low to high."""
        return -i - 1 + 0.06 + 0.88 * (lost + self._low) / (self._high + self._low)
