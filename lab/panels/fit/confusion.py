"""Fit of tables with classes: confusion matrices on the validation samples."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from regviz.language import en
from regviz.training.snapshot import ModelSnapshot

from ...look.lettering import width_of
from ..parts.base import Panel
from ..parts.cells import Cell
from ..parts.colors import table_of
from ..parts.labels import shorten
from ..parts.views import View, accuracy_text, probabilities


class ConfusionView(View):
    """True classes down, predicted classes across, how many of the validation samples in each."""

    subtitles: ClassVar[tuple[str, ...]] = (
        en("validation samples: true class down, predicted class across"),
        en("true class down, predicted across"),
        en("true down, predicted across"),
    )

    def __init__(self, panel: Panel, models: Sequence[ModelSnapshot]) -> None:
        super().__init__(panel, models)
        small = panel.look.small_size
        self.names = [str(name) for name in self.split.class_names or range(self.split.n_classes)]
        longest = max(width_of(name, small) for name in self.names)
        self.margin_left = min(longest, 0.2 * panel.place.width) + 8
        self.margin_bottom = 1.5 * small
        self.images: list[Any] = []
        self.counts: list[Any] = []

    def build(self, i: int, cell: Cell) -> float:
        """Make an image with a number in each of its cells."""
        look, k = self.panel.look, len(self.names)
        wide = np.floor(min(cell.width, 1.6 * cell.height, 84 * look.scale * k) / k)
        high = np.floor(min(cell.height, 1.4 * wide * k) / k)
        panel = self.panel
        axes = panel.add_field(cell.left, cell.top, k * wide, k * high, (0, k), (k, 0))
        right, wrong = (([look.surface, look.class_fields[c]], 128) for c in (2, 1))
        self.images.append(panel.add_image(axes, table_of(right, wrong), (k, k)))
        if k > 1:
            axes.vlines(np.arange(1, k), 0, k, color=look.background, linewidth=2)
            axes.hlines(np.arange(1, k), 0, k, color=look.background, linewidth=2)
        self._name_classes(cell, wide, high)
        counts = []
        for row, column in ((row, column) for row in range(k) for column in range(k)):
            x, y = cell.left + (column + 0.5) * wide, cell.top + (row + 0.5) * high
            weight = "bold" if row == column else "normal"
            counts.append(panel.live(panel.add_text(x, y, "", weight=weight, ha="center", va="center")))
            counts[-1].set_visible(min(wide, high) > 1.3 * look.label_size)
        self.counts.append(counts)
        return float(k * wide)

    def show(self, i: int, model: ModelSnapshot) -> tuple[str, tuple[str, ...]]:
        """Count the validation samples by true and predicted class."""
        k, true = len(self.names), model.split.y_val.astype(int)
        guess = probabilities(model, model.split.X_val).argmax(axis=1)
        counts = np.bincount(k * true + guess, minlength=k * k).reshape(k, k)
        share = counts / np.maximum(1, counts.sum(axis=1, keepdims=True))
        # Errors are few: their colour grows with the square root of their share.
        index = np.where(np.eye(k, dtype=bool), 127 * share, 128 + 127 * np.sqrt(share))
        self.images[i].set_data(np.rint(index).astype(np.uint8))
        for text, count in zip(self.counts[i], counts.ravel(), strict=True):
            text.set_text(str(count))
        return accuracy_text(model, float(np.trace(counts)) / len(true)), ()

    def _name_classes(self, cell: Cell, wide: float, high: float) -> None:
        panel, size = self.panel, self.panel.look.small_size
        bottom = cell.top + high * len(self.names) + 4
        first, last = min(self.names), max(self.names)
        common = next((j for j, pair in enumerate(zip(first, last, strict=False)) if pair[0] != pair[1]), 0)
        roomy = all(width_of(name, size) < wide for name in self.names)
        for k, name in enumerate(self.names):
            if cell.left <= self.margin_left + 1:
                text = shorten(name, self.margin_left - 6, size)
                panel.add_note(cell.left - 7, cell.top + (k + 0.5) * high, text, ha="right", va="center")
            text = shorten(name if roomy else name[common:] or name, wide, size)
            panel.add_note(cell.left + (k + 0.5) * wide, bottom, text, ha="center", va="top")
