"""What a person has picked to be looked at: a lane, and a training point. No network changes by it."""

from __future__ import annotations

from regviz import Config

from .lanes import Lane


class Picks:
    """The picks of a comparison of `lanes`; `changes` counts what a person did."""

    lanes: tuple[Lane, ...]
    base: Config
    changes: int
    chosen: int | None = None
    """The lane that pictures of one network show."""
    traced: int | None = None
    """The training point that is followed through the layers."""

    def choose(self, lane: int | None) -> None:
        """Pick the lane that pictures of one network show; the same again, or one that does not exist: none."""
        self.chosen = lane if lane != self.chosen and lane is not None and 0 <= lane < len(self.lanes) else None
        self.changes += 1

    def trace(self, point: int) -> None:
        """Follow a training point through the layers; the same again, or one that does not exist: none any more."""
        self.traced = point if point != self.traced and 0 <= point < self.base.n_train else None
        self.changes += 1
