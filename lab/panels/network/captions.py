"""Texts around a network's graph: what each column is, how many of its units are shown, and what ends are called."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from regviz.language import tr
from regviz.training.snapshot import ModelSnapshot

from ...look.lettering import width_of
from ...look.numbers import MINUS, WIDEST, number
from ..parts.base import Panel
from ..parts.labels import shorten
from .graph import Graph, Units

CHANCE, TARGET = ">0.99", f"{MINUS}{WIDEST}"
"""What is said behind the name of a class, or of a target, is hardly ever wider."""

LAYERS = 10
"""Inputs, eight hidden layers, outputs: the deepest network there is."""


class Captions:
    """Live texts, made once for any network; `lay_out` moves them for the one that is shown.

    `top` and `bottom` are those of the graph's axes, `rows` the most units of a column.
    """

    def __init__(self, panel: Panel, top: float, bottom: float, rows: int) -> None:
        self.panel, self.top, self.bottom = panel, top, bottom
        self.names: list[str] = []
        """Of all inputs."""
        self.ends: list[str] = []
        """Of all outputs, as long as there is room for."""
        self.full_ends: list[str] = []
        """Of all outputs, in full."""
        self.small = panel.look.small_size
        self.columns, self.counts = (
            [panel.live(panel.add_note(0, bottom, ha="center")) for _ in range(LAYERS)] for _ in range(2)
        )
        self.inputs, self.outputs = (
            [panel.live(panel.add_note(0, top, ha=ha, va="center")) for _ in range(rows)] for ha in ("right", "left")
        )
        self.cut = False
        """True if the counts have no room to say of how many units they are."""

    def margins(self, model: ModelSnapshot) -> tuple[float, float]:
        """Return CSS pixels that the names of inputs and outputs need at the left and right of the graph."""
        split, most = model.split, 0.2 * self.panel.place.width
        self.names = [str(name) for name in split.feature_names] or [f"{k + 1}" for k in range(split.n_features)]
        self._said = split.image_shape is None
        ends = [str(name) for name in split.class_names] or [tr("target")]
        left = min(max(width_of(name, self.small) for name in self.names), most) + 12 if self._said else 14
        # A point that is traced has a number behind each name.
        said = width_of(f" {CHANCE if split.class_names else TARGET}", self.small)
        right = min(max(width_of(name, self.small) for name in ends) + said, most) + 14
        self._room = 0.94 * left - 10
        self.full_ends, self._end_room = ends, right - 12
        self.ends = [shorten(name, right - 12, self.small) for name in ends]
        half = width_of(tr("64 of 64"), self.small) / 2
        return max(left, half), max(right, half)

    def lay_out(self, graph: Graph, shown: Sequence[Units], widths: Sequence[int]) -> None:
        """Place, below each column, what it is and how many units it shows; beside the ends, places for names."""
        last, small = len(widths) - 1, self.small
        room = float(graph.x[-1] - graph.x[0]) / max(1, last) - 4
        self.cut = False
        for text in (*self.columns, *self.counts, *self.inputs, *self.outputs):
            text.set_text("")
        for k, width in enumerate(widths):
            words = (
                (tr("inputs"), tr("in"))
                if k == 0
                else (tr("outputs"), tr("out"))
                if k == last
                else (tr("hidden {n}", n=k), f"{k}")
            )
            self.columns[k].set_text(self.panel.fitting(words, room))
            count = len(shown[k])
            sizes = (
                (tr("{count} of {width}", count=count, width=width), f"{count}/{width}", f"{count}")
                if count < width
                else (f"{width}",)
            )
            size = self.panel.fitting(sizes, room)
            self.cut = self.cut or (count < width and size == sizes[-1])
            self.counts[k].set_text(size)
            for line, text in enumerate((self.columns[k], self.counts[k])):
                self.panel.move(text, float(graph.x[k]), self.bottom + 1.2 * small * (line + 1))
        for texts, k, sign in ((self.inputs, 0, -1), (self.outputs, last, 1)):
            for text, y in zip(texts, graph.y[k], strict=False):
                self.panel.move(text, float(graph.x[k]) + sign * (graph.radius + 5), self.top + float(y))

    def show(self, on: bool) -> None:
        """Be seen, or not."""
        for text in (*self.columns, *self.counts, *self.inputs, *self.outputs):
            text.set_visible(on)

    def name(self, inputs: Units, outputs: Units, answer: Any = None) -> None:
        """Name the inputs (but not pixels) and outputs that are shown, and say what each output's `answer` is."""
        for text, unit in zip(self.inputs, inputs, strict=False):
            text.set_text(shorten(self.names[int(unit)], self._room, self.small) if self._said else "")
        for text, unit in zip(self.outputs, outputs, strict=False):
            its = int(unit)
            if answer is None:
                text.set_text(self.ends[its])
                continue
            said = chance(float(answer[its])) if len(answer) > 1 else number(float(answer[its]))
            room = self._end_room - width_of(f" {said}", self.small)
            name = shorten(self.full_ends[its], room, self.small)
            if name != self.full_ends[its] and room < 1.5 * self.small:
                name = ""
            text.set_text(f"{name} {said}".strip())


def chance(p: float) -> str:
    """Return a probability with two decimals; only 0 reads 0, and only 1 reads 1."""
    if 0 < p < 0.005:
        return "<0.01"
    return ">0.99" if 0.995 < p < 1 else number(p, 2)
