"""Choosing: how right the best of all lanes' networks is on the few points that have chosen it, and on new ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from regviz.language import en, tr
from regviz.probes import Choice, choose
from regviz.training.snapshot import ModelSnapshot, Snapshot

from ..look.lettering import width_of
from ..look.numbers import percent
from .parts.artists import rectangles, stretch
from .parts.own_and_new import OwnAndNewPanel

COUNTS = (10, 20, 50, 100, 200)
"""Validation points by which is chosen."""

COUNT = 20
"""At which the labels stand until a person chooses another."""

STRIP = 11.0
"""CSS pixels of the bar that says who is chosen."""


class ChoosingPanel(OwnAndNewPanel):
    """The score of the network that is best on a few validation points, on those and on all others, against how few
    they are; below, how many teams take which lane. The numbers are those at one count, which a click moves."""

    name: ClassVar[str] = "choosing"
    menu_title: ClassVar[str] = en("Choosing by few points")
    drawing: ClassVar[str] = (
        '<path d="M4 3V24H45" opacity=".4"/>'
        '<path d="M7 6C14 10 24 12 43 13"/>'
        '<path d="M7 20C14 17 24 15 43 14" stroke-dasharray="3 2.5"/>'
        '<path d="M4 29H18" stroke-width="4" stroke-linecap="butt"/>'
        '<path d="M19 29H45" stroke-width="4" stroke-linecap="butt" opacity=".45"/>'
    )
    unit: ClassVar[str] = en("points")
    before: ClassVar[str] = "by"
    usual: ClassVar[int] = COUNT
    dot: ClassVar[str] = "o"
    strip: ClassVar[float] = STRIP

    def __init__(self) -> None:
        super().__init__()
        self.choices: dict[int, Choice | None] = {}
        """By the number of points what was asked for since a lane was measured last: all lines are of all lanes."""

    def may_be(self, count: int) -> bool:
        """Return whether it is one of the numbers of points."""
        return count in COUNTS

    def allowed(self) -> tuple[str, int]:
        """Return the numbers of points."""
        said = en("the picture choosing takes one number of points: {words}")
        return tr(said, words=", ".join(f"{self.before}{n}" for n in COUNTS)), 100

    def networks(self, snapshot: Snapshot) -> Sequence[ModelSnapshot]:
        """Return those of all lanes."""
        return snapshot.models

    def steps(self, points: int) -> list[int]:
        """Return the numbers of points by which may be chosen."""
        return [count for count in COUNTS if count < points]

    def mark_steps(self) -> None:
        """Set them side by side, and name all or every other one."""
        self.plot.set(xlim=(-0.3, len(self.counts) - 0.7))
        apart = 1 if self.width / len(self.counts) > width_of("200", self.look.small_size) + 6 else 2
        self.plot.set_xticks(range(len(self.counts)), [f"{n}" * (k % apart == 0) for k, n in enumerate(self.counts)])

    def add_more(self, networks: int) -> None:
        """Add the bar that says who is chosen, a part for each lane."""
        bar = self.add_axes(self.left, self.place.height - STRIP - 1, self.width, STRIP)
        bar.set(xlim=(0, 1), ylim=(0, 1), xticks=[], yticks=[])
        colors = [self.look.lane(i) for i in range(networks)]
        self.bars = [self.add_patch(bar, rectangles(1, facecolor=color, alpha=0.9)) for color in colors]

    def forget_choices(self) -> None:
        """Have all choose anew."""
        self.choices.clear()

    def means_at(self, k: int) -> tuple[float, float] | None:
        """Return mean scores on own and on new points, chosen by the count at place `k`."""
        found = self.chosen(k)
        return None if found is None else found.means

    def chosen(self, k: int) -> Choice | None:
        """Return what all teams choose by the count at place `k`; None before they train, and if all have diverged."""
        count = self.counts[k]
        if count not in self.choices:
            known = self.known()
            self.choices[count] = choose(known, count) if known else None
        return self.choices[count]

    def clear(self) -> None:
        """Show nothing, in the bar neither."""
        super().clear()
        for bar in self.bars:
            stretch(bar, [0.0], [0.0], [0.0], [1.0])

    def show_chosen(self) -> None:
        """Show who is chosen, in the bar."""
        found = self.chosen(self.at)
        if found is None:
            return
        ends = np.cumsum([0.0, *self._shares(found)])
        for bar, left, right in zip(self.bars, ends[:-1], ends[1:], strict=True):
            stretch(bar, [left], [right], [0.0], [1.0])

    def _shares(self, found: Choice) -> list[float]:
        return [float(np.mean(found.chosen == i)) for i in range(len(self.lanes))]

    def sayings(self) -> tuple[str, ...]:
        """Return what the lines and the bar are, and at which count the numbers, the longest first."""
        what = "R²" if self.regression else tr("accuracy")
        count = self.counts[self.at]
        return (
            tr(
                "{what} of the best of all lanes on the points that chose it (own) and on others (new); "
                "bar: who is chosen by {count}, a click moves that",
                what=what,
                count=count,
            ),
            tr(
                "{what} of the best on the points that chose it (own) and on others (new); bar: who is chosen",
                what=what,
            ),
            tr("{what} on points that chose (own) and on new ones; bar: who is chosen", what=what),
            tr("{what} on own and new points, {count} choose", what=what, count=count),
            tr("{count} points choose", count=count),
        )

    def facts(self, k: int) -> list[str]:
        """Return what is chosen by the count at place `k`, in words."""
        found = self.chosen(k)
        if found is None:
            return [tr("no network has been chosen by {counts} points yet", counts=self.counts[k])]
        own, new = found.means
        shares = zip(self.lanes, self._shares(found), strict=True)
        return [
            tr("chosen by {counts} points each", counts=self.counts[k]),
            tr("on those points {own}, on new ones {new}", own=self.score(own), new=self.score(new)),
            tr("chosen: {names}", names=", ".join(f"{lane.name} {percent(share)}" for lane, share in shares if share)),
        ]
