"""Step sizes: how far a unit of gradient moves each weight, as the optimizer would have it at a frozen network."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..optim.constraints import GradientClip
from ..optim.penalties import is_proximal, used
from ..optim.schedules import rate
from .gradients import learned, penalty_gradient

if TYPE_CHECKING:
    from ..arrays import Array
    from ..training.snapshot import ModelSnapshot

MOST_BATCHES = 4
"""Mini-batches that mean squares are taken over."""


def step_sizes(model: ModelSnapshot, X: Array, y: Array) -> tuple[Array, ...]:
    """Compute η of each layer's weights, (in, out) float64: a steady gradient g moves a weight by −ηg per step.

    SGD: lr. Momentum, Nesterov: lr/(1 − μ). Adam, AdamW, RMSprop: lr/(√v + ε), each weight its own. What an optimizer
    remembers is not part of a snapshot; v here is what it would settle at if the weights stood still: the mean square
    of the gradients over up to 4 mini-batches of X (n, features), y (n,), in order, without dropout. lr is the
    schedule's of now.
    """
    config = model.config
    rule = model.optimizer
    lr = rate(config.lr, config.schedule, model.epoch, config.epochs)
    squares = _mean_squares(model, X, y) if rule.adaptive else [np.zeros(W.shape) for W in model.weights]
    return tuple(np.broadcast_to(rule.steady_step(lr, config.momentum, v), v.shape).astype(np.float64) for v in squares)


def _mean_squares(model: ModelSnapshot, X: Array, y: Array) -> list[Array]:
    """Mean squares of the gradients that the optimizer sees: clipped, and without those of proximal penalties."""
    config = model.config
    seen = [member for member in used(config).values() if not is_proximal(config, member)]
    penalty = penalty_gradient(model, seen)
    clip = GradientClip([config.clip_norm], np.float64)
    squares = [np.zeros(W.shape) for W in model.weights]
    starts = range(0, len(X), config.batch_size)[:MOST_BATCHES]
    for start in starts:
        rows = slice(start, start + config.batch_size)
        _, network = learned(model, X[rows], y[rows])
        g = network.g.astype(np.float64)
        gradients = [W[0, :, :-1].T for W in network.layout.dense(g)]
        for gradient, of_penalty in zip(gradients, penalty, strict=True):
            gradient += of_penalty
        clip.clip(g)
        for square, gradient in zip(squares, gradients, strict=True):
            square += gradient**2
    return [square / len(starts) for square in squares]
