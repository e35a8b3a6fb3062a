"""Pictures with one row per lane: names at the left, columns of numbers at the right, a picture between them."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.text import Text

from regviz.training.snapshot import Snapshot

from .base import Panel
from .labels import column_for, shorten, width_of


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
        self.panel, self.lanes = panel, lanes
        strengths = [lane.strength(model.config) for lane, model in zip(lanes, snapshot.models, strict=True)]
        names = [width_of(lane.name, label, bold=True) for lane in lanes]
        self.left = column_for(names, [width_of(text, small) for text in strengths], place.width, 0.25) + 12
        widths = [max(glyph + width_of(text, small), width_of(sample, label, bold=True)) + 8 for text in headings]
        self.top = panel.header_height + (1.25 * small if headings else 0)
        self.height = place.height - self.top - bottom
        self.width = place.width - self.left - sum(widths) - 6
        self.pitch = self.height / len(lanes)
        self.rights = [place.width - sum(widths[k + 1 :]) for k in range(len(widths))]
        """Right edges of the columns of numbers."""
        for text, x in zip(headings, self.rights, strict=True):
            panel.add_text(x, self.top - 0.45 * small, text, size=small, color=look.muted, ha="right")
        two_lines = self.pitch > 2.5 * small
        self.strengths: list[Text] = []
        self.numbers: list[list[Text]] = []
        for i, lane in enumerate(lanes):
            color = look.lanes[i % len(look.lanes)]
            middle = self.middle(i)
            y = middle - 0.1 * label if two_lines else middle + 0.36 * label
            panel.add_text(0, y, shorten(lane.name, self.left - 8, label * 1.06), color=color, weight="bold")
            below = panel.live(panel.add_text(0, y + 1.15 * small, "", size=small, color=look.muted))
            below.set_visible(two_lines)
            self.strengths.append(below)
            self.numbers.append(
                [
                    panel.live(panel.add_text(x, middle + 0.36 * label, "", color=color, ha="right", weight="bold"))
                    for x in self.rights
                ]
            )

    def middle(self, i: int) -> float:
        """Height of the middle of row `i`."""
        return self.top + (i + 0.5) * self.pitch

    def say(self, i: int, strength: str, *numbers: str) -> None:
        """Set the small text below lane `i`'s name, and its numbers."""
        self.strengths[i].set_text(shorten(strength, self.left - 4, self.panel.look.small_size))
        for text, number in zip(self.numbers[i], numbers, strict=True):
            text.set_text(number)


def stand_empty(panel: Panel, *words: str) -> None:
    """A quiet field with words, a line each, instead of a picture: say why there is nothing to see."""
    look, top = panel.look, panel.header_height
    height = panel.place.height - top - 1.9 * look.small_size
    axes = panel.add_axes(0, top, panel.place.width, height)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.set_facecolor(look.surface)
    axes.patch.set_visible(True)
    for k, text in enumerate(words):
        y = top + height / 2 + (k - (len(words) - 1) / 2) * 1.5 * look.small_size
        panel.add_text(panel.place.width / 2, y, text, size=look.small_size, color=look.muted, ha="center", va="center")


def signed(value: float, digits: int = 1) -> str:
    """A difference with its sign, "+0.3" or "−1.2", and "0.0" without one."""
    text = f"{abs(value):.{digits}f}"
    return text if float(text) == 0 else ("+" if value > 0 else "−") + text


def compact(value: float) -> str:
    """A size of any power of ten in few characters: "0.83", "14", "3e−9"."""
    if value == 0:
        return "0"
    if 0.01 <= abs(value) < 1000:
        return f"{value:.2f}" if abs(value) < 9.995 else f"{value:.0f}"
    mantissa, power = f"{value:.0e}".split("e")
    return f"{mantissa}e{int(power)}".replace("-", "−")
