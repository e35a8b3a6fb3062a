"""Which models of a stack a technique concerns."""

from __future__ import annotations

from collections.abc import Sequence


def span(values: Sequence[float]) -> slice:
    """The smallest slice that holds every value that is not 0, so that models without a technique do not pay for it.

    A model inside the slice whose own value is 0 is computed along; with 0 that changes nothing.
    """
    used = [row for row, value in enumerate(values) if value != 0]
    return slice(used[0], used[-1] + 1) if used else slice(0, 0)
