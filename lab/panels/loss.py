"""Loss over epochs: validation and training of every lane, the gap between them, and where each lane was best."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.patches import Polygon
from matplotlib.text import Text

from regviz.training.snapshot import ModelSnapshot, Snapshot

from ..look.theme import mark
from .parts.base import Panel
from .parts.cells import set_line
from .parts.curves import Series, epoch_limit, fewer, loss_limit, thinned, ticks_of
from .parts.labels import first_that_fits, keep_order, shorten, spread, width_of

SUBTITLE = "solid: validation, dashed: training, hollow: best epoch"
NOWHERE = np.zeros((3, 2))


class LossPanel(Panel):
    """Solid validation and dashed training loss of every lane, named at their right ends."""

    name: ClassVar[str] = "loss"

    def build(self, snapshot: Snapshot) -> None:
        """Axes with room for labels at the right; per lane two curves, a label, marks where it was best and ended."""
        look, place = self.look, self.place
        regression = snapshot.models[0].split.task == "regression"
        self.subtitle = self.live(
            self.add_header("Loss, mean squared error" if regression else "Loss", SUBTITLE, "solid: validation")
        )
        self._left = width_of("0.00", look.small_size) + 9
        self._top = self.header_height + 0.5 * look.small_size
        self._height = place.height - self._top - 1.9 * look.small_size
        across = place.width - self._left
        self._key = 0.95 * look.label_size
        self._share = 0.45 if place.width > 460 * look.scale else 0.54  # for labels; a small picture's are as long
        names = [
            width_of(self._label(lane, model), look.label_size, bold=True) for lane, model in self._pairs(snapshot)
        ]
        self._curves_width = across - min(max(names) + 24 + self._key, self._share * across)
        self.plot = self.add_axes(self._left, self._top, across, self._height)
        self.plot.grid(axis="y", color=look.grid, linewidth=1, clip_on=False)
        self.plot.set_axisbelow(True)
        self._last = self._most = 0.0
        self._seen: tuple[Any, ...] = ()
        self._gap_lane = -1
        self._order = list(range(len(self.lanes)))
        self._ordered = False

        self._pinned = self.scene.pinned.models if self.scene.pinned is not None else ()
        self._add_ghosts()
        self.cursor = self._line(look.text, linewidth=1, alpha=0.7, zorder=5)
        self.shade = self.live(Polygon(NOWHERE, facecolor=look.muted, alpha=0.10, linewidth=0, zorder=1))
        self.plot.add_patch(self.shade)
        self.bracket = self._line(look.muted, linewidth=1.25, zorder=6, marker="_", markersize=5)
        self.gap_label = self.live(self.add_text(0, 0, "", size=look.small_size, color=look.muted, va="center"))
        self.leaders = self._line(look.muted, linewidth=1, alpha=0.55, zorder=2.5)
        self.training, self.validation, self.best, self.ends, self.keys, self.labels = [], [], [], [], [], []
        for i in range(len(self.lanes)):
            color = look.lanes[i % len(look.lanes)]
            self.training.append(self._line(color, linewidth=1.35, linestyle=(0, (3.2, 1.8)), alpha=0.85, zorder=2))
            self.validation.append(self._line(color, linewidth=1.9, zorder=3))
            self.best.append(self._mark_of(i, 8, markerfacecolor=look.background, markeredgewidth=2))
            self.ends.append(self._mark_of(i, 9, markeredgecolor=look.background, zorder=4.5))
            self.keys.append(self._mark_of(i, 0.55 * look.label_size, markeredgewidth=0))
            text = self.add_text(0, 0, "", size=look.label_size, color=color, weight="bold", va="center")
            self.labels.append(self.live(text))
        self.axis_label = self.add_text(
            self._left + self._curves_width + width_of("0000", look.small_size),
            place.height - 1.9 * look.small_size + 5,
            "epoch",
            size=look.small_size,
            color=look.muted,
            va="top",
        )

    def draw(self, snapshot: Snapshot) -> None:
        """Set curves, marks and labels, if an epoch has passed since the last call."""
        back = max(model.epoch for model in snapshot.models) if self.scene.live is not None else None
        snapshot = self.scene.live or snapshot
        pairs = self._pairs(snapshot)
        seen = (back, *((m.epoch, m.state, m.best_epoch, len(m.history["epoch"]), m.config) for _, m in pairs))
        if seen == self._seen:
            return
        self._seen = seen
        models = snapshot.models
        self._set_limits(models)
        set_line(self.cursor, *([(back, back), (0, self._most)] if back is not None else []))
        for i, model in enumerate(models):
            epochs, validation = model.history["epoch"], model.history["val_loss"]
            self.validation[i].set_data(*self._visible(epochs, validation))
            self.training[i].set_data(*self._visible(epochs, model.history["train_loss"]))
            self._mark(self.best[i], model.best_epoch, model)
            self._mark(self.ends[i], model.stopped_epoch, model)
            if model.diverged_epoch is not None:
                self._mark_divergence(self.ends[i], model)
        self._set_subtitle(models)
        self._set_labels(pairs)

    # -- limits and curves

    def _set_limits(self, models: tuple[ModelSnapshot, ...]) -> None:
        last = epoch_limit(max(float(model.history["epoch"][-1]) for model in (*models, *self._pinned)), self._last)
        curves = [model.history[key] for model in models for key in ("val_loss", "train_loss")]
        most = loss_limit(curves, self._most)
        if last != self._last:
            self._last = last
            self.plot.set_xlim(0, last * (self.place.width - self._left) / self._curves_width)
            self.plot.set_xticks(*fewer(*ticks_of(last), self._curves_width, self.look.small_size))
        if most != self._most:
            self._most = most
            self.plot.set_ylim(0, most)
            self.plot.set_yticks(*ticks_of(most))

    def _add_ghosts(self) -> None:
        """The validation curves of the pinned run, faint; they stand still, so they belong to the background."""
        same = len(self._pinned) == len(self.lanes)
        for i, model in enumerate(self._pinned):
            epochs, values = thinned(model.history["epoch"].astype(float), model.history["val_loss"])
            color = self.look.lanes[i % len(self.look.lanes)] if same else self.look.muted
            self.plot.add_line(Line2D(epochs, values, color=color, linewidth=1.4, alpha=0.38, zorder=1.5))

    def _visible(self, epochs: Series, values: Series) -> tuple[Series, Series]:
        """The curve with few points, and none so far outside that Agg would have to carry it."""
        x, y = thinned(np.asarray(epochs, float), np.asarray(values, float))
        return x, np.minimum(y, 4 * self._most)

    def _mark(self, mark: Line2D, epoch: int | None, model: ModelSnapshot) -> None:
        row = -1 if epoch is None else int(np.searchsorted(model.history["epoch"], epoch))
        value = model.history["val_loss"][row] if 0 <= row < len(model.history["epoch"]) else np.nan
        if epoch is not None and np.isfinite(value):
            set_line(mark, [epoch], [value])
        else:
            set_line(mark)

    def _mark_divergence(self, mark: Line2D, model: ModelSnapshot) -> None:
        """A diverged lane's end mark: at its last finite loss, or at the top if that is out of the picture."""
        row = _last_finite(model.history["val_loss"])
        if row is not None:
            set_line(mark, [model.history["epoch"][row]], [min(model.history["val_loss"][row], 0.985 * self._most)])

    def _set_subtitle(self, models: tuple[ModelSnapshot, ...]) -> None:
        words = {"filled: stopped": any(model.stopped_epoch is not None for model in models)}
        words["filled: diverged"] = any(model.diverged_epoch is not None for model in models)
        more = ", ".join(word for word, said in words.items() if said).replace("stopped, filled: ", "stopped or ")
        texts = [f"{SUBTITLE}, {more}"] if more else []
        short = f"dashed: training, {more or 'hollow: best epoch'}"
        self.subtitle.set_text(
            first_that_fits([*texts, SUBTITLE, short, "dashed: training"], self.place.width, self.look.small_size)
        )

    # -- labels

    def _set_labels(self, pairs: list[tuple[Any, ModelSnapshot]]) -> None:
        """Name and value at the right end of every validation curve, and the largest gap at its lower end."""
        end = max(float(model.history["epoch"][-1]) for _, model in pairs)
        ends = [self._end(model) for _, model in pairs]
        heights = [self._y(min(value, self._most)) for _, value in ends]
        self._order = keep_order(self._order, heights, slack=2.5 if self._ordered else 0)
        self._ordered = True
        wanted = [heights[i] for i in self._order]
        slots: list[tuple[Text, int]] = [(self.labels[i], i) for i in self._order]
        if self._set_gap([model for _, model in pairs]):
            low = self._y(self._gap[0])
            rank = int(np.searchsorted(wanted, low)) if self._gap[1] > self._gap[0] else 0
            wanted.insert(rank, low)
            slots.insert(rank, (self.gap_label, -1))
        line = 1.22 * self.look.label_size
        places = spread(wanted, line, self._top + 0.5 * line, self._top + self._height - 0.45 * line)
        x = self._x(end)
        leaders = [(np.nan, np.nan)]
        for (text, i), y in zip(slots, np.round(places, 1), strict=True):
            self.move(text, x + 16 + self._key * (i >= 0), float(y))
            if i < 0:
                continue
            set_line(self.keys[i], [self._epoch(x + 16 + 0.3 * self._key)], [self._loss(float(y))])
            lane, model = pairs[i]
            text.set_text(self._label(lane, model))
            epoch, value = ends[i]
            value = min(value, self._most)
            beside = epoch == end and abs(self._y(value) - y) < 0.5 * line
            if not beside:
                leaders += [(epoch, value), (end, value), (self._epoch(x + 13), self._loss(float(y))), (np.nan, np.nan)]
        set_line(self.leaders, *zip(*leaders, strict=True))

    def _set_gap(self, models: list[ModelSnapshot]) -> bool:
        """Shade the largest gap between training and validation; returns whether there is one worth a number."""
        gaps = [_gap(model) for model in models]
        largest = int(np.argmax(gaps))
        if self._gap_lane < 0 or gaps[largest] > 1.1 * max(gaps[self._gap_lane], 0):
            self._gap_lane = largest
        model, gap = models[self._gap_lane], gaps[self._gap_lane]
        shown = gap > 0.04 * self._most
        self.gap_label.set_visible(shown)
        if not shown:
            self.shade.set_xy(NOWHERE)
            set_line(self.bracket)
            return False
        row = _last_finite(model.history["val_loss"])
        low, high = float(model.history["train_loss"][row]), float(model.history["val_loss"][row])
        self._gap = low, high
        curves = np.concatenate(
            [
                np.column_stack(self.training[self._gap_lane].get_data()),
                np.column_stack(self.validation[self._gap_lane].get_data())[::-1],
            ]
        )
        self.shade.set_xy(curves[np.isfinite(curves).all(axis=1)])
        color = self.look.lanes[self._gap_lane % len(self.look.lanes)]
        x = self._epoch(self._x(float(model.history["epoch"][-1])) + 6)
        self.bracket.set_color(color)
        set_line(self.bracket, [x, x], [low, min(high, self._most)])
        self.gap_label.set_text(f"gap {gap:.2f}")
        return True

    def _label(self, lane: Any, model: ModelSnapshot) -> str:
        """Name, strength and validation loss ("L1 0.001  0.40"); where there is no room the name and the loss, then the
        name, which alone tells the curves apart: the loss can be read off the axis, but not that a network diverged."""
        _, value = self._end(model)
        number = "diverged" if model.state == "diverged" else f"{value:.2f}" if value < 1000 else "> 1000"
        room = (self._share * (self.place.width - self._left) - 24 - self._key) / 1.06
        size = self.look.label_size
        said = [f"{name}  {number}" for name in (lane.label(model.config), lane.name)]
        if model.state == "diverged":
            said.append(f"{shorten(lane.name, room - width_of(f'  {number}', size), size)}  {number}")
        else:
            said.append(shorten(lane.name, room, size))
        return first_that_fits(said, room, size)

    def _end(self, model: ModelSnapshot) -> tuple[float, float]:
        """Epoch and value of the last finite validation loss."""
        row = _last_finite(model.history["val_loss"])
        if row is None:
            return float(model.history["epoch"][-1]), np.inf
        return float(model.history["epoch"][row]), float(model.history["val_loss"][row])

    # -- helpers

    def _pairs(self, snapshot: Snapshot) -> list[tuple[Any, ModelSnapshot]]:
        return list(zip(self.lanes, snapshot.models, strict=True))

    def _line(self, color: str, **style: Any) -> Line2D:
        look: dict[str, Any] = {"linestyle": "-", "solid_joinstyle": "round", "zorder": 4} | style
        if "marker" in look and look["zorder"] != 6:
            look["linestyle"] = "none"
        line = Line2D([], [], color=color, **look)
        self.plot.add_line(line)
        return self.live(line)

    def _mark_of(self, i: int, size: float, **style: Any) -> Line2D:
        """The mark of lane `i`, of about `size` CSS pixels."""
        shape, color = mark(i), self.look.lanes[i % len(self.look.lanes)]
        return self._line(color, marker=shape.marker, markersize=size * shape.grow, **style)

    def _x(self, epoch: float) -> float:
        return self._left + self._curves_width * epoch / self._last

    def _y(self, loss: float) -> float:
        return self._top + self._height * (1 - loss / self._most)

    def _epoch(self, x: float) -> float:
        return (x - self._left) / self._curves_width * self._last

    def _loss(self, y: float) -> float:
        return (1 - (y - self._top) / self._height) * self._most


def _last_finite(values: Series) -> int | None:
    rows = np.flatnonzero(np.isfinite(values[-64:]))
    if not len(rows):
        rows = np.flatnonzero(np.isfinite(values))
        return int(rows[-1]) if len(rows) else None
    return int(rows[-1]) + max(0, len(values) - 64)


def _gap(model: ModelSnapshot) -> float:
    """Validation minus training loss of the last epoch; −∞ without a finite one."""
    gap = float(model.history["val_loss"][-1]) - float(model.history["train_loss"][-1])
    return gap if np.isfinite(gap) else -np.inf
