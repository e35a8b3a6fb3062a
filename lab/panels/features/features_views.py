"""Ways to show every input's importance: what they share, a strip of bars, and a picture (`features_list`: a list)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from matplotlib.colors import ListedColormap

from regviz.arrays import Array
from regviz.data import Split
from regviz.language import en, ntr, tr

from ..parts.artists import rectangles, set_line, stretch
from ..parts.base import Panel
from ..parts.colors import table_of
from ..parts.scales import FINE, rescaled, shared

DEAD = 255
"""Colour index of a dead pixel."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a lane's name stands and how wide it may be; its count `below` it, or at the right if that is 0."""

    x: float
    y: float
    width: float
    below: float = 0.0


class FeatureView:
    """One way of showing. `build` makes the artists, `take` stores what a lane says, `show` draws it."""

    subtitles: ClassVar[tuple[str, ...]] = (
        en("share of the first layer's Σ|w|; struck out: dead, all its weights are exactly 0"),
        en("share of the first layer's Σ|w|; struck out: dead"),
        en("share of Σ|w|; struck out: dead"),
    )

    def __init__(self, panel: Panel, split: Split, lanes: int) -> None:
        self.panel, self.split, self.count = panel, split, split.n_features
        self.lanes = lanes
        self.shares = np.zeros((lanes, self.count))
        self.dead = np.zeros((lanes, self.count), bool)
        self.spots: list[Spot] = []
        self.limit = 0.0

    def build(self, top: float) -> None:
        """Make the artists below `top` (CSS pixels)."""
        raise NotImplementedError

    def show(self, changed: Sequence[int]) -> None:
        """Set what the `changed` lanes have said on their artists."""
        raise NotImplementedError

    def input_at(self, x: float, y: float) -> int | None:
        """Return the input at a point of the panel's place, or None."""
        raise NotImplementedError

    def take(self, i: int, found: Any) -> None:
        """Store the importance of lane `i`'s inputs."""
        self.shares[i], self.dead[i] = found.share, found.dead

    def alive(self, i: int) -> tuple[str, ...]:
        """Return how many inputs lane `i` still listens to, longest first; with planted inputs, how many of each kind.

        Where that has no room either: how many decoys, which is what a technique is to leave out.
        """
        live, matters = ~self.dead[i], self.split.informative
        if matters is None:
            alive, count = live.sum(), self.count
            return (
                ntr("{alive} of 1 input alive", "{alive} of {n} inputs alive", count, alive=alive),
                tr("{alive} of {count} alive", alive=alive, count=count),
                tr("{alive} of {count}", alive=alive, count=count),
                f"{alive}/{count}",
            )
        counts = ((live[matters].sum(), matters.sum()), (live[~matters].sum(), (~matters).sum()))
        real, decoys = (tr("{alive} of {count}", alive=alive, count=count) for alive, count in counts)
        idle, count = counts[1]
        fields = {"real": real, "decoys": decoys}
        return (
            ntr(
                "alive: {real} that matter, {decoys} decoy",
                "alive: {real} that matter, {decoys} decoys",
                count,
                **fields,
            ),
            ntr("{real} real, {decoys} decoy", "{real} real, {decoys} decoys", count, **fields),
            ntr("{alive} decoy alive", "{alive} decoys alive", count, alive=decoys),
            ntr("{decoys} decoy", "{decoys} decoys", count, decoys=decoys),
            ntr("{decoys} decoy", "{decoys} decoys", count, decoys=f"{idle}/{count}"),
        )

    def describe(self, k: int) -> str:
        """Return an input's name, and whether it was planted to say something or nothing."""
        name = self.split.feature_names[k]
        if self.split.informative is None:
            return name
        matters, decoy = en("{name} (it matters)"), en("{name} (a decoy: it says nothing)")
        return tr(matters if self.split.informative[k] else decoy, name=name)

    def _rescale(self, shares: Array) -> bool:
        """The share of a full bar, the same for all lanes; moves in steps. True if it has moved.

        A lane with hardly an input left has all its Σ|w| in a few: its bars may be full and flatten no other lane's.
        """
        limit = min(1.0, rescaled(shared(shares.max(axis=1).tolist(), 1.8), self.limit, FINE, share=0.7, air=1.0))
        moved, self.limit = limit != self.limit, limit
        return moved


class StripView(FeatureView):
    """Every input as one bar, a row per lane: first those that matter, in the lane's colour, then the decoys."""

    subtitles: ClassVar[tuple[str, ...]] = (
        en("share of the first layer's Σ|w|; cross: dead, all its weights are exactly 0"),
        en("share of the first layer's Σ|w|; cross: dead"),
        en("share of Σ|w|; cross: dead"),
    )

    def build(self, top: float) -> None:
        """Make a row of bars per lane over the two groups' names."""
        panel, look, place = self.panel, self.panel.look, self.panel.place
        assert self.split.informative is not None
        small, line = look.small_size, 1.3 * look.label_size
        matters = self.split.informative
        self.order = np.argsort(~matters, kind="stable")
        self.real = int(matters.sum())
        gap = 1.2
        self.at = np.arange(self.count) + gap * (np.arange(self.count) >= self.real)
        self.span = self.count + gap
        room = place.height - top - 1.6 * small
        self.columns = 1 if self.lanes == 1 or room / self.lanes > 2.5 * line else 2
        self.pitch = room / -(-self.lanes // self.columns)
        self.across = (place.width - 24 * (self.columns - 1)) / self.columns
        self.pixel = self.across / self.span
        self.bars, self.decoys, self.strikes = [], [], []
        for i in range(self.lanes):
            x, y = i % self.columns * (self.across + 24), top + i // self.columns * self.pitch
            axes = panel.add_field(x, y + line, self.across, max(self.pitch - line - 6, 4), x=(0, self.span))
            for low, high in ((0.0, float(self.real)), (self.real + gap, self.span)):
                axes.plot([low, high], [0, 0], color=look.grid, linewidth=1.5, clip_on=False)
            bars = rectangles(self.real, facecolor=look.lane(i), alpha=0.88)
            decoys = rectangles(self.count - self.real, facecolor=look.muted, alpha=0.55)
            self.bars.append(panel.add_patch(axes, bars))
            self.decoys.append(panel.add_patch(axes, decoys))
            cross: dict[str, Any] = {"linestyle": "none", "marker": "x", "markersize": 4.5 * look.scale**0.5}
            self.strikes.append(panel.add_line(axes, look.muted, **cross))
            self.spots.append(Spot(x, y + 0.8 * line, self.across))
        self._name_groups(gap)

    def _name_groups(self, gap: float) -> None:
        panel, place = self.panel, self.panel.place
        decoys = self.count - self.real
        edges = ((0.0, self.real), (self.real + gap, decoys))
        words = (
            (
                ntr("the input that matters", "the {n} inputs that matter", self.real),
                ntr("1 that matters", "{n} that matter", self.real),
                ntr("matters", "matter", self.real),
            ),
            (
                ntr("1 decoy that says nothing", "{n} decoys that say nothing", decoys),
                ntr("{decoys} decoy", "{decoys} decoys", decoys, decoys=decoys),
                ntr("decoy", "decoys", decoys),
            ),
        )
        for column in range(self.columns):
            for (low, wide), names in zip(edges, words, strict=True):
                name = panel.fitting(names, wide * self.pixel)
                x, ha = column * (self.across + 24) + low * self.pixel, "left"
                if low:  # the narrow group before it may need some of the room
                    x, ha = column * (self.across + 24) + self.across, "right"
                panel.add_note(x, place.height - 3, name, ha=ha)

    def show(self, changed: Sequence[int]) -> None:
        """Set heights and crosses."""
        everything = self._rescale(self.shares)
        for i in range(self.lanes) if everything else changed:
            height = np.minimum(1, self.shares[i, self.order] / max(self.limit, 1e-12))
            sides = self.at + 0.14, self.at + 0.86
            for patch, part in ((self.bars[i], slice(0, self.real)), (self.decoys[i], slice(self.real, None))):
                stretch(patch, sides[0][part], sides[1][part], 0, height[part])
            struck = np.flatnonzero(self.dead[i, self.order])
            set_line(self.strikes[i], self.at[struck] + 0.5, np.full(len(struck), 0.13))

    def input_at(self, x: float, y: float) -> int | None:
        """Return the input of the bar at `x`."""
        at = x % (self.across + 24) / self.pixel
        place = np.flatnonzero((self.at <= at) & (at < self.at + 1))
        return int(self.order[place[0]]) if len(place) and y >= self.spots[0].y - 20 else None


class ImageView(FeatureView):
    """A picture per lane, a pixel per input."""

    subtitles: ClassVar[tuple[str, ...]] = (
        en("each pixel's share of the first layer's Σ|w|; crossed out: dead, all its weights are exactly 0"),
        en("each pixel's share of the first layer's Σ|w|; cross: dead"),
        en("share of Σ|w| per pixel; cross: dead"),
        en("share of Σ|w|; cross: dead"),
    )

    def build(self, top: float) -> None:
        """Make one image per lane, in as many columns as make them largest."""
        panel, look, place = self.panel, self.panel.look, self.panel.place
        assert self.split.image_shape is not None
        self.tall, self.wide = self.split.image_shape
        line = 1.3 * look.label_size
        header = line + 1.4 * look.small_size
        gap = 16.0
        fits = []
        for columns in range(1, self.lanes + 1):
            rows = -(-self.lanes // columns)
            across = (place.width - gap * (columns - 1)) / columns
            down = (place.height - top - 8 * (rows - 1)) / rows - header
            fits.append((min(across / self.wide, down / self.tall), -columns, across, down))
        zoom, fewest, across, down = max(fits)
        columns = -fewest
        self.zoom = max(1.0, np.floor(2 * zoom) / 2)
        self.images, self.strikes, self.corners = [], [], []
        for i in range(self.lanes):
            x = (i % columns) * (across + gap)
            y = top + (i // columns) * (down + header + 8)
            limits = (0, self.wide), (self.tall, 0)
            axes = panel.add_field(x, y + header, self.wide * self.zoom, self.tall * self.zoom, *limits)
            self.images.append(panel.add_image(axes, self._table(i), (self.tall, self.wide)))
            size = min(0.42 * self.zoom, 9.0)
            cross: dict[str, Any] = {"linestyle": "none", "marker": "x", "markersize": size, "markeredgewidth": 1}
            self.strikes.append(panel.add_line(axes, look.muted, **cross))
            self.corners.append((x, y + header))
            self.spots.append(Spot(x, y + 0.75 * line, across, 1.3 * look.small_size))

    def _table(self, i: int) -> ListedColormap:
        look = self.panel.look
        return table_of(([look.surface, look.lane(i)], DEAD), ([look.background], 1))

    def show(self, changed: Sequence[int]) -> None:
        """Set colours by share, and a cross on each dead pixel."""
        everything = self._rescale(self.shares)
        for i in range(self.lanes) if everything else changed:
            index = np.rint(np.minimum(1, self.shares[i] / max(self.limit, 1e-12)) * (DEAD - 1)).astype(np.uint8)
            index[self.dead[i]] = DEAD
            self.images[i].set_data(index.reshape(self.tall, self.wide))
            struck = np.flatnonzero(self.dead[i])
            set_line(self.strikes[i], struck % self.wide + 0.5, struck // self.wide + 0.5)

    def input_at(self, x: float, y: float) -> int | None:
        """Return the pixel under the pointer, in whichever picture."""
        for left, top in self.corners:
            column, row = int((x - left) // self.zoom), int((y - top) // self.zoom)
            if 0 <= column < self.wide and 0 <= row < self.tall:
                return row * self.wide + column
        return None
