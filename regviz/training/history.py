"""History: what was measured after each epoch, exact or within a bounded number of rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

COLUMNS = ("train_loss", "val_loss", "train_score", "val_score", "penalty")
START_ROWS = 64

LEAST_CAPACITY = 16
"""Rows of a bounded history at least."""


class History:
    """Rows of measurements in time order, row 0 is epoch 0 (before training).

    With `capacity=None` every epoch stays. With a capacity (at least 16) there are never more rows: once they are
    full, epochs are put into buckets of equal length 2ᵏ and of each bucket only the epochs with its smallest and its
    largest validation loss stay. New epochs come in unthinned until it is full again. So every row is a true
    measurement, a curve keeps its extremes, and the first, the best and the newest epoch are always there, as is the
    one that was last named by `keep`.

    Rows once written never change: what `arrays` returned stays valid. Raises ValueError for a smaller capacity.
    """

    def __init__(self, capacity: int | None = None) -> None:
        if capacity is not None and capacity < LEAST_CAPACITY:
            needed = f"a history needs at least {LEAST_CAPACITY} rows"
            raise ValueError(f"capacity={capacity} is not possible: {needed}. Try 2000.")
        self.capacity = capacity
        self.n = self._kept_epoch = 0
        self._reserve(START_ROWS if capacity is None else min(START_ROWS, capacity))

    def __len__(self) -> int:
        return self.n

    def append(self, epoch: int, values: tuple[float, float, float, float, float]) -> None:
        """Add a row: an epoch and its `COLUMNS`."""
        if self.n == len(self.epochs):
            self._make_room()
        self.epochs[self.n] = epoch
        self.values[:, self.n] = values
        self.n += 1

    def keep(self, epoch: int) -> None:
        """Let the row of this epoch stay until another is named."""
        self._kept_epoch = epoch

    def arrays(self) -> dict[str, NDArray[np.float64] | NDArray[np.int64]]:
        """Return read-only columns by name: `epoch` (int64) and `COLUMNS` (float64), all (rows,). Views, no copies."""
        n = self.n
        columns: dict[str, NDArray[np.float64] | NDArray[np.int64]] = {"epoch": self._epochs[:n]}
        for name, values in zip(COLUMNS, self._values, strict=True):
            columns[name] = values[:n]
        return columns

    def _make_room(self) -> None:
        """Move to a larger buffer, or thin into a fresh one. The old buffer stays with those who look at it."""
        rows = np.arange(self.n)
        if self.capacity is not None and self.n == self.capacity:
            rows = self._kept()
        epochs, values = self.epochs, self.values
        room = 2 * self.n
        self._reserve(room if self.capacity is None else min(room, self.capacity))
        self.n = len(rows)
        self.epochs[: self.n] = epochs[rows]
        self.values[:, : self.n] = values[:, rows]

    def _kept(self) -> NDArray[np.intp]:
        """Rows that stay: the smallest and the largest validation loss of each bucket, the first row and the kept one.

        Buckets are the shortest that leave at least half of the capacity free.
        """
        assert self.capacity is not None
        length = 1
        while 2 * (self.epochs[-1] // length + 1) > self.capacity // 2 - 1:
            length *= 2
        bucket = self.epochs // length
        order = np.lexsort((self.values[COLUMNS.index("val_loss")], bucket))  # stable: of equals, the earliest
        ends = np.flatnonzero(np.diff(bucket[order], prepend=-1))
        lowest, highest = order[ends], order[np.append(ends[1:], len(order)) - 1]
        named = min(int(np.searchsorted(self.epochs, self._kept_epoch)), len(self.epochs) - 1)  # it may have no row
        return np.unique(np.concatenate((np.array([0, named]), lowest, highest)))

    def _reserve(self, rows: int) -> None:
        self.epochs = np.empty(rows, np.int64)
        self.values = np.empty((len(COLUMNS), rows))
        self._epochs, self._values = self.epochs.view(), self.values.view()
        self._epochs.setflags(write=False)
        self._values.setflags(write=False)
