"""Constraints on weights: max-norm, for M models with a limit of their own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ..nn.trace import traced
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
        self.least = np.array([limit is None for limit in limited], dtype)[:, None, None]  # 1 without a limit, else 0
        self.layers = [traced(W[self.rows, :, :-1]) for W in layers if self.active]

    def project(self) -> None:
        """Shorten what is too long, in place."""
        for W in self.layers:
            length = np.linalg.norm(W, axis=2, keepdims=True)
            W *= np.maximum(self.limit / np.maximum(length, self.limit), self.least)
