"""Numbers that are written in parts: durations, feet and inches, fractions. Each becomes one number."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ...language import en

_NUMBER = r"\d+(?:[.,]\d+)?"
HOURS = {
    **dict.fromkeys(("d", "day", "days", "Tag", "Tage"), 24.0),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours", "Std", "Std.", "Stunde", "Stunden"), 1.0),
    **dict.fromkeys(("m", "min", "mins", "min.", "minute", "minutes", "Min", "Min.", "Minuten"), 1 / 60),
    **dict.fromkeys(("s", "sec", "secs", "sec.", "second", "seconds", "Sek", "Sek.", "Sekunden"), 1 / 3600),
}
"""Hours of a unit of time."""

_UNITS = "|".join(re.escape(unit) for unit in sorted(HOURS, key=len, reverse=True))
TIME = re.compile(rf"({_NUMBER})\s?({_UNITS})(?![^\W\d_])", re.ASCII)
DURATION = re.compile(rf"-?(?:{_NUMBER}\s?(?:{_UNITS})(?![^\W\d_])[\s,]*)+(?P<rest>(?<=h)\d\d)?", re.ASCII)
COLON = re.compile(r"([-+])?(\d+):([0-5]\d)(?::([0-5]\d(?:[.,]\d+)?))?", re.ASCII)
TENTHS = re.compile(r"([-+])?(\d{1,3}):([0-5]\d[.,]\d{1,6})", re.ASCII)
SECONDS = re.compile(r"\d{1,2}[.,]\d{1,6}", re.ASCII)
"""Minutes and seconds with tenths, and seconds alone."""

LASTS = re.compile(
    r"(?:.*[\W_])?(?:pace|duration|durations|durée|duree|dauer|duración|durata|length|runtime|laufzeit|split|splits|lap|laps|"
    r"elapsed|zielzeit|netto(?:zeit)?|brutto(?:zeit)?|rundenzeit|chip|gun|finish|interval|swim|bike|run|mm:ss|m:ss|min:sec)"
    r"(?:[\W_\d].*)?|.*(?:dauer|zeit je km)",
    re.IGNORECASE,
)
"""What columns are called whose times are no times of day."""

LONGEST = 5
"""Hours that a video or a race takes at most where nothing else tells it from a time of day."""

FEET = re.compile(
    r"(\d{1,2})\s?(?:'|′|’|ft\.?|feet)(?:\s?(\d{1,2}(?:\.\d+)?)\s?(?:\"|″|”|''|in\.?|inch(?:es)?)?)?", re.ASCII
)
VULGAR = dict(zip("½⅓⅔¼¾⅛⅜⅝⅞", (1 / 2, 1 / 3, 2 / 3, 1 / 4, 3 / 4, 1 / 8, 3 / 8, 5 / 8, 7 / 8), strict=True))
FRACTION = re.compile(rf"(?:(\d+)\s?)?([{''.join(VULGAR)}])|(?:(\d+)\s)?(\d+)/([1-9]\d*)|(\d+)", re.ASCII)


_DAYTIME = r"(?:(?P<sign>[+-])?(?P<hours>\d+):(?P<minutes>[0-5]\d):(?P<seconds>[0-5]\d(?:\.\d+)?))?"
IN_HOURS = en("{column}: durations were read as hours, {text} as {value}.")

SPELT = (
    (
        re.compile(
            r"(?P<minus>-)?P(?:(?P<days>\d+)D)?"
            r"(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+(?:\.\d+)?)S)?)?",
            re.ASCII,
        ),
        "h",
        IN_HOURS,
    ),
    (re.compile(r"(?P<days>-?\d+) days?,? " + _DAYTIME, re.ASCII), "h", IN_HOURS),
    (
        re.compile(r"(?P<hours>\d{1,2}):(?P<minutes>[0-5]\d) ?/ ?(?:km|mi)", re.ASCII),
        "min",
        en("{column}: times for a kilometre or a mile were read as minutes, {text} as {value}."),
    ),
    (
        re.compile(r"(?P<years>\d{1,3}) ?y(?:rs?|ears?)?\.?,? ?(?P<months>\d{1,2}) ?m(?:os?|onths?)?\.?", re.ASCII),
        "years",
        en("{column}: years and months were read as years, {text} as {value}."),
    ),
)
"""Durations of ISO 8601 (PT1H20M) and of pandas (1 days 00:45:00), paces, ages; each with its unit and what is said."""


class Parts(NamedTuple):
    """Numbers for texts, their unit ("" for none), what to say of the {column}, and a {text} that shows it."""

    values: dict[str, float]
    unit: str
    said: str
    example: str


def in_parts(texts: Sequence[str], name: str = "") -> Parts | None:
    """Return `texts` of column `name` (those of them that can be) as numbers that are written in parts, None if they
    are none.

    A column is one of durations only if it has two units of time, and one of fractions only if one of them has a whole
    number before it: "5m" may be metres, and "1/2" a choice.
    """
    return _durations(texts) or _feet(texts) or _fractions(texts) or _sixtieths(texts, name) or _spelt(texts)


def _durations(texts: Sequence[str]) -> Parts | None:
    values: dict[str, float] = {}
    units: set[float] = set()
    most = (0, 0.0, "")
    for text in texts:
        if (found := DURATION.fullmatch(text)) is None:
            continue
        times = [(float(number.replace(",", ".")), HOURS[unit]) for number, unit in TIME.findall(text)]
        times += [(float(found["rest"]), 1 / 60)] if found["rest"] else []
        sizes = [size for _, size in times]
        if sizes != sorted(set(sizes), reverse=True):
            continue  # "5m 3m"
        values[text] = sum(number * size for number, size in times) * (-1 if text[0] == "-" else 1)
        units.update(sizes)
        most = max(most, (len(times), -sizes[0], text))
    clear = {1.0, 1 / 60} <= units or {1 / 60, 1 / 3600} <= units or {24.0, 1.0} <= units
    return Parts(values, "h", IN_HOURS, most[2]) if clear else None


def _feet(texts: Sequence[str]) -> Parts | None:
    found = {text: match for text in texts if (match := FEET.fullmatch(text))}
    inches = {text: match for text, match in found.items() if match[2]}
    if not inches or any(float(match[2]) >= 12 for match in inches.values()):
        return None  # minutes and seconds
    values = {text: int(match[1]) + float(match[2] or 0) / 12 for text, match in found.items()}
    said = en("{column}: feet and inches were read as feet, {text} as {value}.")
    return Parts(values, "ft", said, next(iter(inches)))


def _fractions(texts: Sequence[str]) -> Parts | None:
    values: dict[str, float] = {}
    example = ""
    for text in texts:
        if found := FRACTION.fullmatch(text):
            whole, sign, before, above, below, plain = found.groups()
            if sign:
                values[text] = int(whole or 0) + VULGAR[sign]
            else:
                values[text] = float(plain) if plain else int(before or 0) + int(above) / int(below)
            if (sign or before) and not example:
                example = text
    said = en("{column}: fractions were read as numbers, {text} as {value}.")
    return Parts(values, "", said, example) if example else None


def _sixtieths(texts: Sequence[str], name: str) -> Parts | None:
    """Hours and minutes, or minutes and seconds, that are no time of day."""
    found = {text: match for text in texts if (match := COLON.fullmatch(text))}
    tenths = [text for text in texts if TENTHS.fullmatch(text)]
    long = [text for text, match in found.items() if match[4]]
    short = [text for text, match in found.items() if not match[4]]
    if tenths or (long and short and not _of_day(found)) or (found and LASTS.fullmatch(name)):
        return _minutes(texts, bool(tenths), (tenths or long or short)[0])
    values = {text: _hours(match) for text, match in found.items()}
    if not values or not any(value > 48 or text[0] in "+-" for text, value in values.items()):
        return None
    said = en("{column}: what stands behind a colon was read as sixtieths, {text} as {value}.")
    return Parts(values, "", said, next(iter(values)))


def _hours(found: re.Match[str]) -> float:
    size = int(found[2]) + int(found[3]) / 60 + float((found[4] or "0").replace(",", ".")) / 3600
    return -size if found[1] == "-" else size


def _of_day(found: Mapping[str, re.Match[str]]) -> bool:
    """Whether "8:15" beside "8:15:30" is a time of day: no hour is too large, and hours have two digits or are late."""
    if any(int(match[2]) > 24 or match[1] for match in found.values()):
        return False
    long = [match for match in found.values() if match[4]]
    padded = all(len(match[2]) == 2 for match in found.values())
    return padded or max(int(match[2]) for match in long) > LONGEST


def _minutes(texts: Sequence[str], tenths: bool, example: str) -> Parts:
    """Durations such as 59:42, 1:01:19, 1:27.452 and, among such tenths, 58.2 seconds: all of them in minutes."""
    values: dict[str, float] = {}
    for text in texts:
        if match := TENTHS.fullmatch(text):
            size = int(match[2]) + float(match[3].replace(",", ".")) / 60
            values[text] = -size if match[1] == "-" else size
        elif match := COLON.fullmatch(text):
            values[text] = _hours(match) * (60 if match[4] else 1)
        elif tenths and SECONDS.fullmatch(text):
            values[text] = float(text.replace(",", ".")) / 60
    return Parts(values, "min", en("{column}: durations were read as minutes, {text} as {value}."), example)


def _spelt(texts: Sequence[str]) -> Parts | None:
    """Durations in one of the forms of SPELT, if more than half of the texts have it."""
    for form, unit, said in SPELT:
        found = {text: match for text in texts if len(text) > 2 and (match := form.fullmatch(text))}
        if 2 * len(found) > len(texts):
            return Parts({text: _spelt_size(match) for text, match in found.items()}, unit, said, next(iter(found)))
    return None


def _spelt_size(found: re.Match[str]) -> float:
    given = found.groupdict()
    part = {name: float(given[name]) for name in given if given[name] and name not in ("minus", "sign")}
    if "years" in part:
        return part["years"] + part["months"] / 12
    hours = part.get("hours", 0.0) + part.get("minutes", 0.0) / 60 + part.get("seconds", 0.0) / 3600
    hours *= -1 if given.get("sign") == "-" else 1  # of a pace these are minutes
    size = 24 * part.get("days", 0.0) + hours
    return -size if given.get("minus") else size
