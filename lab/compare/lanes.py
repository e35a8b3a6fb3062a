"""Lanes: the networks that are compared side by side, each the same Config but for its techniques."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeGuard

import numpy as np

from regviz import Config
from regviz.config import FIELDS, LIVE_FIELDS, parse
from regviz.config import TECHNIQUES as NAMES
from regviz.errors import ArgumentError, ConfigError
from regviz.language import en, tr
from regviz.older import migrated
from regviz.optim.penalties import PENALTIES
from regviz.words import tidy

from .presets import AN_OWN_VALUE, LANES

MOST_LANES = 8
"""Lanes at most: the palette has as many colours that can be told apart."""

LONGEST_NAME = 100
"""Characters of a lane's name at most, and of a lab's title: links and files have room for all of them."""

COLOR = re.compile(r"#[0-9a-fA-F]{6}")
"""A lane's colour, as text."""


PARTS = {"dense": "D", "batchnorm": "BN", "activation": "A", "dropout": "Drop"}
"""Parts of a layer, as short as an order of all of them must be."""


class Techniques(Mapping[str, Any]):
    """Config fields that are techniques of regularization, each with the value that switches it off; penalties first.

    Those of custom penalties are there as soon as they are added.
    """

    def __getitem__(self, name: str) -> Any:
        if name not in NAMES:
            raise KeyError(name)
        return FIELDS[name].technique

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(NAMES, key=lambda name: name not in PENALTIES))

    def __len__(self) -> int:
        return len(NAMES)


TECHNIQUES = Techniques()


def title_of(technique: str) -> str:
    """Return what a technique is called: "L1", "group lasso", "dropout"."""
    return FIELDS[technique].title


FIELD_NAMES = {
    "dropout": en("dropout rate"),
    "data": en("data set"),
    "n_train": en("training points"),
    "noise": en("noise"),
    "label_noise": en("flipped labels"),
    "decoys": en("decoy inputs"),
    "hidden": en("hidden layers"),
    "activation": en("activation"),
    "init": en("start weights"),
    "batchnorm": en("BatchNorm"),
    "layernorm": en("LayerNorm"),
    "order": en("order"),
    "class_weight": en("class weights"),
    "optimizer": en("optimizer"),
    "penalty_rule": en("penalty step"),
    "lr": en("learning rate"),
    "schedule": en("schedule"),
    "batch_size": en("batch size"),
    "patience": en("patience"),
    "min_delta": en("least improvement"),
    "start_epoch": en("patience from epoch"),
    "restore_best": en("back to the best"),
    "momentum": en("momentum"),
    "weight_decay": en("weight decay"),
    "clip_norm": en("gradient clipping"),
    "max_norm": en("max-norm"),
    "seed": en("seed"),
}
"""What fields are called, as in a sentence; penalties have titles of their own."""

BEFORE_A_VALUE = {"hidden": en("layers"), "batch_size": en("batches of")}
"""What one says of them where a value follows at once, if not their name."""


def name_of(field: str) -> str:
    """Return what a field is called, as in a sentence: "training points"."""
    return FIELD_NAMES.get(field) or (FIELDS[field].title if field in FIELDS else "") or field


def symbol_of(technique: str) -> str:
    """Return the letter of a technique's strength."""
    return FIELDS[technique].symbol


def is_a_name(text: Any) -> TypeGuard[str]:
    """Return whether `text` can name a lane or a lab: one line of up to `LONGEST_NAME` signs that can be seen."""
    return isinstance(text, str) and len(text) <= LONGEST_NAME and bool(text.strip()) and text.isprintable()


@dataclass(frozen=True, slots=True)
class Lane:
    """One network of a comparison.

    name    as shown: a line of up to `LONGEST_NAME` signs
    uses    the technique fields it takes from the knobs; the others are off
    fixed   Config fields with values of its own, whatever the knobs say (`Lane("λ", fixed={"l2": 0.1})`)
    color   a CSS hex colour, or None for the palette's at the lane's place

    Raises ArgumentError for a name, a technique or a colour that cannot be, and for own values that are no mapping;
    whether `fixed` is possible, `config` finds out.
    """

    name: str
    uses: tuple[str, ...] = ()
    fixed: Mapping[str, Any] = field(default_factory=dict)
    color: str | None = None

    def __post_init__(self) -> None:
        if not is_a_name(self.name):
            said = en("a lane has a name of 1 to {n} letters, on one line and without invisible signs")
            proposed = tidy(str(self.name))[:LONGEST_NAME].strip()
            raise ArgumentError("name", self.name, tr(said, n=LONGEST_NAME), proposed or "none")
        uses = tuple(self.uses) if isinstance(self.uses, (list, tuple)) else (None,)
        if not all(isinstance(use, str) and use in TECHNIQUES for use in uses):
            allowed = tr("allowed is a tuple of some of {names}", names=", ".join(TECHNIQUES))
            raise ArgumentError("uses", self.uses, allowed, (next(iter(TECHNIQUES)),))
        if self.color is not None and not (isinstance(self.color, str) and COLOR.fullmatch(self.color)):
            allowed = tr("allowed is a colour of six hexadecimal digits, as #rrggbb, or None")
            raise ArgumentError("color", self.color, allowed, "#0072b2")
        if not isinstance(self.fixed, Mapping):
            raise ArgumentError("fixed", self.fixed, "allowed are Config fields with values", dict(AN_OWN_VALUE))
        object.__setattr__(self, "uses", uses)
        fixed = {name: _plain(name, value) for name, value in self.fixed.items()}
        object.__setattr__(self, "fixed", fixed)  # what links and files can write, and lanes compare

    def config(self, base: Config) -> Config:
        """Return `base` with every technique this lane does not use switched off, and its own values set.

        Raises ConfigError for values that are impossible, or impossible together.
        """
        off = {technique: value for technique, value in TECHNIQUES.items() if technique not in self.uses}
        return base.replace(**{**off, **self.fixed})

    def strength(self, config: Config) -> str:
        """Return the lane's strengths as text ("0.001"), empty for a lane without a technique."""
        fields = [field for field in {**dict.fromkeys(self.uses), **self.fixed} if field in TECHNIQUES]
        if len(fields) > 1:  # asked for with every frame: to put one in order would be dear
            fields.sort(key=list(TECHNIQUES).index)
        return " ".join(in_words(getattr(config, field)) for field in fields)

    def label(self, config: Config) -> str:
        """Return name and strength ("L1 0.001"); of a name that ends with it ("50, λ 0.001") the name alone."""
        strength = self.strength(config)
        said = self.name.rpartition(" ")[2] == strength
        return self.name if said else f"{self.name} {strength}".strip()


def _plain(name: str, value: Any) -> Any:
    """A lane's own value as Config has it; of a field that is not known yet, without NumPy's types."""
    try:
        return FIELDS[name].check(name, value)
    except (KeyError, ConfigError):
        value = value.tolist() if isinstance(value, (np.generic, np.ndarray)) else value
        return tuple(value) if isinstance(value, list) else value


DEFAULT_LANES = tuple(Lane(str(name), uses) for name, uses in LANES.items())


def usual_lanes() -> tuple[Lane, ...]:
    """Return those of the start, named in the present language: from then on their names are data, as any lane's."""
    return tuple(replace(lane, name=tr(lane.name)) for lane in DEFAULT_LANES)


def checked_lanes(lanes: Any) -> tuple[Lane, ...]:
    """Return the lanes of a comparison. Raises ArgumentError for none, for too many, and for what is no Lane."""
    if isinstance(lanes, (str, Lane)) or not isinstance(lanes, Sequence):
        raise ArgumentError("lanes", lanes, "allowed is a list of Lanes", [DEFAULT_LANES[0]])
    for lane in lanes:
        if not isinstance(lane, Lane):
            raise ArgumentError("lanes", lane, "each is a Lane", DEFAULT_LANES[1])
    if not 1 <= len(lanes) <= MOST_LANES:
        allowed = tr("a comparison needs at least one lane and has {most} at most", most=MOST_LANES)
        raise ArgumentError("lanes", [lane.name for lane in lanes], allowed, [DEFAULT_LANES[0]])
    return tuple(lanes)


def with_older_penalty(lanes: Sequence[Lane], fields: Mapping[str, Any]) -> tuple[Lane, ...]:
    """Return `lanes` as they were where the knobs' `fields` have the older "penalty": every lane was trained with
    it.
    """
    name = fields.get("penalty")
    if not isinstance(name, str) or name not in TECHNIQUES:
        return tuple(lanes)
    return tuple(lane if name in lane.fixed else replace(lane, uses=(*lane.uses, name)) for lane in lanes)


def one_for_all(name: str, value: Any) -> Any:
    """Return a knob's value. Raises ConfigError for a strength for each layer: a slider has one place, and only a lane
    may have such a value of its own.
    """
    if name in TECHNIQUES and isinstance(value, tuple):
        raise ConfigError(name, value, tr("the lab takes one strength for all layers"), max(value, default=0.0))
    return value


def checked_knobs(base: Config) -> Config:
    """Return the values of all knobs. Raises ConfigError as `one_for_all`."""
    for name in TECHNIQUES:
        one_for_all(name, getattr(base, name))
    return base


def configs_of(lanes: Sequence[Lane], base: Config) -> list[Config]:
    """Return the networks of a comparison. Raises ConfigError as `checked_knobs`, and for lanes whose inputs differ: no
    picture could show both.
    """
    checked_knobs(base)
    configs = [lane.config(base) for lane in lanes]
    for config in configs[1:]:
        for inputs in ("data", "decoys"):
            value, shared = getattr(config, inputs), getattr(configs[0], inputs)
            if value != shared:
                said = en("all lanes are shown the same inputs, and the first lane has {shared}; change it for all")
                allowed = tr(said, shared=repr(shared))
                raise ConfigError(inputs, value, allowed, shared)
    return configs


def live_of(config: Config) -> dict[str, Any]:
    """Return the fields of `config` that may change while its network trains, with their values."""
    return {field: getattr(config, field) for field in LIVE_FIELDS}


def difference(config: Config, first: Config) -> str:
    """Say in words how `config` differs from the `first` of a comparison ("L2 0.001, BatchNorm")."""
    words = []
    for its, value in config.to_dict().items():
        if value == getattr(first, its):
            continue
        name = tr(title_of(its) if its in TECHNIQUES else BEFORE_A_VALUE.get(its) or name_of(its))
        if value is True:
            words.append(name)
        elif value is None or value is False or (its in TECHNIQUES and not value):
            words.append(tr("no {technique}", technique=name))
        else:
            words.append(f"{name} {called(its, value)}")
    return ", ".join(words) or tr("the same as the first")


def called(field: str, value: Any) -> str:
    """Return a field's value as menus call it: "breast cancer", "ReLU", "0.001"."""
    return tr(title_of_choice(field, value)) if isinstance(value, str) else in_words(value)


def title_of_choice(field: str, name: str) -> str:
    """Return what one of a field's names is called in English: "breast cancer", "ReLU", "D → A → BN → Drop"."""
    if field == "order":
        return " → ".join(PARTS[part] for part in name.split("-"))
    names = getattr(FIELDS[field].kind, "names", ())
    return str(names[name].title) if isinstance(names, Mapping) and name in names else name


def in_words(value: Any) -> str:
    """Return a field's value as one says it: "0.001", "64-64", "none" for no layers; a strength by layer like
    "0-0.001".
    """
    if isinstance(value, tuple):
        return "-".join(f"{part:g}" for part in value) or tr("none")
    return f"{value:g}" if isinstance(value, (int, float)) else str(value)


def values_text(values: Mapping[str, Any]) -> str:
    """Return a lane's own values as one writes them: "l2=0.1, batchnorm=1"."""
    return ", ".join(f"{field}={FIELDS[field].write(value)}" for field, value in values.items())


def values_of(text: str) -> dict[str, Any]:
    """Return the inverse of `values_text`. Raises ConfigError for an unknown field or an impossible value."""
    texts = {}
    for part in re.split(r"[;,]\s*(?=[A-Za-z_][A-Za-z_0-9]*\s*=)", text.strip(" ;,")):  # commas also part λ by layer
        name, equals, value = (word.strip() for word in part.partition("="))
        if not name:
            continue
        if not equals:
            allowed = tr("allowed are fields with values, separated by commas")
            raise ConfigError(tr("own values"), part.strip(), allowed, values_text(AN_OWN_VALUE))
        texts[name] = value
    return {name: parse(name, value) for name, value in migrated(texts).items()}
