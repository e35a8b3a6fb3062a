"""What penalty-only steps make of weights: many at once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from regviz.arrays import Array
from regviz.optim.penalties import Penalty

from ..parts.penalties import Terms

Member = tuple[Penalty, float]

COUNTS = tuple(base * 10**power for power in range(7) for base in (1, 2, 5))
"""Numbers of steps that a picture may show."""

LEAST, MOST = 0.2, 0.85
"""Of a weight, the share that the steps shown should take away: enough to be seen, and not all."""

CURVE = 60
"""Points on each side of 0 at which a map is drawn that is not made of straight lines."""

EXACT = 50
"""Steps that are taken one by one where they have no closed form; more are followed as a flow."""

PARTS = 8
"""Parts of such a flow, each a Runge–Kutta step; and rounds in which groups of weights take many steps."""


def after_steps(W: Array, eta: Array | float, terms: Terms, count: int) -> Array:
    """Return weights after `count` penalty-only steps of size `eta` (one, or like W), in float64.

    W is (in, out) if a penalty acts on groups, else of any shape. One step follows the gradients of the penalties
    without a proximal step, and then takes the proximal steps of the others, as training does. Over several steps,
    what would pass 0 rests there if the penalty pulls to 0 from both sides; also where a gradient step really jumps
    about 0 by up to η times its slope there.
    """
    W, eta = np.asarray(W, np.float64), np.asarray(eta, np.float64)
    followed, taken = terms.steps
    if count == 1:
        return _one_step(W, eta, followed, taken)
    if not terms.grouped:
        return _many_steps(W, eta, followed, taken, count)
    followed_alone, taken_alone = ([pair for pair in members if not pair[0].groups] for members in (followed, taken))
    rounds = min(count, PARTS)
    for _ in range(rounds):
        W = _many_steps(W, eta, followed_alone, taken_alone, count / rounds)
        for member, lam in [*followed, *taken]:
            if member.groups:
                W = _of_groups(member, W, lam * eta * (count / rounds))
    return W


def _one_step(W: Array, eta: Array, followed: list[Member], taken: list[Member]) -> Array:
    with np.errstate(all="ignore"):
        after = W - eta * sum((member.gradient(W.T, lam).T for member, lam in followed), np.zeros_like(W))
        for member, lam in taken:
            after = member.prox(after.T, lam * eta.T).T
    return np.asarray(after)


def _of_groups(member: Penalty, W: Array, t: Array) -> Array:
    """Groups after steps of size t in all: the proximal step, which for norms is what the small ones add up to."""
    with np.errstate(all="ignore"):
        if member.prox is not None:
            return np.asarray(member.prox(W.T, t.T).T)
        for _ in range(EXACT):
            after = W - t / EXACT * member.gradient(W.T, 1.0).T
            W = np.where(after * W < 0, 0.0, after)
    return W


def _many_steps(w: Array, eta: Array, followed: list[Member], taken: list[Member], count: float) -> Array:
    """Steps of penalties that act on single weights: in closed form where every gradient is a line on each side of 0.

    Then a step is a·|w| − t until 0 is reached, and many are aᵏ|w| − t(1 − aᵏ)/(1 − a).
    """
    line = straight(followed, taken, eta)
    if line is None:
        return _followed(w, eta, followed, taken, count)
    a = np.clip(line.slope, 0, 1)
    decay = a**count
    with np.errstate(divide="ignore", invalid="ignore"):
        drift = line.drop * np.where(a < 1, (1 - decay) / (1 - a), count)
    return np.asarray(np.sign(w) * np.maximum(decay * np.abs(w) - drift, 0))


@dataclass(frozen=True, slots=True)
class Line:
    """A step on each side of 0: |w| → slope·|w| − drop, for each η; `jump` is the part of the drop that passes 0."""

    slope: Array
    drop: Array
    jump: Array


def straight(followed: list[Member], taken: list[Member], eta: Array | float) -> Line | None:
    """Return one step as a line, if the gradients of all penalties are odd lines: f′(w) = c + d·w for w > 0.

    A gradient step is then |w| → (1 − ηd)|w| − ηc, and a proximal step, which goes by the gradient where it ends,
    |w| → (|w| − ηc)/(1 + ηd).
    """
    eta = np.asarray(eta, np.float64)
    slope, drop, jump = np.ones_like(eta), np.zeros_like(eta), np.zeros_like(eta)
    for member, lam in followed:
        c, d = _line(member)
        slope, drop, jump = slope - eta * lam * d, drop + eta * lam * c, jump + eta * lam * c
    for member, lam in taken:
        c, d = _line(member)
        slope, drop = slope / (1 + eta * lam * d), (drop + eta * lam * c) / (1 + eta * lam * d)
    return None if np.isnan(drop).any() else Line(slope, drop, jump)


PROBES = 2.0 ** np.arange(10, -24, -1)
"""Sizes at which a gradient is looked at; powers of 2, so that what is a line is found to be one exactly."""


@lru_cache(maxsize=64)
def _line(member: Penalty) -> tuple[float, float]:
    """c and d of an odd gradient λ(c + d·w), w > 0; not numbers if it is no such line."""
    with np.errstate(all="ignore"):
        up, down = (np.asarray(member.gradient(sign * PROBES, 1.0), np.float64) for sign in (1, -1))
    d = (up[0] - up[1]) / (PROBES[0] - PROBES[1])
    c = up[0] - d * PROBES[0]
    fits = np.allclose(up, c + d * PROBES, rtol=1e-12, atol=0) and np.allclose(up, -down, rtol=1e-12, atol=0)
    return (float(c), float(d)) if fits else (np.nan, np.nan)


def steps_to_see(w: float, eta: float, terms: Terms, now: int, size: int = 1) -> int:
    """Return how many steps to show so that they take a visible share of a weight `w` > 0; `now` if that still does.

    1 if not even the largest count would, as with λ = 0. A penalty may pull hard at small weights only: the share is
    the largest of `w`, half and a quarter of it, unless the step is a line. `size` is that of a group.
    """
    followed, taken = evened(terms, size)
    pulls = [*followed, *taken]
    if not w > 0 or not pulls:
        return 1
    at = np.array([w]) if straight(followed, taken, eta) is not None else w * np.array([1, 0.5, 0.25])
    with np.errstate(all="ignore"):
        pull = np.abs(sum(member.gradient(at, lam) for member, lam in pulls))
    if COUNTS[-1] * eta * float(np.max(pull / at)) < LEAST:
        return 1  # said at once: following so many steps would be dear

    def share(count: int) -> float:
        return float(np.max(np.abs(1 - map_of(at, eta, terms, count, size) / at)))

    if share(now) >= LEAST and (now == 1 or share(now) <= MOST):
        return now
    return next((count for count in COUNTS if share(count) >= 1.5 * LEAST), 1)


def map_of(w: Array, eta: float, terms: Terms, count: int, size: int = 1) -> Array:
    """Return `after_steps` of single weights w (n,), each in a group of `size` weights like itself."""
    followed, taken = evened(terms, size)
    w = np.asarray(w, np.float64)
    if count == 1:
        return _one_step(w, np.asarray(eta), followed, taken)
    return _many_steps(w, np.asarray(eta), followed, taken, count)


def corners(reach: float, eta: float, terms: Terms, count: int, size: int = 1) -> tuple[Array, Array]:
    """Return the map from −reach to reach as a broken line: its ends, and where it bends or jumps at 0.

    Where the step is no line the map may bend anywhere: many points.
    """
    line = straight(*evened(terms, size), eta)
    near = 1e-12 * reach
    if line is None:
        x = np.sort(np.concatenate([np.linspace(-reach, reach, 2 * CURVE), [-near, near]]))
        return x, map_of(x, eta, terms, count, size)
    if count == 1:
        decay, drift = abs(float(line.slope)), float(line.drop - line.jump)
    else:
        a = float(np.clip(line.slope, 0, 1))
        decay = a**count
        drift = float(line.drop) * (count if a == 1 else (1 - decay) / (1 - a))
    bend = min(reach, drift / decay) if decay > 0 else reach
    x = np.array([-reach, -bend, -near, near, bend, reach])
    return x, map_of(x, eta, terms, count, size)


class _Even(Penalty):
    """A group penalty as a function of one weight, in a group of `size` weights that are all like it."""

    def __init__(self, member: Penalty, size: int) -> None:
        self.member, self.size = member, size
        self.prox = self._prox if member.prox is not None else None

    def gradient(self, w: Array, lam: Array | float) -> Array:
        return np.asarray(self.member.gradient(self._group(w), lam))[..., 0, 0]

    def _prox(self, w: Array, t: Array | float) -> Array:
        return np.asarray(self.member.prox(self._group(w), np.asarray(t)[..., None, None]))[..., 0, 0]

    def _group(self, w: Array) -> Array:
        shape = (self.size, 1) if self.member.groups == "inputs" else (1, self.size)
        return np.broadcast_to(np.asarray(w)[..., None, None], (*np.shape(w), *shape))


@lru_cache(maxsize=64)
def _even(member: Penalty, size: int) -> _Even:
    return _Even(member, size)


def evened(terms: Terms, size: int) -> tuple[list[Member], list[Member]]:
    """Return the penalties whose gradient is followed and those whose proximal step is taken, all of single weights."""
    followed, taken = (
        [(_even(member, size) if member.groups else member, lam) for member, lam in members] for members in terms.steps
    )
    return followed, taken


def _followed(w: Array, eta: Array, followed: list[Member], taken: list[Member], count: float) -> Array:
    """Steps without a closed form: one by one, or if they are many as the flow that goes through their points.

    Millions of steps cannot be taken one by one. The flow that passes through the points of w ← w − ηs(w) is
    w′ = −s(1 + ½ηs′) to first order in η, and for a proximal step, which is implicit, w′ = −s(1 − ½ηs′) (Hairer,
    Lubich & Wanner, Geometric Numerical Integration, §IX.1), so that the difference is of the order of η². The flow is
    smooth where f is, so that a few Runge–Kutta steps do; s′ is a difference of slopes, taken once for each part.
    """

    def slope(w: Array, members: list[Member]) -> Array:
        with np.errstate(all="ignore"):
            return np.asarray(sum((member.gradient(w, lam) for member, lam in members), np.zeros_like(w)))

    def bend(w: Array, members: list[Member]) -> Array:
        return (slope(w + small, members) - slope(w - small, members)) / (2 * small)

    every, near, small = [*followed, *taken], np.full_like(w, 1e-9), 1e-5
    rests = (slope(near, every) > 0) & (slope(-near, every) < 0)  # at 0, pulled to from both sides
    if count <= EXACT and count == int(count):
        for _ in range(int(count)):
            after = _one_step(w, eta, followed, taken)
            w = np.where((w * after <= 0) & rests, 0.0, after)
        return w
    time = eta * count / PARTS
    for _ in range(PARTS):
        far = -time * (1 + 0.5 * eta * (bend(w, followed) - bend(w, taken)))
        a = far * slope(w, every)
        b = far * slope(w + a / 2, every)
        c = far * slope(w + b / 2, every)
        d = far * slope(w + c, every)
        after = w + (a + 2 * b + 2 * c + d) / 6
        w = np.where(((w * after <= 0) | (w * (w + c) <= 0)) & rests, 0.0, after)
    return w
