"""BatchNorm: every unit at mean β and standard deviation γ, whatever its inputs are like."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from .trace import traced

if TYPE_CHECKING:
    from ..arrays import Array

EPSILON = 1e-5
MOMENTUM = 0.1
"""Share of a new batch in the running statistics; both numbers are those that libraries start with."""


class Norm(NamedTuple):
    """What a BatchNorm knows of each unit of its layer, arrays (…, units).

    gamma, beta      the learned scale γ and shift β
    mean, variance   running statistics of what came in, used outside of training
    """

    gamma: Array
    beta: Array
    mean: Array
    variance: Array


class BatchNorm:
    """y = γ·x̂ + β with x̂ = (z − mean)/√(variance + ε), for each unit.

    Mean and variance are the batch's if `batch` is given, a Norm's worth of which is written there for `Running`;
    else they are the running ones, constants to the gradient. Source: Ioffe & Szegedy 2015 (arXiv 1502.03167).
    """

    def __init__(self, norm: Norm, gradient: Norm | None, batch: Array | None, shape: tuple[int, int, int]) -> None:
        """`norm` and `gradient` hold views (M, units); `batch` (M, 2, units) takes mean and variance of the batch."""
        self.gamma, self.beta, self.mean, self.variance = (traced(array[..., None]) for array in norm)
        if gradient is not None:
            self.d_gamma, self.d_beta = traced(gradient.gamma[..., None]), traced(gradient.beta[..., None])
        self.of_batch = batch is not None
        if batch is not None:
            self.mean, self.variance = traced(batch[:, 0, :, None]), traced(batch[:, 1, :, None])
        self.shape, n, dtype = shape, shape[2], norm.gamma.dtype
        self.one = np.ones((n, 1), dtype)
        self.share = np.full((n, 1), np.array(1 / n, dtype))

    def forward(self, z: Array) -> Array:
        """x̂ = `centered`/`deviation`; γ·x̂ = `scale`·`centered`. z·`share` is a mean over samples, z·`one` a sum."""
        if self.of_batch:
            self.mean[...] = z @ self.share
        self.centered = z - self.mean
        if self.of_batch:
            self.variance[...] = (self.centered * self.centered) @ self.share
        self.deviation = np.sqrt(self.variance + EPSILON)
        self.scale = self.full(self.gamma / self.deviation)
        return self.scale * self.centered + self.beta

    def backward(self, dy: Array) -> Array:
        """dγ = Σ dy·x̂, dβ = Σ dy; dz = γ/√(variance + ε)·(dy − mean(dy) − x̂·mean(dy·x̂)), the means for a batch."""
        self.d_gamma[...] = ((dy * self.centered) @ self.one) / self.deviation
        self.d_beta[...] = dy @ self.one
        if self.of_batch:
            share = 1 / self.shape[2]
            dy = dy - self.centered * (share * self.d_gamma / self.deviation) - share * self.d_beta
        return self.scale * dy

    def full(self, column: Array) -> Array:
        """A number for each unit as one for each sample of it: as large as what it multiplies, half the time."""
        return np.broadcast_to(column, self.shape).copy()

    @property
    def x_hat(self) -> Any:
        """x̂ of the last pass, (M, units, N)."""
        return self.centered / self.deviation


class Running:
    """Running means and variances of all hidden units: r ← 0.9·r + 0.1·batch, with the batch's unbiased variance."""

    def __init__(self, running: Array, n: int) -> None:
        """`running` (M, 2, units) is a view of the parameters; `batch` is where layers leave what they found."""
        self.running, self.batch = traced(running), np.zeros_like(running, subok=False, order="C")
        shares = np.array([[MOMENTUM], [MOMENTUM * n / (n - 1)]], running.dtype)
        self.share = np.broadcast_to(shares, running.shape).copy()  # as large as what it scales: half the time
        self.found = traced(self.batch)

    def update(self) -> None:
        self.running *= 1 - MOMENTUM
        self.running += self.share * self.found
