"""A training point that a person picks in the fit, to follow it through the layers."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from regviz.language import tr

from ...compare.scene import END, NOTHING, Answer, PointerKind
from ..parts.artists import set_line
from ..parts.base import Panel
from ..parts.targets import reachable
from ..parts.views import View

CIRCLE = (48, 0, 0)
"""A marker of so many corners: rings around points are no points."""

REACH = 9.0
"""CSS pixels around a point that belong to it."""

APART = 18.0
"""CSS pixels between the points at which the keyboard stops."""

STOPS = 40
"""Points at which it stops at most, of the first that there are."""

CONSIDERED = 400
"""Points among which those are found."""


class Pick:
    """Rings around the traced point in every lane's cell of a `view`, and what a pointer finds there."""

    def __init__(self, panel: Panel, view: View) -> None:
        self.panel, self.view = panel, view
        look = panel.look
        ring: dict[str, Any] = {"linestyle": "none", "marker": CIRCLE, "markersize": 12, "zorder": 7}
        ring |= {"markerfacecolor": "none", "markeredgewidth": 2.2}
        self.rings = [panel.add_line(axes, look.text, **ring) for axes in view.fields]
        self._targets: list[tuple[float, float]] | None = None
        self.shown: int | None = None
        """The point that has a ring."""

    def begin_anew(self) -> None:
        """Follow other training points than before."""
        self._targets, self.shown = None, None
        for ring in self.rings:
            set_line(ring)

    @property
    def possible(self) -> bool:
        """True if the training points are to be seen."""
        return bool(self.view.fields) and bool(self.view.pickable)

    def show(self, point: int | None) -> None:
        """Set the rings around a training point, or none."""
        lanes = self.view.pickable
        if point is not None and all(point >= len(points) for points in lanes):
            point = None
        if point == self.shown:
            return
        self.shown = point
        for i, ring in enumerate(self.rings):  # a lane with fewer points may not have it
            set_line(ring, *(lanes[i][[point]].T if point is not None and point < len(lanes[i]) else ()))

    def pointer(self, kind: PointerKind, x: float, y: float, now: int | None) -> Answer:
        """Return what a pointer at a place of the panel finds, while the point `now` is traced."""
        if kind == "leave":
            return NOTHING
        if kind == "back":
            return Answer(trace=END, redraw=True) if now is not None else NOTHING
        at = self._point_at(x, y)
        if at is None:
            return NOTHING
        if kind == "click":
            ends = at == now
            word = tr("is not traced any more") if ends else tr("is traced through the layers (picture: network)")
            return Answer(
                hint=tr("training point {at} {word}", at=at + 1, word=word), trace=END if ends else at, redraw=True
            )
        act = tr("click: trace it no more") if at == now else tr("click: trace it through the layers")
        return Answer(hint=tr("training point {at}\n{act}", at=at + 1, act=act))

    def targets(self) -> list[tuple[float, float]]:
        """Return training points in the first lane's cell that stand apart, and that arrow keys lead to."""
        if self._targets is None:
            kept: list[tuple[float, float]] = []
            if self.possible:
                for x, y in self._places(0)[:CONSIDERED].tolist():
                    if len(kept) < STOPS and all(np.hypot(x - a, y - b) >= APART for a, b in kept):
                        kept.append((x, y))
            self._targets = reachable(sorted(kept, key=lambda at: (round(at[1] / APART), at[0])))
        return self._targets

    def _places(self, i: int) -> NDArray[np.float64]:
        """Where the training points stand in lane `i`'s cell, (n, 2) in CSS pixels of the panel's place."""
        points = self.view.pickable[i]
        axes, place = self.view.fields[i], self.panel.place
        box = axes.get_position()
        width, height = (float(side) * 72 for side in place.figure.get_size_inches())
        (x0, x1), (y0, y1) = axes.get_xlim(), axes.get_ylim()
        across = (points[:, 0] - x0) / (x1 - x0)
        up = (points[:, 1] - y0) / (y1 - y0)
        left, bottom = box.x0 * width - place.left, (1 - box.y0) * height - place.top
        return np.column_stack([left + across * box.width * width, bottom - up * box.height * height])

    def _point_at(self, x: float, y: float) -> int | None:
        """The training point nearest to a place, if it is near, in whichever cell."""
        best, found = REACH, None
        for i in range(len(self.view.pickable)):
            away = np.hypot(*(self._places(i) - (x, y)).T)
            nearest = int(np.argmin(away))
            if away[nearest] <= best:
                best, found = float(away[nearest]), nearest
        return found
