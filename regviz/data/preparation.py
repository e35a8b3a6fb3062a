"""What is done to a data set's columns and labels before a network sees them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def mislabel(y: NDArray[Any], share: float, n_classes: int, rng: Any) -> tuple[NDArray[Any], NDArray[np.bool_]]:
    """Return `y` with round(share · n) labels changed, and which ones. More noise changes more labels, the same ones
    first.
    """
    chosen = rng.permutation(len(y))[: round(share * len(y))]
    y, flipped = y.copy(), np.zeros(len(y), dtype=bool)
    flipped[chosen] = n_classes > 0 or len(chosen) > 1  # one target alone has none to be exchanged with
    if n_classes:
        y[chosen] = (y[chosen] + rng.integers(1, n_classes, len(y))[: len(chosen)]) % n_classes
    else:
        y[chosen] = np.roll(y[chosen], 1)
    return y, flipped


def scaling(X: NDArray[np.float64], custom: bool) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return mean and sd of each column; in custom data, which come in any unit, 0 for what varies by rounding
    alone.
    """
    if not custom:
        return X.mean(axis=0), X.std(axis=0)
    from ..tables import Scaling

    found = Scaling.fit(X)
    return found.mean, np.where(found.varies, found.scale, 0.0)


def scales(sd: Any) -> Any:
    """Return what each column is divided by: its sd in the training split.

    A column that never varies there takes the root mean square sd of the others. With 1 instead, a pixel that is blank
    in every training picture would come in eight times as strong as any other when it is first inked.
    """
    varies = sd > 1e-12
    usual = np.sqrt(np.mean(sd[varies] ** 2)) if varies.any() else 1.0
    return np.where(varies, sd, usual)
