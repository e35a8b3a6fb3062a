"""What a network loses without one of its units: bars of every unit of a hidden layer, one row per lane."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

import numpy as np

from regviz.arrays import Floats
from regviz.language import en, ntr, tr
from regviz.probes import ablate
from regviz.training.snapshot import ModelSnapshot, Snapshot

from ..compare.scene import NOTHING, Answer, PointerKind
from ..look.numbers import MINUS, WIDEST, fixed, signed
from .parts.artists import raise_steps, staircase, steps_of
from .parts.measuring import MeasuredPanel
from .parts.rows import Rows
from .parts.scales import COARSE, rescaled

WORK = 12_000_000
"""Multiplications in one piece of work: a few milliseconds."""


class AblationPanel(MeasuredPanel):
    """Every unit of one hidden layer removed alone: validation accuracy lost, sorted, on one scale for all lanes.

    A regression shows the validation loss added. A click moves on to the next hidden layer.
    """

    name: ClassVar[str] = "ablation"
    menu_title: ClassVar[str] = en("Units removed one by one")
    drawing: ClassVar[str] = (
        '<path d="M4 29H45" opacity=".4"/>'
        '<path d="M8 26V5M14 26V9M20 26V15M26 26V19M32 26V22M38 26V24" stroke-width="4" stroke-linecap="butt"/>'
    )
    listens: ClassVar[bool] = True
    layer: int = 0
    """The hidden layer whose units are removed; the first is 0."""

    def build(self, snapshot: Snapshot) -> None:
        """Make a row per lane: a staircase of bars, and their largest and mean as numbers."""
        look, models = self.look, snapshot.models
        self.regression = models[0].split.task == "regression"
        self.depth = max(len(model.config.hidden) for model in models)
        self.layer = min(self.layer, max(0, self.depth - 1))
        self.empty = not self.depth
        title = tr("Loss added without one unit") if self.regression else tr("Accuracy lost without one unit")
        self.subtitle = self.live(self.add_header(title))
        if self.empty:
            self.stand_empty(tr("a linear model has no hidden unit to remove"))
            return
        self.resume(models, np.zeros(0))
        self._high = self._low = 0.0
        self._say_layer()
        widest = f"{MINUS}{WIDEST}" if self.regression else f"{MINUS}100.0"
        rows = self.rows = Rows(self, snapshot, (tr("worst"), tr("mean")), widest, 1.7 * look.small_size)
        self.plot = self.add_field(rows.left, rows.top, rows.width, rows.height, y=(-len(models), 0))
        self.lines = self.add_line(self.plot, look.grid, linewidth=1, zorder=1, clip_on=False)
        self.scale = self.live(self.add_note(0, 0, ha="right", va="bottom"))
        self.bars = []
        for i, model in enumerate(models):
            edges = np.ones(max(model.config.hidden, default=1) + 1)
            self.bars.append(self.add_patch(self.plot, staircase(edges, -i - 1, facecolor=look.lane(i))))
        self._name_ends()
        self.begin(snapshot)

    def _name_ends(self) -> None:
        """What stands at the left and the right of a row."""
        rows, y = self.rows, self.place.height - 1.1 * self.look.small_size
        words = tr("needed most|better without"), tr("needed|harmful"), tr("most|least")
        needed, harmful = self.fitting((*words, "|"), rows.width).split("|")
        self.ends = (
            self.add_note(rows.left, y, needed, va="center"),
            self.add_note(rows.left + rows.width, y, harmful, ha="right", va="center"),
        )

    def targets(self) -> Sequence[tuple[float, float]]:
        """Return points that lie on a bar."""
        return [point for point in super().targets() if self.pointer("move", *point).hint]

    def pointer(self, kind: PointerKind, x: float, y: float) -> Answer:
        """Go to the next hidden layer at a click. A pointer that rests on a bar is told which unit that is."""
        if kind == "leave" or self.empty:
            return NOTHING
        if kind == "click" and self.depth > 1:
            self.layer = (self.layer + 1) % self.depth
            self.measuring.forget()
            self._say_layer()
            return Answer(redraw=True)
        return Answer(hint=self._unit_at(x, y))

    def _unit_at(self, x: float, y: float) -> str:
        rows = self.rows
        lane, share = int((y - rows.top) // rows.pitch), (x - rows.left) / rows.width
        if not (lane in self.measuring.known and 0 <= share < 1 and len(self.found[lane])):
            return ""  # of a layer that was clicked at, nothing is known yet
        order = np.argsort(-self.found[lane], kind="stable")
        unit = int(order[int(share * len(order))])
        value = signed(self.found[lane][unit], sign=True)
        what = tr("loss {value}", value=value) if self.regression else tr("accuracy lost: {value} points", value=value)
        name, layer = self.lanes[lane].name, self.layer + 1
        return tr("{name}, layer {layer}, unit {unit}\n{what}", name=name, layer=layer, unit=unit + 1, what=what)

    # -- measuring

    def measure(self, i: int, model: ModelSnapshot) -> Iterator[None]:
        """Yield what each unit's removal costs lane `i`, in points of accuracy or loss; some units per piece."""
        hidden = model.config.hidden
        if self.layer >= len(hidden) or model.state == "diverged":
            self.found[i] = np.zeros(0)
            return
        X, y = model.split.X_val, model.split.y_val
        after = sum(W.size for W in model.weights[self.layer + 1 :]) + 600
        few = max(1, int(WORK / (after * len(X))))
        pieces: list[Floats] = []
        for first in range(0, hidden[self.layer], few):
            if first:
                yield
            units = range(first, min(first + few, hidden[self.layer]))
            found = ablate(model, X, y, {self.layer: units})
            if self.regression:
                pieces.append(found.loss[self.layer] - found.full_loss)
            else:
                pieces.append(100 * (found.full_score - found.score[self.layer]))
        self.found[i] = np.concatenate(pieces)

    # -- showing

    def _say_layer(self) -> None:
        layer = tr("hidden layer {layer}", layer=self.layer + 1)
        if self.depth > 1:
            layer = tr("hidden layer {layer} of {depth} (click: next)", layer=self.layer + 1, depth=self.depth)
        texts = [
            tr("in validation, for each unit of {layer}", layer=layer),
            tr("each unit of {layer}", layer=layer),
            layer,
        ]
        self.say(*texts)

    def set_limits(self) -> bool:
        """Set the range of all rows: a round one that holds every bar, and changes only when it must."""
        known = [self.found[i] for i in self.measuring.known if len(self.found[i])]
        if not self.measuring.known:
            return False
        worst = max((float(lost.max()) for lost in known), default=0.0)
        gain = max((-float(lost.min()) for lost in known), default=0.0)
        least = 0.01 if self.regression else 0.5
        high = rescaled(max(worst, least / 2), self._high, COARSE, share=0.4, least=least)
        low = self._low if 0.3 * self._low <= gain <= self._low else 1.15 * gain
        if (high, low) == (self._high, self._low):
            return False
        self._high, self._low = high, low
        ends = [self._y(i, value) for value in (0.0, high) for i in range(len(self.found))]
        self.lines.set_data([0, 1, np.nan] * len(ends), [y for end in ends for y in (end, end, np.nan)])
        rows = self.rows
        self.move(self.scale, rows.left + rows.width, rows.top - 2)
        self.scale.set_text(
            f"+{high:g}" if self.regression else ntr("{n} point", "{n} points", 1 if high == 1 else 2, n=f"{high:g}")
        )
        return True

    def show(self, i: int, model: ModelSnapshot) -> None:
        """Show the bars of lane `i`, the unit that is needed most first, and their numbers."""
        lost = -np.sort(-self.found[i], kind="stable")
        steps = steps_of(self.bars[i])
        tops, edges = np.full(steps, self._y(i, 0.0)), np.ones(steps + 1)
        tops[: len(lost)] = self._y(i, lost)
        edges[: len(lost) + 1] = np.linspace(0, 1, len(lost) + 1) if len(lost) else 1.0
        raise_steps(self.bars[i], tops, edges, foot=self._y(i, 0.0))
        found = (float(lost.max()), float(lost.mean())) if len(lost) else (np.nan, np.nan)
        numbers = [signed(value) if self.regression else fixed(value, 1) for value in found]
        self.rows.say(i, self.lanes[i].strength(model.config), *numbers)

    def _y(self, i: int, lost: Any) -> Any:
        """Where a value stands in row `i`: the full height of a row is that from −low to high."""
        return -i - 1 + 0.06 + 0.88 * (lost + self._low) / (self._high + self._low)
