"""The last picture of a lab for the notebook that it stands in: small enough to live in version control."""

from __future__ import annotations

import io
from collections.abc import Generator

from PIL import Image

from regviz.training.snapshot import Snapshot

from .bitmap import HEAD, USUAL_SIZE, Painter
from .view import View

LARGEST = 150_000
"""Bytes of a poster at most, as the notebook holds them: text of four signs for three bytes."""


def poster(snapshot: Snapshot, view: View) -> bytes:
    """Return `snapshot` as a PNG of few colours, as large as fits in `LARGEST` bytes of base64."""
    work = posting(snapshot, view)
    try:
        while True:
            next(work)
    except StopIteration as done:
        return bytes(done.value)


def posting(snapshot: Snapshot, view: View) -> Generator[None, None, bytes]:
    """Make a poster in pieces, so that something else can be done between them; returns it."""
    width, usual = USUAL_SIZE
    height = max(usual, round(300.0 * -(-len(view.panels) // 2) + HEAD))
    whole = Painter(view, (width, height)).paint(snapshot)
    for share, colors in ((1.0, 128), (1.0, 32), (2 / 3, 32), (0.4, 32), (0.2, 16), (0.1, 8)):
        yield
        size = round(share * whole.width), round(share * whole.height)
        sized = whole if share == 1 else whole.resize(size, Image.Resampling.LANCZOS)
        few = sized.quantize(colors, dither=Image.Dither.NONE)
        yield
        file = io.BytesIO()
        few.save(file, "PNG", optimize=True)
        if 4 * len(file.getvalue()) <= 3 * LARGEST:
            break
    return file.getvalue()
