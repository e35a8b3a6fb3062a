"""Where weights start. Every rule begins with the same standard normal draws (out, in)."""

from __future__ import annotations

from collections.abc import Callable
from math import sqrt
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ..language import en
from ..registry import Registry

if TYPE_CHECKING:
    from ..arrays import Array


class Initializer(NamedTuple):
    """A rule for the first weights: `draw` makes them of normal draws (out, in), `torch` is a statement for `layer`."""

    name: str
    title: str
    torch: str
    draw: Callable[[Array], Array]


def he(draws: Array) -> Array:
    """Draw with sd √(2/in), which keeps the scale through ReLU layers (He et al. 2015, arXiv 1502.01852)."""
    return sqrt(2 / draws.shape[1]) * draws


def xavier(draws: Array) -> Array:
    """Draw with sd √(2/(in + out)), Glorot & Bengio 2010 in its normal form."""
    return sqrt(2 / (draws.shape[0] + draws.shape[1])) * draws


def normal(draws: Array) -> Array:
    """Draw with sd 0.01, whatever the layer."""
    return 0.01 * draws


def zeros(draws: Array) -> Array:
    """Set all weights to 0, so that all units of a layer learn the same."""
    return 0.0 * draws


def orthogonal(draws: Array) -> Array:
    """Draw √2 times an orthogonal matrix: its rows or its columns, the fewer of them, have length √2 and right
    angles.

    √2 makes up for ReLU, which halves mean squares. Source: Saxe et al. 2014 (arXiv 1312.6120).
    """
    out, into = draws.shape
    Q, R = np.linalg.qr(draws if out >= into else draws.T)
    Q *= np.where(np.diag(R) < 0, -1, 1)  # else QR's choice of signs would make some rotations likelier than others
    rotation: Array = Q if out >= into else Q.T
    return sqrt(2) * rotation


INITIALIZERS: Registry[Initializer] = Registry(
    "initializer",
    [
        (rule.name, rule)
        for rule in (
            Initializer("he", "He", "nn.init.kaiming_normal_(layer.weight)", he),
            Initializer("xavier", "Xavier", "nn.init.xavier_normal_(layer.weight)", xavier),
            Initializer("normal", en("normal 0.01"), "nn.init.normal_(layer.weight, std=0.01)", normal),
            Initializer("zeros", en("zeros"), "nn.init.zeros_(layer.weight)", zeros),
            Initializer("orthogonal", "orthogonal", "nn.init.orthogonal_(layer.weight, gain=2**0.5)", orthogonal),
        )
    ],
)
"""Every rule by name."""
