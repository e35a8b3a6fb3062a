"""The last picture of a lab for the notebook that it stands in: small enough to live in version control."""

from __future__ import annotations

import io
import logging

from PIL import Image

from regviz.training.snapshot import Snapshot

from .bitmap import HEAD, USUAL_SIZE
from .export import picture
from .view import View

LARGEST = 150_000
"""Bytes of a poster at most, as the notebook holds them: text of four signs for three bytes."""


def poster(snapshot: Snapshot, view: View) -> bytes:
    """`snapshot` as a PNG of few colours, as large as fits in `LARGEST` bytes of base64."""
    width, usual = USUAL_SIZE
    size = width, max(usual, round(300.0 * -(-len(view.panels) // 2) + HEAD))
    log = logging.getLogger("matplotlib.font_manager")
    level = log.level
    log.setLevel(logging.ERROR)  # what is said of fonts would stand in the notebook
    try:
        whole = Image.open(io.BytesIO(picture(snapshot, view, size=size, ratio=1))).convert("RGB")
    finally:
        log.setLevel(level)
    for share, colors in ((1.0, 128), (1.0, 32), (2 / 3, 32), (0.4, 32), (0.2, 16), (0.1, 8)):
        size = round(share * whole.width), round(share * whole.height)
        sized = whole if share == 1 else whole.resize(size, Image.Resampling.LANCZOS)
        few = sized.quantize(colors, dither=Image.Dither.NONE)
        file = io.BytesIO()
        few.save(file, "PNG", optimize=True)
        if 4 * len(file.getvalue()) <= 3 * LARGEST:
            break
    return file.getvalue()
