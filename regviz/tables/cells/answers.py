"""What stands for no and yes in a column of two answers."""

from __future__ import annotations

from collections.abc import Collection

from .missing import AMONG_NUMBERS

_MORE = (
    "nej ja,nee ja,nei ja,não sim,nie tak,ne ano,nem igen,hayır evet,ei kyllä,нет да,ні так,όχι ναι,いいえ はい,否 是,"
    "아니오 예,아니요 예,falso verdadero,falso vero,falso verdadeiro,ложь истина,✗ ✓,✘ ✔,✕ ✓,☐ ☑,☐ ☒"
)
PAIRS = (
    *(("false", "true"), ("no", "yes"), ("n", "y"), ("f", "t"), ("off", "on"), ("nein", "ja"), ("non", "oui")),
    *(("no", "sí"), ("no", "si"), ("falsch", "wahr"), ("faux", "vrai")),
    *((pair.split(" ")[0], pair.split(" ")[1]) for pair in _MORE.split(",")),
)
"""What stands for 0 and 1, in small letters."""

MARKS = frozenset(["x", "✓", "✔", "☑", "☒", "✕", "✗", "✘", "[x]", "(x)"])
"""What stands in a box that was ticked, in small letters."""

LOGICAL = (("false", "true"), ("f", "t"), ("falsch", "wahr"), ("faux", "vrai"))
"""Pairs that programs write: whatever else stands among them is missing, while "no, yes, none" may be three answers."""

DIGITS = frozenset(("0", "1"))
"""Other ways of writing False and True, where the words are there too."""

SIGNS = frozenset(text for text in AMONG_NUMBERS if not text.isalpha())


def ticked(text: str, name: str) -> bool:
    """Return whether `text`, the only one beside empty cells of column `name`, is a tick: a mark, or what the name ends
    with in brackets ("tools [R]")."""
    return text.lower() in MARKS or name.rstrip().endswith((f"[{text}]", f"({text})"))


def nearest(words: Collection[str]) -> frozenset[str]:
    """Return the pair of answers that has most of `words` (in small letters): what else is among them is none."""
    return frozenset(max(PAIRS, key=lambda pair: len(set(pair).intersection(words))))


def answers(words: Collection[str]) -> tuple[tuple[str, str], frozenset[str]] | None:
    """Return what of `words` (in small letters) stands for no and yes, and what for a missing value; None if others are
    among them."""
    for pair in PAIRS:
        blank = AMONG_NUMBERS if pair in LOGICAL else SIGNS
        there = set(words) - blank
        if pair in LOGICAL and there > DIGITS:
            there -= DIGITS
        if there and there <= set(pair) and (len(there) == 2 or len(pair[0]) > 1):
            return pair, blank
    return None
