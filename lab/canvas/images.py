"""Live images travel as one byte for each value, with a table of 256 colours."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.image import AxesImage

from .changes import IndexedImage, Pixels


def indexed(key: int, image: AxesImage, height: float, with_table: bool) -> IndexedImage:
    """Return `image` as the browser gets it, placed in a figure `height` pixels high; its colour table only if
    wanted.
    """
    left, right, bottom, top = image.get_extent()
    (x0, y0), (x1, y1) = image.axes.transData.transform([(left, bottom), (right, top)])
    index = color_index(image) if image.get_visible() else np.zeros((1, 1), np.uint8)
    if (image.origin == "lower") == (y1 >= y0):  # row 0 goes to the top of the screen
        index = index[::-1]
    return IndexedImage(
        key,
        float(min(x0, x1)),
        float(height - max(y0, y1)),
        float(abs(x1 - x0)) if image.get_visible() else 0.0,
        float(abs(y1 - y0)),
        image.get_interpolation() not in ("nearest", "none"),
        np.ascontiguousarray(index),
        np.asarray(image.get_cmap()(np.linspace(0, 1, 256), bytes=True), np.uint8) if with_table else None,
    )


def color_index(image: AxesImage) -> Pixels:
    """Return the 2-D values of `image` as indices into a table of 256 colours, by its norm's linear range."""
    values: Any = image.get_array()
    norm: Any = image.norm
    low, high = norm.vmin, norm.vmax
    if values.dtype == np.uint8 and (low, high) == (0, 255):
        return np.asarray(values)
    scaled = (np.asarray(values, np.float32) - low) * np.float32(255.0 / (high - low))
    index: Pixels = np.clip(np.nan_to_num(scaled), 0, 255).astype(np.uint8)
    return index
