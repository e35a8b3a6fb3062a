"""How much room a network's units have: how many of a layer are shown, how large, and whether pictures fit inside."""

from __future__ import annotations

from dataclasses import dataclass

from regviz.training.snapshot import ModelSnapshot

from ..parts.base import Panel
from .answers import LARGEST
from .captions import Captions
from .graph import Circles, places, radius_of
from .inside import weights_of

ROWS = 16
"""Units of a layer at most, where there is room."""

PITCH, LEAST = 26.0, 9.0
"""CSS pixels of type at scale 1: from one unit with a picture to the next at least, and the least radius of one."""

FEWEST = 3
"""Units of a column below which pictures are not worth their room."""


@dataclass(frozen=True, slots=True)
class Room:
    """Of networks with layers of these `widths`: how many units have a place in each column (`counts`), circles no
    larger than `circles`, `left` and `right` CSS pixels beside the graph, and whether units are `pictured`."""

    widths: tuple[int, ...]
    plain: bool
    counts: tuple[int, ...]
    circles: Circles
    left: float
    right: float
    pictured: bool


def widths_of(model: ModelSnapshot) -> tuple[int, ...]:
    """Return inputs, hidden layers, outputs."""
    return (len(model.weights[0]), *(len(b) for b in model.biases))


def room_for(panel: Panel, captions: Captions, model: ModelSnapshot, height: float, plain: bool) -> Room:
    """Return the room in a graph `height` CSS pixels high. Pictures need larger circles, so fewer units are shown with
    them; where even those would be too small, the network too large to be asked in time, or units `plain`, there are
    none."""
    scale, widths = panel.look.scale, widths_of(model)
    left, right = captions.margins(model)
    column = (panel.place.width - left - right) / max(1, len(widths) - 1)
    most = min(ROWS, int(height / (PITCH * scale)))
    circles = Circles(22 * scale, 0.43, 0.28, apart=True)
    fits = most >= FEWEST and radius_of(min(most, max(widths)), height, column, circles) >= LEAST * scale
    pictured = fits and not plain and len(widths) > 2 and weights_of(model) <= LARGEST
    if not pictured:
        most = max(2, min(ROWS, int(height / (1.05 * panel.look.small_size))))
        circles = Circles(6.5 * scale)
    return Room(widths, plain, tuple(places(widths, most)), circles, left, right, pictured)
