"""ParameterLayout: where each number of a network is in its flat parameters, and what the numbers are at the start."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Self

import numpy as np

from ..config import Config
from ..data.datasets import Split
from ..nn.batchnorm import Norm
from ..nn.initializers import INITIALIZERS
from ..nn.layernorm import Gain
from ..randomness import generator

if TYPE_CHECKING:
    from ..arrays import Array


class ParameterLayout:
    """Parameters (P,) of a network with layers of `sizes` units, inputs first.

    In turn: each layer's weights, one input after the other and the biases last; with LayerNorm γ and β of all hidden
    units; then, with BatchNorm, γ and β of each hidden layer, and at last running means and running variances of all
    hidden units. Running statistics are parameters without a gradient, so what copies, restores or drops a network's
    parameters does the same to them.
    """

    def __init__(self, sizes: Sequence[int], batchnorm: bool, layernorm: bool = False) -> None:
        self.sizes = tuple(sizes)
        self.shapes = [(out, into + 1) for into, out in pairwise(sizes)]
        self.bounds: list[tuple[int, int]] = list(
            pairwise(np.cumsum([0] + [out * columns for out, columns in self.shapes]).tolist())
        )
        self.units = sum(sizes[1:-1])
        self.hidden = list(pairwise(np.cumsum((0, *sizes[1:-1])).tolist()))
        """Where each hidden layer is among all hidden units."""
        self.batchnorm, self.layernorm = batchnorm and self.units > 0, layernorm and self.units > 0
        self.dense_size = self.bounds[-1][1]
        self.norms_start = self.dense_size + len(Gain._fields) * self.units * self.layernorm
        self.size: int = self.norms_start + len(Norm._fields) * self.units * self.batchnorm

    @classmethod
    def of(cls, config: Config, split: Split) -> Self:
        """Return the layout of the network which `config` describes, trained on `split`."""
        return cls(layer_sizes(config, split), config.batchnorm, config.layernorm)

    def dense(self, flat: Array) -> list[Array]:
        """Return each layer's (…, out, in + 1) weights as views of parameters `flat` (…, P); the last column is the
        bias.

        The memory is that of the transposed matrix, so that weights without biases have no gaps between them, and their
        product with a gradient needs no copy.
        """
        models = flat.shape[:-1]
        pairs = zip(self.shapes, self.bounds, strict=True)
        return [flat[..., a:b].reshape(*models, columns, out).swapaxes(-1, -2) for (out, columns), (a, b) in pairs]

    def norms(self, flat: Array) -> list[Norm]:
        """Return each hidden layer's BatchNorm as views of parameters `flat` (…, P); none without BatchNorm."""
        if not self.batchnorm:
            return []
        found, running = list[Norm](), self.running(flat)
        for line, (a, b) in zip(self.lines(flat), self.hidden, strict=True):
            found.append(Norm(line[..., 0, :], line[..., 1, :], running[..., 0, a:b], running[..., 1, a:b]))
        return found

    def lines(self, flat: Array) -> list[Array]:
        """Return each hidden layer's BatchNorm γ and β as views (…, 2, units) of `flat` (…, P); none without
        BatchNorm.
        """
        if not self.batchnorm:
            return []
        start, models = self.norms_start, flat.shape[:-1]
        return [flat[..., start + 2 * a : start + 2 * b].reshape(*models, 2, b - a) for a, b in self.hidden]

    def gains(self, flat: Array) -> list[Gain]:
        """Return each hidden layer's LayerNorm as views of parameters `flat` (…, P); none without LayerNorm."""
        if not self.layernorm:
            return []
        fields = flat[..., self.dense_size : self.norms_start]
        fields = fields.reshape(*flat.shape[:-1], len(Gain._fields), self.units)
        return [Gain(*(fields[..., k, a:b] for k in range(len(Gain._fields)))) for a, b in self.hidden]

    def running(self, flat: Array) -> Array:
        """Return running means and variances of all hidden units as a view (…, 2, units) of parameters `flat` (…,
        P).
        """
        return flat[..., self.size - 2 * self.units :].reshape(*flat.shape[:-1], 2, self.units)

    def of_weights(self, values: Array) -> Array:
        """Return a value for each layer's weights, (…, layers), spread over the parameters (…, P); 0 at biases, γ and
        β.
        """
        found = np.zeros((*values.shape[:-1], self.size), values.dtype)
        for k, W in enumerate(self.dense(found)):
            W[..., :-1] = values[..., k, None, None]
        return found

    def start(self, config: Config) -> Array:
        """Return parameters (P,) before training, float64: weights by the Config's `init`, biases 0, all γ 1.

        Nothing but seed, shape and `init` matters, so techniques start alike.
        """
        flat, rng = np.zeros(self.size), generator(config.seed, "init")
        for W in self.dense(flat):
            out, columns = W.shape
            W[:, :-1] = INITIALIZERS[config.init].draw(rng.standard_normal((out, columns - 1)))
        for norm in self.norms(flat):
            norm.gamma[:] = norm.variance[:] = 1
        for gain in self.gains(flat):
            gain.gamma[:] = 1
        return flat


def layer_sizes(config: Config, split: Split) -> tuple[int, ...]:
    """Return units of every layer, from the inputs to the outputs: one for each class, or one for a regression."""
    return (split.n_features, *config.hidden, max(1, split.n_classes))
