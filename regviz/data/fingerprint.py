"""By what data of one's own are known again: a name may stand for others."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from .raw import Raw


GIVEN = "given"
"""The fingerprint of data that no Config names: of a split that was handed to a Trainer."""


def fingerprint(raw: Raw) -> str:
    """Return a short sum of a data set's rows and targets, the same for the same data."""
    digest = hashlib.sha256()
    for array in (raw.X, raw.y):
        digest.update(np.ascontiguousarray(array).tobytes())
    if raw.drawing is not None:
        digest.update(raw.drawing.points.part.tobytes() + raw.drawing.held.part.tobytes())
    if (gaps := raw.gaps()).any():
        digest.update(np.packbits(gaps).tobytes())
    return digest.hexdigest()[:16]
