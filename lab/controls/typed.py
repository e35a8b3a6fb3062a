"""What a person types as a value of a knob: read as people write numbers, refused in the words of the page."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from regviz.config import FIELDS, parse
from regviz.errors import ConfigError, DataError
from regviz.fields import Choice, Integer, Number, Strength, Widths
from regviz.language import en, tr

from ..compare.knobs import knobs, widths_text

REFUSED = en("{knob}: “{value}” is not possible: {allowed}. Try {suggestion}.")

LONGEST_SHOWN = 60
"""Characters of a refused text that are said again."""

FAR = 30
"""Powers of ten beyond which no field reaches, and where a whole number of as many digits would only take memory."""

_SPACES = " \N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}"
_NUMBER = re.compile(r"([+-]?)((?:\d+(?:[.,]\d*)?|[.,]\d+)(?:e[+-]?\d{1,4})?)(%?)", re.ASCII)
_GROUPED = re.compile(rf"[+-]?[1-9]\d{{0,2}}(?:[{_SPACES}]\d{{3}})+", re.ASCII)
_TWO_READINGS = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}", re.ASCII)


class TwoReadings(ConfigError):
    """A number that could be meant in two ways, as "1,000" points could."""


def typed(field: str, text: str) -> Any:
    """Return what `text` stands for as `field`'s value.

    A number may have a decimal comma or point, an exponent, a percent sign, and spaces between its thousands. Raises
    ConfigError, with the text, for what is none, cannot be, or could be meant in two ways, as "1,000" points could.
    """
    kind, word = FIELDS[field].kind, text.strip()
    try:
        if getattr(kind, "optional", False) and word.lower() in ("", "off", "none", tr("off").lower()):
            return None
        if isinstance(kind, Widths):
            return kind.check(field, _widths(word))
        if isinstance(kind, Strength):
            kind = kind.each
        if isinstance(kind, (Number, Integer)):
            if large := _other_reading(kind, word):
                raise _two(field, word, large)
            return kind.check(field, _number(kind, word))
        return parse(field, word.lower() if isinstance(kind, Choice) and kind.optional else word)
    except TwoReadings:
        raise
    except ValueError as error:
        suggestion = error.suggestion if isinstance(error, ConfigError) else getattr(kind, "suggestion", "")
        raise ConfigError(field, word, kind.allowed, suggestion) from None


def refusal(error: ValueError) -> str:
    """Return what the page says of `error`. Of a knob's value: by the names, and with the spelling, that the knob
    has."""
    if not isinstance(error, ConfigError) or isinstance(error, DataError) or error.field not in knobs():
        return str(error)
    knob, kind, allowed = knobs()[error.field], FIELDS[error.field].kind, error.allowed
    if isinstance(kind, (Number, Integer)) and kind.optional and allowed == kind.allowed:  # nobody types None
        allowed = tr("{allowed}, or “{off}”", allowed=kind._replace(optional=False).allowed, off=tr("off"))
    value: Any = error.value
    listed = isinstance(kind, Widths) and isinstance(value, tuple)
    given = " ".join((widths_text(value) if listed else str(value)).split())
    given = given if len(given) <= LONGEST_SHOWN else f"{given[: LONGEST_SHOWN - 3]}..."
    return tr(REFUSED, knob=knob.label, value=given, allowed=allowed, suggestion=knob.text(error.suggestion))


def _number(kind: Number | Integer, text: str) -> float | int:
    """The number that `text` stands for. Raises ValueError for what is none."""
    plain = text.replace("\N{MINUS SIGN}", "-").lower()
    if _GROUPED.fullmatch(plain):
        plain = re.sub(f"[{_SPACES}]", "", plain)
    match = _NUMBER.fullmatch(re.sub(f"[{_SPACES}]%$", "%", plain))
    if match is None or (match[3] and isinstance(kind, Integer)):
        raise ValueError(text)
    number = Decimal(match[1] + match[2].replace(",", ".")) / (100 if match[3] else 1)
    if isinstance(kind, Number):
        return float(number)
    if number.adjusted() > FAR or number != int(number):
        raise ValueError(text)
    return int(number)


def _other_reading(kind: Number | Integer, text: str) -> int:
    """What `text` is if its comma or point parts thousands, where that is possible, too; else 0.

    The page writes fractions with a point, so that one in a number that may have a fraction is plain.
    """
    if not _TWO_READINGS.fullmatch(text) or (isinstance(kind, Number) and "." in text):
        return 0
    large = int(re.sub("[.,]", "", text))
    try:
        kind.check("", large)
    except ConfigError:
        return 0
    return large


def _two(field: str, text: str, large: int) -> TwoReadings:
    small = f"{float(text.replace(',', '.')):g}"
    return TwoReadings(field, text, tr("it could mean {small} or {large}", small=small, large=large), large)


def _widths(text: str) -> tuple[int, ...]:
    """Units of layers, listed as in "64-64", "64, 64" and "(64, 64)", or counted as in "64 × 2"."""
    if alike := re.fullmatch(r"(\d+)\s*[×x*]\s*([1-9]\d?)", text, re.ASCII):
        return (int(alike[1]),) * int(alike[2])
    if bracketed := re.fullmatch(r"\((.*)\)|\[(.*)\]", text):
        text = bracketed[1] if bracketed[2] is None else bracketed[2]
    words = re.sub("[,–-]", " ", text).split()
    if [word.lower() for word in words] in ([], ["none"], [tr("none").lower()]):
        return ()
    if not all(re.fullmatch(r"\d{1,6}", word, re.ASCII) for word in words):
        raise ValueError(text)
    return tuple(map(int, words))
