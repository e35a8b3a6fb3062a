"""Labels: which of them a network has learned, the right ones or the wrong ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from ..arrays import Array
    from ..training.snapshot import ModelSnapshot


class LearnedLabels(NamedTuple):
    """What a classifier answers for its own training points, as shares from 0 to 1; NaN where there are no such points.

    right  of the correctly labelled points those that get their label
    wrong  of the wrongly labelled ones those that get that label
    true   of the same those that get their true class, which the network was never told
    """

    right: float
    wrong: float
    true: float


def learned_labels(model: ModelSnapshot) -> LearnedLabels:
    """Return which labels of its training points `model` has learned. Raises ValueError for a regression: it has
    none.
    """
    split = model.split
    if split.task == "regression":
        raise ValueError("a regression has targets, and no labels to learn")
    said, flipped = model.predict(split.X_train).argmax(axis=1), split.flipped
    clean = split.y_train if split.clean_train is None else split.clean_train
    learned, known = said == split.y_train, flipped & (clean >= 0)
    return LearnedLabels(_share(learned[~flipped]), _share(learned[flipped]), _share((said == clean)[known]))


def _share(hits: Array) -> float:
    return float(hits.mean()) if hits.size else float("nan")
