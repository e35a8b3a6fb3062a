"""Losses: the mean over a batch, its gradient, and the score a person reads.

Outputs are `(M, K, N)`: one column per sample. Penalties are no part of a loss. `gradient` is an equation that can be
traced. Targets may have one more row, the samples' weights w: then the mean over a batch is Σwℓ/Σw, as PyTorch's
`CrossEntropyLoss(weight=…)` has it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from ..arrays import Array


class CrossEntropy:
    """Softmax cross-entropy: the mean over samples of −log p[class], p = softmax(z)."""

    @staticmethod
    def gradient(z: Array, y: Array, smoothing: Array | None = None) -> Array:
        """Compute dz = (softmax(z) − y)/N for one-hot y (M or 1, K, N); with weights w below them, (softmax(z) −
        y)·w/Σw.

        With `smoothing` ε, (M, 1, 1) or (), the targets are (1 − ε)·y + ε/K (Szegedy et al. 2016, arXiv 1512.00567).
        """
        y, share = _shares(z, y)
        if smoothing is not None:
            y = (1 - smoothing) * y + smoothing / z.shape[1]
        return (softmax(z) - y) * share

    @staticmethod
    def measure(z: Array, y: Array, parts: Sequence[slice], w: Array | None = None) -> list[tuple[Array, Array]]:
        """Compute (loss, accuracy) of each part of the samples, both (M,), for classes y and weights w (M or 1, N)."""
        top = z.max(axis=1)
        total = np.exp(z - top[:, None]).sum(axis=1)
        of_class = np.take_along_axis(z, y[:, None], axis=1)[:, 0]
        losses = np.log(total) + top - of_class
        right = z.argmax(axis=1) == y
        return [(_mean(losses, part, w), _mean(right, part, w)) for part in parts]

    @staticmethod
    def targets(y: Array, K: int) -> Array:
        """Return one-hot rows (n, K) of classes (n,)."""
        rows: Array = np.eye(K)[y]
        return rows


class MeanSquaredError:
    """The mean over samples of (z − y)², for one output."""

    @staticmethod
    def gradient(z: Array, y: Array, smoothing: Array | None = None) -> Array:
        """Compute dz = 2(z − y)/N for targets y (M or 1, 1, N); with weights w below them, 2(z − y)·w/Σw. None is
        smoothed.
        """
        y, share = _shares(z, y)
        return (z - y) * (2 * share)

    @staticmethod
    def measure(z: Array, y: Array, parts: Sequence[slice], w: Array | None = None) -> list[tuple[Array, Array]]:
        """Compute (loss, R²) of each part of the samples, both (M,), for targets y and weights w (M or 1, N).

        Where the targets of a part never vary there is nothing to explain, and R² is NaN.
        """
        errors = (z[:, 0] - y) ** 2
        losses = [_mean(errors, part, w) for part in parts]
        return [(loss, 1 - loss / variance(y, part, w)) for loss, part in zip(losses, parts, strict=True)]

    @staticmethod
    def targets(y: Array, K: int) -> Array:
        """Return targets (n,) as rows (n, 1)."""
        return y[:, None]


LOSSES: dict[str, type[CrossEntropy] | type[MeanSquaredError]] = {
    "classification": CrossEntropy,
    "regression": MeanSquaredError,
}


OTHER_MINUS_OWN = np.array([[[-1, 1], [1, -1]]])
"""Times two numbers: the differences, each with its own sign, in half the time of a subtraction."""


def softmax(z: Array) -> Array:
    """Return probabilities p = eᶻ/Σeᶻ over the classes of outputs z (M, K, N).

    The largest z is taken off first; of two classes p = 1/(1 + e^(other z − z)), whose overflow gives p = 0 rightly.
    """
    p: Array
    if z.shape[1] == 2:
        p = 1 / (1 + np.exp(OTHER_MINUS_OWN.astype(z.dtype) @ z))
    else:
        e = np.exp(z - np.max(z, axis=1, keepdims=True))
        K = z.shape[1]
        p = e / (np.ones((K, K), z.dtype) @ e)  # each sum beside each of its terms
    return p


def log_softmax(z: Array) -> Array:
    """Return log p of outputs z (M, K, N) for p = softmax(z), finite where p is too small for a number."""
    z = z - np.max(z, axis=1, keepdims=True)
    found: Array = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    return found


def _shares(z: Array, y: Array) -> tuple[Array, Any]:
    """The targets of outputs z (M, K, N) without their row of weights, and what each sample is of the mean.

    That is 1/N, or with weights w/Σw, (M or 1, 1, N).
    """
    K = z.shape[1]
    if y.shape[1] == K:
        return y, 1 / z.shape[2]
    w = y[:, K:]
    return y[:, :K], w / np.add.reduce(w, axis=2, keepdims=True)


def _mean(samples: Array, part: slice, w: Array | None) -> Array:
    """The mean of a part of the samples (M, N), float64, weighted if there are weights w (M or 1, N)."""
    means: Array
    if w is None:
        means = samples[:, part].mean(axis=1, dtype=np.float64)
    else:
        means = (samples[:, part] * w[:, part]).sum(axis=1, dtype=np.float64) / w[:, part].sum(axis=1, dtype=np.float64)
    return means


def variance(y: Array, part: slice, w: Array | None) -> Array:
    """Return the variance of a part of the targets y (M or 1, N); NaN where they never vary."""
    of_part = y[:, part]
    if w is None:
        variance = np.var(of_part, axis=1)
    else:
        centred = y - _mean(y, part, w)[:, None]
        variance = _mean(centred * centred, part, w)
    varies = of_part.max(axis=1, initial=-np.inf) > of_part.min(axis=1, initial=np.inf)
    found: Array = np.where(varies, variance, np.nan)
    return found
