"""Numbers as people read them: a true minus sign, one kind of space, an em dash for what is not a number.

Every picture, table and sentence of the lab takes its numbers from here, so that one value reads the same everywhere.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

MINUS = "\N{MINUS SIGN}"
SPACE = "\N{NO-BREAK SPACE}"
"""Between a number and its unit."""
MISSING = "\N{EM DASH}"
"""What is not a number."""

SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


LEAST = 1e-9
"""Differences nearer to 0 than this are rounding errors, and nobody can tell losses below it apart."""

WIDEST = "0.0e−0"
"""No `number` from `LEAST` to 1000 is wider, but for a sign before it; rooms for numbers are as wide."""


def number(value: float, digits: int | None = None, sign: bool = False) -> str:
    """Return `value` with two significant digits at least: "12.34", "0.40", "0.0034", "3.4e−4"; from 10,000 on
    "1.2e+04".

    With `digits` it has so many decimals, unless nothing of it could be read then. So "0" and "0.00" are said of 0
    alone. With `sign` also "+0.30".
    """
    if not math.isfinite(value):
        return MISSING
    plus = "+" if sign else ""
    if abs(value) >= 1e4:
        return minus(f"{value:{plus}.1e}")
    if value == 0:
        return f"{0:.{digits or 0}f}"
    if digits is None or float(f"{value:.{digits}f}") == 0:
        if abs(value) < 0.000995:
            mantissa, exponent = f"{value:{plus}.1e}".split("e")
            return minus(f"{mantissa}e{int(exponent)}")
        digits = max(2, decimals(value))
    return minus(f"{value:{plus}.{digits}f}")


def at_least(value: float, bound: float) -> bool:
    """Return whether `value` comes to `bound`, within rounding: 0.95 − 0.92 is 0.03, and in floating point less."""
    return value >= bound - 1e-12


def exact(value: float) -> str:
    """Return `value`, one that a person has set, as `number` does, but with all digits it has, up to six: "0.50",
    "0.125".
    """
    places = digits_of(value) - 1 - math.floor(math.log10(abs(value) or 1))
    return number(value, places) if digits_of(value) > 2 and places > 2 else number(value)


def digits_of(value: float) -> int:
    """Return how many significant digits `value` has, at least one and six at most."""
    return max(1, len(f"{abs(value):.5e}".partition("e")[0].rstrip("0")) - 1)


def summed(parts: Sequence[float], digits: int) -> tuple[list[str], str]:
    """Return some numbers and their sum, with the same decimals: the sum is that of what is shown.

    They are `digits` or as many as the smallest of `parts` needs, up to five; what is smaller yet adds nothing.
    """
    digits = max([digits, *(needed for part in parts if (needed := decimals(part)) <= 5)])
    total = sum(round(part, digits) for part in parts) or sum(parts)
    return [number(part, digits) for part in parts], number(total, digits)


def percent(share: float, digits: int = 0) -> str:
    """Return a share of 1 in percent ("82 %"). Only 0 reads 0 %, and only 1 reads 100 %; near them are <1 % and >99
    %.
    """
    if not math.isfinite(share):
        return MISSING
    text, edge = f"{100 * share:.{digits}f}", 10.0**-digits
    if share > 0 and float(text) == 0:
        text = f"<{edge:.{digits}f}"
    elif share < 1 and float(text) == 100:
        text = f">{100 - edge:.{digits}f}"
    return f"{minus(text)}{SPACE}%"


def fixed(value: float, digits: int) -> str:
    """Return `value` with so many decimals whatever its size, as below each other in a column; what rounds to 0 has no
    sign.

    So "0.0" may be said of 0.04 too, other than by `number`: the numbers around it are read as exactly.
    """
    return minus(f"{round(value, digits) + 0.0:.{digits}f}") if math.isfinite(value) else MISSING


def capped(value: float, most: int) -> str:
    """Return `number`, but ">1000" for what is not below `most`, and "<1e−9" for what is above 0 and below `LEAST`."""
    if 0 < value < LEAST:
        return f"<{exponential(LEAST, 1)}"
    return number(value) if round(value, 2) < most else f">{most}"


def signed(value: float, sign: bool = False) -> str:
    """Return a difference as `number` says it, in the room of `WIDEST` and a sign.

    It is "0" below `LEAST`, where it is a rounding error, and ">1000" or "<−1000" where it is beyond.
    """
    if not math.isfinite(value):
        return MISSING
    if round(abs(value), 2) >= 1000:
        return ">1000" if value > 0 else minus("<-1000")
    return number(value if abs(value) >= LEAST else 0.0, sign=sign)


def compact(value: float, digits: int = 2) -> str:
    """Return a size of any power of ten in few characters: "0.83", "14", "3.2e−9"; with one of `digits` "0.03",
    "3e−9".
    """
    if value == 0 or not math.isfinite(value):
        return "0" if value == 0 else MISSING
    if (0.01 if digits == 1 else 0.000995) <= abs(value) < 1000:
        return number(value, (2 if digits == 1 else max(2, decimals(value))) if abs(value) < 9.995 else 0)
    return exponential(value, digits)


def exponential(value: float, digits: int = 2) -> str:
    """Return `value` with an exponent: "3.2e−9", "5e−3"."""
    mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
    return minus(f"{mantissa.removesuffix('.0')}e{int(exponent)}")


def significant(value: float, least: float = 1e-10, most: float = math.inf) -> str:
    """Return two significant digits without an exponent; `compact` for sizes below `least` or not below `most`."""
    if value and not least <= abs(value) < most:
        return compact(value)
    return number(value, decimals(value)) if value else "0"


def bound(value: float) -> str:
    """Return an end of a range, with six significant digits: "−3.25", "1.5e+06"."""
    return minus(f"{value:.6g}")


def decimals(value: float) -> int:
    """Return how many decimals show two significant digits of `value`, once it is rounded to them."""
    return max(0, 1 - int(f"{value:.1e}".split("e")[1])) if value else 0


def power(exponent: int) -> str:
    """Return a power of ten as the lecture writes it: 0.001, but 10⁻⁴."""
    return f"{10.0**exponent:g}" if -3 <= exponent <= 3 else f"10{str(exponent).translate(SUPERSCRIPTS)}"


def scientific(value: float, digits: int = 2) -> str:
    """Return so many significant digits: 0.0024, but 2.4×10⁻⁵."""
    if value == 0 or not math.isfinite(value):
        return "0" if value == 0 else MISSING
    if abs(value) >= 1e-4:
        return minus(f"{value:.{digits}g}")
    mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
    return f"{minus(mantissa.removesuffix('.0'))}×10{str(int(exponent)).translate(SUPERSCRIPTS)}"


def minus(text: str) -> str:
    """Return `text` with true minus signs."""
    return text.replace("-", MINUS)
