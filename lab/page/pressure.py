"""How wanted the processor is, and so how many frames a visitor's lab draws: a full house makes room for turns."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from .credit import FRAMES_PER_SECOND

CROWDED, FREE = 2.5, 1.7
"""Times as long as the processor worked on it that a frame took, from which on frames follow each other more slowly,
and below which faster again. A lecture with two hundred followers stays below on two cores."""

FEWEST = 8
"""Frames a second that a lab does not go below for the sake of others."""


class Pressure:
    """Measures the drawing of frames: `clock` tells the time in seconds, `worked` how much of it this thread worked.

    While twenty labs want two cores, each of them waits for its turn, with every frame and with every turn of a knob.
    Frames that are not drawn make room for the frame that answers a person, whichever lab it is in. Training gives way
    too (`Player`): it would take whatever frames leave.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.perf_counter,
        worked: Callable[[], float] = time.thread_time,
    ) -> None:
        self.interval = 1 / FRAMES_PER_SECOND
        """Seconds from one frame to the next, at least."""
        self.took = 0.0
        """Seconds that the last frame took."""
        self._clock, self._worked = clock, worked
        self._usual = 1.0

    @property
    def crowded(self) -> bool:
        """Whether others have wanted the processor for some time."""
        return self.interval > 2 / FRAMES_PER_SECOND

    @contextmanager
    def measured(self) -> Iterator[None]:
        """Measure what is done meanwhile."""
        began, busy = self._clock(), self._worked()
        yield
        self.took, worked = self._clock() - began, self._worked() - busy
        if worked <= 0:
            return
        self._usual = 0.8 * self._usual + 0.2 * self.took / worked
        if self._usual > CROWDED:
            self.interval = min(1.15 * self.interval, 1 / FEWEST)
        elif self._usual < FREE:
            self.interval = max(0.95 * self.interval, 1 / FRAMES_PER_SECOND)
