"""Units of single cells: what the name of a column says of them, and which are typing errors rather than units."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from .decimals import SCALES, Scan

SIZES = {
    **{unit: ("length", size) for unit, size in {"nm": 1e-9, "µm": 1e-6, "mm": 1e-3, "cm": 1e-2}.items()},
    **{unit: ("length", size) for unit, size in {"dm": 0.1, "m": 1.0, "km": 1e3}.items()},
    **{unit: ("mass", size) for unit, size in {"µg": 1e-6, "mg": 1e-3, "g": 1.0, "kg": 1e3, "t": 1e6}.items()},
    **{unit: ("volume", size) for unit, size in {"ml": 1e-3, "mL": 1e-3, "cl": 1e-2, "dl": 0.1}.items()},
    **{unit: ("volume", size) for unit, size in {"l": 1.0, "L": 1.0}.items()},
    **{unit: ("time", size) for unit, size in {"ms": 1e-3, "s": 1.0, "sec": 1.0, "min": 60.0, "h": 3600.0}.items()},
    **{unit: ("power", size) for unit, size in {"mW": 1e-3, "W": 1.0, "kW": 1e3, "MW": 1e6}.items()},
    **{unit: ("voltage", size) for unit, size in {"mV": 1e-3, "V": 1.0, "kV": 1e3}.items()},
    **{unit: ("pressure", size) for unit, size in {"Pa": 1.0, "hPa": 1e2, "mbar": 1e2, "kPa": 1e3}.items()},
    **{unit: ("frequency", size) for unit, size in {"Hz": 1.0, "kHz": 1e3, "MHz": 1e6, "GHz": 1e9}.items()},
}
"""What a unit measures, and how large it is."""

MONEY = {
    "€": "EUR",
    "$": "USD",
    "US$": "USD",
    "£": "GBP",
    "₹": "INR",
    "zł": "PLN",
    "Kč": "CZK",
    "C$": "CAD",
    "A$": "AUD",
}
_OTHERS = (
    "% ‰ ° °C °F °K m² m2 m³ m3 qm sqm km² ha cc ccm Wh kWh MWh A mA bar ppm ppb mmHg bpm rpm mph km/h m/s dB PS hp "
    "lb lbs oz ft yr yrs year years Jahr Jahre day days Tag Tage month months Monat Monate hour hours hr hrs Std mins "
    "mg/dl mg/dL mg/l mg/L g/l µg/m³ µg/m3 mmol/l mmol/L kcal cal kJ px GB MB KB TB pcs Stück St USD EUR GBP CHF JPY "
    "Fr. Rs Rs. kr kr. ¥ ₽ ₩ ₺ R$ NOK SEK DKK PLN CZK HUF INR AUD CAD CNY BRL"
)
KNOWN = frozenset((*_OTHERS.split(), *SIZES, *MONEY))
"""Units that a cell may well have among bare numbers."""

IN_NAME = re.compile(r".+?(?:[\[(]\s*(?P<inside>[^\])]+?)\s*[\])]|[_ ,](?P<behind>[^\s_,()\[\]]+))\s*")
RARE = 10
"""One cell in so many at most has a unit that may be a typing error."""


class Fitted(NamedTuple):
    """What the cells with a unit are times to be in `unit`, that of the column's name, and which are no numbers."""

    unit: str
    factors: Mapping[str, float]
    strays: tuple[str, ...]


def unit_in(name: str) -> str:
    """Return the unit that a column's name ends with: mm of "length (mm)" and of "length_mm", "" if there is none."""
    if found := IN_NAME.fullmatch(name):
        unit = found["inside"] or found["behind"]
        return unit if unit in KNOWN else ""
    return ""


def fitted(name: str, found: Scan, counts: Mapping[str, int]) -> Fitted:
    """Return the cells of column `name` that have a unit where others have none, or another.

    In a column with a unit in its name they are converted, or strays if they cannot be. Without, a text such as "3O"
    among many bare numbers is a stray, unless its unit is one that is in use.
    """
    units = {text: one.unit for text, one in found.numbers.items() if one.unit}
    bare = found.units[""]
    if not units or (not bare and len(set(units.values())) < 2):
        return Fitted("", {}, ())
    if header := unit_in(name):
        sizes = {text: _factor(unit, header) for text, unit in units.items()}
        strays = tuple(text for text, size in sizes.items() if size is None)
        if _rare(strays, counts, found):
            return Fitted(header, {text: size for text, size in sizes.items() if size is not None}, strays)
        return Fitted("", {}, ())
    strays = tuple(text for text, unit in units.items() if not _in_use(text, unit))
    return Fitted("", {}, strays if bare and _rare(tuple(units), counts, found) else ())


def without_units(found: Scan, factors: Mapping[str, float], counts: Mapping[str, int]) -> Scan:
    """Return `found` with the units of the texts in `factors` left out: they are numbers like the bare ones."""
    for text in factors:
        if one := found.numbers.get(text):
            found.units[one.unit] -= counts[text]
            found.units[""] += counts[text]
            found.numbers[text] = one._replace(unit="")
    found.units = +found.units
    return found


def _factor(unit: str, header: str) -> float | None:
    if MONEY.get(unit, unit) == MONEY.get(header, header):
        return 1.0
    if unit in SIZES and header in SIZES and SIZES[unit][0] == SIZES[header][0]:
        return SIZES[unit][1] / SIZES[header][1]
    return None


def _rare(texts: tuple[str, ...], counts: Mapping[str, int], found: Scan) -> bool:
    return RARE * sum(counts[text] for text in texts) <= found.count


def _in_use(text: str, unit: str) -> bool:
    """Whether a unit is known; a single letter needs a blank before it ("5 g", while "5s" may be 55)."""
    known = unit in KNOWN or unit in SCALES
    return known and (len(unit) > 1 or not unit.isalpha() or unit in SCALES or " " in text)
