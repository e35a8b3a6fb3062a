"""The dropout mask of the last training step: which unit was kept for which sample."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from matplotlib.colors import ListedColormap, to_rgb
from numpy.typing import NDArray

from regviz.language import en, tr
from regviz.training.snapshot import ModelSnapshot, Snapshot

from ..look.lettering import width_of
from ..look.numbers import number, percent
from ..look.theme import Look
from .parts.base import Panel
from .parts.labels import first_that_fits

DROPPED, KEPT, NOTHING, ALL_KEPT = 0, 1, 2, 3
"""Indices into the colour table. NOTHING: the last batch of an epoch has fewer samples. ALL_KEPT: p is 0."""

SMALLEST = 1.5
"""CSS pixels: a cell is not smaller; what has no room is not shown, and the axis says so."""

Cells = NDArray[np.uint8]

TO_COME = 32
"""Samples for which there is room where points are drawn, though they be fewer yet."""


class MaskPanel(Panel):
    """Samples × units of the last hidden layer, of the first lane that uses dropout."""

    name: ClassVar[str] = "mask"
    menu_title: ClassVar[str] = en("Dropout mask")
    drawing: ClassVar[str] = (
        '<g stroke-width="5" stroke-linecap="butt">'
        '<path d="M6 6H46M6 13H46M6 20H46M6 27H46" stroke-dasharray="5 2" opacity=".35"/>'
        '<path d="M13 6h5M34 6h5M6 13h5M27 13h5M20 20h5M41 20h5M13 27h5M27 27h5"/></g>'
    )

    def build(self, snapshot: Snapshot) -> None:
        """Make a field of cells of one size, for a full batch, and one line of numbers above it."""
        look, place = self.look, self.place
        self.lane = next((i for i, lane in enumerate(self.lanes) if "dropout" in lane.uses), 0)
        self.used = any("dropout" in lane.uses for lane in self.lanes)
        model = snapshot.models[self.lane]
        hidden = model.config.hidden
        titles = [tr("Dropout mask of the last step"), tr("Dropout mask")]
        if len(hidden) > 1:
            layer = tr("hidden layer {layer}", layer=len(hidden))
            titles = [f"{title}, {layer}" for title in titles]
        self.add_header(first_that_fits(titles, place.width, look.title_size, bold=True))
        self.line = self.live(self.add_text(0, 0.95 * look.title_size + 1.55 * look.small_size, ""))
        self._shown: Cells | None = None
        self.units = hidden[-1] if hidden else 0
        points = len(model.split.X_train)
        self.samples = min(model.config.batch_size, points if model.split.drawing is None else max(points, TO_COME))
        if self.units:
            self._add_field()
        else:
            self.stand_empty(tr("a linear model: inputs and outputs only"))

    def _add_field(self) -> None:
        """The cells, as large as there is room for, and what is written around and on them."""
        look, place, top = self.look, self.place, self.header_height
        left = 1.35 * look.small_size + width_of(str(self.samples), look.small_size)
        across, down = place.width - left - 6, place.height - top - 1.9 * look.small_size
        self.columns = max(1, min(self.units, int(across / SMALLEST)))
        self.rows = max(1, min(self.samples, int(down / SMALLEST)))
        # Cells of half pixels are nearly all alike; the few pixels left over stay empty.
        wide = np.floor(2 * min(across / self.columns, 4 * down / self.rows)) / 2
        high = np.floor(2 * min(down / self.rows, 4 * across / self.columns)) / 2
        width, height = wide * self.columns, high * self.rows
        self.field = self.add_field(left, top, width, height, (0, self.columns), (self.rows, 0))
        self.image = self.add_image(self.field, _table(look), (self.rows, self.columns), fill=NOTHING)
        if min(wide, high) >= 5:
            thick = 0.5 if min(wide, high) < 8 else 1
            self.field.vlines(np.arange(1, self.columns), 0, self.rows, color=look.background, linewidth=thick)
            self.field.hlines(np.arange(1, self.rows), 0, self.columns, color=look.background, linewidth=thick)
        self.gap_note = self.live(self.add_note(left + width / 2, 0, ha="center", va="center"))
        self._middle, self._field_top, self._cell_height = left + width / 2, top, high
        self._name_axes(left, top, width, height)

    def draw(self, snapshot: Snapshot) -> None:
        """Show the last step's mask of the last hidden layer and say what it did."""
        model = snapshot.models[self.lane]
        mask = model.masks[-1] if model.masks else None
        if self.unchanged(model.moment, mask is None, self.used):
            return
        self.line.set_text(self._sentence(model, mask))
        if not self.units:
            return
        cells = self._cells(mask, model)
        if self._shown is None or not np.array_equal(cells, self._shown):
            self._shown = cells
            self.image.set_data(cells)
            self._explain_gap(0 if mask is None else len(mask), len(model.split.X_train))

    def _cells(self, mask: NDArray[np.bool_] | None, model: ModelSnapshot) -> Cells:
        """The mask as colour indices, padded to a full batch; without dropout every unit is kept."""
        cells = np.full((self.rows, self.columns), NOTHING, np.uint8)
        if mask is None:
            if not self.used or not any(model.config.dropout_rates):
                cells[...] = ALL_KEPT
            return cells
        part = mask[: self.rows, : self.columns]
        cells[: part.shape[0], : part.shape[1]] = part
        return cells

    def _explain_gap(self, samples: int, points: int) -> None:
        """Say why rows are empty: the last batch of an epoch is smaller, or there are no more points."""
        gap = self.rows - samples
        shown = samples > 0 and gap * self._cell_height > 1.6 * self.look.small_size
        said = tr("the last batch of an epoch: {samples} samples", samples=samples)
        if samples == points:
            said = tr("a batch of all {samples} points", samples=samples)
        self.gap_note.set_text(said if shown else "")
        self.move(self.gap_note, self._middle, self._field_top + (samples + gap / 2) * self._cell_height)

    def _sentence(self, model: ModelSnapshot, mask: NDArray[np.bool_] | None) -> str:
        if not self.units:
            return tr("no hidden layer: there is no unit to drop")
        rate, off = model.config.dropout_rates[-1], not any(model.config.dropout_rates)
        if not self.used:
            return tr("no lane uses dropout: every unit is kept")
        if mask is None:
            return tr("p 0: no unit is dropped") if off else tr("p {rate}   no step taken yet", rate=number(rate))
        share = 1 - np.count_nonzero(mask) / max(1, mask.size)
        facts = tr("dropped {share} of {size}", share=percent(share, 1), size=f"{mask.size:,}")
        if off:
            return tr("p 0 from the next step on   {facts}", facts=facts)
        short = f"p {number(rate)}   {facts}"
        texts = [tr("{short}   kept units × {rate}", short=short, rate=number(1 / (1 - rate))), short]
        return first_that_fits(texts, self.place.width, self.look.label_size)

    def _name_axes(self, left: float, top: float, width: float, height: float) -> None:
        """First and last sample and unit by number, as on the slide: samples down, units across."""
        shown = (
            f"{self.rows}"
            if self.rows == self.samples
            else tr("{rows} of {samples}", rows=self.rows, samples=self.samples)
        )
        self.add_note(left - 6, top, "1", ha="right", va="top")
        self.add_note(left - 6, top + height, f"{self.rows}", ha="right", va="bottom")
        name = tr("sample") if shown == f"{self.rows}" else tr("sample (first {shown})", shown=shown)
        self.add_note(left - 8, top + height / 2, name, ha="right", va="center", rotation=90)
        y = top + height + 5
        self.add_note(left, y, tr("unit 1"), va="top")
        if width > 220 * self.look.scale:
            middle = self.columns // 2
            x = left + width * (middle - 0.5) / self.columns
            self.add_note(x, y, str(middle), ha="center", va="top")
        last = (
            f"{self.columns}"
            if self.columns == self.units
            else tr("{columns} of {units}", columns=self.columns, units=self.units)
        )
        self.add_note(left + width, y, last, ha="right", va="top")


def _table(look: Look) -> ListedColormap:
    colors = np.zeros((256, 3))
    kept, paper = np.array(to_rgb(look.kept)), np.array(to_rgb(look.background))
    colors[DROPPED], colors[KEPT], colors[NOTHING] = to_rgb(look.dropped), kept, to_rgb(look.surface)
    colors[ALL_KEPT] = 0.4 * kept + 0.6 * paper
    return ListedColormap(colors)
