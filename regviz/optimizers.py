"""Optimizers: rules that turn a gradient into a step, for M models at once.

Parameters `w` and gradients `g` are flat, `(M, P)`; rates are one per model, `(M, 1)`, or one for all, `()`. `update`
changes `w` in place and returns the step size η that each parameter was moved with, (), (M, 1) or (M, P): a proximal
penalty needs it. `state` names the arrays that an optimizer remembers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

import numpy as np

if TYPE_CHECKING:
    from .arrays import Array


class SGD:
    """w ← w − ηg with η = lr."""

    state: ClassVar[tuple[str, ...]] = ()

    def __init__(self, w: Array) -> None:
        self.scratch = np.empty_like(w)
        for name in self.state:
            setattr(self, name, np.zeros_like(w))

    def keep(self, rows: Sequence[int]) -> None:
        """Go on with some of the models only."""
        for name in ("scratch", *self.state):
            setattr(self, name, getattr(self, name)[rows])

    def update(self, w: Array, g: Array, lr: Array, momentum: Array) -> Array:
        np.multiply(g, lr, out=self.scratch)
        np.subtract(w, self.scratch, out=w)
        return lr


class Momentum(SGD):
    """v ← μv + g; w ← w − lr·v.

    The gradients in v weigh n ← μn + 1 in all, so v is n times a mean gradient and η = lr·n. With η = lr, as if v
    were one gradient, a proximal penalty would settle where it is (1 − μ) times as strong as it says.
    """

    state = ("v",)
    v: Array
    eta: Array

    def __init__(self, w: Array) -> None:
        super().__init__(w)
        self.n = np.zeros_like(w[:, :1])
        self.rates: tuple[Array, ...] = ()  # of which n and η are final

    def keep(self, rows: Sequence[int]) -> None:
        """Go on with some of the models only."""
        super().keep(rows)
        self.n, self.rates = self.n[rows], ()

    def update(self, w: Array, g: Array, lr: Array, momentum: Array) -> Array:
        np.multiply(self.v, momentum, out=self.v)
        np.add(self.v, g, out=self.v)
        np.multiply(self.v, lr, out=self.scratch)
        np.subtract(w, self.scratch, out=w)
        return self.step_size(lr, momentum)

    def step_size(self, lr: Array, momentum: Array) -> Array:
        """η. Once n rests at its limit, 1/(1 − μ), only new rates, which come as new arrays, change anything."""
        if not (self.rates and lr is self.rates[0] and momentum is self.rates[1]):
            n = self.n * momentum + 1
            self.rates = (lr, momentum) if np.array_equal(n, self.n) else ()
            self.n, self.eta = n, self.weigh(lr, momentum, n)
        return self.eta

    @staticmethod
    def weigh(lr: Array, momentum: Array, n: Array) -> Array:
        eta: Array = lr * n
        return eta


class Nesterov(Momentum):
    """v ← μv + g; w ← w − lr·(g + μv), η = lr·(1 + μn): momentum that looks one step ahead (Sutskever et al. 2013)."""

    def update(self, w: Array, g: Array, lr: Array, momentum: Array) -> Array:
        np.multiply(self.v, momentum, out=self.v)
        np.add(self.v, g, out=self.v)
        np.multiply(self.v, momentum, out=self.scratch)
        np.add(self.scratch, g, out=self.scratch)
        np.multiply(self.scratch, lr, out=self.scratch)
        np.subtract(w, self.scratch, out=w)
        return self.step_size(lr, momentum)

    @staticmethod
    def weigh(lr: Array, momentum: Array, n: Array) -> Array:
        eta: Array = lr * (1 + momentum * n)
        return eta


class Adam(SGD):
    """w ← w − η·m̂ with η = lr/(√v̂ + ε). Source: Kingma & Ba 2015 (arXiv 1412.6980).

    m̂ and v̂ are means of g and g² that forget by β₁ and β₂: sums s ← βs + g over their weights n ← βn + 1. That is
    the paper's bias-corrected moment, since (1 − βᵗ)/(1 − β) = n.
    """

    state = ("s1", "s2")
    beta1, beta2, epsilon = 0.9, 0.999, 1e-8
    s1: Array
    s2: Array

    def __init__(self, w: Array) -> None:
        super().__init__(w)
        self.n1 = self.n2 = 0.0
        self.eta = np.empty_like(w)

    def keep(self, rows: Sequence[int]) -> None:
        """Go on with some of the models only."""
        super().keep(rows)
        self.eta = self.eta[rows]

    def update(self, w: Array, g: Array, lr: Array, momentum: Array) -> Array:
        eta, scratch = self.eta, self.scratch
        self.n1 = self.beta1 * self.n1 + 1
        self.n2 = self.beta2 * self.n2 + 1
        np.multiply(self.s1, self.beta1, out=self.s1)
        np.add(self.s1, g, out=self.s1)
        np.multiply(self.s2, self.beta2, out=self.s2)
        np.multiply(g, g, out=scratch)
        np.add(self.s2, scratch, out=self.s2)
        # lr/(√(s2/n2) + ε), both sides multiplied by √n2 to save a pass
        root = self.n2**0.5
        np.sqrt(self.s2, out=eta)
        np.add(eta, self.epsilon * root, out=eta)
        np.divide(lr * root, eta, out=eta)
        np.multiply(eta, self.s1, out=scratch)
        np.multiply(scratch, 1 / self.n1, out=scratch)
        np.subtract(w, scratch, out=w)
        return eta


OPTIMIZERS: dict[str, type[SGD]] = {
    "sgd": SGD,
    "momentum": Momentum,
    "nesterov": Nesterov,
    "adam": Adam,
    "adamw": Adam,
}
"""By name. AdamW is Adam after w ← w − lr·weight_decay·w (arXiv 1711.05101), which the stack does: `decay`."""
