"""How many networks share a processor: the size of one, and stacks that move on in milliseconds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

from regviz import Config, Trainer
from regviz.config import TECHNIQUES
from regviz.data import load
from regviz.errors import ConfigError
from regviz.training.parameters import ParameterLayout
from regviz.training.trainer import alike

from .guest import is_guest
from .pace import steps_per_epoch

PIECE = 50_000_000
"""Steps, or the measuring of one stack, take about this many multiplications at most, some 4 ms.

In smaller stacks NumPy's own work for each call is a third of all, larger ones leave the processor's cache.
"""

STEPS = 40
"""Steps in one part at most: those of the smallest networks take a tenth of a millisecond all the same."""

OVERHEAD = 2_000_000
"""Multiplications that a stack's step could do in the time of NumPy's own work for its calls."""

ROOM = 150_000_000
"""Numbers that the networks of a sweep may hold, some 600 MB: all of them train at once."""

GUEST_ROOM = 40_000_000
"""The same for a visitor of a server."""

Cell = tuple[int, int]
"""A network by its place: which of the points that are compared, and which of the seeds."""


def room() -> int:
    """Return numbers that the networks of a sweep may hold here."""
    return GUEST_ROOM if is_guest() else ROOM


SMALLER: tuple[tuple[str, Any], ...] = (("hidden", (64, 64)), ("n_train", 1000), ("hidden", (16,)), ("n_train", 100))
"""What makes networks smaller, in the order in which it is proposed."""


def smaller(base: Config, fits: Callable[[Config], bool]) -> tuple[str, Any] | None:
    """Return the first of `SMALLER`, a Config field and a value, with which networks like `base` fit; None if with
    none.
    """
    for field, value in SMALLER:
        by_layer = {name: max(its) for name in TECHNIQUES if isinstance(its := getattr(base, name), tuple)}
        try:  # λ by layer suits one number of layers only
            config = base.replace(**({**by_layer, field: value} if field == "hidden" else {field: value}))
            if fits(config):
                return field, value
        except ConfigError:  # a lane or a data set does not allow it
            continue
    return None


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
        """Return the size of the network that `config` describes."""
        split = load(config)
        samples = len(split.X_train) + len(split.X_val)
        parameters = ParameterLayout.of(config, split).size
        batch = 3 * min(config.batch_size, len(split.X_train))
        held = 8 * parameters + 2 * samples * sum(config.hidden)
        return cls(max(samples, batch) * parameters, batch * parameters, held)

    @property
    def together(self) -> int:
        """How many such networks make a stack that moves on within `PIECE` multiplications."""
        return max(1, PIECE // self.cost)


@dataclass(slots=True)
class SweepStack:
    """Networks of one shape that train together: those at the places `cells`, with their `configs`."""

    cells: tuple[Cell, ...]
    configs: Sequence[Config]
    size: Size
    trainer: Trainer | None = None

    def parts(self, epochs: int) -> Iterator[int]:
        """Yield the steps of `epochs` in parts of about `PIECE` multiplications.

        The trainer looks after its networks once for each part.
        """
        steps = epochs * steps_per_epoch(self.configs[0])
        at_once = min(max(1, PIECE // (len(self.cells) * self.size.step)), STEPS)
        for done in range(0, steps, at_once):
            yield min(at_once, steps - done)

    def begun(self, first: Sequence[Sequence[Config]] | None) -> Sequence[Config]:
        """Return what its networks begin with: their own of `first`, those of all points for each seed, or their
        `configs`.
        """
        return self.configs if first is None else [first[seed][point] for point, seed in self.cells]

    def turn(self) -> None:
        """Set the fields of its networks, which train, to those of `configs`."""
        assert self.trainer is not None
        for row, (now, then) in enumerate(zip(self.trainer.configs, self.configs, strict=True)):
            before = now.to_dict()
            changes = {name: value for name, value in then.to_dict().items() if value != before[name]}
            self.trainer.set(row, **changes)

    @property
    def work(self) -> int:
        """Multiplications that an epoch of it takes, about."""
        return steps_per_epoch(self.configs[0]) * (OVERHEAD + len(self.cells) * self.size.step)


def stacked(configs: Sequence[Sequence[Config]], *, first_alone: bool) -> list[SweepStack]:
    """Return `configs`, those of all points for each seed, as stacks, in the order of their seeds.

    Seeds share a stack where one of them would not fill it. With `first_alone` the first seed has stacks of its own,
    so that it is seen soon; then seeds whose networks are all of one shape do not share any either.
    """
    groups = alike(configs[0])
    found: list[tuple[int, SweepStack]] = []
    for points in groups:
        size = Size.of(configs[0][points[0]])
        several = max(1, size.together // len(points))
        if first_alone and len(groups) == 1:
            several = 1
        start = int(first_alone)
        seeds = [[0]] * start + [part for part in _even(range(start, len(configs)), several) if part]
        for some in seeds:
            for its in _even(points, size.together) if len(some) == 1 else [points]:
                cells = tuple((point, seed) for seed in some for point in its)
                found.append((some[0], SweepStack(cells, [configs[seed][point] for point, seed in cells], size)))
    return [stack for _, stack in sorted(found, key=lambda pair: pair[0])]


def _even(items: Sequence[int], most: int) -> list[list[int]]:
    """`items` in order, in pieces of nearly one length, none longer than `most`."""
    count = max(1, -(-len(items) // most))
    ends = [len(items) * k // count for k in range(count + 1)]
    return [list(items[a:b]) for a, b in pairwise(ends)]
