"""Recording: the NumPy calls of a step, written down once and then played at every step.

A step of a small network is some thirty calls of less than a microsecond each, and Python's way from one to the next
took a third of its time. So layers, losses and optimizers hand every call to `do`: `now` makes it, and a recording's
`record` keeps it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

Do = Callable[..., object]

BY_NAME = (np.maximum, np.minimum)
"""NumPy wants to be told `out` by name in these; in all others a place is quicker than a name."""


def now(function: Callable[..., object], *operands: Any, **out: Any) -> None:
    """Make a call at once."""
    function(*operands, **out)


class Recording:
    """Calls in the order in which they were recorded. They work on the very arrays that they were recorded with."""

    def __init__(self) -> None:
        self.calls: list[tuple[Callable[..., object], tuple[Any, ...]]] = []

    def record(self, function: Callable[..., object], *operands: Any, out: Any = None) -> None:
        """Keep a call for later."""
        if function in BY_NAME:
            function = partial(function, out=out)
        elif out is not None:
            operands = (*operands, out)
        self.calls.append((function, operands))

    def play(self) -> None:
        """Make all calls."""
        for function, operands in self.calls:
            function(*operands)
