"""Rows that sum up the others: what they are called in many languages, and whether their numbers are such sums."""

from __future__ import annotations

import math
import re
import statistics
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import islice, pairwise
from typing import Any

from ..cells.missing import is_blank
from ..cells.numbers import looks_like_number
from .rows import Row

SUMS = re.compile(
    r"((grand|sub)[ -]?)?totals?|sums?|summen?|(gesamt|zwischen|end)(summe|ergebnis)|gesamt|insgesamt|zusammen|somme|"
    r"suma|summa|totales?|totale|totaal|total g[eé]n[eé]ral|total general|sous-total|subtotale?|Σ|合计|合計|总计|總計|"
    r"小计|小計|총계|합계|итого|всего|разом|razem|ogółem|łącznie|celkem|spolu|yhteensä|i alt|totalt|toplam|összesen|"
    r"ukupno|σύνολο|sum total|totaux|total(e|i)? (complessiv[oi]|geral|global)|eindtotaal|suma końcowa|общий итог|総計|"
    r"totalsumma|genel toplam|(grand )?totals? \([^)]*\)",
    re.IGNORECASE,
)
STATISTICS = re.compile(
    r"mean( ?(±|\+/-) ?s\.?[de])?|average|avg\.?|median|mittel(wert)?|mw|durchschn(\.|itt)?|ø|count|anzahl|"
    r"std\.?( ?dev\.?)?|stdev\.?|standard deviation|standardabweichung|stabw\.?|s\.?d\.?|"
    r"variance|varianz|min(imum)?\.?|max(imum)?\.?|n|media|"
    r"promedio|moyenne|mediana|średnia|среднее|平均|平均値|평균|keskiarvo|gennemsnitt?|medel(värde)?|ortalama|átlag|"
    r"průměr|(overall|class|group|total|grand)[ -]?(average|mean)|gesamt(durchschnitt|mittel(wert)?)|"
    r"(average|mean|durchschnitt|moyenne) (of|über|von|de) .*",
    re.IGNORECASE,
)
WHOLES = re.compile(r"all|alle|overall|whole|world|welt|monde|tous|toutes|ensemble|todos|tutti|tutte", re.IGNORECASE)

NAMES_TOO = re.compile(r"min|max|n|s\.?d|media|count|mw|mittel|summa|suma", re.IGNORECASE)
"""Words of the above that people, brands and classes are called too: the numbers have to tell."""

FEWEST_SUMMED = 4
"""Rows at least of which a row without a name may be the sum."""


def labelled(row: Row) -> tuple[list[int], str]:
    """Return the places of a row that hold something, and the text of the first without a colon behind it."""
    filled = [k for k, cell in enumerate(row.cells) if not is_blank(cell)]
    return filled, str(row.cells[filled[0]]).strip().rstrip(":. ") if filled else ""


def statistic(text: str) -> bool:
    """Return whether a row that is called so may sum up others."""
    return bool(SUMS.fullmatch(text) or STATISTICS.fullmatch(text))


def sums_up(row: Row, others: list[Row]) -> bool:
    """Return whether `row` is the sum of the others: it says so, or is called "All" and has a number that is the
    sum.
    """
    filled, text = labelled(row)
    if not any(looks_like_number(str(row.cells[k])) for k in filled[1:]) or looks_like_number(text):
        return False
    if any(str(other.cells[filled[0]]).strip().rstrip(":. ") == text for other in others):
        return False
    numbers = [k for k in filled[1:] if looks_like_number(str(row.cells[k]))]
    if SUMS.fullmatch(text) and not NAMES_TOO.fullmatch(text):
        return True
    if not (SUMS.fullmatch(text) or WHOLES.fullmatch(text)):
        return False
    bare = len(numbers) == len(filled) - 1 and len(filled) < len(row.cells)
    return any(adds(row, others, k) for k in numbers) or (
        bool(SUMS.fullmatch(text)) and (bare or all(_beyond(row, others, k) for k in numbers))
    )


def foots(row: Row, above: list[Row], numeric: list[int]) -> bool:
    """Return whether a row below the others is called a sum or a statistic, and its numbers do not speak against it."""
    filled, text = labelled(row)
    if not filled:
        return False
    place, numbers = filled[0], [k for k in filled if k in numeric]
    if place in numeric:
        if looks_like_number(text):
            return unnamed_sum(row, above, numeric)
        return bool(SUMS.fullmatch(text) or STATISTICS.fullmatch(text))
    if len(filled) == 1 and numeric and not NAMES_TOO.fullmatch(text) and len(row.cells) > 1:
        return bool(SUMS.fullmatch(text) or STATISTICS.fullmatch(text))  # of a workbook whose formulas have no values
    if len(filled) < 2 or not (SUMS.fullmatch(text) or STATISTICS.fullmatch(text) or WHOLES.fullmatch(text)):
        return False
    if not numbers:
        return not NAMES_TOO.fullmatch(text) and not WHOLES.fullmatch(text)
    if NAMES_TOO.fullmatch(text) or WHOLES.fullmatch(text):
        others = [str(row.cells[k]) for k in filled[1:] if k not in numeric]
        if others and SUMS.fullmatch(text) and all(map(looks_like_number, others)):
            return True  # numbers in columns of texts or dates are of no row
        if others:
            return False
        bare = len(numbers) == len(filled) - 1 and len(filled) < len(row.cells)
        beyond = bare or all(_beyond(row, above, k) for k in numbers)
        return bool(SUMS.fullmatch(text) and beyond) or all(is_statistic(row, above, k) for k in numbers)
    return True


def unnamed_sum(row: Row, above: list[Row], numeric: list[int]) -> bool:
    """Return whether a row has nothing but the sums of columns, and a gap where no row above has one."""
    filled, _ = labelled(row)
    gaps = [k for k in range(len(row.cells)) if k not in filled and not any(is_blank(o.cells[k]) for o in above)]
    return bool(gaps) and all(k in numeric and adds(row, above, k) for k in filled)


def unlabelled(row: Row, others: Sequence[Row], numeric: Sequence[int]) -> str:
    """Return what a row has of all columns of numbers, "sums" or "means", whatever it is called; "" for neither.

    One column of sums may number the rows instead, and two sums at least have to be greater than all that they are the
    sum of: 1 is the sum of 0, 1 and 0 by chance. Two means at least have to have more decimals than all others.
    """
    texts = [k for k in range(len(row.cells)) if k not in numeric and not is_blank(row.cells[k])]
    few = len(others) < FEWEST_SUMMED or len(numeric) < 2 or any(is_blank(row.cells[k]) for k in numeric)
    if few or any(other.cells[k] == row.cells[k] for other in others for k in texts):
        return ""
    near = others[-20:]  # most rows need no second look
    if sum(_beyond(row, near, k) for k in numeric) > 1 and _all_sums(row, others, numeric):
        return "sums"
    finer = sum(_decimals(row.cells[k]) > max(_decimals(other.cells[k]) for other in near) for k in numeric)
    return "means" if finer > 1 and all(_is_mean(row, others, k) for k in numeric) else ""


def _all_sums(row: Row, others: Sequence[Row], numeric: Sequence[int]) -> bool:
    odd = list(islice((k for k in numeric if not adds(row, others, k)), 2))
    if len(odd) > 1 or len(numeric) - len(odd) < 2 or (odd and not _counts_on(row, others, odd[0])):
        return False
    return sum(_beyond(row, others, k) for k in numeric if k not in odd) > 1


def _is_mean(row: Row, others: Sequence[Row], place: int) -> bool:
    return any(
        abs(math.fsum(parts) / len(parts) - whole) <= 0.51 * step + 1e-9 * abs(whole)
        for whole, parts, step in numbers_of(row, others, place)
        if parts
    )


def _decimals(cell: Any) -> int:
    return len(re.split("[.,]", str(cell))[-1]) if re.search("[.,]", str(cell)) else 0


def _counts_on(row: Row, others: Sequence[Row], place: int) -> bool:
    """Whether a column numbers the rows, this one too."""
    found = [_number(one.cells[place], ".") for one in (*others, row)]
    return all(b is not None and a is not None and b - a == 1 for a, b in pairwise(found))


def first_sums(rows: list[Row], numeric: Sequence[int]) -> int:
    """Return how many rows at the top sum up the others: those that are called so, or one with all sums."""
    called = 0
    while called < len(rows) - FEWEST_SUMMED and statistic(labelled(rows[called])[1]):
        called += 1
    if called and all(_proved(row, rows[called:], numeric) for row in rows[:called]):
        return called
    return int(len(rows) > 3 and (sums_up(rows[0], rows[1:]) or bool(unlabelled(rows[0], rows[1:], numeric))))


def _proved(row: Row, others: Sequence[Row], numeric: Sequence[int]) -> bool:
    """Whether two numbers or more of a row that is called a statistic, and no other row is, are all statistics."""
    filled, text = labelled(row)
    numbers = [k for k in filled[1:] if k in numeric]
    again = any(str(other.cells[filled[0]]).strip().rstrip(":. ") == text for other in others)
    return not again and len(numbers) > 1 and all(is_statistic(row, others, k) for k in numbers)


def adds(row: Row, others: Sequence[Row], place: int, fewest: int = 2) -> bool:
    """Return whether a number is the sum of those of `others`, to the digits that are written."""
    for whole, parts, step in numbers_of(row, others, place):
        if len(parts) >= fewest and any(parts) and abs(math.fsum(parts) - whole) <= 0.51 * step + 1e-9 * abs(whole):
            return True
    return False


def is_statistic(row: Row, others: Sequence[Row], place: int) -> bool:
    """Return whether a number is the sum, mean, median, least, greatest, deviation or count of `others`, as it is
    rounded.
    """
    for whole, parts, step in numbers_of(row, others, place):
        if len(parts) < 2:
            continue
        known: tuple[float, ...] = (
            math.fsum(parts),
            math.fsum(parts) / len(parts),
            statistics.median(parts),
            min(parts),
            max(parts),
            statistics.stdev(parts),
            statistics.pstdev(parts),
            len(parts),
            len(others),
        )
        word = labelled(row)[1].casefold()
        if word in ("min", "max"):
            known = (min(parts) if word == "min" else max(parts),)
        if any(abs(value - whole) <= 0.51 * step + 1e-9 * abs(whole) for value in known):
            return True
    return False


def _beyond(row: Row, others: Sequence[Row], place: int) -> bool:
    """Whether a number is greater than all of its column, as sums are, even of rows that the file has not."""
    return any(parts and whole > max(parts) for whole, parts, _ in numbers_of(row, others, place))


def numbers_of(row: Row, others: Sequence[Row], place: int) -> Iterator[tuple[float, list[float], float]]:
    """Yield a number, those of its column and the step of its last digit, with a decimal point and with a comma."""
    for decimal in ".,":
        whole = _number(row.cells[place], decimal)
        found = [_number(other.cells[place], decimal) for other in others if not is_blank(other.cells[place])]
        parts = [number for number in found if number is not None]
        if whole is not None and 10 * len(parts) >= 9 * len(found):
            digits = str(row.cells[place]).rpartition(decimal)[2] if decimal in str(row.cells[place]) else ""
            step = 10.0 ** -sum(map(str.isdigit, digits))
            yield whole, parts, step if isinstance(row.cells[place], str) else 1e-9 * abs(whole)


@lru_cache(maxsize=8192)  # each number is summed up with those below, one after the other
def _number(cell: Any, decimal: str) -> float | None:
    """A cell's number; None for a text, and where its digits are not grouped as that decimal sign would have it."""
    if isinstance(cell, int | float):
        return float(cell) if math.isfinite(cell) else None
    text = re.sub(r"[\s'$€£%]", "", str(cell)).replace("−", "-")
    other = "," if decimal == "." else "."
    if not re.fullmatch(rf"[+-]?(\d+|\d{{1,3}}(\{other}\d{{3}})+)(\{decimal}\d*)?", text):
        return None
    return float(text.replace(other, "").replace(decimal, "."))
