"""Units of a picture: lanes may be trained on different points, and each standardizes by its own."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from regviz.data import Split

LEAST = 0.1
"""Standard deviations that a picture shows at least, however little inputs or targets vary."""


class Units(NamedTuple):
    """How what a lane has standardized stands in a picture: times a factor, plus a shift, inputs (features,) and
    target.
    """

    factor: NDArray[Any]
    shift: NDArray[Any]
    target_factor: float
    target_shift: float

    @classmethod
    def of(cls, its: Split, shown: Split) -> Units:
        """Return those of a lane trained on `its` points, where the picture is in the units of `shown`."""
        return cls(
            its.scale / shown.scale,
            (its.mean - shown.mean) / shown.scale,
            its.target_scale / shown.target_scale,
            (its.target_mean - shown.target_mean) / shown.target_scale,
        )

    def shown(self, X: NDArray[Any]) -> NDArray[Any]:
        """Return where inputs X (n, features) of the lane stand."""
        return np.asarray(X * self.factor + self.shift)

    def asked(self, X: NDArray[Any]) -> NDArray[Any]:
        """Return what the lane is asked to know its answers at places X (n, features) of the picture."""
        return np.asarray((X - self.shift) / self.factor)

    def shown_targets(self, y: NDArray[Any]) -> NDArray[Any]:
        """Return where targets or answers y (n,) of the lane stand."""
        return np.asarray(y * self.target_factor + self.target_shift)
