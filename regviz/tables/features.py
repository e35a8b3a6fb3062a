"""Which inputs the columns of a table make: their names, and sentences about categories and gaps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .choices import Choices
from .columns import Column
from .encoder import Feature
from .errors import counted, listed, quoted
from .filldown import HINT, headed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

MOST_LEVELS = 50
"""0/1 columns that a column of many texts becomes if it is wanted as an input: those of its most frequent texts."""


def features_of(
    columns: Sequence[Column], inputs: list[int], kept: NDArray[np.intp], choices: Choices, notes: list[str]
) -> list[Feature]:
    """One feature for each number, one for each level of a category, one for gaps that are flagged."""
    features: list[Feature] = []
    for k in inputs:
        column = columns[k]
        name, values = column.name, column.values[kept]
        gaps, way = int(np.isnan(values).sum()), choices.gaps_of(column.name)
        if column.kind in ("category", "text"):
            there = values[~np.isnan(values)].astype(np.intp)
            counts = np.bincount(there, minlength=len(column.levels))
            levels = sorted(np.argsort(-counts, kind="stable")[:MOST_LEVELS].tolist())
            levels = [level for level in levels if counts[level]]
            if (counts > 0).sum() > len(levels):
                notes.append(
                    f"{quoted(name)}: the {len(levels)} most frequent texts became 0/1 columns, the others none."
                )
            else:
                shown = listed([f"{name}={column.levels[level]}" for level in levels], 3)
                notes.append(f"{quoted(name)} became {counted(len(levels), '0/1 column')}: {shown}.")
            features += [Feature(f"{name}={column.levels[level]}", k, level) for level in levels]
        else:
            features.append(Feature(name, k))
        if gaps and way != "drop":
            usual = "the most frequent value" if column.levels else "the median"
            said = f"{quoted(name)} lacks {gaps:,} of {counted(len(kept), 'value')}"
            if way == "flag":
                features.append(Feature(f"{name}=missing", k, flag=True))
                notes.append(f"{said}; {quoted(name + '=missing')} says where, and they are filled with {usual}.")
            else:
                notes.append(f"{said}; they are filled with {usual} of the training part.")
            if headed(column.values):
                notes.append(f"{quoted(name)} has a value only above rows without one; {HINT}.")
    taken: set[str] = set()
    for place, feature in enumerate(features):
        unique, count = feature.name, 1
        while unique in taken:
            count += 1
            unique = f"{feature.name} ({count})"
        taken.add(unique)
        features[place] = feature._replace(name=unique)
    return features
