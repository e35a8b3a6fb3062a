"""The graph's artists: edges, circles, and the strikes through what is removed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.colors import to_rgb
from matplotlib.path import Path
from matplotlib.transforms import IdentityTransform
from numpy.typing import NDArray

from regviz.arrays import Floats

from ...look.theme import Look
from ..parts.artists import set_line
from ..parts.base import Panel
from .graph import Graph

THICKEST = 3.2
"""CSS pixels of an edge as strong as the scale's end, which only one in fifty edges passes."""

RIM = 1.3
"""CSS pixels of a circle's rim."""

DASHED = (0.0, (1.6, 1.6))
"""The rim of a dead unit, in multiples of its width."""

KILLED, DROPPED, KEPT = 0, 1, 2
"""Presence of a unit: removed by a person, dropped in the last step, or there."""

VEIL = 0.78
"""Opacity of what lies over the picture in a unit that is dropped or removed."""

Spots = Sequence[tuple[float, float]]


class Artists:
    """One collection of edges, one of circles, one line of strikes on `axes`, in CSS pixels from its top left."""

    def __init__(self, panel: Panel, axes: Axes) -> None:
        self.look = panel.look
        self.edges = panel.live(LineCollection([], capstyle="butt", zorder=1))
        axes.add_collection(self.edges, autolim=False)
        circle = [Path.unit_circle()]
        self.units = panel.live(PathCollection(circle, [1.0], offset_transform=axes.transData, zorder=3))
        self.units.set_transform(IdentityTransform())
        axes.add_collection(self.units, autolim=False)
        self.strikes = panel.add_line(axes, panel.look.text, linewidth=2.2, zorder=4)

    def lay_out(self, graph: Graph) -> None:
        """Stand where `graph` says."""
        self.edges.set_segments(list(graph.segments))
        self.units.set_offsets(graph.points)
        self.units.set_sizes([graph.radius**2])

    def show(self, on: bool) -> None:
        """Be seen, or not."""
        for artist in (self.edges, self.units):
            artist.set_visible(on)
        if not on:
            set_line(self.strikes)

    def set_edges(self, values: Floats, drawn: NDArray[np.bool_], scale: float) -> None:
        """Set width and opacity by the size of `values` (edges,), colour by sign; those not `drawn` are not there."""
        share = np.minimum(np.abs(values) / (scale or 1.0), 1.5)
        colors = np.empty((len(values), 4))
        colors[:, :3] = np.where(values[:, None] > 0, to_rgb(self.look.classes[0]), to_rgb(self.look.classes[1]))
        colors[:, 3] = np.where(drawn, np.minimum(0.16 + 0.7 * share, 0.9), 0)
        # Agg passes over edges without width at once; every other one it strokes, however pale.
        self.edges.set_linewidth(np.where(drawn, 0.5 + THICKEST * share, 0.0).tolist())
        self.edges.set_color(colors)  # type: ignore[arg-type, unused-ignore]

    def set_units(self, faces: Floats, rims: Floats, dashed: NDArray[np.bool_]) -> None:
        """Set RGBA of faces and rims (units, 4); a dead unit's rim is dashed."""
        self.units.set_facecolor(faces)  # type: ignore[arg-type, unused-ignore]
        self.units.set_edgecolor(rims)  # type: ignore[arg-type, unused-ignore]
        self.units.set_linewidth(RIM)
        self.units.set_linestyle([DASHED if dead else "-" for dead in dashed] if dashed.any() else "-")

    def strike(self, spots: Spots, radius: float) -> None:
        """Strike out what is removed."""
        reach = 1.15 * radius
        corners = [(-1, -1), (1, 1), (np.nan, np.nan), (-1, 1), (1, -1), (np.nan, np.nan)]
        points = [(x + reach * a, y + reach * b) for x, y in spots for a, b in corners]
        set_line(self.strikes, *(zip(*points, strict=True) if points else ((), ())))


Presence = NDArray[np.int_]


def painted(look: Look, presence: Presence, color: str, dead: NDArray[np.bool_] | None) -> Floats:
    """Return RGBA of units (n, 4) in a `color`, hollow if they are not there.

    Over pictures (`dead` is given) they are clear, or a veil; a dead unit has nothing to show.
    """
    kept = presence[:, None] == KEPT
    face = np.where(kept, to_rgb(color), to_rgb(look.background))
    opaque = np.ones((len(presence), 1))
    if dead is not None:
        opaque = np.where(kept, 0.0, VEIL)
        face[dead & kept[:, 0]], opaque[dead] = to_rgb(look.surface), 1.0
    return np.hstack([face, opaque])


def filled(look: Look, presence: Presence, strengths: Floats) -> Floats:
    """Return RGBA of units (n, 4) that are filled by strengths from −1 to 1, in the colours of edges."""
    share = np.where(presence == KEPT, np.minimum(np.abs(strengths), 1), 0)[:, None]
    tint = np.where(strengths[:, None] > 0, to_rgb(look.classes[0]), to_rgb(look.classes[1]))
    return np.hstack([share * tint + (1 - share) * np.array(to_rgb(look.background)), np.ones((len(share), 1))])


def rimmed(look: Look, there: NDArray[np.bool_], color: str) -> Floats:
    """Return RGBA of rims (n, 4), paler where a unit is not `there`."""
    full, back = np.array(to_rgb(color)), np.array(to_rgb(look.background))
    rim = np.where(there[:, None], full, 0.45 * full + 0.55 * back)
    return np.hstack([rim, np.ones((len(rim), 1))])
