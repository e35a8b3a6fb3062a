"""Labels without layout: texts that fit their room, and places that do not overlap."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ...look.lettering import width_of

MOST_FOR_NAMES = 0.48
"""Share of a picture that the names of its lanes may take: the rest is what it shows."""


def column_for(names: Sequence[float], more: Sequence[float], place: float, share: float) -> float:
    """Return width of a column of lane names in a place `place` wide, all in CSS pixels.

    As wide as the longest of `names` and of `more`, which are said beside or below names, but no wider than `share` of
    the place. Only names themselves, by which lanes are told apart, may take up to `MOST_FOR_NAMES` of it.
    """
    return min(max([*names, *more]), max(share * place, min(max(names), MOST_FOR_NAMES * place)))


def first_that_fits(texts: Sequence[str], width: float, size: float, bold: bool = False) -> str:
    """Return the first of `texts` that is not wider than `width`; the last one if none fits."""
    return next((text for text in texts if width_of(text, size, bold) <= width), texts[-1])


def shorten(text: str, width: float, size: float, bold: bool = False) -> str:
    """Return `text`, cut with an ellipsis if it is wider than `width`."""
    if width_of(text, size, bold) <= width:
        return text
    cuts = (text[:end].rstrip() + "…" for end in range(len(text) - 1, 0, -1))
    return next((cut for cut in cuts if width_of(cut, size, bold) <= width), text[0] + "…")


def spread(wanted: Sequence[float], gap: float, low: float, high: float) -> NDArray[np.float64]:
    """Return places in `[low, high]`, in the order given and at least `gap` apart, as near to `wanted` as can be.

    The least-squares solution: subtract the gaps, and what must stay is an increasing sequence (isotonic regression
    by pooling neighbours that would cross). If there is no room for all gaps, they shrink alike.
    """
    count = len(wanted)
    if count == 0:
        return np.empty(0)
    gap = min(gap, (high - low) / max(1, count - 1))
    blocks: list[tuple[float, int]] = []
    for rank, value in enumerate(wanted):
        total, size = value - rank * gap, 1
        while blocks and blocks[-1][0] / blocks[-1][1] > total / size:
            before, more = blocks.pop()
            total, size = total + before, size + more
        blocks.append((total, size))
    level = np.concatenate([np.full(size, total / size) for total, size in blocks])
    return np.asarray(np.clip(level, low, max(low, high - (count - 1) * gap)) + gap * np.arange(count))


def keep_order(order: Sequence[int], values: Sequence[float], slack: float) -> list[int]:
    """Return `order` (indices into `values`), with two neighbours swapped only if they are out of order by more than
    `slack`.

    So labels of curves that touch do not change places with every wiggle.
    """
    kept = list(order)
    for end in range(len(kept) - 1, 0, -1):
        for i in range(end):
            if values[kept[i]] > values[kept[i + 1]] + slack:
                kept[i], kept[i + 1] = kept[i + 1], kept[i]
    return kept
