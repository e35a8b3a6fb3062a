"""What y is: classes with their names, or the targets of a regression."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from ..errors import ConfigError, DataError
from ..language import en, tr
from ..limits import LARGEST, MOST_CLASSES, few
from ..words import number_name
from .tables import AS_TABLE, is_missing, kind_of, named, numbers, short, too_large

if TYPE_CHECKING:
    from numpy.typing import NDArray

Task = Literal["classification", "regression"]


def labels_of(y: NDArray[Any]) -> tuple[NDArray[Any], NDArray[np.bool_]]:
    """Return y as numbers, or as texts if not all of it are; and where it is missing."""
    values = numbers(y[:, None], ("y",), texts=True)[:, 0]
    if values.dtype.kind == "f":
        return values, ~np.isfinite(values)
    return values, values == ""


def classes_or_targets(y: NDArray[Any], given: NDArray[Any], task: Task | None) -> tuple[NDArray[Any], tuple[str, ...]]:
    """Return classes from 0 on with their names, or targets with none.

    `y` are the labels of what was `given`. Numbers that are written in several ways ("7" and "007"), or of which a
    float makes one (2**60 and 2**60 + 1), are the classes as which they were given. Raises DataError for what cannot be
    learned, and ConfigError for a task that does not exist.
    """
    if task not in (None, "classification", "regression"):
        allowed = tr("allowed is classification, regression, or None to tell by y")
        raise ConfigError("task", task, allowed, "classification")
    values, index = np.unique(y, return_inverse=True)
    texts = y.dtype.kind == "O"
    whole = not texts and bool((values == np.round(values)).all())
    as_classes = task != "regression" and (task is not None or texts or (whole and few(len(values), len(y))))
    if as_classes and not texts and len(values) < _different(given):
        return classes_or_targets(np.array([str(value) for value in given.tolist()], object), given, task)
    if len(values) == 1:
        what = tr("y is {value} in every row", value=repr(short(values[0])) if texts else f"{values[0]:g}")
        needed = tr("there is nothing to learn from a single value")
        raise DataError("y", what, needed, tr("another column as the target"))
    if texts and task == "regression":
        texts_shown = ", ".join(repr(short(value)) for value in values[:3])
        what = tr("y has texts ({texts})", texts=texts_shown)
        raise DataError("y", what, tr("a regression needs numbers"), 'task="classification"')
    if not as_classes:
        if (large := np.abs(y) > LARGEST).any():
            raise too_large("y", large[:, None], [tr("the target")])
        return y, ()
    if len(values) > MOST_CLASSES:
        what = tr(en("y has {n} different texts") if texts else en("y has {n} different values"), n=len(values))
        other = tr("a column with fewer classes") if texts else 'task="regression"'
        if texts and (given.dtype.kind == "M" or "date" in {kind_of(value) for value in given.tolist()}):
            other = tr("{call}, which reads dates as days", call=AS_TABLE)
        raise DataError("y", what, tr("up to {n} classes are possible", n=MOST_CLASSES), other)
    names = named([short(value) if texts else number_name(value) for value in values], len(values))
    order = np.argsort(np.array(names, object)) if texts else np.arange(len(names))  # as they are read back by name
    place = np.argsort(order)
    return place[index.reshape(-1)].astype(np.int64), tuple(names[k] for k in order)


def _different(given: NDArray[Any]) -> int:
    """How many different values were given, before any became a float."""
    if given.dtype.kind in "biuf":
        return len(np.unique(given))
    return len({value for value in given.tolist() if not is_missing(value)})
