"""A part of the figure that is drawn by itself: what moves in it, what does not, and what of it has changed."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes

from ..panels.parts.base import Panel
from .changes import Pixels, Rectangle
from .encode import Packed

MARGIN = 9
"""CSS pixels around an axes that belong to its region: room for markers and line ends that stand over its edge."""


@dataclass(slots=True)
class Region:
    """An axes (or a panel's place, for artists of the figure itself) and what moves in it.

    x0, y0, x1, y1   its pixels, from the figure's upper left corner
    background       its pixels without what moves
    limits           of its axes, when the background was drawn
    """

    name: str
    axes: Axes | None
    x0: int
    y0: int
    x1: int
    y1: int
    artists: list[Artist] = field(default_factory=list)
    background: Pixels | None = None
    limits: tuple[float, ...] = ()

    @classmethod
    def around(cls, owner: Axes | Panel, name: str, pixels: Pixels, height: float, ratio: float) -> Region:
        """Return the region of an axes, or of a panel's place, in a figure of `pixels`, `height` CSS pixels high."""
        rows, columns = pixels.shape[:2]
        if isinstance(owner, Panel):
            place = owner.place
            left, top = place.left * ratio, place.top * ratio
            right, bottom = left + place.width * ratio, top + place.height * ratio
        else:
            box, margin = owner.bbox, MARGIN * ratio
            left, right = box.x0 - margin, box.x1 + margin
            top, bottom = height * ratio - box.y1 - margin, height * ratio - box.y0 + margin
        return cls(
            name,
            None if isinstance(owner, Panel) else owner,
            max(0, int(left)),
            max(0, int(top)),
            min(columns, int(np.ceil(right))),
            min(rows, int(np.ceil(bottom))),
        )

    @property
    def stale(self) -> bool:
        """True if an artist's data changed since it was drawn."""
        return any(artist.stale for artist in self.artists)

    def limits_changed(self) -> bool:
        """Return True if the limits of the axes are not those of the background any more; remembers them."""
        before = self.limits
        self.limits = () if self.axes is None else (*self.axes.get_xlim(), *self.axes.get_ylim())
        return self.limits != before

    def part_of(self, pixels: Pixels) -> Pixels:
        """Return this region of the figure's `pixels`, a view of the same memory."""
        return pixels[self.y0 : self.y1, self.x0 : self.x1]

    def difference(self, pixels: Pixels, sent: Pixels) -> Rectangle | None:
        """Return the smallest rectangle in which `pixels` differ from `sent`, which then has them too; None without
        one.
        """
        new, old = packed(self.part_of(pixels)), packed(self.part_of(sent))
        flips = new ^ old
        rows = np.flatnonzero(np.bitwise_or.reduce(flips, axis=1))  # in half the time that `any` takes
        if not len(rows):
            return None
        y0, y1 = int(rows[0]), int(rows[-1]) + 1
        columns = np.flatnonzero(np.bitwise_or.reduce(flips[y0:y1], axis=0))
        x0, x1 = int(columns[0]), int(columns[-1]) + 1
        old[y0:y1, x0:x1] = new[y0:y1, x0:x1]
        return Rectangle(self.x0 + x0, self.y0 + y0, flips[y0:y1, x0:x1])


def packed(pixels: Pixels) -> Packed:
    """Return RGBA pixels `(height, width, 4)` as one number each `(height, width)`, a view of the same memory."""
    return pixels.view(np.uint32)[..., 0]
