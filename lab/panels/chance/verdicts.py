"""The verdict in many seeds: a row for each lane, or for each answer of a question, with a dot for each seed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from regviz.language import en, ntr, tr

from ...look.lettering import width_of
from ...look.numbers import number
from ...look.theme import mark
from ..parts.artists import set_line
from ..parts.base import Panel
from ..parts.labels import shorten

if TYPE_CHECKING:
    from ...compare.chance_view import ChanceView

OTHER = en("none of the answers")
NAMES = 0.5
"""Share of the picture that the names of rows may take."""


@dataclass(frozen=True, slots=True)
class Row:
    """What is said of something that happened in `count` of `seeds` seeds; `lane` is whose it is."""

    name: str
    count: int
    seeds: int
    lane: int | None = None

    @property
    def said(self) -> str:
        """ "19 of 20"."""
        return tr("{count} of {seeds}", count=self.count, seeds=self.seeds)


def rows_of(view: ChanceView) -> tuple[str, list[Row]]:
    """Return a heading and the rows below it."""
    seeds = len(view.seeds)
    if view.choices:
        words = {"": tr("no clear answer") if view.done else tr("not clear yet")}
        words |= dict(view.choices)
        found = [Row(words.get(outcome) or tr(OTHER), count, seeds) for outcome, count in view.counted()]
        return tr("what the numbers say to the question, by seed"), found
    if len(view.lanes) == 1:
        losses = view.last(0)
        if not np.isfinite(losses).any():
            return tr("every network diverged"), []
        low, high = (number(float(end(losses))) for end in (np.nanmin, np.nanmax))
        said = tr("at epoch {epoch} from {low} to {high}", epoch=view.epoch, low=low, high=high)
        if gone := int(np.count_nonzero(np.isnan(losses))):
            said += "; " + ntr("{n} of {seeds} diverged", "{n} of {seeds} diverged", gone, seeds=seeds)
        return said, []
    rows = [
        Row(lane.name, int(np.count_nonzero(view.lower(i))), seeds, i)
        for i, lane in enumerate(view.lanes)
        if i and seeds
    ]
    return tr("validation loss lower than that of “{name}”", name=view.lanes[0].name), rows


class Verdicts:
    """The rows at the foot of a picture, `most` at most; `height` is what they take of it in CSS pixels."""

    def __init__(self, panel: Panel, most: int) -> None:
        look, place = panel.look, panel.place
        self.panel, self.line = panel, 1.3 * look.label_size
        room = 0.42 * (place.height - panel.header_height)
        self.most = max(1, min(most, int((room - 2 * look.small_size) / self.line)))
        self.height = self.most * self.line + 2.2 * look.small_size
        top = place.height - self.most * self.line
        self.heading = panel.live(panel.add_note(0, top - 0.55 * look.small_size))
        field = panel.add_field(0, top, place.width, self.most * self.line, x=(0, place.width), y=(self.most, 0))
        self.names, self.counts, self.full, self.empty = [], [], [], []
        size = 0.56 * look.label_size
        for row in range(self.most):
            y = top + (row + 0.5) * self.line
            self.names.append(panel.live(panel.add_text(0, y, "", weight="bold", va="center")))
            self.counts.append(panel.live(panel.add_text(0, y, "", va="center")))
            style = {"linestyle": "none", "markersize": size, "visible": False}
            self.full.append(panel.add_line(field, look.text, marker="o", markeredgewidth=0, **style))
            self.empty.append(panel.add_line(field, look.muted, marker="o", markerfacecolor="none", **style))

    def show(self, view: ChanceView | None, now: Sequence[int | None]) -> None:
        """Set the rows of `view`, whose lanes are at the places `now`: they have the colours and marks of those."""
        heading, rows = ("", []) if view is None or not view.seeds else rows_of(view)
        panel, look = self.panel, self.panel.look
        width, size = panel.place.width, look.label_size
        self.heading.set_text(shorten(heading, width, look.small_size) if heading else "")
        said = max([width_of(row.said, size) for row in rows], default=0.0)
        dots = 0.62 * size * max([row.seeds for row in rows], default=0)
        names = max([width_of(row.name, size, bold=True) for row in rows], default=0.0)
        fits = width - said - 2.0 * size - names >= dots
        room = names if fits else min(names, max(NAMES * width, width - said - 2.0 * size - dots))
        dotted = width - said - 2.0 * size - room
        for place in range(self.most):
            row = rows[place] if place < len(rows) else None
            for line in (self.full[place], self.empty[place]):
                set_line(line)
            self.names[place].set_text("" if row is None else shorten(row.name, room, size, bold=True))
            self.counts[place].set_text("" if row is None else row.said)
            if row is None:
                continue
            lane = None if row.lane is None else now[row.lane]
            color = look.text if lane is None else look.lane(lane)
            self.names[place].set_color(color)
            step = min(1.1 * size, dotted / max(1, row.seeds))
            x = room + size + step * (np.arange(row.seeds) + 0.5)
            panel.move(self.counts[place], float(room + size + step * row.seeds + 0.8 * size), self._middle(place))
            if step < 0.5 * size:  # no dots where they would touch
                panel.move(self.counts[place], float(room + size), self._middle(place))
                continue
            for line, some in ((self.full[place], x[: row.count]), (self.empty[place], x[row.count :])):
                set_line(line, some, np.full(len(some), place + 0.5))
            shape = mark(lane or 0)
            self.full[place].set_marker(shape.marker)
            self.full[place].set_color(color)

    def _middle(self, place: int) -> float:
        return self.panel.place.height - (self.most - place - 0.5) * self.line
