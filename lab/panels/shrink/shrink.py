"""What the penalty alone does: before → after, beside the line that the formula says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.text import Text
from numpy.typing import NDArray

from regviz.probes import step_sizes
from regviz.training.snapshot import ModelSnapshot, Snapshot

from ...look.lettering import width_of
from ...look.numbers import MINUS, decimals, number, significant
from ..parts.artists import set_line
from ..parts.cells import Cell, Margins
from ..parts.pages import PenaltyPanel
from ..parts.penalties import Terms, strength, strengths
from ..parts.scales import holding, rescaled, ticks_around_zero
from .shrinking import after_steps, corners, steps_to_see

DOTS = 400
"""Weights shown per lane at most, evenly picked."""

EVERY = 10
"""Epochs after which Adam's step sizes are asked for again."""

WITHIN = 0.985
"""Share of a lane's weights that the axes hold."""


@dataclass(slots=True)
class _Plot:
    """A cell, its artists, and the step sizes it has asked for."""

    cell: Cell
    axes: Axes
    line: Line2D
    dots: Line2D
    name: Text
    facts: Text
    count: Text
    effect: Text
    one: Text
    once: Text
    lane: int = -1
    steps: int = 1
    asked: Any = None
    eta: NDArray[Any] | None = None
    """η of every weight (P,), flat as the layers come."""
    seen: Any = None


class ShrinkPanel(PenaltyPanel):
    """A square per lane with a penalty: its weights as dots, the formula as a line, no change as a grey diagonal."""

    name: ClassVar[str] = "shrink"

    def build(self, snapshot: Snapshot) -> None:
        """A square per lane, with its name and its η and λ above."""
        look = self.look
        self.subtitle = self.live(self.add_header("What the penalty alone does"))
        self._line = 1.42 * look.label_size
        self._left = 1.35 * look.small_size + width_of("−0.00", look.small_size) + 6
        margins = Margins(2 * self._line, self._left, 1.7 * look.small_size)
        self.arrange(snapshot, margins, (128 * look.scale, 84 * look.scale))
        self._limit = 0.0
        self.plots = [self._plot(cell) for cell in self.cells]
        if not self.cells:
            self.stand_empty("no lane has a penalty: nothing pulls weights towards 0", "no lane has a penalty")

    def draw(self, snapshot: Snapshot) -> None:
        """Move the dots of lanes that have trained on; ask for step sizes anew for one lane at a time."""
        lanes = self.on_page()
        if not lanes:
            return
        models = [snapshot.models[i] for i in lanes]
        rescaled = self._set_limit(models)
        waiting = 0
        for plot, i, model in zip(self.plots, lanes, models, strict=True):
            self._color(plot, i)
            asked = (i, model.epoch // EVERY, model.config, model.state)
            if asked != plot.asked:
                if plot.eta is not None and waiting and plot.lane == i:
                    waiting += 1
                    continue
                waiting += 1
                plot.asked = asked
                plot.eta = np.concatenate(
                    [eta.ravel() for eta in step_sizes(model, model.split.X_train, model.split.y_train)]
                )
                plot.seen = None
            seen = (model.step, model.epoch, model.state)
            if seen != plot.seen or rescaled:
                plot.seen = seen
                self._show(plot, model)
        self.behind = any(
            plot.asked != (i, m.epoch // EVERY, m.config, m.state)
            for plot, i, m in zip(self.plots, lanes, models, strict=True)
        )
        texts = ["weight before → after; grey diagonal: no change", "before → after; grey: no change"]
        if models[0].config.optimizer in ("adam", "adamw"):
            texts.insert(0, "weight before → after; grey: no change; Adam: a step size η per weight")
            texts.insert(1, "grey: no change; Adam: a step size η per weight")
        if self.pages > 1:
            texts = [f"{texts[-2]}; {self.paging()}", f"grey: no change; {self.paging()}", self.paging()]
        self.subtitle.set_text(self.fitting(texts))

    def _plot(self, cell: Cell) -> _Plot:
        look, small = self.look, self.look.small_size
        width, height = min(cell.width, 1.35 * cell.height), min(cell.height, 1.3 * cell.width)
        axes = self.add_field(cell.left, cell.top, width, height, (-1, 1), (-1, 1), surface=True)
        axes.axhline(0, color=look.grid, linewidth=1, zorder=0.5)
        axes.axvline(0, color=look.grid, linewidth=1, zorder=0.5)
        axes.plot([-1e9, 1e9], [-1e9, 1e9], color=look.muted, linewidth=1.2, alpha=0.8, zorder=1)
        dot: dict[str, Any] = {"linestyle": "none", "marker": "o", "markersize": 3.6, "markeredgewidth": 0}
        dots = self.add_line(axes, look.text, alpha=0.55, zorder=2, **dot)
        line = self.add_line(axes, look.text, linewidth=1.5, zorder=3)
        right, base = cell.left + width, cell.top + height
        self.add_note(right, base + 5 * look.scale, "before", ha="right", va="top")
        if cell.left <= self._left + 1:
            self.add_note(0, cell.top + 0.5 * height, "after", va="center", rotation=90)
        texts = [
            self.add_text(cell.left, cell.top - 1.25 * self._line, "", weight="bold"),
            self.add_note(cell.left, cell.top - 0.4 * small),
            self.add_note(cell.left + 7, cell.top + 6, color=look.text, va="top"),
            self.add_note(cell.left + 7, cell.top + 6 + 1.3 * small, va="top"),
            self.add_note(right - 7, base - 6 - 1.3 * small, color=look.text, ha="right"),
            self.add_note(right - 7, base - 6, ha="right"),
        ]
        name, facts, count, effect, one, once = (self.live(text) for text in texts)
        return _Plot(cell, axes, line, dots, name, facts, count, effect, one, once)

    def _color(self, plot: _Plot, lane: int) -> None:
        if plot.lane == lane:
            return
        plot.lane, plot.asked, plot.seen, plot.steps = lane, None, None, 1
        color = self.look.lane(lane)
        plot.dots.set_color(color)
        plot.name.set_color(color)

    def _set_limit(self, models: list[ModelSnapshot]) -> bool:
        """One scale for all squares; it moves in steps."""
        needed = max(holding(_flat(model), WITHIN) for model in models)
        limit = rescaled(needed, self._limit)
        if limit == self._limit:
            return False
        self._limit = limit
        ticks, names = ticks_around_zero(limit)
        for plot in self.plots:
            plot.axes.set(xlim=(-limit, limit), ylim=(-limit, limit))
            plot.axes.set_xticks([0], ["0"])
            plot.axes.set_yticks(ticks, names if plot.cell.left <= self._left + 1 else [""] * 3)
        return True

    def _show(self, plot: _Plot, model: ModelSnapshot) -> None:
        assert plot.eta is not None
        flat, terms, proximal = _flat(model), Terms.of(model), model.config.penalty_rule == "proximal"
        l1, l2, own = strength(model, "l1"), strength(model, "l2"), terms.own_slope if terms.own else None
        eta = self._typical(plot.eta, np.abs(flat))
        plot.steps = steps_to_see(self._limit / 2, eta, l1, l2, proximal, plot.steps, own)
        picked = np.arange(0, len(flat), -(-len(flat) // DOTS))
        lam1, lam2 = (_spread(model, name)[picked] for name in ("l1", "l2"))
        before, etas = np.asarray(flat[picked], np.float64), plot.eta[picked]
        plot.dots.set_data(before, after_steps(before, etas, lam1, lam2, proximal, plot.steps, own))
        set_line(plot.line, *corners(self._limit, eta, l1, l2, proximal, plot.steps, own))
        self._say(plot, model, eta, l1, l2, terms)

    def _typical(self, eta: NDArray[Any], size: NDArray[Any]) -> float:
        """The median step size of weights that one can tell from 0 in the picture.

        Adam's are huge where the data do not pull, and there most weights are 0: all together would say little.
        """
        for least in (0.1 * self._limit, 0.0):
            if (size > least).any():
                return float(np.median(eta[size > least]))
        return float(np.median(eta))

    def _say(self, plot: _Plot, model: ModelSnapshot, eta: float, l1: float, l2: float, terms: Terms) -> None:
        cell = plot.cell
        plot.name.set_text(self.lane_label(plot.lane, model, cell.width))
        adaptive = model.config.optimizer in ("adam", "adamw")
        lam = ", ".join(f"λ {value:g}" for value in dict.fromkeys((l1, l2, terms.own)) if value) or "λ 0"
        facts = [f"η {eta:.2g}, {lam}"]
        if adaptive:
            facts = [
                f"Adam: η per weight, median {eta:.2g}, {lam}",
                f"median η {eta:.2g}, {lam}",
                f"η ≈ {eta:.2g}, {lam}",
            ]
        plot.facts.set_text(self.fitting(facts, cell.width))
        pulls, more = bool(l1 or l2 or terms.own), plot.steps > 1
        proximal = model.config.penalty_rule == "proximal"

        def does(steps: int) -> str:
            if not terms.own:
                room = min(cell.width, 1.35 * cell.height) - 14
                said = [effect(eta, l1, l2, steps)]
                if l1 and l2:
                    said.append(effect(eta, l1, l2, steps, short=True))
                return self.fitting(said, room)
            at = self._limit / 2
            if steps == 1:
                return move(at, float(after_steps(np.array([at]), eta, l1, l2, proximal, 1, terms.own_slope)[0]))
            x, y = (np.asarray(values, float) for values in plot.line.get_data())
            return move(at, float(np.interp(at, x, y)))

        plot.count.set_text(("1 step" if not more else f"{plot.steps:,} steps") if pulls else "λ is 0")
        plot.effect.set_text(does(plot.steps) if pulls else "nothing moves")
        plot.one.set_text("1 step" if more else "")
        plot.once.set_text(does(1) if more else "")


def move(before: float, after: float) -> str:
    """Where steps without a simple formula take a weight, or by how much if that cannot be told apart."""
    if abs(after - before) >= 0.01 * abs(before):
        digits = decimals(before)
        return f"{number(before, digits)} → {number(after, digits)}"
    return f"{significant(abs(before))} {MINUS if after <= before else '+'} {significant(abs(after - before))}"


def effect(eta: float, l1: float, l2: float, steps: int, short: bool = False) -> str:
    """What `steps` do to a weight: the slope, what is then taken off (at most to 0), or both in this order."""
    slope = 1 - 2 * eta * l2 if steps == 1 else max(0.0, 1 - 2 * eta * l2) ** steps
    off = eta * l1 * (steps if slope == 1 or not l2 else (1 - slope) / (2 * eta * l2))
    digits = 2 if slope <= 0.9 else min(8, 1 + int(np.ceil(-np.log10(max(1 - slope, 1e-9)))))
    if short:
        return f"×{slope:.{digits}f} {MINUS} {significant(off)}"
    words = [f"slope {number(slope, digits)}"] * (l2 > 0) + [f"threshold {significant(off)}"] * (l1 > 0)
    return ", ".join(words)


def _flat(model: ModelSnapshot) -> NDArray[Any]:
    return np.concatenate([W.ravel() for W in model.weights])


def _spread(model: ModelSnapshot, name: str) -> NDArray[Any]:
    """λ of every weight, flat as the layers come."""
    lams = strengths(model, name)
    return np.concatenate([np.full(W.size, lam) for lam, W in zip(lams, model.weights, strict=True)])
