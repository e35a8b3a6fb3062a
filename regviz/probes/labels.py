"""Labels: which of them a network has learned, the right ones or the wrong ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ..data.datasets import load

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
    """Which labels of its training points `model` has learned. Raises ValueError for a regression: it has none."""
    split = model.split
    if split.task == "regression":
        raise ValueError("a regression has targets, and no labels to learn")
    said, flipped = model.predict(split.X_train).argmax(axis=1), split.flipped
    true = load(model.config.replace(label_noise=0.0)).y_train
    learned = said == split.y_train
    return LearnedLabels(_share(learned[~flipped]), _share(learned[flipped]), _share((said == true)[flipped]))


def _share(hits: Array) -> float:
    return float(hits.mean()) if hits.size else float("nan")
