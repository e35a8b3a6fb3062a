"""A pass through a network during which someone looks at what goes into some of its parts, and what comes out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ..training.network import Network

if TYPE_CHECKING:
    from ..arrays import Array


def pass_through(network: Network, x: Array, parts: Sequence[object]) -> tuple[list[Array], list[Array], Array]:
    """What goes into these `parts` of the network and what comes out, (1, units, n) each, and its outputs (1, K, n)."""
    before: list[Array] = []
    after: list[Array] = []
    with np.errstate(all="ignore"):
        for dense, following in network.blocks:
            z = dense.forward(x)
            for part in following:
                seen = any(part is its for its in parts)
                if seen:
                    before.append(z.copy())
                z = part.forward(z)
                if seen:
                    after.append(z.copy())
            x = dense.feed(z)
    return before, after, z
