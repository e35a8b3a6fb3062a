"""A sweep over two fields as a map: the mean validation loss of every pair of values as a colour."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from regviz.language import en, ntr, tr
from regviz.training.snapshot import Snapshot

from ...compare.scene import NOTHING, Answer, PointerKind
from ...look.lettering import width_of
from ...look.numbers import number
from ..parts.artists import set_line
from ..parts.base import Panel
from ..parts.colors import table_of
from ..parts.labels import first_that_fits, shorten
from .across import value_text
from .swept import with_spread

if TYPE_CHECKING:
    from ...compare.sweep_view import SweepView

INVITATIONS = (
    en("Sweep over two things to see a map of the validation loss"),
    en("Sweep over two things to see a map"),
    en("Sweep over two things"),
)

NOTHING_KNOWN = 255
"""The index of the colour of pairs whose networks diverged or are not known."""

FAR = 4.0
"""Losses beyond so many times the loss before training all have the last colour."""


class SweepMapPanel(Panel):
    """One cell for each pair of values, the darker the lower its loss; a ring at the best."""

    name: ClassVar[str] = "sweep_map"
    menu_title: ClassVar[str] = en("Map of two fields")
    drawing: ClassVar[str] = (
        '<path d="M6 4H42V28H6zM18 4V28M30 4V28M6 12H42M6 20H42" opacity=".4"/>'
        '<path d="M18 12H30V20H18z" fill="#000"/>'
        '<path d="M30 12H42V20H30zM18 4H30V12H18z" fill="#000" opacity=".5"/>'
    )
    listens: ClassVar[bool] = True

    def build(self, snapshot: Snapshot) -> None:
        """Make axes with the image, the ring and the key, and the labels that name both fields."""
        look, place = self.look, self.place
        self.heading = self.live(self.add_text(0, 0.95 * look.title_size, "", size=look.title_size, weight="bold"))
        self.subtitle = self.live(self.add_header(""))
        self.left = width_of("10,000", look.small_size) + 9
        self.right = width_of("0.00", look.small_size) + 2.6 * look.small_size
        self.top = self.header_height + 1.5 * look.small_size
        self.width = max(place.width - self.left - self.right, 1.0)
        self.height = max(place.height - self.top - 3.4 * look.small_size, 1.0)
        self.plot = self.add_axes(self.left, self.top, self.width, self.height)
        ramp = [look.accent, look.class_fields[0], look.surface]
        table = table_of((ramp, NOTHING_KNOWN), ([look.grid], 1))
        self.image = self.add_image(self.plot, table, (2, 2), extent=(0, 2, 0, 2), fill=NOTHING_KNOWN)
        edge: dict[str, Any] = {"linestyle": "none", "marker": "o", "markerfacecolor": "none", "zorder": 3}
        self.ring = self.add_line(self.plot, look.background, markersize=9, markeredgewidth=2.2, visible=False, **edge)
        self.frame = self.add_line(self.plot, look.text, linewidth=1.8, visible=False, zorder=4)
        key = self.add_field(place.width - 1.2 * look.small_size, self.top, 1.0 * look.small_size, self.height)
        shades = self.add_image(key, table, (NOTHING_KNOWN, 1), extent=(0, 1, 0, 1))
        shades.set_data(np.arange(NOTHING_KNOWN, dtype=np.uint8)[:, None])
        x = place.width - 1.6 * look.small_size
        ends = ((self.top, "top"), (self.top + self.height, "bottom"))
        self.key = [self.live(self.add_note(x, y, ha="right", va=va)) for y, va in ends]
        foot = place.height - 0.5 * look.small_size
        self.across_name = self.live(self.add_note(self.left + self.width / 2, foot, ha="center"))
        self.up_name = self.live(self.add_note(0, self.top - 0.6 * look.small_size))
        middle = self.top + self.height / 2
        text = first_that_fits([tr(text) for text in INVITATIONS], self.width, look.label_size)
        self.invitation = self.live(
            self.add_text(self.left + self.width / 2, middle, text, color=look.muted, ha="center", va="center")
        )
        self._view: SweepView | None = None
        self._drawn: tuple[Any, ...] = ()
        self._at: int | None = None
        self.shape = (2, 2)
        self.plot.set(xticks=[], yticks=[])

    def draw(self, snapshot: Snapshot) -> None:
        """Follow the scene's sweep, if it is one over two fields and has moved since the last call."""
        view = self.scene.sweep
        if view is not None and not view.second:
            view = None
        drawn = view, self._at
        if self._drawn and drawn[0] is self._drawn[0] and drawn[1] == self._drawn[1]:
            return
        fresh = not self._drawn or view is not self._drawn[0]
        self._drawn = drawn
        if fresh:
            self._follow(view)
        corners = np.array([[0, 1, 1, 0, 0], [0, 0, 1, 1, 0]], float)
        set_line(self.frame, *(corners + np.array(self._cell(self._at))[:, None] if self._at is not None else ((), ())))

    def pointer(self, kind: PointerKind, x: float, y: float) -> Answer:
        """Frame the cell below the pointer and say its numbers; a click takes its values."""
        view, before = self._view, self._at
        across, up = (x - self.left) / self.width, 1 - (y - self.top) / self.height
        if kind == "leave" or view is None or not view.models or not (0 <= across < 1 and 0 < up <= 1):
            self._at = None
            return Answer(redraw=True) if before is not None else NOTHING
        columns, rows = self.shape
        self._at = at = min(int(across * columns), columns - 1) * rows + min(int(up * rows), rows - 1)
        losses = view.val_loss[at]
        mean, gone = number(view.train_loss[at].mean()), np.count_nonzero(np.isnan(losses))
        said = tr("validation {with_spread}, training {mean}", with_spread=with_spread(losses), mean=mean)
        if gone:
            said = ntr("{gone} of 1 network diverged", "{gone} of {n} networks diverged", len(losses), gone=gone)
        change = view.change(at) if kind == "click" else {}
        taken = tr("these values are taken") if change else tr("click to take these values")
        return Answer("\n".join([named(view, at), said, taken]), change, redraw=self._at != before)

    def targets(self) -> list[tuple[float, float]]:
        """Return the middles of the cells, as one reads them: from the top."""
        if self._view is None or not self._view.models:
            return []
        columns, rows = self.shape
        wide, high = self.width / columns, self.height / rows
        return [
            (self.left + (i + 0.5) * wide, self.top + (j + 0.5) * high) for j in range(rows) for i in range(columns)
        ]

    def first_target(self) -> int:
        """Return the best cell."""
        columns, rows = self.shape
        best = 0 if self._view is None or self._view.best is None else self._view.best
        return (rows - 1 - best % rows) * columns + best // rows

    def _follow(self, view: SweepView | None) -> None:
        before, self._view = self._view, view
        self.invitation.set_visible(view is None)
        if view is None or before is None or view.values is not before.values:
            self._at = None
            self._set_axes(view)
        self._set_words(view)
        best = None if view is None else view.best
        if best is None:
            set_line(self.ring)
        else:
            column, row = self._cell(best)
            set_line(self.ring, [column + 0.5], [row + 0.5])
        self.image.set_data(indices(view, self.shape) if view is not None else np.full((2, 2), NOTHING_KNOWN, np.uint8))
        low, high = (None, None) if view is None else ends_of(view)
        for note, end in zip(self.key, (high, low), strict=True):
            note.set_text("" if end is None else number(end))

    def _set_axes(self, view: SweepView | None) -> None:
        """As many cells as there are values, with the values beside those that have room."""
        size = self.look.small_size
        if view is None or view.seconds is None:
            self.shape = (2, 2)
            self.plot.set(xticks=[], yticks=[])
            return
        self.shape = columns, rows = len(view.values), len(view.seconds)
        self.image.set_extent((0, columns, 0, rows))
        self.plot.set(xlim=(0, columns), ylim=(0, rows))
        names = [value_text(view.field, float(value)) for value in view.values]
        wide = max(width_of(f"{name}  ", size) for name in names)
        step = max(1, int(np.ceil(wide * columns / self.width)))
        self.plot.set_xticks(np.arange(0, columns, step) + 0.5, names[::step])
        step = max(1, int(np.ceil(1.3 * size * rows / self.height)))
        names = [value_text(view.second, float(value)) for value in view.seconds]
        self.plot.set_yticks(np.arange(0, rows, step) + 0.5, names[::step])

    def _set_words(self, view: SweepView | None) -> None:
        across, up = ("", "") if view is None else (axis.title for axis in view.axes)
        whole = tr("Validation loss by {across} and {up}", across=across, up=up)
        if view is None:
            whole = tr("Validation loss by two fields")
        title = first_that_fits([whole, tr("Validation loss")], self.place.width, self.look.title_size, bold=True)
        self.called = title
        self.heading.set_text(title)
        self.across_name.set_text(shorten(across, self.width, self.look.small_size) if across else "")
        self.up_name.set_text(shorten(up, self.place.width, self.look.small_size) if up else "")
        if view is None:
            self.subtitle.set_text("")
            return
        far = tr("epoch {epoch} of {epochs}", epoch=view.epoch, epochs=view.epochs)
        if view.cancelled:
            far = tr("cancelled at {far}", far=far)
        elif view.done:
            far = f"{ntr('1 epoch', '{n} epochs', view.epochs)}, {ntr('1 seed', '{n} seeds', len(view.seeds))}"
        texts = [tr("{far}, ring: lowest", far=far)]
        if view.best is not None:
            best = with_spread(view.val_loss[view.best])
            texts = [
                tr("lowest at {named}: {best}, {far}", named=named(view, view.best), best=best, far=far),
                tr("lowest {best}, {far}", best=best, far=far),
            ]
        self.say(*texts, far)

    def _cell(self, at: int) -> tuple[int, int]:
        """Column and row of a pair of values."""
        return divmod(at, self.shape[1])


def named(view: SweepView, at: int) -> str:
    """Return a pair of values in words: "λ 0.0024, training points 700"."""
    pairs = zip(view.axes, view.at(at), strict=True)
    return ", ".join(f"{axis.symbol or tr(axis.name)} {value_text(axis.field, value)}" for axis, value in pairs)


def ends_of(view: SweepView) -> tuple[float | None, float | None]:
    """Return the losses that have the first and the last colour; None before anything is known."""
    means = view.val_loss.mean(axis=1)
    known = means[np.isfinite(means)]
    if not len(known) or not view.models:
        return None, None
    most = FAR * float(view.models[0].history["val_loss"][0])
    return float(known.min()), max(float(known.min()), min(float(known.max()), most))


def indices(view: SweepView, shape: tuple[int, int]) -> NDArray[np.uint8]:
    """Return the colours of all cells (rows, columns) by their indices: evenly in the logarithm of the loss."""
    low, high = ends_of(view)
    found = np.full(shape, NOTHING_KNOWN, np.uint8)
    if low is None or high is None:
        return found.T.copy()
    with np.errstate(all="ignore"):
        means = np.log(view.val_loss.mean(axis=1)).reshape(shape)
        share = (means - np.log(low)) / max(float(np.log(high) - np.log(low)), 1e-12)
    known = np.isfinite(share)
    found[known] = np.clip(np.round(share[known] * (NOTHING_KNOWN - 1)), 0, NOTHING_KNOWN - 1)
    return found.T.copy()
