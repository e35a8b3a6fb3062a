"""What training minimizes, in its parts: the data loss, the penalty on top of it, and the total they add up to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Polygon
from matplotlib.text import Text

from regviz.language import en, tr
from regviz.optim.penalties import PENALTIES
from regviz.probes import penalty_value
from regviz.training.snapshot import ModelSnapshot, Snapshot

from ..look.lettering import width_of
from ..look.numbers import number, summed
from .parts.artists import NOWHERE, set_line
from .parts.cells import Cell, Margins
from .parts.curves import Series, epoch_limit, loss_limit, room_for_ticks, within
from .parts.labels import first_that_fits, spread
from .parts.pages import PenaltyPanel
from .parts.penalties import formulas, penalties_of
from .parts.scales import fewer, ticks_of

NAMES = (en("total"), en("penalty"), en("data loss"))


@dataclass(slots=True)
class _Plot:
    """A cell and its artists."""

    cell: Cell
    axes: Axes
    data_area: Polygon
    penalty_area: Polygon
    data: Line2D
    total: Line2D
    name: Text
    sum: Text
    labels: list[Text]
    lane: int = -1


class PartsPanel(PenaltyPanel):
    """Stacked areas per lane with a penalty, all on the same scale, and the sum in numbers."""

    name: ClassVar[str] = "parts"
    menu_title: ClassVar[str] = en("Parts of the loss")
    drawing: ClassVar[str] = (
        '<path d="M4 3V29H45" opacity=".4"/>'
        '<path d="M6 4C14 13 24 15 44 15V23C24 23 14 20 6 9z" fill="#000" stroke="none" opacity=".5"/>'
        '<path d="M6 4C14 13 24 15 44 15M6 9C14 20 24 23 44 23"/>'
    )

    def build(self, snapshot: Snapshot) -> None:
        """Make a plot per lane with its name and sum above, and the parts named at the right ends of the curves."""
        look = self.look
        self.subtitle = self.live(self.add_header(tr("Data loss + penalty = total")))
        self._line = 1.45 * look.label_size
        self._words = width_of(tr("data loss"), look.small_size) + 10
        left = room_for_ticks(look)
        margins = Margins(2 * self._line + 0.35 * look.small_size, left, 1.75 * look.small_size)
        self.arrange(snapshot, margins, (self._words + 70 * look.scale, 48 * look.scale))
        self._last = self._most = 0.0
        self.plots = [self._plot(cell) for cell in self.cells]
        if not self.cells:
            self.stand_empty(tr("no lane has a penalty: the total is the data loss"), tr("no lane has a penalty"))

    def draw(self, snapshot: Snapshot) -> None:
        """Set areas, curves and sums, if an epoch has passed since the last call."""
        lanes = self.on_page()
        models = [snapshot.models[i] for i in lanes]
        seen = [(i, m.moment_of_epoch, len(m.history["epoch"])) for i, m in zip(lanes, models, strict=True)]
        if not lanes or self.unchanged(*seen):
            return
        self._set_limits(models)
        named = {name for i, model in zip(lanes, models, strict=True) for name in penalties_of(self.lanes[i], model)}
        what = formulas([member for name, member in PENALTIES.items() if name in named])
        whole = tr("mean data loss, and {what} on top of it", what=what)
        texts = [", ".join(filter(None, [whole, self.paging()]))]
        texts += [tr("training: {what} comes on top", what=what)] if self.pages < 2 else [self.paging()]
        self.say(*texts, tr("penalty on top"))
        for plot, i, model in zip(self.plots, lanes, models, strict=True):
            self._color(plot, i)
            self._show(plot, model)

    def _plot(self, cell: Cell) -> _Plot:
        look, up = self.look, 0.45 * self.look.small_size
        axes = self.add_axes(cell.left, cell.top, cell.width, cell.height)
        axes.grid(axis="y", color=look.grid, linewidth=1, clip_on=False)
        areas = [self.add_patch(axes, Polygon(NOWHERE, linewidth=0, zorder=1.5)) for _ in range(2)]
        style: dict[str, Any] = {"solid_joinstyle": "round", "zorder": 3}
        data, total = (self.add_line(axes, look.text, linewidth=width, **style) for width in (1.4, 2.1))
        x = cell.left
        name = self.live(self.add_text(x, cell.top - up - 1.1 * self._line, "", weight="bold"))
        summed = self.live(self.add_text(x, cell.top - up - 0.1 * self._line, ""))
        labels = [self.live(self.add_note(x, cell.top, va="center")) for _ in NAMES]
        labels[0].set_color(look.text)
        self.add_note(x + cell.width, cell.top + cell.height + 5 * look.scale, tr("epoch"), ha="right", va="top")
        return _Plot(cell, axes, areas[0], areas[1], data, total, name, summed, labels)

    def _color(self, plot: _Plot, lane: int) -> None:
        if plot.lane == lane:
            return
        plot.lane = lane
        color = self.look.lane(lane)
        plot.data_area.set(facecolor=color, alpha=0.22)
        plot.penalty_area.set(facecolor=color, alpha=0.62)
        plot.data.set_color(color)
        plot.name.set_color(color)

    def _set_limits(self, models: Sequence[ModelSnapshot]) -> None:
        """The same for all plots: lanes are compared."""
        last = epoch_limit(max(float(model.history["epoch"][-1]) for model in models), self._last)
        most = loss_limit([_curves(model)[2] for model in models], self._most)
        width = self.cells[0].width
        if last != self._last:
            self._last = last
            ticks, names = fewer(*ticks_of(last), width - self._words, self.look.small_size)
            for plot in self.plots:
                plot.axes.set_xlim(0, last * width / (width - self._words))
                plot.axes.set_xticks(ticks, names)
        if most != self._most:
            self._most = most
            ticks, names = ticks_of(most)
            if len(ticks) * 1.5 * self.look.small_size > self.cells[0].height:
                ticks, names = ticks[::2], names[::2]
            first = min(cell.left for cell in self.cells)
            for plot in self.plots:
                plot.axes.set_ylim(0, most)
                plot.axes.set_yticks(ticks, names if plot.cell.left == first else [""] * len(ticks))

    def _show(self, plot: _Plot, model: ModelSnapshot) -> None:
        epochs, data, total = _curves(model)
        lower, upper = (within(epochs, values, self._most) for values in (data, total))
        set_line(plot.data, *lower)
        set_line(plot.total, *upper)
        floor = np.array([[lower[0][-1], 0.0], [lower[0][0], 0.0]])
        plot.data_area.set_xy(_finite(np.concatenate([np.column_stack(lower), floor])))
        plot.penalty_area.set_xy(_finite(np.concatenate([np.column_stack(upper), np.column_stack(lower)[::-1]])))
        plot.name.set_text(self.lane_label(plot.lane, model, plot.cell.width))
        summed = sums(data[-1], total[-1] - data[-1])
        plot.sum.set_text(first_that_fits(summed, plot.cell.width, self.look.label_size))
        self._set_labels(plot, float(epochs[-1]), float(data[-1]), float(total[-1]))

    def _set_labels(self, plot: _Plot, end: float, data: float, total: float) -> None:
        """Name the total at its curve, and each part in the middle of its area."""
        cell, line = plot.cell, 1.12 * self.look.small_size
        heights = np.nan_to_num(np.array([total, (data + total) / 2, data / 2]), nan=0.0, posinf=self._most)
        wanted = cell.top + cell.height * (1 - np.clip(heights / self._most, 0, 1))
        places = spread(wanted.tolist(), line, cell.top, cell.top + cell.height - 0.4 * line)
        x = cell.left + (cell.width - self._words) * min(end / self._last, 1) + 6
        for text, name, y in zip(plot.labels, map(tr, NAMES), np.round(places, 1).tolist(), strict=True):
            self.move(text, x, y)
            text.set_text(name)


def sums(data: float, penalty: float) -> tuple[str, ...]:
    """Return data loss + penalty = total in words and numbers, longest first.

    The total is the sum of the two numbers as they are shown, so that what a person adds up is right. Where they have
    many decimals and no room, it is left to the person.
    """
    if not np.isfinite(data + penalty):
        return (tr("diverged"),)
    if abs(data + penalty) >= 1e5:
        return (f"{number(data)} + {number(penalty)}",)
    few = 1 if data + penalty >= 10 else 2
    (a, b), total = summed((data, penalty), 3 if few == 2 else 1)
    (c, d), short = summed((data, penalty), few)
    texts = (
        tr("{data} data + {penalty} penalty = {total}", data=a, penalty=b, total=total),
        f"{a} + {b} = {total}",
        f"{c} + {d} = {short}",
    )
    return texts if len(d) <= 4 else (*texts, f"{number(data)} + {number(penalty)}")


def _curves(model: ModelSnapshot) -> tuple[Series, Series, Series]:
    """Epochs, data loss, and the total; a turn of λ since the newest epoch ended moves its end at once."""
    epochs, data, penalty = (np.asarray(model.history[name], float) for name in ("epoch", "train_loss", "penalty"))
    if any(turn.epoch >= epochs[-1] and turn.field in PENALTIES for turn in model.turns):
        epochs = np.append(epochs, epochs[-1])
        data = np.append(data, model.now("train_loss"))
        penalty = np.append(penalty, penalty_value(model))
    total: Series = data + penalty
    return epochs, data, total


def _finite(corners: Any) -> Any:
    kept = corners[np.isfinite(corners).all(axis=1)]
    return kept if len(kept) > 2 else NOWHERE
