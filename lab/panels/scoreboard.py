"""Every lane as a row: its validation loss as a bar, and what it costs and brings in numbers. Best on top."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from regviz.language import en, tr
from regviz.training.snapshot import ModelSnapshot, Snapshot

from ..compare.best import Best, best_of
from ..look.lettering import width_of
from ..look.numbers import MISSING, WIDEST, number, percent, signed
from .parts.artists import set_line
from .parts.base import Panel
from .parts.labels import column_for, keep_order
from .parts.scales import FINE, rescaled, shared

SLACK = 0.02
"""Two lanes change places when the lower one is better by more than this share of the picture's scale …"""

SETTLE = 10
"""… and once in so many epochs they stand exactly in order."""


class ScoreboardPanel(Panel):
    """Lanes ordered by validation loss. Rows change places only for a clear difference, so that one can read them."""

    name: ClassVar[str] = "scoreboard"
    menu_title: ClassVar[str] = en("Scoreboard")
    drawing: ClassVar[str] = (
        '<path d="M4 6H15M4 16H24M4 26H34" stroke-width="5" stroke-linecap="butt"/>'
        '<path d="M20 6H27M29 16H36M39 26H45" opacity=".5"/>'
    )

    def build(self, snapshot: Snapshot) -> None:
        """Make one row per lane, and as many columns of numbers as have room."""
        look, place, count = self.look, self.place, len(self.lanes)
        self.add_header(
            tr("Scoreboard"),
            tr("validation loss of every lane, best on top; tick: the lane's best epoch"),
            tr("validation loss, best on top; tick: best epoch"),
            tr("validation loss; tick: best epoch"),
            tr("loss; tick: best epoch"),
        )
        small = look.small_size
        self._top = self.header_height + 1.35 * small
        self._pitch = (place.height - self._top) / count
        self._two_lines = self._pitch > 2.9 * small
        widths = self._lay_columns(snapshot)
        self._right = sum(widths)
        self._bars = place.width - self._left - self._right
        height = self._pitch * count
        limits = (-self._left, place.width - self._left), (count, 0)  # the bars start at 0
        self.plot = self.add_field(0, self._top, place.width, height, *limits)
        ends = self._left + self._bars + np.cumsum(widths)
        self._edges = ends.tolist()
        for head, right in zip(self.columns, self._edges, strict=True):
            self.add_note(right - 4, self._top - 0.5 * small, head, ha="right")
        self._make_rows()
        self._limit = 0.0
        self._order = list(range(count))
        self.best = 0
        self._period = -1

    def _lay_columns(self, snapshot: Snapshot) -> list[float]:
        """As many `columns` as leave room for the bars; returns their widths."""
        look, width, size = self.look, self.place.width, self.look.label_size
        regression = snapshot.models[0].split.task == "regression"
        heads = [
            "R²" if regression else tr("accuracy"),
            tr("gap"),
            tr("exactly 0"),
            *[tr("best epoch")] * (not self._two_lines),
        ]
        widths = [max(width_of(head, look.small_size), width_of("94.7 %", size)) + 16 for head in heads]
        names = [width_of(lane.name, size, bold=True) for lane in self.lanes]
        pairs = zip(self.lanes, snapshot.models, strict=True)
        labels = [width_of(lane.label(model.config), size, bold=True) for lane, model in pairs]
        self._left = column_for(names, labels, width - 14, 0.30) + 14
        self._number = width_of(WIDEST, size, bold=True) + 8
        least = self._number + 80 * look.scale
        columns = len(heads)
        while columns > 1 and width - self._left - sum(widths[:columns]) < least:
            columns -= 1
        self.columns = heads[:columns]
        return widths[:columns]

    def draw(self, snapshot: Snapshot) -> None:
        """Order the rows and set bars, ticks and numbers, if what they show has changed since the last call."""
        models = snapshot.models
        if self.unchanged(*map(_shown, models)):
            return
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

    def _make_rows(self) -> None:
        look = self.look
        self.mark = self.add_patch(self.plot, Rectangle((0, 0.06), 1, 0.88, alpha=0.12, linewidth=0, zorder=0.5))
        self.mark.set(x=-self._left, width=self.place.width)
        self.bars, self.ticks = [], []
        self.names, self.losses, self.bests = [], [], []
        self.cells: list[list[Text]] = []
        for i in range(len(self.lanes)):
            bar = Rectangle((0, i), 0, 0.1, facecolor=look.lane(i), alpha=0.88, linewidth=0, zorder=2)
            self.bars.append(self.add_patch(self.plot, bar))
            self.ticks.append(self.add_line(self.plot, look.text, linewidth=2.2, zorder=3, solid_capstyle="butt"))
            bold: dict[str, Any] = {"weight": "bold", "va": "center"}
            self.names.append(self.live(self.add_text(6, 0, "", color=look.lane(i), **bold)))
            self.losses.append(self.live(self.add_text(0, 0, "", **bold)))
            self.bests.append(self.live(self.add_note(0, 0, va="center")))
            self.cells.append([self.live(self.add_text(0, 0, "", ha="right", va="center")) for _ in self.columns])

    def _mark_best(self, shown: list[str], any_best: bool) -> None:
        """Tint the row of the smallest loss; of losses that read alike, the higher row."""
        self.mark.set_visible(any_best and len(shown) > 1)
        if any_best:
            losses = [float(self._losses[i]) for i in self._order]
            best = shown[self._order[int(np.argmin(losses))]]
            row = next(row for row, i in enumerate(self._order) if shown[i] == best)
            self.best = self._order[row]
            self.mark.set(y=row + 0.06, facecolor=self.look.lane(self.best))

    def _middle(self, row: int) -> float:
        """The middle of a row's first line, CSS pixels from the place's top."""
        return self._top + self._pitch * (row + (0.34 if self._two_lines else 0.5))

    def _set_limit(self, losses: list[float]) -> None:
        """The loss at the end of the scale: room for the largest, but one lane that runs away squeezes no other."""
        finite = [loss for loss in losses if np.isfinite(loss)]
        if not finite:
            self._limit = self._limit or 1.0
            return
        self._limit = rescaled(max(1.02 * shared(finite, 6), 1e-9), self._limit, FINE, share=0.62, air=1.0, least=1e-9)

    def _x(self, loss: float) -> float:
        """Data units (CSS pixels from the bars' left edge) of a loss on the bars' scale."""
        return min(loss / self._limit, 1.0) * (self._bars - self._number)

    def _show(self, i: int, row: int, model: ModelSnapshot, loss: float) -> None:
        look, y = self.look, self._middle(row)
        middle = (y - self._top) / self._pitch
        thick = min(0.36 if self._two_lines else 0.62, 24 * look.scale / self._pitch)
        length = self._x(loss) if np.isfinite(loss) else 0.0
        self.bars[i].set_bounds(0, middle - thick / 2, length, thick)
        best = best_of(model)
        shown = np.isfinite(best.loss) and model.state != "diverged"
        if shown:
            x = self._x(best.loss)
            set_line(self.ticks[i], [x, x], [middle - 0.68 * thick, middle + 0.68 * thick])
        else:
            set_line(self.ticks[i])
        self.move(self.names[i], 6, y)
        self.names[i].set_text(self.lane_label(i, model, self._left - 12))
        self.move(self.losses[i], self._left + max(length, self._x(best.loss) if shown else 0) + 7, y)
        self.losses[i].set_text(number(loss) if model.state != "diverged" else tr("diverged"))
        self._say_best(i, y, model, best)
        values = _values(model, self.columns)
        for text, edge, value in zip(self.cells[i], self._edges, values, strict=True):
            self.move(text, edge - 4, y)
            text.set_text(value)

    def _say_best(self, i: int, y: float, model: ModelSnapshot, best: Best) -> None:
        """Below the bar, where there is room: the best loss, and when it was or what ended the run."""
        if not self._two_lines:
            return
        room, at = (
            self._bars + self._right,
            tr("{best} at epoch {best_epoch}", best=number(best.loss), best_epoch=best.epoch),
        )
        words = [tr("best: {at}", at=at), at]
        if model.diverged_epoch == 0:
            words = [
                tr("no finite loss at the start: numbers of the data are too large"),
                tr("no finite loss at the start"),
            ]
        elif model.state == "diverged":
            words = [
                tr("at epoch {diverged_epoch}: try a smaller learning rate", diverged_epoch=model.diverged_epoch),
                tr("at epoch {diverged_epoch}", diverged_epoch=model.diverged_epoch),
            ]
        elif model.state == "stopped" and not model.restored:
            words = [
                tr("stopped at epoch {stopped_epoch}; best: {at}", stopped_epoch=model.stopped_epoch, at=at),
                tr("stopped; best: {at}", at=at),
                at,
            ]
        elif model.restored:
            words = [
                tr("stopped at epoch {stopped_epoch}, back to {at}", stopped_epoch=model.stopped_epoch, at=at),
                tr("stopped, back to {at}", at=at),
                at,
            ]
        elif not model.epoch:
            words = [""]
        thick = min(0.36 * self._pitch, 24 * self.look.scale)
        self.move(self.bests[i], self._left, y + 0.72 * thick + 0.72 * self.look.small_size)
        self.bests[i].set_text(self.fitting(words, room))


def _shown(model: ModelSnapshot) -> tuple[Any, ...]:
    """All that a row shows of a network, of which a stroke, a turn of λ or of `restore_best` changes some at once."""
    columns = ("val_loss", "val_score", "train_loss")
    numbers = [model.now(name) for name in columns]
    passed = (model.epoch, 0 if model.epoch else model.step, model.stopped_epoch, model.diverged_epoch)
    return (model.config, model.state, model.restored, *passed, best_of(model), model.zero_fraction, *numbers)


def _loss(model: ModelSnapshot) -> float:
    """The validation loss of the weights that the lane has now: a stopped lane may have gone back to its best."""
    if model.state == "diverged":
        return np.inf
    value = model.now("val_loss")
    return value if np.isfinite(value) else np.inf


def _values(model: ModelSnapshot, columns: list[str]) -> list[str]:
    """The cells of a row, by the columns that are there."""
    score, loss, train = (model.now(name) for name in ("val_score", "val_loss", "train_loss"))
    gone = model.state == "diverged"
    every = {
        tr("accuracy"): MISSING if gone else percent(score, 1),
        "R²": MISSING if gone else signed(score),
        tr("gap"): MISSING if gone else signed(loss - train, sign=True),
        tr("exactly 0"): percent(model.zero_fraction),
        tr("best epoch"): MISSING if gone else f"{best_of(model).epoch}",
    }
    return [every[column] for column in columns]
