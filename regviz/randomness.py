"""Where every random number comes from: one generator per seed and purpose."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.random import Generator

PURPOSES = (
    *("data", "test data", "labels", "noise", "init", "batches", "masks", "decoys", "sample"),
    *("input masks", "input noise", "mixup", "posterior"),
)
"""A purpose's numbers come from its place, so new ones stand last."""


def generator(seed: int, purpose: str) -> Generator:
    """Return the generator of `seed` for one purpose. Purposes are independent: drawing masks moves no batch."""
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(PURPOSES.index(purpose),)))
