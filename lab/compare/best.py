"""Where a network was best, and the loss that was measured then: neither is told without the other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from regviz.training.snapshot import ModelSnapshot


@dataclass(frozen=True, slots=True)
class Best:
    """An epoch, the validation loss that was measured then, and its row in the history."""

    epoch: int
    loss: float
    row: int


def best_of(model: ModelSnapshot) -> Best:
    """Return the best epoch as early stopping has it, to whose weights it goes back.

    With `min_delta` or `start_epoch` its loss need not be the lowest. If it has no row, the last one before it counts.
    """
    return _at(model, model.row_at(model.best_epoch))


def lowest_of(model: ModelSnapshot) -> Best:
    """Return the epoch with the lowest validation loss of all, whatever early stopping is set to."""
    return _at(model, int(np.nanargmin(model.history["val_loss"])))


def _at(model: ModelSnapshot, row: int) -> Best:
    return Best(int(model.history["epoch"][row]), float(model.history["val_loss"][row]), row)
