"""Optimizers: rules that turn a gradient into a step, for M models at once.

Parameters `w` and gradients `g` are flat, `(M, P)`; rates are one per model, `(M, 1)`, or one for all, `()`. `update`
changes `w` in place and returns the step size η that each parameter was moved with, (), (M, 1) or (M, P): a proximal
penalty needs it. It is `count`, which keeps the numbers that change with every step, then `move`, which is the same
calls every time (see `recording`). `state` names the arrays that an optimizer remembers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from ..nn.recording import Do, now

if TYPE_CHECKING:
    from ..arrays import Array


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
        """One step; returns η."""
        eta = self.count(lr, momentum)
        self.move(w, g, lr, momentum)
        return eta

    def count(self, lr: Array, momentum: Array) -> Array:
        """Count one more step; returns where its η is, which for some only `move` computes."""
        return lr

    def move(self, w: Array, g: Array, lr: Array, momentum: Array, do: Do = now) -> None:
        do(np.multiply, g, lr, out=self.scratch)
        do(np.subtract, w, self.scratch, out=w)


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
        self.n, self.eta = np.zeros_like(w[:, :1]), np.empty_like(w[:, :1])
        self.rates: tuple[Array, ...] = ()  # of which n and η are final

    def keep(self, rows: Sequence[int]) -> None:
        """Go on with some of the models only."""
        super().keep(rows)
        self.n, self.eta, self.rates = self.n[rows], self.eta[rows], ()

    def move(self, w: Array, g: Array, lr: Array, momentum: Array, do: Do = now) -> None:
        do(np.multiply, self.v, momentum, out=self.v)
        do(np.add, self.v, g, out=self.v)
        do(np.multiply, self.v, lr, out=self.scratch)
        do(np.subtract, w, self.scratch, out=w)

    def count(self, lr: Array, momentum: Array) -> Array:
        """η. Once n rests at its limit, 1/(1 − μ), only new rates, which come as new arrays, change anything."""
        if not (self.rates and lr is self.rates[0] and momentum is self.rates[1]):
            n = self.n * momentum + 1
            self.rates = (lr, momentum) if np.array_equal(n, self.n) else ()
            self.n[:], self.eta[:] = n, self.weigh(lr, momentum, n)
        return self.eta

    @staticmethod
    def weigh(lr: Array, momentum: Array, n: Array) -> Array:
        eta: Array = lr * n
        return eta


class Nesterov(Momentum):
    """v ← μv + g; w ← w − lr·(g + μv), η = lr·(1 + μn): momentum that looks one step ahead (Sutskever et al. 2013)."""

    def move(self, w: Array, g: Array, lr: Array, momentum: Array, do: Do = now) -> None:
        do(np.multiply, self.v, momentum, out=self.v)
        do(np.add, self.v, g, out=self.v)
        do(np.multiply, self.v, momentum, out=self.scratch)
        do(np.add, self.scratch, g, out=self.scratch)
        do(np.multiply, self.scratch, lr, out=self.scratch)
        do(np.subtract, w, self.scratch, out=w)

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
        self.rate = np.empty_like(w[:, :1])
        self.least, self.share = np.empty((), w.dtype), np.empty((), w.dtype)

    def keep(self, rows: Sequence[int]) -> None:
        """Go on with some of the models only."""
        super().keep(rows)
        self.eta, self.rate = self.eta[rows], self.rate[rows]

    def count(self, lr: Array, momentum: Array) -> Array:
        self.n1 = self.beta1 * self.n1 + 1
        self.n2 = self.beta2 * self.n2 + 1
        root = self.n2**0.5
        np.multiply(lr, root, out=self.rate)
        self.least[()], self.share[()] = self.epsilon * root, 1 / self.n1
        return self.eta

    def move(self, w: Array, g: Array, lr: Array, momentum: Array, do: Do = now) -> None:
        eta, scratch = self.eta, self.scratch
        do(np.multiply, self.s1, self.beta1, out=self.s1)
        do(np.add, self.s1, g, out=self.s1)
        do(np.multiply, self.s2, self.beta2, out=self.s2)
        do(np.multiply, g, g, out=scratch)
        do(np.add, self.s2, scratch, out=self.s2)
        # lr/(√(s2/n2) + ε), both sides multiplied by √n2 to save a pass
        do(np.sqrt, self.s2, out=eta)
        do(np.add, eta, self.least, out=eta)
        do(np.divide, self.rate, eta, out=eta)
        do(np.multiply, eta, self.s1, out=scratch)
        do(np.multiply, scratch, self.share, out=scratch)
        do(np.subtract, w, scratch, out=w)


OPTIMIZERS: dict[str, type[SGD]] = {
    "sgd": SGD,
    "momentum": Momentum,
    "nesterov": Nesterov,
    "adam": Adam,
    "adamw": Adam,
}
"""By name. AdamW is Adam after w ← w − lr·weight_decay·w (arXiv 1711.05101), which the stack does: `decay`."""
