"""Calibration: whether a classifier is right as often as it says it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..arrays import Array
    from ..training.snapshot import ModelSnapshot


class Reliability(NamedTuple):
    """A reliability diagram: points by how sure the network is of its answer to them, in B bins of equal width.

    A confidence is the largest of a point's class probabilities. Bin k holds those from k/B to below (k + 1)/B, the
    last one 1 as well.

    points      (B,) in each bin
    confidence  (B,) mean confidence in each bin, NaN for one without points
    right       (B,) share of a bin's answers that are right, NaN likewise
    said        mean confidence of all points
    accuracy    share of all answers that are right
    error       expected calibration error: the mean over all points of |right − confidence| of their bin
    """

    points: NDArray[np.int64]
    confidence: NDArray[np.float64]
    right: NDArray[np.float64]
    said: float
    accuracy: float
    error: float


def reliability(model: ModelSnapshot, X: Array, y: Array, bins: int = 10) -> Reliability:
    """Return how often the answers to X (n ≥ 1, features) are the classes y (n,), by how sure the network is of them.

    Guo, Pleiss, Sun & Weinberger 2017, §2. Raises ValueError for a regression, and for less than one bin.
    """
    if model.split.task != "classification":
        raise ValueError(f"{model.split.name} is a regression: no answer is right or wrong, look at the residuals")
    if bins < 1:
        raise ValueError(f"bins={bins} is not possible: bins is at least 1. Try 10.")
    with np.errstate(all="ignore"):  # a network that has diverged says NaN
        said = model.predict(X).astype(np.float64)
    sure, hit = said.max(axis=1), said.argmax(axis=1) == np.asarray(y)
    place = np.minimum(np.nan_to_num(sure) * bins, bins - 1).astype(np.intp)
    count = np.bincount(place, minlength=bins)
    with np.errstate(invalid="ignore"):
        confidence = np.bincount(place, sure, bins) / count
        right = np.bincount(place, hit, bins) / count
    gaps = np.where(count > 0, np.abs(right - confidence), 0.0)
    return Reliability(count, confidence, right, float(sure.mean()), float(hit.mean()), float(count @ gaps / len(sure)))
