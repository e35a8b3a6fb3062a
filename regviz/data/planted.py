"""Planted data, tables of which one knows what matters: 5 of 25 inputs, and five copies of one signal."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray

    Drawn = tuple[NDArray[np.float64], NDArray[Any]]

EMPTY = 20
"""Inputs that say nothing."""

NAMES = ("alone 1", "alone 2", "alone 3", "pair 1", "pair 2", *(f"empty {k + 1}" for k in range(EMPTY)))
INFORMATIVE = np.arange(len(NAMES)) < len(NAMES) - EMPTY
CLASSES = ("low, signs differ", "low, signs agree", "high, signs differ", "high, signs agree")

BLUR = 0.3
"""sd of each of the pair's inputs around its two values, which are 0.95 and -0.95."""


def planted(n: int, rng: Generator) -> Drawn:
    """Return points (n, 25) of mean 0 and standard deviation 1, and their classes (n,), which come in turn (0, 1, 2, 3,
    0, …).

    The class answers two questions: whether x₁ + x₂ + x₃ > 0 (classes 2 and 3) and whether x₄·x₅ > 0 (1 and 3). x₄ and
    x₅ matter only as a product: each of them alone is independent of the class, so no look at single columns finds
    them. Two answers are worth log 4 of loss, twice as much as one, and so a strong penalty can be afforded: with two
    classes λ = 0.02 left some networks nothing but their biases. The pair are blurred signs, all others normal.
    """
    y = np.arange(n, dtype=np.int64) % len(CLASSES)
    x = rng.standard_normal((n, len(NAMES)))
    x[:, 3:5] = np.sqrt(1 - BLUR**2) * np.sign(x[:, 3:5]) + BLUR * rng.standard_normal((n, 2))
    # As likely a point as before, and its answer is the other one:
    x[(x[:, :3].sum(axis=1) > 0) != (y >= 2), :3] *= -1
    x[(x[:, 3] * x[:, 4] > 0) != (y % 2 == 1), 3] *= -1
    return x, y


COPIES, OTHERS = 5, 12
"""Inputs that say nearly the same, and inputs that say nothing."""

APART = 0.005
"""Share of a copy's variance that is its own: any two copies are correlated by 0.995."""

DOUBT = 0.8
"""sd of what is in the target and in no input."""


def twins(n: int, rng: Generator) -> Drawn:
    """Return points (n, 18) of mean 0 and standard deviation 1, and their targets (n,), s + o + doubt.

    Five inputs are copies of the signal s, each with a little noise of its own, one input is o, and the others say
    nothing. What the noise of the copies is like in a sample is chance, and so is which of them a penalty that is
    content with few inputs keeps.
    """
    s, o, doubt = rng.standard_normal((3, n))
    copies = np.sqrt(1 - APART) * s[:, None] + np.sqrt(APART) * rng.standard_normal((n, COPIES))
    return np.column_stack((copies, o, rng.standard_normal((n, OTHERS)))), s + o + DOUBT * doubt


class Planted(NamedTuple):
    """A table that is drawn: how, what its inputs and classes are called, and which inputs say something."""

    draw: Callable[[int, Generator], Drawn]
    feature_names: tuple[str, ...]
    class_names: tuple[str, ...]
    informative: NDArray[np.bool_]


TWINS = (*(f"copy {k + 1}" for k in range(COPIES)), "other", *(f"empty {k + 1}" for k in range(OTHERS)))

PLANTED = {
    "planted": Planted(planted, NAMES, CLASSES, INFORMATIVE),
    "twins": Planted(twins, TWINS, (), np.arange(len(TWINS)) <= COPIES),
}
"""The tables that are drawn, by the name of the data set."""
