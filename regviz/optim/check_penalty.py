"""What a custom penalty must fulfil before it may train: λ times finite values, their gradient, and the
argmin for a prox."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..differences import STEP, apart, asked, disagreement
from ..errors import ArgumentError
from ..nn.trace import Recording, plain, traced

if TYPE_CHECKING:
    from ..arrays import Array
    from .penalties import Penalty

POINTS = 0.013 + np.arange(-3, 3, 0.0371)
"""Weights at which a gradient is compared with the value's differences; of those, corners may meet a few."""

GRID = np.linspace(-3, 3, 6001)
PLANE = np.linspace(-2.5, 2.5, 251)
"""Where the proximal step is looked for by brute force: on a line, and for groups of two weights in a plane."""

LAMS = np.array([0.0, 0.3, 1.0])
"""λ of three networks that share a stack."""

WITHIN = 1e-9
"""What a prox may lie above the best of the grid. The true argmin is never above it."""


def check(penalty: Penalty) -> None:
    """Raise ArgumentError unless a penalty's methods fit each other, and a stack of networks, each with its λ."""
    if penalty.groups not in (None, "inputs", "units"):
        raise ArgumentError("groups", penalty.groups, "allowed is None, 'inputs' or 'units'", None)
    w = POINTS if penalty.groups is None else np.concatenate((POINTS, POINTS[:2])).reshape(1, 4, -1)
    with np.errstate(all="ignore"):
        for what, function in (("value", penalty.value), ("gradient", penalty.gradient)):
            for weights in (w, np.zeros_like(w)):  # where a stack has biases, which no penalty reaches, it has zeros
                with asked(what, "it takes an array of weights, and λ", "lam * np.abs(w)"):
                    found = np.asarray(function(weights.copy(), 1.0))
                _check_finite(penalty, what, found, weights)
        _check_recorded(penalty, w)
        _check_gradient(penalty, w)
        _check_strengths(penalty, w)
        if penalty.prox is not None:
            for weights, t in _cases(penalty):
                _check_prox(penalty, weights, t)


def _check_finite(penalty: Penalty, what: str, found: Array, w: Array) -> None:
    shaped = found.shape == w.shape
    if penalty.groups is not None and what == "value":
        shaped = found.shape == np.add.reduce(w, axis=penalty.axis, keepdims=True).shape
    if not shaped or found.dtype.kind not in "fiu" or not np.isfinite(found).all():
        its = "like it" if penalty.groups is None or what == "gradient" else "with one for each group, axes kept"
        given = f"an array of shape {found.shape}" if not shaped else found.ravel()[:3].tolist()
        raise ArgumentError(what, given, f"it takes an array and returns one of finite numbers {its}", "np.square(w)")


def _check_recorded(penalty: Penalty, w: Array) -> None:
    """Play a recording of the equations on other weights, and compare that with what they give at once."""
    lam, t = np.full((1,) * w.ndim, 0.3), traced(np.full_like(w, 0.2))
    for what, function, given in (("gradient", penalty.gradient, lam), ("prox", penalty.prox, t)):
        if function is None:
            continue
        memory = traced(np.full_like(w, 0.5))
        allowed = "its equations must give the same when they are recorded: no numbers taken out of arrays"
        with asked(what, allowed, "lam * np.sign(w)"):
            with Recording() as recording:
                found = function(memory, given)
            memory[...] = w
            recording.play()
            at_once = function(w.copy(), plain(given))
        if not np.array_equal(plain(found), at_once, equal_nan=True):
            raise ArgumentError(what, "a recording that differs", allowed, "lam * np.sign(w)")


def _check_gradient(penalty: Penalty, w: Array) -> None:
    found = np.asarray(penalty.gradient(w.copy(), 1.0), float).ravel()
    differences = np.empty(w.size)
    for k in range(w.size):
        up, down = w.copy(), w.copy()
        up.flat[k] += STEP
        down.flat[k] -= STEP
        rise = np.sum(np.asarray(penalty.value(up, 1.0)) - np.asarray(penalty.value(down, 1.0)))
        differences[k] = rise / (2 * STEP)
    if (worst := disagreement(found, differences)) is not None:
        allowed = f"it is to be the slope of `value`, which at w = {w.flat[worst]:.3g} is {differences[worst]:.3g}"
        raise ArgumentError("gradient", float(found[worst]), allowed, float(differences[worst]))


def _check_strengths(penalty: Penalty, w: Array) -> None:
    """Compare networks that share a stack, each with its λ, with each of them alone, and with λ times what 1 gives."""
    elementwise = penalty.groups is None
    stack = np.concatenate([share * (w[None] if elementwise else w) for share in (1.0, -0.7, 0.4)])
    lam = LAMS.reshape(-1, *[1] * (stack.ndim - 1))
    if elementwise:
        lam = np.where(np.arange(w.size) % 5 == 0, 0, lam)  # as at biases
    for what, function in (("value", penalty.value), ("gradient", penalty.gradient), ("prox", penalty.prox)):
        if function is None:
            continue
        with asked(what, "it takes λ (or t) as an array, one for each weight or for each network", "lam * np.abs(w)"):
            given = stack.copy()
            together = np.asarray(function(given, lam), float)
            alone = [np.asarray(function(stack[k : k + 1].copy(), lam[k : k + 1]), float) for k in range(len(stack))]
            if elementwise:  # biases stand among the weights, so that each may look at itself alone
                half = np.asarray(function(stack[:, ::2].copy(), lam[:, ::2]), float)
        if what != "prox" and not np.array_equal(given, stack):
            raise ArgumentError(what, "other weights than before", "it leaves w as it is, and returns", "lam * w**2")
        _check_same(what, together, np.concatenate(alone), "it is the same for a network alone as in a stack")
        if elementwise:
            _check_same(what, half, together[:, ::2], "it is elementwise, whatever weights stand beside one")
        if what == "prox":
            continue
        of_one = np.asarray(function(stack.copy(), 1.0), float)
        off = np.broadcast_to(lam, of_one.shape) == 0
        if together[off].any():
            found = together[off][np.flatnonzero(together[off])[0]]
            raise ArgumentError(what, float(found), "it is λ times a function of w, and so exactly 0 for λ = 0", 0.0)
        _check_same(what, together, lam * of_one, "it is λ times what it is for λ = 1")


def _check_same(what: str, found: Array, expected: Array, allowed: str) -> None:
    if found.shape != expected.shape:
        raise ArgumentError(what, f"an array of shape {found.shape}", "it is to have the shape of w", expected.shape)
    if (worst := apart(found, expected)) is not None:
        its, right = float(found.flat[worst]), float(expected.flat[worst])
        raise ArgumentError(what, its, f"{allowed}, here {right:.6g}", right)


def _cases(penalty: Penalty) -> list[tuple[Array, Any]]:
    """Weights and t of proximal steps: one t for all, one for each weight, and t = 0."""
    if penalty.groups is None:
        w = np.linspace(-2, 2, 21)
        return [(w, np.full_like(w, t)) for t in (0.0, 0.1, 0.7)] + [(w, np.linspace(0.05, 1, 21))]
    pairs = np.array([[0.9, -0.4], [0.05, 0.02], [-1.5, 0.0], [0.3, 0.3], [-0.2, 1.1]])  # (groups, 2)
    shape = (1, 2, -1) if penalty.groups == "inputs" else (1, -1, 2)
    W = (pairs.T if penalty.groups == "inputs" else pairs).reshape(shape)
    each = np.where(np.indices(W.shape)[penalty.axis] == 0, 0.05, 0.4)
    return [*[(W, np.full((1, 1, 1), t)) for t in (0.0, 0.1, 0.7)], (W, each)]


def _check_prox(penalty: Penalty, w: Array, t: Array) -> None:
    with asked("prox", "it takes an array of weights, and t of each", "w / (1 + 2 * t)"):
        found = np.asarray(penalty.prox(w.copy(), t), float)
    if found.shape != w.shape or not np.isfinite(found).all():
        allowed = f"it returns finite numbers in the shape of w, here {w.shape}"
        raise ArgumentError("prox", f"an array of shape {found.shape}", allowed, w.shape)
    t = np.broadcast_to(t, w.shape)
    if penalty.groups is None:
        for its, best, step in zip(w, found, t, strict=True):
            _check_argmin(penalty, np.array([its]), np.array([best]), np.array([step]), GRID[:, None])
        return
    plane = np.stack(np.meshgrid(PLANE, PLANE), -1).reshape(-1, 2)
    groups = (np.moveaxis(a, penalty.axis, -1).reshape(-1, 2) for a in (w, found, t))
    for its, best, step in zip(*groups, strict=True):
        _check_argmin(penalty, its, best, step, plane)


def _check_argmin(penalty: Penalty, w: Array, u: Array, t: Array, grid: Array) -> None:
    """Compare u (k,) with every row of `grid` (n, k), for one weight or one group of k."""
    if (t == 0).all():
        cost, least, other = float(np.max(np.abs(u - w))), 0.0, w
    else:
        candidates = np.concatenate((u[None], grid))
        f = candidates if penalty.groups is None else np.expand_dims(candidates, 2 if penalty.axis == -2 else 1)
        costs = np.sum((candidates - w) ** 2 / (2 * t), axis=1) + np.asarray(penalty.value(f, 1.0), float).ravel()
        cost, least, other = float(costs[0]), float(costs[1:].min()), grid[int(costs[1:].argmin())]
    if cost > least + WITHIN:
        given, better = (a.tolist() if len(a) > 1 else float(a[0]) for a in (u, other))
        weights, steps = (a.tolist() if len(a) > 1 else float(a[0]) for a in (w, t))
        allowed = f"it is to be the u that makes ½(u − w)²/t + f(u) smallest, here for w = {weights} and t = {steps}"
        raise ArgumentError("prox", given, allowed, better)
