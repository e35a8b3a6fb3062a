"""What is noted of networks while many of them train, and how a worker trains a stack of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from regviz import Config, Trainer
from regviz.arrays import Floats
from regviz.training.snapshot import ModelSnapshot

LOOKS = 20
"""How often a grid is measured while it trains: measuring costs as much as ten steps on the default data."""

MEASURED = ("train_loss", "val_loss", "zeros", "val_score")
"""What is noted of a network at each look."""


def stride_of(epochs: int) -> int:
    """Return epochs between two looks: the largest divisor that still gives `LOOKS` of them, so that the last one
    counts.
    """
    return max(k for k in range(1, max(1, epochs // LOOKS) + 1) if epochs % k == 0)


def numbers_of(model: ModelSnapshot) -> tuple[float, float, float, float]:
    """Return `MEASURED` of a network as it is; NaN if it has diverged."""
    if model.state == "diverged":
        return np.nan, np.nan, np.nan, np.nan
    history, row = model.history, model.row
    train, val, score = (float(history[name][row]) for name in ("train_loss", "val_loss", "val_score"))
    return train, val, model.zero_fraction, score


def trained(
    epochs: int, stride: int, measure_every: int, configs: Sequence[Config]
) -> tuple[Floats, list[ModelSnapshot]]:
    """Return what a worker does with a stack: `MEASURED` at every look (looks, 4, n), and the networks without their
    data.
    """
    trainer = Trainer(configs, measure_every=measure_every)
    numbers: list[list[tuple[float, ...]]] = []
    for epoch in range(stride, epochs + 1, stride):
        trainer.advance(epochs=stride)
        models = seen(trainer, last=epoch == epochs)
        if not numbers:
            numbers.append([started(model) for model in models])
        numbers.append([numbers_of(model) for model in models])
    nothing: Any = None
    return np.array(numbers).transpose(0, 2, 1), [replace(model, split=nothing) for model in models]


def seen(trainer: Trainer, *, last: bool) -> tuple[ModelSnapshot, ...]:
    """Return the networks as they are, or as they end."""
    return (trainer.final() if last else trainer.snapshot()).models


def started(model: ModelSnapshot) -> tuple[float, float, float, float]:
    """Return `MEASURED` of a network before its training; no weight is 0 then but where all start there."""
    first = (float(model.history[name][0]) for name in ("train_loss", "val_loss", "val_score"))
    train, val, score = first
    return train, val, 0.0, score
