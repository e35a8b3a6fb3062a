"""Which lane is which, once others have come, gone, or been renamed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from .lanes import Lane

SAME: tuple[Callable[[Lane], Any], ...] = (
    lambda lane: lane,
    lambda lane: lane.name,
    lambda lane: (set(lane.uses), lane.fixed),
)
"""By what a lane is known again, the surest first: nothing of it has changed, it was edited, or it was renamed."""


def places_of(before: Sequence[Lane], after: Sequence[Lane]) -> list[int | None]:
    """Return for each of the lanes `before` its place among those `after`; None for one that has gone."""
    places: list[int | None] = [None] * len(before)
    free = list(range(len(after)))
    for told in SAME:
        for i, lane in enumerate(before):
            if places[i] is None:
                places[i] = next((place for place in free if told(after[place]) == told(lane)), None)
                free = [place for place in free if place != places[i]]
    return places
