"""Where weights start. Every rule scales the same standard normal draws, so starts differ in size only."""

from __future__ import annotations

from collections.abc import Callable
from math import sqrt

INITIALIZERS: dict[str, Callable[[int, int], float]] = {
    "he": lambda fan_in, fan_out: sqrt(2 / fan_in),
    "xavier": lambda fan_in, fan_out: sqrt(2 / (fan_in + fan_out)),
    "normal": lambda fan_in, fan_out: 0.01,
    "zeros": lambda fan_in, fan_out: 0.0,
}
"""Standard deviation of a weight, from the units before and after it.

he: He et al. 2015 (arXiv 1502.01852), keeps the scale through ReLU layers. xavier: Glorot & Bengio 2010, normal form.
"""
