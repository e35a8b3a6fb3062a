"""Shares of what was measured."""

from __future__ import annotations

from collections.abc import Sequence


def share(values: Sequence[float], part: float) -> float:
    """The value that a `part` of `values` do not exceed."""
    return sorted(values)[min(len(values) - 1, int(part * len(values)))]
