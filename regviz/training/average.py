"""Weight averaging: what is evaluated is a mean of the parameters of many steps, not those of the last one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ..memory import aligned_copy
from ..nn.trace import plain, traced
from ..spans import each, span

if TYPE_CHECKING:
    from ..arrays import Array


class Average:
    """w̄ ← βw̄ + (1 − β)w after each step, of all parameters, running statistics included (Polyak & Juditsky 1992).

    `decays` holds β of each of M models. With β = 0 the average is w itself, so it starts at the weights of the moment
    in which it is switched on, and is none when it is switched off.
    """

    def __init__(self, decays: Sequence[float], w: Array) -> None:
        self.decays, self.w = list(decays), w
        self.rows = slice(0, 0)
        self.mean = traced(w[self.rows].copy())
        self._arrange()

    @property
    def active(self) -> bool:
        """Whether a model is averaged."""
        return self.rows.stop > 0

    def set(self, row: int, decay: float) -> None:
        """Change one model's β from the next step on."""
        self.decays[row] = decay
        self._arrange()

    def keep(self, rows: Sequence[int], w: Array) -> None:
        """Go on with some of the models only, whose parameters are w (M, P)."""
        means, self.w = self.evaluated()[rows], w
        self.decays = [self.decays[row] for row in rows]
        self._arrange(means)

    def resume(self, mean: Array) -> None:
        """Go on where the average (P,) of one model was; this must be that of one model too."""
        if self.active:
            plain(self.mean)[0] = mean

    def update(self, w: Array) -> None:
        """Take parameters w (M, P), traced, into the average."""
        if self.active:
            self.mean *= self.decay
            self.mean += (1 - self.decay) * w[self.rows]

    def evaluated(self) -> Array:
        """Return the parameters (M, P) that are looked at: averages, and w of models that have none. To be read at
        once.
        """
        if not self.active:
            return self.w
        np.copyto(self.shown, self.w)
        np.copyto(self.shown[self.rows], plain(self.mean), where=self.averaged)
        return self.shown

    def _arrange(self, means: Array | None = None) -> None:
        """The averages (M, P) of now, or `means`, of the models that have any."""
        means = self.evaluated() if means is None else means
        self.rows = span(self.decays)
        self.mean = traced(aligned_copy(means[self.rows]))
        self.decay = each(self.decays[self.rows], self.w.dtype.name, axes=2)
        self.averaged = np.array(self.decays[self.rows])[:, None] > 0  # a span may hold others between them
        self.shown = aligned_copy(self.w) if self.active else self.w
