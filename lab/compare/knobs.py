"""Everything a person may turn: one row per Config field. Validation is Config's; how it looks is `controls`'."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from regviz import Config
from regviz.config import ORDERS
from regviz.data import DATASETS

from .names import ACTIVATIONS

Kind = Literal["stops", "slider", "choice", "number", "text", "switch"]
Stop = tuple[str, Any]


@dataclass(frozen=True, slots=True)
class Knob:
    """One thing a person may turn.

    `field` is the Config field. A live knob acts on networks in training; any other starts them anew. `stops` are the
    places of a slider or the entries of a choice, as (label, value). `marks` are labels below a slider at values.
    """

    field: str
    label: str
    group: str
    kind: Kind
    live: bool = False
    stops: tuple[Stop, ...] = ()
    low: float = 0.0
    high: float = 0.0
    step: float = 0.0
    marks: tuple[Stop, ...] = ()
    help: str = ""

    def text(self, value: Any) -> str:
        """`value` as a person reads it."""
        for label, stop in self.stops:
            if stop == value:
                return label
        if self.field == "hidden":
            return widths_text(value) or "none"
        return f"{value:g}" if isinstance(value, float) else str(value)


def widths_text(widths: Sequence[int]) -> str:
    """Units of the hidden layers as a person reads them: "64-64", and "128 × 8" for many alike."""
    if len(widths) >= MANY and len(set(widths)) == 1:
        return f"{widths[0]} × {len(widths)}"
    return "-".join(map(str, widths))


def logarithmic(low: int, high: int, steps: Sequence[float] = (1, 1.5, 2, 3, 5, 7)) -> tuple[Stop, ...]:
    """Stops from 10^low to 10^high, `steps` in each power of ten."""
    values = [float(f"{step}e{power}") for power in range(low, high) for step in steps]
    return tuple((f"{value:g}", value) for value in [*values, float(f"1e{high}")])


MANY = 5
"""Layers that are alike are counted from here on: a row of them is longer than its field."""

OFF: Stop = ("0 (off)", 0.0)
STRENGTHS = (OFF, *logarithmic(-6, 0))
STRENGTH_MARKS: tuple[Stop, ...] = (("0", 0.0), ("light", 1e-3), ("strong", 0.1), ("1", 1.0))
RATE_MARKS: tuple[Stop, ...] = (("light", 0.25), ("standard", 0.5), ("heavy", 0.7))

OPTIMIZERS = (("SGD", "sgd"), ("momentum", "momentum"), ("Nesterov", "nesterov"), ("Adam", "adam"), ("AdamW", "adamw"))

PARTS = {"dense": "D", "batchnorm": "BN", "activation": "A", "dropout": "Drop"}
BLOCKS = tuple((" → ".join(PARTS[part] for part in order.split("-")), order) for order in ORDERS)

KNOBS: tuple[Knob, ...] = (
    Knob(
        "l1",
        "L1 strength λ",
        "strength",
        "stops",
        True,
        STRENGTHS,
        marks=STRENGTH_MARKS,
        help="loss + λ·Σ|w|: drives weights to exactly 0",
    ),
    Knob(
        "l2",
        "L2 strength λ",
        "strength",
        "stops",
        True,
        STRENGTHS,
        marks=STRENGTH_MARKS,
        help="loss + λ·Σw²: shrinks every weight in proportion",
    ),
    Knob(
        "dropout",
        "Dropout rate p",
        "strength",
        "slider",
        True,
        low=0.0,
        high=0.9,
        step=0.01,
        marks=RATE_MARKS,
        help="the share of units dropped in each training step",
    ),
    Knob("data", "Data set", "data", "choice", stops=tuple((info.title, name) for name, info in DATASETS.items())),
    Knob("n_train", "Training points", "data", "number", low=2, high=5000, step=1),
    Knob("noise", "Input noise", "data", "number", low=0.0, high=5.0, step=0.05),
    Knob(
        "label_noise",
        "Flipped labels",
        "data",
        "number",
        low=0.0,
        high=0.5,
        step=0.05,
        help="share of the training labels that are wrong",
    ),
    Knob(
        "decoys",
        "Decoy inputs",
        "data",
        "number",
        low=0,
        high=200,
        step=1,
        help="inputs of pure noise, added to the data",
    ),
    Knob("hidden", "Hidden layers", "network", "text", help="units per layer, like 64-64; empty: a linear model"),
    Knob(
        "activation",
        "Activation",
        "network",
        "choice",
        stops=tuple((name, value) for value, name in ACTIVATIONS.items()),
    ),
    Knob(
        "init",
        "Start weights",
        "network",
        "choice",
        stops=(
            ("He", "he"),
            ("Xavier", "xavier"),
            ("normal 0.01", "normal"),
            ("orthogonal", "orthogonal"),
            ("zeros", "zeros"),
        ),
    ),
    Knob("batchnorm", "BatchNorm", "network", "switch", help="normalize every hidden layer over the batch"),
    Knob("order", "Order", "network", "choice", stops=BLOCKS, help="of a hidden layer's parts; the slide's first"),
    Knob(
        "optimizer",
        "Optimizer",
        "training",
        "choice",
        stops=OPTIMIZERS,
    ),
    Knob(
        "penalty_rule",
        "L1 step",
        "training",
        "choice",
        stops=(("proximal", "proximal"), ("subgradient", "subgradient")),
        help="proximal: exact zeros; subgradient: as on the slide, hardly any",
    ),
    Knob("lr", "Learning rate", "training", "stops", True, logarithmic(-5, 2, (1, 2, 5))),
    Knob(
        "schedule",
        "Schedule",
        "training",
        "choice",
        stops=(("constant", "constant"), ("cosine", "cosine"), ("step", "step")),
        help="of the learning rate, over 300 epochs",
    ),
    Knob("batch_size", "Batch size", "training", "number", low=1, high=5000, step=1),
    Knob(
        "patience",
        "Patience",
        "training",
        "text",
        True,
        help="stop after this many epochs without a better validation loss; empty: off",
    ),
    Knob(
        "momentum",
        "Momentum μ",
        "training",
        "number",
        True,
        low=0.0,
        high=0.999,
        step=0.05,
        help="of the optimizers momentum and Nesterov",
    ),
    Knob(
        "weight_decay",
        "Weight decay",
        "training",
        "number",
        True,
        low=0.0,
        high=100.0,
        step=0.01,
        help="decoupled, of the optimizer AdamW; not the same as L2",
    ),
    Knob("max_norm", "Max-norm", "training", "text", True, help="longest weight vector of a unit; empty: no limit"),
    Knob("seed", "Seed", "training", "number", low=0, high=2**31 - 1, step=1),
)

BY_FIELD = {knob.field: knob for knob in KNOBS}
GROUPS = ("strength", "data", "network", "training")


def for_data(config: Config, name: str) -> Config:
    """`config` on the data set `name`, with the training-set size and noise that suit it."""
    info = DATASETS[name]
    return config.replace(data=name, n_train=info.default_n_train, noise=info.default_noise)
