"""How a table may be read otherwise, as the desk shows it and a person chooses it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from regviz.language import en, tr

BY_ITSELF = en("told by itself")

READING: dict[str, tuple[str, dict[str, Any]]] = {
    "header": (en("First line"), {BY_ITSELF: None, en("names"): True, en("a row"): False}),
    "decimal": (en("Decimal sign"), {BY_ITSELF: None, ".": ".", ",": ","}),
    "day_first": (
        en("Day first"),
        {BY_ITSELF: None, en("yes, 1/2 is in February"): True, en("no, in January"): False},
    ),
    "bad_lines": (en("Lines that do not fit"), {en("refused"): "refuse", en("skipped"): "skip"}),
    "quote": (en("Quotes"), {BY_ITSELF: None, en("plain signs"): ""}),
    "spellings": (en("Spellings"), {en("Yes = yes"): "merge", en("kept apart"): "keep"}),
    "encoding": (en("Encoding"), {BY_ITSELF: None, "UTF-8": "utf-8", "Windows": "cp1252", "Mac": "mac_roman"}),
    "missing": (en("Missing too"), {}),
    "sheet": (en("Sheet"), {}),
}
"""How a table may be read otherwise: options of `read_table`, each with its choices; a text where it has none."""


def meant(option: str, text: str) -> Any:
    """Return the value of an option of `read_table` that a person has chosen or typed as `text`; None if it has
    none.
    """
    choices = READING[option][1]
    if choices:
        return choices.get(text)
    if option == "missing":
        return tuple(entry.strip() for entry in text.split(",") if entry.strip())
    return int(text) - 1 if text.isdecimal() and len(text) < 5 else text.strip() or None


def described(option: str, value: Any) -> dict[str, Any]:
    """Return an option and its `value` as the page shows them: title, choices, what these are called, and the
    value's.
    """
    title, choices = READING[option]
    if option == "missing":
        text = ", ".join(value or ())
    elif option == "sheet":
        text = "" if value is None else str(value + 1) if isinstance(value, int) else value
    else:
        text = next(text for text, choice in choices.items() if choice == value or value is None)
    return {
        "option": option,
        "title": tr(title),
        "choices": list(choices),
        "labels": [*map(tr, choices)],
        "value": text,
    }


def missing_in(entries: Iterable[str]) -> dict[str, list[str]]:
    """Return what stands for a missing value in which column: "-999" in all of them (""), "age: 99" in one."""
    found: dict[str, list[str]] = {}
    for entry in entries:
        name, sign, text = entry.rpartition(": ")
        found.setdefault(name.strip() if sign else "", []).append(text.strip())
    return found
