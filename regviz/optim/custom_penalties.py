"""Penalties of one's own: λΣf(w) for any f, given with its slope, then used by name like L1 and L2."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ..errors import ConfigError
from .penalties import Penalty

if TYPE_CHECKING:
    from ..arrays import Array

    Function = Callable[[Array], Array]

NONE = "none"
NAME = r"[A-Za-z][A-Za-z0-9_-]{0,39}"
TAKEN = frozenset({NONE, "l1", "l2"})

POINTS = 0.013 + np.arange(-3, 3, 0.0371)
"""Weights at which a slope is compared with the function's differences; of those, corners may meet a few."""

STEP, TOLERANCE, AGREE = 1e-5, 1e-4, 0.9


class Term(NamedTuple):
    """f and f′, both elementwise."""

    value: Function
    slope: Function


PENALTIES: dict[str, Term | None] = {NONE: None}
"""What `Config(penalty=…)` may name."""


def add_penalty(name: str, value: Function, slope: Function) -> None:
    """Add a penalty of one's own to this process: `Config(penalty=name, strength=λ)` adds λ·Σ value(w) to the loss.

    value, slope   take an array of weights of any shape and return an array of that shape: f(w) ≥ 0 and f′(w)

    Its gradient λ·slope(w) goes the optimizer's way; biases are not penalized; the history's penalty contains it. A
    process of an executor needs the same call. Raises ConfigError for a name that is not possible, for functions that
    do not return arrays of finite numbers of the same shape, and for a slope that is not the slope of `value`.
    """
    if not isinstance(name, str) or not re.fullmatch(NAME, name) or name in TAKEN:
        allowed = f"a name has letters, digits, - and _, up to 40, and is none of {', '.join(sorted(TAKEN))}"
        raise ConfigError("penalty", name, allowed, "huber")
    for what, function in (("value", value), ("slope", slope)):
        found = np.asarray(function(POINTS.copy()))
        if found.shape != POINTS.shape or found.dtype.kind not in "fiu" or not np.isfinite(found).all():
            raise ConfigError(what, function, "it takes an array and returns one of finite numbers like it", np.square)
    differences = (value(POINTS + STEP) - value(POINTS - STEP)) / (2 * STEP)
    near = np.abs(differences - slope(POINTS.copy())) <= TOLERANCE * (1 + np.abs(differences))
    if near.mean() < AGREE:
        worst = int(np.argmin(near))
        allowed = f"it is to be the slope of `value`, which at w = {POINTS[worst]:.3g} is {differences[worst]:.3g}"
        raise ConfigError("slope", float(slope(POINTS.copy())[worst]), allowed, float(differences[worst]))
    PENALTIES[name] = Term(value, slope)


def remove_penalty(name: str) -> None:
    """Forget a penalty that was added. Raises ConfigError if there is none of that name."""
    if name == NONE or name not in PENALTIES:
        known = [other for other in PENALTIES if other != NONE]
        raise ConfigError("penalty", name, "only penalties that were added can be removed", known[0] if known else NONE)
    del PENALTIES[name]


def term(name: str) -> Term:
    """A penalty that was added. Raises ConfigError where it was not, as in another process."""
    found = PENALTIES.get(name)
    if found is None:
        raise ConfigError("penalty", name, "this process does not know it; call add_penalty in it too", NONE)
    return found


class Own(Penalty):
    """λΣf(w) with the gradient λf′(w), for the models that use the penalty `name`."""

    def __init__(self, name: str, lams: Sequence[float], weights: Array) -> None:
        self.name, self.term = name, term(name)
        super().__init__(lams, weights)

    def value(self, w: Array) -> Array:
        """λΣf(w) of each model (M,)."""
        total = np.zeros(len(w))
        total[self.rows] = np.sum(self.lam * self.term.value(w[self.rows]), axis=1)
        return total

    def add_gradient(self, w: Array, g: Array) -> None:
        """g ← g + λf′(w)."""
        if self.partial:
            w, g = w[self.rows], g[self.rows]
        np.multiply(self.term.slope(w), self.lam, out=self.scratch, casting="same_kind")
        np.add(g, self.scratch, out=g)
