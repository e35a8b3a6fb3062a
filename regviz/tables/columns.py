"""Columns by their meaning: numbers, yes/no, dates, categories, texts; and sentences about how they were read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ..words import number_name

if TYPE_CHECKING:
    from numpy.typing import NDArray

FIRST = 8
"""Values that a preview shows as they are written."""


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """One column as it was read.

    kind      "number", "yes/no", "date", "category", "text" or "empty"
    values    (n,) float64, NaN where a value is missing: numbers; 0 and 1; days since 1970; or an index into `levels`
    levels    the texts of categories and of texts; of yes/no the two that stand for 0 and 1
    unit      of numbers, as it stands behind or before them
    first     the first values as they are written
    hollow    words that say that there is no value ("null", "N/A"), each with the rows that have it, of a column of
              texts: as the target it may be a class
    """

    name: str
    kind: str
    values: NDArray[np.float64]
    levels: tuple[str, ...] = ()
    unit: str = ""
    first: tuple[str, ...] = ()
    hollow: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    @property
    def missing(self) -> int:
        """Rows without a value."""
        return int(np.isnan(self.values).sum())

    @property
    def different(self) -> int:
        """Different values."""
        return len(np.unique(self.values[~np.isnan(self.values)]))

    def texts(self) -> list[str | None]:
        """Return the values as texts, None where one is missing."""
        if self.levels:
            return [None if np.isnan(value) else self.levels[int(value)] for value in self.values]
        return [None if np.isnan(value) else f"{value:.15g}" for value in self.values]

    def written(self) -> list[str | None]:
        """Return the values as texts, words that say that there is none too."""
        texts = self.texts()
        for word, rows in self.hollow.items():
            for row in rows:
                texts[row] = word
        return texts

    def histogram(self, bins: int = 12) -> Histogram:
        """Return how often which values occur, for a small picture of the column."""
        there = self.values[~np.isnan(self.values)]
        if self.levels:
            counts = np.bincount(there.astype(np.intp), minlength=len(self.levels))
            order = range(len(self.levels)) if self.kind == "yes/no" else np.argsort(-counts, kind="stable")[:bins]
            return Histogram(tuple(int(counts[k]) for k in order), (), tuple(self.levels[k] for k in order))
        if not len(there) or there.min() == there.max():
            return Histogram((len(there),), (float(there[0]), float(there[0])) if len(there) else (), ())
        unit = np.ptp(there)
        counts, edges = np.histogram((there - there.min()) / unit, bins, (0, 1))
        return Histogram(tuple(map(int, counts)), tuple(map(float, edges * unit + there.min())), ())


class Histogram(NamedTuple):
    """Counts with the `edges` between them (numbers, dates) or the `labels` below them (most frequent first)."""

    counts: tuple[int, ...]
    edges: tuple[float, ...]
    labels: tuple[str, ...]


def indexed(name: str, kind: str, texts: Sequence[str | None], first: tuple[str, ...]) -> Column:
    """Return a column of texts, its levels in alphabetical order."""
    levels = tuple(sorted({text for text in texts if text is not None}))
    place = {text: k for k, text in enumerate(levels)}
    values = np.array([np.nan if text is None else place[text] for text in texts], np.float64)
    return Column(name, kind, values, levels, "", first)


def shown(cells: Sequence[Any]) -> tuple[str, ...]:
    """Return the first cells as they are written."""
    return tuple("" if cell is None else str(cell).strip() for cell in cells[:FIRST])


def as_category(column: Column) -> Column:
    """Return the column with its values as categories."""
    if column.levels:
        return replace(column, kind="category", unit="")
    there = np.unique(column.values[~np.isnan(column.values)])
    values = np.where(np.isnan(column.values), np.nan, np.searchsorted(there, column.values))
    return Column(column.name, "category", values, tuple(map(number_name, there)), "", column.first)
