"""The real data sets that scikit-learn ships, which takes seconds to import; a process may be given them instead."""

from __future__ import annotations

import pickle
import sys
from collections.abc import Mapping
from typing import BinaryIO

import numpy as np

from .raw import Raw

NAMES = ("digits", "breast_cancer", "wine", "diabetes")

_kept: dict[str, Raw] = {}


def read(name: str) -> Raw:
    """Return the data set of that name, read once. Raises ImportError if scikit-learn is missing and nobody has kept
    it.
    """
    if name not in _kept:
        _kept[name] = _from_sklearn(name)
    return _kept[name]


def keep(found: Mapping[str, Raw]) -> None:
    """Have these data sets, as `read` returned them in another process: nothing has to be imported for them here."""
    _kept.update(found)


def write(file: BinaryIO | None = None) -> None:
    """Write all of them, to the standard output unless it is told, for a process that keeps what `pickle` loads."""
    pickle.dump({name: read(name) for name in NAMES}, file or sys.stdout.buffer)


def _from_sklearn(name: str) -> Raw:
    from sklearn import datasets

    if name == "diabetes":
        bunch = datasets.load_diabetes(scaled=False)
        target, classes = bunch.target.astype(np.float64), tuple[str, ...]()
    else:
        bunch = getattr(datasets, f"load_{name}")()
        target, classes = bunch.target.astype(np.int64), tuple(str(name) for name in bunch.target_names)
    inputs = tuple(str(name) for name in bunch.feature_names)
    return Raw(bunch.data.astype(np.float64), target, inputs, classes, (8, 8) if name == "digits" else None)
