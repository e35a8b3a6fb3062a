"""Activations: y = f(z), in place, and dz = dy·f′(z). The slope is kept in `forward`, if it will be asked for."""

from __future__ import annotations

from math import pi, sqrt
from typing import TYPE_CHECKING, Any

import numpy as np

from .layers import Drops
from .recording import Do, now

if TYPE_CHECKING:
    from ..arrays import Array


class Activation:
    """Buffers for z of `shape` (M, units, N); `slope` is None for one that only evaluates."""

    name = title = torch = ""

    def __init__(self, shape: tuple[int, ...], dtype: Any, learning: bool = True) -> None:
        self.slope = np.empty(shape, dtype) if learning else None

    def forward(self, z: Array, do: Do = now) -> None:
        raise NotImplementedError

    def backward(self, dy: Array, do: Do = now) -> None:
        assert self.slope is not None, "only a network with gradients learns"
        do(np.multiply, dy, self.slope, out=dy)


class ReLU(Activation):
    """y = max(z, 0), slope [z > 0]."""

    name = "relu"
    title = "ReLU"
    torch = "nn.ReLU()"

    def __init__(self, shape: tuple[int, ...], dtype: Any, learning: bool = True) -> None:
        super().__init__(shape, dtype, learning)
        self.zero = np.array(0, dtype)
        self.zeros = np.zeros(shape, dtype)  # NumPy compares with a number faster, but takes the larger of it slower
        self.above = np.empty(shape, bool)

    def forward(self, z: Array, do: Do = now) -> None:
        if self.slope is not None:
            do(np.greater, z, self.zero, out=self.above)
            do(np.copyto, self.slope, self.above)  # in two steps, or NumPy converts piece by piece
        do(np.maximum, z, self.zeros, out=z)


class DroppedReLU(Drops, ReLU):
    """ReLU and dropout in one, in whichever order: y = z·slope, the slope being the scale where z > 0 is kept, else 0.

    For learning only. Two layers one after the other would go over all outputs twice as often.
    """

    def forward(self, z: Array, do: Do = now) -> None:
        assert self.slope is not None, "only a network with gradients learns"
        above, slope, kept = self.above, self.slope, self.kept
        if kept is not None and len(kept) < len(z):
            above, slope = above[self.rows], slope[self.rows]
        do(np.greater, z, self.zero, out=self.above)
        if kept is not None:
            do(np.bitwise_and, above, kept, out=above)
        do(np.copyto, self.slope, self.above)
        if kept is not None:
            do(np.multiply, slope, self.scale, out=slope)
        do(np.multiply, z, self.slope, out=z)


class LeakyReLU(Activation):
    """y = max(z, z/100), slope 1 above 0 and 1/100 below (Maas et al. 2013)."""

    name = "leaky_relu"
    title = "leaky ReLU"
    torch = "nn.LeakyReLU(0.01)"

    leak = 0.01

    def __init__(self, shape: tuple[int, ...], dtype: Any, learning: bool = True) -> None:
        super().__init__(shape, dtype, learning)
        self.zeros, self.leaks = np.zeros(shape[1:], dtype), np.full(shape[1:], self.leak, dtype)
        self.scratch = np.empty(shape, dtype)

    def forward(self, z: Array, do: Do = now) -> None:
        if self.slope is not None:
            do(np.greater, z, self.zeros, out=self.slope)
            do(np.maximum, self.slope, self.leaks, out=self.slope)
        do(np.multiply, z, self.leak, out=self.scratch)
        do(np.maximum, z, self.scratch, out=z)


class Tanh(Activation):
    """y = tanh(z), slope 1 − y²."""

    name = "tanh"
    title = "tanh"
    torch = "nn.Tanh()"

    def forward(self, z: Array, do: Do = now) -> None:
        do(np.tanh, z, out=z)
        if self.slope is not None:
            do(np.multiply, z, z, out=self.slope)
            do(np.subtract, 1, self.slope, out=self.slope)


class Sigmoid(Activation):
    """y = 1/(1 + e⁻ᶻ), slope y(1 − y); computed as ½(1 + tanh(z/2)), which never overflows."""

    name = "sigmoid"
    title = "sigmoid"
    torch = "nn.Sigmoid()"

    def forward(self, z: Array, do: Do = now) -> None:
        do(np.multiply, z, 0.5, out=z)
        do(np.tanh, z, out=z)
        do(np.add, z, 1, out=z)
        do(np.multiply, z, 0.5, out=z)
        if self.slope is not None:
            do(np.subtract, 1, z, out=self.slope)
            do(np.multiply, self.slope, z, out=self.slope)


class GELU(Activation):
    """y = ½z(1 + tanh u) with u = √(2/π)(z + 0.044715z³): the tanh form (Hendrycks & Gimpel 2016, arXiv 1606.08415).

    Slope ½(1 + t) + ½z(1 − t²)u′ with t = tanh u. NumPy has no error function for the exact form, which differs from
    this one by less than 0.0005.
    """

    name = "gelu"
    title = "GELU"
    torch = 'nn.GELU(approximate="tanh")'

    cubic, scale = 0.044715, sqrt(2 / pi)

    def __init__(self, shape: tuple[int, ...], dtype: Any, learning: bool = True) -> None:
        super().__init__(shape, dtype, learning)
        self.t, self.square = np.empty(shape, dtype), np.empty(shape, dtype)

    def forward(self, z: Array, do: Do = now) -> None:
        t, square = self.t, self.square
        do(np.multiply, z, z, out=square)
        do(np.multiply, square, self.scale * self.cubic, out=t)
        do(np.add, t, self.scale, out=t)
        do(np.multiply, t, z, out=t)
        do(np.tanh, t, out=t)
        if self.slope is not None:
            # z(1 − t²)u′ = (1 − t²)(z·scale)(1 + 3·cubic·z²), then 1 + t is added and all is halved
            slope = self.slope
            do(np.multiply, square, 3 * self.scale * self.cubic, out=square)
            do(np.add, square, self.scale, out=square)
            do(np.multiply, square, z, out=square)
            do(np.multiply, t, t, out=slope)
            do(np.subtract, 1, slope, out=slope)
            do(np.multiply, slope, square, out=slope)
        do(np.add, t, 1, out=t)
        if self.slope is not None:
            do(np.add, slope, t, out=slope)
            do(np.multiply, slope, 0.5, out=slope)
        do(np.multiply, z, t, out=z)
        do(np.multiply, z, 0.5, out=z)


ACTIVATIONS: dict[str, type[Activation]] = {
    "relu": ReLU,
    "leaky_relu": LeakyReLU,
    "tanh": Tanh,
    "sigmoid": Sigmoid,
    "gelu": GELU,
}
