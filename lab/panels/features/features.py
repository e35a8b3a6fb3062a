"""Which inputs each lane listens to: every input's share of the first layer's Σ|w|, and the dead ones struck out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from regviz.data import Split
from regviz.language import en, tr
from regviz.probes import importance
from regviz.training.snapshot import Snapshot

from ...compare.scene import NOTHING, Answer, PointerKind
from ...look.lettering import width_of
from ...look.numbers import percent
from ..parts.base import Panel
from .features_list import ListView
from .features_views import FeatureView, ImageView, StripView

FEWEST_ROWS = 2

MOST_COLUMNS = 4
"""Lanes that stand as columns at most if they may stand as rows: more are too narrow for their names."""


def view_of(split: Split, rows: int, lanes: int) -> type[FeatureView]:
    """Return the kind of picture that suits `split` where there is room for the names of `rows` inputs, and so many
    lanes.
    """
    if split.image_shape is not None:
        return ImageView
    if split.informative is not None and (split.n_features > rows or lanes > MOST_COLUMNS):
        return StripView
    return ListView


class FeaturesPanel(Panel):
    """Importance of each input per lane, as bars beside names, as one bar per input, or as a picture."""

    name: ClassVar[str] = "features"
    menu_title: ClassVar[str] = en("Inputs in use")
    drawing: ClassVar[str] = (
        '<path d="M4 6H12M4 13H12M4 20H12M4 27H12" opacity=".45"/>'
        '<path d="M17 6H44M17 13H35M17 20H24M17 27H19" stroke-width="4" stroke-linecap="butt"/>'
    )
    listens: ClassVar[bool] = True

    def build(self, snapshot: Snapshot) -> None:
        """Make the view that suits the data, and per lane its name and the count of inputs that are alive."""
        look, place = self.look, self.place
        self.split = snapshot.models[0].split
        rows = max(
            FEWEST_ROWS, int((place.height - self.header_height - 3 * look.label_size) / (1.3 * look.small_size))
        )
        self.view = view_of(self.split, rows, len(self.lanes))(self, self.split, len(self.lanes))
        self.add_header(tr("Which inputs each net uses"), *map(tr, self.view.subtitles))
        self.view.build(self.header_height)
        self.names, self.counts = [], []
        for i, spot in enumerate(self.view.spots):
            self.names.append(self.add_lane_name(i, spot.x, spot.y, spot.width))  # whole until a count is beside it
            beside = spot.below <= 0
            x, y = (spot.x + spot.width, spot.y) if beside else (spot.x, spot.y + spot.below)
            self.counts.append(self.live(self.add_note(x, y, ha="right" if beside else "left")))
        self._form = self._choose_form()
        self._seen: list[Any] = [None] * len(self.lanes)

    def _room(self, i: int) -> float:
        """CSS pixels for the count of lane `i`, below its name or beside it."""
        spot = self.view.spots[i]
        beside = width_of(self.lanes[i].name, self.look.label_size, bold=True) + 8
        return spot.width if spot.below > 0 else spot.width - beside

    def _choose_form(self) -> int:
        """Which form of its count every lane shows: the longest that all have room for, else none.

        Counts that stand beside each other are read together, so they say the same; and a lane without one beside
        lanes with one would be read as a lane that has none alive.
        """
        needed = []
        for i in range(len(self.lanes)):
            texts = self.view.alive(i)  # before any lane was asked all inputs are alive: no count is wider
            fits = (k for k, text in enumerate(texts) if width_of(text, self.look.small_size) <= self._room(i))
            needed.append(next(fits, len(texts)))
        return max(needed)

    def draw(self, snapshot: Snapshot) -> None:
        """Ask the lanes that have changed which inputs they listen to."""
        keys = [model.moment for model in snapshot.models]
        changed = [i for i, key in enumerate(keys) if key != self._seen[i]]
        if not changed:
            return
        for i in changed:
            self._seen[i] = keys[i]
            found = importance(snapshot.models[i])
            self.view.take(i, found)
            self.counts[i].set_text((*self.view.alive(i), "")[self._form])
        self.view.show(changed)

    def targets(self) -> Sequence[tuple[float, float]]:
        """Return points that lie on an input."""
        return [point for point in super().targets() if self.pointer("move", *point).hint]

    def pointer(self, kind: PointerKind, x: float, y: float) -> Answer:
        """Name the input under the pointer and say how much each lane listens to it."""
        k = None if kind == "leave" else self.view.input_at(x, y)
        if k is None:
            return NOTHING
        lines = [self.view.describe(k)]
        for lane, share, dead in zip(self.lanes, self.view.shares[:, k], self.view.dead[:, k], strict=True):
            lines.append(f"{lane.name}: {tr('dead, all its weights are 0') if dead else percent(share, 1)}")
        return Answer(hint="\n".join(lines))
