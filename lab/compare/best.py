"""The best epoch of a network with the loss that was measured then: neither is told without the other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from regviz.training.snapshot import ModelSnapshot


@dataclass(frozen=True, slots=True)
class Best:
    """Where a network was best, as early stopping has it: with `min_delta` or `start_epoch` its loss need not be the
    lowest of all.

    epoch  the best epoch
    loss   the validation loss that was measured then
    row    its row in the history
    """

    epoch: int
    loss: float
    row: int


def best_of(model: ModelSnapshot) -> Best:
    """Return the best epoch of `model`; if that has no row in the history, the last one before it that has."""
    epochs = model.history["epoch"]
    row = max(0, int(np.searchsorted(epochs, model.best_epoch, side="right")) - 1)
    return Best(int(epochs[row]), float(model.history["val_loss"][row]), row)
