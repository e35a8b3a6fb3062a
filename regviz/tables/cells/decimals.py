"""How the numbers of a column are written, and what is decided from all of them.

A cell may be read in two ways ("1.250"); a column seldom, and a file hardly ever. So `scan` gathers what the cells of
a column say, and `settle` decides with what the others say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from ...language import en, tr
from ..errors import listed, quoted
from ..notes import Note, name_decimal, other_decimal
from .numbers import CODE, HEDGED, OTHER, Written, written

SCALES = frozenset(("%", "‰", "k", "K", "M", "B", "G", "T", "bn", "Bn")) | {
    word + end for word in ("tsd", "Tsd", "mn", "Mn", "mio", "Mio", "mrd", "Mrd") for end in ("", ".")
}
"""Units by which a number is so many times as large: beside "100", "2.5k" is no 2.5."""

FEWEST = 20
"""Rows of numbers beside which a few other texts may be slips."""

DIGITS = 15
"""Digits that a float holds: longer whole numbers are names of things."""

BETWEEN_THOUSANDS = {
    ".": en("{column}: {text} was read as {value} (dots stand between thousands)."),
    ",": en("{column}: {text} was read as {value} (commas stand between thousands)."),
}


@dataclass
class Scan:
    """What the different texts of a column say about how its numbers are written, with how often each stands there."""

    numbers: dict[str, Written] = field(default_factory=dict)
    others: Counter[str] = field(default_factory=Counter)
    count: int = 0
    units: Counter[str] = field(default_factory=Counter)
    decimal: dict[str, str] = field(default_factory=dict)
    """A decimal sign that is certain, and a text that shows it."""
    either: dict[str, list[str]] = field(default_factory=dict)
    code: str = ""
    """A text that is a name rather than a number: it starts with a zero, or is longer than numbers are."""
    hedged: dict[str, Written] = field(default_factory=dict)
    """Of the others those that are a number behind a sign such as <."""

    @property
    def share(self) -> float:
        """How much of the column is numbers."""
        return self.count / max(1, self.count + self.others.total())

    @property
    def fine(self) -> bool:
        """Whether numbers are finer than grades or groups of age are."""
        return len(self.numbers) > 12 or any(number.decimal for number in self.numbers.values())

    @property
    def slips(self) -> bool:
        """Whether there are so many numbers that a few other texts may be slips."""
        return self.fine and self.count >= FEWEST

    @property
    def mixed(self) -> bool:
        """Whether numbers have units of which one is no other: two of them, or "%" and none."""
        units = [unit for unit in self.units if unit]
        return len(units) > 1 or bool(self.units[""] and SCALES.intersection(units))

    def strays(self) -> list[str]:
        """Return texts whose unit or decimal sign is not that of most, where not all have the same."""
        if self.mixed:
            usual = self.units.most_common(1)[0][0]
            same = {usual, usual.removesuffix("s")} | ({""} if usual not in SCALES else set())
            return [text for text, one in self.numbers.items() if one.unit not in same]
        if len(self.decimal) < 2:
            return []
        signs = {text: one.certain for text, one in self.numbers.items()}
        votes = Counter(sign for sign in signs.values() if sign)
        return [text for text, sign in signs.items() if sign == votes.most_common()[-1][0]]


def scan(
    texts: Mapping[str, int],
    stored: Mapping[str, float] | None = None,
    *,
    hedged: bool = False,
    without: Collection[str] = (),
    same: Mapping[str, str] | None = None,
) -> Scan:
    """Return what `texts`, each with how often it occurs, say.

    stored     numbers of cells that were no texts: they do not tell how those are written
    hedged     whether "<0.01" is a number
    without    texts that are taken for none
    same       units that are another one: "hour" is "hours"
    """
    found = Scan()
    exponent = ""
    for text, count in texts.items():
        if stored and text in stored:
            found.numbers[text] = Written("", text, "", "", stored=stored[text])
            found.count += count
            found.units[""] += count
            continue
        number = None if text in without else written(text)
        if number is None and (hedge := HEDGED.fullmatch(text)) and (core := written(hedge["core"])):
            found.hedged[text] = core
            number = core if hedged else None
        if number is None:
            found.others[text] += count
            continue
        if same and number.unit in same:
            number = number._replace(unit=same[number.unit])
        found.numbers[text] = number
        found.count += count
        found.units[number.unit] += count
        if number.certain:
            found.decimal.setdefault(number.certain, text)
        if number.either:
            found.either.setdefault(number.either, []).append(text)
        plain = number.body.isdigit() and not number.exponent
        grouped = bool(number.group) and (number.decimal or ";") not in number.body
        zero = number.body[0] == "0" and len(number.body) > 1 and (plain or grouped)
        if zero or (plain and len(number.body) > DIGITS):
            found.code = found.code or text
        elif not exponent and CODE.fullmatch(text):
            exponent = text
    if exponent and not found.decimal and not any(number.broken for number in found.numbers.values()):
        found.code = found.code or exponent
    for unit in [unit for unit in found.units if len(unit) > 2 and f"{unit}s" in found.units]:
        found.units[f"{unit}s"] += found.units.pop(unit)  # day and days
    return found


class Settled(NamedTuple):
    """How a column's numbers are read: the decimal sign, and a note on it ("" if there is nothing to say)."""

    decimal: str
    note: str


def file_decimal(scans: list[Scan]) -> str:
    """Return the decimal sign that the columns of a file agree on, "" if none tells."""
    votes = Counter(next(iter(one.decimal)) for one in scans if len(one.decimal) == 1 and one.share > 0.7)
    if not votes or (len(votes) == 2 and len(set(votes.values())) == 1):
        return ""
    return votes.most_common(1)[0][0]


def settle(name: str, found: Scan, common: str, asked: str, delimiter: str) -> Settled:
    """Return how the numbers of column `name` are read.

    common       the decimal sign of the file's other columns, "" if none tells
    asked        what a person says, "" if nothing
    delimiter    between cells
    """
    title = quoted(name)
    if asked:
        return _as_asked(name, found, asked)
    if len(found.decimal) == 2:
        shown = listed([quoted(text) for text in found.decimal.values()])
        said = tr("{column} has both decimal signs: {texts}. It was read as text.", column=title, texts=shown)
        return Settled("", Note(said, name_decimal(), column=name))
    certain = next(iter(found.decimal), "")
    if not found.either:
        return Settled(certain or common or ".", "")
    if len(found.either) == 2:
        shown = listed([quoted(texts[0]) for texts in found.either.values()])
        if not certain and not common:
            either = en("{column} has {texts}: one of both signs is a decimal sign. It was read as text.")
            return Settled("", Note(tr(either, column=title, texts=shown), name_decimal(), column=name))
    sign, texts = next(iter(found.either.items()))
    by_file = certain or _by_stored(found, texts[0]) or common
    settled = by_file or _by_size(found, texts) or (OTHER[sign] if _grouped(found, sign, texts, delimiter) else sign)
    example = next((text for one, several in found.either.items() if one != settled for text in several), texts[0])
    number = found.numbers[example]
    if certain and all(sign == certain for sign in found.either):
        return Settled(settled, "")
    read, other = number.value(settled), number.value(OTHER[settled])
    larger = read > other or abs(read) > abs(other)
    said = BETWEEN_THOUSANDS[OTHER[settled]] if larger else en("{column}: {text} was read as {value}.")
    note = tr(said, column=title, text=quoted(example), value=f"{read:.12g}")
    return Settled(settled, Note(note, other_decimal(OTHER[settled], f"{other:.12g}"), column=name))


def _as_asked(name: str, found: Scan, asked: str) -> Settled:
    """The sign that a person says, for all texts that can have it; a column in which none can keeps its own."""
    example = found.decimal.get(OTHER[asked])
    if example is None:
        return Settled(asked, "")
    whole = asked not in found.decimal
    said = en("{column}: {text} can only be {value}, so it was read with {sign} as its decimal sign.")
    if whole:
        said = en("{column}: {text} can only be {value}, so the column was read with {sign} as its decimal sign.")
    sign, value = repr(OTHER[asked]), f"{found.numbers[example].value(asked):.12g}"
    note = tr(said, column=quoted(name), text=quoted(example), value=value, sign=sign)
    return Settled(OTHER[asked] if whole else asked, Note(note, column=name))


def _by_stored(found: Scan, text: str) -> str:
    """The decimal sign with which `text` is of the size of the numbers that were stored as such, if only one is."""
    return _nearest(found, text, [abs(number.stored) for number in found.numbers.values() if number.stored])


def _by_size(found: Scan, texts: list[str]) -> str:
    """The decimal sign with which all `texts` are of the size of the column's whole numbers, if only one is."""
    whole = [number for number in found.numbers.values() if number.body.isdigit() and not number.exponent]
    there = [abs(size) for number in whole if (size := number.value("."))]
    signs = {_nearest(found, text, there) for text in texts}
    return signs.pop() if len(signs) == 1 else ""


def _nearest(found: Scan, text: str, there: list[float]) -> str:
    """The decimal sign with which `text` is ten times nearer to the range of the sizes `there`, "" for none."""
    if not there:
        return ""
    sizes = {sign: abs(found.numbers[text].value(sign)) for sign in OTHER}
    beyond = {sign: max(size / max(there), min(there) / size, 1.0) for sign, size in sizes.items()}
    nearest, other = sorted(beyond, key=lambda sign: beyond[sign])
    return nearest if 10 * beyond[nearest] <= beyond[other] else ""


def _grouped(found: Scan, sign: str, texts: list[str], delimiter: str) -> bool:
    """Whether `sign` rather stands between thousands in `texts` (such as "1.250"), with nothing else to tell by."""
    plain = [number.body for number in found.numbers.values() if number.body.isdigit() and number.stored is None]
    if any(len(body) > 3 for body in plain):
        return False  # 1250 is written without
    rounded = sum(text.rstrip("%€$£ ").endswith("0") for text in texts)
    if plain:
        return rounded > 0 or len(texts) < 4 * len(plain)
    if sign == "," and delimiter == ",":
        return True  # quoted, since it is no decimal sign there
    return rounded == len(texts) and any(len(found.numbers[text].body.split(sign)[0]) > 1 for text in texts)
