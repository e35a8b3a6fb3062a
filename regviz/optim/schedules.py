"""Schedules: what the learning rate is multiplied by, from the epochs finished and the Config's `epochs`."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil, cos, pi
from typing import NamedTuple

from ..language import en
from ..registry import Registry


class Schedule(NamedTuple):
    """A rule for the learning rate: `factor(epoch, epochs)`; `torch` makes the same `scheduler`, empty for none."""

    name: str
    title: str
    torch: str
    factor: Callable[[int, int], float]


def constant(epoch: int, epochs: int) -> float:
    """Return 1 throughout."""
    return 1.0


def cosine(epoch: int, epochs: int) -> float:
    """Compute ½(1 + cos(π·epoch/epochs)), from 1 down to 0, and 0 after `epochs` (arXiv 1608.03983)."""
    return 0.5 * (1 + cos(pi * min(1.0, epoch / epochs)))


def step(epoch: int, epochs: int) -> float:
    """Return 1, then 0.1 from half of `epochs` on, and 0.01 from three quarters on."""
    return (1.0, 0.1, 0.01)[sum(epoch >= milestone for milestone in milestones(epochs))]


def milestones(epochs: int) -> tuple[int, int]:
    """Return the epochs at which `step` divides the learning rate by ten."""
    return ceil(epochs / 2), ceil(3 * epochs / 4)


SCHEDULES: Registry[Schedule] = Registry(
    "schedule",
    [
        (rule.name, rule)
        for rule in (
            Schedule("constant", en("constant"), "", constant),
            Schedule(
                "cosine",
                en("cosine"),
                "scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max={epochs})",
                cosine,
            ),
            Schedule(
                "step",
                en("step"),
                "scheduler = torch.optim.lr_scheduler.MultiStepLR(optimizer, milestones={milestones}, gamma=0.1)",
                step,
            ),
        )
    ],
)
"""Every schedule by name."""


def rate(lr: float, schedule: str, epoch: int, epochs: int) -> float:
    """Return the learning rate after `epoch` epochs of `epochs`."""
    return lr * SCHEDULES[schedule].factor(epoch, epochs)
