"""Pictures with one row per lane: names at the left, columns of numbers at the right, a picture between them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.text import Text

from regviz.training.snapshot import Snapshot

from ...look.lettering import width_of
from .base import Panel
from .labels import column_for, shorten


class Rows:
    """Where the rows of a panel are, in CSS pixels from the top left of its place, and the texts beside them.

    `headings` stand over the columns of numbers, which are as wide as `sample`; `bottom` is the room below the rows,
    `glyph` the room that a mark takes before a heading.
    """

    def __init__(
        self, panel: Panel, snapshot: Snapshot, headings: Sequence[str], sample: str, bottom: float, glyph: float = 0
    ) -> None:
        look, place, lanes = panel.look, panel.place, panel.lanes
        small, label = look.small_size, look.label_size
        self.panel = panel
        self.left = names_column(panel, snapshot, 0.25) + 12
        widths = [max(glyph + width_of(text, small), width_of(sample, label, bold=True)) + 8 for text in headings]
        self.top = panel.header_height + (1.25 * small if headings else 0)
        self.height = place.height - self.top - bottom
        self.width = place.width - self.left - sum(widths) - 6
        self.pitch = self.height / len(lanes)
        self.rights = [place.width - sum(widths[k + 1 :]) for k in range(len(widths))]
        """Right edges of the columns of numbers."""
        for text, x in zip(headings, self.rights, strict=True):
            panel.add_note(x, self.top - 0.45 * small, text, ha="right")
        two_lines = self.pitch > 2.5 * small
        self.strengths: list[Text] = []
        self.numbers: list[list[Text]] = []
        for i in range(len(lanes)):
            middle = self.middle(i)
            y = middle - 0.1 * label if two_lines else middle + 0.36 * label
            panel.add_lane_name(i, 0, y, self.left - 8)
            below = panel.live(panel.add_note(0, y + 1.15 * small))
            below.set_visible(two_lines)
            self.strengths.append(below)
            style: dict[str, Any] = {"color": look.lane(i), "ha": "right", "weight": "bold"}
            y = middle + 0.36 * label
            self.numbers.append([panel.live(panel.add_text(x, y, "", **style)) for x in self.rights])

    def middle(self, i: int) -> float:
        """Return height of the middle of row `i`."""
        return self.top + (i + 0.5) * self.pitch

    def say(self, i: int, strength: str, *numbers: str) -> None:
        """Set the small text below lane `i`'s name, and its numbers."""
        self.strengths[i].set_text(shorten(strength, self.left - 4, self.panel.look.small_size))
        for text, number in zip(self.numbers[i], numbers, strict=True):
            text.set_text(number)


def names_column(panel: Panel, snapshot: Snapshot, share: float) -> float:
    """Return CSS pixels for the lanes' names with their strengths below, of which these may take a `share` of the
    place.
    """
    names = [width_of(lane.name, panel.look.label_size, bold=True) for lane in panel.lanes]
    pairs = zip(panel.lanes, snapshot.models, strict=True)
    strengths = [width_of(lane.strength(model.config), panel.look.small_size) for lane, model in pairs]
    return column_for(names, strengths, panel.place.width, share)
