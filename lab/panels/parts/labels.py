"""Labels without layout: estimated widths, places that do not overlap, numbers that keep their width."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

MIDDLE = 0.56
"""Width of most signs in em: Arial's digits and lower case."""

WIDTHS = {
    sign: em
    for signs, em in (
        ("il.,:;'|! ", 0.29),
        ("jtfrI()[]/-°", 0.35),
        ("ckxyzsvJ", 0.53),
        ("ABCDEGHKNOPQRSUVXYΣ≤≥−+=×<>~", 0.69),
        ("mwMW%…", 0.88),
    )
    for sign in signs
}
"""Widths in em of signs that are much narrower or wider: Arial's, and a little more, since others draw them wider."""

BOLD = 1.07

MOST_FOR_NAMES = 0.44
"""Share of a picture that the names of its lanes may take: the rest is what it shows."""


def width_of(text: str, size: float, bold: bool = False) -> float:
    """Estimated width of `text` in CSS pixels. Texts are set by the browser, so nothing here can measure them."""
    return _em(text) * size * (BOLD if bold else 1)


@lru_cache(maxsize=4096)
def _em(text: str) -> float:
    return sum(WIDTHS.get(sign, MIDDLE) for sign in text)


def column_for(names: Sequence[float], more: Sequence[float], place: float, share: float) -> float:
    """Width of a column of lane names in a place `place` wide, all in CSS pixels.

    As wide as the longest of `names` and of `more`, which are said beside or below names, but no wider than `share` of
    the place. Only names themselves, by which lanes are told apart, may take up to `MOST_FOR_NAMES` of it.
    """
    return min(max([*names, *more]), max(share * place, min(max(names), MOST_FOR_NAMES * place)))


def first_that_fits(texts: Sequence[str], width: float, size: float) -> str:
    """The first of `texts` that is not wider than `width`; the last one if none fits."""
    return next((text for text in texts if width_of(text, size) <= width), texts[-1])


def shorten(text: str, width: float, size: float) -> str:
    """`text`, cut with an ellipsis if it is wider than `width`."""
    if width_of(text, size) <= width:
        return text
    cuts = (text[:end].rstrip() + "…" for end in range(len(text) - 1, 0, -1))
    return next((cut for cut in cuts if width_of(cut, size) <= width), text[0] + "…")


def spread(wanted: Sequence[float], gap: float, low: float, high: float) -> NDArray[np.float64]:
    """Places in `[low, high]`, in the order given and at least `gap` apart, as near to `wanted` as can be.

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
    """`order` (indices into `values`), with two neighbours swapped only if they are out of order by more than `slack`.

    So labels of curves that touch do not change places with every wiggle.
    """
    kept = list(order)
    for end in range(len(kept) - 1, 0, -1):
        for i in range(end):
            if values[kept[i]] > values[kept[i + 1]] + slack:
                kept[i], kept[i + 1] = kept[i + 1], kept[i]
    return kept


def percent(share: float) -> str:
    """A share as whole percent; "0 %" and "100 %" only if that is exactly so."""
    if 0 < share < 0.005:
        return "<1 %"
    if 0.995 <= share < 1:
        return ">99 %"
    return f"{100 * share:.0f} %"


def nice_above(value: float, steps: Sequence[float]) -> float:
    """The smallest of `steps` × a power of ten that is not below `value` (> 0). `steps` ascend within [1, 10)."""
    power = 10.0 ** np.floor(np.log10(value))
    for step in (*steps, 10.0):
        if step * power >= value * (1 - 1e-12):
            return float(step * power)
    return float(10 * power)
