"""Where knobs were turned mid-run: a thin line in the loss picture, and above it what was turned."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.text import Text

from regviz.language import tr
from regviz.training.snapshot import ModelSnapshot
from regviz.training.turns import POINTS

from ..compare.lanes import TECHNIQUES, in_words, name_of, symbol_of, title_of
from ..look.lettering import width_of
from .parts.artists import set_line
from .parts.base import Panel
from .parts.curves import Curves

MOST = 8
"""Turns that are put in words at most; of more the newest."""

MOST_LETTERS = 3
"""Letters of a field's own name ("lr") that is as good as a word where there is little room."""

GAP = 9.0
"""CSS pixels between two texts, and from a line to the text of the one before it."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What was turned after `epoch` epochs, in words of several lengths; `lane` is whose colour it has, if one's."""

    epoch: int
    words: tuple[str, ...]
    lane: int | None


def marks_of(models: Sequence[ModelSnapshot]) -> list[Mark]:
    """Return every turn of the lanes' knobs, in order; one that several lanes share is one."""
    lanes: dict[Any, list[int]] = {}
    for i, model in enumerate(models):
        for turn in model.turns:
            lanes.setdefault(turn, []).append(i)
    turns = sorted(lanes, key=lambda turn: (turn.epoch, turn.field))
    return [Mark(turn.epoch, _words(*turn[1:]), lanes[turn][0] if len(lanes[turn]) == 1 else None) for turn in turns]


def said(value: Any) -> str:
    """Return a knob's value, short."""
    if value is None or isinstance(value, bool):
        return tr("on") if value else tr("off")
    return in_words(value)


class Turns:
    """The lines of all turns on the axes of `curves`, and their words in the strip above these."""

    def __init__(self, panel: Panel, curves: Curves) -> None:
        look = panel.look
        self.panel, self.curves = panel, curves
        self.lines = panel.add_line(curves.axes, look.muted, linewidth=0.8, alpha=0.6, zorder=1.8, clip_on=False)
        y = curves.top - 3.5
        self.texts: list[Text] = [panel.live(panel.add_note(0, y)) for _ in range(MOST)]
        self.marks: list[Mark] = []
        self._y = y
        self._shown: Any = None
        self._known: Any = None

    def show(self, models: Sequence[ModelSnapshot], end: float) -> None:
        """Mark the turns of `models` that the axes show, up to the epoch `end`."""
        known = tuple(model.turns for model in models)
        curves = self.curves
        shown = (known, curves.first, curves.last, curves.low, curves.most)
        if shown == self._shown:
            return
        if known != self._known:
            self._known, self.marks = known, marks_of(models)
        self._shown = shown
        marks = [mark for mark in self.marks if curves.first <= mark.epoch <= max(end, curves.first)]
        epochs = sorted({mark.epoch for mark in marks})
        tip = curves.loss(curves.top - 5)
        x = np.repeat(np.array(epochs, float), 3)
        x[2::3] = np.nan
        set_line(self.lines, x, np.tile([curves.low, tip, np.nan], len(epochs)))
        found = list(self._fitting(marks))
        for text, (place, words, lane) in zip(self.texts, found, strict=False):
            self.panel.move(text, place, self._y)
            text.set_text(words)
            text.set_color(self.panel.look.muted if lane is None else self.panel.look.lane(lane))
        for text in self.texts[len(found) :]:
            text.set_text("")

    def _fitting(self, marks: Sequence[Mark]) -> Iterator[tuple[float, str, int | None]]:
        """Places, words and lanes of the epochs that have room for words, the newest first."""
        end, size = self.panel.place.width, self.panel.look.small_size
        for epoch in sorted({mark.epoch for mark in marks}, reverse=True):
            here = [mark for mark in marks if mark.epoch == epoch]
            x = round(self.curves.x(epoch) + 3, 1)
            named = -1 if len(here) > 1 or here[0].lane is None else None  # a colour says whose knob it is, too
            forms = [", ".join(words) for words in zip(*(mark.words[:named] for mark in here), strict=True)]
            words = next((form for form in forms if width_of(form, size) <= end - x), "")
            if words:
                lanes = {mark.lane for mark in here}
                yield x, words, here[0].lane if len(lanes) == 1 else None
            end = x - 3 - GAP


def _words(field: str, before: Any, after: Any) -> tuple[str, ...]:
    """ "L1 λ 0.001 → 0.01", and shorter: "λ 0.001 → 0.01", "λ → 0.01", "→ 0.01"; of drawn points "points 99 → 120"."""
    if field == POINTS:
        counted = (
            tr("points {before} → {after}", before=before, after=after) if before != after else tr("points changed")
        )
        return counted, counted, tr("points"), tr("points")
    change, then = f"{said(before)} → {said(after)}", f"→ {said(after)}"
    if field in TECHNIQUES:
        title, symbol = tr(title_of(field)), symbol_of(field)
        names = (f"{title} {symbol}".strip(), symbol or title)
    else:
        word = tr(name_of(field))
        names = (word, field if len(field) <= MOST_LETTERS else word)
    return f"{names[0]} {change}", f"{names[1]} {change}", f"{names[1]} {then}", then
