"""A split: a data set in three parts, standardized by the training part."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..tables import Rare
    from .drawing import Drawing


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """A data set in three parts. All arrays are read-only.

    X_train, X_val, X_test   (n, features) float64, standardized: `X * scale + mean` is the raw input, but in custom
                             data an input that never varies among the training points is 0 everywhere
    y_train, y_val, y_test   (n,) int64 classes, or float64 targets standardized by the training split:
                             `y * target_scale + target_mean` is the raw target
    flipped                  (n_train,) bool: label noise changed this training label
    clean_train              (n_train,) int64, the training labels before label noise, −1 where that is not known; None
                             for a regression, and in estimators, which add no noise
    image_shape              (height, width) if a row of X is an image, else None
    informative              (n_features,) bool, False at inputs made to say nothing; None if none was made so
    weight_train, weight_val (n,) how often each point counts, in training and in what is measured; None: once
    truth                    (points, 2) input and noise-free target of the curve that is looked for, standardized like
                             the others; None where there is no such curve
    rare                     classes that are too rare to be in every part; `notes` are sentences about them
    class_weights            (n_classes,) what points of a class count in training alone, besides; None: all alike
    drawing                  the drawing that the points are of; None if nobody drew them
    fingerprint              of the rows and targets of custom data, "" of others
    constant                 (n_features,) bool: inputs of custom data that never vary among the training points
    decided_by               the fields of the Config that it was loaded by, as `decided_by` has them; () of another
                             split, a changed copy included
    """

    name: str
    task: str
    n_classes: int
    n_features: int
    feature_names: tuple[str, ...]
    class_names: tuple[str, ...]
    image_shape: tuple[int, int] | None
    X_train: NDArray[np.float64]
    y_train: NDArray[Any]
    X_val: NDArray[np.float64]
    y_val: NDArray[Any]
    X_test: NDArray[np.float64]
    y_test: NDArray[Any]
    mean: NDArray[np.float64]
    scale: NDArray[np.float64]
    target_mean: float
    target_scale: float
    flipped: NDArray[np.bool_]
    informative: NDArray[np.bool_] | None = None
    weight_train: NDArray[np.float64] | None = None
    weight_val: NDArray[np.float64] | None = None
    class_weights: NDArray[np.float64] | None = None
    truth: NDArray[np.float64] | None = None
    rare: tuple[Rare, ...] = ()
    drawing: Drawing | None = None
    clean_train: NDArray[np.int64] | None = None
    fingerprint: str = ""
    constant: NDArray[np.bool_] | None = None
    decided_by: tuple[object, ...] = field(init=False, default=())  # so that `dataclasses.replace` does not copy it

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences about the data, in the language of who reads them: a split is kept for readers of any."""
        return tuple([rare.note for rare in self.rare])

    def standardized(self, X: Any) -> NDArray[np.float64]:
        """Return raw inputs X (n, features), in the data's own units, as networks see them: standardized as X_train."""
        found: NDArray[np.float64] = (np.asarray(X, np.float64) - self.mean) / self.scale
        return found if self.constant is None else np.where(self.constant, 0.0, found)
