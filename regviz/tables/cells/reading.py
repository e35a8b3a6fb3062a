"""A column of texts before its kind is settled, and what its texts say."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from ...words import as_seen
from .decimals import Scan, scan
from .missing import AMONG_NUMBERS, Missing, is_blank, is_missing
from .numbers import written
from .stored import as_float

SLIPS = 3
"""Different texts among numbers or dates that may be slips."""

FEWEST_FINE = 5
"""Different numbers or dates beside which there may be slips."""

SEVERAL_LINES = re.compile(r"(?<=\d)\s*[\n\r\t\v\f]\s*(?=\d)")

MOST_CATEGORIES = 20
"""Different texts of a column that become 0/1 columns by themselves."""


class Reading(NamedTuple):
    """Texts as they look (None where missing), how often each stands there, and what they say of numbers.

    stored    numbers of cells that were no texts
    spaced    texts with spaces around them, with how often
    ways      texts that are written in several ways that look the same
    hollow    cells that say that they have no value ("NA"), and are not just empty
    """

    texts: list[str | None]
    counts: Counter[str]
    scan: Scan
    stored: Mapping[str, float]
    spaced: Counter[str]
    ways: Collection[str]
    hollow: int = 0

    @property
    def there(self) -> list[str]:
        """The different texts that may be values of a column of numbers or dates."""
        return [text for text in self.counts if text.lower() not in AMONG_NUMBERS]

    def rows(self, texts: Collection[str]) -> int:
        """Return how many rows have one of `texts`."""
        return sum(self.counts[text] for text in texts)

    def values(self, number: Mapping[str, float]) -> Any:
        """Return the numbers that texts stand for, (n,), NaN where there is none."""
        return np.array([np.nan if text is None else number.get(text, np.nan) for text in self.texts], np.float64)

    def few(self, levels: int) -> bool:
        """Return whether so many different texts make categories."""
        return levels <= MOST_CATEGORIES and 2 * levels <= self.counts.total()

    def slips(self, odd: Collection[str], fine: int) -> bool:
        """Return whether `odd` texts are slips among `fine` different ones that can be read."""
        share = self.rows(odd) / max(1, self.rows(self.there))
        return fine >= FEWEST_FINE and len(odd) <= SLIPS and share <= (0.1 if len(odd) > 1 else 0.3)


class File(NamedTuple):
    """What is known of the file that a column stands in.

    lines        of its rows, None if the table is from no file
    delimiter    between its cells
    common       the decimal sign of its other columns, "" if none tells
    orders       how its columns have days and months
    """

    lines: Sequence[int] | None
    delimiter: str
    common: str
    orders: Mapping[str, tuple[bool, str]]


def reading(cells: Any, extra: Missing) -> Reading:
    """Return the cells of a column as texts, and what those say."""
    texts: list[str | None] = []
    stored: dict[str, float] = {}
    spaced: Counter[str] = Counter()
    ways: defaultdict[str, set[str]] = defaultdict(set)
    hollow = 0
    for cell in cells:
        if is_missing(cell, extra):
            texts.append(None)
            hollow += not is_blank(cell)
            continue
        text = _looks(text_of(cell))
        texts.append(text or None)
        if isinstance(cell, str):
            bare = cell.strip(" \t")
            spaced[text] += bare != cell
            if bare != text:
                ways[text].add(bare)
        elif isinstance(cell, (int, float, np.number)) and not isinstance(cell, bool):
            stored[text] = as_float(cell)
    counts = Counter(text for text in texts if text is not None)
    for cell, seen in zip(cells, texts, strict=True) if ways else ():
        if seen and seen in ways and isinstance(cell, str):
            ways[seen].add(cell.strip(" \t"))
    several = tuple(text for text, forms in ways.items() if text and len(forms) > 1)
    return Reading(texts, counts, scan(counts, stored), stored, +spaced, several, hollow)


def _looks(cell: str) -> str:
    """A text as it looks. Numbers below each other are several, though one blank between them would make thousands."""
    text = as_seen(cell)
    if not cell.isprintable() and SEVERAL_LINES.search(cell) and (number := written(text)) and number.group == " ":
        return as_seen(SEVERAL_LINES.sub("; ", cell))
    return text


def text_of(cell: Any) -> str:
    """Return a cell as a text; whole numbers without decimals."""
    if isinstance(cell, bytes):
        return cell.decode("utf-8", "replace")
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return str(cell)
