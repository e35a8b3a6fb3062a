"""BatchNorm: every unit at mean β and standard deviation γ, whatever its inputs are like."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..training.parameters import Norm
from .recording import Do, now

if TYPE_CHECKING:
    from ..arrays import Array

EPSILON = 1e-5
MOMENTUM = 0.1
"""Share of a new batch in the running statistics; both numbers are those that libraries start with."""


class BatchNorm:
    """y = γ·x̂ + β with x̂ = (z − mean)/√(variance + ε), for each unit, in place.

    Mean and variance are the batch's if `batch` is given, a Norm's worth of which is written there for `Running`;
    else they are the running ones, constants to the gradient. Source: Ioffe & Szegedy 2015 (arXiv 1502.03167).
    """

    def __init__(self, norm: Norm, gradient: Norm | None, batch: Array | None, shape: tuple[int, int, int]) -> None:
        """`norm` and `gradient` hold views (M, units); `batch` (M, 2, units) takes mean and variance of the batch."""
        dtype, n = norm.gamma.dtype, shape[2]
        self.gamma, self.beta, self.mean, self.variance = (array[..., None] for array in norm)
        if gradient is not None:
            self.d_gamma, self.d_beta = gradient.gamma[..., None], gradient.beta[..., None]
        self.of_batch = batch is not None
        if batch is not None:
            self.mean, self.variance = batch[:, 0, :, None], batch[:, 1, :, None]
        self.x_hat, self.scratch = np.empty(shape, dtype), np.empty(shape, dtype)
        self.inverse, self.average = (np.empty((*shape[:2], 1), dtype) for _ in range(2))
        self.share, self.epsilon = np.array(1 / n, dtype), np.array(EPSILON, dtype)
        self.ones, self.shares = np.ones((n, 1), dtype), np.full((n, 1), self.share)

        # As in Dense: ndarray.dot for one network, where it gives the same bits
        alone = shape[0] == 1 and n > 1
        self.product: Any = np.ndarray.dot if alone else np.matmul
        self.at: Any = 0 if alone else slice(None)
        self._mean, self._variance, self._x_hat, self._scratch = (
            array[self.at] for array in (self.mean, self.variance, self.x_hat, self.scratch)
        )
        if gradient is not None:
            self._d_gamma, self._d_beta = self.d_gamma[self.at], self.d_beta[self.at]

    def forward(self, z: Array, do: Do = now) -> None:
        if self.of_batch:
            do(self.product, z[self.at], self.shares, out=self._mean)
        do(np.subtract, z, self.mean, out=z)
        if self.of_batch:
            do(np.multiply, z, z, out=self.x_hat)
            do(self.product, self._x_hat, self.shares, out=self._variance)
        do(np.add, self.variance, self.epsilon, out=self.inverse)
        do(np.sqrt, self.inverse, out=self.inverse)
        do(np.reciprocal, self.inverse, out=self.inverse)
        do(np.multiply, z, self.inverse, out=self.x_hat)
        do(np.multiply, self.x_hat, self.gamma, out=z)
        do(np.add, z, self.beta, out=z)

    def backward(self, dy: Array, do: Do = now) -> None:
        """dγ = Σ dy·x̂, dβ = Σ dy; dz = γ/√(variance + ε)·(dy − mean(dy) − x̂·mean(dy·x̂)), the means for a batch."""
        x_hat, scratch, average = self.x_hat, self.scratch, self.average
        do(np.multiply, dy, x_hat, out=scratch)
        do(self.product, self._scratch, self.ones, out=self._d_gamma)
        do(self.product, dy[self.at], self.ones, out=self._d_beta)
        if self.of_batch:
            do(np.multiply, self.d_gamma, self.share, out=average)
            do(np.multiply, x_hat, average, out=scratch)
            do(np.subtract, dy, scratch, out=dy)
            do(np.multiply, self.d_beta, self.share, out=average)
            do(np.subtract, dy, average, out=dy)
        do(np.multiply, self.gamma, self.inverse, out=average)
        do(np.multiply, dy, average, out=dy)


class Running:
    """Running means and variances of all hidden units: r ← 0.9·r + 0.1·batch, with the batch's unbiased variance."""

    def __init__(self, running: Array, n: int) -> None:
        """`running` (M, 2, units) is a view of the parameters; `batch` is where layers leave what they found."""
        self.running, self.batch = running, np.zeros_like(running, subok=False, order="C")
        shares = np.array([[MOMENTUM], [MOMENTUM * n / (n - 1)]], running.dtype)
        self.share = np.broadcast_to(shares, running.shape).copy()  # as large as what it scales: half the time
        self.rest = np.array(1 - MOMENTUM, running.dtype)

    def update(self, do: Do = now) -> None:
        do(np.multiply, self.running, self.rest, out=self.running)
        do(np.multiply, self.batch, self.share, out=self.batch)
        do(np.add, self.running, self.batch, out=self.running)
