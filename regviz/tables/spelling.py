"""Categories that differ in nothing but capitals, spaces or a stray sign."""

from __future__ import annotations

from collections import Counter, defaultdict
from difflib import SequenceMatcher

from .errors import counted, listed, quoted


def merged(name: str, counts: Counter[str], spellings: str, notes: list[str]) -> dict[str, str]:
    """For each text the most frequent spelling of it; the texts themselves if they are to be kept apart.

    Single letters stay as they are: "a" and "A" may well be two classes. Both cases are noted.
    """
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for text, _ in counts.most_common():
        groups[_key(text)].append(text)
    same: dict[str, str] = {}
    for key, texts in groups.items():
        if len(texts) < 2:
            continue
        shown = listed([f"{quoted(text)} ({counted(counts[text], 'row')})" for text in texts])
        bare = [text for text in texts if len(text.strip("\"'")) == 1]
        if spellings == "keep" or (len(key) == 1 and len({text.strip("\"'") for text in bare}) > 1):
            notes.append(f"{quoted(name)}: {shown} are kept apart, though only the spelling differs.")
            continue
        notes.append(
            f"{quoted(name)}: {shown} were read as one, {quoted(texts[0])}; spellings='keep' keeps them apart."
        )
        same.update({text: texts[0] for text in texts})
    return same


def point_out_rare(name: str, counts: dict[str, int], notes: list[str]) -> None:
    """Note a rare class whose name is nearly that of a frequent one."""
    total = sum(counts.values())
    rare = [text for text, count in counts.items() if count <= max(2, total // 50) and len(text) > 3]
    for text in rare[:20]:
        for other, count in counts.items():
            near = SequenceMatcher(None, text.lower(), other.lower()).ratio() > 0.8 and not _digits_differ(text, other)
            if other != text and count > 5 * counts[text] and near:
                notes.append(
                    f"{quoted(name)}: {quoted(text)} ({counted(counts[text], 'row')}) looks like {quoted(other)}; "
                    "if it is the same, mend the spelling."
                )


def _digits_differ(one: str, other: str) -> bool:
    return [sign for sign in one if sign.isdigit()] != [sign for sign in other if sign.isdigit()]


def _key(text: str) -> str:
    plain = " ".join(text.casefold().split()).strip("\"'` ")
    return plain.rstrip(".;:, ") or text
