"""Histograms of the weights, one row per lane on the same bins; weights that are exactly 0 stand apart."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path
from numpy.typing import NDArray

from regviz.training.snapshot import ModelSnapshot, Snapshot

from .parts.base import Panel
from .parts.labels import column_for, nice_above, percent, shorten, width_of

BINS = 72
ROW = 0.86
"""Share of a row that a full bar takes."""

MANY = 60_000
"""More weights than these are counted one lane per `draw`."""

WITHIN = 0.985
"""Share of a lane's weights that the bins must hold; the outermost bins take what lies beyond."""

LIMIT_STEPS = (1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0)


class WeightsPanel(Panel):
    """One histogram row per lane. Heights are square roots of counts, on one scale for all lanes."""

    name: ClassVar[str] = "weights"

    def build(self, snapshot: Snapshot) -> None:
        """A row per lane: name, histogram, and at the right the bar at exactly 0 with its percentage."""
        look, place, count = self.look, self.place, len(self.lanes)
        self.add_header(
            "Weights, every layer",
            "same bins for all, height: √count; the bar at exactly 0 stands apart",
            "height: √count; the bar at exactly 0 stands apart",
            "height: √count, right: exactly 0",
        )
        top = self.header_height
        height = place.height - top - 1.9 * look.small_size
        names = [width_of(lane.name, look.label_size, bold=True) for lane in self.lanes]
        strengths = [
            width_of(lane.strength(model.config), look.small_size)
            for lane, model in zip(self.lanes, snapshot.models, strict=True)
        ]
        left = column_for(names, strengths, place.width, 0.28) + 12
        words = width_of("exactly 0", look.small_size) + 4
        bar = 18 * look.scale
        right = words + 8 + bar + 22
        self.rows = self.add_axes(left, top, place.width - left - right, height)
        self.zeros = self.add_axes(place.width - words - 8 - bar, top, bar, height)
        for axes in (self.rows, self.zeros):
            axes.set_ylim(-count, 0)
            axes.set_yticks([])
        self._roomy = place.width - left - right > 5.5 * width_of("≤ −0.00", look.small_size)
        self.zeros.set_xlim(0, 1)
        self.zeros.set_xticks([])
        self.rows.set_xlim(-1, 1)

        self.limit = 0.0
        self.peak = 0.0
        self.counts: NDArray[np.int64] = np.zeros((count, BINS), np.int64)
        """Non-zero weights per lane and bin; the outermost bins hold all that lies beyond."""
        self.shares = np.zeros(count)
        self._seen: list[Any] = [None] * count
        self._turn = 0
        pinned = self.scene.pinned.models if self.scene.pinned is not None else ()
        self._pinned = [_all_weights(model) for model in pinned] if len(pinned) == count else []
        self.ghosts: list[PathPatch] = []
        self.histograms: list[PathPatch] = []
        self.zero_bars: list[PathPatch] = []
        self.strengths, self.percents, self.exactly, self.notes = [], [], [], []
        pitch = height / count
        two_lines = pitch > 2.5 * look.small_size
        for i, lane in enumerate(self.lanes):
            color = look.lanes[i % len(look.lanes)]
            self.rows.axhline(-i - 1 + 1e-9, color=look.grid, linewidth=1, zorder=1, clip_on=False)
            self.zeros.axhline(-i - 1 + 1e-9, color=look.grid, linewidth=1, zorder=1, clip_on=False)
            self.zeros.add_patch(Rectangle((0, -i - 1), 1, ROW, color=look.grid, alpha=0.55, linewidth=0, zorder=0.5))
            self.histograms.append(self._stairs(self.rows, np.linspace(-1, 1, BINS + 1), i, color))
            if self._pinned:
                ghost = self._stairs(self.rows, np.linspace(-1, 1, BINS + 1), i, "none")
                ghost.set(edgecolor=look.text, linewidth=1.1, alpha=0.6, zorder=3)
                self.ghosts.append(ghost)
            self.zero_bars.append(self._stairs(self.zeros, np.array([0.0, 1.0]), i, color))
            base = top + (i + 1) * pitch
            upper, lower = (base - 1.25 * look.small_size, base - 2) if two_lines else (base - 2, base - 2)
            self.add_text(0, upper, shorten(lane.name, left - 8, look.label_size * 1.06), color=color, weight="bold")
            self.strengths.append(self._small(0, lower, visible=two_lines))
            x = place.width - words
            self.percents.append(self.live(self.add_text(x, upper, "", color=color, weight="bold")))
            self.exactly.append(self._small(x, lower, visible=two_lines))
            self.notes.append(self._small(place.width - right, base - 0.6 * pitch, ha="right"))

    def draw(self, snapshot: Snapshot) -> None:
        """Count the weights that have changed since the last call."""
        keys = [
            (model.step, model.epoch, model.state, lane.strength(model.config))
            for lane, model in zip(self.lanes, snapshot.models, strict=True)
        ]
        changed = [i for i, key in enumerate(keys) if key != self._seen[i]]
        if not changed:
            self.behind = False
            return
        heavy = sum(w.size for w in snapshot.models[0].weights) * len(keys) > MANY
        if heavy and None not in self._seen and len(changed) > 1:
            lane = min(changed, key=lambda i: (i - self._turn) % len(keys))
            self._turn = lane + 1
            self.behind = True
            changed = [lane]
        else:
            self.behind = False
        weights = {i: _all_weights(snapshot.models[i]) for i in changed}
        widened = self._set_limit(weights)
        if widened:
            weights = {i: _all_weights(model) for i, model in enumerate(snapshot.models)}
        for i, flat in weights.items():
            self._seen[i] = keys[i]
            self._count(i, flat)
            self._say(i, snapshot.models[i], keys[i][-1], bool(np.isfinite(flat).all()))
        everything = self._set_peak()
        for i in range(len(keys)) if everything else weights:
            height = ROW * np.minimum(1, np.sqrt(self.counts[i] / self.peak))
            _raise(self.histograms[i], height - i - 1)
        if self.ghosts and (everything or widened):
            for i, flat in enumerate(self._pinned):
                _raise(self.ghosts[i], ROW * np.minimum(1, np.sqrt(self._binned(flat) / self.peak)) - i - 1)

    def _set_limit(self, weights: dict[int, NDArray[Any]]) -> bool:
        """Widen the bins when too many of a lane's weights lie beyond, narrow them when most are empty."""
        sizes = [np.abs(flat[np.isfinite(flat) & (flat != 0)]) for flat in weights.values()]
        reaches = [np.partition(size, int(WITHIN * len(size)))[int(WITHIN * len(size))] for size in sizes if len(size)]
        needed = float(max(reaches, default=0))
        partial = len(weights) < len(self.lanes)
        if needed == 0 or (self.limit > 0 and needed <= self.limit and (partial or needed > 0.4 * self.limit)):
            return False
        self.limit = nice_above(min(max(1.05 * needed, 1e-6), 1e6), LIMIT_STEPS)
        self.rows.set_xlim(-self.limit, self.limit)
        ticks = np.linspace(-self.limit, self.limit, 5 if self._roomy else 3)
        digits = max(0, int(np.ceil(-np.log10(self.limit / 2) + 0.999)))
        names = [f"{tick:.{digits}f}".replace("-", "−") if tick else "0" for tick in ticks]
        self.rows.set_xticks(ticks, [f"≤ {names[0]}", *names[1:-1], f"≥ {names[-1]}"])
        edges = np.linspace(-self.limit, self.limit, BINS + 1)
        for patch in (*self.histograms, *self.ghosts):
            corners: Any = patch.get_path().vertices
            corners[:, 0] = np.repeat(edges, 2)
            patch.stale = True
        return True

    def _count(self, i: int, flat: NDArray[Any]) -> None:
        finite = flat[np.isfinite(flat)]
        kept = finite[finite != 0]
        self.shares[i] = 1 - len(kept) / max(1, len(finite))
        if self.limit > 0:
            self.counts[i] = self._binned(kept)

    def _binned(self, flat: NDArray[Any]) -> NDArray[np.int64]:
        """How many of the finite weights that are not 0 fall into each bin."""
        inside = np.clip(flat[np.isfinite(flat) & (flat != 0)], -self.limit, self.limit)
        place = np.minimum((inside + self.limit) * (BINS / (2 * self.limit)), BINS - 1).astype(np.intp)
        return np.bincount(place, minlength=BINS)

    def _set_peak(self) -> bool:
        """The count of a full bar: the highest, but not so high that one spike flattens all else. Moves in steps."""
        peaks = self.counts.max(axis=1)
        needed = max(1.0, min(float(peaks.max()), 4 * float(np.median(peaks[peaks > 0])) if peaks.any() else 1.0))
        if 0.55 * self.peak <= needed <= self.peak:
            return False
        self.peak = 1.1 * needed
        return True

    def _say(self, i: int, model: ModelSnapshot, strength: str, finite: bool) -> None:
        share = self.shares[i]
        self.strengths[i].set_text(strength)
        _raise(self.zero_bars[i], np.array([ROW * share - i - 1]))
        self.percents[i].set_text(percent(share) if finite else "–")
        self.exactly[i].set_text("exactly 0" if share > 0 else "")
        gone = model.state == "diverged" or not finite
        self.notes[i].set_text("diverged" if gone else "all weights are 0" if share == 1 else "")

    def _stairs(self, axes: Axes, edges: NDArray[Any], i: int, color: str) -> PathPatch:
        """A filled staircase standing on row `i`: two points per bin, and the two feet."""
        corners = np.full((2 * len(edges), 2), -i - 1.0)
        corners[:, 0] = np.repeat(edges, 2)
        patch = PathPatch(Path(corners), facecolor=color, linewidth=0, alpha=0.88, zorder=2)
        axes.add_patch(patch)
        return self.live(patch)

    def _small(self, x: float, y: float, visible: bool = True, ha: str = "left") -> Any:
        text = self.live(self.add_text(x, y, "", size=self.look.small_size, color=self.look.muted, ha=ha))
        text.set_visible(visible)
        return text


def _all_weights(model: ModelSnapshot) -> NDArray[Any]:
    return np.concatenate([layer.ravel() for layer in model.weights]) if model.weights else np.zeros(0)


def _raise(patch: PathPatch, tops: NDArray[Any]) -> None:
    """Set the heights of a staircase in place: no new path, and stale only if it changed."""
    corners: Any = patch.get_path().vertices
    values = np.repeat(tops, 2)
    if not np.array_equal(corners[1:-1, 1], values):
        corners[1:-1, 1] = values
        patch.stale = True
