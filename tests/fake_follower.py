"""What frames draw, read as `lab/page/picture.js` reads them but without a browser."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

FACTS = ("step", "epoch", "table", "sentence", "places")


class Drawn:
    """Pixels, live images, texts and facts, as frames have left them."""

    def __init__(self) -> None:
        self.pixels = np.zeros((0, 0), np.uint32)
        self.images: dict[int, tuple[Any, bytes, bytes]] = {}
        self.texts: dict[str, Any] = {}
        self.facts: dict[str, Any] = {}

    def take(self, header: Mapping[str, Any], body: bytes) -> None:
        """Paint a frame."""
        if "whole" in header:
            width, height, ratio = header["whole"]
            self.pixels = np.zeros((round(height * ratio), round(width * ratio)), np.uint32)
            self.images, self.texts, self.facts = {}, {}, {}
        at = 0
        if "rectangles" in header:
            count = header["runs"]
            values = np.frombuffer(body[: 4 * count], np.uint32)
            lengths = np.frombuffer(body[4 * count : 6 * count], np.uint16)
            at, flips = 6 * count, np.repeat(values, lengths)
            for x, y, w, h in header["rectangles"]:
                block, flips = np.split(flips, [w * h])
                self.pixels[y : y + h, x : x + w] ^= block.reshape(h, w)
            assert not len(flips)
        for key, *place, columns, rows, has_table in header.get("images", ()):
            table = self.images[key][1] if not has_table else body[at : at + 1024]
            at += 1024 * has_table
            self.images[key] = ([*place, columns, rows], table, body[at : at + columns * rows])
            at += columns * rows
        assert at == len(body)
        for key, text in header.get("texts", {}).items():
            self.texts[key] = text
            if text is None:
                del self.texts[key]
        self.facts |= {name: header[name] for name in header if name in FACTS}
