"""Units that are one, in singular and plural: "1 an" and "28 ans"."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import takewhile

from ..errors import listed
from .decimals import Scan
from .numbers import Written
from .units import SIZES

_FORMS = (
    "dzień dni,rok lata lat,miesiąc miesiące miesięcy,tydzień tygodnie tygodni,godzina godziny godzin,osoba osoby osób,"
    "sztuka sztuki sztuk,год года лет,день дня дней,месяц месяца месяцев,неделя недели недель,час часа часов,"
    "рік роки років,den dny dní,týden týdny týdnů,rok roky let,člověk lidé lidí,person people,child children,foot feet,"
    "mouse mice,man men,woman women,tooth teeth,leto leti leta let,gads gadi,mies. mies"
)
FORMS = tuple(frozenset(forms.split()) for forms in _FORMS.split(","))
"""Forms of one word that do not begin alike, or of which there are three."""

_TIMES = "second minute hour day week month quarter year decade sekunde stunde tag woche monat jahr mois minuto mes año"
TIMES = frozenset(_TIMES.split())
"""Of two of these none is the plural of the other."""

ALIKE, MOST_MORE = 2, 4
"""Letters at the start that singular and plural share at least, and by how many one is longer at most."""


def same_units(found: Scan) -> dict[str, str]:
    """Return for each unit of a column that is another form of its most frequent one, that one; {} if they are
    different.

    A singular stands only with one and less (French has "1,5 an"), the plural with others; both begin alike.
    """
    units = [unit for unit, _ in found.units.most_common() if unit]
    if len(units) < 2:
        return {}
    usual = max(units, key=lambda unit: (sum(not _single(one) for one in _of(found, unit)), found.units[unit]))
    others = [unit for unit in units if unit != usual]
    if any(form.issuperset(unit.casefold() for unit in units) for form in FORMS):
        return dict.fromkeys(others, usual)
    fits = len(others) == 1 and _alike(others[0], usual) and all(map(_single, _of(found, others[0])))
    return {others[0]: usual} if fits else {}


def _of(found: Scan, unit: str) -> list[Written]:
    return [one for one in found.numbers.values() if one.unit == unit]


def _single(one: Written) -> bool:
    """Whether a number is below two, of which some languages have the singular."""
    return not one.exponent and one.body.replace(",", ".").split(".")[0] in ("0", "1", "")


def _alike(one: str, other: str) -> bool:
    small, large = one.casefold().rstrip("."), other.casefold().rstrip(".")
    if {one, other} & SIZES.keys() or ({small, large.removesuffix("s")} <= TIMES and small != large.removesuffix("s")):
        return False
    start = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(small, large, strict=False)))
    rest = max(len(small), len(large)) - start
    return (
        small.isalpha()
        and large.isalpha()
        and start >= max(ALIKE, min(len(small), len(large)) - 2)
        and rest <= MOST_MORE
    )


def said(same: Mapping[str, str]) -> str:
    """Return the units that were read as one, for a sentence."""
    names = [*same, next(iter(same.values()))]
    return listed([*map(repr, names)], len(names))
