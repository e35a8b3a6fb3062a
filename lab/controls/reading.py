"""How a table may be read otherwise, as the desk shows it and a person chooses it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from regviz.language import en, tr
from regviz.tables.notes import SEPARATES

BY_ITSELF = en("told by itself")

QUOTED = re.compile(r'(^|[;,\n]|: )(\s*)"((?:[^"]|"")*)"(?=\s*(?:[;,\n]|: |$))')
"""A name or a text in quotes, which may hold what stands between others."""

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
        return tuple(_entries(text))
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
        plain, quotes = _without_quotes(entry)
        name, sign, text = (_bare(part, quotes) for part in plain.rpartition(": "))
        found.setdefault(name if sign else "", []).append(text)
    return found


def _entries(text: str) -> list[str]:
    """The entries of a list, each as it is written: quotes may hold commas and semicolons."""
    plain, quotes = _without_quotes(text)
    found = [_filled(entry, [f'"{quote}"' for quote in quotes]).strip() for entry in SEPARATES.split(plain)]
    return [entry for entry in found if entry]


def _without_quotes(text: str) -> tuple[str, list[str]]:
    """A text with a mark for each thing in quotes, and those."""
    quotes: list[str] = []

    def marked(found: re.Match[str]) -> str:
        quotes.append(found[3])
        return f"{found[1]}{found[2]}\0{len(quotes) - 1}\0"

    return QUOTED.sub(marked, text.replace("\0", "")), quotes


def _bare(part: str, quotes: Sequence[str]) -> str:
    """A name or a text, without the quotes around it."""
    return _filled(part.strip() or part, [quote.replace('""', '"') for quote in quotes])


def _filled(text: str, quotes: Sequence[str]) -> str:
    return re.sub("\0(\\d+)\0", lambda mark: quotes[int(mark[1])], text)
