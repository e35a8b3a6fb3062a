"""The texts of a panel that move or change, and when the page is told.

A label and its mark are two things on the page: the mark is pixels, the label a text of the browser. Both come with the
same frame, or a label would stand beside another curve's mark for as long as it is late. Only what a measurement reads
(the digits of "0.40", of "82 %") may be late: rewriting texts is costly for the page, and nobody reads faster.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from matplotlib.text import Text

from .texts import PlacedText, placed

MEASUREMENT = re.compile(r"[+−]?\d[\d,]*(?:\.\d+|(?:\.\d+)?(?=\s?%))")
"""A number with a decimal point, or in percent. Whole numbers may be names: "x3", "unit 12"."""


class LiveTexts:
    """The live `texts` of one panel, whose keys begin with its `name`."""

    def __init__(self, name: str, texts: Sequence[Text]) -> None:
        self._texts = [(f"{name}.{i}", text) for i, text in enumerate(texts)]

    @property
    def stale(self) -> bool:
        """True if the page may not have all that they say."""
        return any(text.stale for _, text in self._texts)

    def forget(self) -> None:
        """Look at each of them anew."""
        for _, text in self._texts:
            text.stale = True

    def changes(
        self, known: dict[str, PlacedText], height: float, ratio: float, due: bool
    ) -> dict[str, PlacedText | None]:
        """Return the texts that differ from those that are `known`, by key; None for one that is to go.

        All of them or none, since they belong together: none as long as measurements alone differ and are not `due`.
        """
        fresh = {key: placed(text, height, ratio) for key, text in self._texts if text.stale}
        if not due and all(same_but_measured(now, known.get(key)) for key, now in fresh.items()):
            return {}
        for _, text in self._texts:
            text.stale = False
        return {key: now for key, now in fresh.items() if now != known.get(key)}


def same_but_measured(now: PlacedText | None, before: PlacedText | None) -> bool:
    """Return True if two texts stand in the same place, look alike, and say the same of perhaps other measurements."""
    if now is None or before is None:
        return now is before
    if now == before:
        return True
    words, former = (MEASUREMENT.sub("0", text[2]) for text in (now, before))
    return words == former and now[:2] + now[3:] == before[:2] + before[3:]
