"""One penalty on the weights of a stack: λ of each model and layer, its gradient and its proximal step."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..fields import PerLayer, by_layer
from ..optim.penalties import Penalty
from ..spans import span

if TYPE_CHECKING:
    from ..arrays import Array
    from .parameters import ParameterLayout


class Penalized:
    """A penalty with one λ for each of M models, or one for each of their layers; biases have none.

    An elementwise penalty works on all parameters (m, P) at once, with λ for each; a group penalty on each layer's
    weights (m, out, in). m are the models from the first to the last that have a λ.
    """

    def __init__(self, penalty: Penalty, layout: ParameterLayout, lams: Sequence[PerLayer], dtype: str) -> None:
        self.penalty, self.layout, self.lams = penalty, layout, list(lams)
        self.dtype = dtype
        self._arrange()

    def set(self, row: int, lam: PerLayer) -> None:
        """Change one model's λ."""
        self.lams[row] = lam
        self._arrange()

    def keep(self, rows: Sequence[int]) -> None:
        """Go on with some of the models only."""
        self.lams = [self.lams[row] for row in rows]
        self._arrange()

    def value(self, w: Array) -> Array:
        """Return the penalty of each model (M,), float64, for parameters w (M, P)."""
        total = np.zeros(len(w))
        for part, lam in self._parts(w):
            total[self.rows] += np.sum(self.penalty.value(part, lam), axis=tuple(range(1, part.ndim)))
        return total

    def add_gradient(self, w: Array, g: Array) -> None:
        """Compute g ← g + λf′(w) in place, for parameters and gradients (M, P)."""
        for (part, lam), (of, _) in zip(self._parts(w), self._parts(g), strict=True):
            of += self.penalty.gradient(part, lam)

    def shrink(self, w: Array, eta: Array) -> None:
        """Take w ← the proximal step with t = ηλ, where η (), (M, 1) or (M, P) is what each weight was just moved
        with.
        """
        for layer, (part, lam) in enumerate(self._parts(w)):
            part[...] = self.penalty.prox(part, lam * self._steps(eta, layer))

    def _steps(self, eta: Array, layer: int) -> Array:
        """η as λ of this part has it: (), (m, 1), (m, P), or for groups (), (m, 1, 1), (m, out, in)."""
        if eta.ndim == 0:
            return eta
        if self.penalty.groups is None:
            return eta[self.rows]
        if eta.shape[1] == 1:
            return eta[self.rows][:, :, None]
        return self.layout.dense(eta)[self.used[layer]][self.rows, :, :-1]

    def _parts(self, w: Array) -> Iterator[tuple[Array, Any]]:
        """What the penalty sees of arrays like the parameters, and λ of it."""
        if not self.active:
            return
        if self.penalty.groups is None:
            yield w[self.rows], self.lam
        else:
            layers = self.layout.dense(w)
            for layer in self.used:
                yield layers[layer][self.rows, :, :-1], self.lam[:, layer, None, None]

    def _arrange(self) -> None:
        layers = len(self.layout.shapes)
        lams = [by_layer(lam, layers) for lam in self.lams]
        self.rows = span([max(of_model) for of_model in lams])
        self.active = self.rows.stop > 0
        each = np.array(lams[self.rows], self.dtype).reshape(-1, layers)
        self.used = [layer for layer in range(layers) if each[:, layer].any()]
        self.lam = self.layout.of_weights(each) if self.penalty.groups is None else each
