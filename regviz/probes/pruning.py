"""Pruning: a trained network without its smallest weights, as it stands, without training on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ..training.snapshot import ModelSnapshot
from .ablation import Measured, measure

if TYPE_CHECKING:
    from ..arrays import Array


def prune(model: ModelSnapshot, share: float) -> ModelSnapshot:
    """Return a copy of `model` whose smallest weights are 0: a `share` (0…1) of all its weights, in whatever layer they
    are.

    Biases and norms stay; of weights that are equally small the first ones go. Raises ValueError for another share.
    Source: LeCun, Denker & Solla 1990, as the method that theirs is compared with.
    """
    if not 0 <= share <= 1:
        raise ValueError(f"share={share} is not possible: a share of all weights is from 0 to 1. Try 0.7.")
    flat = np.concatenate([W.ravel() for W in model.weights])
    sizes = np.abs(flat)
    gone = np.argsort(sizes, kind="stable")[: round(share * len(flat))]
    flat[gone] = 0
    weights, start = [], 0
    for W in model.weights:
        weights.append(flat[start : start + W.size].reshape(W.shape))
        weights[-1].flags.writeable = False
        start += W.size
    return replace(model, weights=tuple(weights))


def pruned(model: ModelSnapshot, X: Array, y: Array, shares: Sequence[float]) -> list[Measured]:
    """Return loss and score on X (n, features), y (n,) with each share of the smallest weights deleted, see `prune`."""
    found = []
    for share in shares:
        its = prune(model, share)
        with np.errstate(all="ignore"):
            found.append(measure(its, X, y))
    return found
