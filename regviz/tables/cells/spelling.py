"""Categories that are written in several ways: which of them are one, and which are only pointed out."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from difflib import SequenceMatcher

from ...language import en, ntr, tr
from ..errors import listed, quoted, with_rows
from ..notes import Note
from ..notes import spellings as apart
from .answers import PAIRS

WORD = re.compile(r"[^\W\d_]+")
NUMBERED = re.compile(r"[^\W\d_]\d|\d[^\W\d_]")
"""A code rather than a word: "Brca1" is no "BRCA1"."""

_MORE = (
    "male female man woman men women männlich weiblich mann frau homme femme masculin féminin hombre mujer masculino"
    " femenino maschio femmina kvinna kobieta mężczyzna boy girl left right high low medium positive negative"
)
ANSWERED = frozenset(word for pair in PAIRS for word in pair) | frozenset(_MORE.split())
"""Words that people shorten to a letter, in small letters."""

SHORTEST = 3
"""Different letters of a word at least: in "AA", "Aa" and "aa", or in "mg" and "Mg", capitals carry meaning."""


def merged(name: str, counts: Counter[str], spellings: str, notes: list[str]) -> dict[str, str]:
    """Return for each text the most frequent spelling of it; the texts themselves if they are to be kept apart.

    Words merge that are the same but for capitals ("Graz", "graz", "GRAZ") or a stray sign ("Graz."); both what was
    merged and what was kept apart is noted.
    """
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for text, _ in counts.most_common():
        groups[_key(text)].append(text)
    same: dict[str, str] = {}
    for texts in groups.values():
        if len(texts) < 2:
            continue
        if spellings == "keep" or not all(_alike(texts[0], text) for text in texts[1:]):
            shown = _shown(texts, counts)
            said = tr(
                "{column}: {texts} are kept apart, though only the spelling differs.", column=quoted(name), texts=shown
            )
            notes.append(Note(said, column=name))
            continue
        say_merged(name, texts, counts, notes)
        same.update({text: texts[0] for text in texts})
    return same


def say_merged(name: str, texts: Sequence[str], counts: Counter[str], notes: list[str]) -> None:
    """Note that `texts`, the most frequent one first, were read as one."""
    said = tr(
        "{column}: {texts} were read as one, {text}.",
        column=quoted(name),
        texts=_shown(texts, counts),
        text=quoted(texts[0]),
    )
    notes.append(Note(said, apart(), column=name))


def point_out_rare(name: str, counts: dict[str, int], notes: list[str]) -> None:
    """Note a rare class whose name is nearly that of a frequent one."""
    total = sum(counts.values())
    rare = [text for text, count in counts.items() if count <= max(2, total // 50) and len(text) > 3]
    for text in rare[:20]:
        for other, count in counts.items():
            near = SequenceMatcher(None, text.lower(), other.lower()).ratio() > 0.8 and not _digits_differ(text, other)
            if other != text and count > 5 * counts[text] and near:
                notes.append(
                    ntr(
                        "{column}: {text} (1 row) looks like {other}; if it is the same, mend the spelling.",
                        "{column}: {text} ({n} rows) looks like {other}; if it is the same, mend the spelling.",
                        counts[text],
                        column=quoted(name),
                        text=quoted(text),
                        other=quoted(other),
                    )
                )


def point_out_short(name: str, counts: Counter[str], notes: list[str]) -> None:
    """Note texts that may be short for others of the column ("y" beside "Yes"), and 0 and 1 beside two answers."""
    pairs: dict[str, str] = {}
    for text in counts:
        short = text.removesuffix(".")
        longer = [word for word in counts if word != text and word.casefold().startswith(short.casefold())]
        if len(longer) == 1 and short.isalpha() and longer[0][len(short) :].islower():
            pairs[text] = longer[0]
    known = {text: word for text, word in pairs.items() if len(text) == 1 and word.casefold() in ANSWERED}
    clear = {text: word for text, word in pairs.items() if len(word) - len(text) > 1}
    found = known or (clear if len(clear) > 1 else {})
    if found:
        shown = [tr("{short} for {long}", short=quoted(text), long=quoted(word)) for text, word in found.items()]
        said = en("{column}: {texts} may be written for short, and were kept apart; if so, write one.")
        notes.append(Note(tr(said, column=quoted(name), texts=listed(shown)), column=name))
    words = {text.casefold() for text in counts}
    if any({*pair, "0", "1"} <= words for pair in PAIRS):
        said = en("{column} has 0 and 1 beside words for no and yes; if they are the same, write one.")
        notes.append(Note(tr(said, column=quoted(name)), column=name))


def _shown(texts: Sequence[str], counts: Counter[str]) -> str:
    return with_rows((text, counts[text]) for text in texts)


def _digits_differ(one: str, other: str) -> bool:
    return [sign for sign in one if sign.isdigit()] != [sign for sign in other if sign.isdigit()]


def _bare(text: str) -> str:
    """`text` without quotes at both ends."""
    return text[1:-1] if len(text) > 2 and text[0] == text[-1] and text[0] in "\"'`" else text


def _key(text: str) -> str:
    bare = text.casefold().strip("\"'` ")
    return bare.rstrip(".;:, ") or text


def _alike(one: str, other: str) -> bool:
    """Whether two texts that differ in capitals and stray signs alone are the same for certain."""
    one, other = _bare(one), _bare(other)
    words = list(zip(WORD.findall(one), WORD.findall(other), strict=False))
    differing = [pair for pair in words if pair[0] != pair[1]]
    if differing:
        return not NUMBERED.search(one) and all(_is_word(a) and _usual(a) and _usual(b) for a, b in differing)
    return one == other or any(_is_word(word) for word, _ in words)


def _is_word(word: str) -> bool:
    letters = word.casefold()
    return len(set(letters)) >= SHORTEST and letters[::2] != letters[1::2]  # "aabbcc" is a genotype


def _usual(word: str) -> bool:
    """Whether capitals stand nowhere, everywhere or at the start: "iPhone" and "AaBb" say something by them."""
    return word.islower() or word.isupper() or (word[0].isupper() and word[1:].islower())
