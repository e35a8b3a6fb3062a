"""What changed between two pictures: the parts a browser needs to follow."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from .encode import Packed
from .texts import PlacedText

Pixels = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Rectangle:
    """A rectangle of device pixels that changed: `flips` `(height, width)` uint32 is new XOR old, pixel by pixel."""

    x: int
    y: int
    flips: Packed


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

    def retell(self, texts: dict[str, PlacedText]) -> None:
        """Change `texts`, those there were, into those there are."""
        for key, text in self.texts.items():
            if text is None:
                texts.pop(key, None)
            else:
                texts[key] = text
