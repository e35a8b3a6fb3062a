"""Snapshot: what an observer may see of a Trainer, frozen at one moment, and made to compute again by its layers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from ..config import Config
from ..data.datasets import Split
from ..nn.activations import Activation, known_again
from ..nn.batchnorm import Norm
from ..nn.layernorm import Gain
from ..nn.losses import softmax
from ..optim.optimizers import OPTIMIZERS, Optimizer
from .evaluation import for_pieces, pieces
from .network import Network, smoothing, with_ones
from .parameters import ParameterLayout
from .turns import Turn

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..arrays import Array


State = Literal["training", "stopped", "diverged"]
"""Of a network: it may be trained on, patience ended its training, or it broke."""


@dataclass(frozen=True, eq=False)
class Trained:
    """The numbers of one network, all arrays read-only; parameters are always finite.

    config          the Config it is trained by
    weights         (in, out) of each layer; with `ema` these and all below are averages over steps
    biases          (out,) of each layer
    history         1-D arrays by name, one row for each epoch from 0, before training: epoch, train_loss, val_loss,
                    train_score, val_score, penalty. Losses hold no penalty and are measured without dropout; scores
                    are accuracies, or R² for a regression. Where the first loss is not finite, that row has ∞ and NaN
    state           "training" (it may be trained on), "stopped" (early) or "diverged" (with the weights of the last
                    epoch whose loss was sound, or with those restored; its history ends there), at epoch 0 where no
                    epoch was
    epoch, step     epochs finished, steps taken
    best_epoch      of the smallest validation loss so far, as `min_delta` and `start_epoch` have it
    stopped_epoch   when patience ended the training, or None
    diverged_epoch  the epoch in which it broke, or None
    norms           each hidden layer's BatchNorm: gamma, beta, running mean and variance, all (units,); () without
    restored        whether the weights are those of the best epoch, as patience with `restore_best` has it, not of the
                    last; None: if it has stopped
    layer_norms     each hidden layer's LayerNorm: gamma and beta, (units,); () without
    turns           live fields that were changed while it trained, each a Turn (epoch, field, before, after), oldest
                    first
    anew            what was measured of these weights and is in no row of the history, by its columns: on points that
                    came after the newest row, or in an epoch that is not measured; {} for none
    answered        what its activation, a custom one, answers at fixed points; () of a shipped one
    """

    config: Config
    weights: tuple[Array, ...]
    biases: tuple[Array, ...]
    history: dict[str, Array]
    state: State
    epoch: int
    step: int
    best_epoch: int
    stopped_epoch: int | None
    diverged_epoch: int | None
    norms: tuple[Norm, ...] = ()
    restored: bool | None = None
    layer_norms: tuple[Gain, ...] = ()
    turns: tuple[Turn, ...] = ()
    anew: Mapping[str, float] = field(default_factory=dict)
    answered: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "norms", tuple([Norm(*norm) for norm in self.norms]))  # a file knows plain tuples
        if self.restored is None:  # files did not always say so
            object.__setattr__(self, "restored", self.state == "stopped")

    @property
    def task(self) -> Literal["classification", "regression"]:
        """What it was trained for: a classification has an output for each class, and two classes at least."""
        return "regression" if len(self.biases[-1]) == 1 else "classification"

    @property
    def activation(self) -> type[Activation]:
        """The activation of its hidden layers. Raises ConfigError if its name stands for none, or another one by
        now.
        """
        return known_again(self.config.activation, self.answered)

    @cached_property
    def zero_fraction(self) -> float:
        """Share of the weights (biases aside) that are exactly 0."""
        zeros = sum(W.size - np.count_nonzero(W) for W in self.weights)
        return float(zeros / sum(W.size for W in self.weights))

    @property
    def row(self) -> int:
        """The row of the history that was measured with these weights, or the newest one before they came to be."""
        return self.row_at(self.best_epoch) if self.restored else len(self.history["epoch"]) - 1

    def row_at(self, epoch: int) -> int:
        """Return the row of an epoch, or the last one before it: where other points came in an epoch that was not
        measured, it has none.
        """
        return max(0, int(np.searchsorted(self.history["epoch"], epoch, side="right")) - 1)

    def now(self, name: str) -> float:
        """Return the measurement `name` of these weights: the newest, or that of the best epoch if they are its.

        In mid-epoch, the newest is that of the epoch before.
        """
        return float(self.anew[name] if name in self.anew else self.history[name][self.row])

    def predict(self, X: Array) -> Array:
        """Return class probabilities (n, K), or standardized targets (n,) for a regression, of inputs X (n, features).

        X is standardized as the data are that the network was trained on (`model.split.X_test`); raw rows, in the
        data's own units, are answered in those by `probes.answers_to([run.model], X)[0]`. Answers are in the network's
        own dtype, without dropout. Raises ValueError for inputs of another shape.
        """
        with np.errstate(all="ignore"):
            z = outputs(self, X)
            said: Array = z[0, 0] if self.task == "regression" else softmax(z)[0].T
        return said


class Made(NamedTuple):
    """What a network began with, whatever has the names by now."""

    activation: type[Activation]
    optimizer: type[Optimizer]


@dataclass(frozen=True, eq=False)
class ModelSnapshot(Trained):
    """One network, frozen, with what it was shown: see `Trained` for its numbers.

    split  the data it is trained and measured on
    masks  (n, units) bool of each hidden layer, True = kept, of the last training step; () if it dropped none
    made   the classes of its activation and its optimizer; None: those that have the names in this process
    """

    split: Split = field(kw_only=True)
    masks: tuple[NDArray[np.bool_], ...] = field(kw_only=True)
    made: Made | None = field(kw_only=True, default=None, repr=False)

    def __getstate__(self) -> dict[str, object]:
        return {**vars(self), "made": None}  # classes of a notebook cannot be pickled, and are known again by name

    @property
    def activation(self) -> type[Activation]:
        """The activation of its hidden layers. Raises ConfigError where it is known by its name alone, which stands for
        none, or another one by now.
        """
        return super().activation if self.made is None else self.made.activation

    @property
    def optimizer(self) -> type[Optimizer]:
        """The optimizer that moves it. Raises ConfigError where its name is all that is known and stands for none."""
        return OPTIMIZERS.find(self.config.optimizer) if self.made is None else self.made.optimizer

    @property
    def moment(self) -> tuple[object, ...]:
        """What tells a moment of the network from another: its step, and all else that its numbers hang on."""
        return self.step, *self.moment_of_epoch

    @property
    def moment_of_epoch(self) -> tuple[object, ...]:
        """The same but for the step: alike throughout an epoch, unless a person turns something or changes points."""
        return self.epoch, self.state, self.restored, self.split, self.config


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """All networks of a Trainer at one moment; `step` counts the steps of the one that took most."""

    step: int
    models: tuple[ModelSnapshot, ...]

    @property
    def epoch(self) -> int:
        """Epochs finished by the network that went furthest."""
        return max(model.epoch for model in self.models)

    @property
    def common_epoch(self) -> int:
        """Epochs finished by every network that still trains; by the one that went furthest if none does.

        Step by step, a network with more batches in an epoch has finished fewer of them.
        """
        return min((model.epoch for model in self.models if model.state == "training"), default=self.epoch)


def rebuild(model: ModelSnapshot, X: Array, *, learning: bool = False, frozen: bool = True) -> tuple[Network, Array]:
    """Return the network of `model` for standardized inputs X (n, features), and these as it takes them, (1, features +
    1, n).

    It computes in the model's own dtype, without dropout and with BatchNorm's running statistics; if it is `learning`
    (its gradients `g` (1, P) are to be written) and not `frozen`, with those of the batch. Raises ValueError for a
    wrong shape.
    """
    x = _inputs(model, X)
    return _network(model, x.shape[2], learning=learning, frozen=frozen), x


def outputs(model: Trained, X: Array) -> Array:
    """Return outputs z (1, K, n) of the full network for standardized inputs X (n, features), before any softmax.

    Raises ValueError for a wrong shape.
    """
    x, found = _inputs(model, X), []
    places = pieces(x.shape[2], max(map(len, model.biases)))
    with np.errstate(all="ignore"):
        for network, place in zip(for_pieces(places, partial(_network, model)), places, strict=True):
            found.append(network.forward(x[:, :, place]))
    return np.concatenate(found, axis=2)


def _inputs(model: Trained, X: Array) -> Array:
    """Inputs X (n, features) as a network takes them, (1, features + 1, n). Raises ValueError for a wrong shape."""
    features = len(model.weights[0])
    with np.errstate(over="ignore"):  # what is too large for the network's own dtype has no finite answer
        x = np.asarray(X, dtype=model.config.dtype)
    if x.ndim != 2 or x.shape[1] != features:
        name = model.split.name if isinstance(model, ModelSnapshot) else model.config.data
        raise ValueError(f"X has shape {x.shape}; {name} needs (n, {features})")
    return np.ascontiguousarray(with_ones(x).T)[None]


def _network(model: Trained, n: int, *, learning: bool = False, frozen: bool = True) -> Network:
    """The network of `model` for n samples."""
    sizes = (len(model.weights[0]), *map(len, model.biases))
    layout = ParameterLayout(sizes, bool(model.norms), bool(model.layer_norms))
    w = np.empty((1, layout.size), model.config.dtype)
    for W, weights, bias in zip(layout.dense(w), model.weights, model.biases, strict=True):
        W[0, :, :-1], W[0, :, -1] = weights.T, bias
    found: list[Norm | Gain] = [*layout.norms(w), *layout.gains(w)]
    for views, its in zip(found, (*model.norms, *model.layer_norms), strict=True):
        for view, values in zip(views, its, strict=True):
            view[0] = values
    g = np.zeros_like(w) if learning else None
    network = Network(model.config, model.activation, layout, model.task, w, n, g, frozen=frozen)
    network.smooth(smoothing([model.config]))
    return network
