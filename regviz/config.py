"""Config: everything that determines one network's run, as scalars."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from dataclasses import replace as _replace
from itertools import permutations, product
from typing import Any

from .data.datasets import DATASETS
from .errors import ConfigError
from .fields import Choice, Field, Integer, Number, PerLayer, Strength, Switch, Widths, closest
from .nn.activations import ACTIVATIONS
from .optim.custom_penalties import PENALTIES

DEEPEST = 8
"""Hidden layers at most."""

ORDERS = tuple("-".join(("dense", *parts)) for parts in permutations(("batchnorm", "activation", "dropout")))
"""Orders of the parts of a layer, the slide's first."""

FIELDS: dict[str, Field] = {
    "data": Choice(DATASETS),
    "n_train": Integer(2, max(info.max_n_train for info in DATASETS.values()), 100),
    "noise": Number(0, 10, 0.3),
    "label_noise": Number(0, 1, 0.1),
    "decoys": Integer(0, 200, 10),
    "hidden": Widths(DEEPEST, 1024, (64, 64)),
    "activation": Choice(ACTIVATIONS),
    "init": Choice(("he", "xavier", "normal", "zeros", "orthogonal")),
    "batchnorm": Switch(),
    "order": Choice(ORDERS),
    "dropout": Number(0, 0.95, 0.5),
    "l1": Strength(Number(0, 100, 0.001), DEEPEST + 1),
    "l2": Strength(Number(0, 100, 0.001), DEEPEST + 1),
    "penalty": Choice(PENALTIES),
    "strength": Number(0, 100, 0.001),
    "l1_rule": Choice(("proximal", "subgradient")),
    "optimizer": Choice(("sgd", "momentum", "nesterov", "adam", "adamw")),
    "lr": Number(0, 1000, 0.005, above=True),
    "schedule": Choice(("constant", "cosine", "step")),
    "momentum": Number(0, 0.999, 0.9),
    "weight_decay": Number(0, 100, 0.01),
    "max_norm": Number(0, 1000, 3.0, above=True, optional=True),
    "batch_size": Integer(1, 1_000_000, 32),
    "epochs": Integer(1, 1_000_000, 300),
    "patience": Integer(1, 1_000_000, 20, optional=True),
    "seed": Integer(0, 2**32 - 1, 0),
    "dtype": Choice(("float32", "float64")),
}
"""What each field of Config allows. The only place where that is said."""

DATA_FIELDS = ("data", "n_train", "noise", "label_noise", "decoys", "seed")
"""The fields that decide a split; the seed decides the order of its batches too."""

LIVE_FIELDS = frozenset({"l1", "l2", "strength", "dropout", "lr", "momentum", "weight_decay", "max_norm", "patience"})
"""Fields that may change while a network trains; any other change needs a new Trainer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """One network's run. Every field is checked; an impossible value raises `ConfigError` (a ValueError).

    data           name of a data set, see `DATASETS`
    n_train        training points; the limit depends on the data set
    noise          generated data: sd of the points' noise; real data: sd of noise added to every input, in units
                   of that input's own sd in the training split
    label_noise    share of *training* labels that are flipped (classification) or exchanged (regression)
    decoys         inputs of pure noise, appended to those of the data set
    hidden         units of each hidden layer, `()` for a linear model
    activation     relu, leaky_relu (1/100 below 0), tanh, sigmoid, silu or gelu (its tanh form), or a custom one
    init           he, xavier, normal (sd 0.01), zeros or orthogonal; biases start at 0
    batchnorm      whether hidden layers have BatchNorm; a batch of one sample is normalized by the running statistics
    order          of a hidden layer's parts; those that are off are skipped
    dropout        p, the share of each hidden layer's outputs that is *dropped*
    l1, l2         λ₁, λ₂ of total = mean data loss + λ₁Σ|w| + λ₂Σw² (weights only, biases and BatchNorm are free); a
                   tuple has one λ for each Dense layer, as (0, 1e-3, 1e-3) for two hidden layers
    penalty        a penalty of one's own, added by `add_penalty`, or none; `strength` is its λ
    l1_rule        proximal (exact zeros) or subgradient (the gradient λ₁·sign(w), as taught first)
    schedule       the learning rate over `epochs`: constant; cosine, lr·½(1 + cos(π·epoch/epochs)) down to 0; or step,
                   lr/10 from half of them on and lr/100 from three quarters on
    momentum       μ of the optimizers momentum and nesterov; the others do not look at it
    weight_decay   decoupled decay of adamw: w ← w − η·weight_decay·w; the others do not look at it
    max_norm       no unit's incoming weights are longer than this after a step, None for no limit
    batch_size     samples per step; more than n_train means full batch
    epochs         how long `fit` trains, and what `schedule` looks at; a `Trainer` trains as long as it is asked to
    patience       epochs without a new best validation loss before training stops, None for never
    seed           of the data, the start, the batches and the dropout masks
    dtype          float32 for speed, float64 for proofs
    """

    data: str = "moons"
    n_train: int = 100
    noise: float = 0.3
    label_noise: float = 0.1
    decoys: int = 0
    hidden: tuple[int, ...] = (64, 64)
    activation: str = "relu"
    init: str = "he"
    batchnorm: bool = False
    order: str = ORDERS[0]
    dropout: float = 0.0
    l1: PerLayer = 0.0
    l2: PerLayer = 0.0
    penalty: str = "none"
    strength: float = 0.0
    l1_rule: str = "proximal"
    optimizer: str = "adam"
    lr: float = 5e-3
    schedule: str = "constant"
    momentum: float = 0.9
    weight_decay: float = 0.0
    max_norm: float | None = None
    batch_size: int = 32
    epochs: int = 300
    patience: int | None = None
    seed: int = 0
    dtype: str = "float32"

    def __post_init__(self) -> None:
        given = {name: getattr(self, name) for name in FIELDS}
        for name, field in FIELDS.items():
            object.__setattr__(self, name, field.check(name, given[name]))
        info = DATASETS[self.data]
        if self.n_train > info.max_n_train:
            allowed = f"{info.title} allows 2 to {info.max_n_train} training points, the rest is kept for testing"
            raise ConfigError("n_train", self.n_train, allowed, info.default_n_train)
        layers = len(self.hidden) + 1
        for name in ("l1", "l2"):
            lams = getattr(self, name)
            if isinstance(lams, tuple) and len(lams) != layers:
                allowed = f"hidden={self.hidden} makes {layers} Dense layers, each needs its λ; or give one for all"
                raise ConfigError(name, given[name], allowed, max(lams))
            if isinstance(lams, tuple) and layers == 1:
                object.__setattr__(self, name, lams[0])

    def replace(self, **changes: Any) -> Config:
        """A copy with some fields changed. Raises ConfigError for an unknown field or an impossible value."""
        for name in changes:
            _known(name, changes[name])
        return _replace(self, **changes)

    def sweep(self, **grids: Iterable[Any]) -> list[Config]:
        """One Config for each combination of the given values, the last field varying fastest.

        `config.sweep(l1=[0, 1e-3], seed=range(3))` makes six.
        """
        for name, values in grids.items():
            _known(name, values)
            if isinstance(values, str) or not isinstance(values, Iterable):
                raise ConfigError(name, values, "a sweep takes a list of values for each field", [values])
        return [self.replace(**dict(zip(grids, values, strict=True))) for values in product(*grids.values())]

    def to_dict(self) -> dict[str, Any]:
        """All fields by name, as plain Python values."""
        return {name: getattr(self, name) for name in FIELDS}

    @classmethod
    def from_dict(cls, fields: Mapping[str, Any]) -> Config:
        """The inverse of `to_dict`; fields that are missing have their defaults."""
        return cls().replace(**fields)

    def to_query(self) -> str:
        """The fields that differ from the defaults as a query string ("l1=0.001&hidden=16-16")."""
        from urllib.parse import urlencode

        default = Config()
        changed = {name: getattr(self, name) for name in FIELDS if getattr(self, name) != getattr(default, name)}
        return urlencode({name: FIELDS[name].write(value) for name, value in changed.items()})

    @classmethod
    def from_query(cls, query: str) -> Config:
        """The inverse of `to_query`, exact. Raises ConfigError at the first field that is unknown or impossible."""
        from urllib.parse import parse_qsl

        pairs = parse_qsl(query.removeprefix("?"), keep_blank_values=True)
        return cls().replace(**{name: parse(name, text) for name, text in pairs})


def parse(field: str, text: str) -> Any:
    """The value of one `field` as written in a query string. Raises ConfigError."""
    _known(field, text)
    return FIELDS[field].parse(field, text)


def _known(name: str, value: object) -> None:
    if name not in FIELDS:
        raise ConfigError(name, value, f"Config has no field {name!r}", closest(name, FIELDS))
