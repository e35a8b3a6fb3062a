"""Ridge solutions of a training set, for every λ at once, and the one that a linear network in training is like."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ..config import FIELDS
from ..optim.optimizers import Optimizer
from ..optim.penalties import strengths
from ..optim.schedules import rate

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..training.snapshot import ModelSnapshot

LAMBDAS = 81
"""Strengths of a path."""

FIRST, LAST = 100.0, 1e-2
"""λ at which a path begins, with hardly any weight, and mostly ends, in units of the largest eigenvalue."""

FLAT = 1e-6
"""Times the largest eigenvalue: in directions below it the data are taken to say no more than this."""

IDLE = ("dropout", "label_smoothing")
"""Techniques that do nothing to a linear model of a regression."""

LEADING_THERE = ("l2", "clip_norm")
"""What is another way to a ridge solution in the end, and off it at any moment before."""


@dataclass(frozen=True, slots=True, eq=False)
class Ridge:
    """argmin over w and b of the mean squared error + λΣw², for every λ (Hoerl & Kennard 1970).

    values   (features,) eigenvalues s² of the inputs' covariance, ascending; `vectors` (features, features) its columns
    pull     (features,) covariance of inputs and target along these
    center   (features,) mean of the inputs, and `level` that of the targets
    """

    values: NDArray[np.float64]
    vectors: NDArray[np.float64]
    pull: NDArray[np.float64]
    center: NDArray[np.float64]
    level: float

    def weights(self, lam: float) -> NDArray[np.float64]:
        """Return the solution's weights (features,) for λ from 0 to ∞; where data say nothing, a λ of 0 is a tiny
        one.
        """
        found: NDArray[np.float64] = self.vectors @ (self.pull / (np.maximum(self.values, self._least) + lam))
        return found

    def bias(self, lam: float) -> float:
        """Return the solution's bias, which no penalty holds back."""
        return float(self.level - self.center @ self.weights(lam))

    def path(self, least: float = np.inf) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Compute λ (k,) descending from ∞ to `least` or a weak one that is less, and the solutions' weights (k,
        features).
        """
        largest = float(self.values[-1]) or 1.0
        last = max(min(LAST, least / largest), FLAT)
        lams = np.array([np.inf, *(largest * np.geomspace(FIRST, last, LAMBDAS))], np.float64)
        W = self.pull / (np.maximum(self.values, self._least) + lams[:, None]) @ self.vectors.T
        return lams, W

    def valley(self, first: int, second: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the training loss over two weights while all others are at their best: a bowl.

        Returns its lowest point m (2,) and A (2, 2): it is the lowest loss + (w − m)ᵀA(w − m).
        """
        two = self.vectors[[first, second]]
        bowl = np.linalg.inv(two / np.maximum(self.values, self._least) @ two.T)
        return self.weights(0.0)[[first, second]], np.asarray(bowl, np.float64)

    @property
    def _least(self) -> float:
        return max(FLAT * float(self.values[-1]), 1e-150)


def ridge(X: NDArray[np.float64], y: NDArray[np.float64], weights: NDArray[np.float64] | None = None) -> Ridge:
    """Return all ridge solutions for inputs X (n, features) and targets y (n,), each of which counts as `weights` (n,)
    say.
    """
    share = np.full(len(X), 1 / len(X)) if weights is None else weights / weights.sum()
    center, level = share @ X, float(share @ y)
    A = X - center
    values, vectors = np.linalg.eigh((A * share[:, None]).T @ A)
    pull = vectors.T @ (A.T @ (share * (y - level)))
    return Ridge(np.maximum(values, 0.0), vectors, pull, center, level)


def bent_pairs(found: Ridge, most: int) -> list[tuple[int, int]]:
    """Return up to `most` pairs of weights in whose plane the path of solutions is bent most, best first; none for one
    input.

    By the area between the path and the straight line from its start to its end: it is large where λ holds back one
    weight longer than the other. The weight that goes farther comes first.
    """
    _, W = found.path()
    turned = W[:-1].T @ W[1:]
    area = np.abs(turned - turned.T)
    rows, columns = np.triu_indices(len(area), 1)
    best = np.argsort(-area[rows, columns], kind="stable")[:most]
    span = np.ptp(W, axis=0)
    pairs = zip(rows[best].tolist(), columns[best].tolist(), strict=True)
    return [(j, k) if span[j] >= span[k] else (k, j) for j, k in pairs]


def cosine(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    """Return cosine of the angle between the weights of two models; NaN if those of one are all 0."""
    lengths = float(np.linalg.norm(first) * np.linalg.norm(second))
    return float(first @ second) / lengths if lengths else float("nan")


def linear(model: ModelSnapshot) -> bool:
    """Return whether a network is a linear model of a regression."""
    return model.split.task == "regression" and not model.config.hidden


def training_as_lambda(model: ModelSnapshot) -> float | None:
    """Compute λ of the ridge solution that a linear model is like.

    From weights of 0, after t steps of size η that is 1/(2ηt), or 1/(2Ση) of steps that were not alike; with momentum η
    is lr/(1 − μ). With L2 it is the λ that training leads to. None where nothing of the kind is known: with another
    technique; without L2, from other weights than 0 or with an optimizer that has a step size for each weight; where
    other techniques, L2 or points were exchanged for these in training, and once the network has diverged.
    """
    config, rule = model.config, model.optimizer
    now = {name: value for name, value in config.to_dict().items() if name not in LEADING_THERE}
    if model.state == "diverged" or any(_leads_away(name, value, rule) for name, value in now.items()):
        return None
    own = strengths(config, "l2", 1)[0]
    if own:
        return float(own)
    if rule.adaptive or config.clip_norm is not None or config.init != "zeros":
        return None
    if any(_leads_away(turn.field, turn.before, rule) for turn in model.turns):
        return None
    went = _step_sizes_summed(model)
    return 1 / (2 * went) if went > 0 else np.inf


def _leads_away(name: str, value: Any, rule: type[Optimizer]) -> bool:
    """Whether steps with this value of a field are none along the gradient of the loss of these points."""
    if name == "weight_decay":
        return name in rule.uses and value > 0
    if name in ("max_norm", "clip_norm"):
        return value is not None
    if name not in FIELDS:  # a penalty that was removed since, or other points
        return True
    return name not in IDLE and FIELDS[name].technique not in (None, value)


def _step_sizes_summed(model: ModelSnapshot) -> float:
    """Ση over the steps that led to the weights, if all epochs have as many of them."""
    config, epochs = model.config, model.best_epoch if model.restored else model.epoch
    steps = model.step * epochs / model.epoch if model.restored and model.epoch else model.step
    past = max(epochs, 1)
    lr, momentum = (_past(model, name, past) for name in ("lr", "momentum"))
    if config.schedule != "constant":
        lr *= [rate(1.0, config.schedule, epoch, config.epochs) for epoch in range(past)]
    rule, seen = model.optimizer, Counter(zip(lr.tolist(), momentum.tolist(), strict=True))
    return float(steps * sum(count * rule.steady_step(*both, 0.0) for both, count in seen.items()) / past)


def _past(model: ModelSnapshot, field: str, epochs: int) -> NDArray[np.float64]:
    """A field's value in each epoch (epochs,), before it was turned too."""
    values = np.full(epochs, float(getattr(model.config, field)))
    for turn in reversed(model.turns):
        if turn.field == field:
            values[: turn.epoch] = turn.before
    return values
