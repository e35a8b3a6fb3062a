"""Which inputs the columns of a table make: their names, and sentences about categories and gaps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ...language import en, ntr, tr
from ...words import told_apart
from ..choices import Choices
from ..columns import Column
from ..encoder import Feature
from ..errors import counted, listed, quoted
from .filldown import headed, hint

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

MOST_LEVELS = 50
"""0/1 columns that a column of many texts becomes if it is wanted as an input: those of its most frequent texts."""

FILLED = {
    (False, False): en("{column} lacks {gaps} of {values}; they are filled with the median of the training part."),
    (False, True): en(
        "{column} lacks {gaps} of {values}; they are filled with the most frequent value of the training part."
    ),
    (True, False): en("{column} lacks {gaps} of {values}; {flag} says where, and they are filled with the median."),
    (True, True): en(
        "{column} lacks {gaps} of {values}; {flag} says where, and they are filled with the most frequent value."
    ),
}
"""What is said of gaps that are flagged or not, of categories or numbers."""


def features_of(
    columns: Sequence[Column], inputs: list[int], kept: NDArray[np.intp], choices: Choices, notes: list[str]
) -> list[Feature]:
    """Return one feature for each number, one for each level of a category, one for gaps that are flagged."""
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
                most = en("{column}: the {n} most frequent texts became 0/1 columns, the others none.")
                notes.append(tr(most, column=quoted(name), n=len(levels)))
            else:
                shown = listed([f"{name}={column.levels[level]}" for level in levels], 3)
                notes.append(
                    ntr(
                        "{column} became 1 0/1 column: {names}.",
                        "{column} became {n} 0/1 columns: {names}.",
                        len(levels),
                        column=quoted(name),
                        names=shown,
                    )
                )
            features += [Feature(f"{name}={column.levels[level]}", k, level) for level in levels]
        else:
            features.append(Feature(name, k))
        if gaps and way != "drop":
            if way == "flag":
                features.append(Feature(f"{name}=missing", k, flag=True))
            said = FILLED[way == "flag", bool(column.levels)]
            all_values, flag = counted(len(kept), "value"), quoted(f"{name}=missing")
            notes.append(tr(said, column=quoted(name), gaps=f"{gaps:,}", values=all_values, flag=flag))
            if headed(column.values):
                above = tr("{column} has a value only above rows without one.", column=quoted(name))
                notes.append(f"{above} {hint()}")
    names = told_apart([feature.name for feature in features])
    return [feature._replace(name=name) for feature, name in zip(features, names, strict=True)]
