"""Masked arrays: what is masked in them has no value, whatever number lies below."""

from __future__ import annotations

from typing import Any

import numpy as np

EXACT = 2.0**53
"""Up to here a float holds every whole number."""


def unmasked(given: Any) -> Any:
    """Return a masked array with NaN, NaT or None where a value is masked; anything else as it is."""
    if not isinstance(given, np.ma.MaskedArray):
        return given
    data, mask = np.array(given.data), np.ma.getmaskarray(given)
    if not mask.any():
        return data
    if data.dtype.kind in "iu" and (np.abs(data[~mask].astype(np.float64)) < EXACT).all():
        data = data.astype(np.float64)
    elif data.dtype.kind not in "fcmM":
        data = data.astype(object)
    data[mask] = {"f": np.nan, "c": np.nan, "O": None}.get(data.dtype.kind, "NaT")
    return data
