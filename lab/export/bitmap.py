"""The picture without a browser: follows a stage's changes as the page does, on a bitmap."""

from __future__ import annotations

import numpy as np
from PIL import Image

from regviz.language import tr
from regviz.training.snapshot import Snapshot

from ..canvas.changes import Changes, IndexedImage, Pixels
from ..canvas.stage import Stage
from ..canvas.texts import PlacedText
from ..look.lettering import width_of
from ..look.theme import mark
from .lettering import write
from .view import View

USUAL_SIZE = (1100, 650)
"""Width and height of a picture in CSS pixels, its head line included."""

MARGIN, HEAD = 20.0, 46.0
"""Pixels around the panels, and above them for the head line."""

AIR = 26.0
"""Pixels between the parts of the head line."""


class Bitmap:
    """What the page shows after the changes it was told of: live images, the figure above them, texts on top."""

    def __init__(self, background: str) -> None:
        self.background = background
        self._pixels: Pixels = np.zeros((0, 0, 4), np.uint8)
        self._images: dict[int, IndexedImage] = {}
        self._tables: dict[int, Pixels] = {}
        self._texts: dict[str, PlacedText] = {}

    def follow(self, changes: Changes) -> None:
        """Take over what changed."""
        if changes.whole:
            shape = (round(changes.height * changes.ratio), round(changes.width * changes.ratio), 4)
            self._pixels = np.zeros(shape, np.uint8)
            self._images.clear()
            self._texts.clear()
        words = self._pixels.view(np.uint32)[..., 0]
        for part in changes.rectangles:
            height, width = part.flips.shape
            words[part.y : part.y + height, part.x : part.x + width] ^= part.flips
        for image in changes.images:
            self._images[image.key] = image
            if image.table is not None:
                self._tables[image.key] = image.table
        changes.retell(self._texts)

    def put(self, picture: Image.Image, left: int, top: int) -> None:
        """Draw it all on an RGB `picture`, the figure's corner at (left, top)."""
        for key, live in self._images.items():
            x, y = left + round(live.x), top + round(live.y)
            size = left + round(live.x + live.width) - x, top + round(live.y + live.height) - y
            if min(size) <= 0:
                continue
            cells = Image.fromarray(self._tables[key][live.index])
            way = Image.Resampling.BICUBIC if live.smooth else Image.Resampling.NEAREST
            picture.paste(cells.convert("RGB").resize(size, way), (x, y))
        figure = Image.fromarray(self._pixels)
        picture.paste(figure, (left, top), figure)
        for text in self._texts.values():
            write(picture, text, left, top)


class Painter:
    """Paints snapshots one after the other, with panels of its own: what is shown elsewhere stays as it is.

    `size` is width and height of the picture in pixels, its head line (title, lanes, epoch) included.
    """

    def __init__(self, view: View, size: tuple[int, int] = USUAL_SIZE) -> None:
        self.view, self.size = view, size
        self._stage = Stage(view.fresh(), budget=float("inf"), texts_every=0.0)
        self._bitmap: Bitmap | None = None

    def paint(self, snapshot: Snapshot, whole: bool = True) -> Image.Image:
        """Return `snapshot` as an RGB picture. If it need not be `whole`, costly panels refresh one lane, as on the
        page.
        """
        if self._bitmap is None:
            self._bitmap = Bitmap(self.view.look.background)
            self._bitmap.follow(self._lay_out(snapshot))
        else:
            self._bitmap.follow(self._stage.draw(snapshot, self.view.scene))
        while whole and self._stage.behind:
            self._bitmap.follow(self._stage.draw(snapshot, self.view.scene))
        picture = Image.new("RGB", self.size, self.view.look.background)
        self._bitmap.put(picture, round(MARGIN), round(HEAD))
        for text in head_line(self.view, snapshot, self.size[0]):
            write(picture, text)
        return picture

    def _lay_out(self, snapshot: Snapshot) -> Changes:
        """Fill the picture but for margins and head line."""
        view, width, height = self.view, self.size[0] - 2 * MARGIN, self.size[1] - HEAD - MARGIN
        return self._stage.lay_out(width, height, 1.0, view.look, view.lanes, snapshot, view.scene)


def head_line(view: View, snapshot: Snapshot, width: float) -> list[PlacedText]:
    """Return title, lanes in their colours and the epoch, as texts in a line `width` pixels wide.

    Where there is too little room, lanes lose their strengths, then the last ones are left out, then the title.
    """
    title, lanes, look = tr(view.title), view.lanes, view.look
    size, y = look.label_size, 0.62 * HEAD
    epoch = tr("epoch {epoch}", epoch=snapshot.epoch)
    longest = tr("epoch {epoch}", epoch="0000")
    end = width - MARGIN
    texts: list[PlacedText] = [(end, y, epoch, look.text, size, 600, "right", "baseline", 0.0)]
    room = end - max(width_of(epoch, size, True), width_of(longest, size, True)) - AIR
    start = MARGIN
    if title and start + width_of(title, look.title_size, True) <= room:
        texts.append((start, y, title, look.text, look.title_size, 700, "left", "baseline", 0.0))
        start += width_of(title, look.title_size, True) + AIR
    models = snapshot.models
    full = [lane.label(model.config) for lane, model in zip(lanes, models, strict=True)]
    names = [lane.name for lane in lanes]
    sign = 1.15 * size  # what a lane's shape takes, with the air behind it
    labels = full if start + sum(sign + width_of(label, size) + AIR for label in full) <= room + AIR else names
    for i, label in enumerate(labels):
        across = sign + width_of(label, size)
        if start + across > room:
            break
        color = look.lane(i)
        texts.append((start, y, mark(i).sign, color, size, 500, "left", "baseline", 0.0))
        texts.append((start + sign, y, label, color, size, 500, "left", "baseline", 0.0))
        start += across + AIR
    return texts
