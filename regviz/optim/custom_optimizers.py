"""Custom optimizers: checked, then members like any other."""

from __future__ import annotations

from typing import TypeVar

import numpy as np

from ..errors import ArgumentError
from ..nn.trace import Recording, plain, traced
from .optimizers import OPTIMIZERS, SGD, Optimizer, Rates

Rule = TypeVar("Rule", bound=type[Optimizer])


def add_optimizer(optimizer: Rule) -> Rule:
    """Add a custom optimizer to this process, so that `Config(optimizer=optimizer.name)` trains with it.

    `optimizer` is a subclass of `Optimizer` and is returned, so this can be a decorator. Adding another of the same
    name replaces it. Raises ArgumentError for anything else, for an impossible name, and for a step whose equations do
    not give finite numbers or cannot be recorded.
    """
    if not (isinstance(optimizer, type) and issubclass(optimizer, Optimizer)):
        raise ArgumentError("optimizer", optimizer, "allowed is a subclass of regviz.Optimizer", SGD)
    OPTIMIZERS.check_name(optimizer.name)
    _check(optimizer)
    OPTIMIZERS.add(optimizer.name, optimizer)
    return optimizer


def _check(optimizer: type[Optimizer]) -> None:
    """Take three steps, recorded and at once, and compare them."""
    w = np.linspace(-1, 1, 12).reshape(2, 6)
    rates = Rates(np.array([[0.1], [0.01]]), np.array(0.5), np.full_like(w, 0.001))
    at_once, recorded, g = w.copy(), traced(w.copy()), traced(np.empty_like(w))
    rules, recording = (optimizer(w), optimizer(w)), Recording()
    for count in range(3):
        g[...] = np.cos(w * (count + 1))
        eta = rules[0].update(at_once, plain(g).copy(), rates)
        rules[1].count(rates)
        if count == 0:
            with recording:
                its = rules[1].step(recorded, g, rates)
        else:
            recording.play()
    for what, mine, other in (("step", at_once, plain(recorded)), ("step's η", eta, plain(its))):
        if not (np.isfinite(mine).all() and np.array_equal(mine, other)):
            allowed = "its equations give finite numbers, and the same ones when they are recorded"
            raise ArgumentError(f"{optimizer.name}.{what}", mine.tolist(), allowed, "w -= rates.lr * g")
