"""Which units of a network have a place in its graph, where, and how they and their edges are drawn.

Places hardly ever change during a run.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from regviz.probes import Trace
from regviz.training.snapshot import ModelSnapshot

from ..parts.base import Panel
from ..parts.scales import holding, rescaled
from .artists import DROPPED, KEPT, KILLED, Artists, filled, painted, rimmed
from .captions import Captions
from .graph import Graph, Norms, Units, graph, norms, strongest, updated
from .inside import Inside
from .room import Room, room_for, widths_of
from .tracing import strengths
from .words import NetworkView


class SeatedPanel(Panel):
    """A picture of one network's units; a subclass makes what is drawn and says what is seen."""

    choice: NetworkView = NetworkView()
    """What a person chose to see; it outlives `build`."""
    point: int | None = None
    """The training point that is traced."""
    graph: Graph
    drawn: Artists
    inside: Inside
    captions: Captions
    lane: int
    scale: float
    traced_scale: float
    _height: float
    _room: Room | None = None

    def __init__(self) -> None:
        super().__init__()
        self.killed: set[tuple[int, int]] = set()
        """(hidden layer, unit) of what a person has removed; the first layer is 0."""
        self.shown: list[Units] = []
        """Of every layer, inputs and outputs too, the units that have a place."""
        self._epoch = self._chosen = -1

    def _arrange(self, model: ModelSnapshot) -> None:
        """Keep the units that are shown; begin anew with another network, replace one a layer and epoch at most."""
        found, widths, hidden = norms(model), widths_of(model), model.config.hidden
        self.killed = {(layer, unit) for layer, unit in self.killed if layer < len(hidden) and unit < hidden[layer]}
        other = self._room is None or (self._room.widths, self._room.plain) != (widths, self.choice.plain)
        if other:
            self._room = room_for(self, self.captions, model, self._height, self.choice.plain)
        assert self._room is not None
        counts = self._room.counts
        anew = len(self.shown) != len(widths) or any(
            len(units) != count or units.max() >= width
            for units, count, width in zip(self.shown, counts, widths, strict=True)
        )
        if anew or model.epoch < self._epoch or self.lane != self._chosen:
            self._choose_anew(found)
        elif model.epoch > self._epoch:
            for k, its in enumerate(found):
                self.shown[k] = updated(self.shown[k], its.strength, self._killed_in(k))
        self._epoch, self._chosen = model.epoch, self.lane
        if other:
            self._lay_out(self._room)

    def _choose_anew(self, found: Sequence[Norms]) -> None:
        assert self._room is not None
        self.shown = [
            strongest(its.strength, count, self._killed_in(k))
            for k, (its, count) in enumerate(zip(found, self._room.counts, strict=True))
        ]

    def _killed_in(self, k: int) -> list[int]:
        """Killed units of layer `k`, the inputs being layer 0."""
        return [unit for layer, unit in self.killed if layer == k - 1]

    def _lay_out(self, room: Room) -> None:
        """Columns from inputs to outputs, their names below, names of inputs and outputs beside them."""
        counts = [len(units) for units in self.shown]
        self.graph = graph(counts, self.place.width, self._height, room.left, room.right, room.circles)
        self.drawn.lay_out(self.graph)
        self.captions.lay_out(self.graph, self.shown, room.widths)
        self.inside.lay_out(self.graph, room.pictured)

    def _presence(self, model: ModelSnapshot, k: int) -> NDArray[np.int_]:
        """Of layer k's units: KEPT, DROPPED (for the last step's first sample; nobody in a trace) or KILLED."""
        units = self.shown[k]
        presence = np.full(len(units), KEPT)
        if 0 < k < len(self.shown) - 1:
            if self.point is None and len(model.masks) == len(self.shown) - 2 and len(model.masks[k - 1]):
                presence[~model.masks[k - 1][0, units]] = DROPPED
            presence[[(k - 1, int(unit)) in self.killed for unit in units]] = KILLED
        return presence

    def _set_edges(self, model: ModelSnapshot, found: Trace | None) -> None:
        """The weights, or what they carry; no edge where that is 0 or a unit was dropped or killed."""
        carried = model.weights if found is None else found.contributions
        parts = [W[np.ix_(self.shown[k], self.shown[k + 1])] for k, W in enumerate(carried)]
        values = np.nan_to_num(np.concatenate([part.ravel() for part in parts]).astype(float))
        scale = rescaled(holding(values, 0.98), self.scale if found is None else self.traced_scale, air=1.0)
        if found is None:
            self.scale = scale
        else:
            self.traced_scale = scale
        kept = [self._presence(model, k) for k in range(len(self.shown))]
        there = [np.logical_and.outer(a == KEPT, kept[k + 1] == KEPT).ravel() for k, a in enumerate(kept[:-1])]
        self.drawn.set_edges(values, np.concatenate(there) & (values != 0), scale)

    def _set_units(self, model: ModelSnapshot, found: Trace | None) -> None:
        """Circles in the lane's colour, over pictures their rims alone, or filled by what a point makes of them."""
        fills = strengths(found) if found is not None else None
        struck = []
        faces, rims, dashed = [], [], []
        for k, units in enumerate(self.shown):
            hidden, presence = 0 < k < len(self.shown) - 1, self._presence(model, k)
            color = self.look.lane(self.lane) if hidden else self.look.muted
            dead = self.inside.said[k - 1].dead[units] if hidden and self.inside.said else np.zeros(len(units), bool)
            if fills is not None:
                face = filled(self.look, presence, fills[k][units])
            else:
                face = painted(self.look, presence, color, dead if hidden and self.inside.pictured else None)
            faces.append(face)
            rims.append(rimmed(self.look, (presence == KEPT) & ~dead, color))
            dashed.append(dead)
            at = zip(self.graph.y[k], presence == KILLED, strict=True)
            struck += [(float(self.graph.x[k]), float(y)) for y, gone in at if gone]
        self.drawn.set_units(np.concatenate(faces), np.concatenate(rims), np.concatenate(dashed))
        self.drawn.strike(struck, self.graph.radius)
        self.captions.name(self.shown[0], self.shown[-1], None if found is None else found.answer)

    def _unit_at(self, x: float, y: float) -> tuple[int, int] | None:
        """(layer, unit) under a point of the axes; the inputs are layer 0."""
        if not len(self.graph.points):
            return None
        distance = np.hypot(*(self.graph.points - (x, y)).T)
        nearest = int(np.argmin(distance))
        if distance[nearest] > max(9.0, 1.5 * self.graph.radius):
            return None
        for layer, units in enumerate(self.shown):
            if nearest < len(units):
                return layer, int(units[nearest])
            nearest -= len(units)
        return None
