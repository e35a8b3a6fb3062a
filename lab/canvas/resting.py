"""How long a costly panel stands still, so that the others keep their pace."""

from __future__ import annotations

from dataclasses import dataclass

from ..panels import Panel
from .regions import Region

LONGEST_REST = 5
"""Frames for which a panel stands still at most."""


@dataclass(slots=True)
class Standing:
    """A panel on the stage, its regions, and for how many frames it rests."""

    panel: Panel
    regions: list[Region]
    rest: int = 0
    owes: bool = False
    """True if it has rested while a snapshot went by."""

    def rests(self) -> bool:
        """Return whether it stands still for this frame, which it owes then."""
        if not self.rest:
            return False
        self.rest -= 1
        self.owes = True
        return True

    def has_cost(self, seconds: float, budget: float) -> None:
        """Let it rest for the frames that it has taken the time of: each has a `budget` of seconds for it."""
        self.owes = False
        self.rest = min(int(seconds / budget), LONGEST_REST)

    def hurry(self) -> None:
        """Let it rest no longer."""
        self.rest, self.owes = 0, True
