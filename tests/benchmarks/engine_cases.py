"""What is trained: networks, data, batches and starts that every contestant of `engine.py` shares."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

import regviz as rv
from regviz.nn.trace import Recording, plain, traced, traced_inputs
from regviz.randomness import generator
from regviz.training.trainer import stack_limit

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
        self.losses = [BatchLoss(stack, case.batch) if loss else None for stack in self.stacks]
        self.steps = case.steps

    def run(self, epochs: int) -> None:
        with np.errstate(over="ignore"):  # once for many steps, as a Trainer does
            for stack, loss in zip(self.stacks, self.losses, strict=True):
                for _ in range(epochs * self.steps):
                    stack.unguarded_step()
                    if loss is not None:
                        loss.note(stack.step_in_epoch - 1)

    def parameters(self) -> list[Array]:
        stacks = [parameters_of(stack) for stack in self.stacks]
        return [np.concatenate(parts) for parts in zip(*stacks, strict=True)]


class BatchLoss:
    """The mean cross-entropy of every batch of an epoch, `value` (steps, M), from the gradients dz = (p − y)/N.

    The engine itself measures losses after an epoch, when someone looks. Here each step's dz is kept, and at the end of
    the epoch all of its losses are computed at once: the means of −log p[class]. Only the class's own dz is below 0, so
    p[class] is 1 + N·min dz: exact to about 1e-7/p[class], and the loss at most 16.
    """

    def __init__(self, stack: rv.Stack, n: int) -> None:
        self.network, M, K = stack.network(n), len(stack.w), stack.layout.sizes[-1]
        self.kept = np.zeros((stack.steps_per_epoch, M, K, n), stack.dtype)
        self.by_step, self.by_class = list(self.kept), [self.kept[:, :, k] for k in range(K)]
        self.p = np.empty((stack.steps_per_epoch, M, n), stack.dtype)
        self.least = np.full_like(self.p, np.exp(-16))
        self.n, self.one = np.array(n, self.p.dtype), np.array(1, self.p.dtype)
        self.shares = np.full(n, -1 / n, self.p.dtype)

    def note(self, step: int) -> None:
        """Keep what `step` left; after the last step of an epoch compute the losses."""
        if step == 0:
            self.dz = plain(self.network.dz)  # written anew by every step
        self.by_step[step][...] = self.dz
        if step == -1:
            self.compute()

    def compute(self) -> None:
        p = self.p
        np.copyto(p, self.by_class[0])
        for dz in self.by_class[1:]:
            np.minimum(p, dz, out=p)
        np.multiply(p, self.n, out=p)
        np.add(p, self.one, out=p)
        np.maximum(p, self.least, out=p)
        np.log(p, out=p)
        self.value = p @ self.shares


class Products:
    """Only the matrix products of a step, forward and backward, of the engine's own shapes and strides.

    What a layer is fed and what comes back to it are numbers drawn once: products alone, one after the other, would run
    out of range within a few layers, and numbers near 0 or infinite ones are slow.
    """

    def __init__(self, case: Case) -> None:
        self.recordings = []
        for stack in Engine(case).stacks:
            stack.batches.shuffle()
            network, rng = stack.network(case.batch), np.random.default_rng(0)
            between = [rng.random((len(stack.w), units, case.batch), np.float32) for units in case.sizes[1:]]
            for layer, y in zip(network.dense, between, strict=True):
                layer.feed(y)
            gradients, first = [traced(y) for y in between], Recording(stack.batches.views[0][0])
            with first:
                x = traced_inputs(first)[0]
                for layer in network.dense:
                    layer.forward(x)
                    x = layer.y
                for layer, d in zip(network.dense[::-1], gradients[::-1], strict=True):
                    layer.backward(d)
            self.recordings.append([first.on(x) for x, _ in stack.batches.views])

    def run(self, epochs: int) -> None:
        for recordings in self.recordings:
            for _ in range(epochs):
                for recording in recordings:
                    recording.play()
