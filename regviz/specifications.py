"""How the fields of Config are specified: what is common to many of them."""

from __future__ import annotations

from itertools import permutations
from typing import Any

from .errors import ConfigError
from .fields import Field, Number, PerLayer, Strength
from .language import ntr, tr
from .nn.activations import ACTIVATIONS
from .optim.optimizers import OPTIMIZERS
from .optim.penalties import PENALTIES
from .registry import Registry

DEEPEST = 8
"""Hidden layers at most."""

LAMBDA = Strength(Number(0, 100, 0.001), DEEPEST + 1)
"""λ of any penalty."""

RULES = ("proximal", "subgradient")
"""What a step does about a penalty that has a proximal step."""

ORDERS = tuple("-".join(("dense", *parts)) for parts in permutations(("batchnorm", "activation", "dropout")))
"""Orders of the parts of a layer, the slide's first."""

MEMBERS: dict[str, Registry[Any]] = {"optimizer": OPTIMIZERS, "activation": ACTIVATIONS}
"""What may be added, by the field whose value names it. A custom penalty is a field itself."""

OTHER_NAMES = (
    *("epoch", "train_loss", "val_loss", "train_score", "val_score", "penalty", "points", "index", "goes_on", "self"),
    *("fit", "predict", "predict_proba", "score", "get_params", "set_params", "get_metadata_routing"),
    *("set_fit_request", "set_score_request", "validation_fraction", "random_state", "classes_", "history_", "model_"),
    *("n_iter_", "n_features_in_", "feature_names_in_", "scaler_", "target_mean_", "target_scale_"),
)
"""Names beside fields that no penalty may have: columns of a history and a turn of points, arguments of `Trainer.set`,
and what estimators have. A test looks whether these are all."""

PENALTIES.reserve(OTHER_NAMES)

RATE = Strength(Number(0, 0.95, 0.5), DEEPEST, "hidden")
"""p of dropout."""


def parts_in(order: str) -> list[str]:
    """Return the parts of a hidden layer in one of `ORDERS`: LayerNorm stands right behind BatchNorm, or in its
    place.
    """
    return order.replace("batchnorm", "batchnorm-layernorm").split("-")


def spec(kind: Any, default: Any, help: str, **facts: Any) -> Any:
    """Return a field of Config: what it allows, its default, what it is, and the facts of `Field`."""
    return Field(kind, default, help, **facts)


def technique(kind: Any, title: str, symbol: str, help: str, **facts: Any) -> Any:
    """Return the field of a technique whose strength is 0 where it is off, and that may change in training."""
    return spec(kind, 0.0, help, live=True, technique=0.0, title=title, symbol=symbol, **facts)


def strength(name: str) -> Any:
    """Return the field that holds λ of the penalty `name`."""
    penalty = PENALTIES[name]
    help = f"{penalty.help}; a tuple has one λ for each Dense layer"
    return technique(LAMBDA, penalty.title, "λ", help)


def most_points(title: str, most: int) -> str:
    """Return how many training points a data set allows."""
    return tr("{title} allows 2 to {most} training points, the rest is kept for testing", title=title, most=most)


def no_field(name: str) -> str:
    """Return the error that there is no field of that name."""
    return tr("Config has no field {name} (that of a custom penalty is there once it is added)", name=repr(name))


def per_layer(name: str, field: Field, value: PerLayer, given: object, hidden: tuple[int, ...]) -> PerLayer:
    """Return the numbers of each layer, where there are as many as layers; one number for a single layer.

    Raises ConfigError for another count.
    """
    kind: Any = field.kind
    layers = kind.layers(hidden)
    if isinstance(value, tuple) and len(value) != layers:
        said = ntr(
            "hidden={hidden} makes 1 {of} layer, which needs one {symbol}",
            "hidden={hidden} makes {n} {of} layers, each needs its {symbol}; or give one for all",
            layers,
            hidden=hidden,
            of=kind.of,
            symbol=field.symbol,
        )
        if not layers:
            said = tr("hidden={hidden} makes 0 {of} layers, give one for all", hidden=hidden, of=kind.of)
        raise ConfigError(name, given, said, max(value))
    return value[0] if isinstance(value, tuple) and layers == 1 else value
