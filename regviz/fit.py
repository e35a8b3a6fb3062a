"""fit: train a list of Configs to the end."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .config import Config
from .losses import LOSSES
from .snapshot import ModelSnapshot
from .trainer import Trainer, check_configs

Array = NDArray[Any]


class Run:
    """One trained network.

    history        1-D arrays by name, one row for each epoch from 0: epoch, train_loss, val_loss, train_accuracy,
                   val_accuracy, penalty (for a regression the accuracies are R²)
    weights        (in, out) of each layer; `biases` (out,)
    best_epoch     of the smallest validation loss; `stopped_epoch` is None unless patience ended the training
    test_loss, test_accuracy   computed when first asked for
    """

    def __init__(self, model: ModelSnapshot) -> None:
        self.model = model

    def __repr__(self) -> str:
        return f"Run({self.model.config!r}, epoch={self.model.epoch}, state={self.model.state!r})"

    @property
    def config(self) -> Config:
        return self.model.config

    @property
    def history(self) -> dict[str, Array]:
        return self.model.history

    @property
    def state(self) -> str:
        """ "training" (it was trained for all its epochs), "stopped" or "diverged"."""
        return self.model.state

    @property
    def best_epoch(self) -> int:
        return self.model.best_epoch

    @property
    def stopped_epoch(self) -> int | None:
        return self.model.stopped_epoch

    @property
    def weights(self) -> tuple[Array, ...]:
        return self.model.weights

    @property
    def biases(self) -> tuple[Array, ...]:
        return self.model.biases

    @property
    def zero_fraction(self) -> float:
        """Share of the weights (biases aside) that are exactly 0."""
        return self.model.zero_fraction

    def predict(self, X: Array) -> Array:
        """Class probabilities (n, K), or standardized targets (n,) for a regression, of inputs X (n, features)."""
        return self.model.predict(X)

    @property
    def test_loss(self) -> float:
        """Mean loss on the test split."""
        return self._test[0]

    @property
    def test_accuracy(self) -> float:
        """Share of the test split that is classified right, or R² for a regression."""
        return self._test[1]

    @cached_property
    def _test(self) -> tuple[float, float]:
        split = self.model.split
        out = self.predict(split.X_test).astype(np.float64)
        z = np.log(np.maximum(out.T, np.finfo(np.float64).tiny)) if split.task == "classification" else out[None]
        ((loss, score),) = LOSSES[split.task].measure(z[None], split.y_test[None], (slice(None),))
        return float(loss[0]), float(score[0])


def fit(configs: Sequence[Config], *, epochs: int | None = None) -> list[Run]:
    """Train every Config for its own `epochs` (or for the given number) and return one Run each, in order.

    Configs of one shape train together, which changes no result. Raises TypeError for anything but a list of Configs.
    """
    configs = check_configs(configs)
    if epochs is not None:
        configs = [config.replace(epochs=epochs) for config in configs]
    runs: dict[int, Run] = {}
    for length in sorted({config.epochs for config in configs}):
        members = [index for index, config in enumerate(configs) if config.epochs == length]
        trainer = Trainer([configs[index] for index in members])
        trainer.advance(epochs=length)
        runs.update(zip(members, map(Run, trainer.snapshot().models), strict=True))
    return [runs[index] for index in range(len(configs))]
