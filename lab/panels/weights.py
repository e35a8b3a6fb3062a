"""Histograms of the weights, one row per lane on the same bins; weights that are exactly 0 stand apart."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.text import Text
from numpy.typing import NDArray

from regviz.language import en, tr
from regviz.training.snapshot import ModelSnapshot, Snapshot

from ..look.lettering import width_of
from ..look.numbers import MISSING, percent
from .parts.artists import raise_steps, staircase
from .parts.base import Panel
from .parts.rows import names_column
from .parts.scales import holding, rescaled, shared, ticks_around_zero

BINS = 72
ROW = 0.86
"""Share of a row that a full bar takes."""

MANY = 60_000
"""More weights than these are counted one lane per `draw`."""

WITHIN = 0.985
"""Share of a lane's weights that the bins must hold; the outermost bins take what lies beyond."""


class WeightsPanel(Panel):
    """One histogram row per lane. Heights are square roots of counts, on one scale for all lanes."""

    name: ClassVar[str] = "weights"
    menu_title: ClassVar[str] = en("Weights")
    drawing: ClassVar[str] = (
        '<path d="M4 29H45" opacity=".4"/>'
        '<path d="M7 27V24M13 27V19M19 27V12M25 27V3M31 27V13M37 27V20M43 27V25" '
        'stroke-width="4" stroke-linecap="butt"/>'
    )

    def build(self, snapshot: Snapshot) -> None:
        """Make a row per lane: name, histogram, and at the right the bar at exactly 0 with its percentage."""
        look, place, count = self.look, self.place, len(self.lanes)
        self.add_header(
            tr("Weights, every layer"),
            tr("same bins for all, height: √count; the bar at exactly 0 stands apart"),
            tr("height: √count; the bar at exactly 0 stands apart"),
            tr("height: √count, right: exactly 0"),
        )
        self._top = self.header_height
        height = place.height - self._top - 1.9 * look.small_size
        self._pitch = height / count
        self._left = names_column(self, snapshot, 0.28) + 12
        self._words = width_of(tr("exactly 0"), look.small_size) + 4
        bar = 18 * look.scale
        self._right = self._words + 8 + bar + 22
        width = place.width - self._left - self._right
        self._ticks = 5 if width > 5.5 * width_of("≤ −0.00", look.small_size) else 3
        self.rows = self.add_field(self._left, self._top, width, height, (-1, 1), (-count, 0))
        self.zeros = self.add_field(place.width - self._words - 8 - bar, self._top, bar, height, y=(-count, 0))

        self.limit = 0.0
        self.peak = 0.0
        self.counts: NDArray[np.int64] = np.zeros((count, BINS), np.int64)
        """Non-zero weights per lane and bin; the outermost bins hold all that lies beyond."""
        self.shares = np.zeros(count)
        self._seen: list[Any] = [None] * count
        self._turn = 0
        self._configs: list[Any] = [None] * count
        self._pinned: dict[int, NDArray[Any]] = {}
        """The weights of the pinned run's lanes, by the places of the lanes of their names."""
        if (pinned := self.scene.pinned) is not None:
            pairs = zip(pinned.places(self.lanes), pinned.snapshot.models, strict=True)
            self._pinned = {place: _all_weights(model) for place, model in pairs if place is not None}
        self.ghosts: dict[int, PathPatch] = {}
        self.histograms: list[PathPatch] = []
        self.zero_bars: list[PathPatch] = []
        self.strengths: list[Text] = []
        self.percents: list[Text] = []
        self.exactly: list[Text] = []
        self.notes: list[Text] = []
        for i in range(count):
            self._add_bars(i)
            self._add_texts(i)

    def _add_bars(self, i: int) -> None:
        """The histogram of lane `i`, that of its pinned run as an outline, and the bar at exactly 0."""
        look, foot, bins = self.look, -i - 1.0, np.linspace(-1, 1, BINS + 1)
        for axes in (self.rows, self.zeros):
            axes.axhline(foot + 1e-9, color=look.grid, linewidth=1, zorder=1, clip_on=False)
        self.zeros.add_patch(Rectangle((0, foot), 1, ROW, color=look.grid, alpha=0.55, linewidth=0, zorder=0.5))
        self.histograms.append(self.add_patch(self.rows, staircase(bins, foot, facecolor=look.lane(i))))
        if i in self._pinned:
            outline: dict[str, Any] = {"facecolor": "none", "edgecolor": look.text, "linewidth": 1.1, "zorder": 3}
            self.ghosts[i] = self.add_patch(self.rows, staircase(bins, foot, alpha=0.6, **outline))
        bar = staircase(np.array([0.0, 1.0]), foot, facecolor=look.lane(i))
        self.zero_bars.append(self.add_patch(self.zeros, bar))

    def _add_texts(self, i: int) -> None:
        """Name and strength at the left of row `i`, the share of zeros at its right, a note within."""
        look, place, small = self.look, self.place, self.look.small_size
        two_lines = self._pitch > 2.5 * small
        base = self._top + (i + 1) * self._pitch
        upper, lower = (base - 1.25 * small if two_lines else base - 2), base - 2
        self.add_lane_name(i, 0, upper, self._left - 8)
        self.strengths.append(self.live(self.add_note(0, lower)))
        x = place.width - self._words
        self.percents.append(self.live(self.add_text(x, upper, "", color=look.lane(i), weight="bold")))
        self.exactly.append(self.live(self.add_note(x, lower)))
        for text in (self.strengths[i], self.exactly[i]):
            text.set_visible(two_lines)
        self.notes.append(self.live(self.add_note(place.width - self._right, base - 0.6 * self._pitch, ha="right")))

    def draw(self, snapshot: Snapshot) -> None:
        """Count the weights that have changed since the last call."""
        keys = [model.moment for model in snapshot.models]
        changed = self._due(keys, sum(w.size for w in snapshot.models[0].weights) * len(keys) > MANY)
        if not changed:
            return
        weights = {i: _all_weights(snapshot.models[i]) for i in changed}
        widened = self._set_limit(weights)
        if widened:
            weights = {i: _all_weights(model) for i, model in enumerate(snapshot.models)}
        for i, flat in weights.items():
            self._seen[i] = keys[i]
            self._count(i, flat)
            self._say(i, snapshot.models[i], bool(np.isfinite(flat).all()))
        rescaled_all = self._set_peak()
        for i in range(len(keys)) if rescaled_all else weights:
            raise_steps(self.histograms[i], self._heights(self.counts[i]) - i - 1)
        if self.ghosts and (rescaled_all or widened):
            for i, flat in self._pinned.items():
                raise_steps(self.ghosts[i], self._heights(self._binned(flat)) - i - 1)

    def _due(self, keys: list[Any], heavy: bool) -> list[int]:
        """The lanes to count now: all that have changed, or if they are `heavy` one of them in turn."""
        changed = [i for i, key in enumerate(keys) if key != self._seen[i]]
        self.behind = heavy and None not in self._seen and len(changed) > 1
        if self.behind:
            changed = [min(changed, key=lambda i: (i - self._turn) % len(keys))]
            self._turn = changed[0] + 1
        return changed

    def _set_limit(self, weights: dict[int, NDArray[Any]]) -> bool:
        """Widen the bins when too many of a lane's weights lie beyond, narrow them when most are empty."""
        needed = max((holding(flat, WITHIN) for flat in weights.values()), default=0.0)
        if not (needed or self.limit):  # all weights are 0, and those of a pinned run are all that is to be seen
            needed = max((holding(flat, WITHIN) for flat in self._pinned.values()), default=0.0)
        partial = len(weights) < len(self.lanes)
        limit = rescaled(needed, self.limit, share=0.0 if partial else 0.4)
        if limit == self.limit:
            return False
        self.limit = limit
        self.rows.set_xlim(-self.limit, self.limit)
        ticks, names = ticks_around_zero(self.limit, self._ticks)
        self.rows.set_xticks(ticks, [f"≤ {names[0]}", *names[1:-1], f"≥ {names[-1]}"])
        edges = np.linspace(-self.limit, self.limit, BINS + 1)
        for i, patch in [*enumerate(self.histograms), *self.ghosts.items()]:
            raise_steps(patch, np.full(BINS, -i - 1.0), edges)
        return True

    def _count(self, i: int, flat: NDArray[Any]) -> None:
        finite = flat[np.isfinite(flat)]
        kept = finite[finite != 0]
        self.shares[i] = 1 - len(kept) / max(1, len(finite))
        self.counts[i] = self._binned(kept)

    def _binned(self, flat: NDArray[Any]) -> NDArray[np.int64]:
        """How many of the finite weights that are not 0 fall into each bin."""
        if not self.limit:  # there are none
            return np.zeros(BINS, np.int64)
        inside = np.clip(flat[np.isfinite(flat) & (flat != 0)], -self.limit, self.limit)
        place = np.minimum((inside + self.limit) * (BINS / (2 * self.limit)), BINS - 1).astype(np.intp)
        return np.bincount(place, minlength=BINS)

    def _heights(self, counts: NDArray[np.int64]) -> NDArray[np.float64]:
        return np.asarray(ROW * np.minimum(1, np.sqrt(counts / self.peak)))

    def _set_peak(self) -> bool:
        """The count of a full bar: the highest, but not so high that one spike flattens all else. Moves in steps."""
        counts = self.counts
        if self._pinned and not counts.any():
            counts = np.array([self._binned(flat) for flat in self._pinned.values()])
        needed = max(1.0, shared(counts.max(axis=1).tolist(), 4))
        if 0.55 * self.peak <= needed <= self.peak:
            return False
        self.peak = 1.1 * needed
        return True

    def _say(self, i: int, model: ModelSnapshot, finite: bool) -> None:
        share = self.shares[i]
        if model.config != self._configs[i]:
            self._configs[i] = model.config
            self.strengths[i].set_text(self.lanes[i].strength(model.config))
        raise_steps(self.zero_bars[i], np.array([ROW * share - i - 1]))
        self.percents[i].set_text(percent(share) if finite else MISSING)
        self.exactly[i].set_text(tr("exactly 0") if share > 0 else "")
        gone = model.state == "diverged" or not finite
        self.notes[i].set_text(tr("diverged") if gone else tr("all weights are 0") if share == 1 else "")


def _all_weights(model: ModelSnapshot) -> NDArray[Any]:
    return np.concatenate([layer.ravel() for layer in model.weights]) if model.weights else np.zeros(0)
