"""When a network stops: no better for too long (early stopping), or broken (divergence)."""

from __future__ import annotations

from math import inf, isfinite


class EarlyStopping:
    """Remembers the best validation loss. Source: the slide; Prechelt 1998; min_delta and start_epoch as in Keras."""

    def __init__(self) -> None:
        self.best_loss, self.best_epoch = inf, 0

    def begin_anew(self, epoch: int) -> None:
        """Compare with nothing that was measured up to `epoch`, as where other points are measured from then on."""
        self.best_loss, self.best_epoch = inf, epoch

    def improved(self, epoch: int, val_loss: float, min_delta: float = 0.0, start_epoch: int = 0) -> bool:
        """Return whether this epoch is the best so far: by more than `min_delta`.

        Before `start_epoch` nothing is compared, and the newest epoch counts as the best. The start may change in
        training: an epoch that lies before it now is not compared with, one that no longer does is.
        """
        if epoch < start_epoch:
            self.best_loss, self.best_epoch = val_loss if isfinite(val_loss) else inf, epoch
            return True
        if self.best_epoch < start_epoch or val_loss + min_delta < self.best_loss:
            self.best_loss, self.best_epoch = val_loss, epoch
            return True
        return False

    def exhausted(self, epoch: int, patience: int | None, start_epoch: int = 0) -> bool:
        """Return whether `patience` epochs have passed without a new best."""
        return patience is not None and epoch >= start_epoch and epoch >= self.best_epoch + patience


def diverged(loss: float, start: float) -> bool:
    """Return a training loss that is not finite, or above 1,000 and 10,000 times what it was before training."""
    return not isfinite(loss) or (loss > 1e3 and loss > 1e4 * start)
