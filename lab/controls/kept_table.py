"""A table that a page's tab has kept, with how it was read: what comes back when the lab comes back without it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self, get_args

from regviz.data.targets import Task
from regviz.language import en
from regviz.tables.how import GAPS, KINDS

from .reading import READING

KEPT = en("This tab has kept your table {name}. Press Train on it to go on with it.")

MOST_COLUMNS, LONGEST = 10_000, 300
"""Columns that choices may name, and signs of a name."""


@dataclass(frozen=True, slots=True)
class Kept:
    """How a table was read: texts of options, kinds of columns, and what was chosen (arguments of `with_roles`)."""

    how: Mapping[str, str] = field(default_factory=dict)
    kinds: Mapping[str, str] = field(default_factory=dict)
    choices: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def said(cls, message: Mapping[str, Any]) -> Self:
        """Return what a page says of it. Whatever is not as a desk had it is left out: a page may say anything."""
        how, kinds, chosen = (_mapping(message.get(name)) for name in ("how", "kinds", "choices"))
        choices: dict[str, Any] = {}
        for name in ("leave_out", "keep"):
            names = chosen.get(name)
            if isinstance(names, list) and len(names) <= MOST_COLUMNS and all(map(_is_word, names)):
                choices[name] = names
        for name, allowed in (("task", get_args(Task)), ("gaps", GAPS)):
            if _is_word(value := chosen.get(name)) and value in allowed:
                choices[name] = value
        if _is_word(target := chosen.get("target")):
            choices["target"] = target
        return cls(
            {option: text for option, text in how.items() if option in READING and _is_word(text)},
            {column: kind for column, kind in kinds.items() if _is_word(column) and _is_word(kind) and kind in KINDS},
            choices,
        )


NOTHING = Kept()
"""Of a table that is read for the first time."""


def _mapping(said: Any) -> Mapping[str, Any]:
    return said if isinstance(said, dict) and len(said) <= MOST_COLUMNS else {}


def _is_word(said: Any) -> bool:
    return isinstance(said, str) and len(said) <= LONGEST
