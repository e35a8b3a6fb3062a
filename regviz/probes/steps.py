"""Step sizes: how far a unit of gradient moves each weight, as the optimizer would have it at a frozen network."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..optim.optimizers import Adam
from ..optim.schedules import SCHEDULES
from .gradients import gradient_split, strengths

if TYPE_CHECKING:
    from ..arrays import Array
    from ..training.snapshot import ModelSnapshot

MOST_BATCHES = 4
"""Mini-batches that Adam's mean square is taken over."""


def step_sizes(model: ModelSnapshot, X: Array, y: Array) -> tuple[Array, ...]:
    """η of each layer's weights, (in, out) float64: a steady gradient g moves a weight by −ηg per step.

    SGD: lr. Momentum, Nesterov: lr/(1 − μ). Adam, AdamW: lr/(√v̂ + ε), each weight its own. What Adam remembers is not
    part of a snapshot; v̂ here is what it would settle at if the weights stood still: the mean square of the gradients
    over up to 4 mini-batches of X (n, features), y (n,), in order, without dropout. lr is the schedule's of now.
    """
    config = model.config
    lr = config.lr * SCHEDULES[config.schedule](model.epoch, config.epochs)
    if config.optimizer not in ("adam", "adamw"):
        eta = lr / (1 - config.momentum) if config.optimizer in ("momentum", "nesterov") else lr
        return tuple(np.full(W.shape, eta) for W in model.weights)
    squares = [np.zeros(W.shape) for W in model.weights]
    starts = range(0, len(X), config.batch_size)[:MOST_BATCHES]
    for start in starts:
        rows = slice(start, start + config.batch_size)
        found = gradient_split(model, X[rows], y[rows])
        for square, data, penalty in zip(squares, found.data, _in_gradient(model, found.penalty), strict=True):
            square += (np.asarray(data, np.float64) + penalty) ** 2
    return tuple(lr / (np.sqrt(square / len(starts)) + Adam.epsilon) for square in squares)


def _in_gradient(model: ModelSnapshot, penalty: tuple[Array, ...]) -> tuple[Array, ...]:
    """The part of the penalty's gradient that an optimizer sees: a proximal L1 is no part of it."""
    if model.config.l1_rule == "subgradient":
        return penalty
    lams = strengths(model, "l1")
    return tuple(pull - l1 * np.sign(W) for pull, l1, W in zip(penalty, lams, model.weights, strict=True))
