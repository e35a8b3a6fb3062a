"""The truth behind generated data: with which probability a point of the plane is of which class."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from ..errors import ArgumentError, ConfigError
from ..language import en, tr
from ..randomness import generator
from .datasets import DATASETS, DataFields

if TYPE_CHECKING:
    from numpy.typing import NDArray

POINTS = 6000
"""Points without noise that stand for a shape: probabilities are good to 0.002 on average, 0.03 in thin tails."""

AT_ONCE = 2_000_000
"""Distances that are computed at once, at most."""

KEPT = 8
"""Answers that are kept: pictures and evidence ask about the same places again and again."""


def has_posterior(config: DataFields) -> bool:
    """Return whether the truth behind a Config's data is known: generated in the plane, with noise and without
    decoys.
    """
    return config.data in _planes() and config.noise > 0 and not config.decoys


def posterior(config: DataFields, X: NDArray[np.float64]) -> NDArray[np.float64]:
    """Compute P(label = k | x), (n, K), of the distribution that training sets are drawn from, at raw inputs X (n, 2).

    Bayes' rule with the density of each class: the mean over its shape of N(x; point, noise²·I), where `POINTS` points
    stand for the shape. Labels are flipped with the Config's `label_noise`, as in training. Raises ConfigError for data
    whose truth is not known, and ArgumentError for inputs of another shape.
    """
    if not has_posterior(config):
        said = en("the truth is known of {names} with noise above 0 and no decoys")
        allowed = tr(said, names=", ".join(_planes()))
        raise ConfigError("data", config.data, allowed, _planes()[0])
    points = np.ascontiguousarray(X, np.float64)
    if points.ndim != 2 or points.shape[1] != 2:
        raise ArgumentError("X", points.shape, "its shape must be (n, 2), a point of the plane in each row", (1, 2))
    return _posterior(config.data, config.noise, config.label_noise, points.tobytes()).copy()


def _planes() -> list[str]:
    """Generated data of classes in the plane."""
    its = DATASETS.items()
    return [n for n, info in its if info.generated and info.kind == "plane" and info.task == "classification"]


@lru_cache(maxsize=KEPT)
def _posterior(data: str, noise: float, label_noise: float, points: bytes) -> NDArray[np.float64]:
    """`posterior` at inputs given as their bytes."""
    from .generated import SHAPES

    shape, y = SHAPES[data](POINTS, generator(0, "posterior"))
    K, X = DATASETS[data].n_classes, np.frombuffer(points).reshape(-1, 2)
    logs = np.empty((len(X), K))
    step = max(1, AT_ONCE // POINTS)
    for start in range(0, len(X), step):
        rows = slice(start, start + step)
        for k in range(K):
            squares = ((X[rows, None] - shape[y == k]) ** 2).sum(axis=2)
            exponents = squares / (-2 * noise**2)
            most = exponents.max(axis=1)  # classes come in turn: all have as many points
            logs[rows, k] = most + np.log(np.exp(exponents - most[:, None]).sum(axis=1))
    p = np.exp(logs - logs.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    flipped: NDArray[np.float64] = (1 - label_noise) * p + label_noise * (1 - p) / (K - 1)
    return flipped
