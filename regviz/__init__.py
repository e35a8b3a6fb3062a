"""regviz: small neural networks in NumPy, trained live to see what regularization does.

import regviz as rv

config = rv.Config(data="moons", hidden=(64, 64), l2=1e-3)
run, = rv.fit([config])
trainer = rv.Trainer([config, config.replace(dropout=0.5)])
trainer.advance(epochs=1)
snapshot = trainer.snapshot()
"""

from typing import TYPE_CHECKING, Any

from . import probes
from .config import LIVE_FIELDS, Config, parse
from .data import DATASETS, DatasetInfo, Split, load
from .errors import ConfigError
from .fit import fit
from .history import History
from .own import add_data, remove_data
from .run import Run
from .snapshot import ModelSnapshot, Snapshot
from .stack import Stack
from .trainer import Trainer

if TYPE_CHECKING:
    from .estimator import RegvizClassifier as RegvizClassifier
    from .estimator import RegvizRegressor as RegvizRegressor

__all__ = [
    "DATASETS",
    "LIVE_FIELDS",
    "Config",
    "ConfigError",
    "DatasetInfo",
    "History",
    "ModelSnapshot",
    "Run",
    "Snapshot",
    "Split",
    "Stack",
    "Trainer",
    "add_data",
    "fit",
    "load",
    "parse",
    "probes",
    "remove_data",
]
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    """The estimators, imported when asked for: they need scikit-learn, the engine needs NumPy alone."""
    if name in ("RegvizClassifier", "RegvizRegressor"):
        from . import estimator

        return getattr(estimator, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
