"""Drawings on their way in and out: copied from other data, and added under a name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..errors import DataError
from ..language import Marked, en, ntr, tr
from .curves import CURVES
from .custom import CustomData, check_given, check_name, enter, titled
from .datasets import DATASETS, DatasetInfo, Split
from .drawing import MOST_DRAWN_CLASSES, MOST_POINTS, NEEDED, Drawing, Points, numbered
from .drawing_files import CURVE_MARGIN, MARGIN, around
from .drawing_files import from_record as from_record
from .drawing_files import read_drawing as read_drawing
from .drawing_files import to_record as to_record
from .drawing_files import write_points as write_points
from .raw import Raw


def cannot_draw(split: Split) -> str:
    """Return why nobody can draw on these data, in a sentence; "" if one can."""
    if split.task == "regression":
        if split.X_train.shape[1] != 1:
            return tr("One draws points of two inputs and some classes, or of a curve: these data have more inputs.")
    elif split.X_train.shape[1] != 2:
        inputs = split.X_train.shape[1]
        return ntr(
            "One draws in a plane: these data have 1 input.",
            "One draws in a plane: these data have {n} inputs.",
            inputs,
        )
    elif split.n_classes > MOST_DRAWN_CLASSES:
        return tr("One draws points of two to four classes: these data have {n}.", n=split.n_classes)
    if split.weight_train is not None:
        return tr("These points have weights of their own, which a drawing does not know.")
    if len(split.y_train) > MOST_POINTS:
        return tr("A drawing has {n} points at most: take fewer training points first.", n=f"{MOST_POINTS:,}")
    return ""


def copied(split: Split) -> Drawing:
    """Return a drawing of the training points as they are trained on, with the held-out points of these data.

    Raises DataError for data that cannot be drawn on.
    """
    if split.drawing is not None:
        return split.drawing
    if why := cannot_draw(split):
        raise DataError("data", split.name, why.rstrip("."), tr(DATASETS["moons"].title))
    classes = split.task == "classification"
    mean = (*split.mean.tolist(), *([] if classes else [split.target_mean]))
    scale = (*split.scale.tolist(), *([] if classes else [split.target_scale]))

    def points(X: Any, y: Any, part: Any) -> Points:
        at = (X if classes else np.column_stack((X, y))) * scale + mean
        return Points(np.asarray(at, float), y.astype(np.int64) if classes else np.zeros(len(y), np.int64), part)

    training = points(split.X_train, split.y_train, np.zeros(len(split.y_train), np.int64))
    held = points(
        np.concatenate((split.X_val, split.X_test)),
        np.concatenate((split.y_val, split.y_test)),
        np.repeat([1, 2], [len(split.y_val), len(split.y_test)]),
    )
    validation = held.at[held.part == 1]
    truth = np.empty((0, 2)) if split.truth is None else split.truth * scale + mean
    return Drawing(
        training,
        numbered(len(training)),
        np.where(split.flipped, -1, training.label) if split.clean_train is None else split.clean_train,
        held,
        axes=_axes(split.feature_names, classes),
        class_names=tuple(map(str, split.class_names)) if classes else (),
        mean=(mean[0], mean[1]),
        scale=(scale[0], scale[1]),
        window=around(np.vstack((training.at, validation, truth)), MARGIN if classes else CURVE_MARGIN),
        source=split.name,
    )


def add_drawing(name: str, drawing: Drawing, *, title: str | None = None, replace: bool = False) -> DatasetInfo:
    """Add a drawing to this process: from then on `Config(data=name)` trains on it.

    Each point is for training, validation or test as the drawing says, whatever the seed; with an `n_train` below that
    of its training points, the first ones train. A Config adds its `noise` and `label_noise` as `add_data` says: set
    both to 0 for the points as they are drawn. `title` and `replace` are those of `add_data`. Raises DataError for a
    drawing of too few points and for what is no Drawing, and ConfigError for a name that is not possible.
    """
    data = from_drawing(name, drawing, title=title)
    enter(data, replace=replace)
    return data.info


def from_drawing(name: str, drawing: Drawing, *, title: str | None = None) -> CustomData:
    """Return the data of `add_drawing` as they would be added. Raises what `add_drawing` raises, and adds nothing."""
    check_name(name)
    allowed = tr("it must be a Drawing, and there is none before the first point is drawn")
    check_given("drawing", drawing, Drawing, allowed, tr("drawing some points first"))
    if not drawing.ready:
        allowed = tr("no network can be trained on it yet")
        raise DataError("drawing", lacking(drawing), allowed, tr("drawing more of them"))
    X, y, names, training = drawing.X, drawing.y, drawing.class_names, drawing.counts[0]
    for array in (X, y):
        array.setflags(write=False)
    inputs = X.shape[1]
    info = DatasetInfo(
        name=name,
        title=titled(title, _title(drawing)),
        task=drawing.task,
        n_features=inputs,
        n_classes=len(names),
        kind="plane" if names else "line",
        default_n_train=training,
        max_n_train=training,
        default_noise=0.0,
        generated=False,
        default_label_noise=0.0,
    )
    known = DATASETS.get(drawing.source)
    curve = CURVES.get(drawing.source) if not names and known is not None and known.n_features == inputs else None
    return CustomData(info, Raw(X, y, drawing.axes[:inputs], names, None, curve=curve, drawing=drawing))


def points_needed() -> str:
    """Return how many points of each part training needs at least, for a sentence."""
    return _of_parts(NEEDED)


def lacking(drawing: Drawing) -> str:
    """Return what a drawing has and what it needs at least, as the beginning of a sentence."""
    few = en("the points drawn ({there}) are too few; at least {needed} are needed")
    return tr(few, there=_of_parts(drawing.counts), needed=points_needed())


def _of_parts(counts: Sequence[int]) -> str:
    train, val, test = counts
    return tr("{train} for training, {val} for validation and {test} for test", train=train, val=val, test=test)


def _title(drawing: Drawing) -> str:
    """What the menu calls it."""
    known = DATASETS.get(drawing.source)
    return en("drawn points") if known is None else en("drawn on {title}", title=Marked(known.title))


def _axes(names: Sequence[str], classes: bool) -> tuple[str, str]:
    """What the coordinates are called: the inputs, or the input and "target"."""
    if classes:
        return names[0], names[1]
    return names[0], "y" if names[0] != "y" else "target"
