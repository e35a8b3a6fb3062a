"""Texts that are numbers: signs, groups of three digits, decimal commas, units, and what is decided from all of them.

A cell may be read in two ways ("1.250"); a column seldom, and a file hardly ever. So `scan` gathers what the cells of
a column say, and `settle` decides with what the others say."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from .errors import listed, quoted

_MONEY = r"(?:US\$|[$€£¥₹₽₩]|CHF|EUR|USD|GBP|JPY|SEK|PLN|Fr\.|Rs\.?)"
_UNIT = r"(?:[%‰]|°\s?[CFK]?|" + _MONEY + r"|(?!e\d)[A-Za-zµμΩÅ](?:[A-Za-z0-9µμ°²³/^*·.]|-\d){0,9}%?)"
NUMBER = re.compile(
    rf"(?P<open>\()?\s?(?P<sign>[+-])?\s?(?P<money>{_MONEY})?\s?(?P<late>[+-])?\s?"
    rf"(?P<body>\d[\d.,' ]*|[.,]\d+)(?P<exponent>[eE][+-]?\d{{1,3}})?(?P<behind>-)?"
    rf"\s?(?P<unit>{_UNIT})?\s?(?P<close>\))?"
)
GROUPED = {
    sign: re.compile(rf"\d{{1,3}}(?:{re.escape(sign)}\d{{2,3}})*{re.escape(sign)}\d{{3}}")
    for sign in (".", ",", " ", "'")
}
CODE = re.compile(r"\d{2,}[eE]\d{1,3}")
"""Not how numbers with an exponent are written: they have one digit before it, or a sign."""

_CERTAIN = r"(?:\d+|0\.\d+|\d+\.(?:\d\d?|\d{4,})|\d{4,}\.\d{3})"
PLAIN = re.compile(rf"(-?)({_CERTAIN})", re.ASCII)
"""Numbers that can be read in one way only, and quickly."""

_ONE = r"-?(?:0|[1-9]\d{0,14})(?:\.\d+)?"
ALL_PLAIN = re.compile(rf"{_ONE}(?:\n{_ONE})*", re.ASCII)
"""A column of numbers, one in each line, with no sign but a dot: no codes, no gaps, no units."""

DECIMAL = re.compile(rf"^-?{_CERTAIN}$", re.ASCII | re.MULTILINE)


def all_plain(cells: list[str]) -> bool:
    """Whether a column is nothing but numbers whose dots, if it has any, are decimal signs for certain."""
    joined = "\n".join(cells)
    if "-99" in joined or not ALL_PLAIN.fullmatch(joined):
        return False
    return "." not in joined or any("." in found for found in DECIMAL.findall(joined))


SIGNS = str.maketrans({"−": "-", "–": "-", "\xa0": " ", "\u202f": " ", "\u2009": " ", "\u2007": " ", "’": "'"})
OTHER = {".": ",", ",": "."}
SCALES = frozenset(("%", "‰", "k", "K", "M", "B", "G", "T", "bn", "Bn")) | {
    word + end for word in ("tsd", "Tsd", "mn", "Mn", "mio", "Mio", "mrd", "Mrd") for end in ("", ".")
}
"""Units by which a number is so many times as large: beside "100", "2.5k" is no 2.5."""

DIGITS = 15
"""Digits that a float holds: longer whole numbers are names of things."""

TITLES = {".": "dots", ",": "commas", " ": "spaces", "'": "apostrophes"}


class Written(NamedTuple):
    """A number as it is written. `decimal` is its decimal sign if only one is possible, `either` a sign that may be a
    decimal sign or one between groups, `group` a sign between groups for certain."""

    sign: str
    body: str
    exponent: str
    unit: str
    decimal: str = ""
    either: str = ""
    group: str = ""

    def value(self, decimal: str) -> float:
        """The number if `decimal` is the decimal sign."""
        body = self.body.replace(" ", "").replace("'", "").replace(OTHER[decimal], "").replace(decimal, ".")
        return float(self.sign + body + self.exponent)


def written(text: str) -> Written | None:
    """`text` as a number in any usual way of writing, or None."""
    if plain := PLAIN.fullmatch(text):
        return Written(plain[1], plain[2], "", "", "." if "." in text else "")
    found = NUMBER.fullmatch(text.strip().translate(SIGNS))
    if found is None or bool(found["open"]) != bool(found["close"]):
        return None
    body = found["body"].rstrip(" ")
    if found["behind"] and (found["sign"] or found["late"] or found["open"] or not re.search("[.,]", body)):
        return None  # "2-" is a grade
    unit = found["unit"] or found["money"] or ""
    if (found["unit"] and found["money"]) or (found["sign"] and found["late"]) or (found["open"] and found["sign"]):
        return None
    minus = found["behind"] and body[-1] not in ".,"  # in "20.-" the dash stands for no cents
    sign = "-" if found["open"] or minus else found["sign"] or found["late"] or ""
    told = _told(body, bool(found["exponent"]))
    if told is None or "'" in unit:
        return None
    return Written(sign, body, found["exponent"] or "", unit.replace(" ", ""), *told)


def looks_like_number(text: str) -> bool:
    """Whether `text` is a number, with a unit or without."""
    return written(text) is not None


def _told(body: str, exponent: bool) -> tuple[str, str, str] | None:
    """(decimal, either, group) of the digits and signs of a number, or None if there is no such number."""
    dots, commas = body.count("."), body.count(",")
    for sign in (" ", "'"):
        if sign in body:
            whole, decimal, _ = body.partition("." if dots else ",")
            valid = dots + commas <= 1 and GROUPED[sign].fullmatch(whole)
            return (decimal, "", sign) if valid else None
    if dots and commas:
        decimal = max(".,", key=body.rfind)
        whole = body[: body.rfind(decimal)]
        valid = body.count(decimal) == 1 and GROUPED[OTHER[decimal]].fullmatch(whole)
        return (decimal, "", OTHER[decimal]) if valid else None
    sign = "." if dots else ","
    if dots + commas > 1:
        return (OTHER[sign], "", sign) if GROUPED[sign].fullmatch(body) else None
    if dots + commas == 0:
        return "", "", ""
    whole, _, rest = body.partition(sign)
    if len(rest) == 3 and 1 <= len(whole) <= 3 and whole[0] != "0" and not exponent:
        return "", sign, ""
    return sign, "", ""


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

    @property
    def share(self) -> float:
        """How much of the column is numbers."""
        return self.count / max(1, self.count + self.others.total())


def scan(texts: Mapping[str, int]) -> Scan:
    """What `texts`, each with how often it occurs, say."""
    found = Scan()
    for text, count in texts.items():
        number = written(text)
        if number is None:
            found.others[text] += count
            continue
        found.numbers[text] = number
        found.count += count
        found.units[number.unit] += count
        if number.decimal:
            found.decimal.setdefault(number.decimal, text)
        elif number.group in OTHER:
            found.decimal.setdefault(OTHER[number.group], text)
        if number.either:
            found.either.setdefault(number.either, []).append(text)
        plain = number.body.isdigit() and not number.exponent
        grouped = bool(number.group) and (number.decimal or ";") not in number.body
        zero = number.body[0] == "0" and len(number.body) > 1 and (plain or grouped)
        if zero or CODE.fullmatch(text) or (plain and len(number.body) > DIGITS):
            found.code = found.code or text
    return found


class Settled(NamedTuple):
    """How a column's numbers are read: the decimal sign, and a note on it ("" if there is nothing to say)."""

    decimal: str
    note: str


def file_decimal(scans: list[Scan]) -> str:
    """The decimal sign that the columns of a file agree on, "" if none tells."""
    votes = Counter(next(iter(one.decimal)) for one in scans if len(one.decimal) == 1 and one.share > 0.7)
    if not votes or (len(votes) == 2 and len(set(votes.values())) == 1):
        return ""
    return votes.most_common(1)[0][0]


def settle(name: str, found: Scan, common: str, decimal: str | None, thousands: str | None, delimiter: str) -> Settled:
    """How the numbers of column `name` are read.

    common       the decimal sign of the file's other columns, "" if none tells
    decimal      what a person says, None if nothing; likewise `thousands`
    delimiter    between cells
    """
    title = quoted(name)
    asked = decimal or (OTHER.get(thousands, "") if thousands else "")
    if asked:
        return Settled(asked, "")
    if len(found.decimal) == 2:
        shown = listed([quoted(text) for text in found.decimal.values()])
        return Settled("", f"{title} has both decimal signs: {shown}; decimal='.' or decimal=',' decides")
    certain = next(iter(found.decimal), "")
    if not found.either:
        return Settled(certain or common or ".", "")
    if len(found.either) == 2:
        shown = listed([quoted(texts[0]) for texts in found.either.values()])
        if not certain and not common:
            return Settled("", f"{title} has {shown}: one of both signs is a decimal sign; decimal= decides")
    sign, texts = next(iter(found.either.items()))
    by_file = certain or common
    settled = by_file or (OTHER[sign] if _grouped(found, sign, texts, delimiter) else sign)
    example = next((text for one, several in found.either.items() if one != settled for text in several), texts[0])
    number = found.numbers[example]
    if certain and all(sign == certain for sign in found.either):
        return Settled(settled, "")
    read, other = number.value(settled), number.value(OTHER[settled])
    why = f"{TITLES[OTHER[settled]]} stand between thousands" if read > other or abs(read) > abs(other) else "decimals"
    note = f"{title}: {quoted(example)} was read as {read:.12g}"
    if why != "decimals":
        note += f" ({why})"
    return Settled(settled, f"{note}; decimal={OTHER[settled]!r} reads it as {other:.12g}.")


def _grouped(found: Scan, sign: str, texts: list[str], delimiter: str) -> bool:
    """Whether `sign` rather stands between thousands in `texts` (such as "1.250"), with nothing else to tell by."""
    plain = [number.body for number in found.numbers.values() if number.body.isdigit()]
    if any(len(body) > 3 for body in plain):
        return False  # 1250 is written without
    rounded = sum(text.rstrip("%€$£ ").endswith("0") for text in texts)
    if plain:
        return rounded > 0 or len(texts) < 4 * len(plain)
    if sign == "," and delimiter == ",":
        return True  # quoted, since it is no decimal sign there
    return rounded == len(texts) and any(len(found.numbers[text].body.split(sign)[0]) > 1 for text in texts)
