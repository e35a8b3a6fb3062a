"""Loss over epochs: validation and training of every lane, the gap between them, and where each lane was best."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.patches import Polygon
from matplotlib.text import Text

from regviz.training.snapshot import ModelSnapshot, Snapshot

from ..compare.lanes import Lane
from ..look.lettering import width_of
from ..look.numbers import WIDEST, capped, number
from ..look.theme import mark
from .parts.artists import NOWHERE, set_line
from .parts.base import Panel
from .parts.curves import Curves, Series, room_for_ticks, thinned, within
from .parts.labels import first_that_fits, keep_order, shorten, spread

SUBTITLE = "solid: validation, dashed: training, hollow: best epoch"

BAR, BESIDE = 10, 18
"""CSS pixels from the last epoch to the bar of the gap, and to the labels: the widest mark has a radius of 6.4."""


class LossPanel(Panel):
    """Solid validation and dashed training loss of every lane, named at their right ends."""

    name: ClassVar[str] = "loss"
    menu_title: ClassVar[str] = "Loss"
    drawing: ClassVar[str] = (
        '<path d="M4 3V29H45" opacity=".4"/>'
        '<path d="M6 5C12 20 18 20 24 19S38 14 44 10"/>'
        '<path d="M6 5C13 23 24 25 44 26" stroke-dasharray="4 4"/>'
    )

    def build(self, snapshot: Snapshot) -> None:
        """Axes with room for labels at the right; per lane two curves, a label, marks where it was best and ended."""
        look, place = self.look, self.place
        regression = snapshot.models[0].split.task == "regression"
        title = "Loss, mean squared error" if regression else "Loss"
        self.subtitle = self.live(self.add_header(title, SUBTITLE, "solid: validation"))
        self._key = 0.95 * look.label_size
        across = place.width - room_for_ticks(look)
        share = 0.45 if place.width > 460 * look.scale else 0.54  # for labels; a small picture's are as long
        self._room = share * across - BESIDE - 6 - self._key
        """CSS pixels for a label."""
        said = [self._fitting(*pair, f"  {WIDEST}") for pair in self._pairs(snapshot)]
        said += [f"{lane.name}  diverged" for lane in self.lanes]
        self._room = min(max(width_of(text, look.label_size, bold=True) for text in said), self._room)
        self.curves = Curves(self, self._room + BESIDE + 6 + self._key)
        self.plot = self.curves.axes
        self._seen: tuple[Any, ...] = ()
        self._gap_lane = -1
        self._order = list(range(len(self.lanes)))
        self._ordered = False
        self._pinned = self.scene.pinned.models if self.scene.pinned is not None else ()
        self._add_ghosts()
        self._add_gap()
        self.training: list[Line2D] = []
        self.validation: list[Line2D] = []
        self.best: list[Line2D] = []
        self.ends: list[Line2D] = []
        self.keys: list[Line2D] = []
        self.labels: list[Text] = []
        for i in range(len(self.lanes)):
            self._add_lane(i)

    def _add_gap(self) -> None:
        """The cursor of a person who looks back, the shade and the bracket of the largest gap, and leaders."""
        look = self.look
        self.cursor = self.add_line(self.plot, look.text, linewidth=1, alpha=0.7, zorder=5)
        shade = Polygon(NOWHERE, facecolor=look.muted, alpha=0.10, linewidth=0, zorder=1)
        self.shade = self.add_patch(self.plot, shade)
        self.bracket = self.add_line(self.plot, look.muted, linewidth=1.25, zorder=6, marker="_", markersize=5)
        self.gap_label = self.live(self.add_note(0, 0, va="center"))
        self.leaders = self.add_line(self.plot, look.muted, linewidth=1, alpha=0.55, zorder=2.5)

    def _add_lane(self, i: int) -> None:
        """Both curves of lane `i`, its marks, and its label with the mark before it."""
        look, color = self.look, self.look.lane(i)
        dashed: dict[str, Any] = {"linewidth": 1.35, "linestyle": (0, (3.2, 1.8)), "alpha": 0.85, "zorder": 2}
        self.training.append(self.add_line(self.plot, color, solid_joinstyle="round", **dashed))
        self.validation.append(self.add_line(self.plot, color, linewidth=1.9, zorder=3, solid_joinstyle="round"))
        self.best.append(self._mark_of(i, 8, markerfacecolor=look.background, markeredgewidth=2))
        self.ends.append(self._mark_of(i, 9, markeredgecolor=look.background, zorder=4.5))
        self.keys.append(self._mark_of(i, 0.55 * look.label_size, markeredgewidth=0))
        self.labels.append(self.live(self.add_text(0, 0, "", color=color, weight="bold", va="center")))

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
        self.curves.fit(
            max(float(model.history["epoch"][-1]) for model in (*models, *self._pinned)),
            [model.history[key] for model in models for key in ("val_loss", "train_loss")],
        )
        most = self.curves.most
        set_line(self.cursor, *([(back, back), (0, most)] if back is not None else []))
        for i, model in enumerate(models):
            epochs, validation = model.history["epoch"], model.history["val_loss"]
            self.validation[i].set_data(*within(epochs, validation, most))
            self.training[i].set_data(*within(epochs, model.history["train_loss"], most))
            self._mark(self.best[i], model.best_epoch, model)
            self._mark(self.ends[i], model.stopped_epoch, model)
            if model.diverged_epoch is not None:
                self._mark_divergence(self.ends[i], model)
        self._set_subtitle(models)
        self._set_labels(pairs)

    # -- curves and marks

    def _add_ghosts(self) -> None:
        """The validation curves of the pinned run, faint; they stand still, so they belong to the background."""
        same = len(self._pinned) == len(self.lanes)
        for i, model in enumerate(self._pinned):
            epochs, values = thinned(model.history["epoch"].astype(float), model.history["val_loss"])
            color = self.look.lane(i) if same else self.look.muted
            self.plot.add_line(Line2D(epochs, values, color=color, linewidth=1.4, alpha=0.38, zorder=1.5))

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
            set_line(
                mark, [model.history["epoch"][row]], [min(model.history["val_loss"][row], 0.985 * self.curves.most)]
            )

    def _set_subtitle(self, models: tuple[ModelSnapshot, ...]) -> None:
        words = {"filled: stopped": any(model.stopped_epoch is not None for model in models)}
        words["filled: diverged"] = any(model.diverged_epoch is not None for model in models)
        more = ", ".join(word for word, said in words.items() if said).replace("stopped, filled: ", "stopped or ")
        texts = [f"{SUBTITLE}, {more}"] if more else []
        short = f"dashed: training, {more or 'hollow: best epoch'}"
        self.subtitle.set_text(self.fitting([*texts, SUBTITLE, short, "dashed: training"]))

    # -- labels

    def _set_labels(self, pairs: list[tuple[Lane, ModelSnapshot]]) -> None:
        """Name and value at the right end of every validation curve, and the largest gap at its lower end."""
        curves, most = self.curves, self.curves.most
        end = max(float(model.history["epoch"][-1]) for _, model in pairs)
        ends = [self._end(model) for _, model in pairs]
        heights = [curves.y(value) for _, value in ends]
        self._order = keep_order(self._order, heights, slack=2.5 if self._ordered else 0)
        self._ordered = True
        wanted = [heights[i] for i in self._order]
        slots: list[tuple[Text, int]] = [(self.labels[i], i) for i in self._order]
        if self._set_gap([model for _, model in pairs], end):
            low = curves.y(self._gap[0])
            rank = int(np.searchsorted(wanted, low)) if self._gap[1] > self._gap[0] else 0
            wanted.insert(rank, low)
            slots.insert(rank, (self.gap_label, -1))
        line = 1.22 * self.look.label_size
        places = spread(wanted, line, curves.top + 0.5 * line, curves.top + curves.height - 0.45 * line)
        x = curves.x(end)
        leaders = [(np.nan, np.nan)]
        for (text, i), y in zip(slots, np.round(places, 1).tolist(), strict=True):
            self.move(text, x + BESIDE + self._key * (i >= 0), y)
            if i < 0:
                continue
            set_line(self.keys[i], [curves.epoch(x + BESIDE + 0.3 * self._key)], [curves.loss(y)])
            text.set_text(self._label(*pairs[i]))
            epoch, value = ends[i]
            beside = epoch == end and abs(curves.y(value) - y) < 0.5 * line
            if not beside:
                at_label = curves.epoch(x + BESIDE - 3), curves.loss(y)
                leaders += [(epoch, min(value, most)), (end, min(value, most)), at_label, (np.nan, np.nan)]
        set_line(self.leaders, *zip(*leaders, strict=True))

    def _set_gap(self, models: list[ModelSnapshot], end: float) -> bool:
        """Shade the largest gap between training and validation; returns whether there is one worth a number.

        Its bar stands beyond the last epoch of all curves, `end`, where no mark is.
        """
        gaps = [_gap(model) for model in models]
        largest = int(np.argmax(gaps))
        if self._gap_lane < 0 or gaps[largest] > 1.1 * max(gaps[self._gap_lane], 0):
            self._gap_lane = largest
        model, gap = models[self._gap_lane], gaps[self._gap_lane]
        shown = gap > 0.04 * self.curves.most
        self.gap_label.set_visible(shown)
        if not shown:
            self.shade.set_xy(NOWHERE)
            set_line(self.bracket)
            return False
        row = _last_finite(model.history["val_loss"])
        low, high = float(model.history["train_loss"][row]), float(model.history["val_loss"][row])
        self._gap = low, high
        below, above = (lines[self._gap_lane].get_data() for lines in (self.training, self.validation))
        edge = np.concatenate([np.column_stack(below), np.column_stack(above)[::-1]])
        self.shade.set_xy(edge[np.isfinite(edge).all(axis=1)])
        x = self.curves.epoch(self.curves.x(end) + BAR)
        self.bracket.set_color(self.look.lane(self._gap_lane))
        set_line(self.bracket, [x, x], [low, min(high, self.curves.most)])
        self.gap_label.set_text(f"gap {number(gap)}")
        return True

    def _label(self, lane: Lane, model: ModelSnapshot) -> str:
        """Name, strength and validation loss ("L1 0.001  0.40"); where there is no room the name and the loss, then the
        name, which alone tells the curves apart: the loss can be read off the axis, but not that a network diverged."""
        size = self.look.label_size
        if model.state != "diverged":
            return self._fitting(lane, model, f"  {capped(self._end(model)[1], 1000)}")
        said = "  diverged"
        short = shorten(lane.name, self._room - width_of(said, size, bold=True), size, bold=True) + said
        return first_that_fits([lane.label(model.config) + said, lane.name + said, short], self._room, size, bold=True)

    def _fitting(self, lane: Lane, model: ModelSnapshot, said: str) -> str:
        """What fits of a lane's name, its strength and what is `said` of it, as long as `WIDEST` or shorter."""
        size = self.look.label_size
        texts = [lane.label(model.config) + said, lane.name + said, shorten(lane.name, self._room, size, bold=True)]
        return first_that_fits(texts, self._room, size, bold=True)

    def _end(self, model: ModelSnapshot) -> tuple[float, float]:
        """Epoch and value of the last finite validation loss."""
        row = _last_finite(model.history["val_loss"])
        if row is None:
            return float(model.history["epoch"][-1]), np.inf
        return float(model.history["epoch"][row]), float(model.history["val_loss"][row])

    # -- helpers

    def _pairs(self, snapshot: Snapshot) -> list[tuple[Lane, ModelSnapshot]]:
        return list(zip(self.lanes, snapshot.models, strict=True))

    def _mark_of(self, i: int, size: float, **style: Any) -> Line2D:
        """The mark of lane `i`, of about `size` CSS pixels."""
        shape, look = mark(i), {"linestyle": "none", "zorder": 4} | style
        color = self.look.lane(i)
        return self.add_line(self.plot, color, marker=shape.marker, markersize=size * shape.grow, **look)


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
