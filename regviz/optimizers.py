"""Optimizers: rules that turn a gradient into a step, for M models at once.

Parameters `w` and gradients `g` are flat, `(M, P)`; rates are one per model, `(M, 1)`. `update` changes `w` in place
and returns the step size η that each parameter was moved with, (M, 1) or (M, P): a proximal penalty needs it. `state`
names the arrays that an optimizer remembers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


class SGD:
    """w ← w − ηg."""

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
    """v ← μv + g; w ← w − ηv."""

    state = ("v",)
    v: Array

    def update(self, w: Array, g: Array, lr: Array, momentum: Array) -> Array:
        np.multiply(self.v, momentum, out=self.v)
        np.add(self.v, g, out=self.v)
        return super().update(w, self.v, lr, momentum)


class Nesterov(SGD):
    """v ← μv + g; w ← w − η(g + μv). Source: Sutskever et al. 2013, in the form that looks one step ahead."""

    state = ("v",)
    v: Array

    def update(self, w: Array, g: Array, lr: Array, momentum: Array) -> Array:
        np.multiply(self.v, momentum, out=self.v)
        np.add(self.v, g, out=self.v)
        np.multiply(self.v, momentum, out=self.scratch)
        np.add(self.scratch, g, out=self.scratch)
        return super().update(w, self.scratch, lr, momentum)


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
