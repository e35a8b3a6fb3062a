"""A frozen network made to compute again, by the very layers that trained it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

import numpy as np

from ..config import Config
from ..data.datasets import Split
from ..nn.batchnorm import Norm
from ..nn.layernorm import Gain
from .network import Network, smoothing, with_ones
from .parameters import ParameterLayout

if TYPE_CHECKING:
    from ..arrays import Array


class Frozen(Protocol):
    """What of a `ModelSnapshot` makes a network."""

    @property
    def config(self) -> Config: ...

    @property
    def split(self) -> Split: ...

    @property
    def weights(self) -> Sequence[Array]: ...

    @property
    def biases(self) -> Sequence[Array]: ...

    @property
    def norms(self) -> Sequence[Norm]: ...

    @property
    def layer_norms(self) -> Sequence[Gain]: ...


def rebuild(model: Frozen, X: Array, *, learning: bool = False, frozen: bool = True) -> tuple[Network, Array]:
    """The network of `model` for standardized inputs X (n, features), and these as it takes them, (1, features + 1, n).

    It computes in the model's own dtype, without dropout and with BatchNorm's running statistics; if it is `learning`
    (its gradients `g` (1, P) are to be written) and not `frozen`, with those of the batch. Raises ValueError for a
    wrong shape.
    """
    features = len(model.weights[0])
    x = np.asarray(X, dtype=model.config.dtype)
    if x.ndim != 2 or x.shape[1] != features:
        raise ValueError(f"X has shape {x.shape}; {model.split.name} needs (n, {features})")
    sizes = (features, *map(len, model.biases))
    layout = ParameterLayout(sizes, bool(model.norms), bool(model.layer_norms))
    w = np.empty((1, layout.size), model.config.dtype)
    for W, weights, bias in zip(layout.dense(w), model.weights, model.biases, strict=True):
        W[0, :, :-1], W[0, :, -1] = weights.T, bias
    found: list[Norm | Gain] = [*layout.norms(w), *layout.gains(w)]
    for views, its in zip(found, (*model.norms, *model.layer_norms), strict=True):
        for view, values in zip(views, its, strict=True):
            view[0] = values
    g = np.zeros_like(w) if learning else None
    network = Network(model.config, layout, model.split.task, w, len(x), g, frozen=frozen)
    network.smooth(smoothing([model.config]))
    return network, np.ascontiguousarray(with_ones(x).T)[None]


def outputs(model: Frozen, X: Array) -> Array:
    """Outputs z (1, K, n) of the full network for standardized inputs X (n, features), before any softmax.

    Raises ValueError for a wrong shape.
    """
    network, x = rebuild(model, X)
    with np.errstate(all="ignore"):
        return network.forward(x)


def pass_through(network: Network, x: Array, parts: Sequence[object]) -> tuple[list[Array], list[Array], Array]:
    """What goes into these `parts` of the network and what comes out, (1, units, n) each, and its outputs (1, K, n)."""
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
