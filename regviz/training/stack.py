"""Stack: M networks of one shape, trained by one set of NumPy calls."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ..config import Config
from ..data.datasets import Split, load
from ..memory import aligned, aligned_copy
from ..nn.activations import ACTIVATIONS, Activation
from ..nn.losses import LOSSES
from ..nn.trace import Recording, plain, traced
from ..optim.constraints import GradientClip, MaxNorm
from ..optim.optimizers import OPTIMIZERS, Optimizer, Rates
from ..optim.schedules import rate
from ..randomness import generator
from ..spans import each
from .average import Average
from .batches import Batches
from .evaluation import Evaluation
from .inputs import ALTERING, Inputs
from .masks import Masks
from .network import Network, smoothing
from .parameters import ParameterLayout
from .penalized import Penalties

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray

    from ..arrays import Array

TINY = 1e-30
"""Numbers this small make no difference to any result, but near the end of float32's range they slow a processor."""


class Measures(NamedTuple):
    """What an evaluation found, one value for each model: `(M,)` arrays. Dropout is off, losses hold no penalty."""

    train_loss: Array
    val_loss: Array
    train_score: Array
    val_score: Array
    penalty: Array

    def rows(self) -> Iterator[tuple[float, float, float, float, float]]:
        """Return what was found of each model, in the order of a history's columns."""
        return zip(*(column.tolist() for column in self), strict=True)


class Stack:
    """M networks of one shape with parameters `w` (M, P), in the order that `layout` says.

    Each model's numbers are the same, bit for bit, whatever other
    models share its stack: every product is one product per model. `splits` are what the models train on,
    one each, if not the data sets that their Configs name; `activation` what they began with, if not what has its name
    now.
    """

    def __init__(
        self,
        configs: Sequence[Config],
        splits: Sequence[Split] | None = None,
        activation: type[Activation] | None = None,
    ) -> None:
        first = configs[0]
        splits = [load(config) for config in configs] if splits is None else splits
        self.configs = list(configs)
        self.dtype = first.dtype
        self.task = splits[0].task
        self.activation = activation or ACTIVATIONS.find(first.activation)
        self.layout = ParameterLayout.of(first, splits[0])
        self.batches = Batches(configs, splits)
        self.steps_per_epoch = len(self.batches.views)
        self.step_in_epoch = self.epoch = 0

        self.w = aligned_copy(np.stack([self.layout.start(config) for config in configs]).astype(self.dtype))
        self.is_weight = self.layout.of_weights(np.ones(len(self.layout.shapes), self.dtype))
        self.penalties = Penalties(configs, self.layout, self.dtype)
        self.optimizer = OPTIMIZERS.find(first.optimizer)(self.w)
        self.masks = Masks(
            [generator(config.seed, "masks") for config in configs],
            [config.dropout for config in configs],
            self.layout.sizes[1:-1],
            self.batches.batch_size,
            self.dtype,
        )
        self.average = Average([config.ema for config in configs], self.w)
        self.inputs = Inputs(configs, self.layout.sizes[0], self.layout.sizes[-1], self.batches.batch_size)
        self.descent: Recording | None
        self.networks: dict[int, Network]
        self._arrange()

    def step(self) -> None:
        """Take one training step of every model, on its next batch."""
        with np.errstate(over="ignore"):  # in the softmax of two classes it is the way to 0
            self.unguarded_step()

    def unguarded_step(self) -> None:
        """Take the same step where overflow is silenced already, once for many steps."""
        if self.step_in_epoch == 0:
            self.batches.shuffle()
            if self.scheduled:
                self._set_rates()
        if not self.batches.at_once:
            self.batches.gather(self.step_in_epoch)
        x, y = self.batches.views[self.step_in_epoch]
        if self.inputs.altered:
            x, y = self.inputs.next(x, y, self.epoch * self.steps_per_epoch + self.step_in_epoch)
        self.network(x.shape[2]).backpropagate(x, y, self.masks, self.step_in_epoch)
        self.descend()
        self.step_in_epoch += 1
        if self.step_in_epoch == self.steps_per_epoch:
            self.step_in_epoch, self.epoch = 0, self.epoch + 1

    def backpropagate(self, x: Array, y: Array) -> None:
        """Write the gradient of the data loss to `g`, for inputs x (M or 1, in + 1, N) and targets y (M or 1, K, N)."""
        with np.errstate(over="ignore"):
            self.network(x.shape[2]).backpropagate(x, y, self.masks)

    def descend(self) -> None:
        """Add penalties to `g` and clip it, move `w` by the optimizer, take the proximal step, bound weights."""
        self.optimizer.count(self.rates)
        if self.penalties.follow() or self.descent is None:
            self.descent = self._record()
        else:
            self.descent.play()

    def measure(self) -> Measures:
        """Return losses and scores on all training and validation points, without dropout, with averaged weights."""
        batches, n, w = self.batches, self.batches.n_train, self.average.evaluated()
        z = self.evaluation.outputs()
        train, val = LOSSES[self.task].measure(z, batches.labels, (slice(None, n), slice(n, None)), batches.counts)
        return Measures(train[0], val[0], train[1], val[1], self.penalty(w))

    def penalty(self, w: Array | None = None) -> Array:
        """Return what all penalties add to the loss of each model (M,), at the parameters w (M, P) or at those of
        now.
        """
        return self.penalties.value(self.w if w is None else w)

    def settle(self) -> None:
        """Keep numbers out of the denormal range, once an epoch: tiny moments and averages become 0.

        Weights do not: L2 makes a weight ever smaller but never 0, so it rests at ±TINY.
        """
        moments = [plain(getattr(self.optimizer, name)) for name in self.optimizer.state]
        if self.average.active:
            moments.append(plain(self.average.mean))
        for moment in moments:
            tiny = np.abs(moment) < TINY
            if tiny.any():
                np.putmask(moment, tiny, 0)
        tiny = (np.abs(self.w) < TINY) & (self.w != 0)
        if tiny.any():
            np.copysign(TINY, self.w, out=self.w, where=tiny)

    def set(self, row: int, config: Config) -> None:
        """Follow a model's new Config from the next step on. Only live fields may differ."""
        old, self.configs[row] = self.configs[row], config
        self.penalties.set(row, config)
        if config.dropout != old.dropout:
            self.masks.set(row, config.dropout)
        if config.label_smoothing != old.label_smoothing:
            self._smooth()
        if config.ema != old.ema:
            self.average.set(row, config.ema)
            self._evaluate()
        if any(getattr(config, name) != getattr(old, name) for name in ALTERING):
            self.inputs.set(row, config)
            for network in self.networks.values():
                network.forget()
        self._set_rates()

    def exchange(self, configs: Sequence[Config], splits: Sequence[Split]) -> None:
        """Train on other points from the next step on, with the weights and all that the optimizer remembers.

        Batches are drawn as by a new stack; in mid-epoch, those that are left of the epoch. Splits have the inputs and
        outputs of those before.
        """
        feeds, size, seen = len(self.batches.X), self.batches.batch_size, self.batches.seen.shape
        self.configs, self.batches = list(configs), Batches(configs, splits)
        self.steps_per_epoch = len(self.batches.views)
        if self.batches.batch_size != size:
            self.masks = self.masks.anew(self.batches.batch_size)
            self.inputs.masks = self.inputs.masks.anew(self.batches.batch_size)
        if self.step_in_epoch:
            self.batches.shuffle()
            self.step_in_epoch = min(self.step_in_epoch, self.steps_per_epoch - 1)
        sizes = {x.shape[2] for x, _ in self.batches.views}
        alike = len(self.batches.X) == feeds  # else batches have another shape
        self.networks = {n: network for n, network in self.networks.items() if n in sizes and alike}
        if self.batches.seen.shape == seen:
            self.evaluation.look_at(self.batches.seen)
        else:
            self._evaluate()

    def keep(self, rows: Sequence[int]) -> None:
        """Go on with some of the models only, so that the others cost nothing."""
        rows = list(rows)
        self.configs = [self.configs[row] for row in rows]
        self.w = aligned_copy(self.w[rows])
        parts: tuple[Any, ...] = (self.batches, self.penalties, self.optimizer, self.masks, self.inputs)
        for part in parts:
            part.keep(rows)
        self.average.keep(rows, self.w)
        self._arrange()

    def resume(self, w: Array, average: Array, batches: Generator, optimizer: Optimizer, epoch: int) -> None:
        """Go on where one model with parameters `w` (P,), their `average`, has been after `epoch`.

        The stack must hold one model.
        """
        self.w[0] = w
        self.average.resume(average)
        self.batches.generators = [batches]
        self.optimizer, self.epoch = optimizer, epoch
        self._arrange()

    def last_masks(self, row: int) -> tuple[NDArray[np.bool_], ...]:
        """Return what the last training step kept of each hidden layer, (N, units), copied; empty if it dropped
        nothing.
        """
        if row not in self.masks.last:
            return ()
        kept = self.masks.last[row].copy()
        kept.setflags(write=False)
        return tuple([kept[a:b].T for a, b in self.layout.hidden])

    def network(self, n: int) -> Network:
        """Return the layers for batches of n samples, made at the first use."""
        if n not in self.networks:
            self.networks[n] = Network(self.configs[0], self.activation, self.layout, self.task, self.w, n, self.g)
            self.networks[n].smooth(self.smoothing)
        return self.networks[n]

    def _record(self) -> Recording:
        """Descend, and write down what is the same in every descent until a rate or a strength changes."""
        with Recording() as descent:
            w, g = traced(self.w), traced(self.g)
            self.penalties.add_gradients(w, g)
            self.gradient_clip.clip(g)
            eta = self.optimizer.step(w, g, self.rates)
            self.penalties.shrink(w, eta)
            self.max_norm.project()
            self.average.update(w)
        return descent

    def _arrange(self) -> None:
        """Everything whose size is the number of models, or that looks into `w`."""
        self.g = aligned(self.w.shape, self.dtype)
        self.networks = {}
        self._smooth()
        self._evaluate()
        self._set_rates()

    def _evaluate(self) -> None:
        """What is measured."""
        w = self.average.evaluated()
        make = partial(Network, self.configs[0], self.activation, self.layout, self.task, w)
        self.evaluation = Evaluation(make, max(self.layout.sizes[1:]), self.batches.seen)

    def _smooth(self) -> None:
        """How far targets are smoothed, of every model."""
        self.smoothing = smoothing(self.configs)
        for network in self.networks.values():
            network.smooth(self.smoothing)

    def _set_rates(self) -> None:
        """What may change while training, of every model. A schedule moves the rates before each epoch."""
        self.descent = None
        self.scheduled = any(config.schedule != "constant" for config in self.configs)
        lrs = [rate(config.lr, config.schedule, self.epoch, config.epochs) for config in self.configs]
        decays = [lr * config.weight_decay for lr, config in zip(lrs, self.configs, strict=True)]
        self.rates = Rates(
            lr=each(lrs, self.dtype, axes=2),
            momentum=each([config.momentum for config in self.configs], self.dtype, axes=2),
            decay=np.array(decays, self.dtype)[:, None] * self.is_weight if any(decays) else None,
        )
        self.gradient_clip = GradientClip([config.clip_norm for config in self.configs], self.dtype)
        self.max_norm = MaxNorm([config.max_norm for config in self.configs], self.layout.dense(self.w))
