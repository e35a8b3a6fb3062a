"""A network that has left its stack, with all it takes to train on as if it had never left."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy, deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..config import Config
from ..data.datasets import Split
from ..nn.activations import Activation
from ..nn.trace import Traced, plain, traced
from ..optim.optimizers import Optimizer
from .inputs import DrawnInputs
from .masks import Drawn
from .stack import Stack

if TYPE_CHECKING:
    from numpy.random import Generator

    from ..arrays import Array


@dataclass(frozen=True, slots=True, eq=False)
class Parked:
    """One network between two epochs.

    w, average  its parameters (P,) and their average, which is w without averaging
    best        what the average was at its best epoch
    optimizer   with what it remembers of this network alone; `activation` is what it began with
    batches     the generator of its batches; `masks` and `inputs` are what its dropout masks and inputs are drawn from
    epoch       epochs its stack had finished
    """

    w: Array
    average: Array
    best: Array
    optimizer: Optimizer
    activation: type[Activation]
    batches: Generator
    masks: Drawn
    inputs: DrawnInputs
    epoch: int

    @classmethod
    def of(cls, stack: Stack, row: int, best: Array) -> Parked:
        """Return network `row` of a stack that is between two epochs."""
        generators: Sequence[Generator] = stack.batches.generators
        return cls(
            w=stack.w[row].copy(),
            average=stack.average.evaluated()[row].copy(),
            best=best.copy(),
            optimizer=_alone(stack.optimizer, row),
            activation=stack.activation,
            batches=deepcopy(generators[row if len(generators) > 1 else 0]),
            masks=stack.masks.drawn_by(row),
            inputs=stack.inputs.drawn_by(row),
            epoch=stack.epoch,
        )

    def stack(self, config: Config, split: Split) -> Stack:
        """Return a stack of its own, in which it trains on by `config`."""
        stack = Stack([config], [split], self.activation)
        stack.resume(self.w, self.average, deepcopy(self.batches), _alone(self.optimizer, 0), self.epoch)
        stack.masks.resume(self.masks)
        stack.inputs.resume(self.inputs)
        return stack


def _alone(optimizer: Optimizer, row: int) -> Optimizer:
    """A copy of `optimizer` for one of its networks, which shares no memory with it."""
    alone = copy(optimizer)
    for name, value in vars(optimizer).items():
        if isinstance(value, Traced):
            setattr(alone, name, traced(plain(value).copy()))
        elif isinstance(value, np.ndarray):
            setattr(alone, name, value.copy())
    alone.keep([row])
    return alone
