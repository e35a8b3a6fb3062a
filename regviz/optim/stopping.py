"""When a network stops: no better for too long (early stopping), or broken (divergence)."""

from __future__ import annotations

from math import inf, isfinite


class EarlyStopping:
    """Remembers the best validation loss. Source: the slide; Prechelt 1998."""

    def __init__(self) -> None:
        self.best_loss, self.best_epoch = inf, 0

    def improved(self, epoch: int, val_loss: float) -> bool:
        """Whether this epoch is the best so far."""
        if val_loss < self.best_loss:
            self.best_loss, self.best_epoch = val_loss, epoch
            return True
        return False

    def exhausted(self, epoch: int, patience: int | None) -> bool:
        """Whether `patience` epochs have passed without a new best."""
        return patience is not None and epoch >= self.best_epoch + patience


def diverged(loss: float, start: float) -> bool:
    """A training loss that is not finite, or above 1,000 and 10,000 times what it was before training."""
    return not isfinite(loss) or (loss > 1e3 and loss > 1e4 * start)
