"""Training mode of a frozen network: dropout's masks and the batch's own statistics, without a step being taken."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ..errors import ArgumentError
from ..training.snapshot import ModelSnapshot, rebuild
from .ablation import measured, sub_masks
from .gradients import pass_through

if TYPE_CHECKING:
    from ..arrays import Array
    from ..training.network import Network


class TrainMode(NamedTuple):
    """Mean losses under K draws of dropout's masks (K,), and the loss of the same network without dropout."""

    loss: Array
    eval_loss: float


class MaskedMeans(NamedTuple):
    """Each unit's mean output (units,): in full, through dropout's masks, and scaled by 1/(1 − p) behind them."""

    full: Array
    masked: Array
    scaled: Array


class BatchStatistics(NamedTuple):
    """Mean and variance of what enters one BatchNorm in a batch, (units,) each."""

    mean: Array
    variance: Array


def train_mode(model: ModelSnapshot, X: Array, y: Array, K: int, seed: int) -> TrainMode:
    """Return the loss on X (n, features), y (n,) as training sees it: the Config's dropout of units and of inputs, with
    masks of its own for each sample.

    BatchNorm rests on its running statistics, so that dropout alone makes the difference. Raises ValueError for K < 1.
    """
    _check_draws(K)
    network, x = rebuild(model, X)
    rng = np.random.default_rng(seed)
    with np.errstate(all="ignore"):
        eval_loss = measured(model, network.forward(x), y).loss
        losses = []
        for _ in range(K):
            losses.append(measured(model, network.forward(_drop(network, model, rng, x)), y).loss)
    return TrainMode(np.array(losses), eval_loss)


def masked_means(model: ModelSnapshot, X: Array, layer: int, K: int, seed: int) -> MaskedMeans:
    """Return what dropout does to the mean of what it drops in a hidden layer, on X (n, features): K masks for each
    sample.

    That is the layer's outputs, or in another order of its parts what comes out of those before dropout. `layer`
    counts hidden layers from 0, −1 is the last. What comes before is full, so that the layer's own mask alone makes
    the difference, and 1/(1 − p) makes up for it in expectation (the slide's "compensate"). Raises ValueError for
    K < 1 or a layer that does not exist, and ArgumentError for a linear model, which has none.
    """
    depth = len(model.config.hidden)
    _check_draws(K)
    if not depth:
        raise ArgumentError("hidden", (), "what dropout drops are outputs of hidden layers", (8,))
    if not -depth <= layer < depth:
        there = "is 1 hidden layer" if depth == 1 else f"are {depth} hidden layers, from 0"
        raise ValueError(f"layer={layer} is not possible: there {there}. Try {depth - 1}.")
    network, x = rebuild(model, X)
    given, *_ = pass_through(network, x, network.dropouts)
    y = given[layer][0].T.astype(np.float64)
    rate = model.config.dropout_rates[layer]
    share = (np.random.default_rng(seed).random((K, *y.shape), dtype=np.float32) >= rate).mean(axis=0)
    masked = (share * y).mean(axis=0)
    return MaskedMeans(y.mean(axis=0), masked, masked / (1 - rate))


def batch_statistics(model: ModelSnapshot, X: Array, seed: int) -> tuple[BatchStatistics, ...]:
    """Return what each BatchNorm would find in the batch X (n ≥ 2, features) in training, dropout included.

    One entry for each hidden layer, () without BatchNorm; the running statistics stand beside it in `model.norms`.
    Raises ValueError for a batch of one.
    """
    if not model.norms:
        return ()
    network, x = rebuild(model, X, learning=True, frozen=False)
    if network.running is None:
        raise ValueError(f"X has {x.shape[2]} sample; a batch needs at least 2 to have a spread")
    x = _drop(network, model, np.random.default_rng(seed), x)
    with np.errstate(all="ignore"):
        network.forward(x)
    mean, variance = network.running.batch[0]
    return tuple(BatchStatistics(mean[a:b].copy(), variance[a:b].copy()) for a, b in network.hidden)


def _check_draws(K: int) -> None:
    if K < 1:
        raise ValueError(f"K={K} is not possible: K is at least 1. Try 8.")


def _drop(network: Network, model: ModelSnapshot, rng: np.random.Generator, x: Array) -> Array:
    """Give every sample of x (1, features + 1, n) fresh masks of the Config's rates, and return it without the inputs
    that are dropped.
    """
    kept, scale = sub_masks(network, model.config.dropout_rates, rng, x.shape[2])
    network.drop(kept, scale.astype(x.dtype), slice(0, 1))
    rate = model.config.input_dropout
    if not rate:
        return x
    x = x.copy()
    x[:, :-1] *= (rng.random(x[:, :-1].shape) >= rate) / x.dtype.type(1 - rate)
    return x
