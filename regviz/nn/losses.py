"""Losses: the mean over a batch, its gradient, and the score a person reads.

Outputs are `(M, K, N)`: one column per sample. Penalties are no part of a loss.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from .recording import Do, now

if TYPE_CHECKING:
    from ..arrays import Array


class CrossEntropy:
    """Softmax cross-entropy: the mean over samples of −log p[class], p = softmax(z)."""

    def __init__(self, M: int, K: int, n: int, dtype: Any) -> None:
        self.dz = np.empty((M, K, n), dtype)
        self.total = np.empty((M, K if K == 2 else 1, n), dtype)
        self.share = np.array(1 / n, dtype)

    def gradient(self, z: Array, y: Array) -> Array:
        """dz = (softmax(z) − y)/N for one-hot y (M or 1, K, N)."""
        self.forward(z)
        self.against(y)
        return self.dz

    def forward(self, z: Array, do: Do = now) -> None:
        """What of the gradient needs no targets: p = softmax(z)."""
        p, total = self.dz, self.total
        _reduce(np.maximum, z, total, do)
        do(np.subtract, z, total, out=p)
        do(np.exp, p, out=p)
        _reduce(np.add, p, total, do)
        do(np.divide, p, total, out=p)

    def against(self, y: Array, do: Do = now) -> None:
        """dz = (p − y)/N."""
        do(np.subtract, self.dz, y, out=self.dz)
        do(np.multiply, self.dz, self.share, out=self.dz)

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

    def __init__(self, M: int, K: int, n: int, dtype: Any) -> None:
        self.dz = np.empty((M, K, n), dtype)
        self.share = np.array(2 / n, dtype)

    def gradient(self, z: Array, y: Array) -> Array:
        """dz = 2(z − y)/N for targets y (M or 1, 1, N)."""
        self.forward(z)
        self.against(y)
        return self.dz

    def forward(self, z: Array, do: Do = now) -> None:
        """What of the gradient needs no targets: nothing."""
        self.z = z

    def against(self, y: Array, do: Do = now) -> None:
        """dz = 2(z − y)/N."""
        do(np.subtract, self.z, y, out=self.dz)
        do(np.multiply, self.dz, self.share, out=self.dz)

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


def _reduce(f: np.ufunc, z: Array, out: Array, do: Do) -> None:
    """f over the classes of z (M, K, N) into out (M, 1, N); for two classes (M, 2, N), the same twice.

    Two are done without a reduction's overhead, and what follows without that of broadcasting.
    """
    if z.shape[1] == 2:
        do(f, z, z[:, ::-1], out=out)
    else:
        do(f.reduce, z, 1, None, out, True)  # axis, dtype, out, keepdims


def _mean(samples: Array) -> Array:
    means: Array = samples.mean(axis=1, dtype=np.float64)
    return means
