"""Constraints on weights: max-norm, for M models with a limit of their own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ..nn.recording import Do, now
from ..spans import span

if TYPE_CHECKING:
    from ..arrays import Array


class MaxNorm:
    """No unit's incoming weights w are longer than c: w ← w·min(1, c/‖w‖), biases aside (Srivastava et al. 2014).

    `limits` holds c of each model, None for no limit; `layers` each Dense's (M, out, in + 1) weights.
    """

    def __init__(self, limits: Sequence[float | None], layers: Sequence[Array]) -> None:
        self.rows = span([limit or 0.0 for limit in limits])
        self.active = self.rows.stop > 0
        dtype, limited = layers[0].dtype, limits[self.rows]
        self.limit = np.array([limit or 1.0 for limit in limited], dtype)[:, None, None]
        self.least = np.array([limit is None for limit in limited], dtype)[:, None, None]
        weights = [W[self.rows, :, :-1] for W in layers]
        self.layers = [(W, np.empty(W.shape, dtype), np.empty((*W.shape[:2], 1), dtype)) for W in weights]

    def project(self, do: Do = now) -> None:
        """Shorten what is too long, in place."""
        for W, scratch, share in self.layers:
            do(np.multiply, W, W, out=scratch)
            do(np.add.reduce, scratch, 2, None, share, True)  # axis, dtype, out, keepdims
            do(np.sqrt, share, out=share)
            do(np.maximum, share, self.limit, out=share)
            do(np.divide, self.limit, share, out=share)
            do(np.maximum, share, self.least, out=share)  # 1 for a model without a limit
            do(np.multiply, W, share, out=W)
