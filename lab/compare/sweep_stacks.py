"""How the many networks of a sweep share a processor: the size of one, and stacks that move on in milliseconds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from regviz import Config, Trainer
from regviz.data import load
from regviz.training.parameters import ParameterLayout, layer_sizes

from .guest import is_guest
from .pace import steps_per_epoch

PIECE = 50_000_000
"""Steps, or the measuring of one stack, take about this many multiplications at most, some 4 ms.

In smaller stacks NumPy's own work for each call is a third of all, larger ones leave the processor's cache.
"""

STEPS = 40
"""Steps in one part at most: those of the smallest networks take a tenth of a millisecond all the same."""

ROOM = 150_000_000
"""Numbers that the networks of a sweep may hold, some 600 MB: all of them train at once."""

GUEST_ROOM = 40_000_000
"""The same for a visitor of a server."""


def room() -> int:
    """Numbers that the networks of a sweep may hold here."""
    return GUEST_ROOM if is_guest() else ROOM


class Size(NamedTuple):
    """How large one network of a Config is.

    cost   multiplications that measuring it takes, or a step if that is more
    step   multiplications of a step: forward, and twice as much backward
    held   numbers it holds while it trains: weights, gradients, moments and copies; activations of all its samples
    """

    cost: int
    step: int
    held: int

    @classmethod
    def of(cls, config: Config) -> Size:
        """The size of the network that `config` describes."""
        split = load(config)
        samples = len(split.X_train) + len(split.X_val)
        parameters = ParameterLayout(layer_sizes(config, split), config.batchnorm).size
        batch = 3 * min(config.batch_size, len(split.X_train))
        held = 8 * parameters + 2 * samples * sum(config.hidden)
        return cls(max(samples, batch) * parameters, batch * parameters, held)

    def pieces(self, count: int) -> list[range]:
        """`range(count)` in pieces of nearly one length, each a stack that moves on within `PIECE` multiplications."""
        pieces = min(count, -(-count * self.cost // PIECE))
        ends = [count * k // pieces for k in range(pieces + 1)]
        return [range(a, b) for a, b in pairwise(ends)]


@dataclass(slots=True)
class SweepStack:
    """Networks that train together: the values with the indices `rows`, of the seed with the index `seed`."""

    rows: range
    seed: int
    configs: Sequence[Config]
    size: Size
    trainer: Trainer | None = None

    def parts(self, epochs: int) -> Iterator[int]:
        """The steps of `epochs` in parts of about `PIECE` multiplications.

        The trainer looks after its networks once for each part.
        """
        steps = epochs * steps_per_epoch(self.configs[0])
        at_once = min(max(1, PIECE // (len(self.rows) * self.size.step)), STEPS)
        for done in range(0, steps, at_once):
            yield min(at_once, steps - done)
