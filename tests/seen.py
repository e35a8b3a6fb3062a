"""What a page shows of a stage, read off the frames alone: the rectangles of its texts, and its marks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np
from matplotlib.colors import to_hex
from matplotlib.lines import Line2D
from matplotlib.text import Text

from regviz.lab.canvas.changes import Changes
from regviz.lab.canvas.live_texts import MEASUREMENT
from regviz.lab.canvas.texts import PlacedText, placed
from regviz.lab.look.lettering import width_of
from regviz.lab.panels.parts.base import Panel

INK = 0.72
"""Height of capitals and digits, as a share of the font size."""


class Box(NamedTuple):
    """CSS pixels of the figure, y downwards."""

    left: float
    top: float
    right: float
    bottom: float

    def covers(self, other: Box, slack: float = 1.0) -> bool:
        """True if the two share more than `slack` pixels in both directions."""
        across = min(self.right, other.right) - max(self.left, other.left)
        down = min(self.bottom, other.bottom) - max(self.top, other.top)
        return across > slack and down > slack


@dataclass(frozen=True)
class Shape:
    """A mark of a lane, as it was drawn: its colour, its middle, and half its size."""

    color: str
    x: float
    y: float
    radius: float

    @property
    def box(self) -> Box:
        return Box(self.x - self.radius, self.y - self.radius, self.x + self.radius, self.y + self.radius)


def ink_of(text: PlacedText) -> Box:
    """The rectangle that the letters of `text` fill (capitals; descenders hang below)."""
    x, y, words, _, size, weight, ha, va, rotation = text
    wide, high = width_of(words, size, bold=weight > 500), INK * size
    left = {"left": 0.0, "center": wide / 2, "right": wide}[ha]
    top = {"baseline": high, "top": 0.0, "bottom": high + 0.2 * size}.get(va, high / 2)
    if rotation:
        return Box(x - top, y - wide + left, x - top + high, y + left)
    return Box(x - left, y - top, x - left + wide, y - top + high)


class Reader:
    """The texts that a page has after each frame."""

    def __init__(self, changes: Changes) -> None:
        self.texts: dict[str, PlacedText] = {}
        self.follow(changes)

    def follow(self, changes: Changes) -> None:
        """Take in one frame."""
        if changes.whole:
            self.texts.clear()
        for key, text in changes.texts.items():
            if text is None:
                del self.texts[key]
            else:
                self.texts[key] = text

    def overlaps(self) -> list[tuple[str, str]]:
        """The words of texts that stand on each other."""
        boxes = [(text[2], ink_of(text)) for text in self.texts.values()]
        return [(a, b) for (a, its), (b, other) in combinations(boxes, 2) if its.covers(other)]

    def late(self, panel: Panel, height: float, ratio: float) -> set[Any]:
        """What `panel` has put somewhere, and the page does not have there; measurements may differ."""
        wanted = [placed(text, height, ratio) for text in panel.artists if isinstance(text, Text)]
        return {without_measurements(text) for text in wanted if text} - {
            without_measurements(text) for text in self.texts.values()
        }


def without_measurements(text: PlacedText) -> Any:
    """`text` with 0 for each of its measurements."""
    return (*text[:2], MEASUREMENT.sub("0", text[2]), *text[3:])


def marks_of(panel: Panel, height: float, ratio: float) -> Iterator[Shape]:
    """The marks of `panel` that can be seen and that were drawn with their frame."""
    for line in panel.artists:
        if not isinstance(line, Line2D) or line.get_marker() in ("None", None, "", " ") or not line.get_visible():
            continue
        points = line.get_transform().transform(np.column_stack(line.get_data()).astype(float))
        color, radius = to_hex(line.get_color()), line.get_markersize() / 2
        for x, y in points[np.isfinite(points).all(axis=1)]:
            yield Shape(color, float(x) / ratio, height - float(y) / ratio, radius)
