"""The lanes' names, each with the λ of its ring: right of the plane at the heights of their points, or above it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.text import Text

from ...look.lettering import width_of
from ...look.numbers import number
from ...look.theme import mark
from ..parts.artists import set_line
from ..parts.base import Panel
from ..parts.labels import column_for, first_that_fits, shorten, spread

SHARE = 0.26
"""Of the picture that the λ may take, if names need less."""


GAP = 20.0
"""CSS pixels between labels that stand in one row."""

LINE = 1.3
"""Height of a row of labels, in type sizes."""


class Legend:
    """Labels of some `lanes`, that never overlap: beside the plane two lines for each, or one where there is no room
    for two; above it one, with name and λ."""

    def __init__(self, panel: Panel, lanes: Sequence[int]) -> None:
        look = panel.look
        self.panel, self.lanes, self.look = panel, lanes, look
        names = [width_of(panel.lanes[i].name, look.label_size, bold=True) for i in lanes]
        value = number(0.0123)
        told = [width_of(text, look.small_size) for text in (f"λ = 1/(2ηt) = {value}", f"λ = {value}")]
        self._key = 1.1 * look.label_size
        place = panel.place.width - self._key
        self._room = column_for(names, told[:1] if told[0] <= SHARE * place else told[1:], place, SHARE)
        self.keys: dict[int, Line2D] = {}
        self.names: dict[int, Text] = {}
        self.notes: dict[int, Text] = {}
        self.places: dict[int, tuple[float, float]] = {}
        """The middle of each lane's label, in CSS pixels."""

        self.above = False
        # A row's place holds the longest name with the shortest words.
        self._names = max(names) + 0.6 * look.label_size
        self._cell = self._key + self._names + told[1]
        self._columns = max(1, min(len(lanes), int((panel.place.width + GAP) / (self._cell + GAP))))

    @property
    def width(self) -> float:
        """CSS pixels that it takes beside the plane."""
        return self._key + self._room

    @property
    def height(self) -> float:
        """CSS pixels that it takes above the plane."""
        return -(-len(self.lanes) // self._columns) * LINE * self.look.label_size

    def build_above(self, top: float) -> None:
        """Make the artists, in rows from `top` on (CSS pixels), as many in a row as there is room for."""
        self.above, pitch, width = True, LINE * self.look.label_size, self.panel.place.width
        self._line, self.two, self._cell = pitch, True, (width + GAP) / self._columns - GAP
        self._add(0.0, top, width, self.height)
        for k, i in enumerate(self.lanes):
            row, column = divmod(k, self._columns)
            x, y = column * (self._cell + GAP), top + (row + 0.5) * pitch
            self.places[i] = x + self._cell / 2, y
            set_line(self.keys[i], [x + 0.3 * self._key], [y])
            self.panel.move(self.names[i], x + self._key, y)

    def build(self, left: float, top: float, height: float) -> None:
        """Make the artists, beside axes from `top` (CSS pixels) and as high as they are."""
        label, small = self.look.label_size, self.look.small_size
        self._left, self._top, self._height = left, top, height
        line = 1.22 * label
        self.two = (line + 1.2 * small) * len(self.lanes) <= height
        self._line = line + 1.2 * small * self.two
        self._add(left, top, self.width, height)

    def _add(self, left: float, top: float, width: float, height: float) -> None:
        panel, look, label = self.panel, self.look, self.look.label_size
        field = panel.add_field(left, top, width, height, (0, width), (top + height, top))
        style: dict[str, Any] = {"linestyle": "none", "markeredgewidth": 0, "clip_on": False}
        for i in self.lanes:
            shape, color, x = mark(i), look.lane(i), left + self._key
            size = 0.55 * label * shape.grow
            self.keys[i] = panel.add_line(field, color, marker=shape.marker, markersize=size, **style)
            self.names[i] = panel.live(panel.add_text(x, top, "", color=color, weight="bold", va="center"))
            self.notes[i] = panel.live(panel.add_note(x, top, "", va="center"))

    def lane_at(self, x: float, y: float) -> int | None:
        """Return the lane whose label is at a point of the panel's place (CSS pixels)."""
        near = [i for i, its in self.places.items() if abs(y - its[1]) <= 0.5 * self._line and self._beside(i, x)]
        return min(near, key=lambda i: abs(y - self.places[i][1]), default=None)

    def _beside(self, i: int, x: float) -> bool:
        return abs(x - self.places[i][0]) <= 0.5 * self._cell if self.above else x >= self._left

    def _show_above(self, words: Mapping[int, Sequence[str]]) -> None:
        """Say the λ of each lane after its name, as long as all have room for."""
        panel, size, small = self.panel, self.look.label_size, self.look.small_size
        room = self._cell - self._key - self._names
        whole = all(width_of(words[i][0], small) <= room for i in self.lanes)
        for i in self.lanes:
            name = shorten(panel.lanes[i].name, self._cell - self._key, size, bold=True)
            beyond = width_of(name, size, bold=True) + 0.6 * size
            self.names[i].set_text(name)
            self.notes[i].set_text(
                panel.fitting([words[i][0 if whole else -1], ""], self._cell - self._key - beyond + 1)
            )
            (x, y), left = self.places[i], self._key + beyond - self._cell / 2
            panel.move(self.notes[i], x + left, y)

    def show(self, heights: Mapping[int, float], words: Mapping[int, Sequence[str]]) -> None:
        """Put every name at the height of its lane (CSS pixels) as far as they stand apart; `words` longest first."""
        if self.above:
            self._show_above(words)
            return
        panel, size, small = self.panel, self.look.label_size, self.look.small_size
        order = sorted(self.lanes, key=lambda i: (heights[i], i))
        low, last = self._top + 0.5 * self._line, self._top + self._height - 0.5 * self._line
        lines = spread([heights[i] for i in order], self._line, low, max(low, last))
        whole = all(width_of(words[i][0], small) <= self._room for i in self.lanes)  # for all lanes alike
        for i, y in zip(order, np.round(lines, 1).tolist(), strict=True):
            self.places[i] = self._left + 0.5 * self.width, y
            name = shorten(panel.lanes[i].name, self._room, size, bold=True)
            if not self.two:
                longer = [f"{panel.lanes[i].name}  {words[i][-1]}"] if words[i][-1] else []
                name = first_that_fits([*longer, name], self._room, size, bold=True)
            y -= 0.6 * small if self.two else 0.0
            set_line(self.keys[i], [0.3 * self._key], [y])
            self.names[i].set_text(name)
            self.notes[i].set_text(panel.fitting([words[i][0 if whole else -1], ""], self._room) if self.two else "")
            panel.move(self.names[i], self._left + self._key, y)
            panel.move(self.notes[i], self._left + self._key, y + 0.61 * size + 0.6 * small)
