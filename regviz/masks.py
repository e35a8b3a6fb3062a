"""Dropout masks: a new one for every step, from each model's own generator."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .spans import span

if TYPE_CHECKING:
    from numpy.random import Generator

LEVELS = 1 << 16
"""Dropout compares 16 random bits per output to a threshold, so p is met to within 0.0008 points."""

BLOCK_STEPS, BLOCK_DRAWS = 64, 1 << 19
"""Bits are drawn for up to 64 steps at once, for fewer if that is more than 2¹⁹ draws for one model."""


class Masks:
    """The masks of M models with `units` hidden units in all, for batches of up to `batch` samples.

    A model with p = 0 draws nothing: its generator rests until dropout is switched on. The scale is 1/(1 − p) for the
    p that 16 bits can tell apart, so that masked outputs have the right mean exactly.
    """

    def __init__(
        self, generators: Sequence[Generator], rates: Sequence[float], units: int, batch: int, dtype: str
    ) -> None:
        self.generators = list(generators)
        self.units, self.batch, self.dtype = units, batch, dtype
        self.block_steps = max(1, min(BLOCK_STEPS, BLOCK_DRAWS // max(1, units * batch)))
        self.step = 0
        self.rates = list(rates)
        self.drawn = [-1] * len(self.rates)  # the block of steps for which a model's bits are in place
        self.bits = np.empty((0, self.block_steps, units, batch), np.uint16)
        self.last: dict[int, NDArray[np.bool_]] = {}  # what was kept in the last step, by model
        self._arrange()

    def set(self, row: int, rate: float) -> None:
        """Change one model's p from the next step on."""
        self.rates[row] = rate
        self._arrange()

    def keep(self, rows: Sequence[int]) -> None:
        """Go on with some of the models only."""
        self.generators = [self.generators[row] for row in rows]
        self.rates = [self.rates[row] for row in rows]
        self.drawn = [self.drawn[row] for row in rows]
        self.bits = self.bits[rows] if len(self.bits) else self.bits
        self.last = {new: self.last[old] for new, old in enumerate(rows) if old in self.last}
        self._arrange()

    def next(self, n: int) -> NDArray[Any] | None:
        """The masks of the next step for `rows`, (rows, units, n) with 0 or 1/(1 − p); None if no model drops."""
        block, place = divmod(self.step, self.block_steps)
        self.step += 1
        if not self.dropping:
            self.last = {}
            return None
        for row in self.dropping:
            if self.drawn[row] != block:
                _fill(self.bits[row], self.generators[row])
                self.drawn[row] = block
        kept, scaled, self.last = self._buffers(n)
        np.greater_equal(self.bits[self.rows, place, :, :n], self.threshold, out=kept)
        np.copyto(scaled, kept)
        np.multiply(scaled, self.scale, out=scaled)
        return scaled

    def _arrange(self) -> None:
        """Thresholds, scales and fresh buffers; the old buffers live on in `last`."""
        self.rows = span(self.rates)
        self.dropping = [row for row, rate in enumerate(self.rates) if rate > 0]
        if self.dropping and len(self.bits) != len(self.rates):
            self.bits = np.empty((len(self.rates), *self.bits.shape[1:]), np.uint16)
            self.drawn = [-1] * len(self.rates)
        threshold = np.array([round(rate * LEVELS) for rate in self.rates[self.rows]])[:, None, None]
        self.threshold = threshold.astype(np.uint16)
        self.scale = (LEVELS / (LEVELS - threshold)).astype(self.dtype)
        self.buffers: dict[int, tuple[NDArray[np.bool_], NDArray[Any], dict[int, NDArray[np.bool_]]]] = {}

    def _buffers(self, n: int) -> tuple[NDArray[np.bool_], NDArray[Any], dict[int, NDArray[np.bool_]]]:
        if n not in self.buffers:
            shape = (self.rows.stop - self.rows.start, self.units, n)
            kept = np.empty(shape, bool)
            last = {row: kept[row - self.rows.start] for row in self.dropping}
            self.buffers[n] = kept, np.empty(shape, self.dtype), last
        return self.buffers[n]


def _fill(bits: NDArray[np.uint16], rng: Generator) -> None:
    """Random bits, four 16-bit numbers from each draw."""
    draws = rng.integers(0, 2**64 - 1, size=-(-bits.size // 4), dtype=np.uint64, endpoint=True)
    bits.ravel()[:] = draws.view(np.uint16)[: bits.size]
