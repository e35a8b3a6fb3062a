"""Ablation: networks without some of their units, one at a time, several at once, or a random share of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ..fields import PerLayer, by_layer
from ..nn.losses import LOSSES, log_softmax
from ..training.snapshot import ModelSnapshot, outputs, rebuild

if TYPE_CHECKING:
    from ..arrays import Array
    from ..training.network import Network


class Ablation(NamedTuple):
    """Mean loss and score without one hidden unit, an array (units,) for each hidden layer, and with all of them."""

    loss: tuple[Array, ...]
    score: tuple[Array, ...]
    full_loss: float
    full_score: float


class Measured(NamedTuple):
    """Mean loss, and score: accuracy, or R² for a regression."""

    loss: float
    score: float


class SubNetworks(NamedTuple):
    """Mean loss and score of K sub-networks (K,), of the average of their predictions, and of the full network."""

    loss: Array
    score: Array
    average_loss: float
    average_score: float
    full_loss: float
    full_score: float


def ablate(model: ModelSnapshot, X: Array, y: Array, units: Mapping[int, Iterable[int]] | None = None) -> Ablation:
    """Return loss and score on X (n, features), y (n,) with each hidden unit removed, one at a time.

    A unit is removed by giving the next layer 0 in its place. `units` are those to be removed, by hidden layer (the
    first is 0): the arrays follow their order and are empty for other layers. None removes every one.
    """
    network, x = rebuild(model, X)
    with np.errstate(all="ignore"):
        full = measured(model, network.forward(x), y)
        found = []
        for k, dense in enumerate(network.dense[:-1]):
            network.forward(x)
            of_layer: list[tuple[float, float]] = []
            of_units = dense.outputs
            for unit in range(of_units.shape[1]) if units is None else units.get(k, ()):
                output = of_units[:, unit].copy()
                of_units[:, unit] = 0
                of_layer.append(measured(model, network.forward(dense.y, since=k + 1), y))
                of_units[:, unit] = output
            found.append(np.array(of_layer).reshape(-1, 2))
    return Ablation(tuple(a[:, 0] for a in found), tuple(a[:, 1] for a in found), *full)


def without(model: ModelSnapshot, X: Array, y: Array, units: Mapping[int, Iterable[int]]) -> Measured:
    """Return loss and score on X (n, features), y (n,) with several hidden units removed at once.

    `units` are those removed, by hidden layer (the first is 0); an empty mapping asks for the full network.
    """
    network, x = rebuild(model, X)
    for layer, removed in units.items():
        network.dense[layer + 1].W[:, :, list(removed)] = 0
    with np.errstate(all="ignore"):
        return measured(model, network.forward(x), y)


def sub_networks(model: ModelSnapshot, X: Array, y: Array, K: int, rate: PerLayer, seed: int) -> SubNetworks:
    """Return K networks that each lack a random share `rate` of the hidden units, the rest scaled by 1/(1 − rate).

    A tuple has a rate for each hidden layer.

    Each has one mask for all of X (n, features): it is one of the networks that dropout trains. Their average is that
    of the probabilities (or of the regression's targets). Raises ValueError for a rate outside of [0, 1) or K < 1.
    """
    depth = len(model.biases) - 1
    rates = by_layer(rate, max(1, depth))
    if not all(0 <= each < 1 for each in rates) or K < 1:
        raise ValueError(f"K={K}, rate={rate} is not possible: K is at least 1, a rate from 0 to below 1. Try 20, 0.5.")
    network, x = rebuild(model, X)
    rng = np.random.default_rng(seed)
    said, found = [], []
    with np.errstate(all="ignore"):
        full = measured(model, network.forward(x), y)
        for _ in range(K):
            kept, scale = sub_masks(network, rates[:depth], rng, 1)
            network.drop(kept, scale.astype(x.dtype), slice(0, 1))
            z = network.forward(x).astype(np.float64)
            found.append(measured(model, z, y))
            said.append(z if model.split.task == "regression" else log_softmax(z))
        # Probabilities of which nothing is left in floating point have a logarithm all the same.
        average = np.mean(said, axis=0) if model.split.task == "regression" else np.logaddexp.reduce(said) - np.log(K)
    loss, score = np.array(found).T
    return SubNetworks(loss, score, *measured(model, average, y), *full)


def sub_masks(network: Network, rates: Sequence[float], rng: np.random.Generator, n: int) -> tuple[list[Array], Array]:
    """Return a mask of each hidden layer for n samples, (1, units, n) bool, and 1/(1 − rate) of each hidden unit."""
    of_units = np.repeat(np.array(rates, np.float64), [b - a for a, b in network.hidden])
    kept = rng.random((1, len(of_units), n)) >= of_units[:, None]
    return [kept[:, a:b] for a, b in network.hidden], 1 / (1 - of_units[None, :, None])


def measure(model: ModelSnapshot, X: Array, y: Array) -> Measured:
    """Return loss and score on X (n, features), y (n,), the loss in float64 whatever the network computes in.

    It is taken of the outputs before any softmax: a probability too small for the network's dtype costs what it costs.
    """
    return measured(model, outputs(model, X), y)


def measured(model: ModelSnapshot, z: Any, y: Array) -> Measured:
    """Return loss and score of outputs z (1, K, n) of `model`'s network for targets y (n,)."""
    y = np.asarray(y)
    ((loss, score),) = LOSSES[model.split.task].measure(z.astype(np.float64), y[None], (slice(None),))
    return Measured(float(loss[0]), float(score[0]))
