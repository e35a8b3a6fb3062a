"""Run: one trained network, no larger than its numbers."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property
from itertools import pairwise
from os import PathLike
from sys import intern
from typing import TYPE_CHECKING, Any, Literal, TextIO, get_args

import numpy as np

from . import files
from .data.datasets import decided_by, load
from .data.fingerprint import GIVEN
from .errors import ArgumentError, ConfigError
from .language import tr
from .probes.ablation import measure
from .probes.classes import ClassReport, class_report
from .training.parameters import layer_sizes
from .training.snapshot import ModelSnapshot, State, Trained

if TYPE_CHECKING:
    from .data.datasets import Split


@dataclass(frozen=True, eq=False, repr=False)
class Run(Trained):
    """One trained network. It travels between processes, and to a file and back, without a bit changed.

    Its numbers are those of `Trained`: config, weights, biases, history, state and what else there is.

    fingerprint   of the custom data that it was trained on; "given" for a split that was handed to its Trainer, "" for
                  others, and where an older file does not say it
    """

    fingerprint: str = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.__setstate__(self.__getstate__())

    @classmethod
    def of(cls, model: ModelSnapshot) -> Run:
        """Return what is left of a snapshot without its data and its masks."""
        named = model.split.decided_by == decided_by(model.config)
        return cls(**_numbers(model), fingerprint=model.split.fingerprint if named else GIVEN)

    def __repr__(self) -> str:
        return f"Run({self.config!r}, epoch={self.epoch}, state={self.state!r})"

    def __getstate__(self) -> dict[str, Any]:
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def __setstate__(self, found: dict[str, Any]) -> None:
        for name, value in found.items():
            object.__setattr__(self, name, frozen(value))  # arrays arrive writable

    @property
    def model(self) -> ModelSnapshot:
        """The network as probes want it, with its data loaded again.

        Raises ConfigError if the data are custom, and others have their name by now; if they were handed to its
        Trainer, since a Run does not hold data; and if its activation is custom, and another one has its name.
        """
        if self.fingerprint == GIVEN:
            allowed = tr("the Run was trained on a split that was handed to its Trainer, and does not hold it")
            raise ConfigError("data", self.config.data, allowed, "run.tested(split)")
        split = load(self.config)
        if self.fingerprint not in ("", split.fingerprint):
            allowed = tr(
                "the name stands for other rows by now than those that the Run was trained on; add those again"
            )
            raise ConfigError("data", self.config.data, allowed, f"add_data({self.config.data!r}, X, y, replace=True)")
        model = ModelSnapshot(**_numbers(self), split=split, masks=())
        _ = model.activation  # raises where it is another one
        return model

    @property
    def test_loss(self) -> float:
        """Mean loss on the test split, computed when it is first asked for."""
        return self._test[0]

    @property
    def test_score(self) -> float:
        """Share of the test split that is classified right, or R² for a regression."""
        return self._test[1]

    def report(self, part: Literal["train", "val", "test"] = "test") -> ClassReport:
        """Return recall and precision of each class and the balanced accuracy, on one of the parts; printed, a table.

        Where classes differ much in size, accuracy alone misleads. Raises ArgumentError for another part, and for a
        regression.
        """
        if part not in ("train", "val", "test"):
            raise ArgumentError("part", part, "allowed is train, val or test", "test")
        model = self.model
        return class_report(model, getattr(model.split, f"X_{part}"), getattr(model.split, f"y_{part}"))

    def save(self, path: str | PathLike[str]) -> None:
        """Write everything but the data to one `.npz` file, exactly: `load` returns it bit for bit. See `files`."""
        found = _numbers(self)
        for name in ("turns", "anew", "answered"):
            if not found[name]:  # a regviz that does not know them can read the file
                del found[name]
        files.write(path, found.pop("config"), found, self.fingerprint)

    @classmethod
    def load(cls, path: str | PathLike[str]) -> Run:
        """Return the Run that `save` wrote.

        Raises RunFileError if the file is damaged, too new or something else, and if its custom data are not here, or
        others have their name.
        """
        config, values, fingerprint = files.read(path, parts={field.name for field in fields(cls)} - {"config"})
        try:
            run = cls(config=config, **{"fingerprint": fingerprint, **values})  # a TypeError if a part is missing
            run._check()
        except Exception as error:
            raise files.damaged(path, error) from error
        return run

    def to_csv(self, path_or_file: str | PathLike[str] | TextIO) -> None:
        """Write the history as CSV: one row for each epoch, every number exact."""
        files.write_csv(self.history, path_or_file)

    @cached_property
    def _test(self) -> tuple[float, float]:
        return self.tested(self.model.split)

    def tested(self, split: Split) -> tuple[float, float]:
        """Return mean loss and score on the test points of `split`, which the Run was trained on."""
        model = ModelSnapshot(**_numbers(self), split=split, masks=())
        return measure(model, split.X_test, split.y_test)

    def _check(self) -> None:
        """Raise ValueError if the parts do not fit each other, or are of another kind."""
        if self.state not in get_args(State):
            raise ValueError(f"state is {self.state!r}, which is none of {', '.join(get_args(State))}")
        for name in ("epoch", "step", "best_epoch", "stopped_epoch", "diverged_epoch"):
            value = getattr(self, name)
            if (type(value) is not int or value < 0) and (value is not None or name in ("epoch", "step", "best_epoch")):
                raise ValueError(f"{name} is {value!r}, and no whole number")
        of_norms = [array for norm in (*self.norms, *self.layer_norms) for array in norm]
        for array in (*self.weights, *self.biases, *of_norms, *self.history.values()):
            if array.dtype.kind not in "fiu":
                raise ValueError(f"it has numbers of the kind {array.dtype}")
        for number in (*self.anew.values(), *self.answered):
            if type(number) is not float:
                raise ValueError(f"it has {number!r} where numbers are")
        sizes = (len(self.weights[0]), *self.config.hidden, len(self.biases[-1]))  # data that were given may be any
        if self.fingerprint != GIVEN:
            sizes = layer_sizes(self.config, self.model.split)
        layers = zip(self.weights, self.biases, strict=True)
        if [(*W.shape, *b.shape) for W, b in layers] != [(i, o, o) for i, o in pairwise(sizes)]:
            raise ValueError(f"the layers are not those of {self.config.to_query()!r}")
        for name, norms in (("batchnorm", self.norms), ("layernorm", self.layer_norms)):
            hidden = self.config.hidden if getattr(self.config, name) else ()
            if [{array.shape for array in norm} for norm in norms] != [{(units,)} for units in hidden]:
                raise ValueError(f"what it says of {name} is not of {self.config.to_query()!r}")
        if len({len(column) for column in self.history.values()}) != 1:
            raise ValueError("the columns of the history differ in length")


def _numbers(model: Trained) -> dict[str, Any]:
    """What a network is, without what a Run or a snapshot has besides."""
    return {field.name: getattr(model, field.name) for field in fields(Trained)}


def frozen(value: Any) -> Any:
    """Return a copy in which every array is read-only and in one layout, so that equal numbers compute to equal
    numbers.
    """
    match value:
        case np.ndarray():
            array = np.array(value, order="C")
            array.setflags(write=False)
            return array
        case tuple():
            parts = [frozen(part) for part in value]
            return type(value)(*parts) if hasattr(value, "_fields") else tuple(parts)
        case dict():
            return {intern(name): frozen(part) for name, part in value.items()}  # else pickles of equal Runs differ
    return value
