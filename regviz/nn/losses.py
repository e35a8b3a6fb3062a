"""Losses: the mean over a batch, its gradient, and the score a person reads.

Outputs are `(M, K, N)`: one column per sample. Penalties are no part of a loss. `gradient` is an equation that can be
traced.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from ..arrays import Array


class CrossEntropy:
    """Softmax cross-entropy: the mean over samples of −log p[class], p = softmax(z)."""

    @staticmethod
    def gradient(z: Array, y: Array) -> Array:
        """dz = (softmax(z) − y)/N for one-hot y (M or 1, K, N)."""
        return (softmax(z) - y) * (1 / z.shape[2])

    @staticmethod
    def measure(z: Array, y: Array, parts: Sequence[slice]) -> list[tuple[Array, Array]]:
        """(loss, accuracy) of each part of the samples, both (M,), for classes y (M or 1, N)."""
        top = z.max(axis=1)
        total = np.exp(z - top[:, None]).sum(axis=1)
        of_class = np.take_along_axis(z, y[:, None], axis=1)[:, 0]
        losses = np.log(total) + top - of_class
        right = z.argmax(axis=1) == y
        return [(_mean(losses[:, part]), _mean(right[:, part])) for part in parts]

    @staticmethod
    def targets(y: Array, K: int) -> Array:
        """One-hot rows (n, K) of classes (n,)."""
        rows: Array = np.eye(K)[y]
        return rows


class MeanSquaredError:
    """The mean over samples of (z − y)², for one output."""

    @staticmethod
    def gradient(z: Array, y: Array) -> Array:
        """dz = 2(z − y)/N for targets y (M or 1, 1, N)."""
        return (z - y) * (2 / z.shape[2])

    @staticmethod
    def measure(z: Array, y: Array, parts: Sequence[slice]) -> list[tuple[Array, Array]]:
        """(loss, R²) of each part of the samples, both (M,), for targets y (M or 1, N)."""
        errors = (z[:, 0] - y) ** 2
        losses = [_mean(errors[:, part]) for part in parts]
        return [(loss, 1 - loss / np.var(y[:, part], axis=1)) for loss, part in zip(losses, parts, strict=True)]

    @staticmethod
    def targets(y: Array, K: int) -> Array:
        """Targets (n,) as rows (n, 1)."""
        return y[:, None]


LOSSES: dict[str, type[CrossEntropy] | type[MeanSquaredError]] = {
    "classification": CrossEntropy,
    "regression": MeanSquaredError,
}


OTHER_MINUS_OWN = np.array([[[-1, 1], [1, -1]]])
"""Times two numbers: the differences, each with its own sign, in half the time of a subtraction."""


def softmax(z: Array) -> Array:
    """Probabilities p = eᶻ/Σeᶻ over the classes of outputs z (M, K, N).

    The largest z is taken off first; of two classes p = 1/(1 + e^(other z − z)), whose overflow gives p = 0 rightly.
    """
    p: Array
    if z.shape[1] == 2:
        p = 1 / (1 + np.exp(OTHER_MINUS_OWN.astype(z.dtype) @ z))
    else:
        e = np.exp(z - np.max(z, axis=1, keepdims=True))
        p = e / np.sum(e, axis=1, keepdims=True)
    return p


def _mean(samples: Array) -> Array:
    means: Array = samples.mean(axis=1, dtype=np.float64)
    return means
