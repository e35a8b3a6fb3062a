"""The real data sets: as scikit-learn has them, and without it where another process has read them."""

from __future__ import annotations

import io
import pickle
import subprocess
import sys

import numpy as np
import pytest
from sklearn import datasets

from regviz.data import real
from regviz.data.datasets import DATASETS

WITHOUT_IT = """
import pickle, sys
sys.modules["sklearn"] = None
from regviz import Config
from regviz.data import load, real
real.keep(pickle.load(sys.stdin.buffer))
for name in real.NAMES:
    sys.stdout.write(f"{load(Config(data=name, n_train=100, noise=0.0)).X_train.sum():.17g} ")
"""


def test_they_are_those_that_are_not_generated() -> None:
    assert set(real.NAMES) == {name for name, info in DATASETS.items() if not info.generated}


@pytest.mark.parametrize("name", real.NAMES)
def test_numbers_and_names_are_scikit_learn_s(name: str) -> None:
    found = real.read(name)
    whole = datasets.load_diabetes(scaled=False) if name == "diabetes" else getattr(datasets, f"load_{name}")()
    assert np.array_equal(found.X, whole.data)
    assert np.array_equal(found.y, whole.target)
    assert found.feature_names == tuple(whole.feature_names)
    assert real.read(name) is found


def test_a_process_that_was_given_them_needs_no_scikit_learn() -> None:
    from regviz import Config
    from regviz.data import load

    file = io.BytesIO()
    real.write(file)
    assert set(pickle.loads(file.getvalue())) == set(real.NAMES)
    said = subprocess.run([sys.executable, "-c", WITHOUT_IT], input=file.getvalue(), capture_output=True, check=True)
    sums = [load(Config(data=name, n_train=100, noise=0.0)).X_train.sum() for name in real.NAMES]
    assert [float(text) for text in said.stdout.split()] == sums
