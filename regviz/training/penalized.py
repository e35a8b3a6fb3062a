"""Penalties on the weights of a stack: λ of each model and layer, their gradients and their proximal steps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..config import Config
from ..fields import PerLayer, by_layer
from ..optim.penalties import PENALTIES, Penalty, is_proximal, used
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


class Penalties:
    """Every penalty by name, with λ of the models that take its proximal step (`in_step`), or of those that do not
    (`in_gradient`).

    Raises ConfigError for one that this process lacks. One that is added later may be switched on, one that comes in
    place of another is followed from the next step on, and one that is removed goes on for the models that have a λ.
    """

    def __init__(self, configs: Sequence[Config], layout: ParameterLayout, dtype: str) -> None:
        self.configs, self.layout, self.dtype = list(configs), layout, dtype
        for config in configs:
            used(config)  # a penalty that another process has added may be missing in this one
        self.members: dict[str, Penalty] = {}
        self.in_gradient: dict[str, Penalized]
        self.in_step: dict[str, Penalized]
        self.version = -1
        self.follow()

    def follow(self) -> bool:
        """Look which penalties there are by now. Return whether they have changed."""
        if self.version == PENALTIES.version:
            return False
        self.version = PENALTIES.version
        self.members |= PENALTIES
        self.in_gradient, self.in_step = self._penalized(proximal=False), self._penalized(proximal=True)
        return True

    def set(self, row: int, config: Config) -> None:
        """Follow a model's new Config, which differs in live fields alone."""
        old, self.configs[row] = self.configs[row], config
        if self.follow():
            return
        for name, lam in config.penalties.items():
            if lam != _lam(old, name):
                proximal = is_proximal(config, self.members[name])
                (self.in_step if proximal else self.in_gradient)[name].set(row, lam)

    def keep(self, rows: Sequence[int]) -> None:
        """Go on with some of the models only."""
        self.configs = [self.configs[row] for row in rows]
        for penalized in (*self.in_gradient.values(), *self.in_step.values()):
            penalized.keep(rows)

    def value(self, w: Array) -> Array:
        """Return what all of them add to the loss of each model (M,), float64, for parameters w (M, P)."""
        total = np.zeros(len(w))
        for penalized in (*self.in_step.values(), *self.in_gradient.values()):
            total += penalized.value(w)
        return total

    def add_gradients(self, w: Array, g: Array) -> None:
        """Add those that are followed by their gradients to g (M, P), in place."""
        for penalized in reversed(self.in_gradient.values()):
            penalized.add_gradient(w, g)

    def shrink(self, w: Array, eta: Array) -> None:
        """Take the proximal steps of the others, after a step in which each weight was moved with η."""
        for penalized in self.in_step.values():
            penalized.shrink(w, eta)

    def _penalized(self, *, proximal: bool) -> dict[str, Penalized]:
        """Those that some model may follow by its proximal step, or by its gradient."""
        members = {name: penalty for name, penalty in self.members.items() if penalty.prox is not None or not proximal}
        lams = {
            name: [_lam(config, name) if is_proximal(config, penalty) == proximal else 0.0 for config in self.configs]
            for name, penalty in members.items()
        }
        return {name: Penalized(penalty, self.layout, lams[name], self.dtype) for name, penalty in members.items()}


def _lam(config: Config, name: str) -> PerLayer:
    """λ of a penalty, also of one that was removed since."""
    return getattr(config, name, 0.0)
