"""The base class of penalties: what one must say of itself.

A penalty knows nothing but its equations: the stack gives it weights and their λ. Elementwise penalties see weights of
any shape. Group penalties see one Dense layer's weights W (…, out, in) and one λ per layer that broadcasts against
them; a group is a column of W (`groups="inputs"`: all weights that leave an input) or a row (`"units"`: all weights
that enter a unit).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np

if TYPE_CHECKING:
    from ..arrays import Array


def logarithmic(low: int, high: int, steps: tuple[float, ...] = (1, 1.5, 2, 3, 5, 7)) -> tuple[float, ...]:
    """Numbers from 10^low to 10^high, `steps` in each power of ten."""
    numbers = [float(f"{step}e{power}") for power in range(low, high) for step in steps]
    return (*numbers, float(f"1e{high}"))


class Penalty:
    """Base of all penalties: λ·Σf(w), or λ·Σ over groups of a function of a group's weights.

    name              the Config field that holds λ, as in `Config(l1=0.001)`
    title, symbol     as shown in the lab
    formula           of the penalty, and `gradient_formula` of what it adds to a weight's gradient
    help              what it does, in a few words
    stops, marks      places of the lab's slider, and those of them that have a name
    groups            None for an elementwise penalty, else "inputs" or "units"
    prox              None, or the method `prox(w, t)`: argmin over u of Σ ½(u − w)²/t + Σf(u) with t = η·λ, where η is
                      the optimizer's step size. t has a value for each weight, or one for all (or one for each group)
    torch             the value of one layer's weights W (out, in) without λ, as a PyTorch expression
    torch_prox        statements that take the proximal step in place on W, given t (a number, or a tensor like W)
    """

    name: str = ""
    title: str = ""
    symbol: str = "λ"
    formula: str = "λ·Σf(w)"
    gradient_formula: str = "λ·f′(w)"
    help: str = ""
    stops: tuple[float, ...] = (0.0, *logarithmic(-6, 0))
    marks: tuple[tuple[str, float], ...] = (("0", 0.0), ("light", 1e-3), ("strong", 0.1), ("1", 1.0))
    groups: Literal["inputs", "units"] | None = None
    prox: Any = None
    torch: str = ""
    torch_prox: str = ""

    def value(self, w: Array, lam: Array | float) -> Array:
        """λ·f of each weight, in the shape of `w`; for groups one number for each, axes kept. The caller sums."""
        raise NotImplementedError(f"{type(self).__name__} has no value")

    def gradient(self, w: Array, lam: Array | float) -> Array:
        """λ·f′ of each weight, in the shape of `w`; at a corner any subgradient."""
        raise NotImplementedError(f"{type(self).__name__} has no gradient")

    @property
    def axis(self) -> int:
        """The axis of W (…, out, in) along which a group lies."""
        return -2 if self.groups == "inputs" else -1

    def norms(self, W: Array) -> Array:
        """‖·‖₂ of each group of W (…, out, in): (…, 1, in) for inputs, (…, out, 1) for units."""
        lengths: Array = np.sqrt(np.add.reduce(W * W, axis=self.axis, keepdims=True))
        return lengths
