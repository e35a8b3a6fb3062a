"""Where arrow keys lead among the targets of a picture."""

from __future__ import annotations

from collections.abc import Sequence

Targets = Sequence[tuple[float, float]]

DIRECTIONS = {"ArrowLeft": (-1, 0), "ArrowRight": (1, 0), "ArrowUp": (0, -1), "ArrowDown": (0, 1)}

SIDEWAYS = 3.0
"""How much farther a target counts that lies beside the way than one that lies on it."""

STRAIGHT = 1.0
"""Pixels by which a target must lie in the direction of an arrow at least."""


def beside(targets: Targets, at: int, direction: tuple[int, int]) -> int:
    """Return the index of the nearest target in a direction.

    If there is none, left and right go on in the order one reads them, so that → alone leads to all; at the ends, `at`.
    """
    x, y = targets[at]
    best, nearest = at, float("inf")
    for k, (its_x, its_y) in enumerate(targets):
        ahead = (its_x - x) * direction[0] + (its_y - y) * direction[1]
        aside = abs((its_x - x) * direction[1]) + abs((its_y - y) * direction[0])
        if ahead >= STRAIGHT and ahead + SIDEWAYS * aside < nearest:
            best, nearest = k, ahead + SIDEWAYS * aside
    if best == at and direction[0]:
        return min(max(at + direction[0], 0), len(targets) - 1)
    return best


def reachable(targets: Targets) -> list[tuple[float, float]]:
    """Return those of `targets` to which arrow keys lead from the first, and from there again when the others are left
    out.
    """
    kept = list(targets)
    while kept:
        seen, new = set[int](), {0}
        while new:
            seen |= new
            new = {beside(kept, at, way) for at in new for way in DIRECTIONS.values()} - seen
        if len(seen) == len(kept):
            break
        kept = [target for at, target in enumerate(kept) if at in seen]
    return kept
