"""Tables of 256 colours for live images."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.colors import LinearSegmentedColormap, ListedColormap


def table_of(*parts: tuple[Sequence[str], int]) -> ListedColormap:
    """Return one table of several ramps: each the colours it runs through, and how many indices it takes."""
    ramps = [
        LinearSegmentedColormap.from_list("ramp", list(colors) * (1 + (len(colors) == 1)), N=count)(np.arange(count))
        for colors, count in parts
    ]
    return ListedColormap(np.vstack(ramps))
