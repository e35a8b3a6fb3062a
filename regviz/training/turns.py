"""Turns: which knob of a network was turned while it trained, when, and from what to what."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

MOST = 200
"""Turns of one network that are kept; beyond them the oldest go."""

POINTS = "points"
"""The "field" of a turn that exchanged the training points; its values are how many there were and are."""


class Turn(NamedTuple):
    """A live field of a Config was changed after `epoch` epochs, from the value `before` to the value `after`.

    Where the training points were exchanged, `field` is `POINTS`.
    """

    epoch: int
    field: str
    before: Any
    after: Any


def with_turn(turns: Sequence[Turn], turn: Turn, *, goes_on: bool = False) -> tuple[Turn, ...]:
    """Return `turns` and one more.

    One that `goes_on` (a slider is being dragged), or that comes before another epoch has ended, is one with the last
    turn of its field; what comes back to where it was is no turn.
    """
    kept = list(turns)
    at = next((place for place in range(len(kept) - 1, -1, -1) if kept[place].field == turn.field), None)
    if at is None or not (goes_on or kept[at].epoch == turn.epoch):
        kept.append(turn)
    elif kept[at].before == turn.after and turn.field != POINTS:  # as many points need not be the same ones
        del kept[at]
    else:
        kept[at] = kept[at]._replace(after=turn.after)
    return tuple(kept[-MOST:])
