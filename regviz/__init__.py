"""regviz: small neural networks in NumPy, trained live to see what regularization does.

import regviz as rv

config = rv.Config(data="moons", hidden=(64, 64), l2=1e-3)
run, = rv.fit([config])
trainer = rv.Trainer([config, config.replace(dropout=0.5)])
trainer.advance(epochs=1)
snapshot = trainer.snapshot()
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .fit import fit  # not later, or the module of this name would stand in its place

if TYPE_CHECKING:
    from . import probes
    from .config import LIVE_FIELDS, Config, parse
    from .data.custom import add_data, add_table, remove_data
    from .data.datasets import DATASETS, DatasetInfo, Split, load
    from .data.drawing import Drawing
    from .data.drawing_files import read_drawing
    from .data.drawn import add_drawing
    from .errors import ArgumentError, ConfigError, DataError, FileError, RegvizError
    from .estimator import RegvizClassifier as RegvizClassifier
    from .estimator import RegvizRegressor as RegvizRegressor
    from .nn.activations import Activation, add_activation, remove_activation
    from .optim.custom_optimizers import add_optimizer
    from .optim.custom_penalties import add_penalty
    from .optim.optimizers import Optimizer, remove_optimizer
    from .optim.penalties import Penalty, remove_penalty
    from .run import Run
    from .tables import Table, TableError, read_table
    from .training.history import History
    from .training.snapshot import ModelSnapshot, Snapshot
    from .training.stack import Stack
    from .training.trainer import Trainer

__all__ = [
    "DATASETS",
    "LIVE_FIELDS",
    "Activation",
    "ArgumentError",
    "Config",
    "ConfigError",
    "DataError",
    "DatasetInfo",
    "Drawing",
    "FileError",
    "History",
    "ModelSnapshot",
    "Optimizer",
    "Penalty",
    "RegvizError",
    "Run",
    "Snapshot",
    "Split",
    "Stack",
    "Table",
    "TableError",
    "Trainer",
    "add_activation",
    "add_data",
    "add_drawing",
    "add_optimizer",
    "add_penalty",
    "add_table",
    "fit",
    "load",
    "parse",
    "probes",
    "read_drawing",
    "read_table",
    "remove_activation",
    "remove_data",
    "remove_optimizer",
    "remove_penalty",
]
__version__ = "0.1.0"


_NAMES = {
    "config": "LIVE_FIELDS Config parse",
    "data": "DATASETS DatasetInfo Split load",
    "data.custom": "add_data add_table remove_data",
    "data.drawing": "Drawing",
    "data.drawing_files": "read_drawing",
    "data.drawn": "add_drawing",
    "errors": "ArgumentError ConfigError DataError FileError RegvizError",
    "estimator": "RegvizClassifier RegvizRegressor",
    "members": "add_penalty",  # by way of Config, whose names are taken
    "nn.activations": "Activation add_activation remove_activation",
    "optim.custom_optimizers": "add_optimizer",
    "optim.optimizers": "Optimizer remove_optimizer",
    "optim.penalties": "Penalty remove_penalty",
    "run": "Run",
    "tables": "Table TableError read_table",
    "training.history": "History",
    "training.snapshot": "ModelSnapshot Snapshot",
    "training.stack": "Stack",
    "training.trainer": "Trainer",
}
_PLACES = {name: module for module, names in _NAMES.items() for name in names.split()}
"""Where names live. Their modules are imported when asked for: `import regviz` costs next to nothing, and who wants no
estimator needs no scikit-learn."""


def __getattr__(name: str) -> Any:
    if name == "probes":
        return import_module(".probes", __name__)
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(f".{_PLACES[name]}", __name__), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
