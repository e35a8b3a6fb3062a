"""What is inside the units: their pictures, or one of them large, asked no more often than it is worth."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes

from regviz.data import Split
from regviz.language import tr
from regviz.training.snapshot import ModelSnapshot

from ...look.numbers import number
from ..parts.base import Panel
from .answers import CELLS, FINE, LARGEST, Asking, Said
from .columns import Columns
from .graph import Graph, Units
from .large import Large

REST = 4
"""Frames between two looks at all units, however fast epochs pass; more for networks that take longer."""


class Inside:
    """Asks the units of one network at a time; nothing is asked while nothing of it is shown."""

    def __init__(self, panel: Panel, axes: Axes, split: Split, depth: int, height: float, top: float) -> None:
        self.asking = Asking(split)
        self.big = Large(panel, axes, self.asking, panel.place.width, height, top) if depth else None
        self.columns = Columns(panel, axes, self.asking, depth)
        self.pictured = self.waits = False
        """Whether units have pictures, and whether these are of an earlier moment than the network."""
        self.said: list[Said] = []
        """What the units of each hidden layer answered last; empty if they were not asked."""
        self._key: tuple[Any, ...] = ()
        self._drawn: tuple[Any, ...] = ()
        self._since = 0

    def lay_out(self, graph: Graph, pictured: bool) -> None:
        """Stand where `graph` says, with pictures in its circles if there is room for them."""
        self.pictured = pictured
        self._drawn = ()
        if self.pictured:
            self.columns.lay_out(graph)

    def ask(self, model: ModelSnapshot, lane: int, large: object, moved: bool) -> bool:
        """Ask all units if it is time: once an epoch, and when training stands still (not `moved`). True if asked."""
        self.waits = False
        if not self.pictured and large is None:
            self.said, self._key = [], ()
            return False
        key = (lane, large is not None, model.epoch, model.moment)
        if key == self._key:
            return False
        self._since += 1
        weights = weights_of(model)
        rest = REST * max(1, weights // LARGEST)
        if self._key[:2] == key[:2] and moved and (model.epoch == self._key[2] or self._since < rest):
            self.waits = True
            return False
        self._key, self._since = key, 0
        if self.asking.split is not model.split:  # another lane's, or a person has changed them
            self.asking.follow(model.split)
        self.said = self.asking.ask(model, self.asking.cells(weights, CELLS if large is None else FINE))
        return True

    def show_pictures(self, shown: Sequence[Units]) -> None:
        """Show the pictures of the units that are `shown`, layer by layer; a dead unit has none."""
        drawn = (self._key, *(tuple(units) for units in shown))
        if drawn == self._drawn:
            return
        self._drawn = drawn
        for k, units in enumerate(shown[1:-1]):
            said = self.said[k]
            self.columns.show(k, self.asking.drawn(said, units.tolist(), CELLS), ~said.dead[units])

    def hide_pictures(self) -> None:
        """Show no pictures in the circles."""
        self._drawn = ()
        self.columns.hide()

    def told(self, layer: int, unit: int) -> list[str]:
        """Return what a unit of a hidden layer, the first being 0, answers: lines for a hint."""
        said = self.said[layer]
        if said.dead[unit]:
            return [tr("dead: it answers {points} to every training point", points=number(float(said.points[0, unit])))]
        if self.asking.kind == "groups":
            return []
        low, high = said.ends(unit)
        where = tr("over the plane") if self.asking.kind == "plane" else tr("along the input")
        return [tr("answers {low} to {high} {where}", low=number(low), high=number(high), where=where)]


def weights_of(model: ModelSnapshot) -> int:
    """Return how many weights a network has."""
    return sum(W.size for W in model.weights)
