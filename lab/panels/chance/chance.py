"""Many seeds of every lane: validation losses as bands over epochs, and in how many seeds the verdict is the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from matplotlib.patches import PathPatch
from matplotlib.text import Text

from regviz.config import Config
from regviz.data import DATASETS
from regviz.language import en, ntr, tr
from regviz.training.snapshot import Snapshot

from ...compare.chance_view import SEEDS
from ...compare.following import places_of
from ...compare.lanes import MOST_LANES, Lane
from ...look.lettering import width_of
from ...look.numbers import WIDEST, number
from ..parts.areas import band
from ..parts.artists import NO_AREA, set_line
from ..parts.base import Panel
from ..parts.curves import Curves
from ..parts.labels import first_that_fits, shorten, spread
from .verdicts import Verdicts

if TYPE_CHECKING:
    from ...compare.chance_view import ChanceView

BESIDE = 8
"""CSS pixels from the last epoch to the labels."""

SETTLED = 2
"""Looks that the axis need not hold: the first drop says nothing."""

INVITATIONS = (
    en("Press “{seeds} seeds” to train every lane with {seeds} seeds"),
    en("Press “{seeds} seeds” to see what is chance"),
    en("Press “{seeds} seeds”"),
)


class ChancePanel(Panel):
    """For each lane the median of its validation losses over seeds, the band that holds most of them, and below how
    often the verdict came."""

    name: ClassVar[str] = "chance"
    menu_title: ClassVar[str] = en("Many seeds")
    drawing: ClassVar[str] = (
        '<path d="M4 3V29H45" opacity=".4"/>'
        '<path d="M6 5C12 15 20 15 26 13S40 6 44 4V13C38 15 32 20 26 20S12 20 6 5z" fill="#000" opacity=".35"/>'
        '<path d="M6 5C12 18 20 18 26 17S40 10 44 8"/>'
        '<path d="M9 25v0M15 25v0M21 25v0M27 25v0M33 25v0" stroke-width="4"/>'
    )

    def build(self, snapshot: Snapshot) -> None:
        """Make the axes with a band, a line and a label for each lane, and below them the rows of the verdict."""
        look, place = self.look, self.place
        view = self.scene.chance
        trained = None if view is None else DATASETS.get(view.configs[0].data)  # the lanes may have other data by now
        task = snapshot.models[0].split.task if trained is None else trained.task
        self._loss = tr("squared error") if task == "regression" else tr("loss")
        count = SEEDS if view is None else len(view.seeds) + view.coming
        self.subtitle = self.live(
            self.add_header(
                ntr("Validation {loss}, 1 seed", "Validation {loss}, {n} seeds", count, loss=self._loss), ""
            )
        )
        said = [width_of(f"{lane.name}  {WIDEST}", look.label_size, bold=True) for lane in self.lanes]
        self._room = min(max(said), 0.36 * place.width)
        self.verdicts = Verdicts(self, max(2, len(self.lanes)))
        self.curves = Curves(self, self._room + BESIDE, self.verdicts.height)
        plot = self.curves.axes
        self.bands = [self.add_patch(plot, PathPatch(NO_AREA, linewidth=0, alpha=0.2, zorder=1)) for _ in self._places]
        self.medians = [self.add_line(plot, look.lane(i), linewidth=2.2, zorder=3, visible=False) for i in self._places]
        self.labels: list[Text] = [
            self.live(self.add_text(0, 0, "", color=look.lane(i), weight="bold", va="center")) for i in self._places
        ]
        middle = self.curves.top + self.curves.height / 2
        text = first_that_fits([tr(text, seeds=SEEDS) for text in INVITATIONS], self.curves.across, look.label_size)
        x = self.curves.left + self.curves.across / 2
        self.invitation = self.live(self.add_text(x, middle, text, color=look.muted, ha="center", va="center"))
        self._seen: tuple[Any, ...] = ()
        self._compared: ChanceView | None = None
        self._now: Sequence[Config] = ()
        self._older = False
        self.curves.fit(float(snapshot.models[0].config.epochs) if self.scene.chance is None else 20.0, [])

    @property
    def _places(self) -> range:
        return range(MOST_LANES)

    def draw(self, snapshot: Snapshot) -> None:
        """Follow the scene's seeds, and say when the knobs have moved on."""
        view = self.scene.chance
        older = view is not None and self._is_older(view, snapshot)
        if self._seen and self._seen[0] is view and self._seen[1] == older:
            return
        self._seen = view, older
        self.invitation.set_visible(view is None)
        self.say(*self._words(view, older))
        now = [] if view is None else places_of(view.lanes, self.lanes)
        self.verdicts.show(view, now)
        if view is not None and view.seeds:
            self._show(view, now)
        else:
            for i in self._places:
                self._clear(i)

    def _show(self, view: ChanceView, now: Sequence[int | None]) -> None:
        """All bands, medians and labels, of lanes that are at the places `now`."""
        curves, looks = self.curves, view.looks.astype(float)
        bands = [view.band(i) for i in range(len(view.lanes))]
        curves.fit(float(view.epochs), [row[min(SETTLED, len(row) - 1) :] for its in bands for row in its])
        for i in self._places[len(bands) :]:
            self._clear(i)
        ends = []
        for i, (low, median, high) in enumerate(bands):
            color, most = self._color(now[i]), 4 * curves.most
            self.bands[i].set_path(band(looks, np.minimum(low, most), np.minimum(high, most)))
            self.bands[i].set_facecolor(color)
            set_line(self.medians[i], looks, np.minimum(median, most))
            self.medians[i].set_color(color)
            self.labels[i].set_color(color)
            self.labels[i].set_text(self._label(view.lanes[i], float(median[-1])))
            ends.append(curves.y(float(median[-1]) if np.isfinite(median[-1]) else curves.most))
        order = np.argsort(ends, kind="stable").tolist()
        line = 1.22 * self.look.label_size
        x = curves.x(view.epoch) + BESIDE
        low, high = curves.top + 0.5 * line, curves.top + curves.height - 0.45 * line
        for i, y in zip(order, spread([ends[i] for i in order], line, low, high).tolist(), strict=True):
            self.move(self.labels[i], x, round(y, 1))
        said = [width_of(self.labels[i].get_text(), self.look.label_size, bold=True) for i in order]
        curves.keep_clear(x - 3, x + max(said) + 3)

    def _clear(self, i: int) -> None:
        self.bands[i].set_path(NO_AREA)
        set_line(self.medians[i])
        self.labels[i].set_text("")

    def _label(self, lane: Lane, median: float) -> str:
        """Name and median; the name alone where there is no room."""
        size, said = self.look.label_size, "  " + (number(median) if np.isfinite(median) else tr("diverged"))
        short = shorten(lane.name, self._room - width_of(said, size, bold=True), size, bold=True) + said
        return first_that_fits([lane.name + said, short], self._room, size, bold=True)

    def _words(self, view: ChanceView | None, older: bool) -> Sequence[str]:
        """What line and band are, how far the seeds are, and whether they are those of the present settings."""
        if view is None:
            return (tr("line: median, band: 8 of 10 seeds"), tr("bands over seeds"))
        known = len(view.seeds)
        what = (tr("line: median, band: 8 of 10 seeds"), tr("band: 8 of 10 seeds"))
        if older:
            return (tr("bands of older settings; press again for the present ones"), tr("bands of older settings"))
        if view.cancelled:
            return (
                *(tr("{words}, cancelled at epoch {epoch}", words=words, epoch=view.epoch) for words in what),
                tr("cancelled"),
            )
        if view.done:
            seeds, epochs = ntr("1 seed", "{n} seeds", known), ntr("1 epoch", "{n} epochs", view.epochs)
            return (*(f"{words}, {seeds}, {epochs}" for words in what), *what)
        far = ntr(
            "epoch {epoch} of {epochs}, {known} of 1 seed",
            "epoch {epoch} of {epochs}, {known} of {n} seeds",
            known + view.coming,
            epoch=view.epoch,
            epochs=view.epochs,
            known=known,
        )
        return (f"{what[0]}, {far}", far)

    def _is_older(self, view: ChanceView, snapshot: Snapshot) -> bool:
        """Whether its settings are other ones than those asked for now; looked at once for the same Configs."""
        now = self.scene.asked(snapshot)
        same = (
            self._compared is view
            and len(now) == len(self._now)
            and all(a is b for a, b in zip(now, self._now, strict=True))
        )
        if not same:
            self._compared, self._now, self._older = view, now, view.older(now)
        return self._older

    def _color(self, place: int | None) -> str:
        """The colour of the lane at a place now; of one that has gone that of no lane."""
        return self.look.text if place is None else self.look.lane(place)
