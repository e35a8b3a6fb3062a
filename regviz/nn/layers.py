"""Layers: a forward and a backward each, over buffers made once for a batch of N samples.

`forward` keeps what `backward` needs, if the layer was made for learning. Both hand calls to `do`, see `recording`.

All arrays carry a model axis M in front and have units before samples: `(M, units, N)`. The outputs of a layer end
in a row of ones, `(M, units + 1, N)`, so that the next layer's bias is the last column of its weights.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from .recording import Do, now

if TYPE_CHECKING:
    from ..arrays import Array


class Layer(Protocol):
    """What follows a Dense in a block: works in place on outputs z and gradients dy, both (M, units, N)."""

    def forward(self, z: Array, do: Do = now) -> None: ...

    def backward(self, dy: Array, do: Do = now) -> None: ...


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
        # What follows works on z in place, and NumPy takes several times as long with arrays that have gaps.
        self.above = self.y[:, :-1]
        self.z = self.above if M == 1 else np.empty((M, out, n), W.dtype)
        self.dx = np.empty((M, columns - 1, n), W.dtype) if dW is not None and not first else None
        self.x: Any = None

        # One network needs no stack of matrices, and ndarray.dot has a third of np.matmul's overhead. With vectors the
        # two call different parts of BLAS, whose last bits differ.
        alone = M == 1 and min(out, columns - 1, n) > 1
        self.product: Any = np.ndarray.dot if alone else np.matmul
        self.at: Any = 0 if alone else slice(None)
        W_in = W[:, :, :-1].transpose(0, 2, 1)
        factors = (W, W_in, self.z, dW, self.dx)
        self._W, self._W_in, self._z, self._dW, self._dx = (None if a is None else a[self.at] for a in factors)

    def forward(self, x: Array, do: Do = now) -> Array:
        """x (M, in + 1, N) → z (M, out, N)."""
        self.x = x
        do(self.product, self._W, x[self.at], out=self._z)
        return self.z

    def outputs(self, do: Do = now) -> Array:
        """What the next layer is fed, (M, out + 1, N): z, as what follows has left it, above the row of ones."""
        if self.z is not self.above:
            do(np.copyto, self.above, self.z)
        return self.y

    def backward(self, dz: Array, do: Do = now) -> Array | None:
        """dW = dz·xᵀ; returns dx = Wᵀ·dz (M, in, N)."""
        dz, xT = dz[self.at], self.x.transpose(0, 2, 1)[self.at]
        do(self.product, dz, xT, out=self._dW)
        if not self.first:
            do(self.product, self._W_in, dz, out=self._dx)
        return self.dx


class Drops:
    """What drops outputs, if it is told to.

    `kept` (rows, units, N) says which outputs stay, None is idle; what stays is multiplied by `scale`, 1/(1 − p) of
    each model or of all; `rows` says which models that is for, if not for all.
    """

    kept: Array | None = None
    scale: Any = 1
    rows = slice(0, 0)


class Dropout(Drops):
    """y = z·mask, in place, where the mask is the scale where an output is kept and 0 where it is dropped."""

    mask: Array | None = None

    def forward(self, z: Array, do: Do = now) -> None:
        if self.kept is not None:
            if len(self.kept) < len(z):
                z = z[self.rows]
            if self.mask is None or self.mask.shape != z.shape:
                self.mask = np.empty_like(z)
            do(np.copyto, self.mask, self.kept)
            do(np.multiply, self.mask, self.scale, out=self.mask)
            do(np.multiply, z, self.mask, out=z)

    def backward(self, dy: Array, do: Do = now) -> None:
        if self.kept is not None and self.mask is not None:
            if len(self.kept) < len(dy):
                dy = dy[self.rows]
            do(np.multiply, dy, self.mask, out=dy)
