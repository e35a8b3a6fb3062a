"""How well a network knows each class: recall, precision, and the accuracy that frequent classes cannot carry alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ..errors import ArgumentError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..arrays import Array
    from ..data.datasets import Split
    from ..training.snapshot import ModelSnapshot

LOPSIDED = 3.0
"""From this ratio of the largest to the smallest class on, accuracy alone misleads."""


class ClassReport(NamedTuple):
    """What a network makes of each of K classes.

    names              (K,) of the classes
    rows               (K,) points of each class
    recall             (K,) share of a class's points that are found; NaN for a class without points
    precision          (K,) share of the points called so that are; NaN for a class that is never said
    accuracy           share of all points that are classified right
    balanced_accuracy  mean recall of the classes that have points: ½ for two classes if only one is ever said
    """

    names: tuple[str, ...]
    rows: NDArray[np.int64]
    recall: NDArray[np.float64]
    precision: NDArray[np.float64]
    accuracy: float
    balanced_accuracy: float

    def __str__(self) -> str:
        """A table, one line for each class."""
        wide = max(len("balanced accuracy"), *map(len, self.names))
        lines = [f"{'class':{wide}}  recall  precision  rows"]
        for name, rows, recall, precision in zip(self.names, self.rows, self.recall, self.precision, strict=True):
            lines.append(f"{name:{wide}}  {_said(recall)}  {_said(precision):>9}  {rows:4}")
        lines += [f"{'accuracy':{wide}}  {_said(self.accuracy)}"]
        return "\n".join([*lines, f"{'balanced accuracy':{wide}}  {_said(self.balanced_accuracy)}"])


def class_report(model: ModelSnapshot, X: Array, y: Array) -> ClassReport:
    """Return recall and precision of each class on X (n, features), y (n,), as scikit-learn defines them.

    Raises ArgumentError for a regression.
    """
    if model.split.task != "classification":
        raise ArgumentError(
            "model", model.split.name, "a regression has no classes; its score is R²", "a classification"
        )
    K, y = model.split.n_classes, np.asarray(y)
    said = np.asarray(model.predict(X)).argmax(axis=1)
    rows, called = np.bincount(y, minlength=K), np.bincount(said, minlength=K)
    right = np.bincount(y[said == y], minlength=K)
    recall = np.where(rows > 0, right / np.maximum(rows, 1), np.nan)
    precision = np.where(called > 0, right / np.maximum(called, 1), np.nan)
    there = rows > 0
    return ClassReport(
        names=model.split.class_names,
        rows=rows,
        recall=recall,
        precision=precision,
        accuracy=float(right.sum() / len(y)) if len(y) else float("nan"),
        balanced_accuracy=float(recall[there].mean()) if there.any() else float("nan"),
    )


def lopsided(split: Split) -> bool:
    """Return whether classes differ much: the most frequent has three times the training points of the rarest, or
    more.
    """
    if not split.n_classes:
        return False
    counts = np.bincount(split.y_train, minlength=split.n_classes)
    return bool(counts.max() >= LOPSIDED * counts.min())


def _said(share: float) -> str:
    return f"{share:6.3f}" if np.isfinite(share) else "     –"
