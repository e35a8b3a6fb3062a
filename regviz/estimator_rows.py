"""The rows that an estimator is given: their weights, and which of them train. Needs scikit-learn."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from .errors import DataError
from .fields import Number
from .limits import LARGEST, LARGEST_SAID
from .masked import unmasked

if TYPE_CHECKING:
    from .arrays import Array

FRACTION = Number(0, 0.99, 0.2, above=True)
"""What share of the rows patience may watch."""


class Rows(NamedTuple):
    """Inputs (n, features), targets (n,) and the rows' own weights (n,), or None if each counts once."""

    X: Array
    y: Array
    weights: Array | None

    def of(self, chosen: Array) -> Rows:
        """Return some of the rows, by their numbers or by a mask."""
        return Rows(self.X[chosen], self.y[chosen], None if self.weights is None else self.weights[chosen])

    def that_count(self) -> Rows:
        """Return rows of weight 0 left out."""
        return self if self.weights is None or self.weights.all() else self.of(self.weights > 0)


def checked_weights(sample_weight: Any, X: Array) -> Array | None:
    """Return weights (n,) as floats, None if none are given.

    Raises ValueError for impossible ones, DataError if all are zero.
    """
    from sklearn.utils.validation import _check_sample_weight

    if sample_weight is None:
        return None
    sample_weight = unmasked(sample_weight)
    weights = np.array(sample_weight, np.float64)
    if weights.shape == (len(X),) and not weights.any():
        wrong = "every sample weight is zero"
        raise DataError("sample_weight", wrong, "one row at least must count", "weights above 0")
    checked: Array = _check_sample_weight(sample_weight, X, dtype=np.float64, ensure_non_negative=True)
    scaled: Array = checked / checked.max()
    return scaled


def check_sizes(rows: Rows) -> None:
    """Raise DataError where a number is too large to be standardized: its square would not be finite."""
    for field, name, values in (("X", "X", rows.X), ("y", "the target", rows.y)):
        largest = float(np.abs(values).max())
        if largest > LARGEST:
            wrong = f"{name} has a number as large as {largest:.3g}"
            raise DataError(field, wrong, f"numbers up to {LARGEST_SAID} can be standardized", "larger units")


def two_parts(rows: Rows, validation_fraction: Any, seed: int, labels: Sequence[Any]) -> tuple[Rows, Rows]:
    """Return rows to train on and rows that patience watches, with a like share of each class if there are `labels`.

    Raises DataError if there are too few for both, and ConfigError for an impossible fraction.
    """
    from sklearn.model_selection import train_test_split

    share = FRACTION.check("validation_fraction", validation_fraction)
    assert share is not None
    n = len(rows.y)
    n_val, fewest = ceil(share * n), 1
    if labels:
        counts = np.bincount(rows.y, minlength=len(labels))
        _check_no_class_is_alone([labels[k] for k in np.flatnonzero(counts == 1).tolist()])
        fewest = int((counts > 0).sum())
    if min(n_val, n - n_val) < fewest:
        given = "1 row" if n == 1 else f"{n} rows"
        each = f"{fewest} rows, one of each class," if fewest > 1 else "one row"
        raise DataError(
            "validation_fraction",
            f"of {given}, validation_fraction={share:g} leaves {n - n_val} to train on and {n_val} for patience",
            f"each of these parts needs {each} at least",
            "more rows, another validation_fraction, or patience=None, which watches none",
        )
    strata = rows.y if labels else None
    train, validation = train_test_split(np.arange(n), test_size=share, random_state=seed, stratify=strata)
    return rows.of(train), rows.of(validation)


def _check_no_class_is_alone(alone: Sequence[Any]) -> None:
    if alone:
        names = ", ".join(map(repr, alone))
        which = f"class {names} has" if len(alone) == 1 else f"each of the classes {names} has"
        raise DataError(
            "y",
            f"{which} a single row",
            "patience needs two or more of each class, to train on and to watch",
            "more such rows, leaving the class out, or patience=None",
        )
