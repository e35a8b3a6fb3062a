"""What tests of the engine share."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

import regviz as rv
from regviz.nn.activations import ACTIVATIONS
from regviz.optim.optimizers import OPTIMIZERS
from regviz.optim.penalties import PENALTIES


@pytest.fixture(autouse=True)
def _custom_members_go_again() -> Iterator[None]:
    """Whatever data sets, penalties, optimizers and activations a test adds are gone after it."""
    before = set(rv.DATASETS)
    yield
    for name in set(rv.DATASETS) - before:
        rv.remove_data(name)
    for registry in (PENALTIES, OPTIMIZERS, ACTIVATIONS):
        for name in registry.custom:
            registry.remove(name)


@pytest.fixture
def square() -> str:
    """The name of a custom penalty, λΣw²."""
    rv.add_penalty("square", np.square, lambda w: 2 * w)
    return "square"
