"""The dropout mask of the last training step: which unit was kept for which sample."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from matplotlib.colors import ListedColormap, to_rgb
from numpy.typing import NDArray

from regviz.training.snapshot import ModelSnapshot, Snapshot

from ..look.theme import Look
from .parts.base import Panel
from .parts.labels import width_of
from .parts.rows import stand_empty

DROPPED, KEPT, NOTHING, ALL_KEPT = 0, 1, 2, 3
"""Indices into the colour table. NOTHING: the last batch of an epoch has fewer samples. ALL_KEPT: p is 0."""

SMALLEST = 1.5
"""CSS pixels: a cell is not smaller; what has no room is not shown, and the axis says so."""

Cells = NDArray[np.uint8]


class MaskPanel(Panel):
    """Samples × units of the last hidden layer, of the first lane that uses dropout."""

    name: ClassVar[str] = "mask"

    def build(self, snapshot: Snapshot) -> None:
        """A field of cells of one size, for a full batch, and one line of numbers above it."""
        look, place = self.look, self.place
        self.lane = next((i for i, lane in enumerate(self.lanes) if "dropout" in lane.uses), 0)
        self.used = any("dropout" in lane.uses for lane in self.lanes)
        model = snapshot.models[self.lane]
        hidden = model.config.hidden
        layer = f", hidden layer {len(hidden)}" if len(hidden) > 1 else ""
        title = "Dropout mask of the last step"
        if width_of(title + layer, look.title_size, bold=True) > place.width:
            title = "Dropout mask"
        self.add_header(title + layer)
        line = 0.95 * look.title_size + 1.55 * look.small_size
        self.line = self.live(self.add_text(0, line, "", size=look.label_size))
        self._words: tuple[object, ...] = ()
        self._shown: Cells | None = None
        self.units = hidden[-1] if hidden else 0
        self.samples = min(model.config.batch_size, len(model.split.X_train))
        if not self.units:
            stand_empty(self, "a linear model: inputs and outputs only")
            return
        left = 1.35 * look.small_size + width_of(str(self.samples), look.small_size)
        top = self.header_height
        across, down = place.width - left - 6, place.height - top - 1.9 * look.small_size
        self.columns = max(1, min(self.units, int(across / SMALLEST)))
        self.rows = max(1, min(self.samples, int(down / SMALLEST)))
        # Cells of whole pixels are all alike; the few pixels left over stay empty.
        cell_width, cell_height = (
            np.floor(2 * min(room / count, 4 * smaller)) / 2
            for room, count, smaller in (
                (across, self.columns, down / self.rows),
                (down, self.rows, across / self.columns),
            )
        )
        width, height = cell_width * self.columns, cell_height * self.rows
        self.field = self.add_axes(left, top, width, height)
        self.field.set_xlim(0, self.columns)
        self.field.set_ylim(self.rows, 0)
        self.field.set_xticks([])
        self.field.set_yticks([])
        blank = np.full((self.rows, self.columns), NOTHING, np.uint8)
        self.image = self.live(
            self.field.imshow(
                blank,
                cmap=_table(look),
                vmin=0,
                vmax=255,
                interpolation="nearest",
                aspect="auto",
                extent=(0, self.columns, self.rows, 0),
            )
        )
        if min(cell_width, cell_height) >= 5:
            inner: dict[str, Any] = {
                "color": look.background,
                "linewidth": 0.5 if min(cell_width, cell_height) < 8 else 1,
            }
            self.field.vlines(np.arange(1, self.columns), 0, self.rows, **inner)
            self.field.hlines(np.arange(1, self.rows), 0, self.columns, **inner)
        self.gap_note = self.live(
            self.add_text(left + width / 2, 0, "", size=look.small_size, color=look.muted, ha="center", va="center")
        )
        self._middle, self._field_top, self._cell_height = left + width / 2, top, cell_height
        self._name_axes(left, top, width, height)

    def draw(self, snapshot: Snapshot) -> None:
        """Show the last step's mask of the last hidden layer and say what it did."""
        model = snapshot.models[self.lane]
        mask = model.masks[-1] if model.masks else None
        words = (model.step, model.config.dropout, mask is None, self.used)
        if words == self._words:
            return
        self._words = words
        self.line.set_text(self._sentence(model, mask))
        if not self.units:
            return
        cells = self._cells(mask, model)
        if self._shown is None or not np.array_equal(cells, self._shown):
            self._shown = cells
            self.image.set_data(cells)
            self._explain_gap(0 if mask is None else len(mask))

    def _cells(self, mask: NDArray[np.bool_] | None, model: ModelSnapshot) -> Cells:
        """The mask as colour indices, padded to a full batch; without dropout every unit is kept."""
        cells = np.full((self.rows, self.columns), NOTHING, np.uint8)
        if mask is None:
            if not self.used or model.config.dropout == 0:
                cells[...] = ALL_KEPT
            return cells
        part = mask[: self.rows, : self.columns]
        cells[: part.shape[0], : part.shape[1]] = part
        return cells

    def _explain_gap(self, samples: int) -> None:
        """Say why rows are empty: the last batch of an epoch is smaller."""
        gap = self.rows - samples
        shown = samples > 0 and gap * self._cell_height > 1.6 * self.look.small_size
        self.gap_note.set_text(f"the last batch of an epoch: {samples} samples" if shown else "")
        self.move(self.gap_note, self._middle, self._field_top + (samples + gap / 2) * self._cell_height)

    def _sentence(self, model: ModelSnapshot, mask: NDArray[np.bool_] | None) -> str:
        rate = model.config.dropout
        if not self.units:
            return "no hidden layer: there is no unit to drop"
        if not self.used:
            return "no lane uses dropout: every unit is kept"
        if mask is None:
            return "p 0: no unit is dropped" if rate == 0 else f"p {rate:.2f}   no step taken yet"
        share = 1 - np.count_nonzero(mask) / max(1, mask.size)
        facts = f"dropped {100 * share:.1f} % of {mask.size:,}"
        if rate == 0:
            return f"p 0 from the next step on   {facts}"
        parts = [f"p {rate:.2f}", facts, f"kept units × {1 / (1 - rate):.2f}"]
        wide = "   ".join(parts)
        return wide if width_of(wide, self.look.label_size) <= self.place.width else "   ".join(parts[:2])

    def _name_axes(self, left: float, top: float, width: float, height: float) -> None:
        """First and last sample and unit by number, as on the slide: samples down, units across."""
        small: dict[str, Any] = {"size": self.look.small_size, "color": self.look.muted}
        shown = f"{self.rows}" if self.rows == self.samples else f"{self.rows} of {self.samples}"
        self.add_text(left - 6, top, "1", ha="right", va="top", **small)
        self.add_text(left - 6, top + height, f"{self.rows}", ha="right", va="bottom", **small)
        name = "sample" if shown == f"{self.rows}" else f"sample (first {shown})"
        self.add_text(left - 8, top + height / 2, name, ha="right", va="center", rotation=90, **small)
        y = top + height + 5
        self.add_text(left, y, "unit 1", va="top", **small)
        if width > 220 * self.look.scale:
            middle = self.columns // 2
            x = left + width * (middle - 0.5) / self.columns
            self.add_text(x, y, str(middle), ha="center", va="top", **small)
        last = f"{self.columns}" if self.columns == self.units else f"{self.columns} of {self.units}"
        self.add_text(left + width, y, last, ha="right", va="top", **small)


def _table(look: Look) -> ListedColormap:
    colors = np.zeros((256, 3))
    kept, paper = np.array(to_rgb(look.kept)), np.array(to_rgb(look.background))
    colors[DROPPED], colors[KEPT], colors[NOTHING] = to_rgb(look.dropped), kept, to_rgb(look.surface)
    colors[ALL_KEPT] = 0.4 * kept + 0.6 * paper
    return ListedColormap(colors)
