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

AHEAD = 1 << 15
"""About so many numbers of masks are made of bits at once, as fit the cache: a small network's, for several steps."""


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
        self._last: tuple[NDArray[np.bool_], dict[int, int]] | None = None
        self._arrange()

    @property
    def last(self) -> dict[int, NDArray[np.bool_]]:
        """What was kept in the last step, (units, n), by model; only of models that drop."""
        if self._last is None:
            return {}
        kept, places = self._last
        return {row: kept[place] for row, place in places.items()}

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
        if self._last is not None:
            kept, places = self._last
            self._last = kept, {new: places[old] for new, old in enumerate(rows) if old in places}
        self._arrange()

    def next(self, n: int) -> NDArray[Any] | None:
        """The masks of the next step for `rows`, (rows, units, n) with 0 or 1/(1 − p); None if no model drops."""
        step = self.step
        self.step += 1
        if not self.dropping:
            self._last = None
            return None
        if not self.start <= step < self.end:
            self._make(step)
        kept, scaled = self.made[step - self.start]
        if n < self.batch:
            kept, scaled = kept[:, :, :n], scaled[:, :, :n]
        self._last = kept, self.places
        return scaled

    def _make(self, step: int) -> None:
        """The masks of `step` and of as many steps after it as there are buffers and bits for."""
        block, place = divmod(step, self.block_steps)
        for row in self.dropping:
            if self.drawn[row] != block:
                _fill(self.bits[row], self.generators[row])
                self.drawn[row] = block
        steps = min(len(self.made), self.block_steps - place)
        self.start, self.end = step, step + steps
        kept, scaled = self.kept[:, :steps], self.scaled[:, :steps]
        np.greater_equal(self.bits[self.rows, place : place + steps], self.threshold, out=kept)
        np.copyto(scaled, kept)
        np.multiply(scaled, self.scale, out=scaled)

    def _arrange(self) -> None:
        """Thresholds, scales and fresh buffers, nothing made yet; the old buffers live on in `last`."""
        self.rows = span(self.rates)
        self.dropping = [row for row, rate in enumerate(self.rates) if rate > 0]
        if self.dropping and len(self.bits) != len(self.rates):
            self.bits = np.empty((len(self.rates), *self.bits.shape[1:]), np.uint16)
            self.drawn = [-1] * len(self.rates)
        threshold = np.array([round(rate * LEVELS) for rate in self.rates[self.rows]])[:, None, None, None]
        self.threshold = threshold.astype(np.uint16)
        self.scale = (LEVELS / (LEVELS - threshold)).astype(self.dtype)
        self.start = self.end = 0  # the steps whose masks are made
        self.places = {row: row - self.rows.start for row in self.dropping}
        rows = self.rows.stop - self.rows.start
        steps = max(1, min(self.block_steps, AHEAD // max(1, rows * self.units * self.batch)))
        self.kept: NDArray[np.bool_] = np.empty((rows, steps, self.units, self.batch), bool)
        self.scaled: NDArray[Any] = np.empty(self.kept.shape, self.dtype)
        self.made: list[tuple[NDArray[np.bool_], NDArray[Any]]] = [
            (self.kept[:, k], self.scaled[:, k]) for k in range(steps)
        ]


def _fill(bits: NDArray[np.uint16], rng: Generator) -> None:
    """Random bits, four 16-bit numbers from each draw."""
    draws = np.asarray(rng.bit_generator.random_raw(-(-bits.size // 4)))
    bits.ravel()[:] = draws.view(np.uint16)[: bits.size]
