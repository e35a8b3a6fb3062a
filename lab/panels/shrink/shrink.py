"""One step of the penalty, with the step sizes of the moment: before → after, beside the line that the formula says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.text import Text
from numpy.typing import NDArray

from regviz.language import en, ntr, tr
from regviz.probes import step_sizes
from regviz.training.snapshot import ModelSnapshot, Snapshot

from ...look.lettering import width_of
from ...look.numbers import MINUS, decimals, number, scientific, significant
from ..parts.artists import set_line
from ..parts.cells import Cell, Margins
from ..parts.pages import PenaltyPanel
from ..parts.penalties import Terms
from ..parts.scales import holding, rescaled, ticks_around_zero
from .shrinking import after_steps, corners, evened, map_of, steps_to_see, straight

DOTS = 400
"""Weights shown per lane at most, evenly picked."""

EVERY = 10
"""Epochs after which Adam's step sizes are asked for again while training goes on."""

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
    size: int = 1
    """Weights of a group, if a penalty acts on groups."""
    seen: Any = None


class ShrinkPanel(PenaltyPanel):
    """A square per lane with a penalty: its weights as dots, the formula as a line, no change as a grey diagonal."""

    name: ClassVar[str] = "shrink"
    menu_title: ClassVar[str] = en("How weights shrink")
    drawing: ClassVar[str] = (
        '<path d="M12 30L36 2" opacity=".4"/>'
        '<path d="M4 27L18 16H30L44 5"/>'
        '<path d="M11 21.5v0M24 16v0M37 10.5v0" stroke-width="4.5"/>'
    )

    def build(self, snapshot: Snapshot) -> None:
        """Make a square per lane, with its name and its η and λ above."""
        look = self.look
        self.subtitle = self.live(self.add_header(tr("One penalty step, by itself")))
        self._line = 1.42 * look.label_size
        self._left = 1.35 * look.small_size + width_of("−0.00", look.small_size) + 6
        margins = Margins(2 * self._line, self._left, 1.7 * look.small_size)
        self.arrange(snapshot, margins, (128 * look.scale, 84 * look.scale))
        self._limit = 0.0
        self._moments: list[Any] = []
        self.plots = [self._plot(cell) for cell in self.cells]
        if not self.cells:
            self.stand_empty(tr("no lane has a penalty: nothing pulls weights towards 0"), tr("no lane has a penalty"))

    def draw(self, snapshot: Snapshot) -> None:
        """Move the dots of lanes that have trained on; ask for step sizes anew for one lane at a time."""
        lanes = self.on_page()
        if not lanes:
            return
        models = [snapshot.models[i] for i in lanes]
        moments = [model.moment for model in models]
        stands, self._moments = moments == self._moments, moments
        rescaled = self._set_limit(models)
        waiting = 0
        for plot, i, model in zip(self.plots, lanes, models, strict=True):
            self._color(plot, i)
            if _due(plot, i, model, stands=stands):
                if plot.eta is not None and waiting and plot.lane == i:
                    waiting += 1
                    continue
                waiting += 1
                plot.asked = i, *model.moment
                plot.eta = np.concatenate(
                    [eta.ravel() for eta in step_sizes(model, model.split.X_train, model.split.y_train)]
                )
                plot.seen = None
            seen = model.moment
            if seen != plot.seen or rescaled:
                plot.seen = seen
                self._show(plot, model)
        self.behind = any(plot.asked != (i, *m.moment) for plot, i, m in zip(self.plots, lanes, models, strict=True))
        texts = [tr("weight before → after; grey diagonal: no change"), tr("before → after; grey: no change")]
        rule = models[0].optimizer
        if rule.adaptive:
            texts.insert(
                0, tr("weight before → after; grey: no change; {title}: a step size η per weight", title=tr(rule.title))
            )
            texts.insert(1, tr("grey: no change; {title}: a step size η per weight", title=tr(rule.title)))
        if self.pages > 1:
            texts = [
                f"{texts[-2]}; {self.paging()}",
                tr("grey: no change; {paging}", paging=self.paging()),
                self.paging(),
            ]
        self.say(*texts)

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
        self.add_note(right, base + 5 * look.scale, tr("before"), ha="right", va="top")
        if cell.left <= self._left + 1:
            self.add_note(0, cell.top + 0.5 * height, tr("after"), va="center", rotation=90)
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
        flat, terms = _flat(model), Terms.of(model, None)
        eta = self._typical(plot.eta, np.abs(flat))
        plot.size = _group_size(model, terms)
        plot.steps = steps_to_see(self._limit / 2, eta, terms, plot.steps, plot.size)
        plot.dots.set_data(*_dots(model, plot.eta, plot.steps))
        set_line(plot.line, *corners(self._limit, eta, terms, plot.steps, plot.size))
        self._say(plot, model, eta, terms)

    def _typical(self, eta: NDArray[Any], size: NDArray[Any]) -> float:
        """The median step size of weights that one can tell from 0 in the picture.

        Adam's are huge where the data do not pull, and there most weights are 0: all together would say little.
        """
        for least in (0.1 * self._limit, 0.0):
            if (size > least).any():
                return float(np.median(eta[size > least]))
        return float(np.median(eta))

    def _say(self, plot: _Plot, model: ModelSnapshot, eta: float, terms: Terms) -> None:
        cell, rule = plot.cell, model.optimizer
        plot.name.set_text(self.lane_label(plot.lane, model, cell.width))
        lam = ", ".join(f"λ {value:g}" for value in dict.fromkeys(terms.lams.values())) or "λ 0"
        size = scientific(eta)
        facts = [f"η {size}, {lam}"]
        if rule.adaptive:
            facts = [
                tr("{title}: η per weight, median {size}, {lam}", title=tr(rule.title), size=size, lam=lam),
                tr("median η {size}, {lam}", size=size, lam=lam),
            ]
            facts.append(f"η ≈ {size}, {lam}")
        plot.facts.set_text(self.fitting(facts, cell.width))
        pulls, more = bool(terms.lams), plot.steps > 1
        room = min(cell.width, 1.35 * cell.height) - 14

        def does(steps: int) -> str:
            said = effects(eta, terms, steps, plot.size)
            if said:
                return self.fitting(said, room)
            at = self._limit / 2
            return move(at, float(map_of(np.array([at]), eta, terms, steps, plot.size)[0]))

        plot.count.set_text(ntr("1 step", "{n} steps", plot.steps if more else 1) if pulls else tr("λ is 0"))
        plot.effect.set_text(does(plot.steps) if pulls else tr("nothing moves"))
        plot.one.set_text(ntr("1 step", "{n} steps", 1) if more else "")
        plot.once.set_text(does(1) if more else "")


def move(before: float, after: float) -> str:
    """Return where steps without a simple formula take a weight, or by how much if that cannot be told apart."""
    if abs(after - before) >= 0.01 * abs(before):
        digits = decimals(before)
        return f"{number(before, digits)} → {number(after, digits)}"
    return f"{significant(abs(before))} {MINUS if after <= before else '+'} {significant(abs(after - before))}"


def effects(eta: float, terms: Terms, steps: int, size: int = 1) -> tuple[str, ...]:
    """Return what `steps` do to a weight, longest first: the slope, what is then taken off (at most to 0), or both.

    Nothing if a step is no line. Of a group, all weights are taken to be alike.
    """
    line = straight(*evened(terms, size), eta)
    if line is None:
        return ()
    a, drop = float(line.slope), float(line.drop)
    slope = a if steps == 1 else max(0.0, a) ** steps
    off = drop * (steps if a == 1 else (1 - slope) / (1 - a))
    digits = 2 if slope <= 0.9 else min(8, 1 + int(np.ceil(-np.log10(max(1 - slope, 1e-9)))))
    words = [tr("slope {slope}", slope=number(slope, digits))] * (a != 1) + [
        tr("threshold {off}", off=significant(off))
    ] * (off > 0)
    short = f"×{number(slope, digits)} {MINUS} {significant(off)}"
    return (", ".join(words), *([short] if len(words) > 1 else []))


def _due(plot: _Plot, i: int, model: ModelSnapshot, *, stands: bool) -> bool:
    """Whether step sizes are to be asked for again: at every tenth epoch, or of the last step when training stands
    still.
    """
    if plot.asked is None or stands:
        return bool(plot.asked != (i, *model.moment))
    lane, _, epoch, *others = plot.asked
    _, _, *now = model.moment
    return bool(lane != i or epoch // EVERY != model.epoch // EVERY or others != now)


def _flat(model: ModelSnapshot) -> NDArray[Any]:
    return np.concatenate([W.ravel() for W in model.weights])


def _group_size(model: ModelSnapshot, terms: Terms) -> int:
    """How many weights a group of the first layer has: those that leave an input, or that enter a unit."""
    inputs, units = model.weights[0].shape
    return next((units if member.groups == "inputs" else inputs for member, _ in terms.members if member.groups), 1)


def _dots(model: ModelSnapshot, eta: NDArray[Any], steps: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """About DOTS weights before and after the steps, evenly picked; where groups matter, whole groups."""
    every, start = -(-len(eta) // DOTS), 0
    before, after = [], []
    for layer, W in enumerate(model.weights):
        terms, etas = Terms.of(model, layer), eta[start : start + W.size].reshape(W.shape)
        groups = {member.groups for member, _ in terms.members}
        if "units" in groups:
            picked, its = (part if "inputs" in groups else part[:, ::every] for part in (W, etas))
        elif "inputs" in groups:
            picked, its = W[::every], etas[::every]
        else:
            picked, its = W.ravel()[-start % every :: every], etas.ravel()[-start % every :: every]
        start += W.size
        before.append(picked.ravel())
        alike = its.size and (its == its.flat[0]).all()
        after.append(after_steps(picked, its.flat[0] if alike else its, terms, steps).ravel())
    return np.concatenate(before), np.concatenate(after)
