"""What a sweep may go over: any Config field that holds one number, and width and depth of the network."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from regviz import Config
from regviz.config import FIELDS
from regviz.data import DATASETS
from regviz.errors import ArgumentError
from regviz.fields import Integer, Number, closest
from regviz.language import en, tr
from regviz.optim.penalties import PENALTIES

from .knobs import knobs
from .lanes import TECHNIQUES, symbol_of, title_of

NOT_SWEPT = ("seed", "epochs")
"""Numbers that say which network it is, or how long it trains: a sweep has several of the one and one of the other."""

STEPS = (1.0, 2.0, 5.0)
"""Values in each power of ten of a field that has neither a slider nor stops."""

USUAL: dict[str, tuple[float, ...]] = {
    "n_train": (10, 20, 30, 50, 70, 100, 150, 200, 300, 500, 700, 1000),
    "noise": tuple(k / 20 for k in range(21)),
    "label_noise": tuple(k / 40 for k in range(21)),
    "decoys": (0, 1, 2, 5, 10, 15, 20, 30, 50, 70, 100),
    "lr": tuple(float(f"{10 ** (k / 6):.1e}") for k in range(-24, 7)),
    "batch_size": (1, 2, 5, 10, 15, 20, 25, 50, 75, 100),
    "patience": (1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100),
    "start_epoch": (0, 5, 10, 20, 30, 50, 70, 100),
    "width": tuple(2.0**k for k in range(10)),
    "depth": tuple(range(1, 7)),
}
"""The values of fields whose range says little about where something happens."""

FEW, FEWEST = 4, (2, 3, 5, 7)
"""Fewer usual numbers of training points than these make no curve: then those below them come in, and all there are."""

LARGE = 5
"""A field is swept to so many times what is suggested for it, if it may be."""


@dataclass(frozen=True, slots=True)
class Axis:
    """One thing to sweep over.

    field    its name: a Config field's, "width" or "depth"
    name     as in a sentence: "training points"
    symbol   the letter of a technique's strength, empty for what has none
    fields   the Config fields that `value` sets for networks like a Config
    """

    field: str
    name: str
    symbol: str
    fields: Callable[[Config, Any], dict[str, Any]]

    @property
    def title(self) -> str:
        """What a picture calls it: "λ of L1", "dropout p", "training points"."""
        if not self.symbol:
            return tr(LONGER.get(self.field, self.name))
        technique = tr(title_of(self.field))
        return tr("λ of {technique}", technique=technique) if self.symbol == "λ" else f"{technique} {self.symbol}"

    def usual(self, base: Config) -> tuple[float, ...]:
        """Return the values that a sweep goes through, for networks like `base`, in ascending order.

        Of a slider every 0.02, of its stops each. Of a penalty 0 and the last five powers of ten, eight values in each,
        rounded to two digits so that they can be said.
        """
        found = tuple(value for value in self._usual() if self._possible(base, value))
        if self.field == "n_train" and len(found) < FEW:
            most = most_points(base)
            return tuple(sorted({*found, *(n for n in FEWEST if n < most), most}))
        return found

    @property
    def least_whole(self) -> int | None:
        """The least whole number that it may be; None for what need not be one."""
        if self.field in LAYERS:
            return 1
        kind = FIELDS[self.field].kind
        return kind.low if isinstance(kind, Integer) else None

    def values(self, base: Config, wanted: tuple[float, ...]) -> list[Config]:
        """Return `base` with each of the `wanted` values. Raises ConfigError for one that is impossible."""
        return [base.replace(**self.fields(base, value)) for value in wanted]

    def _usual(self) -> tuple[float, ...]:
        knob = knobs().get(self.field)
        if knob is not None and self.field in TECHNIQUES:
            if knob.kind == "slider":
                return tuple(k / 50 for k in range(round(50 * knob.low), round(50 * knob.high) + 1))
            if self.field not in PENALTIES:
                return tuple(value for _, value in knob.stops)
            most = max(value for _, value in knob.stops)
            return (0.0, *(float(f"{most * 10 ** (k / 8):.1e}") for k in range(-40, 1)))
        return USUAL.get(self.field) or _by_kind(FIELDS[self.field].kind)

    def _possible(self, base: Config, value: float) -> bool:
        if self.field in ("n_train", "batch_size"):
            most = most_points(base) if self.field == "n_train" else base.n_train
            return value <= most
        return True


class Axes(Mapping[str, Axis]):
    """All axes by name, techniques first: also those of fields and penalties that are added later."""

    def __getitem__(self, name: str) -> Axis:
        if name in LAYERS:
            return Axis(name, *LAYERS[name])
        if name not in FIELDS or not _scalar(name):
            raise KeyError(name)
        symbol = symbol_of(name) if name in TECHNIQUES else ""
        return Axis(name, knobs()[name].name, symbol, lambda base, value: {name: _as_kind(name, value)})

    def __iter__(self) -> Iterator[str]:
        yield from TECHNIQUES
        yield from LAYERS
        yield from (name for name in FIELDS if name not in TECHNIQUES and _scalar(name))

    def __len__(self) -> int:
        return sum(1 for _ in self)


AXES = Axes()


def checked_axis(field: object) -> Axis:
    """Return the axis called `field`. Raises ArgumentError for one that does not exist."""
    if not isinstance(field, str) or field not in AXES:
        allowed = tr("a sweep goes over one of {names}", names=", ".join(AXES))
        raise ArgumentError("field", field, allowed, closest(field, AXES))
    return AXES[field]


def most_points(base: Config) -> int:
    """Return training points at most of the data of `base`."""
    return DATASETS[base.data].max_n_train


def _widths(base: Config, value: Any) -> dict[str, Any]:
    return {"hidden": (int(value),) * max(1, len(base.hidden))}


def _depths(base: Config, value: Any) -> dict[str, Any]:
    return {"hidden": (base.hidden[0] if base.hidden else 16,) * int(value)}


LAYERS: dict[str, tuple[str, str, Callable[[Config, Any], dict[str, Any]]]] = {
    "width": (en("width"), "", _widths),
    "depth": (en("depth"), "", _depths),
}
"""What is said of all hidden layers at once."""

PENALTIES.reserve(LAYERS)


LONGER = {"width": en("units in each hidden layer"), "depth": en("number of hidden layers")}
"""What they are, where there is room."""


def _scalar(name: str) -> bool:
    """Whether a field holds one number."""
    return name in TECHNIQUES or (isinstance(FIELDS[name].kind, (Number, Integer)) and name not in NOT_SWEPT)


def _as_kind(name: str, value: Any) -> Any:
    """A value as its field has it: whole where that is whole."""
    return int(value) if isinstance(FIELDS[name].kind, Integer) and float(value).is_integer() else value


def _by_kind(kind: Any) -> tuple[float, ...]:
    """Values that suit any number of its range: a share evenly, all else by powers of ten around what is suggested."""
    low, high, middle = float(kind.low), float(kind.high), float(kind.suggestion)
    whole = isinstance(kind, Integer)
    if high <= 1 and not whole:
        step = (high - low) / 20
        return tuple(round(low + k * step, 6) for k in range(int(getattr(kind, "above", False)), 21))
    most = min(high, LARGE * middle)
    values = {float(f"{step}e{power}") for power in range(-9, 10) for step in STEPS}
    least = max(low, 1.0 if whole else middle / 500)
    found = sorted(value for value in values if least <= value <= most)
    return (low, *found) if low == 0 and not getattr(kind, "above", False) else tuple(found)
