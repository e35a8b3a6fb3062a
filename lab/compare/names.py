"""What people call the choices of a field, for knobs and pictures alike."""

from __future__ import annotations

from regviz.config import ORDERS as ORDERS

ACTIVATIONS = {
    "relu": "ReLU",
    "leaky_relu": "leaky ReLU",
    "tanh": "tanh",
    "sigmoid": "sigmoid",
    "silu": "SiLU",
    "gelu": "GELU",
}
