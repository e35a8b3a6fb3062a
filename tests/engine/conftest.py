"""What tests of the engine share."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

import regviz as rv
from regviz.optim.custom_penalties import PENALTIES


@pytest.fixture(autouse=True)
def _own_penalties_go_again() -> Iterator[None]:
    """Whatever penalties of one's own a test adds are gone after it."""
    before = set(PENALTIES)
    yield
    for name in set(PENALTIES) - before:
        rv.remove_penalty(name)


@pytest.fixture
def square() -> str:
    """The name of a penalty of one's own, λΣw²."""
    rv.add_penalty("square", np.square, lambda w: 2 * w)
    return "square"
