"""The picture that a hall sees, put together on the server from the frames on their way to the lecturer's page.

Frames are differences from the frame before, some fifty a second. Followers get fewer: what has changed since their
last frame is gathered here and encoded once, and who comes late gets the whole. Both have the form that
`page/picture.js` decodes, compressed: a header as JSON, then the runs, then the live images.
"""

from __future__ import annotations

import json
import time
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...canvas.encode import Packed, runs

MOST_PIXELS = 13_000_000
"""Device pixels of a picture at most; the lab itself draws no more than twelve million."""

MOST_TEXTS, MOST_IMAGES = 5_000, 200
"""Texts and live images of a picture at most."""

FACTS = ("step", "epoch", "state", "headings", "table", "sentence", "mode", "colors", "places")
"""What a frame says besides its picture and followers are told."""

LEVEL = 1
"""Of compression: at 6 the bytes are a sixth fewer and the time is three times as long."""

Box = tuple[int, int, int, int]
"""Left, top, right and bottom in device pixels."""


class Unreadable(ValueError):
    """A frame that does not fit the picture; only a whole one helps."""


class Crowded(Unreadable):
    """A picture that there is no room for."""


@dataclass(slots=True)
class Image:
    """A live image: what the header says of it, its colours and its values."""

    header: list[Any]
    table: bytes
    index: bytes


class Composed:
    """A picture as its frames have left it, and what of it has changed since `difference` was last asked for.

    `may` tells whether there is room for one of so many pixels; each takes eight bytes.
    """

    def __init__(self, may: Callable[[int], bool] = lambda pixels: True) -> None:
        self._may = may
        self.number = 0
        """Of the frame that followers have, if they have all."""
        self.forget()

    def forget(self) -> None:
        """Have no picture, until a whole one comes."""
        self._size: tuple[float, float, float] | None = None
        self._newest = 0
        self._pixels = self._flips = np.zeros((0, 0), np.uint32)
        self._boxes: list[Box] = []
        self._images: dict[int, Image] = {}
        self._tables: set[int] = set()
        self._texts: dict[str, Any] = {}
        self._facts: dict[str, Any] = {}
        self._changed_images: set[int] = set()
        self._changed_texts: set[str] = set()
        self._changed_facts: set[str] = set()
        self._anew = False
        self._whole = b""

    @property
    def pixels(self) -> int:
        """How many pixels it has now; 0 without a picture."""
        return self._pixels.size

    @property
    def state(self) -> str:
        """Whether the lab is "playing", "paused" or "done"; "" where no frame has said so."""
        return str(self._facts.get("state", ""))

    @property
    def ready(self) -> bool:
        """Whether there is a picture."""
        return self._size is not None

    @property
    def settled(self) -> bool:
        """Whether followers may have the present picture: not before its first `difference`, which is all of it."""
        return self.ready and not self._anew

    def take(self, header: Mapping[str, Any], body: bytes, view: str) -> None:
        """Follow a frame that is meant for `view`.

        Raises Unreadable for one that is no difference from the frame before it, and Crowded for one that there is no
        room for; then nothing is shown until a whole one comes.
        """
        try:
            after = header["after"][header["views"].index(view)]
            if "whole" in header:
                self._begin(*header["whole"])
            elif self._size is None or after != self._newest:
                raise Unreadable("a frame between is missing")
            self._newest = int(header["frame"])
            self._read(header, memoryview(body))
        except Crowded:
            raise
        except (LookupError, TypeError, ValueError, OverflowError, AttributeError) as error:
            self.forget()
            raise Unreadable(f"a frame cannot be read: {error}") from error

    def difference(self) -> bytes | None:
        """Return what has changed since the last call, as the bytes of a message; None if nothing has."""
        if self._size is None or not (self._anew or self._boxes or self._changed):
            return None
        self.number += 1
        if self._anew:
            self._anew = False
            self._forget_changes()
            return self.whole()
        boxes = [box for box in self._boxes if self._part(box).any()]
        told = self._told(self._changed_images, self._changed_texts, self._changed_facts, self._tables)
        packed = self._encode({"after": self.number - 1}, boxes, self._flips, *told)
        self._forget_changes()
        return packed

    def whole(self) -> bytes:
        """Return the whole picture as it was when `difference` was last asked for. Only when `ready`."""
        assert self._size is not None
        if not self._whole:
            if self._boxes and not self._anew:
                before = self._pixels.copy()
                for x0, y0, x1, y1 in self._boxes:
                    before[y0:y1, x0:x1] ^= self._flips[y0:y1, x0:x1]
            else:
                before = self._pixels
            rows, columns = before.shape
            told = self._told(self._images, self._texts, self._facts, set())
            self._whole = self._encode({"whole": self._size}, [(0, 0, columns, rows)], before, *told)
        return self._whole

    # -- reading

    def _begin(self, width: float, height: float, ratio: float) -> None:
        columns, rows = round(width * ratio), round(height * ratio)
        if not (columns > 0 and rows > 0 and columns * rows <= MOST_PIXELS):
            raise Unreadable(f"a picture of {columns} × {rows} pixels is not followed")
        self.forget()
        if not self._may(columns * rows):
            raise Crowded
        self._size, self._anew = (width, height, ratio), True
        self._pixels = np.zeros((rows, columns), np.uint32)
        self._flips = np.zeros_like(self._pixels)

    def _read(self, header: Mapping[str, Any], body: memoryview) -> None:
        at = 0

        def bytes_of(count: int) -> memoryview:
            nonlocal at
            part = body[at : at + count]
            if len(part) != count:
                raise Unreadable(f"{count} bytes are announced and {len(part)} came")
            at += count
            return part

        if "rectangles" in header:
            count = int(header["runs"])
            values = np.frombuffer(bytes_of(4 * count), np.uint32)
            lengths = np.frombuffer(bytes_of(2 * count), np.uint16)
            self._flip([(int(x), int(y), int(w), int(h)) for x, y, w, h in header["rectangles"]], values, lengths)
        for key, *place, columns, rows, has_table in header.get("images", ()):
            table = bytes(bytes_of(1024)) if has_table else self._images[key].table
            self._images[int(key)] = Image([key, *place, columns, rows], table, bytes(bytes_of(columns * rows)))
            self._changed_images.add(int(key))
            if has_table:
                self._tables.discard(int(key))
        for key, text in header.get("texts", {}).items():
            if text is None and self._anew:
                self._texts.pop(key, None)
                self._changed_texts.discard(key)
                continue
            self._texts[key] = text  # one that is gone is kept as None until followers know it
            self._changed_texts.add(key)
        if len(self._texts) > MOST_TEXTS or len(self._images) > MOST_IMAGES:
            raise Unreadable("more texts or images than a picture has")
        for name in FACTS:
            if name in header:
                self._facts[name] = header[name]
                self._changed_facts.add(name)

    def _flip(self, rectangles: list[Box], values: Packed, lengths: np.ndarray[Any, np.dtype[np.uint16]]) -> None:
        rows, columns = self._pixels.shape
        count = sum(w * h for _, _, w, h in rectangles)
        if count > MOST_PIXELS or int(lengths.sum(dtype=np.int64)) != count:
            raise Unreadable("the runs do not fill their rectangles")
        flips, at = np.repeat(values, lengths), 0
        for x, y, w, h in rectangles:
            if not (x >= 0 and y >= 0 and 0 < w <= columns - x and 0 < h <= rows - y):
                raise Unreadable("a rectangle lies outside of the picture")
            block = flips[at : at + w * h].reshape(h, w)
            at += w * h
            self._pixels[y : y + h, x : x + w] ^= block
            if not self._anew:  # a new picture is sent as a whole
                self._flips[y : y + h, x : x + w] ^= block
                self._boxes = with_box(self._boxes, (x, y, x + w, y + h))

    # -- writing

    @property
    def _changed(self) -> bool:
        return bool(self._changed_images or self._changed_texts or self._changed_facts)

    def _part(self, box: Box) -> Packed:
        x0, y0, x1, y1 = box
        return self._flips[y0:y1, x0:x1]

    def _told(
        self, images: Iterable[int], texts: Iterable[str], facts: Iterable[str], tables: set[int]
    ) -> tuple[dict[str, Any], list[bytes]]:
        """Header and body of these images, texts and facts; followers have the colour tables in `tables`."""
        header: dict[str, Any] = {name: self._facts[name] for name in facts}
        body: list[bytes] = []
        if shown := [(self._images[key], key not in tables) for key in images]:
            header["images"] = [[*image.header, int(new)] for image, new in shown]
            for image, new in shown:
                body += [image.table, image.index] if new else [image.index]
        if named := {key: self._texts[key] for key in texts}:
            header["texts"] = named
        return header, body

    def _encode(
        self, first: dict[str, Any], boxes: list[Box], pixels: Packed, told: dict[str, Any], images: list[bytes]
    ) -> bytes:
        header = {"kind": "frame", "frame": self.number, "at": round(1000 * time.time()), **first, **told}
        body: list[bytes] = []
        if boxes:
            header["rectangles"] = [[x0, y0, x1 - x0, y1 - y0] for x0, y0, x1, y1 in boxes]
            values, lengths = runs(np.concatenate([pixels[y0:y1, x0:x1].ravel() for x0, y0, x1, y1 in boxes]))
            header["runs"] = len(values)
            body = [values.tobytes(), lengths.tobytes()]
        text = json.dumps(header, separators=(",", ":")).encode()
        packer = zlib.compressobj(LEVEL, zlib.DEFLATED, -15)
        parts = [len(text).to_bytes(4, "little"), text, *body, *images]
        return b"".join([*(packer.compress(part) for part in parts), packer.flush()])

    def _forget_changes(self) -> None:
        for box in self._boxes:
            self._part(box)[...] = 0
        self._boxes = []
        self._tables |= self._changed_images
        for key in [key for key in self._changed_texts if self._texts[key] is None]:
            del self._texts[key]
        for changed in (self._changed_images, self._changed_texts, self._changed_facts):
            changed.clear()
        self._whole = b""


def with_box(boxes: list[Box], new: Box) -> list[Box]:
    """Return `boxes`, which do not overlap, and `new`: whatever overlaps becomes one box around both."""
    apart: list[Box] = []
    x0, y0, x1, y1 = new
    waiting = list(boxes)
    while waiting:
        a0, b0, a1, b1 = waiting.pop()
        if a0 < x1 and x0 < a1 and b0 < y1 and y0 < b1:
            x0, y0, x1, y1 = min(a0, x0), min(b0, y0), max(a1, x1), max(b1, y1)
            waiting += apart  # it has grown, and may overlap what it did not
            apart = []
        else:
            apart.append((a0, b0, a1, b1))
    return [*apart, (x0, y0, x1, y1)]


def peeked(message: bytes) -> str:
    """Return the first words of a message's header: kind, number, time, and whether it is a whole picture."""
    return zlib.decompressobj(-15).decompress(message, 120)[4:].decode("ascii", "ignore")


def unpacked(message: bytes) -> tuple[dict[str, Any], bytes]:
    """Return header and body of a message that `Composed` has made: what the follower's page does, for tests and
    figures.
    """
    content = zlib.decompress(message, -15)
    end = 4 + int.from_bytes(content[:4], "little")
    return json.loads(content[4:end]), content[end:]
