"""An event loop and a clock without real time: seconds pass as soon as nothing else is left to do."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any

TICK = 2e-4
"""Seconds that a look at the clock takes, so that whoever works until a time comes to an end."""


class Clock:
    """Seconds that pass when they are slept through, or a `TICK` at a time when the clock is read."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        self.now += TICK
        return self.now


class _Selector(selectors.DefaultSelector):
    """Instead of waiting for a timeout, lets it pass. What another thread says is still waited for."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self.clock = clock

    def select(self, timeout: float | None = None) -> Any:
        ready = super().select(None if timeout is None else 0)
        if not ready and timeout is not None and timeout > 0:
            self.clock.now += timeout
        return ready


class FakeTimeLoop(asyncio.SelectorEventLoop):
    """An event loop whose `sleep`, `wait_for` and `call_later` go by its `clock`."""

    def __init__(self) -> None:
        self.clock = Clock()
        super().__init__(_Selector(self.clock))

    def time(self) -> float:
        return self.clock.now


def run(play: Coroutine[Any, Any, None]) -> None:
    """Run a coroutine on such a loop, as `asyncio.run` does on a real one."""
    with asyncio.Runner(loop_factory=FakeTimeLoop) as runner:
        runner.run(play)


def clock() -> Clock:
    """The clock of the loop that runs."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, FakeTimeLoop)
    return loop.clock
