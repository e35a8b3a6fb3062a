"""Every lane as a row: its validation loss as a bar, and what it costs and brings in numbers. Best on top."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from regviz.training.snapshot import ModelSnapshot, Snapshot

from ..page.report import number, percent
from .parts.base import Panel
from .parts.cells import set_line, set_text
from .parts.curves import LOSS_STEPS
from .parts.labels import column_for, first_that_fits, keep_order, nice_above, shorten, width_of

SLACK = 0.02
"""Two lanes change places when the lower one is better by more than this share of the picture's scale …"""

SETTLE = 10
"""… and once in so many epochs they stand exactly in order."""


class ScoreboardPanel(Panel):
    """Lanes ordered by validation loss. Rows change places only for a clear difference, so that one can read them."""

    name: ClassVar[str] = "scoreboard"

    def build(self, snapshot: Snapshot) -> None:
        """One row per lane, and as many columns of numbers as have room."""
        look, place, count = self.look, self.place, len(self.lanes)
        self.add_header(
            "Scoreboard",
            "validation loss of every lane, best on top; tick: the lane's best epoch",
            "validation loss, best on top; tick: best epoch",
            "validation loss; tick: best epoch",
            "loss; tick: best epoch",
        )
        regression = snapshot.models[0].split.task == "regression"
        small = look.small_size
        self._top = self.header_height + 1.35 * small
        self._pitch = (place.height - self._top) / count
        self._two_lines = self._pitch > 2.9 * small
        heads = ["R²" if regression else "accuracy", "gap", "exactly 0"]
        if not self._two_lines:
            heads.append("best epoch")
        widths = [max(width_of(head, small), width_of("94.7 %", look.label_size)) + 16 for head in heads]
        names = [width_of(lane.name, look.label_size, bold=True) for lane in self.lanes]
        labels = [
            width_of(lane.label(model.config), look.label_size, bold=True)
            for lane, model in zip(self.lanes, snapshot.models, strict=True)
        ]
        self._left = column_for(names, labels, place.width - 14, 0.30) + 14
        self._number = width_of("00.00", look.label_size, bold=True) + 8
        least = self._number + 80 * look.scale
        columns = len(heads)
        while columns > 1 and place.width - self._left - sum(widths[:columns]) < least:
            columns -= 1
        self.columns = heads[:columns]
        self._right = sum(widths[:columns])
        self._bars = place.width - self._left - self._right
        self.plot = self.add_axes(0, self._top, place.width, self._pitch * count)
        self.plot.set_xlim(-self._left, place.width - self._left)  # the bars start at 0
        self.plot.set_ylim(count, 0)
        self.plot.set_xticks([])
        self.plot.set_yticks([])
        right = self._left + self._bars
        self._edges = []
        for head, width in zip(self.columns, widths, strict=False):
            right += width
            self._edges.append(right)
            self.add_text(right - 4, self._top - 0.5 * small, head, size=small, color=look.muted, ha="right")
        self._make_rows(count)
        self._limit = 0.0
        self._order = list(range(count))
        self.best = 0
        self._period = -1
        self._seen: Any = None

    def draw(self, snapshot: Snapshot) -> None:
        """Order the rows and set bars, ticks and numbers, if an epoch has passed since the last call."""
        models = snapshot.models
        seen = [(m.epoch, m.state, m.best_epoch, m.step if not m.epoch else 0, m.zero_fraction) for m in models]
        if seen == self._seen:
            return
        self._seen = seen
        self._losses = losses = [_loss(model) for model in models]
        self._set_limit(losses)
        period = max(model.epoch for model in models) // SETTLE
        capped = [min(loss, 1e3 * self._limit) for loss in losses]
        self._order = keep_order(self._order, capped, SLACK * self._limit if period == self._period else 0.0)
        self._period = period
        for row, i in enumerate(self._order):
            self._show(i, row, models[i], losses[i])
        self._mark_best([number(loss) for loss in losses], bool(np.isfinite(losses).any() and models[0].epoch))

    @property
    def order(self) -> list[int]:
        """Lanes from the top row to the bottom one."""
        return list(self._order)

    def _make_rows(self, count: int) -> None:
        look = self.look
        self.mark = self.live(Rectangle((0, 0.06), 1, 0.88, alpha=0.12, linewidth=0, zorder=0.5))
        self.mark.set(x=-self._left, width=self.place.width)
        self.plot.add_patch(self.mark)
        self.bars, self.ticks = [], []
        self.names, self.losses, self.bests = [], [], []
        self.cells: list[list[Text]] = []
        for i, lane in enumerate(self.lanes):
            color = look.lanes[i % len(look.lanes)]
            bar = Rectangle((0, i), 0, 0.1, facecolor=color, alpha=0.88, linewidth=0, zorder=2)
            self.plot.add_patch(self.live(bar))
            self.bars.append(bar)
            tick = Line2D([], [], color=look.text, linewidth=2.2, zorder=3, solid_capstyle="butt")
            self.plot.add_line(self.live(tick))
            self.ticks.append(tick)
            name = shorten(lane.name, self._left - 10, look.label_size * 1.06)
            self.names.append(self.live(self.add_text(6, 0, name, color=color, weight="bold", va="center")))
            self.losses.append(self.live(self.add_text(0, 0, "", weight="bold", va="center")))
            best = self.add_text(0, 0, "", size=look.small_size, color=look.muted, va="center")
            self.bests.append(self.live(best))
            self.cells.append([self.live(self.add_text(0, 0, "", ha="right", va="center")) for _ in self.columns])

    def _mark_best(self, shown: list[str], any_best: bool) -> None:
        """Tint the row of the smallest loss; of losses that read alike, the higher row."""
        self.mark.set_visible(any_best and len(shown) > 1)
        if any_best:
            losses = [float(self._losses[i]) for i in self._order]
            best = shown[self._order[int(np.argmin(losses))]]
            row = next(row for row, i in enumerate(self._order) if shown[i] == best)
            self.best = self._order[row]
            self.mark.set(y=row + 0.06, facecolor=self.look.lanes[self.best % len(self.look.lanes)])

    def _middle(self, row: int) -> float:
        """The middle of a row's first line, CSS pixels from the place's top."""
        return self._top + self._pitch * (row + (0.34 if self._two_lines else 0.5))

    def _set_limit(self, losses: list[float]) -> None:
        """The loss at the end of the scale: room for the largest, but one lane that runs away squeezes no other."""
        finite = [loss for loss in losses if np.isfinite(loss)]
        if not finite:
            self._limit = self._limit or 1.0
            return
        needed = 1.02 * min(max(finite), 6 * float(np.median(finite)))
        if not (0.62 * self._limit < needed <= self._limit):
            self._limit = nice_above(max(needed, 1e-9), LOSS_STEPS)

    def _x(self, loss: float) -> float:
        """Data units (CSS pixels from the bars' left edge) of a loss on the bars' scale."""
        return min(loss / self._limit, 1.0) * (self._bars - self._number)

    def _show(self, i: int, row: int, model: ModelSnapshot, loss: float) -> None:
        look, y = self.look, self._middle(row)
        middle = (y - self._top) / self._pitch
        thick = min(0.36 if self._two_lines else 0.62, 24 * look.scale / self._pitch)
        length = self._x(loss) if np.isfinite(loss) else 0.0
        self.bars[i].set_bounds(0, middle - thick / 2, length, thick)
        best = float(np.nanmin(model.history["val_loss"])) if np.isfinite(model.history["val_loss"]).any() else np.nan
        shown = np.isfinite(best) and model.state != "diverged"
        if shown:
            x = self._x(best)
            set_line(self.ticks[i], [x, x], [middle - 0.68 * thick, middle + 0.68 * thick])
        else:
            set_line(self.ticks[i])
        lane = self.lanes[i]
        label = first_that_fits([lane.label(model.config), lane.name], (self._left - 12) / 1.06, look.label_size)
        self.move(self.names[i], 6, y)
        set_text(self.names[i], shorten(label, self._left - 12, look.label_size * 1.06))
        self.move(self.losses[i], self._left + max(length, self._x(best) if shown else 0) + 7, y)
        set_text(self.losses[i], number(loss) if model.state != "diverged" else "diverged")
        self._say_best(i, y, model, best if shown else np.nan)
        values = _values(model, self.columns)
        for text, edge, value in zip(self.cells[i], self._edges, values, strict=True):
            self.move(text, edge - 4, y)
            set_text(text, value)

    def _say_best(self, i: int, y: float, model: ModelSnapshot, best: float) -> None:
        """Below the bar, where there is room: the best loss, and when it was or what ended the run."""
        if not self._two_lines:
            return
        room, at = self._bars + self._right, f"{number(best)} at epoch {model.best_epoch}"
        words = [f"best: {at}", at]
        if model.state == "diverged":
            words = [
                f"at epoch {model.diverged_epoch}: try a smaller learning rate",
                f"at epoch {model.diverged_epoch}",
            ]
        elif model.state == "stopped":
            words = [f"stopped at epoch {model.stopped_epoch}, back to {at}", f"stopped, back to {at}", at]
        elif not model.epoch:
            words = [""]
        thick = min(0.36 * self._pitch, 24 * self.look.scale)
        self.move(self.bests[i], self._left, y + 0.72 * thick + 0.72 * self.look.small_size)
        set_text(self.bests[i], first_that_fits(words, room, self.look.small_size))


def _loss(model: ModelSnapshot) -> float:
    """The validation loss of the weights that the lane has now: a stopped lane went back to its best."""
    if model.state == "diverged":
        return np.inf
    values = model.history["val_loss"]
    value = float(np.nanmin(values) if model.state == "stopped" else values[-1])
    return value if np.isfinite(value) else np.inf


def _values(model: ModelSnapshot, columns: list[str]) -> list[str]:
    """The cells of a row, by the columns that are there."""
    row = _row(model)
    score, loss, train = (float(model.history[name][row]) for name in ("val_score", "val_loss", "train_loss"))
    gone = model.state == "diverged"
    every = {
        "accuracy": "—" if gone else percent(score),
        "R²": "—" if gone else number(score),
        "gap": "—" if gone else number(loss - train, sign=True),
        "exactly 0": percent(model.zero_fraction, 0),
        "best epoch": "—" if gone else f"{model.best_epoch}",
    }
    return [every[column] for column in columns]


def _row(model: ModelSnapshot) -> int:
    """The history's row of the weights that the lane has now."""
    if model.state == "stopped":
        return int(np.searchsorted(model.history["epoch"], model.best_epoch))
    return -1
