"""Lines for whoever runs the server: one for each event, and never more than a terminal can show."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress

EACH_MINUTE = 20
"""Lines of one kind in a minute; a stranger can cause any number of events."""


class Log:
    """Prints sentences to stderr, and counts those of a kind that came too often to be printed."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._began: dict[str, float] = {}
        self._said: Counter[str] = Counter()

    def say(self, sentence: str, kind: str = "") -> None:
        """Print `sentence` as one line, unless `EACH_MINUTE` of its `kind` were printed within a minute."""
        now = self._clock()
        if now - self._began.get(kind, -60.0) >= 60:
            unsaid = self._said[kind] - EACH_MINUTE
            if unsaid > 0:
                self._print(f"… and {unsaid} more of the same kind within a minute.")
            self._began[kind], self._said[kind] = now, 0
        self._said[kind] += 1
        if self._said[kind] <= EACH_MINUTE:
            self._print(sentence)

    def _print(self, sentence: str) -> None:
        line = "".join(
            c if c.isprintable() else " " for c in " ".join(sentence.split())
        )  # a stranger may have a part in it
        with suppress(OSError):  # the log may be on a disk that is full
            print(line, file=sys.stderr, flush=True)


LOG = Log()

say = LOG.say
