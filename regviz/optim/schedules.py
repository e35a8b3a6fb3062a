"""Schedules: what the learning rate is multiplied by, from the epochs finished and the Config's `epochs`."""

from __future__ import annotations

from collections.abc import Callable
from math import cos, pi


def constant(epoch: int, epochs: int) -> float:
    """1, for ever."""
    return 1.0


def cosine(epoch: int, epochs: int) -> float:
    """½(1 + cos(π·epoch/epochs)), from 1 to 0; who trains on after `epochs` stands still (arXiv 1608.03983)."""
    return 0.5 * (1 + cos(pi * min(1.0, epoch / epochs)))


def step(epoch: int, epochs: int) -> float:
    """1, then 0.1 from half of `epochs` on, and 0.01 from three quarters on."""
    return 1.0 if 2 * epoch < epochs else 0.1 if 4 * epoch < 3 * epochs else 0.01


SCHEDULES: dict[str, Callable[[int, int], float]] = {"constant": constant, "cosine": cosine, "step": step}
