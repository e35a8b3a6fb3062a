"""Something of each lane over the epochs of a run: read off the snapshots that there are, within bounds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, Self, TypeVar

from regviz.training.snapshot import ModelSnapshot, Snapshot

MOST = 400
"""Epochs that are kept: when there are more, every second one goes, as on the tape."""

AT_ONCE = 40
"""Snapshots of the past that one `follow` reads at most: a few milliseconds."""

T = TypeVar("T")


class Following(Generic[T]):
    """What is known of a run: by epoch, of each lane its own epoch and what `read` has found."""

    def __init__(self, read: Callable[[ModelSnapshot], T]) -> None:
        self.rows: dict[int, list[tuple[int, T]]] = {}
        self.read = read
        self._first: Snapshot | None = None
        self._stride = 1

    def copy(self) -> Self:
        """Return another one with the same rows; each goes on by itself."""
        other = type(self).__new__(type(self))
        vars(other).update(vars(self), rows=dict(self.rows))
        return other

    def follow(self, newest: Snapshot, past: Sequence[Snapshot]) -> bool:
        """Add `newest` and what is not known of its `past`, oldest first; True if some of that is left for later.

        Another run (its past begins with another snapshot, or without a past: its epochs begin again) starts anew.
        """
        first = past[0] if past else None
        if first is not self._first or (not past and self.rows and newest.epoch < max(self.rows)):
            self.rows, self._first, self._stride = {}, first, 1
        missing = [snapshot for snapshot in past if self._wanted(snapshot.epoch)]
        for snapshot in missing[:AT_ONCE]:
            self._add(snapshot)
        if len(missing) <= AT_ONCE and self._wanted(newest.epoch):
            self._add(newest)
        return len(missing) > AT_ONCE

    def before(self, lane: int, epoch: int) -> list[tuple[int, T]]:
        """Return what is known of a lane at its own epochs before `epoch`, in order."""
        lanes = [of[lane] for _, of in sorted(self.rows.items()) if lane < len(of)]
        return [(at, found) for at, found in lanes if at < epoch]

    def _wanted(self, epoch: int) -> bool:
        return epoch % self._stride == 0 and epoch not in self.rows

    def _add(self, snapshot: Snapshot) -> None:
        self.rows[snapshot.epoch] = [(model.epoch, self.read(model)) for model in snapshot.models]
        while len(self.rows) > MOST:
            self._stride *= 2
            self.rows = {epoch: row for epoch, row in self.rows.items() if epoch % self._stride == 0}
