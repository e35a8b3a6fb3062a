"""Custom optimizers: checked, then members like any other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from ..differences import apart, asked
from ..errors import ArgumentError
from ..nn.trace import Recording, plain, traced
from .optimizers import OPTIMIZERS, SGD, Optimizer, Rates

if TYPE_CHECKING:
    from ..arrays import Array

Rule = TypeVar("Rule", bound=type[Optimizer])

STEPS = 3
"""Steps that are taken to look at an optimizer: what it remembers is in the second, and what became of that."""

START = np.linspace(-1, 1, 12).reshape(2, 6)
"""Parameters of the two networks that it moves."""

RATES = Rates(np.array([[0.1], [0.01]]), np.array(0.5), np.full_like(START, 0.001))
"""Networks of one stack, each with a learning rate of its own."""

ALIKE = Rates(np.array(0.1), np.array([[0.5], [0.9]]), None)
"""Networks that share the learning rate and have no weight decay."""

RATES_GIVEN = "it reads a learning rate for all networks or one for each; without weight decay rates.decay is None"
WAY = "w -= rates.lr * g"

for _given in (START, *RATES, *ALIKE):  # what an optimizer wrote into rates, other networks would have too
    if _given is not None:
        _given.setflags(write=False)


def add_optimizer(optimizer: Rule) -> Rule:
    """Add a custom optimizer to this process, so that `Config(optimizer=optimizer.name)` trains with it.

    `optimizer` is a subclass of `Optimizer` and is returned, so this can be a decorator. Adding another of the same
    name replaces it; networks in training keep the one that they began with. Raises ArgumentError for anything else,
    for an impossible name, for a step that raises something, that does not move w in place or does not return η, whose
    equations do not give finite numbers or cannot be recorded, and by which a network moves otherwise in a stack than
    alone.
    """
    if not (isinstance(optimizer, type) and issubclass(optimizer, Optimizer)):
        raise ArgumentError("optimizer", optimizer, "allowed is a subclass of regviz.Optimizer", SGD)
    OPTIMIZERS.check_name(optimizer.name)
    _check(optimizer)
    OPTIMIZERS.add(optimizer.name, optimizer)
    return optimizer


def _check(optimizer: type[Optimizer]) -> None:
    """Raise ArgumentError unless an optimizer does for a stack of networks what it does for each of them alone."""
    step, numbers = f"{optimizer.name}.step", "its equations give finite numbers, and the same when they are recorded"
    for rates in (RATES, ALIKE):
        with asked(step, RATES_GIVEN, WAY):
            rule, w, eta = _moved(optimizer, START, rates)
        if np.array_equal(w, START):
            raise ArgumentError(step, "w as it was", "it moves w in place", WAY)
        if not (isinstance(eta, (np.ndarray, np.generic)) and eta.shape in ((), (len(w), 1), w.shape)):
            allowed = "it returns η, the step size, as an array of shape (), (networks, 1) or that of w"
            raise ArgumentError(step, eta, allowed, "return rates.lr")
        with asked(step, numbers, WAY):
            recorded = _recorded(optimizer, rates)
        for what, mine, other in ((step, w, recorded[0]), (f"{step}'s η", eta, recorded[1])):
            if not (np.isfinite(mine).all() and np.array_equal(mine, other)):
                raise ArgumentError(what, mine.tolist(), numbers, WAY)
        _check_alone(optimizer, rule, w, rates)


def _check_alone(optimizer: type[Optimizer], rule: Optimizer, w: Array, rates: Rates) -> None:
    """Raise ArgumentError unless networks, moved to w (2, P) by `rule`, are where each is alone, and so is one that the
    other leaves.
    """
    for row in range(len(w)):
        its = _of_row(rates, row)
        alone, its_w, _ = _moved(optimizer, START[row : row + 1], its)
        _check_same(f"{optimizer.name}.step", w[row : row + 1], its_w)
    left = w[row : row + 1].copy()
    allowed = "networks leave a stack: what the optimizer remembers of each is named in `state` or `counters`"
    with asked(f"{optimizer.name}.keep", allowed, ("m",)):
        rule.keep([row])
        _take_step(rule, left, its, STEPS)
    _take_step(alone, its_w, its, STEPS)
    _check_same(f"{optimizer.name}.keep", left, its_w)


def _check_same(what: str, found: Array, alone: Array) -> None:
    if (worst := apart(found, alone)) is not None:
        right = float(alone.flat[worst])
        allowed = (
            f"a network moves in a stack as it does alone, here to {right:.6g}: each row of w and g is one network"
        )
        raise ArgumentError(what, float(found.flat[worst]), allowed, "np.sum(g * g, axis=1, keepdims=True)")


def _moved(optimizer: type[Optimizer], start: Array, rates: Rates) -> tuple[Optimizer, Array, Any]:
    """An optimizer, what its steps make of parameters, and the last η."""
    w = start.copy()
    rule = optimizer(w)
    for count in range(STEPS):
        eta = _take_step(rule, w, rates, count)
    return rule, w, eta


def _recorded(optimizer: type[Optimizer], rates: Rates) -> tuple[Array, Array]:
    """The same parameters and η by a recording of the first step."""
    w, g, rule, recording = traced(START.copy()), traced(np.empty_like(START)), optimizer(START), Recording()
    for count in range(STEPS):
        g[...] = _gradient(plain(w), count)
        rule.count(rates)
        if count == 0:
            with recording:
                eta = rule.step(w, g, rates)
        else:
            recording.play()
    return plain(w), plain(eta)


def _take_step(rule: Optimizer, w: Array, rates: Rates, count: int) -> Any:
    return rule.update(w, _gradient(w, count), rates)


def _gradient(w: Array, count: int) -> Array:
    """Gradients that are other ones in each step."""
    found: Array = np.cos(w * (count + 1))
    return found


def _of_row(rates: Rates, row: int) -> Rates:
    """The rates of one network."""
    lr, momentum = (part[row : row + 1] if part.ndim else part for part in (rates.lr, rates.momentum))
    return Rates(lr, momentum, None if rates.decay is None else rates.decay[row : row + 1])
