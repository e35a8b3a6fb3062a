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
    """A function that makes these calls. It has a line of code for each: a loop takes longer from one to the next."""
    quick = [_quick(*call) for call in calls]
    code = _code(tuple([len(operands) for _, operands in quick]))
    return FunctionType(code, {}, "play", tuple([x for function, operands in quick for x in (function, *operands)]))


def _quick(function: Callable[..., object], operands: tuple[Any, ...]) -> Ready:
    """The same call. For np.copyto an array's own assignment, which takes half the time."""
    if function is not np.copyto:
        return function, operands
    target, source = operands
    return target.__setitem__, (..., source)


@lru_cache(256)
def _code(counts: tuple[int, ...]) -> CodeType:
    """That of `def play(x0, x1, …): x0(x1, …); …`, a call for each count of operands; all names have defaults."""
    numbers = count()
    calls = [[f"x{k}" for k in islice(numbers, 1 + operands)] for operands in counts]
    names = ", ".join(name for call in calls for name in call)
    lines = [f"{function}({', '.join(operands)})" for function, *operands in calls]
    space: dict[str, Any] = {}
    exec("\n    ".join([f"def play({names}):", *lines, "return"]), space)
    code: CodeType = space["play"].__code__
    return code
