"""A network's numbers worked out once more, from its weights and its history alone, in plain NumPy.

What reads sentences (`reading`) and what judges outcomes (`judging`) take their numbers from here, and nothing from the
code that writes them: the forward pass, deleted units and weights, masked networks and shares are all made here anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from math import comb
from typing import Any

import numpy as np

from regviz.data import load
from regviz.data.posterior import posterior
from regviz.training.snapshot import ModelSnapshot

Array = Any

TINY = np.finfo(np.float64).tiny

ACTIVATIONS: dict[str, Callable[[Array], Array]] = {
    "relu": lambda z: np.maximum(z, 0),
    "tanh": np.tanh,
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
}


class Reckoned:
    """The numbers of one network, `model`, beside others which have all come to the epoch `by`, or alone."""

    def __init__(self, model: ModelSnapshot, by: int | None = None) -> None:
        self.model, self.config, self.split, self.history = model, model.config, model.split, model.history
        self.by = model.epoch if by is None else by
        self.weights = [np.asarray(W, np.float64) for W in model.weights]
        self.biases = [np.asarray(b, np.float64) for b in model.biases]
        self.said: dict[str, Array] = {}

    @property
    def ended(self) -> bool:
        """Whether it trains no more."""
        return self.model.state != "training"

    # -- history

    @property
    def epoch(self) -> int:
        """The epoch whose weights these are: the newest that was measured, or the best one if it has gone back."""
        return self.model.best_epoch if self.model.restored else int(self.history["epoch"][-1])

    def between(self, column: str, first: int, last: int) -> Array:
        """What was measured from one epoch to another."""
        epochs = self.history["epoch"]
        return self.history[column][(epochs >= first) & (epochs <= last)]

    def last(self, column: str) -> float:
        """What was measured of these weights."""
        return float(self.between(column, 0, self.epoch)[-1])

    @property
    def ahead(self) -> bool:
        """Whether it has gone on since the epoch that all have come to."""
        return self.model.epoch > self.by

    @property
    def broken(self) -> bool:
        """Whether it had diverged by then."""
        return self.model.state == "diverged" and (self.model.diverged_epoch or 0) <= self.by

    def then(self, column: str) -> float:
        """A loss or a score at that epoch: of the weights there are, or as it was measured, if it has gone on since."""
        if self.broken:
            return float("nan")
        if self.ahead:
            return float(self.between(column, 0, self.by)[-1])
        part, of = column.split("_")
        return self.loss(part) if of == "loss" else self.score(part)

    def around(self, column: str, epoch: int) -> Array:
        """What was measured in the two epochs before one, in it, and in the two after it; of the newest, in five."""
        newest = int(self.history["epoch"][-1])
        return self.between(column, epoch - 2 - max(0, epoch + 2 - newest), epoch + 2)

    def median(self, column: str) -> float:
        """The median of five epochs around the one that all have come to; NaN if it has diverged by then."""
        if self.broken:
            return float("nan")
        if self.ahead:
            return float(np.median(self.between(column, self.by - 4, self.by)))
        return float(np.median(self.around(column, self.epoch)))

    @property
    def best(self) -> float:
        """The smallest validation loss."""
        return float(np.nanmin(self.history["val_loss"]))

    @property
    def best_row(self) -> int:
        """Its row."""
        return int(np.nanargmin(self.history["val_loss"]))

    @property
    def best_epoch(self) -> int:
        """Its epoch."""
        return int(self.history["epoch"][self.best_row])

    @property
    def score_then(self) -> float:
        """The validation accuracy when the loss was lowest: the median of five epochs around it."""
        return float(np.median(self.around("val_score", self.best_epoch)))

    @property
    def score_change(self) -> float:
        """What the accuracy has done since then."""
        return self.score_now - self.score_then

    @property
    def score_now(self) -> float:
        """The same for the weights there are."""
        return float(np.median(self.around("val_score", self.epoch)))

    # -- the network, computed here

    def forward(
        self,
        X: Array,
        *,
        weights: Sequence[Array] | None = None,
        gains: Sequence[Array] | None = None,
        entering: str = "",
    ) -> tuple[Array, list[Array]]:
        """Outputs for X (n, features) before any softmax, and what enters every part called `entering`, or each layer.

        `gains` multiply what each hidden unit says, (units,) for each layer.
        """
        weights, seen = self.weights if weights is None else weights, []
        x = np.asarray(X, np.float64)
        with np.errstate(all="ignore"):
            for k, (W, b) in enumerate(zip(weights, self.biases, strict=True)):
                z = x @ W + b
                if k == len(weights) - 1:
                    return z, seen
                for part in self.config.order.split("-"):
                    if part == entering:
                        seen.append(z)
                    if part == "activation":
                        z = ACTIVATIONS[self.config.activation](z)
                    elif part == "batchnorm" and self.model.norms:
                        norm = self.model.norms[k]
                        z = norm.gamma * (z - norm.mean) / np.sqrt(norm.variance.astype(np.float64) + 1e-5) + norm.beta
                x = z if gains is None else z * gains[k]
                if entering == "next layer":
                    seen.append(x)
        raise AssertionError("a network has an output layer")

    @property
    def regression(self) -> bool:
        """Whether it answers with numbers, not with classes."""
        return self.split.task == "regression"

    def outputs(self, part: str) -> Array:
        """The output layer's values (n, K) for a part of the split."""
        if part not in self.said:
            self.said[part] = self.forward(getattr(self.split, f"X_{part}"))[0]
        return self.said[part]

    def answers(self, part: str) -> Array:
        """Class probabilities (n, K), or targets (n, 1), for a part of the split."""
        return self.outputs(part) if self.regression else softmax(self.outputs(part))

    def loss(self, part: str = "val") -> float:
        """Mean cross-entropy of the weights there are, or mean square."""
        z, y = self.outputs(part), getattr(self.split, f"y_{part}")
        return float(((z[:, 0] - y) ** 2).mean()) if self.regression else surprise(z, y)

    def score(self, part: str = "val") -> float:
        """Accuracy of the weights there are, or R²."""
        said, y = self.answers(part), getattr(self.split, f"y_{part}")
        if self.regression:
            return float(1 - ((said[:, 0] - y) ** 2).mean() / y.var())
        return float((said.argmax(axis=1) == y).mean())

    @property
    def confidence(self) -> float:
        """What the network gives its own answer, on average of the validation points."""
        return float(self.answers("val").max(axis=1).mean())

    # -- weights

    @property
    def size(self) -> int:
        """How many weights there are."""
        return sum(W.size for W in self.weights)

    @property
    def zeros(self) -> int:
        """How many are exactly 0."""
        return sum(int((W == 0).sum()) for W in self.weights)

    @property
    def square(self) -> float:
        """Σw²."""
        return sum(float((W**2).sum()) for W in self.weights)

    def near_zero(self, within: float) -> float:
        """The share of weights within so much of 0."""
        return sum(int((np.abs(W) < within).sum()) for W in self.weights) / self.size

    def score_without(self, share: float) -> float:
        """The validation accuracy without this share of the smallest weights."""
        flat = np.concatenate([W.ravel() for W in self.weights])
        flat[np.argsort(np.abs(flat), kind="stable")[: round(share * flat.size)]] = 0
        ends = np.cumsum([W.size for W in self.weights])[:-1]
        weights = [its.reshape(W.shape) for its, W in zip(np.split(flat, ends), self.weights, strict=True)]
        said = self.forward(self.split.X_val, weights=weights)[0].argmax(axis=1)
        return float((said == self.split.y_val).mean())

    @property
    def input_weight(self) -> Array:
        """Each input's share of the first layer's Σ|w|."""
        size = np.abs(self.weights[0]).sum(axis=1)
        return size / max(size.sum(), TINY)

    def named(self, beginning: str) -> list[int]:
        """The places of the inputs whose names begin so."""
        return [k for k, name in enumerate(self.split.feature_names) if name.startswith(beginning)]

    # -- units

    @cached_property
    def worst_unit(self) -> tuple[float, int]:
        """The most accuracy that the loss of a single hidden unit costs, and that unit's layer, from 1 on."""
        X, y = self.split.X_val, self.split.y_val
        full, found = float((self.forward(X)[0].argmax(axis=1) == y).mean()), []
        for layer in range(1, len(self.weights)):
            lost = 0.0
            for unit in range(len(self.weights[layer])):
                weights = list(self.weights)
                weights[layer] = weights[layer].copy()
                weights[layer][unit] = 0
                right = float((self.forward(X, weights=weights)[0].argmax(axis=1) == y).mean())
                lost = max(lost, full - right)
            found.append(lost)
        return max(found), 1 + int(np.argmax(found))

    @cached_property
    def masked(self) -> tuple[float, float, float]:
        """The validation loss of a masked network alone (mean of 20), of their average, and of the full network."""
        X, y, rate = self.split.X_val, self.split.y_val, self.config.dropout or 0.5
        rng, widths = np.random.default_rng(20), [len(W) for W in self.weights[1:]]
        said = []
        for _ in range(20):
            kept = rng.random(sum(widths)) >= rate
            gains = np.split(kept / (1 - rate), np.cumsum(widths)[:-1])
            said.append(self.forward(X, gains=gains)[0])
        alone = float(np.mean([surprise(its, y) for its in said]))
        average = np.mean([softmax(its) for its in said], axis=0)
        return alone, cross_entropy(average, y), surprise(self.forward(X)[0], y)

    @property
    def spreads(self) -> list[float]:
        """The standard deviation of what enters each layer's activation, on the training points."""
        return [float(z.std()) for z in self.forward(self.split.X_train, entering="activation")[1]]

    @property
    def shares_of_spread(self) -> list[float]:
        """Of each BatchNorm the spread that enters it without dropout, as a share of its running one."""
        _, entering = self.forward(self.split.X_val[:400], entering="batchnorm")
        return [
            float(np.sqrt(z.var(axis=0).mean() / np.mean(norm.variance)))
            for z, norm in zip(entering, self.model.norms, strict=True)
        ]

    def units(self, X: Array) -> list[Array]:
        """What the hidden units say for X, (n, units) for each layer."""
        return self.forward(X, entering="next layer")[1]

    # -- labels

    @property
    def labels(self) -> tuple[float, float, float] | None:
        """Of the correctly labelled points those that get their label, and of the others those that get that label, and
        their true class; None if no label is wrong."""
        flipped = self.split.flipped
        if not flipped.any():
            return None
        said, true = self.answers("train").argmax(axis=1), load(self.config.replace(label_noise=0.0)).y_train
        learned = said == self.split.y_train
        return (
            float(learned[~flipped].mean()),
            float(learned[flipped].mean()),
            float((said == true)[flipped].mean()),
        )

    @property
    def dead(self) -> str:
        """Why this network says nothing: it diverged, has no weight left, or gives all points one answer; else ""."""
        if self.model.state == "diverged" or not all(np.isfinite(W).all() for W in self.weights):
            return "diverged"
        if self.zeros == self.size:
            return "has no weight left"
        said = self.answers("val")
        return "gives all points one answer" if float(np.ptp(said, axis=0).max()) < 1e-3 else ""


def softmax(z: Array) -> Array:
    """Class probabilities of outputs (n, K)."""
    with np.errstate(all="ignore"):
        e = np.exp(z - z.max(axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True)


def surprise(z: Array, y: Array) -> float:
    """The mean cross-entropy of outputs (n, K), also of those whose probability is too small for a number."""
    with np.errstate(all="ignore"):
        z = z - z.max(axis=1, keepdims=True)
        return float((np.log(np.exp(z).sum(axis=1)) - z[np.arange(len(y)), y]).mean())


def cross_entropy(said: Array, y: Array) -> float:
    """The mean of −log of what the right class was given."""
    return float(-np.log(np.maximum(said[np.arange(len(y)), y], TINY)).mean())


def same_points(its: Sequence[Reckoned]) -> bool:
    """Whether networks have the same validation points, before each has standardized them."""
    raw = [one.split.X_val * one.split.scale + one.split.mean for one in its]
    return all(X.shape == raw[0].shape and np.abs(X - raw[0]).max() < 1e-6 for X in raw)


def chosen_by(its: Sequence[Reckoned], count: int) -> tuple[float, float, int]:
    """Each team takes the network that is right most often on `count` neighbouring validation points of its own: how
    often the choices are right on these and on all others, and how many networks are chosen."""
    rows = [one.answers("val").argmax(axis=1) == one.split.y_val for one in its if one.dead != "diverged"]
    right = np.array(rows, float)
    n, own, new, taken = right.shape[1], [], [], set()
    for team in range(n):
        mine = np.zeros(n, bool)
        mine[(team + np.arange(count)) % n] = True
        scores = right[:, mine].mean(axis=1)
        best = int(np.flatnonzero(scores >= scores.max() - 1e-12)[0])
        taken.add(best)
        own.append(scores[best])
        new.append(right[best, ~mine].mean())
    return float(np.mean(own)), float(np.mean(new)), len(taken)


def best_of(its: Sequence[Reckoned], count: int, fewer: int) -> tuple[float, float]:
    """The same if each team may take only `fewer` of the networks, drawn blindly: the one that is best by its points
    on average over all draws. It is the one with a rank if that one is drawn, and none of those before it."""
    rows = [one.answers("val").argmax(axis=1) == one.split.y_val for one in its if one.dead != "diverged"]
    right = np.array(rows, float)
    (many, n), own, new = right.shape, 0.0, 0.0
    for team in range(n):
        mine = np.zeros(n, bool)
        mine[(team + np.arange(count)) % n] = True
        hits = right[:, mine].sum(axis=1)
        for rank, one in enumerate(sorted(range(many), key=lambda one: -hits[one])):
            none_before, nor_it = (comb(many - before, fewer) for before in (rank, rank + 1))
            share = (none_before - nor_it) / comb(many, fewer) / n
            own += share * hits[one] / count
            new += share * right[one, ~mine].mean()
    return own, new


def bias_and_variance(its: Sequence[Reckoned]) -> tuple[float, float]:
    """Of networks of R training sets: how far their mean is from the truth, and how much they differ."""
    first = its[0].split
    X = np.asarray(first.X_val, np.float64) * first.scale + first.mean
    said = np.stack([softmax(one.forward((X - one.split.mean) / one.split.scale)[0]) for one in its])
    truth, middle = posterior(its[0].config, X), said.mean(axis=0)
    return float(((middle - truth) ** 2).sum(axis=1).mean() / 2), float(((said - middle) ** 2).sum(axis=2).mean() / 2)


def common_epoch(models: Iterable[ModelSnapshot]) -> int:
    """The epoch of that network in training which is furthest behind; of the one that went furthest if none trains."""
    its = list(models)
    return min([one.epoch for one in its if one.state == "training"] or [max(one.epoch for one in its)])
