"""What training makes of a batch before the first layer sees it: inputs are dropped, by a mask for each step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ..config import Config
from ..memory import aligned
from ..randomness import generator
from .masks import Drawn, Masks

if TYPE_CHECKING:
    from ..arrays import Array


class DrawnInputs(NamedTuple):
    """What one model's next batches are made from."""

    masks: Drawn


class Inputs:
    """Batches as M models are trained on them, each in its own way, from generators of their own.

    A stack in which no model asks for that takes its batches as they are: `altered` is False.
    """

    def __init__(self, configs: Sequence[Config], features: int, batch: int) -> None:
        first, seeds = configs[0], [config.seed for config in configs]
        rates = [config.input_dropout for config in configs]
        self.masks = Masks([generator(s, "input masks") for s in seeds], rates, [features], batch, first.dtype)
        self._arrange()

    def set(self, row: int, config: Config) -> None:
        """Follow a model's new Config from the next step on."""
        self.masks.set(row, config.input_dropout)
        self._arrange()

    def keep(self, rows: Sequence[int]) -> None:
        """Go on with some of the models only."""
        self.masks.keep(rows)
        self._arrange()

    def drawn_by(self, row: int) -> DrawnInputs:
        """What one model's next batches depend on, copied."""
        return DrawnInputs(self.masks.drawn_by(row))

    def resume(self, drawn: DrawnInputs) -> None:
        """Go on where the inputs of one model were; these must be those of one model too."""
        self.masks.resume(drawn.masks)

    def next(self, x: Array, step: int) -> Array:
        """The inputs (M, in + 1, N) of a step, which is counted from 0, for those of a batch x (M or 1, in + 1, N).

        They lie in memory as those of a batch do, one sample after the other, so that BLAS computes the same bits from
        them. The array is the same one each time.
        """
        _, columns, n = x.shape
        if n not in self.made:
            self.made[n] = aligned((len(self.masks.rates), n, columns), x.dtype).swapaxes(1, 2)
        made = self.made[n]
        np.copyto(made, x)
        self.masks.step = step  # those of steps without them are not drawn
        kept = self.masks.next(n)
        if kept is not None:
            made[self.masks.rows, :-1] *= kept[0] * self.masks.scale
        return made

    def _arrange(self) -> None:
        self.altered = bool(self.masks.dropping)
        self.made: dict[int, Array] = {}  # by batch size
