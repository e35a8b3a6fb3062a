"""A sweep: the same network at many values of one field and several seeds, trained as stacks while one watches."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from regviz.snapshot import ModelSnapshot


@dataclass(frozen=True, slots=True, eq=False)
class SweepView:
    """A sweep at one moment, for pictures: V values of one field × S seeds.

    field       the Config field, "l1", "l2" or "dropout"
    values      (V,) ascending, distinct
    seeds       (S,)
    epoch       epochs trained so far, of `epochs` in all
    train_loss, val_loss, zeros   (V, S) of the last epoch; NaN where a network diverged
    models      of the first seed, one per value
    best        index of the value with the smallest mean validation loss; None before the first epoch
    test        (S,) test losses at the best value, once a person asked for them; else None
    cancelled   True if a person ended it early
    """

    field: str
    values: NDArray[np.float64]
    seeds: tuple[int, ...]
    epoch: int
    epochs: int
    train_loss: NDArray[np.float64]
    val_loss: NDArray[np.float64]
    zeros: NDArray[np.float64]
    models: tuple[ModelSnapshot, ...]
    best: int | None
    test: NDArray[np.float64] | None = None
    cancelled: bool = False

    @property
    def done(self) -> bool:
        """True once nothing more will change."""
        return self.cancelled or self.epoch >= self.epochs
