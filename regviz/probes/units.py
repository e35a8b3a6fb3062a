"""Units: what each says to the next layer, how long its incoming weights are, and the way of one sample through all."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ..training.snapshot import ModelSnapshot, rebuild

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..arrays import Array

ROUNDING = 1e-6
"""What a unit may vary between samples, relative to the size of what it says, and still be dead."""

FIRST, PIECE = 256, 4096
"""Training points by which nearly every unit that lives is known, and how many are asked at a time after these."""


class Trace(NamedTuple):
    """The way of one sample, per layer of weights.

    heard          (in,) what comes in: the inputs, then what each hidden unit says
    contributions  (in, out) w·a, what each weight carries
    sums           (out,) each unit's weighted sum, before BatchNorm and activation: its contributions and its bias
    answer         (K,) class probabilities, or (1,) the standardized target
    """

    heard: tuple[Array, ...]
    contributions: tuple[Array, ...]
    sums: tuple[Array, ...]
    answer: Array


def unit_answers(model: ModelSnapshot, X: Array) -> tuple[Array, ...]:
    """Return what every hidden unit says to the next layer for X (n, features): (n, units) for each hidden layer.

    Measured as evaluation does: no dropout, BatchNorm with its running statistics. It is what the whole block gives,
    so with BatchNorm behind the activation the normalized one. Raises ValueError for inputs of another shape.
    """
    network, x = rebuild(model, X)
    with np.errstate(all="ignore"):
        network.forward(x)
    return tuple(dense.outputs[0].T for dense in network.dense[:-1])


def trace(model: ModelSnapshot, x: Array) -> Trace:
    """Return the way of one sample x (features,) through all layers, as evaluation sees it.

    Raises ValueError for inputs of another shape.
    """
    row = np.asarray(x)[None]
    heard = (np.asarray(row[0], model.config.dtype), *(layer[0] for layer in unit_answers(model, row)))
    with np.errstate(all="ignore"):
        contributions = tuple(W * a[:, None] for W, a in zip(model.weights, heard, strict=True))
        sums = tuple(a @ W + b for W, b, a in zip(model.weights, model.biases, heard, strict=True))
    return Trace(heard, contributions, sums, np.atleast_1d(np.asarray(model.predict(row)[0])))


def unit_norms(model: ModelSnapshot) -> tuple[NDArray[np.float64], ...]:
    """Compute ‖w‖₂ of each unit's incoming weights, biases aside, as max-norm has it: (units,) for each layer, outputs
    last.
    """
    with np.errstate(all="ignore"):
        return tuple(np.sqrt(np.square(W, dtype=np.float64).sum(axis=0)) for W in model.weights)


def dead_units(model: ModelSnapshot) -> tuple[NDArray[np.bool_], ...]:
    """Find the dead units, (units,) for each hidden layer: those that say the same to every training point, but for
    rounding.

    The points are asked in pieces, for as long as a unit may still be dead: where all live, the first piece tells.
    """
    X = model.split.X_train
    ends: list[tuple[Array, Array]] = []
    for begin, end in pairwise([0, *range(FIRST, len(X), PIECE), len(X)]):
        said = [(layer.min(axis=0), layer.max(axis=0)) for layer in unit_answers(model, X[begin:end])]
        if ends:
            pairs = zip(ends, said, strict=True)
            said = [(np.minimum(low, lower), np.maximum(high, higher)) for (low, high), (lower, higher) in pairs]
        ends, dead = said, tuple(_same(low, high) for low, high in said)
        if not any(layer.any() for layer in dead):
            break
    return dead


def _same(low: Array, high: Array) -> NDArray[np.bool_]:
    with np.errstate(all="ignore"):
        same: NDArray[np.bool_] = high - low <= ROUNDING * np.maximum(np.abs(low), np.abs(high))
    return same
