"""How much a lab gives way to others on the same processors: frames first, then training, answers to a turn never.

Where everybody takes what they can get, each waits for everybody: with nineteen labs playing on two cores a turn of a
knob was answered after a second. How late this process is woken says how long the others' queue is.
"""

from __future__ import annotations

from .credit import FRAMES_PER_SECOND

GOAL = 0.02
"""Seconds by which it may be woken late, on average: about what one lab alone with its browser never reaches."""

WEIGHT = 0.05
"""Of the newest wait in the average."""

LATEST = 0.2
"""Seconds that one wait counts as at most; a cell that runs below the lab is no crowd."""

EVERY = 0.25
"""Seconds between two decisions."""

FEWEST = 7.0
"""Frames per second below which no frame is given up: then training slows down instead."""

MOST = 32.0
"""How far it gives way at most."""


class Crowd:
    """`yielding` is 1 while nobody waits, and grows up to `MOST` while this process is woken late."""

    def __init__(self) -> None:
        self.yielding = 1.0
        self._late = self._decided = 0.0

    def woken(self, late: float, now: float) -> None:
        """Note that the process was woken `late` seconds after it wanted to be, at `now`."""
        self._late += WEIGHT * (min(max(late, 0.0), LATEST) - self._late)
        if now - self._decided < EVERY:
            return
        self._decided = now
        if self._late > GOAL:
            self.yielding = min(1.25 * self.yielding, MOST)
        elif self._late < GOAL / 2:
            self.yielding = max(0.9 * self.yielding, 1.0)

    @property
    def interval(self) -> float:
        """Seconds between two frames at least."""
        return min(self.yielding / FRAMES_PER_SECOND, 1 / FEWEST)

    @property
    def share(self) -> float:
        """Share of its speed at which it trains, and of the time at speed "max", from 1 down to about 0.2."""
        return min(FRAMES_PER_SECOND / FEWEST / self.yielding, 1.0)
