"""The dropout mask of the last training step: which unit was kept for which sample."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from matplotlib.colors import ListedColormap, to_rgb
from numpy.typing import NDArray

from regviz.language import en, ntr, tr
from regviz.training.snapshot import ModelSnapshot, Snapshot

from ..look.lettering import width_of
from ..look.numbers import exact, number, percent
from ..look.theme import Look
from .parts.base import Panel
from .parts.chosen import lane_with, lanes_with
from .parts.labels import first_that_fits, shorten

DROPPED, KEPT, NOTHING, ALL_KEPT = 0, 1, 2, 3
"""Indices into the colour table. NOTHING: the last batch of an epoch has fewer samples. ALL_KEPT: p is 0."""

SMALLEST = 1.5
"""CSS pixels: a cell is not smaller; what has no room is not shown, and the axis says so."""

Cells = NDArray[np.uint8]

TO_COME = 32
"""Samples for which there is room where points are drawn, though they be fewer yet."""


class MaskPanel(Panel):
    """Samples × units of the last hidden layer, of the lane that a person picked or the first that uses dropout."""

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
        self.having = lanes_with(self.lanes, "dropout")
        models = [snapshot.models[i] for i in self.having or [0]]
        titles = [tr("Dropout mask of the last step"), tr("Dropout mask")]
        depth = len(models[0].config.hidden)
        if depth > 1 and all(len(model.config.hidden) == depth for model in models):
            layer = tr("hidden layer {layer}", layer=depth)
            titles = [f"{title}, {layer}" for title in titles]
        self.add_header(first_that_fits(titles, place.width, look.title_size, bold=True))
        self.line = self.live(self.add_text(0, 0.95 * look.title_size + 1.55 * look.small_size, ""))
        self._shown: Cells | None = None
        # Each lane may have its own layers and batches, and another one is picked without a new `build`.
        self.units = max(map(_units, models))
        self.samples = max(map(_samples, models))
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
        lane = lane_with(self, "dropout") or 0
        model = snapshot.models[lane]
        mask = model.masks[-1] if model.masks else None
        if self.unchanged(lane, model.moment, mask is None):
            return
        self._say(lane, model, mask)
        if not self.units:
            return
        cells = self._cells(mask, model)
        if self._shown is None or not np.array_equal(cells, self._shown):
            self._shown = cells
            self.image.set_data(cells)
            self._explain_gap(0 if mask is None else len(mask), model)

    def _cells(self, mask: NDArray[np.bool_] | None, model: ModelSnapshot) -> Cells:
        """The mask as colour indices, padded to a full batch; without dropout every unit is kept."""
        cells = np.full((self.rows, self.columns), NOTHING, np.uint8)
        if mask is None:
            if not any(model.config.dropout_rates):
                cells[: _samples(model), : _units(model)] = ALL_KEPT
            return cells
        part = mask[: self.rows, : self.columns]
        cells[: part.shape[0], : part.shape[1]] = part
        return cells

    def _explain_gap(self, samples: int, model: ModelSnapshot) -> None:
        """Say why rows are empty: the last batch of an epoch is smaller, there are no more points, or another lane has
        larger batches.
        """
        gap = self.rows - samples
        shown = samples > 0 and gap * self._cell_height > 1.6 * self.look.small_size
        said = ntr("the last batch of an epoch: 1 sample", "the last batch of an epoch: {n} samples", samples)
        if samples == len(model.split.X_train):
            said = ntr("a batch of the only point", "a batch of all {n} points", samples)
        elif samples == model.config.batch_size:
            said = ntr("a batch of 1 sample", "a batch of {n} samples", samples)
        self.gap_note.set_text(said if shown else "")
        self.move(self.gap_note, self._middle, self._field_top + (samples + gap / 2) * self._cell_height)

    def _say(self, lane: int, model: ModelSnapshot, mask: NDArray[np.bool_] | None) -> None:
        """What the mask did, in numbers; where several lanes have one, whose it is."""
        look, room = self.look, self.place.width
        texts = self._sentences(model, mask)
        if len(self.having) > 1:
            name, least = self.lanes[lane].name, width_of(texts[-1], look.label_size)
            short = shorten(name, room - least - 3 * width_of(" ", look.label_size), look.label_size)
            texts = [*(f"{name}   {text}" for text in texts), f"{short}   {texts[-1]}"]
            self.line.set_color(look.lane(lane))
        self.line.set_text(first_that_fits(texts, room, look.label_size))

    def _sentences(self, model: ModelSnapshot, mask: NDArray[np.bool_] | None) -> list[str]:
        if not _units(model):
            return [tr("no hidden layer: there is no unit to drop")]
        rate, off = model.config.dropout_rates[-1], not any(model.config.dropout_rates)
        if not self.having:
            return [tr("no lane uses dropout: every unit is kept")]
        if mask is None:
            return [tr("p 0: no unit is dropped") if off else tr("p {rate}   no step taken yet", rate=exact(rate))]
        share = 1 - np.count_nonzero(mask) / max(1, mask.size)
        facts = tr("dropped {share} of {size}", share=percent(share, 1), size=f"{mask.size:,}")
        if off:
            return [tr("p 0 from the next step on   {facts}", facts=facts)]
        short = f"p {exact(rate)}   {facts}"
        return [tr("{short}   kept units × {rate}", short=short, rate=number(1 / (1 - rate))), short]

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


def _units(model: ModelSnapshot) -> int:
    """How many the last hidden layer has; 0 without one."""
    return model.config.hidden[-1] if model.config.hidden else 0


def _samples(model: ModelSnapshot) -> int:
    """How many a batch of `model` may have."""
    points = len(model.split.X_train)
    return min(model.config.batch_size, points if model.split.drawing is None else max(points, TO_COME))


def _table(look: Look) -> ListedColormap:
    colors = np.zeros((256, 3))
    kept, paper = np.array(to_rgb(look.kept)), np.array(to_rgb(look.background))
    colors[DROPPED], colors[KEPT], colors[NOTHING] = to_rgb(look.dropped), kept, to_rgb(look.surface)
    colors[ALL_KEPT] = 0.4 * kept + 0.6 * paper
    return ListedColormap(colors)
