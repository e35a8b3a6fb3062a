"""Layers: a forward and a backward each, over buffers made once for a batch of N samples.

All arrays carry a model axis M in front and have units before samples: `(M, units, N)`. The outputs of a layer end
in a row of ones, `(M, units + 1, N)`, so that the next layer's bias is the last column of its weights.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


class Dense:
    """z = W·x, where x ends in a row of ones and the last column of W is the bias.

    W (M, out, in + 1) are the parameters and dW their gradient, both views that the stack owns; dW is None where
    nothing is learned (evaluation). `first` says that nobody asks for the gradient of the inputs.
    """

    def __init__(self, W: Array, dW: Array | None, n: int, *, first: bool = False) -> None:
        M, out, columns = W.shape
        self.W, self.dW, self.first = W, dW, first
        self.y = np.empty((M, out + 1, n), W.dtype)
        self.y[:, -1] = 1
        self.z = self.y[:, :-1]
        self.W_in = W[:, :, :-1].transpose(0, 2, 1)
        self.dx = np.empty((M, columns - 1, n), W.dtype) if dW is not None and not first else None

    def forward(self, x: Array) -> Array:
        """x (M, in + 1, N) → z (M, out, N)."""
        self.x = x
        return np.matmul(self.W, x, out=self.z)

    def backward(self, dz: Array) -> Array | None:
        """dW = dz·xᵀ; returns dx = Wᵀ·dz (M, in, N)."""
        np.matmul(dz, self.x.transpose(0, 2, 1), out=self.dW)
        if self.first:
            return None
        return np.matmul(self.W_in, dz, out=self.dx)


class ReLU:
    """y = max(z, 0), in place; dz = dy·[z > 0]."""

    def __init__(self, shape: tuple[int, int, int], dtype: Any) -> None:
        self.zeros = np.zeros(shape[1:], dtype)  # an array of zeros is several times faster than the number
        self.slope = np.empty(shape, dtype)

    def forward(self, z: Array) -> None:
        np.maximum(z, self.zeros, out=z)

    def differentiate(self, y: Array) -> None:
        """Keep the slope at y, before dropout changes y."""
        np.greater(y, self.zeros, out=self.slope)

    def backward(self, dy: Array) -> None:
        np.multiply(dy, self.slope, out=dy)


class Tanh:
    """y = tanh(z), in place; dz = dy·(1 − y²)."""

    def __init__(self, shape: tuple[int, int, int], dtype: Any) -> None:
        self.slope = np.empty(shape, dtype)

    def forward(self, z: Array) -> None:
        np.tanh(z, out=z)

    def differentiate(self, y: Array) -> None:
        """Keep the slope at y, before dropout changes y."""
        np.multiply(y, y, out=self.slope)
        np.subtract(1, self.slope, out=self.slope)

    def backward(self, dy: Array) -> None:
        np.multiply(dy, self.slope, out=dy)


class Dropout:
    """y ← y·mask, in place, for the models in `rows`; the mask holds 0 (dropped) or 1/(1 − p) (kept)."""

    def forward(self, y: Array, mask: Array, rows: slice) -> None:
        self.mask, self.rows = mask, rows
        y = y[rows]
        np.multiply(y, mask, out=y)

    def backward(self, dy: Array) -> None:
        dy = dy[self.rows]
        np.multiply(dy, self.mask, out=dy)


ACTIVATIONS: dict[str, type[ReLU] | type[Tanh]] = {"relu": ReLU, "tanh": Tanh}
