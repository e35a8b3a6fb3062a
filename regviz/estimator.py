"""Networks as scikit-learn estimators, so that its grids, curves and pipelines work on λ and p. Needs scikit-learn."""

from __future__ import annotations

import inspect
import sys
import warnings
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar, Self

import numpy as np

from .arrays import Array
from .config import DATA_FIELDS, FIELDS, Config
from .data.datasets import Split
from .errors import ConfigError
from .estimator_rows import Rows, check_sizes, checked_weights, two_parts
from .masked import unmasked
from .members import packed_members, unpack_missing
from .optim.penalties import PENALTIES
from .training.snapshot import ModelSnapshot
from .training.trainer import Trainer

try:
    from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.preprocessing import StandardScaler
    from sklearn.utils import check_random_state
    from sklearn.utils.multiclass import check_classification_targets
    from sklearn.utils.validation import check_is_fitted, validate_data
except ImportError as error:
    MISSING = 'the estimators are made for scikit-learn, which is missing: pip install "scikit-learn>=1.6"'
    raise ImportError(MISSING, name="sklearn") from error


OTHERS = {"validation_fraction": 0.2, "random_state": 0}
"""Parameters that are no field of Config. A seed by default hides no randomness."""


class _Network(BaseEstimator):  # type: ignore[misc]
    """What both estimators share. Parameters are stored as they are and checked by `fit`, as scikit-learn asks for."""

    _left_out: ClassVar[tuple[str, ...]] = DATA_FIELDS
    """Fields of Config that are no parameters: those that make data, and the seed."""

    def __init__(self, **parameters: Any) -> None:
        defaults = self._defaults()
        for name in parameters:
            if name not in defaults:
                known = ", ".join(defaults)
                raise TypeError(f"{type(self).__name__} has no parameter {name!r}; its parameters are {known}")
        for name, default in defaults.items():
            setattr(self, name, parameters.get(name, default))

    @classmethod
    def _defaults(cls) -> dict[str, Any]:
        """Every parameter by name, custom penalties included. float64 is scikit-learn's precision."""
        fields = {name: field.default for name, field in FIELDS.items() if name not in cls._left_out}
        return {**fields, "dtype": "float64", **OTHERS}

    @classmethod
    def _get_param_names(cls) -> list[str]:
        return sorted(cls._defaults())

    def __getattr__(self, name: str) -> Any:
        """λ of a custom penalty that was added after this estimator was made."""
        if name in PENALTIES.custom:
            return FIELDS[name].default
        raise AttributeError(f"{type(self).__name__} has no attribute {name!r}")

    def __getstate__(self) -> dict[str, Any]:
        """With the custom penalties, optimizers and activations of this process, for processes that lack them."""
        state: dict[str, Any] = super().__getstate__()
        members = packed_members()
        return {**state, "_members": members} if members else state

    def __setstate__(self, state: dict[str, Any]) -> None:
        state = dict(state)
        members = state.pop("_members", ())
        named = {packed.name for packed in members if np.any(state.get(packed.name, 0))}
        unpack_missing(members, named | {state.get("optimizer"), state.get("activation")})
        super().__setstate__(state)

    def _train(self, rows: Rows, n_classes: int, class_weights: Array | None = None) -> None:
        """Train on `rows`, whose y are classes from 0 on, or targets if n_classes is 0."""
        for name, value in vars(self).items():
            if not name.endswith("_") and name[0] != "_" and name not in self._defaults() and np.any(value):
                PENALTIES.find(name)  # a custom penalty that this process lacks is not left out in silence
        fields = {name: getattr(self, name) for name in FIELDS if name not in self._left_out}
        if isinstance(fields.get("class_weight"), Mapping):
            fields["class_weight"] = None  # `class_weights` say it
        config = Config(**fields, noise=0, label_noise=0, seed=_seed(self.random_state))  # rows as they were given
        train = validation = rows = rows.that_count()  # without patience nobody asks how validation points do
        check_sizes(rows)
        if config.patience is not None:
            labels = self.classes_.tolist() if n_classes else []
            train, validation = two_parts(rows, self.validation_fraction, config.seed, labels)
        self.scaler_ = StandardScaler().fit(train.X, sample_weight=train.weights)
        self.target_mean_, self.target_scale_ = 0.0, 1.0
        if not n_classes:
            self.target_mean_ = float(np.average(train.y, weights=train.weights))
            squares = np.average((train.y - self.target_mean_) ** 2, weights=train.weights)
            self.target_scale_ = float(np.sqrt(squares)) or 1.0
        split = self._split(self._scaled(train), self._scaled(validation), n_classes, class_weights)
        trainer = Trainer([config], split=split)
        trainer.advance(epochs=config.epochs)
        (model,) = trainer.final().models
        if model.state == "diverged":
            warnings.warn(_broken(model), ConvergenceWarning, stacklevel=3)
        self.model_ = _without_data(model, validated=config.patience is not None)
        self.history_, self.n_iter_ = self.model_.history, model.epoch

    def _scaled(self, rows: Rows) -> Rows:
        """Rows as the network sees them."""
        y = rows.y if rows.y.dtype.kind == "i" else (rows.y - self.target_mean_) / self.target_scale_
        return Rows(self.scaler_.transform(rows.X), y, rows.weights)

    def _split(self, train: Rows, validation: Rows, n_classes: int, class_weights: Array | None) -> Split:
        features = train.X.shape[1]
        names = getattr(self, "feature_names_in_", [f"x{column}" for column in range(features)])
        return Split(
            name=type(self).__name__,
            task="classification" if n_classes else "regression",
            n_classes=n_classes,
            n_features=features,
            feature_names=tuple(names),
            class_names=tuple(str(name) for name in getattr(self, "classes_", ())),
            image_shape=None,
            X_train=train.X,
            y_train=train.y,
            X_val=validation.X,
            y_val=validation.y,
            X_test=train.X[:0],
            y_test=train.y[:0],
            mean=self.scaler_.mean_,
            scale=self.scaler_.scale_,
            target_mean=self.target_mean_,
            target_scale=self.target_scale_,
            flipped=np.zeros(len(train.y), bool),
            weight_train=train.weights,
            weight_val=validation.weights,
            class_weights=class_weights,
        )

    def _outputs(self, X: Array) -> Array:
        """What the network says to raw inputs X (n, features)."""
        check_is_fitted(self)
        X = validate_data(self, unmasked(X), dtype=np.float64, order="C", reset=False)
        outputs: Array = self.model_.predict(self.scaler_.transform(X)).astype(np.float64)
        return outputs


class RegvizClassifier(ClassifierMixin, _Network):  # type: ignore[misc]
    """A classifier: the engine's network, with the fields of `Config` as parameters.

    Data are given to `fit`, so the fields that make data are missing. Inputs are standardized, so λ means what it means
    in the lab.

    class_weight          None, "balanced", or a dictionary with the weight of each class (1 where it has none)
    validation_fraction   share of the rows given to `fit` that patience watches; with patience=None all rows train
    random_state          seed of the start, the batches and the masks: a whole number, a RandomState, or None for a
                          new one at each `fit`

    A custom penalty is a parameter by its name once it is added, in worker processes too. With patience the weights are
    those of the best epoch, unless restore_best=False.

    After `fit`: `classes_`, `n_iter_` (epochs), `history_` (as of a Run; without patience there are no validation rows,
    and no columns of them), `feature_names_in_` (of a frame; another order of its columns is then refused) and
    `model_`, a ModelSnapshot without data. Raises ConfigError, a ValueError, for an impossible parameter, and DataError
    where patience has too few rows, and for numbers too large to be standardized.
    """

    def __init__(self, **parameters: Any) -> None:
        super().__init__(**parameters)

    def fit(self, X: Array, y: Array, sample_weight: Array | None = None) -> Self:
        """Train on inputs X (n, features) and labels y (n,), each row counted `sample_weight` (n,) times.

        What is measured is weighted too. Rows of weight 0 train nothing and are measured nowhere; only their labels
        stay among the `classes_`, as in scikit-learn's own classifiers, and training makes the probabilities of a class
        without other rows ever smaller. Raises ValueError for labels of fewer than two classes, and DataError, which is
        one, where no row has a weight.
        """
        X, y = validate_data(self, unmasked(X), unmasked(y), dtype=np.float64, order="C")
        check_classification_targets(y)
        self.classes_, index = np.unique(y, return_inverse=True)
        if len(self.classes_) < 2:
            raise ValueError("a classifier needs at least two classes, y has 1 class")
        rows = Rows(X, index.astype(np.int64), checked_weights(sample_weight, X))
        self._train(rows, len(self.classes_), self._class_weights())
        return self

    def _class_weights(self) -> Array | None:
        """The weights of the classes (K,) as a dictionary names them; None if none does."""
        if not isinstance(self.class_weight, Mapping):
            try:
                FIELDS["class_weight"].check("class_weight", self.class_weight)
            except ConfigError as error:
                allowed = f"{error.allowed}, or a dictionary with the weight of each class"
                raise ConfigError("class_weight", self.class_weight, allowed, error.suggestion) from None
            return None
        labels = self.classes_.tolist()
        for label, weight in self.class_weight.items():
            if label not in labels:
                given = dict(self.class_weight)
                raise ConfigError("class_weight", given, f"y has the classes {labels}", {labels[0]: 1.0})
            number = isinstance(weight, (int, float, np.integer, np.floating))
            if not (number and 0 < weight <= sys.float_info.max):
                raise ConfigError(f"class_weight[{label!r}]", weight, "a weight is a finite number above 0", 1.0)
        return np.array([self.class_weight.get(label, 1.0) for label in labels], np.float64)

    def predict_proba(self, X: Array) -> Array:
        """Return probabilities (n, K) of the `classes_`."""
        return self._outputs(X)

    def predict(self, X: Array) -> Array:
        """Return the likeliest class of each row, (n,)."""
        likeliest: Array = self.predict_proba(X).argmax(axis=1)
        labels: Array = self.classes_[likeliest]
        return labels


class RegvizRegressor(RegressorMixin, _Network):  # type: ignore[misc]
    """A regression: the engine's network, with the fields of `Config` as parameters.

    As `RegvizClassifier`, without class weights. The target is standardized too, by the rows that train; `history_` and
    the loss that λ is weighed against are in these units, `predict` answers in the target's own.
    """

    _left_out: ClassVar[tuple[str, ...]] = (*DATA_FIELDS, "class_weight", "label_smoothing")

    def __init__(self, **parameters: Any) -> None:
        super().__init__(**parameters)

    def fit(self, X: Array, y: Array, sample_weight: Array | None = None) -> Self:
        """Train on inputs X (n, features) and targets y (n,), each row counted `sample_weight` (n,) times.

        What is measured is weighted too; rows of weight 0 are as if they were not there. Raises DataError, a
        ValueError, where no row has a weight.
        """
        X, y = validate_data(self, unmasked(X), unmasked(y), dtype=np.float64, order="C", y_numeric=True)
        self._train(Rows(X, y.astype(np.float64), checked_weights(sample_weight, X)), 0)
        return self

    def predict(self, X: Array) -> Array:
        """Return targets (n,)."""
        return self._outputs(X) * self.target_scale_ + self.target_mean_


def _seed(random_state: Any) -> int:
    if random_state is None:
        return int(np.random.SeedSequence().generate_state(1)[0])
    try:
        if isinstance(random_state, (int, np.integer)):
            return int(FIELDS["seed"].check("random_state", random_state))
        return int(check_random_state(random_state).randint(2**31))
    except ValueError:
        allowed = f"allowed is a whole number from 0 to {2**32 - 1}, a RandomState, or None"
        raise ConfigError("random_state", random_state, allowed, 0) from None


def _broken(model: ModelSnapshot) -> str:
    """What is said of a network that has diverged."""
    if model.diverged_epoch:
        return f"training diverged in epoch {model.diverged_epoch}; try a smaller lr than {model.config.lr:g}"
    way = 'try dtype="float64"' if model.config.dtype == "float32" else "try without the rows that lie far from others"
    return f"no step was taken, since the loss is not finite at the start; {way}"


def _without_data(model: ModelSnapshot, *, validated: bool) -> ModelSnapshot:
    """What an estimator keeps: no data, and no validation columns where there were no validation rows."""
    split, history, best = model.split, model.history, model.best_epoch
    if not validated:
        history = {name: column for name, column in history.items() if not name.startswith("val_")}
        best = model.epoch
    X, y = split.X_train[:0], split.y_train[:0]
    empty = replace(split, X_train=X, X_val=X, y_train=y, y_val=y, flipped=split.flipped[:0])
    empty = replace(empty, weight_train=None, weight_val=None)
    return replace(model, split=empty, masks=(), history=history, best_epoch=best)


def _sign(estimator: type[_Network]) -> None:
    """Let the signature name every parameter with its default."""
    Parameter = inspect.Parameter
    named = [Parameter(name, Parameter.KEYWORD_ONLY, default=value) for name, value in estimator._defaults().items()]
    signature = inspect.Signature([Parameter("self", Parameter.POSITIONAL_OR_KEYWORD), *named])
    estimator.__init__.__signature__ = signature  # type: ignore[attr-defined]


for estimator in (RegvizClassifier, RegvizRegressor):
    _sign(estimator)
