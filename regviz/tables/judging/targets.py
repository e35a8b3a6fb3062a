"""The target: a column as classes or as numbers of a regression."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np

from ...language import en, ntr, tr
from ...limits import few
from ...words import number_name
from ..cells.numbers import looks_like_number
from ..cells.spelling import point_out_rare
from ..columns import Column, indexed
from ..errors import TableError, counted, listed, quoted
from ..notes import Note, as_classes, as_gap, as_numbers, no_regression, other_target

if TYPE_CHECKING:
    from numpy.typing import NDArray

NULLS = frozenset(("\\N",))
"""What only databases write, where there is no value: no class is called so."""

FEWEST_SHARE = 10
"""One row in so many at least has a word such as "null" that is a class."""


class Target(NamedTuple):
    """`values` (n,), NaN where there is none: targets, or indices into `levels` of a classification."""

    task: Literal["classification", "regression"]
    values: NDArray[np.float64]
    levels: tuple[str, ...]

    def within(self, rows: NDArray[np.intp]) -> tuple[NDArray[Any], tuple[str, ...]]:
        """Return y and the class names of `rows` alone."""
        values = self.values[rows]
        if self.task == "regression":
            return values, ()
        present, y = np.unique(values.astype(np.int64), return_inverse=True)
        return y.astype(np.int64).reshape(-1), tuple(self.levels[k] for k in present)


def target_from(column: Column, task: str | None, notes: list[str], *, guessed: bool) -> Target:
    """Return what is predicted. Texts are classes, and so are up to 20 whole numbers that each stand for two rows or
    more.

    Raises TableError for an empty column, for a regression on texts and for a task that does not exist.
    """
    title = quoted(column.name)
    if task not in (None, "classification", "regression"):
        said = tr("task={task} is not possible; try 'classification', 'regression' or None.", task=repr(task))
        raise TableError(said)
    if guessed:
        notes.append(Note(tr("The target is {column}.", column=title), other_target()))
    there = column.values[~np.isnan(column.values)]
    if not len(there):
        said = tr("The target {column} is empty; take another column.", column=title)
        raise TableError(said, column=column.name)
    if column.levels:
        if task == "regression" and column.kind != "yes/no":
            texts = listed([quoted(level) for level in column.levels], 3)
            said = en("The target {column} has texts ({texts}), and a regression needs numbers.")
            said = Note(tr(said, column=title, texts=texts), no_regression())
            raise TableError(said, column=column.name, value=column.levels[0])
        if task == "regression":
            return Target("regression", column.values.copy(), ())
        column = _with_words(column, notes)
        there = column.values[~np.isnan(column.values)]
        counts = np.bincount(there.astype(np.intp), minlength=len(column.levels))
        point_out_rare(column.name, {name: int(n) for name, n in zip(column.levels, counts, strict=True) if n}, notes)
        return Target("classification", column.values.copy(), column.levels)
    different = np.unique(there)
    whole = bool((there == np.round(there)).all()) and column.kind == "number"
    as_many = few(len(different), len(there))
    if task == "regression" or (task is None and not (whole and as_many)):
        if task is None and as_many:
            said = ntr(
                "{column} has a single number in all rows, taken for a regression.",
                "{column} has {n} different numbers, taken for a regression.",
                len(different),
                column=title,
            )
            notes.append(Note(said, as_classes()))
        return Target("regression", column.values.copy(), ())
    if task is None and len(different) > 2:
        said = tr("{column} has {n} whole numbers, taken for classes.", column=title, n=len(different))
        notes.append(Note(said, as_numbers()))
    values = np.where(np.isnan(column.values), np.nan, np.searchsorted(different, column.values))
    return Target("classification", values, tuple(map(number_name, different)))


def word_classes(column: Column) -> dict[str, tuple[int, ...]]:
    """Return the words of a target ("null", "N/A") that are classes rather than gaps, with their rows: they are as
    frequent as another class and stand in one row of ten or more, beside other words. Spellings of one word are one."""
    if column.kind != "category" or not column.hollow or all(map(looks_like_number, column.levels)):
        return {}
    spelt: defaultdict[str, list[str]] = defaultdict(list)
    for word in sorted(column.hollow.keys() - NULLS, key=lambda word: (-len(column.hollow[word]), word)):
        spelt[word.casefold()].append(word)
    found = {words[0]: tuple(row for word in words for row in column.hollow[word]) for words in spelt.values()}
    rarest = np.bincount(column.values[~np.isnan(column.values)].astype(np.intp)).min()
    enough = max(int(rarest), len(column.values) / FEWEST_SHARE)
    return {word: rows for word, rows in found.items() if len(rows) >= enough}


def _with_words(column: Column, notes: list[str]) -> Column:
    """A target whose frequent words for nothing are classes, and a note on each."""
    words = word_classes(column)
    if not words:
        return column
    texts = column.texts()
    for word, rows in words.items():
        for row in rows:
            texts[row] = word
        said = tr(
            "{column}: {text} ({rows}) is as frequent as other classes, so it was taken for one.",
            column=quoted(column.name),
            text=quoted(word),
            rows=counted(len(rows), "row"),
        )
        notes.append(Note(said, as_gap(column.name, word)))
    return indexed(column.name, column.kind, texts, column.first)
