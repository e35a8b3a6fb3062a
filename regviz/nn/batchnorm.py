"""BatchNorm: every unit at mean β and standard deviation γ, whatever its inputs are like."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ..memory import aligned
from .trace import traced

if TYPE_CHECKING:
    from ..arrays import Array

EPSILON = 1e-5
MOMENTUM = 0.1
"""Share of a new batch in the running statistics; both numbers are those that libraries start with."""

FEW = 32
"""Units up to which a product with diagonal matrices is quicker than passes over all their samples."""


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
    """y = γ·x̂ + β with x̂ = c/σ, c = z − mean and σ = √(variance + ε), for each unit.

    Mean and variance are the batch's if `batch` is given, a Norm's worth of which is written there for `Running`;
    else they are the running ones, constants to the gradient. Source: Ioffe & Szegedy 2015 (arXiv 1502.03167).
    """

    def __init__(self, norm: Norm, gradient: Array | None, batch: Array | None, shape: tuple[int, int, int]) -> None:
        """`norm` holds views (M, units); `gradient` (M, 2, units) takes dγ and dβ, `batch` mean and variance."""
        self.gamma, self.beta, self.mean, self.variance = (traced(array[..., None]) for array in norm)
        if gradient is not None:
            self.gradient = traced(gradient)
            self.d_gamma, self.d_beta = traced(gradient[:, 0, :, None]), traced(gradient[:, 1, :, None])
        self.of_batch = batch is not None
        if batch is not None:
            self.mean, self.variance = traced(batch[:, 0, :, None]), traced(batch[:, 1, :, None])
        _, units, n = shape
        self.share = np.full((n, 1), 1 / max(n, 1), norm.gamma.dtype)
        self.lines = Diagonals(shape, norm.gamma.dtype) if units <= FEW else Columns(shape, norm.gamma.dtype)

    def forward(self, z: Array) -> Array:
        """Compute y = γ/σ·c + β; z·`share` is a mean over samples."""
        if self.of_batch:
            self.mean[...] = z @ self.share
        c = self.lines.keep_c(z - self.mean)
        if self.of_batch:
            self.variance[...] = (c * c) @ self.share
        self.deviation = np.sqrt(self.variance + EPSILON)
        return self.lines.up(self.gamma / self.deviation, self.beta)

    def backward(self, dy: Array) -> Array:
        """Compute dβ = Σ dy, dγ = Σ dy·x̂; dz = γ/σ·(dy − mean(dy) − x̂·mean(dy·x̂)), the means for a batch."""
        self.lines.keep_dy(dy)
        self.lines.sum_into(self.gradient)
        self.d_gamma /= self.deviation
        if not self.of_batch:
            return self.lines.scale * self.lines.dy
        return self.lines.down(self.d_gamma, self.deviation, self.d_beta)

    @property
    def x_hat(self) -> Any:
        """x̂ of the last pass, (M, units, N)."""
        return self.lines.c / self.deviation


class Diagonals:
    """Lines y = scale·c + shift, and on the way back dz = slope·c + shift + scale·dy, each unit its own; for few units.

    c and dy are (M, units, N), the others (M, units, 1). All lines are one product: of (shift, diag(scale)) and c below
    a row of ones, or of (diag(scale), shift, diag(slope)) and c below this row and dy above it. Above dy lies dy·c, so
    that the sums of both are one product too.
    """

    def __init__(self, shape: tuple[int, int, int], dtype: Any) -> None:
        M, units, n = shape
        self.minus_share = -1 / max(n, 1)
        self.one = np.ones((n, 1), dtype)
        rows = aligned((M, 3 * units + 1, n), dtype)
        rows[:, 2 * units] = 1
        self.dy_c, self.dy = traced(rows[:, :units]), traced(rows[:, units : 2 * units])
        self.c, self.dy_c_dy = traced(rows[:, -units:]), traced(rows[:, : 2 * units])
        self.one_c, self.dy_one_c = traced(rows[:, 2 * units :]), traced(rows[:, units:])
        # In turn: the shift up, diag(scale), the shift down, diag(slope).
        numbers = aligned((M, 2 * units + 2, units), dtype)
        self.shift_up, self.scale = traced(numbers[:, 0, :, None]), _diagonal(numbers[:, 1 : units + 1])
        self.shift_down, self.slope = traced(numbers[:, units + 1, :, None]), _diagonal(numbers[:, -units:])
        self.of_one_c, self.of_dy_one_c = traced(numbers[:, : units + 1].mT), traced(numbers[:, 1:].mT)

    def keep_c(self, c: Array) -> Array:
        self.c[...] = c
        return self.c

    def keep_dy(self, dy: Array) -> None:
        self.dy[...] = dy

    def up(self, scale: Array, shift: Array) -> Array:
        """Return scale·c + shift."""
        self.scale[...], self.shift_up[...] = scale, shift
        return self.of_one_c @ self.one_c

    def sum_into(self, sums: Array) -> None:
        """Write Σ dy·c and Σ dy over samples, written to `sums` (M, 2, units)."""
        self.dy_c[...] = self.dy * self.c
        sums.reshape(len(sums), -1, 1)[...] = self.dy_c_dy @ self.one

    def down(self, d_gamma: Array, deviation: Array, d_beta: Array) -> Array:
        """Return scale·(dy − dγ/N·c/σ − dβ/N)."""
        share = self.scale * self.minus_share
        self.slope[...], self.shift_down[...] = share * d_gamma / deviation, share * d_beta
        return self.of_dy_one_c @ self.dy_one_c


class Columns:
    """The same lines for many units, pass by pass, with numbers that are spread over the samples first."""

    scale: Array
    wide_scale: Array
    c: Array
    dy: Array

    def __init__(self, shape: tuple[int, int, int], dtype: Any) -> None:
        self.shape, self.minus_share = shape, -1 / max(shape[2], 1)
        self.one = np.ones((shape[2], 1), dtype)
        self.slope_shift = traced(aligned((2, *shape[:2], 1), dtype))

    def keep_c(self, c: Array) -> Array:
        self.c = c
        return c

    def keep_dy(self, dy: Array) -> None:
        self.dy = dy

    def up(self, scale: Array, shift: Array) -> Array:
        """Return scale·c + shift."""
        self.scale, self.wide_scale = scale, np.broadcast_to(scale, self.shape).copy()
        return self.wide_scale * self.c + shift

    def sum_into(self, sums: Array) -> None:
        """Write Σ dy·c and Σ dy over samples, written to `sums` (M, 2, units)."""
        sums[:, 0, :, None] = (self.dy * self.c) @ self.one
        sums[:, 1, :, None] = self.dy @ self.one

    def down(self, d_gamma: Array, deviation: Array, d_beta: Array) -> Array:
        """Return scale·(dy − dγ/N·c/σ − dβ/N)."""
        self.slope_shift[0], self.slope_shift[1] = self.minus_share * d_gamma / deviation, self.minus_share * d_beta
        wide = np.broadcast_to(self.slope_shift, (2, *self.shape)).copy()
        return (wide[0] * self.c + wide[1] + self.dy) * self.wide_scale


def _diagonal(matrix: Array) -> Array:
    """The diagonal of matrices (M, n, n) as a column (M, n, 1) to be written to."""
    return traced(np.einsum("mnn->mn", matrix)[..., None])


class Running:
    """Running means and variances of all hidden units: r ← 0.9·r + 0.1·batch, with the batch's unbiased variance."""

    def __init__(self, running: Array, n: int) -> None:
        """`running` (M, 2, units) is a view of the parameters; `batch` is where layers leave what they found."""
        M, _, units = running.shape
        found = np.zeros((M, 4, units), running.dtype)
        self.batch, self.running = found[:, :2], traced(running)
        self.found, self.before = traced(found), traced(found[:, 2:])
        new, old = np.diag((MOMENTUM, MOMENTUM * n / (n - 1))), np.diag((1 - MOMENTUM, 1 - MOMENTUM))
        self.shares = np.hstack((new, old)).astype(running.dtype)[None]

    def update(self) -> None:
        """Update both by one product: for a small network three passes would take twice as long."""
        self.before[...] = self.running
        self.running[...] = self.shares @ self.found
