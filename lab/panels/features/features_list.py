"""Inputs as a list with their names: one row per input, one column of bars per lane."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from regviz.language import ntr, tr

from ...look.lettering import width_of
from ..parts.artists import rectangles, set_line, stretch
from ..parts.labels import keep_order, shorten
from .features_views import FeatureView, Spot

NAMES_APART = 6
"""CSS pixels between names on one level, at least."""

LEAST_SHARE = 0.6
"""What of its width a column keeps at least where the last name needs room."""


class ListView(FeatureView):
    """Inputs with their names as rows, lanes as columns; what has no room is counted below."""

    def build(self, top: float) -> None:
        """Make names at the left and one column of bars per lane."""
        panel, look = self.panel, self.panel.look
        place, small = panel.place, look.small_size
        longest = max(width_of(name, small) for name in self.split.feature_names)
        self.left = min(longest + 1, 0.32 * place.width) + 8
        self.gap = 12.0 if self.lanes <= 4 else 10.0  # no less: a column is wiped with 9 px around it
        self.across = (place.width - self.left - self.gap * (self.lanes - 1)) / self.lanes
        header = 2.75 * look.label_size
        names = [width_of(lane.name, look.label_size, bold=True) for lane in panel.lanes]
        self.stagger = self.across < max(names) and self.lanes > 1
        if self.stagger:
            self.across = self._narrowed(names)
        self.top = top + header * (2 if self.stagger else 1) - (0.3 * small if self.stagger else 0)
        room = place.height - self.top
        rows = min(self.count, int(room / (1.3 * small)))
        if rows < self.count:
            rows = max(1, int((room - 1.4 * small) / (1.3 * small)))
        self.pitch = min((room - (1.4 * small if rows < self.count else 0)) / rows, 5 * small)
        self.rows = rows
        self.axes, self.bars, self.strikes = [], [], []
        for i in range(self.lanes):
            x = self.left + i * (self.across + self.gap)
            axes = panel.add_field(x, self.top, self.across, self.pitch * rows, y=(rows, 0))
            axes.axvline(0, color=look.grid, linewidth=1.5, clip_on=False)
            self.axes.append(axes)
            self.bars.append(panel.add_patch(axes, rectangles(rows, facecolor=look.lane(i), alpha=0.88)))
            self.strikes.append(panel.add_line(axes, look.muted, linewidth=1.3, zorder=3, alpha=0.9))
            self.spots.append(self._spot(i, x, top + 0.75 * look.label_size, header))
        middles = [self.top + (row + 0.5) * self.pitch for row in range(rows)]
        self.names = [
            panel.live(panel.add_text(self.left - 8, y, "", size=small, ha="right", va="center")) for y in middles
        ]
        self.more = panel.live(panel.add_note(0, place.height - 2))
        self.order: list[int] = list(range(self.count))
        self._settled = False

    def _narrowed(self, names: Sequence[float]) -> float:
        """Width of a column where names stand on two levels: the last one has no other column to reach into.

        So all columns give it some of their room: for its count, and for its whole name if no other is cut for that.
        """
        look, before = self.panel.look, self.lanes - 1
        room = self.panel.place.width - self.left - 1
        whole, counted = (
            (room - wide) / before for wide in (names[-1], width_of(self.alive(before)[-2], look.small_size))
        )
        others = max((0.5 * (name + NAMES_APART) for name in names[:-2]), default=0.0)
        pitch = min(max(whole, others), counted)
        return min(self.across, max(pitch - self.gap, LEAST_SHARE * self.across))

    def _spot(self, i: int, x: float, y: float, header: float) -> Spot:
        """Where lane `i` is named, above its column: narrow ones have their names by turns on two levels."""
        if not self.stagger:
            return Spot(x, y, self.across, 1.25 * self.panel.look.small_size)
        wide = self.panel.place.width - x
        if i + 2 < self.lanes:  # another name follows on the same level
            wide = min(wide, 2 * (self.across + self.gap) - NAMES_APART)
        return Spot(x, y + header * 0.92 * (i % 2), wide, 1.25 * self.panel.look.small_size)

    def show(self, changed: Sequence[int]) -> None:
        """Order the inputs by their mean share over the lanes if there is no room for all; set bars and strikes."""
        before = list(self.order[: self.rows])
        if self.rows < self.count:
            mean = -self.shares.mean(axis=0)
            if self._settled:
                self.order = keep_order(self.order, mean.tolist(), 0.15 / self.count)
            else:
                self.order = np.argsort(mean, kind="stable").tolist()
            self._settled = True
        shown = self.order[: self.rows]
        everything = self._rescale(self.shares[:, shown]) or shown != before or not self.names[0].get_text()
        if everything:
            self._name(shown)
        hidden = self.order[self.rows :]
        if hidden:
            dead = int(self.dead[:, hidden].all(axis=0).sum())
            words = ntr("and 1 more input", "and {n} more inputs", len(hidden))
            more = (
                (
                    tr("{words}, {dead} of them dead in every lane", words=words, dead=dead),
                    tr("{words}, {dead} all dead", words=words, dead=dead),
                )
                if dead
                else (words,)
            )
            self.more.set_text(self.panel.fitting(more))
        for i in range(self.lanes) if everything else changed:
            length = np.minimum(1, self.shares[i, shown] / max(self.limit, 1e-12))
            rows = np.arange(self.rows)
            stretch(self.bars[i], 0, length, rows + 0.18, rows + 0.82)
            struck = np.flatnonzero(self.dead[i, shown])
            x, y = np.tile([0.0, 0.92, np.nan], len(struck)), np.repeat(struck + 0.5, 3)
            set_line(self.strikes[i], x, y)

    def input_at(self, x: float, y: float) -> int | None:
        """Return the input of the row at `y`."""
        row = int((y - self.top) // self.pitch)
        return self.order[row] if 0 <= row < self.rows and y >= self.top else None

    def _name(self, shown: list[int]) -> None:
        look, matters = self.panel.look, self.split.informative
        for text, k in zip(self.names, shown, strict=True):
            text.set_text(shorten(self.split.feature_names[k], self.left - 8, look.small_size))
            text.set_color(look.muted if matters is not None and not matters[k] else look.text)
