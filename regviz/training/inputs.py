"""What training makes of a batch before the first layer sees it: mixed samples, fresh noise, dropped inputs."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ..config import Config
from ..memory import aligned
from ..randomness import generator
from .masks import Drawn, Masks

if TYPE_CHECKING:
    from numpy.random import Generator

    from ..arrays import Array

ALTERING = ("mixup", "augment", "input_dropout")
"""The fields of Config that say how inputs are altered, in the order in which it is done."""


class DrawnInputs(NamedTuple):
    """What one model's next batches are made from: its generators, and where its masks are."""

    mixup: Generator
    noise: Generator
    masks: Drawn


class Inputs:
    """Batches as M models are trained on them, each in its own way, from generators of their own.

    A stack in which no model asks for that takes its batches as they are: `altered` is False. A generator rests while
    its model does not need it.
    """

    def __init__(self, configs: Sequence[Config], features: int, outputs: int, batch: int) -> None:
        self.outputs = outputs
        self.configs, self.dtype = list(configs), configs[0].dtype
        self.mixup = [generator(config.seed, "mixup") for config in configs]
        self.noise = [generator(config.seed, "input noise") for config in configs]
        generators, rates = zip(*[(generator(c.seed, "input masks"), c.input_dropout) for c in configs], strict=True)
        self.masks = Masks(generators, rates, [features], batch, self.dtype)
        self._arrange()

    def set(self, row: int, config: Config) -> None:
        """Follow a model's new Config from the next step on."""
        self.configs[row] = config
        self.masks.set(row, config.input_dropout)
        self._arrange()

    def keep(self, rows: Sequence[int]) -> None:
        """Go on with some of the models only."""
        self.configs = [self.configs[row] for row in rows]
        self.mixup, self.noise = [self.mixup[row] for row in rows], [self.noise[row] for row in rows]
        self.masks.keep(rows)
        self._arrange()

    def drawn_by(self, row: int) -> DrawnInputs:
        """Return what one model's next batches depend on, copied."""
        return DrawnInputs(deepcopy(self.mixup[row]), deepcopy(self.noise[row]), self.masks.drawn_by(row))

    def resume(self, drawn: DrawnInputs) -> None:
        """Go on where the inputs of one model were; these must be those of one model too."""
        self.mixup, self.noise = [deepcopy(drawn.mixup)], [deepcopy(drawn.noise)]
        self.masks.resume(drawn.masks)

    def next(self, x: Array, y: Array, step: int) -> tuple[Array, Array]:
        """Return inputs (M, in + 1, N) and targets (M or 1, K, N) of a step, which is counted from 0.

        x (M or 1, in + 1, N) and y (M or 1, K, N) are those of its batch. The arrays are the same ones each time, as
        long as no field changes. Inputs lie in memory as those of a batch do, one sample after the other, so that BLAS
        computes the same bits from them.
        """
        n = x.shape[2]
        if n not in self.made:
            samples = aligned((len(self.configs), n, x.shape[1]), x.dtype)
            self.made[n] = samples, samples.swapaxes(1, 2), np.empty((len(self.configs), *y.shape[1:]), y.dtype)
        samples, made, targets = self.made[n]
        np.copyto(made, x)
        if self.mixing:
            np.copyto(targets, y)
            y = targets
        for row in self.mixing:
            rng, alpha = self.mixup[row], self.configs[row].mixup
            share, partner = rng.beta(alpha, alpha), rng.permutation(n)
            samples[row, :, :-1] = mixed(samples[row, :, :-1].T, share, partner).T
            targets[row] = mixed_targets(targets[row], self.outputs, share, partner)
        for row in self.noisy:
            noise = self.noise[row].standard_normal((n, x.shape[1] - 1), x.dtype)
            samples[row, :, :-1] += self.configs[row].augment * noise
        self.masks.step = step  # those of steps without them are not drawn
        kept = self.masks.next(n)
        if kept is not None:
            made[self.masks.rows, :-1] *= kept[0] * self.masks.scale
        return made, y

    def _arrange(self) -> None:
        self.mixing = [row for row, config in enumerate(self.configs) if config.mixup > 0]
        self.noisy = [row for row, config in enumerate(self.configs) if config.augment > 0]
        self.altered = bool(self.mixing or self.noisy or self.masks.dropping)
        self.made: dict[int, tuple[Array, Array, Array]] = {}  # samples, their transpose and targets, by batch size


def mixed(values: Array, share: float, partner: Array) -> Array:
    """Return share·v + (1 − share)·v of another sample, for values (…, N) of which sample `partner` (N,) says the
    other.
    """
    return share * values + (1 - share) * values[..., partner]


def mixed_targets(y: Array, outputs: int, share: float, partner: Array) -> Array:
    """Return targets (K, N) that are mixed as inputs are (Zhang et al. 2018, arXiv 1710.09412).

    The loss to them is share·(that to y) + (1 − share)·(that to the partners'), but for a constant. With a row of
    weights w below the K = `outputs` targets, each of the two losses has the weights of its own labels: then w is
    mixed, and so is w·y.
    """
    if len(y) == outputs:
        return mixed(y, share, partner)
    w = mixed(y[outputs:], share, partner)
    parts = mixed(y[:outputs] * y[outputs:], share, partner)
    return np.vstack((np.divide(parts, w, out=np.zeros_like(parts), where=w != 0), w))
