"""Run: one trained network, no larger than its numbers."""

from __future__ import annotations

from dataclasses import fields
from functools import cached_property
from os import PathLike
from typing import TYPE_CHECKING, Any, TextIO

import numpy as np

from . import files
from .config import Config
from .data.datasets import load
from .nn.losses import LOSSES
from .training.snapshot import ModelSnapshot

if TYPE_CHECKING:
    from .arrays import Array


class Run:
    """One trained network. It travels between processes, and to a file and back, without a bit changed.

    history         1-D arrays by name, one row for each epoch from 0: epoch, train_loss, val_loss, train_score,
                    val_score, penalty (scores are accuracies, or R² for a regression)
    weights         (in, out) of each layer; `biases` (out,)
    best_epoch      of the smallest validation loss
    stopped_epoch   when patience ended the training, or None
    diverged_epoch  when it broke, or None
    test_loss, test_score   computed when first asked for
    """

    def __init__(self, model: ModelSnapshot) -> None:
        found = {field.name: getattr(model, field.name) for field in fields(model) if field.name not in files.LEFT_OUT}
        self._found: dict[str, Any] = frozen(found)

    def __repr__(self) -> str:
        return f"Run({self.config!r}, epoch={self._found['epoch']}, state={self.state!r})"

    def __getstate__(self) -> dict[str, Any]:
        return self._found

    def __setstate__(self, found: dict[str, Any]) -> None:
        self._found = frozen(found)  # arrays arrive writable

    @property
    def model(self) -> ModelSnapshot:
        """The network as probes want it, with its data loaded again."""
        return ModelSnapshot(**self._found, split=load(self.config), masks=())

    @property
    def config(self) -> Config:
        config: Config = self._found["config"]
        return config

    @property
    def history(self) -> dict[str, Array]:
        history: dict[str, Array] = self._found["history"]
        return history

    @property
    def state(self) -> str:
        """ "training" (it was trained for all its epochs), "stopped" or "diverged"."""
        return str(self._found["state"])

    @property
    def best_epoch(self) -> int:
        return int(self._found["best_epoch"])

    @property
    def stopped_epoch(self) -> int | None:
        epoch: int | None = self._found["stopped_epoch"]
        return epoch

    @property
    def diverged_epoch(self) -> int | None:
        epoch: int | None = self._found["diverged_epoch"]
        return epoch

    @property
    def weights(self) -> tuple[Array, ...]:
        weights: tuple[Array, ...] = self._found["weights"]
        return weights

    @property
    def biases(self) -> tuple[Array, ...]:
        biases: tuple[Array, ...] = self._found["biases"]
        return biases

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
    def test_score(self) -> float:
        """Share of the test split that is classified right, or R² for a regression."""
        return self._test[1]

    def save(self, path: str | PathLike[str]) -> None:
        """Write everything but the data to one `.npz` file, see `regviz.files`."""
        files.save(self._found, path)

    @classmethod
    def load(cls, path: str | PathLike[str]) -> Run:
        """The Run that `save` wrote. Raises ValueError if the file is damaged, too new or something else."""
        run = cls.__new__(cls)
        run.__setstate__(files.load(path))
        return run

    def to_csv(self, path_or_file: str | PathLike[str] | TextIO) -> None:
        """Write the history as CSV: one row for each epoch, every number exact."""
        files.history_csv(self.history, path_or_file)

    @cached_property
    def _test(self) -> tuple[float, float]:
        model = self.model
        split = model.split
        out = model.predict(split.X_test).astype(np.float64)
        z = np.log(np.maximum(out.T, np.finfo(np.float64).tiny)) if split.task == "classification" else out[None]
        ((loss, score),) = LOSSES[split.task].measure(z[None], split.y_test[None], (slice(None),))
        return float(loss[0]), float(score[0])


def frozen(value: Any) -> Any:
    """A copy in which every array is read-only and in one layout, so that equal numbers compute to equal numbers."""
    match value:
        case np.ndarray():
            array = np.array(value, order="C")
            array.setflags(write=False)
            return array
        case tuple():
            parts = [frozen(part) for part in value]
            return type(value)(*parts) if hasattr(value, "_fields") else tuple(parts)
        case dict():
            return {name: frozen(part) for name, part in value.items()}
    return value
