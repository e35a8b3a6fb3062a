"""Stack: M networks of one shape, trained by one set of NumPy calls."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ..config import Config
from ..data.datasets import Split, load
from ..nn.losses import LOSSES
from ..nn.recording import do_in
from ..nn.trace import Recording
from ..optim.constraints import MaxNorm
from ..optim.custom_penalties import NONE, Own
from ..optim.optimizers import OPTIMIZERS
from ..optim.penalties import L1, L2
from ..optim.schedules import SCHEDULES
from ..randomness import generator
from ..spans import each
from .batches import Batches
from .masks import Masks
from .network import Network
from .parameters import Layout, layer_sizes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..arrays import Array

SHAPE_FIELDS = (
    "data",
    "n_train",
    "decoys",
    "hidden",
    "activation",
    "batchnorm",
    "order",
    "optimizer",
    "batch_size",
    "dtype",
)
"""Configs may share a stack if they agree in these fields."""

TINY = 1e-30
"""Numbers this small make no difference to any result, but near the end of float32's range they slow a processor."""


class Measures(NamedTuple):
    """What an evaluation found, one value for each model: `(M,)` arrays. Dropout is off, losses hold no penalty."""

    train_loss: Array
    val_loss: Array
    train_score: Array
    val_score: Array
    penalty: Array


class Stack:
    """M networks of one shape with parameters `w` (M, P), in the order that `layout` says.

    Each model's numbers are the same, bit for bit, whatever other
    models share its stack: every product is one product per model. `splits` are what the models train on,
    one each, if not the data sets that their Configs name.
    """

    def __init__(self, configs: Sequence[Config], splits: Sequence[Split] | None = None) -> None:
        first = configs[0]
        splits = [load(config) for config in configs] if splits is None else splits
        self.configs = list(configs)
        self.dtype = first.dtype
        self.task = splits[0].task
        self.layout = Layout(layer_sizes(first, splits[0]), first.batchnorm)
        self.batches = Batches(configs, splits)
        self.steps_per_epoch = len(self.batches.views)
        self.step_in_epoch = self.epoch = 0

        self.w = np.stack([self.layout.start(config) for config in configs]).astype(self.dtype)
        weights = self.layout.weights().astype(self.dtype)
        self.is_weight = weights.sum(axis=0)
        proximal = [config.l1_rule == "proximal" for config in configs]
        self.proximal = L1([c.l1 if p else 0 for c, p in zip(configs, proximal, strict=True)], weights)
        self.subgradient = L1([0 if p else c.l1 for c, p in zip(configs, proximal, strict=True)], weights)
        self.l2 = L2([config.l2 for config in configs], weights)
        self.own = [
            Own(name, [config.strength * (config.penalty == name) for config in configs], weights)
            for name in dict.fromkeys(config.penalty for config in configs)
            if name != NONE
        ]
        self.optimizer = OPTIMIZERS[first.optimizer](self.w)
        self.masks = Masks(
            [generator(config.seed, "masks") for config in configs],
            [config.dropout for config in configs],
            self.layout.sizes[1:-1],
            self.batches.batch_size,
            self.dtype,
        )
        self.descent: Recording | None
        self._arrange()

    def step(self) -> None:
        """One training step of every model, on its next batch."""
        if self.step_in_epoch == 0:
            self.batches.shuffle()
            if self.scheduled:
                self._set_rates()
        x, y = self.batches.views[self.step_in_epoch]
        self.network(x.shape[2]).backpropagate(x, y, self.masks, self.step_in_epoch)
        self.descend()
        self.step_in_epoch += 1
        if self.step_in_epoch == self.steps_per_epoch:
            self.step_in_epoch, self.epoch = 0, self.epoch + 1

    def backpropagate(self, x: Array, y: Array) -> None:
        """Write the gradient of the data loss to `g`, for inputs x (M or 1, in + 1, N) and targets y (M or 1, K, N)."""
        self.network(x.shape[2]).backpropagate(x, y, self.masks)

    def descend(self) -> None:
        """Add the penalties' gradients to `g`, move `w` by the optimizer, take the proximal step, bound weights."""
        for own in self.own:
            if own.active:
                own.add_gradient(self.w, self.g)
        eta = self.optimizer.count(self.lr, self.momentum)
        if self.descent is None:
            self.descent = self._record(eta)
        else:
            self.descent.play()

    def measure(self) -> Measures:
        """Losses and scores on all training and validation points, without dropout."""
        batches, n = self.batches, self.batches.n_train
        z = self.evaluation.evaluate(batches.seen)
        train, val = LOSSES[self.task].measure(z, batches.labels, (slice(None, n), slice(n, None)))
        return Measures(train[0], val[0], train[1], val[1], self.penalty())

    def penalty(self) -> Array:
        """λ₁Σ|w| + λ₂Σw² of each model (M,), and what a penalty of one's own adds."""
        total = self.proximal.value(self.w) + self.subgradient.value(self.w) + self.l2.value(self.w)
        for own in self.own:
            total += own.value(self.w)
        return total

    def settle(self) -> None:
        """Keep numbers out of the denormal range, once an epoch: tiny moments become 0.

        Weights do not: L2 makes a weight ever smaller but never 0, so it rests at ±TINY.
        """
        for name in self.optimizer.state:
            moment = getattr(self.optimizer, name)
            tiny = np.abs(moment) < TINY
            if tiny.any():
                np.putmask(moment, tiny, 0)
        tiny = (np.abs(self.w) < TINY) & (self.w != 0)
        if tiny.any():
            np.copysign(TINY, self.w, out=self.w, where=tiny)

    def set(self, row: int, config: Config) -> None:
        """Follow a model's new Config from the next step on. Only live fields may differ."""
        old, self.configs[row] = self.configs[row], config
        if config.l1 != old.l1:
            (self.proximal if config.l1_rule == "proximal" else self.subgradient).set(row, config.l1)
        if config.l2 != old.l2:
            self.l2.set(row, config.l2)
        if config.strength != old.strength:
            for own in self.own:
                own.set(row, config.strength * (config.penalty == own.name))
        if config.dropout != old.dropout:
            self.masks.set(row, config.dropout)
        self._set_rates()

    def keep(self, rows: Sequence[int]) -> None:
        """Go on with some of the models only, so that the others cost nothing."""
        rows = list(rows)
        self.configs = [self.configs[row] for row in rows]
        self.w = self.w[rows]
        penalties = (self.proximal, self.subgradient, self.l2, *self.own)
        parts: tuple[Any, ...] = (self.batches, *penalties, self.optimizer, self.masks)
        for part in parts:
            part.keep(rows)
        self._arrange()

    def last_masks(self, row: int) -> tuple[NDArray[np.bool_], ...]:
        """What the last training step kept of each hidden layer, (N, units), copied; empty if it dropped nothing."""
        if row not in self.masks.last:
            return ()
        kept = self.masks.last[row].copy()
        kept.setflags(write=False)
        return tuple([kept[a:b].T for a, b in self.layout.hidden])

    def network(self, n: int) -> Network:
        """The layers for batches of n samples, made at the first use."""
        if n not in self.networks:
            self.networks[n] = Network(self.configs[0], self.layout, self.task, self.w, n, self.g)
        return self.networks[n]

    def _record(self, eta: Array) -> Recording:
        """Descend, and write down what is the same in every descent until a rate or a strength changes."""
        with Recording() as descent:
            w, g, do = self.w, self.g, do_in(descent)
            if self.l2.active:
                self.l2.add_gradient(w, g, do)
            if self.subgradient.active:
                self.subgradient.add_gradient(w, g, do)
            if self.decaying:
                do(np.multiply, w, self.decay, out=w)
            self.optimizer.move(w, g, self.lr, self.momentum, do)
            if self.proximal.active:
                self.proximal.shrink(w, eta, do)
            if self.max_norm.active:
                self.max_norm.project()
        return descent

    def _arrange(self) -> None:
        """Everything whose size is the number of models, or that looks into `w`."""
        self.g = np.zeros_like(self.w)
        self.networks: dict[int, Network] = {}
        self.evaluation = Network(self.configs[0], self.layout, self.task, self.w, self.batches.seen.shape[2])
        self._set_rates()

    def _set_rates(self) -> None:
        """What may change while training, of every model. A schedule moves the rates before each epoch."""
        self.descent = None
        self.scheduled = any(config.schedule != "constant" for config in self.configs)
        rates = [config.lr * SCHEDULES[config.schedule](self.epoch, config.epochs) for config in self.configs]
        self.lr = each(rates, self.dtype, axes=2)
        self.momentum = each([config.momentum for config in self.configs], self.dtype, axes=2)
        decays = [
            rate * config.weight_decay * (config.optimizer == "adamw")
            for rate, config in zip(rates, self.configs, strict=True)
        ]
        self.decaying = any(decays)
        if self.decaying:
            self.decay = 1 - np.array(decays, self.dtype)[:, None] * self.is_weight
        self.max_norm = MaxNorm([config.max_norm for config in self.configs], self.layout.dense(self.w))
