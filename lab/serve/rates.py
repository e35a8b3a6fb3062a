"""How often something may happen."""

from __future__ import annotations

import time
from collections.abc import Callable


class Bucket:
    """A bucket of tokens: `rate` come in each second, `most` have room, and what happens takes one."""

    def __init__(self, rate: float, most: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate, self._most, self._clock = rate, most, clock
        self._left, self._at = most, clock()

    def take(self) -> bool:
        """Take a token; False if there is none."""
        now = self._clock()
        self._left = min(self._most, self._left + self._rate * (now - self._at))
        self._at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True
