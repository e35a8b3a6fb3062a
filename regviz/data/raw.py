"""A data set before it is split, and those of one's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..tables import Table
    from .curves import Function
    from .drawing import Drawing


class Raw(NamedTuple):
    """A data set before it is split: inputs (n, features), targets (n,), names, and which inputs matter, if known."""

    X: NDArray[np.float64]
    y: NDArray[Any]
    feature_names: tuple[str, ...]
    class_names: tuple[str, ...]
    image_shape: tuple[int, int] | None
    informative: NDArray[np.bool_] | None = None
    table: Table | None = None
    curve: Function | None = None  # the targets are its values
    drawing: Drawing | None = None  # the points are of

    def without_gaps(self, train: NDArray[np.intp]) -> Raw:
        """Return the data with gaps filled as the rows `train` say, if they come from a table."""
        if self.table is None:
            return self
        return self._replace(X=self.table.filled(train))

    def gaps(self) -> NDArray[np.bool_]:
        """Return (n, features) where a value stands for one that is missing."""
        hollow = np.zeros(self.X.shape, bool)
        if self.table is not None:
            for place, feature in enumerate(self.table.features):
                hollow[:, place] = np.isnan(self.table.columns[feature.column].values[self.table.kept])
        return hollow


CUSTOM: dict[str, Raw] = {}
"""Data sets of one's own, added to this process by `regviz.data.custom`."""
