"""Numbers as people read them: a true minus sign, one kind of space, an em dash for what is not a number.

Every picture, table and sentence of the lab takes its numbers from here, so that one value reads the same everywhere.
"""

from __future__ import annotations

import math

MINUS = "\N{MINUS SIGN}"
SPACE = "\N{NO-BREAK SPACE}"
"""Between a number and its unit."""
MISSING = "\N{EM DASH}"
"""What is not a number."""

SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def number(value: float, digits: int = 2, sign: bool = False) -> str:
    """`value` with so many decimals, with `sign` also "+0.30"; 10,000 and more as "1.2e+04".

    What rounds to zero has no sign.
    """
    if not math.isfinite(value):
        return MISSING
    if abs(value) >= 1e4:
        return minus(f"{value:+.1e}" if sign else f"{value:.1e}")
    text = f"{abs(value):.{digits}f}"
    if float(text) == 0:
        return text
    return (MINUS if value < 0 else "+" if sign else "") + text


def percent(share: float, digits: int = 0) -> str:
    """A share of 1 in percent ("82 %"). Only 0 reads 0 %, and only 1 reads 100 %; near them are <1 % and >99 %."""
    if not math.isfinite(share):
        return MISSING
    text, edge = f"{100 * share:.{digits}f}", 10.0**-digits
    if share > 0 and float(text) == 0:
        text = f"<{edge:.{digits}f}"
    elif share < 1 and float(text) == 100:
        text = f">{100 - edge:.{digits}f}"
    return f"{minus(text)}{SPACE}%"


def capped(value: float, most: int) -> str:
    """Two decimals, or ">1000" for what is not below `most`."""
    return number(value) if round(value, 2) < most else f">{most}"


def compact(value: float) -> str:
    """A size of any power of ten in few characters: "0.83", "14", "3e−9"."""
    if value == 0 or not math.isfinite(value):
        return "0" if value == 0 else MISSING
    if 0.01 <= abs(value) < 1000:
        return number(value, 2 if abs(value) < 9.995 else 0)
    mantissa, exponent = f"{value:.0e}".split("e")
    return minus(f"{mantissa}e{int(exponent)}")


def significant(value: float, least: float = 1e-10, most: float = math.inf) -> str:
    """Two significant digits without an exponent; `compact` for sizes below `least` or not below `most`."""
    if value and not least <= abs(value) < most:
        return compact(value)
    return number(value, decimals(value)) if value else "0"


def bound(value: float) -> str:
    """An end of a range, with six significant digits: "−3.25", "1.5e+06"."""
    return minus(f"{value:.6g}")


def decimals(value: float) -> int:
    """How many decimals show two significant digits of `value`."""
    return max(0, 1 - math.floor(math.log10(abs(value)))) if value else 0


def power(exponent: int) -> str:
    """A power of ten as the lecture writes it: 0.001, but 10⁻⁴."""
    return f"{10.0**exponent:g}" if -3 <= exponent <= 3 else f"10{str(exponent).translate(SUPERSCRIPTS)}"


def scientific(value: float) -> str:
    """Two significant digits: 0.0024, but 2.4×10⁻⁵."""
    if value == 0 or value >= 1e-4:
        return f"{value:.2g}"
    mantissa, exponent = f"{value:.1e}".split("e")
    return f"{mantissa.removesuffix('.0')}×10{str(int(exponent)).translate(SUPERSCRIPTS)}"


def minus(text: str) -> str:
    """`text` with true minus signs."""
    return text.replace("-", MINUS)
