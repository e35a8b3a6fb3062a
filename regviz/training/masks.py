"""Dropout masks: a new one for every step, from each model's own generator."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ..fields import PerLayer, by_layer
from ..memory import aligned
from ..spans import each, span

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray

LEVELS = 1 << 16
"""Dropout compares 16 random bits per output to a threshold, so p is met to within 0.0008 percentage points."""

BLOCK_STEPS, BLOCK_DRAWS = 64, 1 << 17
"""Bits are drawn for up to 64 steps at once, for fewer if that is more than 2¹⁷ draws for one model."""


class Drawn(NamedTuple):
    """Where one model's masks are: its generator, the step, the block it has drawn last, and the last mask if any."""

    generator: Generator
    step: int
    block: int
    last: NDArray[np.bool_] | None


class Masks:
    """The masks of M models with hidden layers of `layers` units each, for batches of up to `batch` samples.

    `rates` has p of each layer for each model, or one for all its layers. A model with p = 0 draws nothing: its
    generator rests until dropout is switched on. The scale is 1/(1 − p) for the p that 16 bits can tell apart, so that
    masked outputs have the right mean exactly: (rows, units, 1), or fewer numbers where layers or models are alike.
    """

    def __init__(
        self, generators: Sequence[Generator], rates: Sequence[PerLayer], layers: Sequence[int], batch: int, dtype: str
    ) -> None:
        self.generators = list(generators)
        self.units, self.batch, self.dtype = sum(layers), batch, dtype
        self.hidden = list(pairwise(accumulate(layers, initial=0)))
        self.block_steps = max(1, min(BLOCK_STEPS, BLOCK_DRAWS // max(1, self.units * batch)))
        self.step = 0
        self.layers, self.rates = list(layers), [by_layer(rate, len(layers)) for rate in rates]
        self.drawn = [-1] * len(self.rates)  # the block of steps for which a model has drawn last
        Decided = tuple[int, tuple[float, ...]]  # the block and the rates that `kept` is of
        self.decided: list[Decided | None] = [None] * len(self.rates)
        self.kept: NDArray[np.bool_] = np.empty((0, self.block_steps, self.units, batch), bool)
        self.block = -1  # for which it is decided what every model keeps
        self.rows, self.scale = slice(0, 0), np.ones(0, dtype)
        self.now: dict[int, tuple[NDArray[np.bool_], list[NDArray[np.bool_]]]] = {}  # what is kept, by batch size
        self._last: tuple[NDArray[np.bool_], dict[int, int]] | None = None
        self._arrange()

    @property
    def last(self) -> dict[int, NDArray[np.bool_]]:
        """What was kept in the last step, (units, n), by model; only of models that drop."""
        if self._last is None:
            return {}
        kept, places = self._last
        return {row: kept[place] for row, place in places.items()}

    def anew(self, batch: int) -> Masks:
        """Return masks for batches of another size, drawn from the same generators."""
        masks = Masks(self.generators, self.rates, self.layers, batch, self.dtype)
        masks._last = self._last
        return masks

    def set(self, row: int, rate: PerLayer) -> None:
        """Change one model's p from the next step on."""
        self.rates[row] = by_layer(rate, len(self.layers))
        self._arrange()

    def keep(self, rows: Sequence[int]) -> None:
        """Go on with some of the models only."""
        self.generators = [self.generators[row] for row in rows]
        self.rates = [self.rates[row] for row in rows]
        self.drawn = [self.drawn[row] for row in rows]
        self.decided = [self.decided[row] for row in rows]
        self.kept = self.kept[rows] if len(self.kept) else self.kept
        if self._last is not None:
            kept, places = self._last
            self._last = kept, {new: places[old] for new, old in enumerate(rows) if old in places}
        self._arrange()

    def drawn_by(self, row: int) -> Drawn:
        """Return what one model's next masks depend on, copied."""
        last = self.last.get(row)
        last = None if last is None else last.copy()
        return Drawn(deepcopy(self.generators[row]), self.step, self.drawn[row], last)

    def resume(self, drawn: Drawn) -> None:
        """Go on where the masks of one model were; these must be those of one model too."""
        self.generators, self.step = [deepcopy(drawn.generator)], drawn.step
        if drawn.block >= 0 and not len(self.kept):
            self.kept = np.empty((1, *self.kept.shape[1:]), bool)  # bits of its block have been drawn before
            self._arrange()
        self.drawn = [drawn.block]
        self._last = None if drawn.last is None else (drawn.last[None], {0: 0})

    def next(self, n: int) -> list[NDArray[np.bool_]] | None:
        """Return what the next step keeps of each hidden layer in `rows`, (rows, units, n); None if no model drops.

        The arrays are the same ones each time, as long as the same models drop.
        """
        block, place = divmod(self.step, self.block_steps)
        self.step += 1
        if not self.dropping:
            self._last = None
            return None
        if block != self.block:
            for row in range(self.rows.start, self.rows.stop):
                self._decide(row, block, place)
            self.block = block
        if n not in self.now:
            kept = aligned((*self.views[place].shape[:2], n), bool)
            self.now[n] = kept, [kept[:, a:b] for a, b in self.hidden]
        kept, layers = self.now[n]
        kept[...] = self.views[place] if n == self.batch else self.views[place][:, :, :n]
        self._last = kept, self.places
        return layers

    def _decide(self, row: int, block: int, place: int) -> None:
        """What a model keeps from a place in a block on; what it kept before stays, for `last`."""
        rates, kept = self.rates[row], self.kept[row]
        if self.decided[row] == (block, rates):
            return
        self.decided[row] = block, rates
        if not any(rates):
            kept[place:] = True
            return
        source: Any = self.generators[row].bit_generator
        draws = -(-kept.size // 4)  # of four 16-bit numbers each
        if self.drawn[row] == block:
            source.advance(-draws)  # p has changed within the block, the bits are as they were
        self.drawn[row] = block
        bits = source.random_raw(draws).view(np.uint16)[: kept.size].reshape(kept.shape)
        thresholds = [_threshold(rate) for rate in rates]
        alike = len(set(thresholds)) == 1
        least = np.uint16(thresholds[0]) if alike else self._of_units(thresholds).astype(np.uint16)
        np.greater_equal(bits[place:], least, out=kept[place:])

    def _arrange(self) -> None:
        """Scales and views; what is kept is to be decided anew.

        As long as the same models drop, the arrays are the same ones: what was recorded with them still holds.
        """
        rows = span([max(rates, default=0.0) for rates in self.rates])
        self.dropping = [row for row, rates in enumerate(self.rates) if any(rates)]
        if self.dropping and len(self.kept) != len(self.rates):
            self.kept = np.empty((len(self.rates), *self.kept.shape[1:]), bool)
            self.drawn, self.decided = [-1] * len(self.rates), [None] * len(self.rates)
        scale = self._scale(self.rates[rows])
        if rows == self.rows and scale.shape == self.scale.shape:
            self.scale[...] = scale
        else:
            self.rows, self.scale, self.now = rows, scale, {}
        self.block = -1
        self.places = {row: row - rows.start for row in self.dropping}
        self.views = list(self.kept[rows].swapaxes(0, 1))

    def _scale(self, rates: Sequence[tuple[float, ...]]) -> NDArray[Any]:
        """1/(1 − p) of models and layers."""
        scales = [[LEVELS / (LEVELS - _threshold(rate)) for rate in of_model] for of_model in rates]
        if all(len(set(of_model)) <= 1 for of_model in scales):
            return each([max(of_model, default=1.0) for of_model in scales], self.dtype, axes=3)
        return np.stack([self._of_units(of_model) for of_model in scales]).astype(self.dtype)

    def _of_units(self, values: Sequence[float]) -> NDArray[Any]:
        """One number of each layer as one of each of its units, (units, 1)."""
        return np.repeat(values, self.layers)[:, None]


def _threshold(rate: float) -> int:
    """The least of 16-bit numbers that keeps an output."""
    return round(rate * LEVELS)
