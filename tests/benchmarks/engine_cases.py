"""What is trained: networks, data, batches and starts that every contestant of `engine.py` shares."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

import regviz as rv
from regviz.network import Network
from regviz.randomness import generator
from regviz.trainer import stack_limit

Array = NDArray[Any]

N_TRAIN = 1024
MOONS = rv.Config(
    data="moons",
    n_train=N_TRAIN,
    hidden=(16, 16),
    batch_size=32,
    optimizer="momentum",
    lr=0.01,
    momentum=0.9,
    l2=1e-3,
    dropout=0.5,
)
DIGITS = MOONS.replace(data="digits", hidden=(64, 64), batch_size=64)


class Contestant(Protocol):
    """Something that trains the networks of a Case, epoch by epoch."""

    def run(self, epochs: int) -> None:
        """Train every network on; return when the numbers are there."""
        ...

    def parameters(self) -> list[Array]:
        """W (M, out, in) and b (M, out) of each layer in turn, to compare with the engine's."""
        ...


@dataclass
class Case:
    """M networks of one shape, each with a seed of its own: its own data, start, batches and masks."""

    config: rv.Config
    M: int = 1
    configs: list[rv.Config] = field(init=False)

    def __post_init__(self) -> None:
        self.configs = [self.config.replace(seed=seed) for seed in range(self.M)]
        self.stack = rv.Stack(self.configs)
        splits = [rv.load(config) for config in self.configs]
        self.X = np.stack([split.X_train for split in splits]).astype(np.float32)
        self.y = np.stack([split.y_train for split in splits])
        self.sizes = self.stack.layout.sizes
        self.start = parameters_of(self.stack)
        self.batch = self.config.batch_size
        self.steps = N_TRAIN // self.batch
        self.batchnorm = self.config.batchnorm

    def orders(self) -> Iterator[Array]:
        """The order of the samples in each epoch, (M, n): the engine's own, drawn in the same way by everyone."""
        generators = [generator(config.seed, "batches") for config in self.configs]
        while True:
            yield np.stack([rng.permutation(N_TRAIN) for rng in generators])


def parameters_of(stack: rv.Stack) -> list[Array]:
    """The parameters of a stack, as a Contestant gives them."""
    return [part.copy() for W in stack.layout.dense(stack.w) for part in (W[..., :-1], W[..., -1])]


class Engine:
    """regviz: steps of stacks, no larger than a Trainer makes them. With `loss`, every batch's loss is computed too."""

    def __init__(self, case: Case, loss: bool = True) -> None:
        size = stack_limit(case.config, rv.load(case.config))
        self.stacks = [rv.Stack(case.configs[start : start + size]) for start in range(0, case.M, size)]
        self.losses = [BatchLoss(stack.network(case.batch)) if loss else None for stack in self.stacks]
        self.steps = case.steps

    def run(self, epochs: int) -> None:
        for stack, loss in zip(self.stacks, self.losses, strict=True):
            for _ in range(epochs * self.steps):
                stack.step()
                if loss is not None:
                    loss.compute(stack.batches.views[stack.step_in_epoch - 1][1])

    def parameters(self) -> list[Array]:
        stacks = [parameters_of(stack) for stack in self.stacks]
        return [np.concatenate(parts) for parts in zip(*stacks, strict=True)]


class BatchLoss:
    """The mean cross-entropy of the last batch (M, 1, 1), from the gradient dz = (p − y)/N that the step left.

    The engine itself measures losses after an epoch, when someone looks. Mean of −log p[class], p[class] being
    1 + N·dz[class]: exact to about 1e-7/p[class], and at most 16.
    """

    def __init__(self, network: Network) -> None:
        assert network.loss is not None
        self.dz = network.loss.dz
        M, K, n = self.dz.shape
        dtype = self.dz.dtype
        self.of_class, self.log_p, self.value = (np.empty(shape, dtype) for shape in ((M, K, n), (M, 1, n), (M, 1, 1)))
        self.n, self.shares = np.full((1, K), n, dtype), np.full((n, 1), -1 / n, dtype)
        self.least = np.full((1, 1, n), np.exp(-16) - 1, dtype)

    def compute(self, y: Array) -> Array:
        np.multiply(self.dz, y, out=self.of_class)
        np.matmul(self.n, self.of_class, out=self.log_p)
        np.maximum(self.log_p, self.least, out=self.log_p)
        np.log1p(self.log_p, out=self.log_p)
        return np.matmul(self.log_p, self.shares, out=self.value)


class Products:
    """Only the matrix products of a step, forward and backward, on the engine's own buffers."""

    def __init__(self, case: Case) -> None:
        self.stacks, self.batch = Engine(case).stacks, case.batch
        for stack in self.stacks:
            stack.step()  # fills the buffers

    def run(self, epochs: int) -> None:
        for stack in self.stacks:
            network = stack.network(self.batch)
            assert network.loss is not None
            for _ in range(epochs):
                for x, _ in stack.batches.views:
                    for layer in network.dense:
                        layer.forward(x)
                        x = layer.y
                    d: Any = network.loss.dz
                    for layer in reversed(network.dense):
                        d = layer.backward(d)
