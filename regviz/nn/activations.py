"""Activations: y = f(z) and their slopes f′(z), one class each. `add_activation` takes custom ones."""

from __future__ import annotations

from math import pi, sqrt
from typing import TYPE_CHECKING, ClassVar, TypeVar

import numpy as np

from ..differences import STEP, apart, asked, disagreement
from ..errors import ArgumentError, ConfigError
from ..language import en, tr
from ..registry import Registry, Titled
from .layers import Drops
from .trace import Recording, plain, traced

if TYPE_CHECKING:
    from ..arrays import Array


class Activation(Titled):
    """A layer y = f(z), elementwise, with dz = dy·f′(z).

    A subclass writes `f` and `slope` as equations on arrays of any shape. They are recorded (see `trace`), so they have
    np.where instead of if. `slope` is called right after `f`, on the same z, and may use what `f` has kept.

    name    what `Config(activation=…)` calls it
    title   what people call it, `name` if there is none
    torch   the PyTorch module, as an expression after `from torch import nn`
    """

    name: ClassVar[str] = ""
    title: ClassVar[str] = ""
    torch: ClassVar[str] = ""

    dropped: ClassVar[type[Drops] | None] = None
    """A layer that is this one and dropout in one, in whichever order, if there is one."""

    def __init__(self, learning: bool = True) -> None:
        self.learning = learning
        self.dy_dz: Array  # f′(z) of the last pass

    def f(self, z: Array) -> Array:
        """Compute y = f(z), like z."""
        raise NotImplementedError

    def slope(self, z: Array, y: Array) -> Array:
        """Return f′(z), like z, where y = f(z)."""
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

    name, title, torch = "leaky_relu", en("leaky ReLU"), "nn.LeakyReLU(0.01)"
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

    name, title, torch = "sigmoid", en("sigmoid"), "nn.Sigmoid()"

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
    """Compute 1/(1 + e⁻ᶻ) as ½(1 + tanh(z/2)), which never overflows."""
    return 0.5 * (1 + np.tanh(0.5 * z))


ACTIVATIONS: Registry[type[Activation]] = Registry(
    "activation", [(activation.name, activation) for activation in (ReLU, LeakyReLU, Tanh, Sigmoid, SiLU, GELU)]
)
"""Every activation by name."""

POINTS = (0.013 + np.arange(-6, 6, 0.0371)).reshape(2, 2, -1)
"""Where a slope is compared with the function's differences, in the shape of a layer's outputs (networks, units, n)."""

Kind = TypeVar("Kind", bound=type[Activation])


def add_activation(activation: Kind) -> Kind:
    """Add a custom activation to this process, so that `Config(activation=activation.name)` trains with it.

    `activation` is a subclass of `Activation` and is returned, so this can be a decorator. Adding another of the same
    name replaces it; networks in training keep the one that they began with. Raises ArgumentError for anything else,
    for an impossible name, for a class that is not made by `activation(learning)`, for equations that raise something,
    are not elementwise, do not give finite numbers like z or cannot be recorded, and for a slope that is not the slope
    of f.
    """
    if not (isinstance(activation, type) and issubclass(activation, Activation)):
        raise ArgumentError("activation", activation, "allowed is a subclass of regviz.Activation", Tanh)
    ACTIVATIONS.check_name(activation.name)
    _check(activation)
    ACTIVATIONS.add(activation.name, activation)
    return activation


def remove_activation(name: str) -> None:
    """Forget a custom activation. Raises ArgumentError if none of that name was added."""
    ACTIVATIONS.remove(name)


def answers(activation: type[Activation]) -> tuple[float, ...]:
    """Return f at `POINTS`, by which a custom activation is known again."""
    with np.errstate(all="ignore"):
        return tuple(np.asarray(activation(False).f(POINTS.flatten())).tolist())


def known_again(name: str, answered: tuple[float, ...]) -> type[Activation]:
    """Return the activation of that name, which has `answered` this (() is not compared).

    Raises ConfigError if this process has none of that name, or another one by now: a network that was trained with one
    would answer otherwise with the other.
    """
    activation = ACTIVATIONS.find(name)
    now = np.array(answers(activation) if answered else ())
    if now.shape != (len(answered),) or apart(now, np.array(answered)) is not None:
        allowed = tr("the name stands for another function by now than the one trained with; add that one again")
        raise ConfigError("activation", name, allowed, "add_activation")
    return activation


def _check(activation: type[Activation]) -> None:
    """Raise ArgumentError unless the equations of an activation fit each other, and a layer of any networks."""
    name = activation.name
    with asked(name, "a layer is made by activation(learning), a bool", "def __init__(self, learning=True)"):
        activation(True), activation(False)
    for dtype in ("float32", "float64"):
        z = POINTS.astype(dtype)
        for what, found in zip(("f", "slope"), _both(activation, z), strict=True):
            if found.shape != z.shape or found.dtype != z.dtype or not np.isfinite(found).all():
                allowed = f"of {dtype} numbers z it makes finite {dtype} numbers in the shape of z"
                raise ArgumentError(f"{name}.{what}", found.tolist(), allowed, "np.tanh(z)")
    y, slope = _both(activation, POINTS)
    some = np.s_[1:, 1:, ::2]
    alone = _both(activation, POINTS[some])
    for what, found, beside in zip(("f", "slope"), alone, (y[some], slope[some]), strict=True):
        if (worst := apart(found, beside)) is not None:
            allowed = "it is elementwise: the same for a number whatever numbers stand beside it"
            raise ArgumentError(f"{name}.{what}", float(found.flat[worst]), allowed, float(beside.flat[worst]))
    below, above = (_both(activation, POINTS + step)[0] for step in (-STEP, STEP))
    differences = (above - below) / (2 * STEP)
    if (worst := disagreement(slope.ravel(), differences.ravel())) is not None:
        right = float(differences.flat[worst])
        allowed = f"it is to be the slope of f, which at z = {POINTS.flat[worst]:.3g} is {right:.3g}"
        raise ArgumentError(f"{name}.slope", float(slope.flat[worst]), allowed, right)


def _both(activation: type[Activation], z: Array) -> tuple[Array, Array]:
    """f and its slope, found by playing a recording that was made of other numbers."""
    allowed = "f(z) and slope(z, y) are equations of arrays, which are recorded once and played with other numbers"
    with asked(activation.name, allowed, "np.where(z > 0, z, 0.1 * z)"):
        layer, memory = activation(True), traced(np.zeros_like(z))
        with Recording() as recording:
            y = layer.forward(memory)
        memory[...] = z
        recording.play()
        return np.asarray(plain(y)), np.asarray(plain(layer.dy_dz))
