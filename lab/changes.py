"""What changed between two pictures: the parts a browser needs to follow."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from .texts import PlacedText

Pixels = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Rectangle:
    """A rectangle of device pixels that changed, with its new pixels `(height, width, 4)`."""

    x: int
    y: int
    pixels: Pixels


@dataclass(frozen=True, slots=True)
class IndexedImage:
    """A live image: `index` `(rows, columns)` uint8 to be scaled into the rectangle (device pixels)."""

    key: int
    x: float
    y: float
    width: float
    height: float
    smooth: bool
    index: Pixels
    table: Pixels | None
    """256 RGBA colours; None if the browser has them already."""


@dataclass(slots=True)
class Changes:
    """What a browser must do to show the present picture. With `whole`, it forgets what it had."""

    width: float
    height: float
    ratio: float
    whole: bool = False
    rectangles: list[Rectangle] = field(default_factory=list)
    images: list[IndexedImage] = field(default_factory=list)
    texts: dict[str, PlacedText | None] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        """True if nothing changed."""
        return not (self.whole or self.rectangles or self.images or self.texts)


def pack(changes: Changes) -> tuple[list[list[int]], Pixels]:
    """All changed rectangles below each other in one picture, and where each belongs: `[x, y, width, height]`.

    One picture is decoded by the browser in one go, however many rectangles there are.
    """
    shapes = [rectangle.pixels.shape for rectangle in changes.rectangles]
    if len(shapes) == 1:
        atlas = changes.rectangles[0].pixels
    else:
        atlas = np.zeros((sum(shape[0] for shape in shapes), max(shape[1] for shape in shapes), 4), np.uint8)
        top = 0
        for rectangle, (height, width, _) in zip(changes.rectangles, shapes, strict=True):
            atlas[top : top + height, :width] = rectangle.pixels
            top += height
    places = [[r.x, r.y, w, h] for r, (h, w, _) in zip(changes.rectangles, shapes, strict=True)]
    return places, atlas
