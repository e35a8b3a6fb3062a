"""How much a sample counts: its own weight, and that of its class."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .datasets import Split

CLASS_WEIGHTS = ("balanced",)
"""What class weights can be besides None."""


def balanced(y: NDArray[Any], n_classes: int, weights: NDArray[np.float64] | None = None) -> NDArray[np.float64]:
    """Return weights (K,) with which all classes of y (n,) count alike: n/(K·n_k), as in scikit-learn (King & Zeng
    2001).

    `weights` (n,) say how often each sample counts. A class that does not occur has 1.
    """
    counts = np.bincount(y, weights, minlength=n_classes).astype(np.float64)
    there = counts > 0
    return np.where(there, counts.sum() / (there.sum() * np.where(there, counts, 1.0)), 1.0)


def sample_weights(
    split: Split, class_weight: str | None, y: NDArray[Any], own: NDArray[np.float64] | None = None
) -> NDArray[np.float64] | None:
    """Return what each of the samples y (n,) counts in the loss that training makes small, (n,); None if all count
    alike.

    Class weights are learned from the training part of `split` alone. `own` (n,) are the samples' own weights.
    """
    of_class = split.class_weights
    if class_weight is not None and split.n_classes:
        of_class = balanced(split.y_train, split.n_classes, split.weight_train)
    if of_class is None:
        return own
    weights: NDArray[np.float64] = of_class[y] if own is None else of_class[y] * own
    return weights
