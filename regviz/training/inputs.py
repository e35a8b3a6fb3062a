"""What training makes of a batch before the first layer sees it: fresh noise, dropped inputs."""

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

ALTERING = ("augment", "input_dropout")
"""The fields of Config that say how inputs are altered, in the order in which it is done."""


class DrawnInputs(NamedTuple):
    """What one model's next batches are made from: its generator of noise, and where its masks are."""

    noise: Generator
    masks: Drawn


class Inputs:
    """Batches as M models are trained on them, each in its own way, from generators of their own.

    A stack in which no model asks for that takes its batches as they are: `altered` is False. A generator rests while
    its model does not need it.
    """

    def __init__(self, configs: Sequence[Config], features: int, batch: int) -> None:
        self.configs, self.dtype = list(configs), configs[0].dtype
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
        self.noise = [self.noise[row] for row in rows]
        self.masks.keep(rows)
        self._arrange()

    def drawn_by(self, row: int) -> DrawnInputs:
        """What one model's next batches depend on, copied."""
        return DrawnInputs(deepcopy(self.noise[row]), self.masks.drawn_by(row))

    def resume(self, drawn: DrawnInputs) -> None:
        """Go on where the inputs of one model were; these must be those of one model too."""
        self.noise = [deepcopy(drawn.noise)]
        self.masks.resume(drawn.masks)

    def next(self, x: Array, step: int) -> Array:
        """The inputs (M, in + 1, N) of a step, which is counted from 0, for those of a batch x (M or 1, in + 1, N).

        The array is the same one each time, as long as no field changes. Inputs lie in memory as those of a batch do,
        one sample after the other, so that BLAS computes the same bits from them.
        """
        n = x.shape[2]
        if n not in self.made:
            samples = aligned((len(self.configs), n, x.shape[1]), x.dtype)
            self.made[n] = samples, samples.swapaxes(1, 2)
        samples, made = self.made[n]
        np.copyto(made, x)
        for row in self.noisy:
            noise = self.noise[row].standard_normal((n, x.shape[1] - 1), x.dtype)
            samples[row, :, :-1] += self.configs[row].augment * noise
        self.masks.step = step  # those of steps without them are not drawn
        kept = self.masks.next(n)
        if kept is not None:
            made[self.masks.rows, :-1] *= kept[0] * self.masks.scale
        return made

    def _arrange(self) -> None:
        self.noisy = [row for row, config in enumerate(self.configs) if config.augment > 0]
        self.altered = bool(self.noisy or self.masks.dropping)
        self.made: dict[int, tuple[Array, Array]] = {}  # samples and their transpose, by batch size
