"""How a table may be read otherwise, as the desk shows it and a person chooses it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

READING: dict[str, tuple[str, dict[str, Any]]] = {
    "header": ("First line", {"told by itself": None, "names": True, "a row": False}),
    "decimal": ("Decimal sign", {"told by itself": None, ".": ".", ",": ","}),
    "day_first": ("Day first", {"told by itself": None, "yes, 1/2 is in February": True, "no, in January": False}),
    "bad_lines": ("Lines that do not fit", {"refused": "refuse", "skipped": "skip"}),
    "quote": ("Quotes", {"told by itself": None, "plain signs": ""}),
    "spellings": ("Spellings", {"Yes = yes": "merge", "kept apart": "keep"}),
    "encoding": ("Encoding", {"told by itself": None, "UTF-8": "utf-8", "Windows": "cp1252", "Mac": "mac_roman"}),
    "missing": ("Missing too", {}),
    "sheet": ("Sheet", {}),
}
"""How a table may be read otherwise: options of `read_table`, each with its choices; a text where it has none."""


def meant(option: str, text: str) -> Any:
    """The value of an option of `read_table` that a person has chosen or typed as `text`; None if it has none."""
    choices = READING[option][1]
    if choices:
        return choices.get(text)
    if option == "missing":
        return tuple(entry.strip() for entry in text.split(",") if entry.strip())
    return int(text) - 1 if text.isdecimal() and len(text) < 5 else text.strip() or None


def described(option: str, value: Any) -> dict[str, Any]:
    """An option and its `value` as the page shows them: title, choices, and the text of the value."""
    title, choices = READING[option]
    if option == "missing":
        text = ", ".join(value or ())
    elif option == "sheet":
        text = "" if value is None else str(value + 1) if isinstance(value, int) else value
    else:
        text = next(text for text, choice in choices.items() if choice == value or value is None)
    return {"option": option, "title": title, "choices": list(choices), "value": text}


def missing_in(entries: Iterable[str]) -> dict[str, list[str]]:
    """What stands for a missing value in which column: "-999" in all of them (""), "age: 99" in one."""
    found: dict[str, list[str]] = {}
    for entry in entries:
        name, sign, text = entry.rpartition(": ")
        found.setdefault(name.strip() if sign else "", []).append(text.strip())
    return found
