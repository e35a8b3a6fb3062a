"""Config: everything that determines one network's run, as scalars."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from dataclasses import fields as dataclass_fields
from functools import partial
from itertools import product
from typing import TYPE_CHECKING, Any

from .data.datasets import DATASETS, USUAL_LABEL_NOISE
from .data.weights import CLASS_WEIGHTS
from .errors import ConfigError
from .field_table import FieldTable, Names, Told, documented, signature
from .fields import Choice, Integer, Kind, Number, PerLayer, Strength, Switch, Widths, by_layer, closest
from .language import en, tr
from .nn.activations import ACTIVATIONS
from .nn.initializers import INITIALIZERS
from .older import OLDER, migrated
from .optim.optimizers import OPTIMIZERS, users
from .optim.penalties import PENALTIES
from .optim.schedules import SCHEDULES
from .specifications import DEEPEST, LAMBDA, RATE, RULES, most_points, no_field, per_layer, spec, strength, technique
from .specifications import ORDERS as ORDERS

MOST = max(info.max_n_train for info in DATASETS.values())
"""Training points at most, of any data set."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Config:
    """One network's run. Every field is checked; an impossible value raises `ConfigError` (a ValueError).

    The total that training makes small is the mean data loss plus the penalties, of weights only: biases, BatchNorm
    and LayerNorm are free. A custom penalty (`add_penalty`) is a field too, by its name: `Config(huber=0.01)`.
    """

    data: str = spec(Choice(DATASETS), "moons", "name of a data set, see DATASETS", data=True, shape=True)
    n_train: int = spec(
        Integer(2, MOST, 100), 100, "training points; the limit depends on the data set", data=True, shape=True
    )
    noise: float = spec(
        Number(0, 10, 0.3),
        0.3,
        "sd of noise: of generated points, of a curve's targets, of every input of real data in units of its own sd",
        data=True,
    )
    label_noise: float = spec(
        Number(0, 1, USUAL_LABEL_NOISE),
        USUAL_LABEL_NOISE,
        "share of the training labels that are flipped (classification) or exchanged (regression)",
        data=True,
    )
    decoys: int = spec(
        Integer(0, 200, 10), 0, "inputs of pure noise, appended to those of the data set", data=True, shape=True
    )
    hidden: tuple[int, ...] = spec(
        Widths(DEEPEST, 1024, (64, 64)), (64, 64), "units of each hidden layer, () for a linear model", shape=True
    )
    activation: str = spec(
        Choice(ACTIVATIONS),
        "relu",
        "of hidden layers; leaky_relu has slope 1/100 below 0, gelu is computed by its tanh approximation",
        shape=True,
    )
    init: str = spec(Choice(INITIALIZERS), "he", "where weights start (normal: sd 0.01); biases start at 0")
    batchnorm: bool = spec(
        Switch(),
        False,
        "whether hidden layers have BatchNorm; one sample alone is normalized by the running statistics",
        shape=True,
    )
    layernorm: bool = spec(
        Switch(), False, "whether each sample is normalized over the units of each hidden layer", shape=True
    )
    order: str = spec(
        Choice(ORDERS),
        ORDERS[0],
        "of a hidden layer's parts; those that are off are skipped, layernorm has batchnorm's place or follows it",
        shape=True,
    )
    dropout: PerLayer = technique(  # noqa: RUF009
        RATE, "dropout", "p", "p, the share of hidden outputs that is dropped; a tuple has one for each hidden layer"
    )
    input_dropout: float = technique(
        Number(0, 0.95, 0.2), en("input dropout"), "p", "p of the inputs: the share of them that is dropped"
    )
    l1: PerLayer = strength("l1")  # noqa: RUF009
    l2: PerLayer = strength("l2")  # noqa: RUF009
    group_lasso: PerLayer = strength("group_lasso")  # noqa: RUF009
    augment: float = technique(
        Number(0, 10, 0.2),
        en("fresh noise"),
        "σ",
        "sd of noise added to the inputs in each step, in units of their own sd",
    )
    mixup: float = technique(
        Number(0, 100, 0.2),
        en("mixup"),
        "α",
        "α of Beta(α, α), by which pairs of samples are mixed, inputs and targets",
    )
    label_smoothing: float = technique(
        Number(0, 0.95, 0.1),
        en("label smoothing"),
        "ε",
        "ε, the share of each training target that is spread over all classes; a regression does not look at it",
    )
    penalty_rule: str = spec(
        Choice(RULES),
        "proximal",
        "of penalties with a proximal step: that step (exact zeros), or their gradient as taught first",
    )
    class_weight: str | None = spec(
        Choice(CLASS_WEIGHTS, optional=True),
        None,
        "balanced: rare classes weigh as much as others in the loss made small; what is measured stays a plain mean",
        shape=True,
    )
    optimizer: str = spec(Choice(OPTIMIZERS), "adam", "the rule that turns a gradient into a step", shape=True)
    lr: float = spec(Number(0, 1000, 0.005, above=True), 5e-3, "learning rate", live=True)
    schedule: str = spec(
        Choice(SCHEDULES),
        "constant",
        "of lr over `epochs`; cosine ends at 0, step divides by 10 at half and at three quarters",
    )
    momentum: float = spec(
        Number(0, 0.999, 0.9), 0.9, f"μ of the optimizers {users('momentum')}; others do not look at it", live=True
    )
    weight_decay: float = spec(
        Number(0, 100, 0.01),
        0.0,
        f"decoupled decay of {users('weight_decay')}, w ← w − η·weight_decay·w; others do not look at it",
        live=True,
    )
    max_norm: float | None = spec(
        Number(0, 1000, 3.0, above=True, optional=True),
        None,
        "no unit's incoming weights are longer than this after a step, None for no limit",
        live=True,
    )
    ema: float = technique(
        Number(0, 0.9999, 0.99),
        en("weight averaging"),
        "β",
        "β of the average w̄ ← βw̄ + (1 − β)w over steps, with whose weights a network is measured and answers",
    )
    clip_norm: float | None = spec(
        Number(0, 1000, 1.0, above=True, optional=True),
        None,
        "a longer gradient, of all parameters together, is shortened to this before a step, None for no limit",
        live=True,
    )
    batch_size: int = spec(
        Integer(1, 1_000_000, 32), 32, "samples per step; more than n_train means full batch", shape=True
    )
    epochs: int = spec(
        Integer(1, 1_000_000, 300), 300, "how long `fit` trains; a `Trainer` trains for as long as it is asked to"
    )
    patience: int | None = spec(
        Integer(1, 1_000_000, 20, optional=True),
        None,
        "epochs without a new best validation loss before training stops, None for never",
        live=True,
    )
    min_delta: float = spec(
        Number(0, 1000, 0.001), 0.0, "a validation loss is a new best if it is lower by more than this", live=True
    )
    start_epoch: int = spec(
        Integer(0, 1_000_000, 10), 0, "first epoch that may be the best or use up patience; 0: at once", live=True
    )
    restore_best: bool = spec(
        Switch(),
        True,
        "whether training with a patience ends with the best epoch's weights, patience exhausted or not",
        live=True,
    )
    seed: int = spec(
        Integer(0, 2**32 - 1, 0), 0, "of the data, the start, the batches and the dropout masks", data=True
    )
    dtype: str = spec(Choice(("float32", "float64")), "float32", "float32 for speed, float64 for proofs", shape=True)

    _custom: tuple[tuple[str, PerLayer], ...] = ()  # λ of custom penalties, those above 0

    if not TYPE_CHECKING:  # type checkers read the annotations above

        def __init__(self, **fields: Any) -> None:
            fields = {**dict(fields.pop("_custom", ())), **fields}  # from dataclasses.replace
            for name, value in fields.items():
                check_known(name, value)
            checked = {
                name: field.check(name, fields[name]) if name in fields else field.default
                for name, field in FIELDS.items()
            }
            info = DATASETS[checked["data"]]
            if checked["n_train"] > info.max_n_train:
                allowed = most_points(tr(info.title), info.max_n_train)
                raise ConfigError("n_train", checked["n_train"], allowed, info.default_n_train)
            for name, value in checked.items():
                if isinstance(value, tuple) and isinstance(FIELDS[name].kind, Strength):
                    checked[name] = per_layer(name, FIELDS[name], value, fields[name], checked["hidden"])
            custom = [(name, lam) for name in PENALTIES.custom if (lam := checked.pop(name)) != 0]
            for name, value in {**checked, "_custom": tuple(sorted(custom))}.items():
                object.__setattr__(self, name, value)

    def __getattr__(self, name: str) -> PerLayer:
        """λ of a custom penalty."""
        if not name.startswith("_"):
            for known, lam in self._custom:
                if known == name:
                    return lam
            if name in PENALTIES:
                return 0.0
        raise AttributeError(f"Config has no field {name!r}")

    def __repr__(self) -> str:
        return f"Config({', '.join(f'{name}={value!r}' for name, value in self.to_dict().items())})"

    @property
    def penalties(self) -> dict[str, PerLayer]:
        """λ of every penalty by name, those that are off included."""
        return {**{name: getattr(self, name) for name in PENALTIES}, **dict(self._custom)}

    @property
    def dropout_rates(self) -> tuple[float, ...]:
        """p of each hidden layer."""
        return by_layer(self.dropout, len(self.hidden))

    def replace(self, **changes: Any) -> Config:
        """Return a copy with some fields changed. Raises ConfigError for an unknown field or an impossible value."""
        return Config(**{**self.to_dict(), **changes})

    def sweep(self, **grids: Iterable[Any]) -> list[Config]:
        """Return one Config for each combination of the given values, the last field varying fastest.

        `config.sweep(l1=[0, 1e-3], seed=range(3))` makes six. Raises ConfigError for an unknown field, for an
        impossible value, and for anything but a list of values.
        """
        for name, values in grids.items():
            check_known(name, values)
            if isinstance(values, str) or not isinstance(values, Iterable):
                allowed = "a sweep takes a list of values for each field"
                raise ConfigError(name, values, allowed, [_possible(name, values)])
        return [self.replace(**dict(zip(grids, values, strict=True))) for values in product(*grids.values())]

    def to_dict(self) -> dict[str, Any]:
        """Return all fields by name, as plain Python values."""
        return {**{name: getattr(self, name) for name in FIELDS}, **dict(self._custom)}

    @classmethod
    def from_dict(cls, fields: Mapping[str, Any]) -> Config:
        """Return the inverse of `to_dict`; fields that are missing have their defaults, older names are understood."""
        return cls(**migrated(fields))

    def to_query(self) -> str:
        """Return the fields that differ from the defaults as a query string ("l1=0.001&hidden=16-16")."""
        from urllib.parse import urlencode

        default = Config().to_dict()
        changed = {name: value for name, value in self.to_dict().items() if value != default.get(name)}
        return urlencode({name: _kind(name).write(value) for name, value in changed.items()})

    @classmethod
    def from_query(cls, query: str) -> Config:
        """Return the inverse of `to_query`, exact. Raises ConfigError at the first field that is unknown or
        impossible.
        """
        from urllib.parse import parse_qsl

        pairs = parse_qsl(query.removeprefix("?"), keep_blank_values=True)
        return cls(**{name: parse(name, text) for name, text in migrated(dict(pairs)).items()})


def _possible(name: str, value: Any) -> Any:
    """`value` if the field may have it, else the default."""
    try:
        return FIELDS[name].check(name, value)
    except ConfigError:
        return FIELDS[name].default


_SHIPPED: dict[str, Any] = {
    field.name: field.default for field in dataclass_fields(Config) if not field.name.startswith("_")
}

FIELDS = FieldTable(_SHIPPED, PENALTIES, strength)
"""The specification of every field by name, those of custom penalties as soon as they are added."""

DATA_FIELDS = tuple(name for name, field in FIELDS.items() if field.data)
"""The fields that decide a split; the seed decides the order of its batches too."""

SHAPE_FIELDS = tuple(name for name, field in FIELDS.items() if field.shape)
"""Configs may share a stack if they agree in these fields."""

LIVE_FIELDS = Names(FIELDS, lambda field: field.live)
"""Fields that may change while a network trains; any other change needs a new Trainer."""

TECHNIQUES = Names(FIELDS, lambda field: field.technique is not None)
"""Techniques of regularization: every penalty, and what has a strength besides. `FIELDS[name].technique` is off."""

PENALTIES.reserve({*_SHIPPED, *dir(Config), *OLDER, "none"} - set(PENALTIES))

Config.__doc__ = Told(partial(documented, Config.__doc__, FIELDS))  # type: ignore[assignment]
Config.__signature__ = Told(partial(signature, FIELDS, Config.__annotations__))  # type: ignore[attr-defined]


def parse(field: str, text: str) -> Any:
    """Return the value of one `field` as written in a query string. Raises ConfigError."""
    check_known(field, text)
    return FIELDS[field].parse(field, text)


def _kind(name: str) -> Kind:
    """What a field allows; also of a penalty that was removed since."""
    return FIELDS[name].kind if name in FIELDS else LAMBDA


def check_known(name: str, value: object) -> None:
    """Raise ConfigError, with a similar name, if there is no field of that name."""
    if name not in FIELDS:
        raise ConfigError(name, value, no_field(name), closest(name, FIELDS))
