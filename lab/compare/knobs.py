"""Everything a person may turn: a knob for each Config field. Validation is Config's; how it looks is `controls`'.

Strengths of penalties and entries of choices come from the registries, custom members included.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from regviz import Config
from regviz.config import FIELDS
from regviz.data import DATASETS
from regviz.language import en, joined, tr
from regviz.optim.optimizers import OPTIMIZERS
from regviz.optim.penalties import PENALTIES, Penalty, logarithmic

from .lanes import DEFAULT_LANES, TECHNIQUES, in_words, name_of, symbol_of, title_of_choice

Kind = Literal["stops", "slider", "choice", "number", "text", "switch"]
Stop = tuple[str, Any]


@dataclass(frozen=True, slots=True)
class Knob:
    """One thing a person may turn.

    field             the Config field
    name, symbol      as in a sentence: "dropout rate" and "p"
    group             what it stands among, one of `GROUPS`
    kind              of its widget; "stops" is a slider with named places
    stops             the places of a slider, as (label, value)
    low, high, step   ends and step of a slider that has none, the step of a number
    marks             labels below a slider, as (label, value)
    help              what it does; {epochs} stands for the Config's, {users} for the optimizers that listen to it
    """

    field: str
    name: str
    group: str
    kind: Kind
    symbol: str = ""
    stops: tuple[Stop, ...] = ()
    low: float = 0.0
    high: float = 0.0
    step: float = 0.0
    marks: tuple[Stop, ...] = ()
    help: str = ""

    @property
    def said(self) -> str:
        """Name and symbol, as in a sentence: "dropout rate p"."""
        return f"{tr(self.name)} {self.symbol}".strip()

    @property
    def label(self) -> str:
        """Name and symbol, as beside the knob: "Dropout rate p"."""
        return self.said[:1].upper() + self.said[1:]

    def explained(self, config: Config) -> str:
        """Return the knob's help, for networks like `config`."""
        users = joined([tr(rule.title) for rule in OPTIMIZERS.values() if self.field in rule.uses])
        return tr(self.help).replace("{epochs}", str(config.epochs)).replace("{users}", users)

    def text(self, value: Any) -> str:
        """Return `value` as a person reads it."""
        for label, stop in self.stops or choices(self.field):
            if stop == value:
                return tr(label)
        if self.field == "hidden":
            return widths_text(value) or tr("none")
        return in_words(value)


def widths_text(widths: Sequence[int]) -> str:
    """Return units of the hidden layers as a person reads them: "64-64", and "128 × 8" for many alike."""
    if len(widths) >= MANY and len(set(widths)) == 1:
        return f"{widths[0]} × {len(widths)}"
    return "-".join(map(str, widths))


MANY = 5
"""Layers that are alike are counted from here on: a row of them is longer than its field."""

RATE_MARKS: tuple[Stop, ...] = ((en("light"), 0.25), (en("standard"), 0.5), (en("heavy"), 0.7))

GROUPS = (en("strength"), en("data"), en("network"), en("training"))


def _knob(field: str, group: str, kind: Kind, symbol: str = "", **looks: Any) -> Knob:
    """The knob of a field by its usual name."""
    return Knob(field, name_of(field), group, kind, symbol, **looks)


def _share(field: str, high: float, marks: tuple[Stop, ...], help: str) -> Knob:
    """A slider from 0 to `high` in hundredths, of a technique that is off at 0."""
    return _knob(field, "strength", "slider", symbol_of(field), high=high, step=0.01, marks=marks, help=help)


ALL_BUT_PENALTIES: tuple[Knob, ...] = (
    _share("dropout", 0.9, RATE_MARKS, en("the share of units dropped in each training step")),
    _share(
        "input_dropout",
        0.9,
        ((en("light"), 0.1), (en("standard"), 0.2)),
        en("the share of the inputs dropped in each training step"),
    ),
    _share(
        "augment",
        1.0,
        ((en("light"), 0.2), (en("strong"), 0.8)),
        en("noise added to the training inputs anew in each step"),
    ),
    _share(
        "mixup",
        1.0,
        ((en("light"), 0.2), (en("even"), 1.0)),
        en("each step trains on points between pairs of samples, with labels between theirs"),
    ),
    _share(
        "label_smoothing",
        0.9,
        ((en("usual"), 0.1), (en("half"), 0.5)),
        en("the share of each training label that is spread over all classes"),
    ),
    _knob(
        "ema",
        "strength",
        "stops",
        symbol_of("ema"),
        stops=(
            (en("0 (off)"), 0.0),
            *((in_words(beta), beta) for beta in (0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.998)),
        ),
        marks=((en("10 steps"), 0.9), (en("100 steps"), 0.99)),
        help=en("the network is measured with weights averaged over about 1/(1 − β) steps"),
    ),
    _knob("data", "data", "choice", help=en("what the networks learn")),
    _knob("n_train", "data", "number", step=1, help=en("samples to train on; with few of them, networks overfit")),
    _knob(
        "noise",
        "data",
        "number",
        step=0.05,
        help=en("how far the points scatter; with more noise, the classes overlap"),
    ),
    _knob("label_noise", "data", "number", step=0.05, help=en("share of the training labels that are wrong")),
    _knob("decoys", "data", "number", step=1, help=en("inputs of pure noise, added to the data")),
    _knob("hidden", "network", "text", help=en("units per layer, like 64-64; empty: a linear model")),
    _knob("activation", "network", "choice", help=en("of every unit in the hidden layers")),
    _knob("init", "network", "choice", help=en("how the weights are drawn before training")),
    _knob("batchnorm", "network", "switch", help=en("normalize every hidden layer over the batch")),
    _knob(
        "layernorm",
        "network",
        "switch",
        help=en("normalize each sample over a hidden layer's units, where BatchNorm (BN) stands or right behind it"),
    ),
    _knob("order", "network", "choice", help=en("of a hidden layer's parts; the slide's first")),
    _knob(
        "class_weight",
        "training",
        "choice",
        help=en("balanced: rare classes weigh as much as frequent ones; what is measured stays a plain mean"),
    ),
    _knob("optimizer", "training", "choice", help=en("the rule by which a gradient moves the weights")),
    _knob(
        "penalty_rule",
        "training",
        "choice",
        help=en("proximal: exact zeros; subgradient: the slide's rule, almost no exact zeros"),
    ),
    _knob(
        "lr",
        "training",
        "stops",
        stops=tuple((in_words(lr), lr) for lr in logarithmic(-5, 2, (1, 2, 5))),
        help=en("how far a step moves the weights along the gradient"),
    ),
    _knob("schedule", "training", "choice", help=en("of the learning rate, from the start to epoch {epochs}")),
    _knob("batch_size", "training", "number", step=1, help=en("training samples per step")),
    _knob(
        "patience",
        "training",
        "text",
        help=en("stop after this many epochs without a better validation loss; empty: off"),
    ),
    _knob(
        "min_delta",
        "training",
        "number",
        step=0.001,
        help=en("smallest fall of the validation loss that counts as an improvement"),
    ),
    _knob("start_epoch", "training", "number", step=1, help=en("earlier epochs do not count")),
    _knob("restore_best", "training", "switch", help=en("patience ends with the best epoch's weights")),
    _knob("momentum", "training", "number", "μ", step=0.05, help=en("of {users}")),
    _knob("weight_decay", "training", "number", step=0.01, help=en("decoupled, of {users}; not a penalty")),
    _knob("clip_norm", "training", "text", help=en("largest gradient norm in a step; empty: no limit")),
    _knob("max_norm", "training", "text", help=en("longest weight vector of a unit; empty: no limit")),
    _knob(
        "seed", "training", "number", step=1, help=en("of all that is random: data, start weights, batches, dropout")
    ),
)


def knobs() -> dict[str, Knob]:
    """Return every knob by its field, in the order in which they are shown; those of penalties first."""
    rows = (*map(_strength, PENALTIES.values()), *ALL_BUT_PENALTIES)
    return {knob.field: knob for knob in rows}


def usual_knobs() -> list[str]:
    """Return the fields of those that are shown where nobody asks for others: no strength but those of the usual
    lanes.
    """
    usual = {use for lane in DEFAULT_LANES for use in lane.uses}
    return [field for field in knobs() if field not in TECHNIQUES or field in usual]


def choices(field: str) -> tuple[Stop, ...]:
    """Return the entries of a choice: the members that there are now, by their titles. None for any other field."""
    names = getattr(FIELDS[field].kind, "names", ())
    none: tuple[Stop, ...] = ((en("none"), None),) * bool(getattr(FIELDS[field].kind, "optional", False) and names)
    return (*none, *((title_of_choice(field, name), name) for name in names))


def for_data(config: Config, name: str) -> Config:
    """Return `config` on the data set `name`, with the training-set size, noise and label noise that suit it.

    Between data that both start with flipped labels, their share stays as it was chosen. Raises ConfigError for data
    that there are not.
    """
    before, info = DATASETS.get(config.data), DATASETS[FIELDS["data"].check("data", name)]
    flips = info.default_label_noise
    if before is not None and before.default_label_noise and flips:
        flips = config.label_noise
    return config.replace(data=name, n_train=info.default_n_train, noise=info.default_noise, label_noise=flips)


def turned_to(config: Config, values: Mapping[str, Any]) -> Config:
    """Return `config` with knobs turned. A new data set brings its own training-set size and noise (`for_data`)
    unless they are given.
    """
    if "data" in values and values["data"] != config.data:
        config = for_data(config, values["data"])
    return config.replace(**values)


def _strength(penalty: Penalty) -> Knob:
    """The knob of a penalty's λ."""
    stops = tuple((in_words(value) if value else en("0 (off)"), float(value)) for value in penalty.stops)
    return Knob(
        penalty.name,
        tr("{penalty} strength", penalty=tr(penalty.title)),
        "strength",
        "stops",
        symbol_of(penalty.name),
        stops=stops,
        marks=tuple(penalty.marks),
        help=penalty.help,
    )
