"""Loss or score over epochs: validation and training of every lane, the gap, where each was best, what was turned."""

from __future__ import annotations

from typing import Any, ClassVar, Self

import numpy as np
from matplotlib.lines import Line2D

from regviz.language import en, tr
from regviz.training.snapshot import ModelSnapshot, Snapshot

from ..compare.scene import Answer, PointerKind
from ..look.numbers import WIDEST, percent
from .loss_gap import BAR, Gap
from .loss_head import Head, readings, subtitles
from .loss_labels import Labels, Said
from .loss_turns import Turns
from .loss_views import LossView, epoch_near, last_finite, rows_from, scale_of, window
from .parts.artists import set_line
from .parts.base import Panel
from .parts.curves import Curves, Series, room_for_ticks, thinned

MOST_FOR_NAMES = 0.62
"""Share of the picture, without the ticks' room, that the names of its lanes may take."""

STOPS = 40
"""Epochs at which the keyboard stops at most."""

BEYOND = 3.0
"""Times the height of the axes that a curve may leave them before it is cut: Agg need not carry more."""


class LossPanel(Panel):
    """Solid validation and dashed training loss of every lane, named at their right ends.

    Words in the head line show the score in its place, a logarithmic axis, and the newest epochs alone; so do clicks on
    the title, on the axis, and on the epochs. The pointer reads the validation values of an epoch.
    """

    name: ClassVar[str] = "loss"
    menu_title: ClassVar[str] = en("Loss")
    drawing: ClassVar[str] = (
        '<path d="M4 3V29H45" opacity=".4"/>'
        '<path d="M6 5C12 20 18 20 24 19S38 14 44 10"/>'
        '<path d="M6 5C13 23 24 25 44 26" stroke-dasharray="4 4"/>'
    )
    listens: ClassVar[bool] = True
    choice: LossView = LossView()
    """What a person chose to see; it outlives `build`."""
    at: int | None = None
    """The epoch under the pointer."""

    @property
    def views(self) -> tuple[str, ...]:
        """The choice, in words."""
        return self.choice.words

    def look_at(self, words: tuple[str, ...]) -> None:
        """Choose by the words of `views`. Raises ArgumentError for one that says nothing here."""
        self.choice = LossView.of(words)

    def copy(self) -> Self:
        """Return another panel with the same choice; the pointer is not over that one."""
        other = super().copy()
        other.at = None
        return other

    def build(self, snapshot: Snapshot) -> None:
        """Make axes with room for labels at the right; per lane two curves, a label, marks where it was best and
        ended.
        """
        look, place, models = self.look, self.place, snapshot.models
        self._regression = models[0].split.task == "regression"
        self.head = Head(self, self._regression)
        self.subtitle = self.live(self.add_note(0, 0.95 * look.title_size + 1.5 * look.small_size))
        longest = [
            [
                *(Said(lane.label(model.config), said) for said in (WIDEST, percent(1.0, 1))),
                *(Said(lane.name, said) for said in ("0.00", tr("diverged"))),
            ]
            for lane, model in zip(self.lanes, models, strict=True)
        ]
        share = 0.45 if place.width > 460 * look.scale else 0.54  # for labels; a small picture's are as long
        room = place.width - room_for_ticks(look)
        self._names = Labels(self, longest, share * room, MOST_FOR_NAMES * room)
        self.curves = Curves(self, self._names.width)
        self.plot = self.curves.axes
        self.turns = Turns(self, self.curves)
        self._add_ghosts(models[0].split.task)
        self._add_cursors()
        self.gap = Gap(self, self.curves)
        self.shade, self.bracket = self.gap.shade, self.gap.bracket
        self._names.begin(self.curves)
        self.labels, self.keys, self.gap_label = self._names.texts, self._names.keys, self._names.gap
        self.training: list[Line2D] = []
        self.validation: list[Line2D] = []
        self.best: list[Line2D] = []
        self.ends: list[Line2D] = []
        self.dots: list[Line2D] = []
        for i in range(len(self.lanes)):
            self._add_lane(i)
        self._shown: LossView | None = None

    def _add_ghosts(self, task: str) -> None:
        """The validation curves of a pinned run of the same `task`, faint, in the colours of the lanes of their names;
        they stand still, so they belong to the background.
        """
        look, pinned = self.look, self.scene.pinned
        if pinned is not None and pinned.snapshot.models[0].split.task != task:
            pinned = None  # its losses are of another kind
        self._pinned = () if pinned is None else pinned.snapshot.models
        places = () if pinned is None else pinned.places(self.lanes)
        colors = [look.muted if place is None else look.lane(place) for place in places]
        self.ghosts = [Line2D([], [], color=color, linewidth=1.4, alpha=0.38, zorder=1.5) for color in colors]
        for ghost in self.ghosts:
            self.plot.add_line(ghost)

    def _add_cursors(self) -> None:
        """The line where a person looks back, and that under the pointer."""
        look = self.look
        self.cursor = self.add_line(self.plot, look.text, linewidth=1, alpha=0.7, zorder=5)
        self.pointed = self.add_line(self.plot, look.text, linewidth=1, alpha=0.55, zorder=1.9, visible=False)

    def _add_lane(self, i: int) -> None:
        """Both curves of lane `i` and its marks."""
        look, color, mark_of = self.look, self.look.lane(i), self._names.mark_of
        dashed: dict[str, Any] = {"linewidth": 1.35, "linestyle": (0, (3.2, 1.8)), "alpha": 0.85, "zorder": 2}
        self.training.append(self.add_line(self.plot, color, solid_joinstyle="round", **dashed))
        self.validation.append(self.add_line(self.plot, color, linewidth=1.9, zorder=3, solid_joinstyle="round"))
        self.best.append(mark_of(i, 8, markerfacecolor=look.background, markeredgewidth=2))
        self.ends.append(mark_of(i, 9, markeredgecolor=look.background, zorder=4.5))
        self.dots.append(mark_of(i, 4.5, markeredgewidth=0, zorder=4.8, visible=False))

    def draw(self, snapshot: Snapshot) -> None:
        """Set curves, marks and labels, if an epoch has passed since the last call."""
        back = snapshot.epoch if self.scene.live is not None else None
        models = (self.scene.live or snapshot).models
        if self.at is not None:
            self.at = min(self.at, int(max(model.history["epoch"][-1] for model in models)))
        told = ((m.moment_of_epoch, m.best_epoch, len(m.history["epoch"]), m.turns) for m in models)
        if self.unchanged(back, self.at, self.choice, *told):
            return
        if self.choice != self._shown:
            self._shown = self.choice
            self.gap.forget()
            self._limits = self._epochs = (0.0, 0.0)
            self.scale = scale_of(self.choice, self._regression)
            self.head.show(self.choice)
        self._models, self._end = models, max(float(model.history["epoch"][-1]) for model in models)
        self._set_limits(back)
        curves = self.curves
        set_line(self.cursor, *([(back, back), (curves.low, curves.most)] if back is not None else []))
        for i, model in enumerate(models):
            self.validation[i].set_data(*self._curve(model, "val"))
            self.training[i].set_data(*self._curve(model, "train"))
            self._mark(self.best[i], model.best_epoch, model)
            self._mark(self.ends[i], model.stopped_epoch, model)
            if model.diverged_epoch is not None:
                row = last_finite(model.history["val_loss"])
                last = None if row is None else int(model.history["epoch"][row])
                self._mark(self.ends[i], last, model, inside=True)
        self.turns.show(models, self._end)
        self._set_subtitle()
        self._set_pointer()
        gap = self.gap.show(self.scale, models, list(zip(self.training, self.validation, strict=True)), self._end)
        self._names.show([self._said(i) for i in range(len(models))], self._end, gap)

    # -- axes, curves and marks

    def _values(self, model: ModelSnapshot, part: str) -> Series:
        return np.asarray(model.history[f"{part}_{self.scale.column}"], float)

    def _set_limits(self, back: int | None) -> None:
        """Fit the axes to what is shown; the ghosts change with them alone."""
        curves, every = self.curves, (*self._models, *self._pinned)
        last = self.choice.last if back is None or back >= self._end - self.choice.last else 0
        end = self._end if last else max(float(model.history["epoch"][-1]) for model in every)
        self._epochs = window(end, last, *self._epochs)
        first = self._epochs[0]
        held = [
            self._values(model, part)[rows_from(model, first)] for model in self._models for part in ("val", "train")
        ]
        before, self._limits = self._limits, self.scale.limits(held, self._limits)
        moved = before != self._limits or (curves.first, curves.last) != self._epochs
        curves.span(*self._epochs)
        if before != self._limits:
            curves.reach(*self._limits, *self.scale.ticks(*self._limits))
        if moved:
            for ghost, model in zip(self.ghosts, self._pinned, strict=True):
                ghost.set_data(*self._curve(model, "val"))

    def _curve(self, model: ModelSnapshot, part: str) -> tuple[Series, Series]:
        """A curve with few points in the window, and none that is far out of the picture."""
        curves = self.curves
        rows = rows_from(model, curves.first)
        x, y = thinned(np.asarray(model.history["epoch"][rows], float), self._values(model, part)[rows])
        if len(x) and x[-1] > curves.last:  # a pinned run may be longer than a window, or have ended before it
            x, y = x[x <= curves.last], y[x <= curves.last]
        room = BEYOND * (curves.most - curves.low)
        return x, self.scale.raised(y).clip(curves.low - room, curves.most + room)

    def _mark(self, mark: Line2D, epoch: int | None, model: ModelSnapshot, *, inside: bool = False) -> None:
        """Put a mark on the validation curve at `epoch`, and if asked to `inside` the axes; away without one."""
        if epoch is None or epoch < self.curves.first:
            set_line(mark)
            return
        value = float(self._values(model, "val")[model.row_at(epoch)])
        if not np.isfinite(value):
            set_line(mark)
            return
        height, edge = self.scale.height(value), 0.015 * (self.curves.most - self.curves.low)
        low, most = self.curves.low + edge, self.curves.most - edge
        set_line(mark, [epoch], [min(max(height, low), most) if inside else height])

    # -- what is said

    def _set_subtitle(self) -> None:
        if self.at is None:
            hollow = any(mark.get_visible() for mark in self.best)
            texts = subtitles(self._models, self.choice.score, hollow)
        else:
            texts = readings(self.at, self.scale.measured)
        self.say(*texts)

    def _said(self, i: int) -> Said:
        """Name, strength and number of a lane: its last validation value, or that under the pointer.

        A lane that has stopped stands still, with the weights that it keeps. One that has diverged has none.
        """
        model = self._models[i]
        values, epochs = self._values(model, "val"), model.history["epoch"]
        row = last_finite(values)
        end, value = float(epochs[-1 if row is None else row]), np.inf if row is None else float(values[row])
        number, needed = self.scale.text(value), self.at is not None
        if model.state == "diverged" and (row is None or self.at is None or self.at > end):
            number, needed = tr("diverged"), True
        elif self.at is not None and self.at > epochs[-1]:
            number = self.scale.text(model.now(f"val_{self.scale.column}"))
        elif self.at is not None and row is not None:
            number = self.scale.text(float(values[model.row_at(self.at)]))
        height = self.scale.height(value)
        if row is None and not self.scale.falls:
            height = -np.inf
        return Said(self._names.called(i, model.config), number, end, height, needed)

    # -- pointer and keyboard

    def _set_pointer(self) -> None:
        """The line under the pointer, and on each curve that it meets a dot."""
        if self.at is None and not self.pointed.get_visible():
            return
        curves = self.curves
        set_line(self.pointed, *([(self.at, self.at), (curves.low, curves.most)] if self.at is not None else []))
        for dot, model in zip(self.dots, self._models, strict=True):
            epochs, at = model.history["epoch"], self.at
            met = None if at is None or at > epochs[-1] else int(epochs[model.row_at(at)])
            self._mark(dot, met, model, inside=True)

    def _epochs_to_read(self) -> list[int]:
        """The epochs at which the keyboard stops."""
        first, last = int(self.curves.first), int(self._end)
        count = min(STOPS, last - first + 1)
        return [first + round(k * (last - first) / max(1, count - 1)) for k in range(count)]

    def targets(self) -> list[tuple[float, float]]:
        """Return the words of the head line, and epochs along the curves."""
        middle = self.curves.top + 0.5 * self.curves.height
        return [*self.head.targets(), *((self.curves.x(epoch), middle) for epoch in self._epochs_to_read())]

    def first_target(self) -> int:
        """Return the newest epoch."""
        return len(self.targets()) - 1

    def pointer(self, kind: PointerKind, x: float, y: float) -> Answer:
        """Read the values of an epoch, or switch what is seen."""
        before, self.at = self.at, None
        if kind == "leave":
            return Answer(redraw=before is not None)
        curves = self.curves
        switch = self.head.at(x, y)
        if switch is None and curves.top - 5 < y <= curves.foot and x < curves.left - 3:
            switch = self.head.of_axis
        elif switch is None and y > curves.foot + 2:
            switch = self.head.of_epochs
        if switch is not None:
            if kind == "click" and self.head.now(switch.part, self.choice):
                self.choice = self.choice.after(switch.part)
            told = self.head.now(switch.part, self.choice)
            return Answer(hint=told.hint if told else "", redraw=kind == "click" or before is not None)
        if curves.top - 5 <= y <= curves.foot and x <= curves.x(self._end) + BAR:
            self.at = epoch_near(self._models, curves.epoch(x), curves.first, self._end)
        return Answer(aloud=self._aloud(), redraw=self.at != before)

    def _aloud(self) -> str:
        """What one sees at the epoch under the pointer, in words."""
        if self.at is None:
            return ""
        said = ", ".join(f"{lane.name} {self._said(i).number}" for i, lane in enumerate(self.lanes))
        measured = self.scale.measured
        return tr("epoch {at}, validation {measured}: {join}", at=self.at, measured=measured, join=said)
