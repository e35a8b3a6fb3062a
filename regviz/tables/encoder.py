"""From columns to inputs: gaps filled, categories as 0/1 columns, scales; all learned from the training rows alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from .columns import Column

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

ROUNDING = 16 * np.finfo(np.float64).eps
"""A column whose range is no more than this share of its largest value varies by rounding alone."""


class Feature(NamedTuple):
    """One input: a column's value, or whether it is `level` (-1: no level), or whether it is missing (`flag`)."""

    name: str
    column: int
    level: int = -1
    flag: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Scaling:
    """Mean and standard deviation of each input, (n,), and which inputs vary at all; learned from training rows.

    An input that never varies among the training rows is 0 everywhere, whatever its size and whatever it does
    elsewhere: the network cannot have learned anything about it. What counts as varying is relative to the largest
    value, so the unit of a column never matters.
    """

    mean: Floats
    scale: Floats
    varies: NDArray[np.bool_]

    @classmethod
    def fit(cls, X: ArrayLike) -> Scaling:
        """Return the scaling of `X` (rows, n), whose values are finite."""
        values = np.asarray(X, np.float64)
        low, high = values.min(axis=0), values.max(axis=0)
        largest = np.maximum(np.abs(low), np.abs(high))
        span = high - low
        varies = span > ROUNDING * largest
        unit = np.where(varies, span, 1.0)
        shifted = (values - low) / unit  # in [0, 1]: no square overflows or vanishes, whatever the unit
        mean = low + shifted.mean(axis=0) * np.where(varies, span, 0.0)
        return cls(mean, np.where(varies, shifted.std(axis=0) * unit, 1.0), varies)

    def transform(self, X: ArrayLike) -> Floats:
        """Return `X` (rows, n) with mean 0 and standard deviation 1 over the training rows, and 0 where nothing
        varied.
        """
        scaled: Floats = np.where(self.varies, (np.asarray(X, np.float64) - self.mean) / self.scale, 0.0)
        return scaled


def fill_of(column: Column, rows: NDArray[np.intp]) -> float:
    """Return what stands for a missing value of `column`, by `rows` alone."""
    there = column.values[rows]
    there = there[~np.isnan(there)]
    if not len(there):
        return 0.0 if not column.levels else -1.0
    if column.levels:
        return float(np.bincount(there.astype(np.intp)).argmax())
    return float(np.median(there))


def encoded(
    columns: Sequence[Column], features: Sequence[Feature], rows: NDArray[np.intp], train: NDArray[np.intp]
) -> Floats:
    """Return `rows` of `columns` as inputs (rows, features) in the columns' own units, without gaps.

    What stands for a missing value is the median of numbers, the most frequent of two or more categories, of the rows
    `train` alone; 0 where those have none.
    """
    fills = {k: fill_of(columns[k], train) for k in {feature.column for feature in features}}
    X = np.empty((len(rows), len(features)))
    flagged = {feature.column for feature in features if feature.flag}
    for place, feature in enumerate(features):
        values = columns[feature.column].values[rows]
        gaps = np.isnan(values)
        if feature.flag:
            X[:, place] = gaps
        elif feature.level >= 0:
            # A category that is missing and flagged is none of the others.
            X[:, place] = (
                np.where(gaps & (feature.column in flagged), -1, np.where(gaps, fills[feature.column], values))
                == feature.level
            )
        else:
            X[:, place] = np.where(gaps, fills[feature.column], values)
    return X
