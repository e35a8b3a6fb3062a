"""Layers: a forward and a backward each, equations on plain or traced arrays (see `trace`).

`forward` keeps what `backward` needs. All arrays carry a model axis M in front and have units before samples:
`(M, units, N)`. What a Dense is fed ends in a row of ones, `(M, in + 1, N)`, so that its bias is the last column of its
weights.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from ..memory import aligned
from .trace import plain, traced

if TYPE_CHECKING:
    from ..arrays import Array


class Layer(Protocol):
    """What follows a Dense in a block."""

    def forward(self, z: Array) -> Array:
        """Map z (M, units, N) → y (M, units, N); may write y over z."""
        ...

    def backward(self, dy: Array) -> Array:
        """Map dy (M, units, N), the gradient of the loss at y, → dz; may write dz over dy."""
        ...


class Dense:
    """z = W·x, where x ends in a row of ones and the last column of W is the bias.

    W (M, out, in + 1) are the parameters and dW their gradient, transposed views of memory that the stack owns; dW is
    None where nothing is learned. `first` says that nobody asks for the gradient of the inputs.
    """

    def __init__(self, W: Array, dW: Array | None, n: int, *, first: bool = False) -> None:
        M, out, _ = W.shape
        self.W, self.first = traced(W), first
        self.dW: Any = None if dW is None else traced(dW)
        self.x: Any = None
        y = aligned((M, out + 1, n), W.dtype)
        y[:, -1] = 1
        self.y = traced(y)

    @property
    def outputs(self) -> Array:
        """What the block of this layer last gave, (M, out, N)."""
        return plain(self.y)[:, :-1]

    def forward(self, x: Array) -> Array:
        """Map x (M or 1, in + 1, N) → z (M, out, N)."""
        self.x = x
        return self.W @ x

    def feed(self, y: Array) -> Array:
        """Write y (M, out, N), what the rest of the block has made of z, above a row of ones: inputs of the next
        Dense.
        """
        self.y[:, :-1] = y
        return self.y

    def backward(self, dz: Array) -> Any:
        """Compute dWᵀ = x·dzᵀ; returns dx = W_inᵀ·dz (M, in, N), W_in being W without biases, or None in the first
        layer.
        """
        self.dW.mT[...] = self.x @ dz.mT
        return None if self.first else self.W[:, :, :-1].mT @ dz


class Drops:
    """What drops outputs, if it is told to.

    kept    (rows, units, N) bool, traced: which outputs stay; None is idle
    scale   1/(1 − p), which multiplies what stays: (rows, units, 1), (rows, 1, 1), or () for all alike
    rows    which models that concerns
    """

    kept: Array | None = None
    scale: Any = 1
    rows = slice(0, 0)


class Dropout(Drops):
    """y = z·mask, in place, where the mask is the scale where an output is kept and 0 where it is dropped."""

    mask: Any = None

    def forward(self, z: Array) -> Array:
        if self.kept is not None:
            self.mask = self.kept.astype(z.dtype) * self.scale
            z[self.rows] *= self.mask
        return z

    def backward(self, dy: Array) -> Array:
        if self.kept is not None:
            dy[self.rows] *= self.mask
        return dy
