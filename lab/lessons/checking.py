"""What a lesson is made of, looked at where it is made: its author reads a sentence, no AttributeError later."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from regviz.errors import ArgumentError

from ..compare.presets import AN_OWN_VALUE

TEXTS = {"same": "About the same"}
"""An outcome with its text, to show how they are written."""


def check_text(field: str, value: Any) -> None:
    """Raise ArgumentError for what is no text."""
    if not isinstance(value, str):
        raise ArgumentError(field, value, "allowed is a text", str(value)[:80])


def check_texts(field: str, value: Any) -> None:
    """Raise ArgumentError for what is no dictionary of outcomes with their texts."""
    if not isinstance(value, Mapping):
        raise ArgumentError(field, value, "allowed is a dictionary of outcomes with their texts", TEXTS)
    for outcome, text in value.items():
        for word in (outcome, text):
            if not isinstance(word, str):
                raise ArgumentError(field, word, "outcomes and what is said of them are texts", TEXTS)


def check_fields(field: str, value: Any) -> None:
    """Raise ArgumentError for what is no dictionary of Config fields with their values."""
    if not isinstance(value, Mapping):
        raise ArgumentError(field, value, "allowed are Config fields with their values", dict(AN_OWN_VALUE))


def check_sweep(value: Any) -> None:
    """Raise ArgumentError for what is neither a field nor a dictionary of fields with lists of values."""
    example = {"l2": (0, 0.01, 0.1)}
    if not isinstance(value, (str, Mapping)):
        raise ArgumentError("sweep", value, "allowed is a field, or a dictionary of fields with their values", example)
    for name, values in value.items() if isinstance(value, Mapping) else ():
        if isinstance(values, str) or not isinstance(values, Sequence):
            raise ArgumentError("sweep", {name: values}, "a field goes through a list of numbers", example)


def check_all(field: str, values: Any, kind: type) -> None:
    """Raise ArgumentError for what is no list of objects of this `kind`."""
    called = "text" if kind is str else kind.__name__
    example = [] if kind is not str else [values] if isinstance(values, str) else ["loss"]
    if isinstance(values, str) or not isinstance(values, Sequence):
        raise ArgumentError(field, values, f"allowed is a list, in which each is a {called}", example)
    for value in values:
        if not isinstance(value, kind):
            raise ArgumentError(field, value, f"each is a {called}", example)


def check_evidence(field: str, value: Any) -> None:
    """Raise ArgumentError for what cannot be asked what networks show."""
    if not callable(value):
        raise ArgumentError(field, value, "allowed is what a function of `evidence` returns", "lowest_loss(after=60)")
