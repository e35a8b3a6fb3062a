"""Constraints on weights (max-norm) and on gradients (clipping), for M models with a limit of their own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..nn.trace import traced
from ..spans import span

if TYPE_CHECKING:
    from ..arrays import Array


EPSILON = 1e-6
"""What PyTorch's `clip_grad_norm_` adds to a length before it divides by it."""


class GradientClip:
    """No model's gradient g, over all its parameters, is longer than c: g ← g·min(1, c/‖g‖) (Pascanu et al. 2013).

    `limits` holds c of each model, None for no limit.
    """

    def __init__(self, limits: Sequence[float | None], dtype: Any) -> None:
        self.rows = span([limit or 0.0 for limit in limits])
        self.limit = np.array([[limit or 1.0] for limit in limits[self.rows]], dtype)
        self.least = np.array([[limit is None] for limit in limits[self.rows]], dtype)  # 1 without a limit, else 0

    def clip(self, g: Array) -> None:
        """Shorten what is too long of gradients (M, P), in place."""
        if self.rows.stop:
            long = g[self.rows]
            length = np.linalg.norm(long, axis=1, keepdims=True)
            long *= np.maximum(np.minimum(self.limit / (length + EPSILON), 1), self.least)


class MaxNorm:
    """No unit's incoming weights w are longer than c: w ← w·min(1, c/‖w‖), biases aside (Srivastava et al. 2014).

    `limits` holds c of each model, None for no limit; `layers` each Dense's (M, out, in + 1) weights.
    """

    def __init__(self, limits: Sequence[float | None], layers: Sequence[Array]) -> None:
        self.rows = span([limit or 0.0 for limit in limits])
        self.active = self.rows.stop > 0
        dtype, limited = layers[0].dtype, limits[self.rows]
        self.limit = np.array([limit or 1.0 for limit in limited], dtype)[:, None, None]
        self.least = np.array([limit is None for limit in limited], dtype)[:, None, None]  # 1 without a limit, else 0
        self.shortest = np.maximum(self.limit, np.finfo(dtype).tiny)  # a limit may be 0 in float32, and so a length
        self.layers = [traced(W[self.rows, :, :-1]) for W in layers if self.active]

    def project(self) -> None:
        """Shorten what is too long, in place."""
        for W in self.layers:
            length = np.linalg.norm(W, axis=2, keepdims=True)
            W *= np.maximum(self.limit / np.maximum(length, self.shortest), self.least)
