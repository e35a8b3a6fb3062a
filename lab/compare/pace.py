"""How fast a comparison trains: the speeds to choose from, and what an epoch is in steps."""

from __future__ import annotations

from collections.abc import Sequence

from regviz import Config
from regviz.errors import ArgumentError
from regviz.language import tr

SPEEDS: dict[str, float] = {"¼×": 5.0, "1×": 20.0, "4×": 80.0, "max": float("inf")}
"""Epochs per second that each speed aims at."""

USUAL_SPEED = "1×"

REPLAY = 400.0
"""Epochs per second at which a run is replayed at speed "max"."""

BACKLOG = 0.1
"""Seconds of training at most that are caught up after a delay: the picture never jumps ahead to make up for one."""

SPARSE = 1.1
"""How much longer a run is at the next snapshot of its tape at most: a way through training has no corners then."""

DRAG = 1.0
"""Seconds between two turns of one knob that are one movement of its slider."""


def checked_speed(speed: object) -> str:
    """Return `speed` itself. Raises ArgumentError, naming those that there are, for any other."""
    if not isinstance(speed, str) or speed not in SPEEDS:
        raise ArgumentError("speed", speed, tr("allowed is one of {names}", names=", ".join(SPEEDS)), USUAL_SPEED)
    return speed


def steps_per_epoch(config: Config) -> int:
    """Return mini-batches in one epoch; the last one may be smaller than the others."""
    return -(-config.n_train // min(config.batch_size, config.n_train))


def longest_epoch(configs: Sequence[Config]) -> int:
    """Return mini-batches in the longest epoch of some networks: all have trained for an epoch after so many steps."""
    return max(map(steps_per_epoch, configs))


class Drag:
    """Which turns of a knob are one movement of its slider."""

    def __init__(self) -> None:
        self._moved: Sequence[str] = ()
        self._at = 0.0

    def goes_on(self, moved: Sequence[str], now: float) -> bool:
        """Return whether the fields `moved` at `now`, in seconds, are those that were moved just before."""
        same = moved == self._moved and now - self._at < DRAG
        self._moved, self._at = moved, now
        return same


def scheduled(config: Config) -> bool:
    """Return whether a network's learning rate follows a schedule, which has a length of its own."""
    return config.schedule != "constant"


def lasting(config: Config, epochs: int) -> Config:
    """Return `config` for a network that trains for so many epochs.

    A schedule of the learning rate keeps the `epochs` that it has in the lanes, and has ended where training goes on.
    """
    return config if scheduled(config) else config.replace(epochs=epochs)
