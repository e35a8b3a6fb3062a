"""Snapshot: what an observer may see of a Trainer, frozen at one moment."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np

from ..config import Config
from ..data.datasets import Split
from ..nn.batchnorm import Norm
from ..nn.losses import softmax
from .network import Network, with_ones
from .parameters import ParameterLayout

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..arrays import Array


State = Literal["training", "stopped", "diverged"]
"""Of a network: it may be trained on, patience ended its training, or it broke."""


@dataclass(frozen=True, eq=False)
class ModelSnapshot:
    """One network, frozen. All arrays are read-only and always finite.

    weights         (in, out) of each layer
    biases          (out,) of each layer
    masks           (n, units) bool of each hidden layer, True = kept, of the last training step; () if it dropped none
    history         1-D arrays by name, row 0 before training: epoch, train_loss, val_loss, train_score, val_score,
                    penalty. Losses hold no penalty and are measured without dropout; scores are accuracies, or R² for
                    a regression
    state           "training", "stopped" (early, with the best epoch's weights) or "diverged" (with the weights of
                    the last epoch whose loss was sound; its history ends there)
    epoch, step     epochs finished, steps taken
    best_epoch      of the smallest validation loss so far
    stopped_epoch   when it stopped, or None
    diverged_epoch  the epoch in which it broke, or None
    norms           each hidden layer's BatchNorm: gamma, beta, running mean and variance, all (units,); () without
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

    def __post_init__(self) -> None:
        object.__setattr__(self, "norms", tuple([Norm(*norm) for norm in self.norms]))  # a file knows plain tuples

    @cached_property
    def zero_fraction(self) -> float:
        """Share of the weights (biases aside) that are exactly 0."""
        zeros = sum(W.size - np.count_nonzero(W) for W in self.weights)
        return float(zeros / sum(W.size for W in self.weights))

    def predict(self, X: Array) -> Array:
        """Class probabilities (n, K), or standardized targets (n,) for a regression, of inputs X (n, features)."""
        return predict(self, X)


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """All networks of a Trainer at one moment; `step` counts the steps of the one that took most."""

    step: int
    models: tuple[ModelSnapshot, ...]


def predict(model: ModelSnapshot, X: Array) -> Array:
    """What the full network (no dropout) says to standardized inputs X (n, features), in the model's own dtype.

    Class probabilities (n, K), or for a regression standardized targets (n,). Raises ValueError for a wrong shape.
    """
    x = inputs(model, X)
    network, _ = rebuild(model, x.shape[2])
    with np.errstate(all="ignore"):
        z = network.forward(x)
        answer: Array = z[0, 0] if model.split.task == "regression" else softmax(z)[0].T
    return answer


def rebuild(
    model: ModelSnapshot, n: int, *, learning: bool = False, frozen: bool = True
) -> tuple[Network, Array | None]:
    """The network of `model` for n samples, and with `learning` its gradients (1, P) to be, else None.

    It computes in the model's own dtype, without dropout and with BatchNorm's running statistics; if it is learning and
    not `frozen`, with those of the batch.
    """
    layout = ParameterLayout((len(model.weights[0]), *map(len, model.biases)), bool(model.norms))
    w = np.empty((1, layout.size), model.config.dtype)
    for W, weights, bias in zip(layout.dense(w), model.weights, model.biases, strict=True):
        W[0, :, :-1], W[0, :, -1] = weights.T, bias
    for views, norm in zip(layout.norms(w), model.norms, strict=True):
        for view, values in zip(views, norm, strict=True):
            view[0] = values
    g = np.zeros_like(w) if learning else None
    return Network(model.config, layout, model.split.task, w, n, g, frozen=frozen), g


def inputs(model: ModelSnapshot, X: Array) -> Array:
    """Standardized inputs X (n, features) as a network takes them, (1, features + 1, n). Raises ValueError."""
    features = len(model.weights[0])
    x = np.asarray(X, dtype=model.config.dtype)
    if x.ndim != 2 or x.shape[1] != features:
        raise ValueError(f"X has shape {x.shape}; {model.split.name} needs (n, {features})")
    return np.ascontiguousarray(with_ones(x).T)[None]
