"""Luck: how right the best of a sweep's networks is on the few points that chose it, and on new ones, by how many
networks there are to choose from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from regviz.arrays import Array
from regviz.language import en, tr
from regviz.probes import best_of
from regviz.training.snapshot import ModelSnapshot, Snapshot

from ...look.lettering import width_of
from ..choosing import COUNT
from ..parts.labels import first_that_fits
from ..parts.own_and_new import OwnAndNewPanel

ALL = 1_000_000
"""Networks at which the labels stand until a person chooses fewer: all there are."""

APART = (1, 2, 5, 10, 20, 50)
"""Networks between two numbers below the axes."""

INVITATIONS = (
    en("Run a sweep to see how much of the best score is luck"),
    en("Run a sweep to see the luck of the best"),
    en("Run a sweep"),
)


class LuckPanel(OwnAndNewPanel):
    """The score of the best of so many of the sweep's networks, on the points that chose it and on all others.

    Each count is the mean over all ways to take so many of them. A click moves the numbers to another count.
    """

    name: ClassVar[str] = "luck"
    menu_title: ClassVar[str] = en("Choosing among many")
    drawing: ClassVar[str] = (
        '<path d="M4 3V29H45" opacity=".4"/>'
        '<path d="M7 22C10 13 20 9 43 7"/>'
        '<path d="M7 22C16 21 26 20 43 20" stroke-dasharray="3 2.5"/>'
    )
    unit: ClassVar[str] = en("networks")
    before: ClassVar[str] = "of"
    usual: ClassVar[int] = ALL
    pieces: ClassVar[int] = 6

    def __init__(self) -> None:
        super().__init__()
        self.curves: tuple[Array, Array] | None = None
        """Scores on own and on new points by how many networks there are; None while not all of them are known."""

    def may_be(self, count: int) -> bool:
        """Allow any number of networks, since a sweep may have as many."""
        return 0 < count < ALL

    def allowed(self) -> tuple[str, int]:
        """Return a number of networks."""
        return tr("the picture luck takes one number of networks, as of8"), 8

    def build(self, snapshot: Snapshot) -> None:
        """Make the lines, and what stands there before there is a sweep."""
        super().build(snapshot)
        text = first_that_fits([tr(text) for text in INVITATIONS], self.width, self.look.label_size)
        x, y = self.left + self.width / 2, self.top + self.height / 2
        self.invitation = self.live(self.add_text(x, y, text, color=self.look.muted, ha="center", va="center"))

    def networks(self, snapshot: Snapshot) -> Sequence[ModelSnapshot]:
        """Return those of the sweep, one for each of its values; none before it has begun."""
        return () if self.scene.sweep is None else self.scene.sweep.models

    def steps(self, points: int) -> list[int]:
        """Return every number of networks; some before there are any."""
        return list(range(1, (len(self.found) or 10) + 1)) if points > COUNT else []

    def mark_steps(self) -> None:
        """Name as many numbers below the axes as have room, the last one always."""
        last, edge = self.counts[-1], 0.5 * width_of(f"{self.counts[-1]}", self.look.small_size) + 2
        edge *= last / self.width
        self.plot.set(xlim=(-edge, last - 1 + edge))
        wide = (width_of(f"{last}", self.look.small_size) + 8) * last / self.width  # in networks
        apart = next((its for its in APART if its >= wide), last)
        inner = [n for n in range(apart, last, apart) if 1 + wide <= n <= last - wide]
        named = [1, *inner, last]
        self.plot.set_xticks([n - 1 for n in named], [f"{n}" for n in named])

    def draw(self, snapshot: Snapshot) -> None:
        """Follow the networks of the sweep; ask for one while there is none."""
        super().draw(snapshot)
        self.invitation.set_visible(not (self.found or self.empty))

    def forget_choices(self) -> None:
        """Have all choose anew."""
        self.curves = None

    def means_at(self, k: int) -> tuple[float, float] | None:
        """Return mean scores on own and on new points of the best of k + 1 networks; None while not all are known."""
        if self.curves is None:
            if not (known := self.known()):
                return None
            self.curves = best_of(known, COUNT)
        own, new = (float(its[min(k, len(its) - 1)]) for its in self.curves)
        return own, new

    def sayings(self) -> tuple[str, ...]:
        """Return what the lines are, the longest first."""
        what = "R²" if self.regression else tr("accuracy")
        return (
            tr(
                "{what} of the best of so many settings of the sweep on the {count} points that chose it (own) and on "
                "others (new)",
                what=what,
                count=COUNT,
            ),
            tr(
                "{what} of the best of so many on the {count} points that chose it and on others",
                what=what,
                count=COUNT,
            ),
            tr("{what} on own and new points, {count} choose", what=what, count=COUNT),
            tr("{count} points choose", count=COUNT),
        )

    def facts(self, k: int) -> list[str]:
        """Return how the best of so many networks does, in words."""
        means = self.means_at(k)
        if means is None:
            return [tr("nobody has chosen yet")]
        own, new = means
        return [
            tr("the best of {n} of {all} networks, on average", n=self.counts[k], all=self.counts[-1]),
            tr("on those points {own}, on new ones {new}", own=self.score(own), new=self.score(new)),
        ]
