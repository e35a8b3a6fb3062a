"""Networks as scikit-learn estimators, so that its grids, curves and pipelines work on λ and p. Needs scikit-learn."""

from __future__ import annotations

import inspect
import warnings
from dataclasses import replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from .config import DATA_FIELDS, FIELDS, Config
from .data.datasets import Split
from .training.trainer import Trainer

try:
    from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.model_selection import train_test_split
    from sklearn.preprocessing import StandardScaler
    from sklearn.utils import check_random_state
    from sklearn.utils.multiclass import check_classification_targets
    from sklearn.utils.validation import check_is_fitted, validate_data
except ImportError as error:
    MISSING = 'the estimators are made for scikit-learn, which is missing: pip install "scikit-learn>=1.6"'
    raise ImportError(MISSING, name="sklearn") from error

Array = NDArray[Any]

TRAINING_FIELDS = tuple(name for name in FIELDS if name not in DATA_FIELDS)
"""The fields of Config that are parameters of an estimator: all but those that make data, and the seed."""

DEFAULTS = {
    **{name: getattr(Config(), name) for name in TRAINING_FIELDS},
    "dtype": "float64",
    "validation_fraction": 0.2,
    "random_state": 0,
}
"""Every parameter of an estimator. float64 is scikit-learn's precision, and a seed by default hides no randomness."""


class _Network(BaseEstimator):  # type: ignore[misc]
    """What both estimators share. Parameters are stored as they are and checked by `fit`, as scikit-learn asks for."""

    def __init__(self, **parameters: Any) -> None:
        for name in parameters:
            if name not in DEFAULTS:
                known = ", ".join(DEFAULTS)
                raise TypeError(f"{type(self).__name__} has no parameter {name!r}; its parameters are {known}")
        for name, default in DEFAULTS.items():
            setattr(self, name, parameters.get(name, default))

    def _train(self, X: Array, y: Array, n_classes: int) -> None:
        """Train on inputs X (n, features) and y (n,): classes from 0 on, or targets if n_classes is 0."""
        fields = {name: getattr(self, name) for name in TRAINING_FIELDS}
        config = Config(**fields, seed=_seed(self.random_state))
        X_train, X_val, y_train, y_val = X, X, y, y  # without patience nobody asks how validation points do
        if config.patience is not None:
            X_train, X_val, y_train, y_val = train_test_split(
                X,
                y,
                test_size=self.validation_fraction,
                random_state=config.seed,
                stratify=y if n_classes else None,
            )
        self.scaler_ = StandardScaler().fit(X_train)
        self.target_mean_, self.target_scale_ = 0.0, 1.0
        if not n_classes:
            self.target_mean_, self.target_scale_ = float(y_train.mean()), float(y_train.std()) or 1.0
            y_train, y_val = ((part - self.target_mean_) / self.target_scale_ for part in (y_train, y_val))
        split = self._split(self.scaler_.transform(X_train), y_train, self.scaler_.transform(X_val), y_val, n_classes)
        with np.errstate(all="ignore"):  # R² of a target that never varies
            trainer = Trainer([config], split=split)
        trainer.advance(epochs=config.epochs)
        (model,) = trainer.final().models
        if model.state == "diverged":
            message = f"training diverged in epoch {model.diverged_epoch}; try a smaller lr than {config.lr:g}"
            warnings.warn(message, ConvergenceWarning, stacklevel=3)
        X, y = X[:0], y[:0]  # an estimator does not carry its data
        empty = replace(split, X_train=X, X_val=X, y_train=y, y_val=y, flipped=split.flipped[:0])
        self.model_ = replace(model, split=empty, masks=())
        self.history_, self.n_iter_ = model.history, model.epoch

    def _split(self, X_train: Array, y_train: Array, X_val: Array, y_val: Array, n_classes: int) -> Split:
        features = X_train.shape[1]
        names = getattr(self, "feature_names_in_", [f"x{column}" for column in range(features)])
        return Split(
            name=type(self).__name__,
            task="classification" if n_classes else "regression",
            n_classes=n_classes,
            n_features=features,
            feature_names=tuple(names),
            class_names=tuple(str(name) for name in getattr(self, "classes_", ())),
            image_shape=None,
            X_train=X_train,
            y_train=y_train,
            X_val=X_val,
            y_val=y_val,
            X_test=X_train[:0],
            y_test=y_train[:0],
            mean=self.scaler_.mean_,
            scale=self.scaler_.scale_,
            target_mean=self.target_mean_,
            target_scale=self.target_scale_,
            flipped=np.zeros(len(y_train), bool),
        )

    def _outputs(self, X: Array) -> Array:
        """What the network says to raw inputs X (n, features)."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=np.float64, reset=False)
        outputs: Array = self.model_.predict(self.scaler_.transform(X)).astype(np.float64)
        return outputs


_Network.__init__.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
    [
        inspect.Parameter("self", inspect.Parameter.POSITIONAL_OR_KEYWORD),
        *(inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=value) for name, value in DEFAULTS.items()),
    ]
)


class RegvizClassifier(ClassifierMixin, _Network):  # type: ignore[misc]
    """A classifier: the engine's network, with the fields of `Config` as parameters.

    Data are given to `fit`, so the fields that make data are missing. Inputs are standardized, so λ means what it means
    in the lab.

    validation_fraction   share of the rows given to `fit` that patience watches; with patience=None all rows train
    random_state          seed of the start, the batches and the masks: a whole number, a RandomState, or None for a
                          new one at each `fit`

    After `fit`: `classes_`, `n_iter_` (epochs), `history_` (as of a Run; without patience the validation columns are
    those of the training rows) and `model_`, a ModelSnapshot without data. Raises ConfigError, a ValueError, for an
    impossible parameter.
    """

    def fit(self, X: Array, y: Array) -> Self:
        """Train on inputs X (n, features) and labels y (n,)."""
        X, y = validate_data(self, X, y, dtype=np.float64)
        check_classification_targets(y)
        self.classes_, index = np.unique(y, return_inverse=True)
        if len(self.classes_) < 2:
            raise ValueError("a classifier needs at least two classes, y has 1 class")
        self._train(X, index.astype(np.int64), len(self.classes_))
        return self

    def predict_proba(self, X: Array) -> Array:
        """Probabilities (n, K) of the `classes_`."""
        return self._outputs(X)

    def predict(self, X: Array) -> Array:
        """The likeliest class of each row, (n,)."""
        likeliest: Array = self.predict_proba(X).argmax(axis=1)
        labels: Array = self.classes_[likeliest]
        return labels


class RegvizRegressor(RegressorMixin, _Network):  # type: ignore[misc]
    """A regression: the engine's network, with the fields of `Config` as parameters.

    As `RegvizClassifier`. The target is standardized too, by the rows that train; `history_` and the loss that λ is
    weighed against are in these units, `predict` answers in the target's own.
    """

    def fit(self, X: Array, y: Array) -> Self:
        """Train on inputs X (n, features) and targets y (n,)."""
        X, y = validate_data(self, X, y, dtype=np.float64, y_numeric=True)
        self._train(X, y.astype(np.float64), 0)
        return self

    def predict(self, X: Array) -> Array:
        """Targets (n,)."""
        return self._outputs(X) * self.target_scale_ + self.target_mean_


def _seed(random_state: Any) -> int:
    if random_state is None:
        return int(np.random.SeedSequence().generate_state(1)[0])
    if isinstance(random_state, (int, np.integer)):
        return int(random_state)
    return int(check_random_state(random_state).randint(2**31))
