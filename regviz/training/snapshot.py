"""Snapshot: what an observer may see of a Trainer, frozen at one moment."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np

from ..config import Config
from ..data.datasets import Split
from ..nn.batchnorm import Norm
from ..nn.layernorm import Gain
from .rebuild import answer
from .turns import Turn

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..arrays import Array


State = Literal["training", "stopped", "diverged"]
"""Of a network: it may be trained on, patience ended its training, or it broke."""


@dataclass(frozen=True, eq=False)
class ModelSnapshot:
    """One network, frozen. All arrays are read-only and always finite.

    weights         (in, out) of each layer; with `ema` these and all below are averages over steps
    biases          (out,) of each layer
    masks           (n, units) bool of each hidden layer, True = kept, of the last training step; () if it dropped none
    history         1-D arrays by name, row 0 before training: epoch, train_loss, val_loss, train_score, val_score,
                    penalty. Losses hold no penalty and are measured without dropout; scores are accuracies, or R² for
                    a regression
    state           "training", "stopped" (early) or "diverged" (with the weights of the last epoch whose loss was
                    sound, or with those restored; its history ends there)
    epoch, step     epochs finished, steps taken
    best_epoch      of the smallest validation loss so far, as `min_delta` and `start_epoch` have it
    stopped_epoch   when it stopped, or None
    diverged_epoch  the epoch in which it broke, or None
    norms           each hidden layer's BatchNorm: gamma, beta, running mean and variance, all (units,); () without
    restored        whether the weights are those of the best epoch, not of the last; None: if it has stopped
    layer_norms     each hidden layer's LayerNorm: gamma and beta, (units,); () without
    turns           its live fields that were changed while it trained, oldest first
    """

    config: Config
    split: Split
    weights: tuple[Array, ...]
    biases: tuple[Array, ...]
    masks: tuple[NDArray[np.bool_], ...]
    history: dict[str, Array]
    state: State
    epoch: int
    step: int
    best_epoch: int
    stopped_epoch: int | None
    diverged_epoch: int | None
    norms: tuple[Norm, ...] = ()
    restored: bool | None = None
    layer_norms: tuple[Gain, ...] = ()
    turns: tuple[Turn, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "norms", tuple([Norm(*norm) for norm in self.norms]))  # a file knows plain tuples
        if self.restored is None:  # files did not always say so
            object.__setattr__(self, "restored", self.state == "stopped")

    @property
    def row(self) -> int:
        """The row of the history that was measured with these weights."""
        epochs = self.history["epoch"]
        return int(np.searchsorted(epochs, self.best_epoch)) if self.restored else len(epochs) - 1

    @cached_property
    def zero_fraction(self) -> float:
        """Share of the weights (biases aside) that are exactly 0."""
        zeros = sum(W.size - np.count_nonzero(W) for W in self.weights)
        return float(zeros / sum(W.size for W in self.weights))

    def predict(self, X: Array) -> Array:
        """Class probabilities (n, K), or standardized targets (n,) for a regression, of inputs X (n, features).

        They are in the network's own dtype, without dropout. Raises ValueError for inputs of another shape.
        """
        return answer(self, X)


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """All networks of a Trainer at one moment; `step` counts the steps of the one that took most."""

    step: int
    models: tuple[ModelSnapshot, ...]
