"""Choosing one of several networks by few validation points, and how the chosen one does on new ones."""

from __future__ import annotations

from collections.abc import Sequence
from math import comb
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ..nn.losses import variance

if TYPE_CHECKING:
    from ..arrays import Array
    from ..training.snapshot import ModelSnapshot


ROUNDING = 1e-9
"""Points are the same that differ by less than this share of the largest number among them."""


class Choice(NamedTuple):
    """Of each team (teams,): the index of the network it has chosen, its score on the team's points, and on others."""

    chosen: Array
    own: Array
    new: Array

    @property
    def means(self) -> tuple[float, float]:
        """The mean scores on the teams' own points and on new ones."""
        return float(self.own.mean()), float(self.new.mean())


def point_scores(model: ModelSnapshot, X: Array, y: Array) -> Array:
    """Return what each point of X (n, features), y (n,) adds to a score, (n,): the score of some points is their mean.

    1 for a right class and 0 for a wrong one; 1 − (y − ŷ)²/var(y) of a regression, whose mean over all is R². NaN for
    a network that has diverged, and for targets that never vary.
    """
    if model.state == "diverged":
        return np.full(len(y), np.nan)
    said = model.predict(X)
    if model.split.task == "classification":
        right: Array = (said.argmax(axis=1) == y).astype(np.float64)
        return right
    target = np.asarray(y, np.float64).reshape(-1)
    share: Array = 1 - (said.astype(np.float64).reshape(-1) - target) ** 2 / variance(target[None], slice(None), None)
    return share


def same_points(models: Sequence[ModelSnapshot]) -> bool:
    """Return whether networks have the same validation points, each in the units that its training points gave it.

    Only then are their `point_scores` at their own points those of one choice. Other points than its own may be among
    those that a network has trained on.
    """
    splits = list({id(model.split): model.split for model in models}.values())
    first = splits[0]
    if any(its.task != first.task or its.X_val.shape != first.X_val.shape for its in splits):
        return False
    inputs = [split.X_val * split.scale + split.mean for split in splits]
    targets = [split.y_val * split.target_scale + split.target_mean for split in splits]
    return all(
        np.allclose(its, found[0], rtol=0, atol=ROUNDING * float(np.abs(found[0]).max(initial=0)))
        for found in (inputs, targets)
        for its in found[1:]
    )


def choose(scores: Sequence[Array], points: int) -> Choice:
    """Have n teams each choose the network with the highest mean score on its own `points`.

    `scores` has the `point_scores` of each network on the same n points, `points` is from 1 to n − 1. A team's points
    are neighbours, and each point begins those of one team: all are asked equally often, so that the scores of a
    network that nobody has chosen are the same on average on own points and on new ones. Of networks that tie the first
    is taken, and never one with NaN. Raises ValueError for another number of points, and where no network is left.
    Source: Cawley & Talbot 2010, on the bias of a score that has chosen.
    """
    left, own, new = _asked(scores, points)
    best, each = own.argmax(axis=0), np.arange(own.shape[1])
    return Choice(left[best], own[best, each], new[best, each])


def best_of(scores: Sequence[Array], points: int) -> tuple[Array, Array]:
    """Return mean scores on the teams' own points and on new ones if only k of the n networks are there to choose, (n,)
    each.

    For k = 1 … n, each the mean over all ways to take k of them; k = n is what `choose` finds, with the same `scores`,
    `points` and errors. A network that has diverged is never one of them, so that there may be fewer than n.
    """
    _, own, new = _asked(scores, points)
    order = np.argsort(-own, axis=0, kind="stable")
    tried = len(order)
    first = [[comb(tried - 1 - rank, k - 1) / comb(tried, k) for rank in range(tried)] for k in range(1, tried + 1)]
    shares = np.array(first)  # (k, rank): how often the network with that rank is the best of k
    means = [np.take_along_axis(its, order, axis=0).mean(axis=1) for its in (own, new)]
    return shares @ means[0], shares @ means[1]


def _asked(scores: Sequence[Array], points: int) -> tuple[Array, Array, Array]:
    """Indices (m,) of the networks that have not diverged, and their scores (m, teams) on own points and on new ones.

    Raises ValueError as `choose`.
    """
    if len({len(its) for its in scores}) > 1:
        raise ValueError("the networks have scores at different numbers of points: ask all at the same ones")
    table = np.array(scores, np.float64)
    count = table.shape[1]
    if count < 2:
        at = "a single point" if count else "no point"
        raise ValueError(f"the networks have scores at {at}: choosing takes two, one by which, and a new one")
    if not 1 <= points < count:
        needed = f"of {count} points, 1 to {count - 1} may choose. Try {min(20, count - 1)}."
        raise ValueError(f"points={points} is not possible: {needed}")
    left = np.flatnonzero(np.isfinite(table).all(axis=1))
    if not len(left):
        raise ValueError("no network is left to choose: all of them have diverged, or no target varies")
    round_trip = np.concatenate([table[left], table[left][:, :points]], axis=1).cumsum(axis=1)  # sums of 0s and 1s
    sums = round_trip[:, points - 1 : points - 1 + count].copy()
    sums[:, 1:] -= round_trip[:, : count - 1]
    return left, sums / points, (round_trip[:, count - 1, None] - sums) / (count - points)
