"""Bias and variance: how far networks of many training sets are from the truth on average, and from each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ..data.posterior import posterior

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..arrays import Array
    from ..training.snapshot import ModelSnapshot


class BiasVariance(NamedTuple):
    """What is wrong with the answers of networks from R training sets at n points, float64 (n,) each.

    bias      bias², the squared distance of the mean answer from the truth
    variance  the mean squared distance of the answers from their mean
    """

    bias: NDArray[np.float64]
    variance: NDArray[np.float64]

    @property
    def means(self) -> tuple[float, float]:
        """bias² and variance, means over the points. Their sum is the mean squared distance from the truth."""
        return float(self.bias.mean()), float(self.variance.mean())


def bias_variance(answers: Array, truth: Array) -> BiasVariance:
    """Compute bias² = (f̄ − t)² and variance = mean (f − f̄)² over networks, f̄ being their mean answer; at each point.

    `answers` are (R, n) numbers of R regressions, or (R, n, K) class probabilities; `truth` t is (n,) or (n, K), what
    an endless training set would teach: E[y | x]. Of K classes the squares are summed and halved, so that of two
    classes it is the square of one class's probability. Variances are divided by R, so that bias² + variance is the
    mean of (f − t)² exactly; of few training sets bias² is too large by variance/(R − 1). Raises ValueError for shapes
    that do not fit. Source: Geman, Bienenstock & Doursat 1992 (Neural Computation 4, 1–58).
    """
    answers, truth = np.asarray(answers, np.float64), np.asarray(truth, np.float64)
    if answers.ndim not in (2, 3) or answers.shape[1:] != truth.shape or not len(answers):
        raise ValueError(
            f"answers have shape {answers.shape}, the truth {truth.shape}: allowed are (R, n) and (n,), or (R, n, K) "
            "and (n, K). Try np.stack([model.predict(X) for model in models])"
        )
    middle = answers.mean(axis=0)
    bias, variance = (middle - truth) ** 2, ((answers - middle) ** 2).mean(axis=0)
    if answers.ndim == 3:
        bias, variance = bias.sum(axis=1) / 2, variance.sum(axis=1) / 2
    return BiasVariance(bias, variance)


def answers_to(models: Sequence[ModelSnapshot], X: Array) -> NDArray[np.float64]:
    """Return what each of R networks says to raw inputs X (n, features): (R, n, K) probabilities, or (R, n) raw
    targets.

    Networks of other training sets have standardized by other means and scales, so the same X is scaled for each by
    its own. Raises ValueError for X of another shape.
    """
    said = []
    for model in models:
        split = model.split
        found = model.predict(split.standardized(X)).astype(np.float64)
        said.append(found * split.target_scale + split.target_mean if split.task == "regression" else found)
    return np.stack(said)


def over_sets(models: Sequence[ModelSnapshot]) -> BiasVariance:
    """Return bias and variance of networks of one Config from R training sets, at the first one's validation points.

    The truth is that of the generated data, see `data.posterior`. Raises ConfigError for data whose truth is not known.
    """
    split = models[0].split
    X = np.asarray(split.X_val, np.float64) * split.scale + split.mean
    return bias_variance(answers_to(models, X), posterior(models[0].config, X))
