"""What has been: snapshots of a run at its epochs, to scrub through, to replay and to film."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from regviz.language import tr
from regviz.training.snapshot import Snapshot

from .guest import is_guest

LENGTH = 400
"""Snapshots kept at most."""

ROOM, GUEST_ROOM = 96e6, 3e6
"""Bytes they may take, and those of a server's visitor, beside whom there are others; large networks keep fewer."""

SHORTEST = 24
"""Snapshots kept whatever they take."""


class Tape:
    """Snapshots in order of their epochs, never more than fit: once full, every second goes, and from then on only
    every second epoch comes in. The first snapshot always stays."""

    def __init__(self) -> None:
        self._room = GUEST_ROOM if is_guest() else ROOM
        self.clear()

    def clear(self) -> None:
        """Forget everything."""
        self._snapshots: list[Snapshot] = []
        self._epochs: list[int] = []
        self._stride = 1

    def __len__(self) -> int:
        return len(self._snapshots)

    @property
    def epochs(self) -> Sequence[int]:
        """The epoch of each snapshot, ascending."""
        return tuple(self._epochs)

    def snapshots(self) -> Sequence[Snapshot]:
        """Return all snapshots, oldest first."""
        return tuple(self._snapshots)

    def record(self, snapshot: Snapshot) -> None:
        """Keep `snapshot` if its epoch is a new one whose turn it is."""
        epoch = snapshot.epoch
        if self._epochs and epoch < self._epochs[-1] + self._stride:
            return
        if len(self._snapshots) >= _capacity(snapshot, self._room):
            self._snapshots, self._epochs = self._snapshots[::2], self._epochs[::2]
            self._stride *= 2
        self._snapshots.append(snapshot)
        self._epochs.append(epoch)

    def at(self, epoch: float) -> Snapshot:
        """Return the last snapshot at or before `epoch`, or the first one. Raises ValueError for an empty tape."""
        if not self._snapshots:
            raise ValueError(tr("the tape is empty: nothing has been shown yet; play first"))
        return self._snapshots[max(0, bisect_right(self._epochs, epoch) - 1)]


def _capacity(snapshot: Snapshot, room: float) -> int:
    arrays = [a for m in snapshot.models for a in (*m.weights, *m.biases, *m.masks)]
    drawn = {id(m.split): m.split for m in snapshot.models if m.split.drawing is not None}  # others share one split
    arrays += [a for s in drawn.values() for a in (s.X_train, s.X_val, s.X_test, s.y_val, s.y_test)]
    size = sum(array.nbytes for array in arrays) + 1000
    return int(min(max(room / size, SHORTEST), LENGTH))
