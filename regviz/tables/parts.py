"""Training, validation and test parts that all have every class, or the whole range of a target."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ..language import en, ntr, tr
from .errors import listed, quoted

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray

FEWEST_OF_STRATUM, MOST_STRATA = 6, 10
"""Rows of a quantile of the target at least, and quantiles at most."""


PARTS = (en("training"), en("validation"), en("test"))
"""What the parts are called in sentences."""


class Rare(NamedTuple):
    """A class that is not in all three parts: its name, how many rows it has, and the parts that have none of them."""

    name: str
    rows: int
    without: tuple[str, ...]

    @property
    def note(self) -> str:
        """A sentence about it, in the language of who reads it."""
        return ntr(
            "Class {name} has 1 row, too few for three parts: there is none for {parts}. Add rows of it, or "
            "join it to another class.",
            "Class {name} has {n} rows, too few for three parts: there is none for {parts}. Add rows of it, or "
            "join it to another class.",
            self.rows,
            name=quoted(self.name),
            parts=listed([tr(part) for part in self.without]),
        )


class Parts(NamedTuple):
    """Rows of the three parts, each in random order, and the classes that are too rare to be in all of them."""

    train: NDArray[np.intp]
    val: NDArray[np.intp]
    test: NDArray[np.intp]
    rare: tuple[Rare, ...]


def stratified_parts(
    y: NDArray[Any],
    task: str,
    sizes: Sequence[int],
    seed: int | Generator,
    class_names: Sequence[str] = (),
) -> Parts:
    """Return rows for training, validation and test, `sizes` of each.

    Each class is shared out in proportion, to within one row; where a class has three rows or more, each part has one,
    as far as the parts have room. A regression is shared out by quantiles of its target (of ties, at random), if there
    are rows enough for two of them. The same seed with more training rows keeps most of them.
    Raises ValueError unless the sizes sum to len(y) and none is negative.
    """
    y = np.asarray(y)
    rng = np.random.default_rng(seed)
    if sum(sizes) != len(y) or min(sizes) < 0:
        raise ValueError(f"sizes {tuple(sizes)} do not sum to {len(y)} rows")
    strata = y.astype(np.int64) if task == "classification" else _quantiles(y, rng)
    groups = [rng.permutation(np.flatnonzero(strata == k)) for k in np.unique(strata)]
    counts = np.array([len(group) for group in groups])
    share = _shared(counts, np.array(sizes), each=task == "classification")
    parts: list[NDArray[np.intp]] = []
    start = np.zeros(len(groups), int)
    for part in range(3):
        rows = np.concatenate([group[a : a + n] for group, a, n in zip(groups, start, share[:, part], strict=True)])
        start += share[:, part]
        parts.append(rng.permutation(rows).astype(np.intp))
    rare = _rare(np.unique(strata), counts, share, sizes, class_names) if task == "classification" else ()
    return Parts(parts[0], parts[1], parts[2], rare)


def _quantiles(y: NDArray[Any], rng: Generator) -> NDArray[np.int64]:
    """For each row the quantile of its target, as many as give each part a row of most of them."""
    strata = max(1, min(MOST_STRATA, len(y) // FEWEST_OF_STRATUM))
    order = np.lexsort((rng.random(len(y)), y))
    found = np.empty(len(y), np.int64)
    found[order] = np.arange(len(y)) * strata // max(1, len(y))
    return found


def _shared(counts: NDArray[Any], sizes: NDArray[Any], each: bool) -> NDArray[Any]:
    """How many rows of each class (k,) go into each of three parts, (k, 3): in proportion, with those sums exactly."""
    ideal = counts[:, None] * sizes / max(1, counts.sum())
    share: NDArray[Any] = np.floor(ideal).astype(int)
    if each:
        for k in np.argsort(
            -counts, kind="stable"
        ).tolist():  # frequent classes can spare the room that a rare one takes
            if counts[k] >= 3:
                wanted = np.maximum(share[k], sizes > 0)
                while wanted.sum() > counts[k]:
                    wanted[wanted.argmax()] -= 1
                share[k] = wanted
        for part in range(3):  # a part smaller than the number of classes cannot have them all
            while share[:, part].sum() > sizes[part]:
                rarest = np.where(share[:, part] > 0, counts, counts.max() + 1).argmin()
                share[share[:, part].argmax() if share[:, part].max() > 1 else rarest, part] -= 1
    rows, room = counts - share.sum(axis=1), sizes - share.sum(axis=0)
    while rows.sum() > 0:
        lack = np.where((rows[:, None] > 0) & (room[None, :] > 0), ideal - share, -np.inf)
        k, part = divmod(int(lack.argmax()), 3)
        share[k, part] += 1
        rows[k] -= 1
        room[part] -= 1
    return share


def _rare(
    classes: NDArray[Any], counts: NDArray[Any], share: NDArray[Any], sizes: Sequence[int], names: Sequence[str]
) -> tuple[Rare, ...]:
    """Each class that is not in all parts."""
    found: list[Rare] = []
    for k, label in enumerate(classes):
        without = [part for part, size, n in zip(PARTS, sizes, share[k], strict=True) if size and not n]
        if without:
            name = names[int(label)] if len(names) > int(label) else str(label)
            found.append(Rare(name, int(counts[k]), tuple(without)))
    return tuple(found)
