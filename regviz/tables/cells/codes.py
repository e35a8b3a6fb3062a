"""Numbers that may be something else: versions, telephones, choices."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from ...language import en, tr
from ..errors import quoted
from ..notes import Note, other_kind
from .numbers import CODE, Written, with_plain_digits

CHOICES = re.compile(r"(\d),(\d)", re.ASCII)
LONGER_CHOICES = re.compile(r"([1-9]\d?),([1-9]\d?)", re.ASCII)
BEHIND = re.compile(r"[\d.,]\s?[-−–](\s|$|[^\d\s])")
SHORT = re.compile(r"\d[eE]\d{1,3}", re.ASCII)
UNSURE = re.compile(r"\d\s*\(\d{1,3}\)")
MARK = re.compile(r"[\d.]\s?(\*(?!\s?10)|[†‡]|\[[a-z\d]{1,2}\])")
SIZED = re.compile(r"\d\s?(?!10|[eEdD][+-]?\d)[^\W\d_]")
ROUNDED = re.compile(r"\d[.,]\d{1,5}E\+1[1-9]", re.ASCII)
"""9.0072E+15 was an id, perhaps."""

ERROR = re.compile(r"\d\s?(±|\+/-)")

POSTAL = re.compile(r"(.*[ _.-])?(plz|postleitzahl|zip|zip ?codes?|post(al)?[ _]?codes?|cap|code[ _]postal|cp)", re.I)
"""What columns of postal codes are called."""

TELEPHONE = 9
"""Digits that telephone numbers have at least."""

FEW_CHOICES = 3
"""Different texts such as "1,3" by which a column may be one of choices."""


def twice(numbers: Mapping[str, Written], values: Mapping[str, float]) -> tuple[str, str, bool] | None:
    """Return two texts that are one number, and whether they rather are two codes ("5.10" and "5.1", "+44" and
    "44").
    """
    if len(set(values.values())) == len(values):
        return None
    groups: defaultdict[float, list[str]] = defaultdict(list)
    for text, value in values.items():
        groups[value].append(text)
    soft: tuple[str, str, bool] | None = None
    for texts in groups.values():
        forms = {_form(numbers[text], values[text]): text for text in texts if numbers[text].stored is None}
        if len(forms) < 2:
            continue
        (one, first), (other, second), *_ = forms.items()
        bare = not numbers[first].unit and not numbers[second].unit
        if bare and (one[0] != other[0] or one[2] != other[2] or _padded(one[1]) or _padded(other[1])):
            return first, second, True
        soft = soft or (first, second, False)
    return soft


def _form(number: Written, value: float) -> tuple[str, str, int]:
    """What of how a number is written may carry meaning: signs between thousands and units do not."""
    body = number.body.replace(" ", "").replace("'", "").replace(number.group or "\0", "").replace(",", ".")
    return number.sign if value else "", body, int(number.exponent[1:] or 0)


def _padded(body: str) -> bool:
    """Whether there is a zero behind a decimal that is none."""
    return re.search(r"\.\d*[1-9]0+$", body) is not None


def telephones(numbers: Mapping[str, Written]) -> bool:
    """Return whether all numbers have groups and equally many digits, nine or more: so have telephones, and seldom
    amounts.
    """
    lengths: set[int] = set()
    for one in numbers.values():
        digits = one.body.replace(one.group, "") if one.group in (".", " ") else ""
        if not digits.isdigit() or one.sign == "-" or one.unit:
            return False
        lengths.add(len(digits))
    return len(lengths) == 1 and lengths.pop() >= TELEPHONE and len(numbers) > 1


def uneven(numbers: Mapping[str, Written]) -> str:
    """Return a text such as "5.10" beside "5.9": it may be a version. "" if there is none."""
    if not any(text[-1] == "0" for text in numbers):
        return ""
    plain = (text for text, one in numbers.items() if one.decimal == "." and re.fullmatch(r"\d+\.\d+", text))
    decimals = [(len(text.rpartition(".")[2]), text) for text in plain]
    fewest = min(decimals, default=(0, ""))[0]
    return next((text for digits, text in decimals if digits > fewest and _padded(text)), "")


def padded(numbers: Mapping[str, Written]) -> str:
    """Return a text such as "0101.21", with a zero before other digits, as codes have it; "" if there is none."""
    return next((text for text, one in numbers.items() if re.match(r"0\d+[.,]\d", one.body)), "")


def rising(numbers: Iterable[str], delimiter: str = "") -> str:
    """Return a text such as "1,3" if all that have a comma are two digits, the smaller one first: choices are.

    Between commas ("1,3" in quotes is no usual decimal), two such texts beside single choices are enough, and choices
    may have two digits, if not all second ones have: those are decimals.
    """
    texts = list(numbers)
    pairs = [text for text in texts if "," in text]
    if not pairs:
        return ""
    if all((match := CHOICES.fullmatch(text)) and match[1] < match[2] for text in pairs):
        alone = any(text.isdigit() for text in texts) and delimiter == ","
        return pairs[0] if len(pairs) >= FEW_CHOICES - alone else ""
    found = [match for text in pairs if (match := LONGER_CHOICES.fullmatch(text)) and int(match[1]) < int(match[2])]
    mixed = len({len(match[2]) for match in found}) > 1
    return pairs[0] if delimiter == "," and mixed and len(found) == len(pairs) >= FEW_CHOICES else ""


def oddities(numbers: Mapping[str, Written]) -> list[tuple[str, str]]:
    """Return what is to be said of unusual ways of writing numbers in a {column}, each with a {text} that shows it, of
    some {value}."""
    ways = (
        (
            en("{column}: numbers in parentheses were read as negative, as in {text}."),
            lambda text, one: "(" in text and one.sign == "-",
        ),
        (
            en("{column}: a minus behind was read as one before, as in {text}."),
            lambda text, one: one.sign == "-" and BEHIND.search(text),
        ),
        (
            en("{column}: exponents were read, as in {text}."),
            lambda text, one: CODE.fullmatch(text) or SHORT.fullmatch(text),
        ),
        (
            en("{column}: what stands behind ± was left out, as in {text}."),
            lambda text, one: ERROR.search(text),
        ),
        (
            en("{column}: what stands in parentheses behind was left out, as in {text}."),
            lambda text, one: UNSURE.search(text),
        ),
        (
            en("{column}: marks such as * and [1] were left out, as in {text}."),
            lambda text, one: MARK.search(text),
        ),
        (
            en("{column}: digits of another script were read, as in {text}."),
            lambda text, _: not text.isascii() and with_plain_digits(text) != text,
        ),
        (
            en("{column}: long numbers are rounded, as a spreadsheet shows them, as in {text}."),
            lambda text, _: ROUNDED.fullmatch(text),
        ),
        (
            en("{column}: triangles were read as minus signs, as in {text}."),
            lambda text, one: text[0] in "▲△",
        ),
        (
            en("{column}: words for thousands and millions were multiplied, to {value} as in {text}."),
            lambda text, one: one.exponent and SIZED.search(text),
        ),
    )
    shown = ((said, next((text for text, one in numbers.items() if way(text, one)), "")) for said, way in ways)
    return [(said, text) for said, text in shown if text]


def point_out_postal(name: str, cells: Iterable[Any], notes: list[str]) -> None:
    """Note a column that is called like postal codes and has nothing but four to six digits: numbers they are none."""
    if POSTAL.fullmatch(name) and all(re.fullmatch(r"[1-9]\d{3,5}", str(cell).strip()) for cell in cells):
        said = tr("{column} may be postal codes, which were read as numbers.", column=quoted(name))
        notes.append(Note(said, other_kind(name, "category")))
