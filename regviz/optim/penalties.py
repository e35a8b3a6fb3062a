"""Penalties on weights: L1 and L2, for M models with a λ of their own, or one for each of their layers.

A penalty knows λ for every parameter, `lam` (M, P): a model's λ at its weights, 0 at its biases.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ..fields import PerLayer
from ..nn.recording import Do, now
from ..spans import span

if TYPE_CHECKING:
    from ..arrays import Array


class Penalty:
    """A λ per model, or per model and layer, spread over that model's weights."""

    def __init__(self, lams: Sequence[PerLayer], weights: Array) -> None:
        """`weights` (layers, P) is 1 at the weights of each layer, else 0; (P,) if layers need not be told apart."""
        self.weights = np.atleast_2d(weights)
        self.lams = list(lams)
        self._arrange()

    def set(self, row: int, lam: PerLayer) -> None:
        """Change one model's λ."""
        self.lams[row] = lam
        self._arrange()

    def keep(self, rows: Sequence[int]) -> None:
        """Go on with some of the models only."""
        self.lams = [self.lams[row] for row in rows]
        self._arrange()

    def _arrange(self) -> None:
        layers = len(self.weights)
        lams = [lam if isinstance(lam, tuple) else (lam,) * layers for lam in self.lams]
        self.rows = span([max(of_model) for of_model in lams])
        self.active = self.rows.stop > 0
        self.partial = self.rows != slice(0, len(lams))
        self.lam = np.array(lams[self.rows], self.weights.dtype).reshape(-1, layers) @ self.weights
        self.scratch, self.scratch2 = np.empty_like(self.lam), np.empty_like(self.lam)


class L2(Penalty):
    """λΣw² with the gradient 2λw (no ½, as on the slide)."""

    def _arrange(self) -> None:
        super()._arrange()
        self.twice_lam = 2 * self.lam

    def value(self, w: Array) -> Array:
        """λΣw² of each model (M,)."""
        total = np.zeros(len(w))
        total[self.rows] = np.sum(self.lam * w[self.rows] ** 2, axis=1)
        return total

    def add_gradient(self, w: Array, g: Array, do: Do = now) -> None:
        """g ← g + 2λw."""
        if self.partial:
            w, g = w[self.rows], g[self.rows]
        do(np.multiply, w, self.twice_lam, out=self.scratch)
        do(np.add, g, self.scratch, out=g)


class L1(Penalty):
    """λΣ|w|, which has a corner at 0: either follow λ·sign(w), or solve the penalty's step exactly (proximal)."""

    def value(self, w: Array) -> Array:
        """λΣ|w| of each model (M,)."""
        total = np.zeros(len(w))
        total[self.rows] = np.sum(self.lam * np.abs(w[self.rows]), axis=1)
        return total

    def add_gradient(self, w: Array, g: Array, do: Do = now) -> None:
        """g ← g + λ·sign(w). A weight jumps over 0 and hardly ever lands on it."""
        if self.partial:
            w, g = w[self.rows], g[self.rows]
        do(np.sign, w, out=self.scratch)
        do(np.multiply, self.scratch, self.lam, out=self.scratch)
        do(np.add, g, self.scratch, out=g)

    def shrink(self, w: Array, eta: Array, do: Do = now) -> None:
        """w ← argmin over u of ½(u − w)²/η + λ|u|: towards 0 by ηλ, and exactly 0 if that is farther than 0.

        eta (), (M, 1) or (M, P) is the step size that each weight was just moved with. Soft thresholding, written as
        w − clip(w, −ηλ, ηλ). Source: Parikh & Boyd, Proximal Algorithms (2014), §6.5.2.
        """
        if self.partial:
            w, eta = w[self.rows], eta[self.rows] if eta.ndim else eta
        do(np.multiply, self.lam, eta, out=self.scratch)
        do(np.minimum, w, self.scratch, out=self.scratch2)
        do(np.negative, self.scratch, out=self.scratch)
        do(np.maximum, self.scratch2, self.scratch, out=self.scratch2)
        do(np.subtract, w, self.scratch2, out=w)
