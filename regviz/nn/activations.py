"""Activations: y = f(z) and their slopes f′(z), one class each. `add_activation` takes custom ones."""

from __future__ import annotations

import re
from math import pi, sqrt
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from ..errors import ConfigError
from .layers import Drops
from .trace import Recording, plain, traced

if TYPE_CHECKING:
    from ..arrays import Array


class Activation:
    """A layer y = f(z), elementwise, with dz = dy·f′(z).

    A subclass writes `f` and `slope` as equations on arrays of any shape. They are recorded (see `trace`), so they have
    np.where instead of if. `slope` is called right after `f`, on the same z, and may use what `f` has kept.

    name    what `Config(activation=…)` calls it
    title   what people call it
    torch   the PyTorch module, as an expression after `from torch import nn`
    """

    name: ClassVar[str]
    title: ClassVar[str]
    torch: ClassVar[str]

    dropped: ClassVar[type[Drops] | None] = None
    """A layer that is this one and dropout in one, in whichever order, if there is one."""

    def __init__(self, learning: bool = True) -> None:
        self.learning = learning
        self.dy_dz: Array  # f′(z) of the last pass

    def f(self, z: Array) -> Array:
        """y = f(z), like z."""
        raise NotImplementedError

    def slope(self, z: Array, y: Array) -> Array:
        """f′(z), like z, where y = f(z)."""
        raise NotImplementedError

    def forward(self, z: Array) -> Array:
        y = self.f(z)
        if self.learning:
            self.dy_dz = self.slope(z, y)
        return y

    def backward(self, dy: Array) -> Array:
        return dy * self.dy_dz


class DroppedReLU(Drops):
    """ReLU and dropout in one, in whichever order: y = z·slope, the slope being the scale where z > 0 is kept, else 0.

    For learning only. Two layers one after the other would go over all outputs twice as often.
    """

    slope: Array

    def forward(self, z: Array) -> Array:
        active = z > 0
        if self.kept is None:
            self.slope = active.astype(z.dtype)
        else:
            active[self.rows] &= self.kept
            self.slope = active.astype(z.dtype)
            self.slope[self.rows] *= self.scale
        return z * self.slope

    def backward(self, dy: Array) -> Array:
        return dy * self.slope


class ReLU(Activation):
    """y = max(z, 0), slope [z > 0]."""

    name, title, torch = "relu", "ReLU", "nn.ReLU()"
    dropped = DroppedReLU

    def f(self, z: Array) -> Array:
        return np.maximum(z, 0)

    def slope(self, z: Array, y: Array) -> Array:
        return (z > 0).astype(z.dtype)


class LeakyReLU(Activation):
    """y = max(z, z/100), slope 1 above 0 and 1/100 below (Maas et al. 2013)."""

    name, title, torch = "leaky_relu", "leaky ReLU", "nn.LeakyReLU(0.01)"
    leak = 0.01

    def f(self, z: Array) -> Array:
        return np.maximum(z, self.leak * z)

    def slope(self, z: Array, y: Array) -> Array:
        return np.maximum((z > 0).astype(z.dtype), self.leak)


class Tanh(Activation):
    """y = tanh(z), slope 1 − y²."""

    name, title, torch = "tanh", "tanh", "nn.Tanh()"

    def f(self, z: Array) -> Array:
        return np.tanh(z)

    def slope(self, z: Array, y: Array) -> Array:
        return 1 - y * y


class Sigmoid(Activation):
    """y = σ(z) = 1/(1 + e⁻ᶻ), slope y(1 − y)."""

    name, title, torch = "sigmoid", "sigmoid", "nn.Sigmoid()"

    def f(self, z: Array) -> Array:
        return sigmoid(z)

    def slope(self, z: Array, y: Array) -> Array:
        return (1 - y) * y


class SiLU(Activation):
    """y = z·σ(z), the swish, slope σ + y(1 − σ) (Elfwing et al. 2018, arXiv 1702.03118)."""

    name, title, torch = "silu", "SiLU", "nn.SiLU()"
    sigma: Array

    def f(self, z: Array) -> Array:
        self.sigma = sigmoid(z)
        return z * self.sigma

    def slope(self, z: Array, y: Array) -> Array:
        return self.sigma + y * (1 - self.sigma)


class GELU(Activation):
    """y = ½z(1 + tanh u) with u = √(2/π)(z + 0.044715z³): the tanh form (Hendrycks & Gimpel 2016, arXiv 1606.08415).

    Slope ½(1 + t) + ½z(1 − t²)u′ with t = tanh u. NumPy has no error function for the exact form, which differs from
    this one by less than 0.0005.
    """

    name, title, torch = "gelu", "GELU", 'nn.GELU(approximate="tanh")'
    scale, cubic = sqrt(2 / pi), 0.044715
    square: Array
    t: Array

    def f(self, z: Array) -> Array:
        self.square = z * z
        self.t = np.tanh(z * (self.scale + self.scale * self.cubic * self.square))
        return 0.5 * (z * (1 + self.t))

    def slope(self, z: Array, y: Array) -> Array:
        z_du = z * (self.scale + 3 * self.scale * self.cubic * self.square)
        return 0.5 * ((1 - self.t * self.t) * z_du + (1 + self.t))


def sigmoid(z: Array) -> Array:
    """1/(1 + e⁻ᶻ), computed as ½(1 + tanh(z/2)), which never overflows."""
    return 0.5 * (1 + np.tanh(0.5 * z))


ACTIVATIONS: dict[str, type[Activation]] = {
    activation.name: activation for activation in (ReLU, LeakyReLU, Tanh, Sigmoid, SiLU, GELU)
}
"""By name. Members come and go by `add_activation` and `remove_activation`."""

SHIPPED = frozenset(ACTIVATIONS)
NAME = r"[A-Za-z][A-Za-z0-9_-]{0,39}"

POINTS = 0.013 + np.arange(-6, 6, 0.0371)
"""Where a slope is compared with the function's differences; of those, corners may meet a few."""

STEP, TOLERANCE, AGREE = 1e-5, 1e-4, 0.9


def add_activation(activation: type[Activation]) -> type[Activation]:
    """Add a custom activation to this process, so that `Config(activation=activation.name)` trains with it.

    Returns the class, so it can be a decorator. A process of an executor needs the same call. Raises ConfigError for a
    name that is not possible or taken, for equations that do not give finite numbers like z or cannot be traced, and
    for a slope that is not the slope of f. Adding a class again by its name puts it in the place of the older one.
    """
    name = getattr(activation, "name", None)
    if not isinstance(name, str) or not re.fullmatch(NAME, name) or name in SHIPPED:
        allowed = f"a name has letters, digits, - and _, up to 40, and is none of {', '.join(sorted(SHIPPED))}"
        raise ConfigError("activation", name, allowed, "softplus")
    for what in ("title", "torch"):
        if not isinstance(getattr(activation, what, None), str):
            raise ConfigError(f"{name}.{what}", getattr(activation, what, None), "it is a string", repr(name))
    for dtype in ("float32", "float64"):
        z = POINTS.astype(dtype)
        for what, found in zip(("f", "slope"), _both(activation, z), strict=True):
            if found.shape != z.shape or found.dtype != z.dtype or not np.isfinite(found).all():
                raise ConfigError(f"{name}.{what}", found, f"of {dtype} numbers it makes finite {dtype} numbers", "z")
    below, above = (_both(activation, POINTS + step)[0] for step in (-STEP, STEP))
    slope, differences = _both(activation, POINTS)[1], (above - below) / (2 * STEP)
    near = np.abs(differences - slope) <= TOLERANCE * (1 + np.abs(differences))
    if near.mean() < AGREE:
        worst = int(np.argmin(near))
        allowed = f"it is to be the slope of f, which at z = {POINTS[worst]:.3g} is {differences[worst]:.3g}"
        raise ConfigError(f"{name}.slope", float(slope[worst]), allowed, float(differences[worst]))
    ACTIVATIONS[name] = activation
    return activation


def remove_activation(name: str) -> None:
    """Forget an activation that was added. Raises ConfigError if there is none of that name."""
    if name in SHIPPED or name not in ACTIVATIONS:
        known = [other for other in ACTIVATIONS if other not in SHIPPED]
        allowed = "only activations that were added can be removed"
        raise ConfigError("activation", name, allowed, known[0] if known else "none")
    del ACTIVATIONS[name]


def _both(activation: type[Activation], z: Array) -> tuple[Any, Any]:
    """f and its slope, found by playing a recording that was made of other numbers."""
    layer, memory = activation(), traced(np.zeros_like(z))
    with Recording() as recording:
        y = layer.forward(memory)
    memory[...] = z
    recording.play()
    return plain(y), plain(layer.dy_dz)
