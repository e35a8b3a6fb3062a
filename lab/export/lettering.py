"""Text on a bitmap, placed as the page places it: for films, which no browser paints."""

from __future__ import annotations

import math
from functools import lru_cache

from PIL import Image, ImageColor, ImageDraw

from ..canvas.texts import PlacedText
from ..look.lettering import font, width_of

DOWN = {"baseline": 0.0, "top": 0.7265, "bottom": -0.1935}
"""Where the baseline is below the anchor, in em; `picture.js` says the same."""

MIDDLE = 0.3465
BOLD = 600


def write(image: Image.Image, text: PlacedText, left: float = 0.0, top: float = 0.0) -> None:
    """Write `text` on an RGB `image` whose figure begins at (left, top)."""
    x, y, string, color, size, weight, ha, va, rotation = text
    bold = weight >= BOLD
    width = width_of(string, size, bold)
    across = {"center": -width / 2, "right": -width}.get(ha, 0.0)
    down = DOWN.get(va, MIDDLE) * size
    if not rotation:
        x, y = left + x + across, top + y + down
        mask, before, above = _written(string, size, bold, round(x % 1, 2), round(y % 1, 2))
        image.paste(ImageColor.getrgb(color)[:3], (math.floor(x) + before, math.floor(y) + above), mask)
        return
    half = math.ceil(width + 2 * size)
    mask = Image.new("L", (2 * half, 2 * half))
    ImageDraw.Draw(mask).text(
        (half + across, half + down), string, fill=255, font=font(string, size, bold), anchor="ls"
    )
    mask = mask.rotate(rotation, Image.Resampling.BICUBIC)
    ink = Image.new("RGB", mask.size, ImageColor.getrgb(color)[:3])
    image.paste(ink, (round(left + x) - half, round(top + y) - half), mask)


@lru_cache(maxsize=4096)
def _written(string: str, size: float, bold: bool, x: float, y: float) -> tuple[Image.Image, int, int]:
    """`string` as a mask, begun at a fraction (x, y) of a pixel, and where it stands: texts mostly stay from frame to
    frame, and to draw them was a quarter of a film's work."""
    face = font(string, size, bold)
    left, top, right, bottom = (round(side) for side in face.getbbox(string, anchor="ls"))
    mask = Image.new("L", (right - left + 3, bottom - top + 3))
    ImageDraw.Draw(mask).text((1 - left + x, 1 - top + y), string, fill=255, font=face, anchor="ls")
    return mask, left - 1, top - 1
