"""LayerNorm: every sample at mean 0 and standard deviation 1 over a layer's units, then a scale and a shift by unit."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from .trace import traced

if TYPE_CHECKING:
    from ..arrays import Array

EPSILON = 1e-5
"""The number that libraries start with."""


class Gain(NamedTuple):
    """What a LayerNorm has learned of each unit of its layer, arrays (…, units): the scale γ and the shift β."""

    gamma: Array
    beta: Array


class LayerNorm:
    """y = γ·x̂ + β with x̂ = c/σ, c = z − mean and σ = √(variance + ε), mean and variance each sample's own over units.

    It is the same in training and outside of it, and other samples of the batch do not matter. A layer of one unit has
    no spread: its x̂ is 0, and it says β to every sample. Source: Ba, Kiros & Hinton 2016 (arXiv 1607.06450).
    """

    deviation: Array
    x_hat: Array

    def __init__(self, gain: Gain, gradient: Gain | None, n: int) -> None:
        """`gain` and `gradient` hold views (M, units); the gradient is None where nothing is learned."""
        self.gamma, self.beta = (traced(array[..., None]) for array in gain)
        if gradient is not None:
            self.d_gamma, self.d_beta = (traced(array[..., None]) for array in gradient)
        self.one = np.ones((n, 1), gain.gamma.dtype)

    def forward(self, z: Array) -> Array:
        """Map z (M, units, N) → y of the same shape."""
        c = z - over_units(z)
        self.deviation = np.sqrt(over_units(c * c) + EPSILON)
        self.x_hat = c / self.deviation
        return self.gamma * self.x_hat + self.beta

    def backward(self, dy: Array) -> Array:
        """Compute dβ = Σ dy, dγ = Σ dy·x̂; dz = (d − mean(d) − x̂·mean(d·x̂))/σ with d = γ·dy, the means over units.

        dy·`one` is a sum over samples.
        """
        self.d_beta[...] = dy @ self.one
        self.d_gamma[...] = (dy * self.x_hat) @ self.one
        d = self.gamma * dy
        dz: Array = (d - over_units(d) - self.x_hat * over_units(d * self.x_hat)) / self.deviation
        return dz


def over_units(z: Array) -> Array:
    """Return means (M, 1, N) of z (M, units, N).

    No product with ones, unlike sums over samples: for one sample that is a scalar product, and some of BLAS's kernels
    add in an order that depends on where in memory a network begins.
    """
    mean: Array = np.mean(z, axis=-2, keepdims=True)
    return mean
