"""The network as a graph: weights as edges, the last dropout mask, and what is lost without the units one kills."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.colors import to_rgb
from matplotlib.path import Path
from matplotlib.transforms import IdentityTransform
from numpy.typing import NDArray

from regviz.optim.penalties import PENALTIES
from regviz.probes import Measured, without
from regviz.training.snapshot import ModelSnapshot, Snapshot

from ...compare.scene import NOTHING, Answer, PointerKind
from ..parts.artists import set_line
from ..parts.base import Panel
from ..parts.chosen import LaneTitle, chosen_lane, lane_with
from ..parts.labels import first_that_fits
from ..parts.scales import holding, rescaled
from .captions import Captions
from .graph import Norms, Units, facts, graph, norms, places, strongest, updated, verdicts

THICKEST = 3.2
"""CSS pixels of an edge as strong as the scale's end, which only one in fifty edges passes."""

KILLED, DROPPED, KEPT = 0, 1, 2

ROWS = 16
"""Units of a layer at most, where there is room."""

TITLE = "Network"


class NetworkPanel(Panel):
    """One lane's network. A pointer on a unit is told its numbers; a click kills a hidden unit or brings it back."""

    name: ClassVar[str] = "network"
    menu_title: ClassVar[str] = "Network"
    drawing: ClassVar[str] = (
        '<path d="M9 9L24 5M9 9L24 16M9 9L24 27M9 23L24 5M9 23L24 16M9 23L24 27M24 5L40 16M24 16L40 16M24 27L40 16" '
        'stroke-width="1.2" opacity=".55"/>'
        '<path d="M9 9v0M9 23v0M24 5v0M24 16v0M24 27v0M40 16v0" stroke-width="7"/>'
    )
    listens: ClassVar[bool] = True

    def __init__(self) -> None:
        super().__init__()
        self.killed: set[tuple[int, int]] = set()
        """(hidden layer, unit) of what a person has removed; the first layer is 0."""
        self.shown: list[Units] = []
        """Of every layer, inputs and outputs too, the units that have a place."""
        self.worth: tuple[Measured, Measured] | None = None
        """Validation loss and accuracy of the full network, and without the killed units."""
        self._moment: tuple[Any, ...] = ()
        self._step = self._met = -1
        self._epoch = self._chosen = -1
        self._snapshot: Snapshot | None = None

    def build(self, snapshot: Snapshot) -> None:
        """One collection of edges, one of units, a few texts; where they stand depends on the lane's shape."""
        look, place = self.look, self.place
        small = look.small_size
        self.subtitle = self.live(self.add_header(TITLE))
        self.title = LaneTitle(self, TITLE)
        self._top = self.header_height
        self._height = place.height - self._top - 2.9 * small - 1.75 * look.label_size
        self.plot = self.add_field(0, self._top, place.width, self._height, (0, place.width), (self._height, 0))
        self.edges = self.live(LineCollection([], capstyle="butt", zorder=1))
        self.plot.add_collection(self.edges, autolim=False)
        circle = [Path.unit_circle()]
        self.units = self.live(PathCollection(circle, [1.0], offset_transform=self.plot.transData, zorder=3))
        self.units.set_transform(IdentityTransform())
        self.plot.add_collection(self.units, autolim=False)
        self.strikes = self.add_line(self.plot, look.text, linewidth=2.2, zorder=4)
        self.captions = Captions(self, self._top, self._top + self._height, ROWS)
        self.verdict = self.live(self.add_text(0, place.height - 0.4 * look.label_size, ""))
        self.scale = 0.0
        self._shape: tuple[int, ...] = ()
        self._moment = ()

    def draw(self, snapshot: Snapshot) -> None:
        """Show the weights and the mask of the chosen lane's last step."""
        chosen = chosen_lane(self)
        sparse = [name for name, member in PENALTIES.items() if member.prox is not None]
        self.lane = (lane_with(self, "dropout", *sparse) or 0) if chosen is None else chosen
        model = snapshot.models[self.lane]
        moment = (self.lane, model.epoch, model.state, model.config, frozenset(self.killed), bool(model.masks))
        if self._rests(moment, model):
            return
        self._snapshot = snapshot
        self.title.show(self.lane, snapshot)
        self._choose(model, norms(model))
        if self._shape != self._widths(model):
            self._lay_out(model)
        self._set_edges(model)
        self._set_units(model)
        if moment != self._moment:
            self._moment = moment
            self._weigh(model)

    def _rests(self, moment: tuple[Any, ...], model: ModelSnapshot) -> bool:
        """True if there is nothing to draw. Masks change with every step, weights alone are drawn once an epoch.

        When training stands still, the picture catches up with the last step.
        """
        if moment == self._moment and model.step == self._step:
            self.behind = False
            return True
        moved, self._met = model.step != self._met, model.step
        self.behind = moment == self._moment and not model.masks and moved
        if not self.behind:
            self._step = model.step
        return self.behind

    def targets(self) -> list[tuple[float, float]]:
        """The units, layer by layer."""
        return [(float(x), float(y) + self._top) for x, y in self.graph.points]

    def first_target(self) -> int:
        """The first hidden unit, which a click removes."""
        return len(self.shown[0]) if len(self.shown) > 2 else 0

    def pointer(self, kind: PointerKind, x: float, y: float) -> Answer:
        """On a unit: its numbers. A click on a hidden unit kills it, or brings it back."""
        spot = None if kind == "leave" or self._snapshot is None else self._unit_at(x, y - self._top)
        if spot is None or self._snapshot is None:
            return NOTHING
        layer, unit = spot
        hidden = 0 < layer < len(self._shape) - 1
        if kind == "click" and hidden:
            self.killed ^= {(layer - 1, unit)}
            return Answer(redraw=True, hint=self._facts(self._snapshot.models[self.lane], layer, unit))
        return Answer(hint=self._facts(self._snapshot.models[self.lane], layer, unit))

    # -- which units, and where

    def _widths(self, model: ModelSnapshot) -> tuple[int, ...]:
        return (len(model.weights[0]), *(len(b) for b in model.biases))

    def _choose(self, model: ModelSnapshot, found: Sequence[Norms]) -> None:
        """Keep the units that are shown; begin anew with another network, replace one a layer and epoch at most."""
        widths = self._widths(model)
        most = max(2, min(ROWS, int(self._height / (1.05 * self.look.small_size))))
        room = places(widths, most)
        if len(self.shown) != len(widths) or any(
            len(units) != count or units.max() >= width
            for units, count, width in zip(self.shown, room, widths, strict=True)
        ):
            self.killed = {
                (layer, unit) for layer, unit in self.killed if layer < len(widths) - 2 and unit < widths[layer + 1]
            }
            self._choose_anew(found, room)
        elif model.epoch < self._epoch or self.lane != self._chosen:
            self._choose_anew(found, room)
        elif model.epoch > self._epoch:
            for k, its in enumerate(found):
                self.shown[k] = updated(self.shown[k], its.strength, self._killed_in(k))
        self._epoch, self._chosen = model.epoch, self.lane

    def _choose_anew(self, found: Sequence[Norms], room: Sequence[int]) -> None:
        self.shown = [
            strongest(its.strength, count, self._killed_in(k))
            for k, (its, count) in enumerate(zip(found, room, strict=True))
        ]

    def _killed_in(self, k: int) -> list[int]:
        """Killed units of layer `k`, the inputs being layer 0."""
        return [unit for layer, unit in self.killed if layer == k - 1]

    def _lay_out(self, model: ModelSnapshot) -> None:
        """Columns from inputs to outputs, their names below, names of inputs and outputs beside them."""
        self._shape = widths = self._widths(model)
        left, right = self.captions.margins(model)
        counts = [len(units) for units in self.shown]
        self.graph = graph(counts, self.place.width, self._height, left, right, 6.5 * self.look.scale)
        self.edges.set_segments(list(self.graph.segments))
        self.units.set_offsets(self.graph.points)
        self.units.set_sizes([self.graph.radius**2])
        self.captions.lay_out(self.graph, self.shown, widths)

    # -- weights, units, masks

    def _set_edges(self, model: ModelSnapshot) -> None:
        """Width and opacity by size, colour by sign; no edge where w is exactly 0 or a unit was dropped or killed."""
        parts = [W[np.ix_(self.shown[k], self.shown[k + 1])] for k, W in enumerate(model.weights)]
        weights = np.concatenate([part.ravel() for part in parts]).astype(float)
        size = np.abs(weights)
        self.scale = rescaled(holding(weights, 0.98), self.scale, air=1.0)
        share = np.minimum(size / (self.scale or 1.0), 1.5)
        kept = [self._presence(model, k) for k in range(len(self.shown))]
        there = [np.logical_and.outer(a == KEPT, kept[k + 1] == KEPT).ravel() for k, a in enumerate(kept[:-1])]
        drawn = np.concatenate(there) & (size > 0)
        colors = np.empty((len(weights), 4))
        colors[:, :3] = np.where(weights[:, None] > 0, to_rgb(self.look.classes[0]), to_rgb(self.look.classes[1]))
        colors[:, 3] = np.where(drawn, np.minimum(0.16 + 0.7 * share, 0.9), 0)
        # Agg passes over edges without width at once; every other one it strokes, however pale.
        self.edges.set_linewidth(np.where(drawn, 0.5 + THICKEST * share, 0.0).tolist())
        self.edges.set_color(colors)  # type: ignore[arg-type, unused-ignore]

    def _presence(self, model: ModelSnapshot, k: int) -> NDArray[np.int_]:
        """Of layer k's units: KEPT, DROPPED (for the last step's first sample) or KILLED."""
        units = self.shown[k]
        presence = np.full(len(units), KEPT)
        if 0 < k < len(self.shown) - 1:
            if len(model.masks) == len(self.shown) - 2 and len(model.masks[k - 1]):
                presence[~model.masks[k - 1][0, units]] = DROPPED
            presence[[(k - 1, int(unit)) in self.killed for unit in units]] = KILLED
        return presence

    def _set_units(self, model: ModelSnapshot) -> None:
        look = self.look
        lane, back, muted = (np.array(to_rgb(c)) for c in (look.lane(self.lane), look.background, look.muted))
        last = len(self.shown) - 1
        faces, rims, struck = [], [], []
        for k, units in enumerate(self.shown):
            presence = self._presence(model, k)[:, None]
            its = lane if 0 < k < last else muted
            faces.append(np.where(presence == KEPT, its, back) * np.ones((len(units), 1)))
            rims.append(np.where(presence == KEPT, its, 0.45 * its + 0.55 * back))
            struck += [
                (self.graph.x[k], y) for y, gone in zip(self.graph.y[k], presence[:, 0] == KILLED, strict=True) if gone
            ]
        self.units.set_facecolor(np.concatenate(faces))  # type: ignore[arg-type, unused-ignore]
        self.units.set_edgecolor(np.concatenate(rims))  # type: ignore[arg-type, unused-ignore]
        self.units.set_linewidth(1.3)
        reach = 1.15 * self.graph.radius
        corners = [(-1, -1), (1, 1), (np.nan, np.nan), (-1, 1), (1, -1), (np.nan, np.nan)]
        points = [(x + reach * a, y + reach * b) for x, y in struck for a, b in corners]
        set_line(self.strikes, *(zip(*points, strict=True) if points else ((), ())))
        self.captions.name(self.shown[0], self.shown[-1])

    # -- numbers

    def _weigh(self, model: ModelSnapshot) -> None:
        """What the killed units are worth together, in numbers."""
        look = self.look
        gone: dict[int, list[int]] = {}
        for layer, unit in sorted(self.killed):
            gone.setdefault(layer, []).append(unit)
        pale = "pale: dropped" if model.masks else ""
        texts = [
            f"edges: blue positive, orange negative, none at exactly 0{'; pale: dropped in this step' if pale else ''}",
            f"blue: positive, orange: negative, none: exactly 0{pale and ', ' + pale}",
            f"blue: positive, orange: negative{pale and ', ' + pale}",
            "blue: positive, orange: negative",
            "blue: w > 0, orange: w < 0",
        ]
        self.subtitle.set_text(self.fitting(texts))
        if not gone:
            self.worth = None
            self.verdict.set_color(look.muted)
            self.verdict.set_text(self._invitation(model))
            return
        X, y = model.split.X_val, model.split.y_val
        full, left = (without(model, X, y, removed) for removed in ({}, gone))
        self.worth = full, left
        self.verdict.set_color(look.text)
        texts = verdicts(full, left, len(self.killed), model.split.task == "regression")
        self.verdict.set_text(first_that_fits(texts, self.place.width, look.label_size))

    def _invitation(self, model: ModelSnapshot) -> str:
        if not model.config.hidden:
            return "a linear model: inputs and outputs only"
        text = "click a unit to remove it"
        if self.captions.cut:
            shown, widest = max(len(units) for units in self.shown[1:-1]), max(self._shape[1:-1])
            text = f"{shown} of {widest} units shown; {text}"
        return text

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

    def _facts(self, model: ModelSnapshot, layer: int, unit: int) -> str:
        if layer == 0:
            name = f"input {self.captions.names[unit]}"
        elif layer == len(self._shape) - 1:
            name = f"output {self.captions.ends[unit]}"
        else:
            state = ", removed (click: bring back)" if (layer - 1, unit) in self.killed else ""
            name = f"hidden layer {layer}, unit {unit + 1}{state}"
        return facts(model, layer, unit, name)
