"""What moves weights: gradients of data and penalty, statistics of signals, the loss around."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ..data.weights import sample_weights
from ..nn.batchnorm import BatchNorm
from ..nn.losses import LOSSES
from ..optim.penalties import Penalty, strengths, used
from ..training.snapshot import ModelSnapshot, rebuild

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..arrays import Array
    from ..training.network import Network


class GradientSplit(NamedTuple):
    """Gradients of the weights, (in, out) for each layer: of the data loss, of the penalty, and their sum."""

    data: tuple[Array, ...]
    penalty: tuple[Array, ...]
    total: tuple[Array, ...]


class Spread(NamedTuple):
    """Mean and standard deviation over all units and samples, (hidden layers,) each."""

    mean: Array
    std: Array


class Statistics(NamedTuple):
    """What goes into each hidden layer's activation, what comes out, and the loss's gradient at what goes in."""

    pre_activations: Spread
    activations: Spread
    gradients: Spread


class Signals(NamedTuple):
    """What goes into each hidden layer's activation and what comes out, (n, units) for each layer."""

    pre_activations: tuple[Array, ...]
    activations: tuple[Array, ...]


class Importance(NamedTuple):
    """Each input's share of the first layer's Σ|w| (features,), and which inputs are dead: all their weights are 0."""

    share: Array
    dead: NDArray[np.bool_]


def gradient_split(model: ModelSnapshot, X: Array, y: Array) -> GradientSplit:
    """Return the gradient of the mean loss on X (n, features), y (n,) without dropout, and that of the penalty.

    With class weights and label smoothing the loss is that which training makes small. The penalty's is the sum of all
    penalties' gradients, also of those whose proximal step training takes instead.
    """
    _, network = learned(model, X, y)
    data = tuple(W[0, :, :-1].T.copy() for W in network.layout.dense(network.g))
    penalty = penalty_gradient(model, used(model.config).values())
    return GradientSplit(data, penalty, tuple(a + b for a, b in zip(data, penalty, strict=True)))


def statistics(model: ModelSnapshot, X: Array, y: Array) -> Statistics:
    """Return how signals spread through the layers for X (n, features), and gradients of the mean loss to y (n,) back;
    not finite where a network that has diverged says nothing finite.
    """
    found, _ = learned(model, X, y)
    with np.errstate(all="ignore"):  # squares of what has exploded
        return Statistics(*(Spread(np.array([a.mean() for a in of]), np.array([a.std() for a in of])) for of in found))


def signals(model: ModelSnapshot, X: Array) -> Signals:
    """Return every unit's signal for every sample of X (n, features), without dropout."""
    network, x = rebuild(model, X)
    before, after, _ = pass_through(network, x, network.activations)
    return Signals(tuple(a[0].T for a in before), tuple(a[0].T for a in after))


def entering_batchnorm(model: ModelSnapshot, X: Array) -> tuple[Array, ...]:
    """Return what each BatchNorm normalizes for X (n, features), as evaluation has it: (n, units) for each hidden
    layer.

    Without dropout, and behind earlier BatchNorms with their running statistics; () without BatchNorm.
    """
    network, x = rebuild(model, X)
    norms = [part for _, parts in network.blocks for part in parts if isinstance(part, BatchNorm)]
    return tuple(z[0].T for z in pass_through(network, x, norms)[0])


def importance(model: ModelSnapshot) -> Importance:
    """Return how much the first layer listens to each input."""
    size = np.abs(model.weights[0]).sum(axis=1, dtype=np.float64)
    return Importance(size / max(size.sum(), np.finfo(np.float64).tiny), size == 0)


def loss_plane(
    model: ModelSnapshot,
    X: Array,
    y: Array,
    layer: int,
    first: tuple[int, int],
    second: tuple[int, int],
    limits: tuple[float, float, float, float],
    resolution: int,
) -> tuple[Array, Array, Array]:
    """Return the mean data loss while two weights of a layer move and all others rest: xs (r,), ys (r,) and losses (r,
    r).

    `first` and `second` are (input, unit) of the weights, which take the values xs[column] and ys[row] within `limits`
    (left, right, bottom, top).
    """
    network, x = rebuild(model, X)
    weights = sample_weights(model.split, model.config.class_weight, np.asarray(y))
    w = None if weights is None else weights[None]
    W = network.dense[layer].W[0]
    left, right, bottom, top = limits
    xs, ys = np.linspace(left, right, resolution), np.linspace(bottom, top, resolution)
    losses = np.empty((resolution, resolution))
    with np.errstate(all="ignore"):
        network.forward(x)
        start: Any = network.dense[layer].x
        for row, column in np.ndindex(losses.shape):
            W[first[::-1]], W[second[::-1]] = xs[column], ys[row]
            z = network.forward(start, since=layer)
            ((loss, _),) = LOSSES[model.split.task].measure(z, np.asarray(y)[None], (slice(None),), w)
            losses[row, column] = loss[0]
    return xs, ys, losses


def penalty_value(model: ModelSnapshot) -> float:
    """Compute what all penalties add to the loss with these weights and the present λ, biases aside.

    The history has what they added when the epoch ended, before λ may have been turned.
    """
    total = 0.0
    with np.errstate(all="ignore"):
        for name, member in used(model.config).items():
            lams = strengths(model.config, name, len(model.weights))
            total += sum(
                float(np.sum(member.value(W.T, lam), dtype=np.float64))
                for W, lam in zip(model.weights, lams, strict=True)
            )
    return total


def penalty_gradient(model: ModelSnapshot, members: Iterable[Penalty]) -> tuple[Array, ...]:
    """Return the sum of the gradients of some penalties at each layer's weights, (in, out) each."""
    sums = [np.zeros_like(W) for W in model.weights]
    with np.errstate(all="ignore"):
        for member in members:
            lams = strengths(model.config, member.name, len(sums))
            for total, W, lam in zip(sums, model.weights, lams, strict=True):
                total += member.gradient(W.T, lam).T
    return tuple(sums)


def learned(model: ModelSnapshot, X: Array, y: Array) -> tuple[Sequence[list[Array]], Any]:
    """Return (inputs, outputs, input gradients) of the activations, and the network after a pass each way, `g`
    written.
    """
    network, x = rebuild(model, X, learning=True)
    targets = LOSSES[model.split.task].targets(np.asarray(y), len(model.biases[-1])).T
    weights = sample_weights(model.split, model.config.class_weight, np.asarray(y))
    targets = (targets if weights is None else np.vstack((targets, weights)))[None].astype(x.dtype)
    before, after, z = pass_through(network, x, network.activations)
    gradients: list[Array] = []
    with np.errstate(all="ignore"):
        d: Any = network.loss.gradient(z, targets, network.smoothing)
        for dense, backward_parts in network.backwards:
            for part in backward_parts:
                d = part.backward(d)
                if part in network.activations:
                    gradients.append(d.copy())
            d = dense.backward(d)
    return (before, after, gradients[::-1]), network


def pass_through(network: Network, x: Array, parts: Sequence[object]) -> tuple[list[Array], list[Array], Array]:
    """Return what goes into these `parts` of the network and what comes out, (1, units, n) each, and its outputs (1, K,
    n).
    """
    before: list[Array] = []
    after: list[Array] = []
    with np.errstate(all="ignore"):
        for dense, following in network.blocks:
            z = dense.forward(x)
            for part in following:
                seen = any(part is its for its in parts)
                if seen:
                    before.append(z.copy())
                z = part.forward(z)
                if seen:
                    after.append(z.copy())
            x = dense.feed(z)
    return before, after, z
