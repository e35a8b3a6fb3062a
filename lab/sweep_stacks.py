"""How the many networks of a sweep share a processor: the size of one, and stacks that move on in milliseconds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from regviz import Config, Trainer
from regviz.data import load
from regviz.layout import Layout, layer_sizes

PIECE = 25_000_000
"""A step or the measuring of one stack takes about this many multiplications at most, some 2 ms."""

ROOM = 150_000_000
"""Numbers that the networks of a sweep may hold, some 600 MB: all of them train at once."""


class Size(NamedTuple):
    """How large one network of a Config is.

    cost   multiplications that measuring it takes, or a step (forward, and twice as much backward) if that is more
    held   numbers it holds while it trains: weights, gradients, moments and copies; activations of all its samples
    """

    cost: int
    held: int

    @classmethod
    def of(cls, config: Config) -> Size:
        """The size of the network that `config` describes."""
        split = load(config)
        samples = len(split.X_train) + len(split.X_val)
        parameters = Layout(layer_sizes(config, split), config.batchnorm).size
        at_once = max(samples, 3 * min(config.batch_size, len(split.X_train)))
        return cls(at_once * parameters, 8 * parameters + 2 * samples * sum(config.hidden))

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
    trainer: Trainer | None = None

    @property
    def steps_per_epoch(self) -> int:
        """Mini-batches in one epoch, the same for all of them."""
        config = self.configs[0]
        return -(-config.n_train // min(config.batch_size, config.n_train))
