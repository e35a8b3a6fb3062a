"""A text that is a number: signs, groups of three digits, decimal commas, units."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from .periods import YEAR_FIRST

_CODES = "AUD BRL CAD CHF CNY CZK DKK EUR GBP HKD HUF INR JPY KRW MXN NOK NZD PLN RUB SEK SGD TRY USD ZAR"
_MONEY = (
    rf"(?:(?:US|R|A|C|NZ|HK|S)?\$|[€£¥₹₽₩₺₴₦₱฿₫₪]|{'|'.join(_CODES.split())}|Fr\.|Rs\.?|kr\.?|Kč|zł|лв\.?|Ft|TL|"
    r"руб\.?|грн\.?|円|元|원)"
)
_UNIT = (
    r"(?:[%‰\"″]|°\s?[CFK]?|" + _MONEY + r"|(?!e\d)[A-Za-zµμΩÅ](?:[A-Za-z0-9µμ°²³/^*·.]|-\d){0,9}%?|"
    r"(?![万萬亿億만억])[^\W\d_\x00-\u02ff]{1,8}\.?|[a-zà-öø-ɏ]{3,10}\.?)"
)
SIZES = {
    **dict.fromkeys(("k", "K", "Tsd", "tsd", "тыс", "千", "천"), 3),
    **dict.fromkeys(("万", "萬", "만"), 4),
    **dict.fromkeys(("Lac", "lac", "Lakh", "lakh", "Lacs", "Lakhs"), 5),
    **dict.fromkeys(("M", "m", "mn", "Mn", "Mio", "mio", "MM", "млн", "million", "Million", "Millionen"), 6),
    **dict.fromkeys(("Cr", "cr", "Crore", "crore"), 7),
    **dict.fromkeys(("亿", "億", "억"), 8),
    **dict.fromkeys(("B", "bn", "Bn", "Mrd", "mrd", "млрд", "billion", "Milliarden"), 9),
    "T": 12,
}
"""Words behind a number by which it is so many powers of ten as large."""

DOLLARS = re.compile(r"[A-Z]{0,2}\$")
THOUSANDS = frozenset(("€", "EUR", "CHF", "Fr."))
"""With a T before them they are thousands, as German accounts have them; with dollars it is a trillion."""

SURE_SIZES = frozenset("万萬만亿億억")
"""Of these, the ones that are nothing else even without a currency."""

_SIZE = "|".join(sorted(SIZES, key=len, reverse=True))
NUMBER = re.compile(
    rf"(?P<early>{_MONEY}(?=\s?\())?\s?(?P<open>\()?\s?(?P<sign>[+-])?\s?(?P<money>{_MONEY}|%)?\s?(?P<late>[+-])?\s?"
    rf"(?P<body>\d[\d.,' ]*|[.,]\d+)"
    rf"(?P<exponent>[eE][+-]?\d{{1,3}}|[dD][+-]\d{{2,3}}|\s?[×x·*]\s?10\s?(?:\^\s?)?[+-]?\d{{1,3}})?"
    rf"(?P<behind>--?)?(?P<cents>/-|:-)?(?P<error>\s?(?:±|\+/-)\s?[\d.,]+|\(\d{{1,3}}\))?"
    rf"(?P<mark>\s?\*{{1,4}}|\s?[†‡]|\[[a-z\d]{{1,2}}\])?"
    rf"\s?(?:(?P<size>{_SIZE})\.?(?![^\W\d_]))?\s?(?P<unit>{_UNIT})?\s?(?P<close>\))?"
)
HEDGED = re.compile(
    r"(?P<hedge><=?|>=?|≤|≥|~|≈|c\.|(?:ca|approx|approximately|about|circa|etwa)\b\.?)\s?(?P<core>\S.*)", re.I
)
"""Numbers beyond a limit, or thereabouts."""

LIST = re.compile(r"\d+(?:\s?([.,])\s?\d+)(?:\s?\1\s?\d+)+")
"""Several answers, a version, an address: a number has one decimal sign."""

ADDRESS = re.compile(r"(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)", re.ASCII)
GROUPED = {
    sign: re.compile(rf"\d{{1,3}}(?:{re.escape(sign)}\d{{2,3}})*{re.escape(sign)}\d{{3}}")
    for sign in (".", ",", " ", "'")
}
CODE = re.compile(r"\d{2,}[eE]\d{1,3}|\dE\d{1,3}")
"""Not how numbers with an exponent are written: a program puts one digit before it, and a sign or decimals ("6e+02",
"6.0E2"), a person a small e."""

HEXADECIMAL = re.compile(r"\s*0[xX][0-9A-Fa-f]+\s*", re.ASCII)
"""No number with the unit "x80"."""

_CERTAIN = r"(?:\d+|0\.\d+|\d+\.(?:\d\d?|\d{4,})|\d{4,}\.\d{3})"
PLAIN = re.compile(rf"(-?)({_CERTAIN})", re.ASCII)
"""Numbers that can be read in one way only, and quickly."""

_ONE = r"-?(?:0|[1-9]\d{0,14})(?:\.\d+)?"
ALL_PLAIN = re.compile(rf"{_ONE}(?:\n{_ONE})*", re.ASCII)
"""A column of numbers, one in each line, with no sign but a dot: no codes, no gaps, no units."""

DECIMAL = re.compile(rf"^-?{_CERTAIN}$", re.ASCII | re.MULTILINE)


ODD = re.compile(r"\.\d+0$", re.MULTILINE)
WHOLE = re.compile(r"\.0$", re.MULTILINE)
CLOCKS = re.compile(r"\d{1,2}\.[0-5]\d(?:\n\d{1,2}\.[0-5]\d)*", re.ASCII)


def all_plain(cells: list[str]) -> bool:
    """Return whether a column is nothing but numbers that can be read in one way only: their dots, if it has any, are
    decimal signs for certain, it is no column of times, and no number is written in two ways ("5.10" and "5.1")."""
    joined = "\n".join(cells)
    if joined.count("\n") >= len(cells):
        return False  # a cell has several lines
    if not ALL_PLAIN.fullmatch(joined) or CLOCKS.fullmatch(joined) or all(map(YEAR_FIRST.fullmatch, cells)):
        return False
    if "." not in joined:
        return True
    if ODD.search(joined) or WHOLE.search(joined):
        digits = {len(cell) - cell.find(".") if "." in cell else 0 for cell in cells}
        if (ODD.search(joined) and len(digits) > 1) or 0 in digits:
            return False
    return any("." in found for found in DECIMAL.findall(joined))


SIGNS = str.maketrans(
    {
        **dict.fromkeys("−–－‐‑‒﹣", "-"),
        **{"▲": "-", "△": "-", "＋": "+", "％": "%", "’": "'"},
        **{"\xa0": " ", "\u202f": " ", "\u2009": " ", "\u2007": " "},
        **{"．": ".", "，": ",", "٫": ".", "٬": "'"},
    }
)
"""Signs of other places: minus and triangles before losses, blanks, and those of Arabic and of wide digits."""

FOREIGN = re.compile(r"[^\W\x00-\x7f]")


def with_plain_digits(text: str) -> str:
    """Return `text` with the digits of other scripts as 0 to 9."""
    if text.isascii():
        return text
    return FOREIGN.sub(lambda sign: str(unicodedata.decimal(sign[0], sign[0])), text)


RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
POWER = re.compile(r"(?<=[×·x*]10)[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+")
OTHER = {".": ",", ",": "."}


def western(text: str) -> str:
    """Return `text` with digits and signs of other scripts, or of double width, as they are in ASCII."""
    return text if text.isascii() else with_plain_digits(unicodedata.normalize("NFKC", text))


class Written(NamedTuple):
    """A number as it is written. `decimal` is its decimal sign if only one is possible, `either` a sign that may be a
    decimal sign or one between groups, `group` a sign between groups for certain; `stored` its value if it was no
    text."""

    sign: str
    body: str
    exponent: str
    unit: str
    decimal: str = ""
    either: str = ""
    group: str = ""
    stored: float | None = None

    @property
    def broken(self) -> bool:
        """Whether it was stored as a number that is not whole: no code is."""
        return self.stored is not None and self.stored != round(self.stored)

    @property
    def certain(self) -> str:
        """The only sign that can be its decimal sign, "" if both can."""
        return self.decimal or OTHER.get(self.group, "")

    def value(self, decimal: str) -> float:
        """Return the number if `decimal` is the decimal sign, or the sign that alone can be its."""
        if self.stored is not None:
            return self.stored
        decimal = self.certain or decimal
        body = self.body.replace(" ", "").replace("'", "").replace(OTHER[decimal], "").replace(decimal, ".")
        return float(self.sign + body + self.exponent)


def written(text: str) -> Written | None:
    """Return `text` as a number in any usual way of writing, or None."""
    if plain := PLAIN.fullmatch(text):
        return Written(plain[1], plain[2], "", "", "." if "." in text else "")
    certain = "٫" in text  # which stands before decimals and nowhere else
    text = with_plain_digits(text.strip().translate(SIGNS))
    text = POWER.sub(lambda raised: raised[0].translate(RAISED), text)
    found = NUMBER.fullmatch(text)
    if found is None or HEXADECIMAL.fullmatch(text) or bool(found["open"]) != bool(found["close"]):
        return None
    body = found["body"].rstrip(" ")
    if found["behind"] and (found["sign"] or found["late"] or found["open"] or not re.search("[.,]", body)):
        return None  # "2-" is a grade
    if len(found["behind"] or "") > 1 and body[-1] not in ".,":
        return None
    if (found["error"] or "").startswith("(") and not re.search("[.,]", body):
        return None  # "12(3)" may be a reference
    units = [unit for unit in found.group("early", "money", "unit") if unit]
    if len(units) > 1 or (found["sign"] and found["late"]) or (found["open"] and found["sign"]):
        return None
    unit = units[0] if units else ""
    exponent = _exponent(found["exponent"] or "")
    size = found["size"] or ""
    if size and (exponent or (not _is_money(unit) and size not in SURE_SIZES)):
        if exponent or unit:
            return None
        unit, size = text[found.start("size") : found.end()].strip(" )"), ""
    if size:
        power = SIZES[size]
        if size == "T" and not DOLLARS.fullmatch(unit):
            if not found["unit"] or unit not in THOUSANDS:
                return None  # "€3T" may be either
            power = 3
        exponent = f"e{power}"
    minus = found["behind"] and body[-1] not in ".,"  # in "20.-" the dash stands for no cents
    sign = "-" if found["open"] or minus else found["sign"] or found["late"] or ""
    told = _told(body, bool(found["exponent"]))
    if told is None or "'" in unit:
        return None
    if certain and told[1]:
        told = (".", "", "")
    return Written(sign, body, exponent, unit.replace(" ", ""), *told)


def _exponent(text: str) -> str:
    """The exponent of "1.5D+03" or "1.5×10^3" as Python writes it."""
    return "e" + re.sub(r"^([eEdD]|\s?[×x·*]\s?10\s?(\^\s?)?)", "", text) if text else ""


def _is_money(unit: str) -> bool:
    return bool(unit) and re.fullmatch(_MONEY, unit) is not None


def looks_like_number(text: str) -> bool:
    """Return whether `text` is a number, with a unit or without."""
    return PLAIN.fullmatch(text) is not None or written(text) is not None


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
