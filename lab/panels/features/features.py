"""Which inputs each lane listens to: every input's share of the first layer's Σ|w|, and the dead ones struck out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from regviz.data import Split
from regviz.probes import importance
from regviz.training.snapshot import Snapshot

from ...compare.scene import NOTHING, Answer, PointerKind
from ..parts.base import Panel
from ..parts.cells import set_text
from ..parts.labels import first_that_fits, shorten, width_of
from .features_list import ListView
from .features_views import FeatureView, ImageView, StripView

FEWEST_ROWS = 2

MOST_COLUMNS = 4
"""Lanes that stand as columns at most if they may stand as rows: more are too narrow for their names."""


def view_of(split: Split, rows: int, lanes: int) -> type[FeatureView]:
    """The kind of picture that suits `split` where there is room for the names of `rows` inputs, and so many lanes."""
    if split.image_shape is not None:
        return ImageView
    if split.informative is not None and (split.n_features > rows or lanes > MOST_COLUMNS):
        return StripView
    return ListView


class FeaturesPanel(Panel):
    """Importance of each input per lane, as bars beside names, as one bar per input, or as a picture."""

    name: ClassVar[str] = "features"
    listens: ClassVar[bool] = True

    def build(self, snapshot: Snapshot) -> None:
        """The view that suits the data, and per lane its name and the count of inputs that are alive."""
        look, place = self.look, self.place
        self.split = snapshot.models[0].split
        rows = max(
            FEWEST_ROWS, int((place.height - self.header_height - 3 * look.label_size) / (1.3 * look.small_size))
        )
        self.view = view_of(self.split, rows, len(self.lanes))(self, self.split, len(self.lanes))
        self.add_header("Which inputs each net uses", *self.view.subtitles)
        self.view.build(self.header_height)
        self.names, self.counts = [], []
        size = look.label_size
        for i, (lane, spot) in enumerate(zip(self.lanes, self.view.spots, strict=True)):
            color = look.lanes[i % len(look.lanes)]
            name = shorten(lane.name, spot.width, size * 1.06)  # whole before there is a count beside it
            self.names.append(self.add_text(spot.x, spot.y, name, color=color, weight="bold"))
            beside = spot.below <= 0
            x, y = (spot.x + spot.width, spot.y) if beside else (spot.x, spot.y + spot.below)
            count = self.add_text(x, y, "", size=look.small_size, color=look.muted, ha="right" if beside else "left")
            self.counts.append(self.live(count))
        self._seen: list[Any] = [None] * len(self.lanes)

    def draw(self, snapshot: Snapshot) -> None:
        """Ask the lanes that have changed which inputs they listen to."""
        keys = [(model.step, model.epoch, model.state) for model in snapshot.models]
        changed = [i for i, key in enumerate(keys) if key != self._seen[i]]
        if not changed:
            return
        for i in changed:
            self._seen[i] = keys[i]
            found = importance(snapshot.models[i])
            self.view.take(i, found)
            spot = self.view.spots[i]
            name = width_of(self.lanes[i].name, self.look.label_size, bold=True) + 8
            room = spot.width if spot.below > 0 else spot.width - name
            words = (*self.view.alive(i), "")
            set_text(self.counts[i], first_that_fits(words, room, self.look.small_size))
        self.view.show(changed)

    def targets(self) -> Sequence[tuple[float, float]]:
        """Points that lie on an input."""
        points = super().targets()
        return [point for point in points if self.pointer("move", *point).hint]

    def pointer(self, kind: PointerKind, x: float, y: float) -> Answer:
        """Name the input under the pointer and say how much each lane listens to it."""
        k = None if kind == "leave" else self.view.input_at(x, y)
        if k is None:
            return NOTHING
        lines = [self.view.describe(k)]
        for lane, share, dead in zip(self.lanes, self.view.shares[:, k], self.view.dead[:, k], strict=True):
            lines.append(f"{lane.name}: {'dead, all its weights are 0' if dead else f'{100 * share:.1f} %'}")
        return Answer(hint="\n".join(lines))
