"""Validation pictures that a net gets wrong, each with what it is and what the net takes it for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
from matplotlib.text import Text
from numpy.typing import NDArray

from regviz.data import Split
from regviz.language import en, tr
from regviz.training.snapshot import ModelSnapshot

from ...look.numbers import MISSING, percent
from ..parts.base import Panel
from ..parts.cells import Cell
from ..parts.colors import table_of
from ..parts.views import View, accuracy_text, probabilities

PAPER = 255
"""Colour index of what lies between the pictures."""

FEWEST = 12
"""Pictures per lane, if there is room for them at all."""

MOST = 16
"""No more pictures than these per lane."""


class PicturesView(View):
    """Up to 16 pictures per lane. A picture keeps its place as long as the net gets it wrong."""

    subtitles: ClassVar[tuple[str, ...]] = (
        en("validation pictures each net gets wrong: true → predicted"),
        en("pictures it gets wrong: true → predicted"),
        en("wrong: true → predicted"),
    )
    note_lines: ClassVar[int] = 1

    def __init__(self, panel: Panel, models: Sequence[ModelSnapshot]) -> None:
        super().__init__(panel, models)
        split = self.split
        if split.image_shape is None:
            raise ValueError(
                tr("{name} has no pictures; a picture view needs a split with an image_shape", name=split.name)
            )
        self.tall, self.across = split.image_shape
        known = {id(its): self._pictures(its) for its in self.splits}
        self.pictures = [known[id(its)] for its in self.splits]
        """The validation pictures of each lane, (n, rows, columns)."""
        self.slots: list[list[int]] = []
        """Per lane and place, the validation picture that is there (−1: none)."""
        self.images: list[Any] = []
        self.captions: list[list[Text]] = []

    def build(self, i: int, cell: Cell) -> float:
        """Make one image that holds all pictures of the lane, and a caption under each."""
        if i == 0:
            self._arrange(cell)
        panel, look = self.panel, self.panel.look
        high, wide = self.rows * self.pitch_down, self.columns * self.pitch_across
        axes = panel.add_field(cell.left, cell.top, wide * self.zoom, high * self.zoom, (0, wide), (high, 0))
        ink = table_of(([look.surface, look.text], PAPER), ([look.background], 1))
        self.images.append(panel.add_image(axes, ink, (high, wide), fill=PAPER))
        captions = []
        for place in range(self.rows * self.columns):
            x = cell.left + self.zoom * (place % self.columns * self.pitch_across + self.across / 2)
            y = cell.top + self.zoom * (place // self.columns * self.pitch_down + self.tall) + 1
            captions.append(panel.live(panel.add_note(x, y, ha="center", va="top")))
        self.captions.append(captions)
        self.slots.append([-1] * (self.rows * self.columns))
        return float(self.columns * self.pitch_across * self.zoom)

    @property
    def widest_scores(self) -> tuple[str, ...]:
        """A share: there is another line that says of a lane that it diverged."""
        return (percent(1.0, 1),)

    def show(self, i: int, model: ModelSnapshot) -> tuple[str, tuple[str, ...]]:
        """Ask the net for all validation pictures and show some that it gets wrong."""
        guess = probabilities(model, model.split.X_val).argmax(axis=1)
        true = model.split.y_val
        wrong = np.flatnonzero(guess != true)
        self.slots[i] = refilled(self.slots[i], wrong)
        tall, across = self.tall, self.across
        sheet = np.full((self.rows * self.pitch_down, self.columns * self.pitch_across), PAPER, np.uint8)
        for place, sample in enumerate(self.slots[i]):
            caption = self.captions[i][place]
            if sample < 0:
                caption.set_text("")
                continue
            y, x = place // self.columns * self.pitch_down, place % self.columns * self.pitch_across
            sheet[y : y + tall, x : x + across] = self.pictures[i][sample]
            caption.set_text(f"{self._name(int(true[sample]))}→{self._name(int(guess[sample]))}")
        self.images[i].set_data(sheet)
        if model.state == "diverged":
            return MISSING, (tr("diverged"),)
        return accuracy_text(model, 1 - len(wrong) / len(true)), (
            tr("{wrong} of {true} wrong", wrong=len(wrong), true=len(true)),
            tr("{wrong} wrong", wrong=len(wrong)),
        )

    def _pictures(self, split: Split) -> NDArray[np.uint8]:
        """The validation pictures of a split in colour indices."""
        pixels = split.X_val * split.scale + split.mean
        # A quarter of the pixels and more is paper; with input noise the extremes would wash all contrast out.
        low, high = np.percentile(pixels, [25, 99])
        ink = np.clip((pixels - low) / max(high - low, 1e-12), 0, 1) * (PAPER - 1)
        return np.asarray(np.rint(ink), np.uint8).reshape(-1, self.tall, self.across)

    def _name(self, k: int) -> str:
        names = self.split.class_names
        return str(names[k])[:2] if names else str(k)

    def _arrange(self, cell: Cell) -> None:
        """Columns, rows and zoom: room for twelve pictures if possible, and these as large as possible.

        The zoom is in half pixels, so that the pixels of a picture are nearly alike.
        """
        small = self.panel.look.small_size
        tall, across = self.tall, self.across
        best: tuple[float, ...] = ()
        self.columns = self.rows = 1
        self.zoom, self.pitch_down = 1.0, tall
        for columns in range(1, max(1, int(cell.width / (2.5 * small))) + 1):
            for zoom in np.arange(1, np.floor(2 * cell.width / columns / (across + 1)) / 2 + 0.25, 0.5):
                pitch = tall + int(np.ceil(1.35 * small / zoom))
                rows = min(int((cell.height + 0.3 * small) / (zoom * pitch)), -(-MOST // columns))
                rank = (min(rows * columns, FEWEST), zoom >= 2, zoom, rows * columns)
                if rows and rank > best:
                    best = rank
                    self.columns, self.rows, self.zoom, self.pitch_down = columns, rows, float(zoom), pitch
        self.pitch_across = max(across + 1, int(cell.width / self.columns / self.zoom))


def refilled(slots: Sequence[int], wrong: NDArray[np.intp]) -> list[int]:
    """Return `slots` with what is no longer wrong replaced by the first wrong samples not shown yet (−1 if there is
    none).
    """
    still = set(wrong.tolist())
    kept = [sample if sample in still else -1 for sample in slots]
    shown = set(kept)
    waiting = (sample for sample in wrong.tolist() if sample not in shown)
    return [sample if sample >= 0 else next(waiting, -1) for sample in kept]
