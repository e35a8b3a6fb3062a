"""A tape: calls that are made one after the other, in as little time as Python needs for that."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import count, islice
from types import CodeType, FunctionType
from typing import Any

import numpy as np

Ready = tuple[Callable[..., object], tuple[Any, ...]]
"""A function and its operands."""


def tape(calls: Sequence[Ready]) -> Callable[[], None]:
    """Return a function that makes these calls. It has a line of code for each: a loop takes longer from one to the
    next.
    """
    lines = [operands if function is np.copyto else (function, *operands) for function, operands in calls]
    code = _code(tuple([(len(operands), function is np.copyto) for function, operands in calls]))
    return FunctionType(code, {}, "play", tuple([x for line in lines for x in line]))


@lru_cache(256)
def _code(kinds: tuple[tuple[int, bool], ...]) -> CodeType:
    """That of `def play(x0, x1, …): x0(x1, …); …`, a line for each number of operands; all names have defaults.

    A line that copies is an assignment, `x0[...] = x1`: it takes half the time of np.copyto.
    """
    numbers = count()
    lines, names = [], []
    for operands, copies in kinds:
        new = [f"x{k}" for k in islice(numbers, operands + (not copies))]
        lines.append(f"{new[0]}[...] = {new[1]}" if copies else f"{new[0]}({', '.join(new[1:])})")
        names += new
    space: dict[str, Any] = {}
    exec("\n    ".join([f"def play({', '.join(names)}):", *lines, "return"]), space)
    code: CodeType = space["play"].__code__
    return code
