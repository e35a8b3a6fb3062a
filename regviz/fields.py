"""The fields of Config: one specification for each, and the kinds of values that there are.

Named tuples, not data classes: Python writes and compiles the methods of a data class whenever it is imported.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable
from numbers import Integral, Real
from typing import Any, Literal, NamedTuple, Protocol

import numpy as np

from .errors import ConfigError
from .language import en, ntr, tr

LONGEST_TEXT = 200
"""Characters of a query value that are looked at; nothing a Config can hold is longer."""


class Kind(Protocol):
    """One kind of value. `check` and `parse` return the field's canonical value or raise ConfigError.

    `allowed` says what it may be, in the present language.
    """

    @property
    def allowed(self) -> str: ...

    def check(self, name: str, value: object) -> Any: ...

    def parse(self, name: str, text: str) -> Any: ...

    def write(self, value: Any) -> str: ...


class Field(NamedTuple):
    """All that is known of one Config field.

    kind        what it allows, and how a link writes it
    default     its value if none is given
    help        what it is, in a few words
    live        whether it may change while a network trains; if not, a change needs a new Trainer
    shape       whether networks must agree in it to share a stack
    data        whether it decides what a network is trained on
    technique   the value that switches it off, for a technique of regularization, else None
    title       what a technique is called, and the `symbol` of its strength
    """

    kind: Kind
    default: Any
    help: str
    live: bool = False
    shape: bool = False
    data: bool = False
    technique: Any = None
    title: str = ""
    symbol: str = ""

    def check(self, name: str, value: object) -> Any:
        """Return the canonical value of field `name`. Raises ConfigError for an impossible one."""
        return self.kind.check(name, value)

    def parse(self, name: str, text: str) -> Any:
        """Return the value that `text` stands for in a link. Raises ConfigError for an impossible one."""
        return self.kind.parse(name, text)

    def write(self, value: Any) -> str:
        """Return a value as a link writes it; `parse` is the inverse."""
        return self.kind.write(value)


NUMBERS = {
    (False, False): en("allowed is a finite number from {low} to {high}"),
    (False, True): en("allowed is None or a finite number from {low} to {high}"),
    (True, False): en("allowed is a finite number above {low} and up to {high}"),
    (True, True): en("allowed is None or a finite number above {low} and up to {high}"),
}
"""What is said of a Number: whether its least value is excluded, and whether it is optional."""


class Number(NamedTuple):
    """A finite real number from `low` to `high` (`low` itself excluded if `above` is set), or None if `optional`."""

    low: float
    high: float
    suggestion: float
    above: bool = False
    optional: bool = False

    @property
    def allowed(self) -> str:
        return tr(NUMBERS[self.above, self.optional], low=f"{self.low:g}", high=f"{self.high:g}")

    def check(self, name: str, value: object) -> float | None:
        if value is None and self.optional:
            return None
        try:
            number = float(value) if isinstance(value, Real) and not isinstance(value, bool) else math.nan
        except OverflowError:
            number = math.inf
        inside = self.low < number <= self.high if self.above else self.low <= number <= self.high
        if not (math.isfinite(number) and inside):
            raise ConfigError(name, value, self.allowed, self.suggestion)
        return number + 0.0  # -0.0 becomes 0.0, so equal Configs are written alike

    def parse(self, name: str, text: str) -> Any:
        return _parsed(self, float, name, text)

    def write(self, value: float | None) -> str:
        return "none" if value is None else repr(value)


PerLayer = Any
"""A float, or a tuple with one for each layer. Any, since most who read one only compare or show it."""


def by_layer(value: PerLayer, layers: int) -> tuple[float, ...]:
    """Return the number of each of so many layers."""
    return value if isinstance(value, tuple) else (value,) * layers


class Strength(NamedTuple):
    """A number for all layers, or up to `most` numbers, one for each layer, written "0,0.001,0.001"; of one layer "0,".

    `of` says which layers: "Dense" are the hidden ones and the last, "hidden" those without it.
    """

    each: Number
    most: int
    of: Literal["Dense", "hidden"] = "Dense"

    @property
    def suggestion(self) -> float:
        return self.each.suggestion

    @property
    def allowed(self) -> str:
        if self.of == "Dense":
            return tr("{allowed}, or one such number for each Dense layer", allowed=self.each.allowed)
        return tr("{allowed}, or one such number for each hidden layer", allowed=self.each.allowed)

    def layers(self, hidden: tuple[int, ...]) -> int:
        """Return how many numbers there are where each layer has its own."""
        return len(hidden) + (self.of == "Dense")

    def check(self, name: str, value: object) -> PerLayer:
        found = _as_list(value)
        numbers = found if isinstance(found, (list, tuple)) else [found]
        try:
            checked = tuple([self.each.check(name, number) for number in numbers])
        except ConfigError:
            checked = ()
        if not 1 <= len(checked) <= self.most:
            raise ConfigError(name, value, self.allowed, self.suggestion)
        return checked if numbers is found else checked[0]

    def parse(self, name: str, text: str) -> PerLayer:
        parts = text[: 2 * LONGEST_TEXT].split(",")
        listed = len(parts) > 1
        if len(parts) == 2 and not parts[1].strip():
            parts.pop()
        try:
            numbers = [self.each.parse(name, part) for part in parts]
        except ConfigError:
            raise ConfigError(name, text, self.allowed, self.suggestion) from None
        return self.check(name, numbers if listed else numbers[0])

    def write(self, value: PerLayer) -> str:
        if isinstance(value, tuple):
            return ",".join(map(repr, value)) + "," * (len(value) == 1)
        return repr(value)


class Integer(NamedTuple):
    """A whole number from `low` to `high`, or None if `optional` (written "none")."""

    low: int
    high: int
    suggestion: int
    optional: bool = False

    @property
    def allowed(self) -> str:
        if self.optional:
            return tr("allowed is None or a whole number from {low} to {high}", low=self.low, high=self.high)
        return tr("allowed is a whole number from {low} to {high}", low=self.low, high=self.high)

    def check(self, name: str, value: object) -> int | None:
        if value is None and self.optional:
            return None
        whole = isinstance(value, Integral) and not isinstance(value, bool)
        if not whole or not self.low <= value <= self.high:  # type: ignore[operator]
            raise ConfigError(name, value, self.allowed, self.suggestion)
        return int(value)  # type: ignore[call-overload, no-any-return]

    def parse(self, name: str, text: str) -> Any:
        return _parsed(self, int, name, text)

    def write(self, value: int | None) -> str:
        return "none" if value is None else str(value)


class Choice(NamedTuple):
    """One of a few names, or None if `optional` (written "none"). Names may grow: members are added to registries."""

    names: Collection[str]
    optional: bool = False

    @property
    def allowed(self) -> str:
        names = ", ".join(self.names)
        if self.optional:
            return ntr("allowed is None or {names}", "allowed is None or one of {names}", len(self.names), names=names)
        return tr("allowed is one of {names}", names=names)

    def check(self, name: str, value: object) -> str | None:
        if value is None and self.optional:
            return None
        if isinstance(value, str) and value in self.names:
            return str(value)
        raise ConfigError(name, value, self.allowed, closest(value, self.names))

    def parse(self, name: str, text: str) -> str | None:
        return None if text == "none" and self.optional else self.check(name, text)

    def write(self, value: str | None) -> str:
        return "none" if value is None else value


class Switch:
    """On or off: True or False (NumPy's too), written "1" or "0"."""

    @property
    def allowed(self) -> str:
        return tr("allowed is True or False (in a link 1 or 0)")

    def check(self, name: str, value: object) -> bool:
        if isinstance(value, (bool, np.bool_)):
            return bool(value)
        raise ConfigError(name, value, self.allowed, True)

    def parse(self, name: str, text: str) -> bool:
        if text not in ("0", "1"):
            raise ConfigError(name, text, self.allowed, True)
        return text == "1"

    def write(self, value: bool) -> str:
        return str(int(value))


class Widths(NamedTuple):
    """The units of each hidden layer: up to `deepest` whole numbers from 1 to `widest`, written "64-64"."""

    deepest: int
    widest: int
    suggestion: tuple[int, ...]

    @property
    def allowed(self) -> str:
        said = en("allowed are up to {deepest} layers of 1 to {widest} units each, none for a linear model")
        return tr(said, deepest=self.deepest, widest=self.widest)

    def check(self, name: str, value: object) -> tuple[int, ...]:
        given, value = value, _as_list(value)
        if not isinstance(value, (list, tuple)) or len(value) > self.deepest:
            raise ConfigError(name, given, self.allowed, self.suggestion)
        for width in value:
            whole = isinstance(width, Integral) and not isinstance(width, bool)
            if not whole or not 1 <= width <= self.widest:
                raise ConfigError(name, given, self.allowed, self.suggestion)
        return tuple(int(width) for width in value)

    def parse(self, name: str, text: str) -> tuple[int, ...]:
        if text == "":
            return ()
        try:
            widths = tuple(int(_plain(part)) for part in text[: LONGEST_TEXT + 1].split("-"))
        except ValueError:
            raise ConfigError(name, text, self.allowed, self.suggestion) from None
        return self.check(name, widths)

    def write(self, value: tuple[int, ...]) -> str:
        return "-".join(map(str, value))


def closest(value: object, names: Iterable[str]) -> str:
    """Return the name most like `value`, or the first one."""
    from difflib import get_close_matches  # only needed once something went wrong

    names = list(names)
    near = get_close_matches(str(value)[:LONGEST_TEXT].lower(), names, n=1, cutoff=0.5)
    return near[0] if near else names[0]


def _as_list(value: object) -> object:
    """A column of an array as a list, as grids of NumPy have it; anything else as it is."""
    return value.tolist() if isinstance(value, np.ndarray) and value.ndim == 1 else value


def _parsed(kind: Number | Integer, number: type[float] | type[int], name: str, text: str) -> Any:
    """What `text` stands for, "none" where there may be none."""
    if text == "none" and kind.optional:
        return None
    try:
        value = number(_plain(text))
    except ValueError:
        raise ConfigError(name, text, kind.allowed, kind.suggestion) from None
    return kind.check(name, value)


def _plain(text: str) -> str:
    """`text` if it is a number as people write it; Python's own spellings ("1_000", " 7 ") are not."""
    if len(text) > LONGEST_TEXT or not text.isascii() or "_" in text or text != text.strip():
        raise ValueError(text)
    return text
