"""Whole files as people bring them, each of several columns that could be misread, and every value of it by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import pytest

from regviz.tables import read_table

N = 60
Cell = Callable[[int], Any]


class Right(NamedTuple):
    """A file, its target, what its columns hold in row k (None for a gap), what is said, and the classes."""

    text: str
    target: str
    columns: dict[str, Cell]
    said: tuple[str, ...]
    classes: tuple[str, ...]


FILES: dict[str, Right] = {}


def file(
    name: str,
    head: str,
    row: Callable[[int], Sequence[Any]],
    columns: dict[str, Cell],
    said: tuple[str, ...] = (),
    classes: tuple[str, ...] = ("a", "b"),
    sep: str = ",",
    target: str = "",
) -> None:
    """Add a file of N rows, whose target is its last column unless another is named."""
    names = head.split()
    lines = [sep.join(names), *(sep.join(map(str, row(k))) for k in range(N)), ""]
    FILES[name] = Right("\n".join(lines), target or names[-1], columns, said, classes)


def ab(k: int) -> str:
    return "ab"[k * k % 3 > 0]


def day(k: int, month: int = 0) -> int:
    """Days since 1970 of a day in 2024."""
    return int(np.datetime64(f"2024-{month or k % 12 + 1:02d}-{k % 28 + 1:02d}").astype("M8[D]").astype(int))


file(
    "genotypes",
    "rs1 rs2 bmi ill",
    lambda k: (("AA", "Aa", "aa")[k % 3], ("CC", "CT", "TT")[k * 5 % 3], f"{18 + k % 15}.{k % 10}", "yn"[k % 2]),
    {"rs1": lambda k: ("AA", "Aa", "aa")[k % 3], "bmi": lambda k: 18 + k % 15 + k % 10 / 10},
    ("'rs1': 'AA' (20 rows), 'Aa' (20 rows) and 'aa' (20 rows) are kept apart",),
    ("n", "y"),
)
file(
    "a survey",
    "q1 q2 q3 sat",
    lambda k: (
        99 if k % 12 == 5 else k % 5 + 1,
        f'"{("1,3", "2,3,4", "1", "2")[k % 4]}"',
        -9 if k % 10 == 3 else k % 4,
        k % 3 + 1,
    ),
    {
        "q1": lambda k: 99 if k % 12 == 5 else k % 5 + 1,
        "q2": lambda k: ("1,3", "2,3,4", "1", "2")[k % 4],
        "q3": lambda k: -9 if k % 10 == 3 else k % 4,
    },
    ("'q1' has 99 in 5 rows", "'q3' has -9 in 6 rows", "'q2': '2,3,4' is a list"),
    ("1", "2", "3"),
)
file(
    "a survey with decimal commas",
    "q1 q2 note",
    lambda k: (("1,3", "2,3,4", "1")[k % 3], f"{k % 7},5", ("gut", "Gut", "schlecht")[k % 3]),
    {"q1": lambda k: ("1,3", "2,3,4", "1")[k % 3], "q2": lambda k: k % 7 + 0.5},
    ("'gut' (20 rows) and 'Gut' (20 rows) were read as one",),
    ("gut", "schlecht"),
    ";",
)
file(
    "a bank's, in America",
    "date amount kind",
    lambda k: (
        f"{k % 12 + 1:02d}/{k % 28 + 1:02d}/2024",
        f'"{"(" * (k % 3 == 0)}${1000 + k * 37:,}.50{")" * (k % 3 == 0)}"',
        ab(k),
    ),
    {"date": day, "amount": lambda k: (1, -1)[k % 3 == 0] * (1000 + k * 37 + 0.5)},
    ("numbers in parentheses were read as negative", "the unit '$' was left out"),
)
file(
    "a bank's, in Germany",
    "Datum Betrag Art",
    lambda k: (
        f"{k % 28 + 1:02d}.{k % 12 + 1:02d}.2024",
        f"{'-' * (k % 3 == 0)}{1 + k % 9}.{k * 37 % 1000:03d},50 €",
        ab(k),
    ),
    {"Datum": day, "Betrag": lambda k: (1, -1)[k % 3 == 0] * ((1 + k % 9) * 1000 + k * 37 % 1000 + 0.5)},
    ("the unit '€'", "Decimal commas were read in 'Betrag'"),
    sep=";",
)
file(
    "a laboratory's",
    "crp hb vitd ill",
    lambda k: (
        "<0.5" if k % 6 == 1 else f"{k % 20 * 1.3 + 0.5:.1f}",
        120 + k % 40,
        ">150" if k % 20 == 7 else f"{20 + k % 80}.5",
        ("neg", "pos")[k % 2],
    ),
    {
        "crp": lambda k: 0.5 if k % 6 == 1 else round(k % 20 * 1.3 + 0.5, 1),
        "hb": lambda k: 120 + k % 40,
        "vitd": lambda k: 150 if k % 20 == 7 else 20 + k % 80 + 0.5,
    },
    ("'<0.5' (10 rows) was read as 0.5", "'>150' (3 rows) was read as 150"),
    ("neg", "pos"),
)
file(
    "a weather station's",
    "t temp hum state",
    lambda k: (
        f"2024-03-01 {k % 24:02d}:{k % 60:02d}:00",
        -999.9 if k % 11 == 3 else f"{k % 30}.{k % 9 + 1}",
        9999 if k % 15 == 2 else 40 + k % 30,
        ("off", "on")[k % 2],
    ),
    {
        "t": lambda k: 19783 + k % 24 / 24 + k % 60 / 1440,
        "temp": lambda k: -999.9 if k % 11 == 3 else k % 30 + (k % 9 + 1) / 10,
        "hum": lambda k: 9999 if k % 15 == 2 else 40 + k % 30,
    },
    ("'temp' has -999.9 in 6 rows, far from the others", "'hum' has 9999 in 4 rows, far from the others (40 to 69)"),
    ("off", "on"),
)
file(
    "runners",
    "name time pace won",
    lambda k: (f"r{k % 9}", f"{1 + k % 3}:{k % 60:02d}:{k * 7 % 60:02d}", f"{4 + k % 3}:{k * 11 % 60:02d}", k % 2),
    {
        "time": lambda k: 1 + k % 3 + k % 60 / 60 + k * 7 % 60 / 3600,
        "pace": lambda k: 4 + k % 3 + k * 11 % 60 / 60,
    },
    ("'time': times of day were read as hours",),
    ("0", "1"),
)
file(
    "people in feet and pounds",
    "height weight sex",
    lambda k: (f'"{5 + k % 2}\'{k % 12}"""', f"{120 + k} lbs", "FM"[k % 2]),
    {"height": lambda k: 5 + k % 2 + k % 12 / 12, "weight": lambda k: 120 + k},
    ("feet and inches were read as feet", "the unit 'lbs'"),
    ("F", "M"),
)
file(
    "versions",
    "version downloads ok",
    lambda k: (("3.8", "3.9", "3.10", "3.1")[k % 4], f'"{k * 1234 + 1000:,}"', ab(k)),
    {"downloads": lambda k: k * 1234 + 1000, "ok": ab},
    ("'3.10' and '3.1' are one number in two ways, so they were read as codes",),
    ("3.1", "3.10", "3.8", "3.9"),
    target="version",
)
file(
    "flats",
    "no size kind",
    lambda k: (("6E2", "6A1", "7B3", "600")[k % 4], f"{40 + k} m²", ab(k)),
    {"no": lambda k: ("6E2", "6A1", "7B3", "600")[k % 4], "size": lambda k: 40 + k},
    ("the unit 'm²'",),
    sep=";",
)
file(
    "calls",
    "prefix mins drop",
    lambda k: (("+44", "44", "+1", "0043")[k % 4], f"{k % 7}m {k % 60}s", "ny"[k % 2]),
    {"mins": lambda k: k % 7 / 60 + k % 60 / 3600, "drop": lambda k: k % 2},
    ("'mins': durations were read as hours", "because of '0043'"),
    ("+1", "+44", "0043", "44"),
    target="prefix",
)
file(
    "a network's",
    "ip port attack",
    lambda k: (f"192.168.{100 + k % 3}.{101 + k % 2}", (80, 443, 8080)[k % 3], ("TRUE", "FALSE")[k % 2]),
    {"ip": lambda k: f"192.168.{100 + k % 3}.{101 + k % 2}", "port": lambda k: (80, 443, 8080)[k % 3]},
    ("is a list, a version or an address",),
    ("FALSE", "TRUE"),
)
file(
    "towns",
    "town people y",
    lambda k: (("Zu\u0308rich", "Zürich", "Bern")[k % 3], f"{k % 9 + 1}'{k * 37 % 1000:03d}", ab(k)),
    {"people": lambda k: (k % 9 + 1) * 1000 + k * 37 % 1000},
    ("ways of writing 'Zürich' that look the same",),
    ("Bern", "Zürich"),
    ";",
    "town",
)
file(
    "bills",
    "due paid late",
    lambda k: (
        "31.02.2024" if k == 9 else "offen" if k in (20, 30) else f"{k % 28 + 1:02d}.03.2024",
        f"{k % 28 + 1:02d}.03.24",
        ("ja", "nein", "Ja", "NEIN")[k % 4],
    ),
    {"due": lambda k: None if k in (9, 20, 30) else day(k, 3), "paid": lambda k: day(k, 3)},
    ("'31.02.2024' (1 row), first in line 11", "'offen' (2 rows), first in line 22", "Years of two digits"),
    ("nein", "ja"),
    ";",
)
file(
    "shares",
    "rate share y",
    lambda k: (f"{k % 30 + 0.5}%", f"{k % 30 + 0.5} %" if k % 2 else f"0.{k % 90 + 10}", ab(k)),
    {"rate": lambda k: k % 30 + 0.5},
    ("'rate' is in percent", "'share' has numbers with different units ('%' and none)"),
)
file(
    "incomes in India",
    "income emi y",
    lambda k: (
        f'"₹{k % 9 + 1},{k * 37 % 100:02d},{k * 91 % 1000:03d}"',
        f'"{k % 90 + 10},{k * 91 % 1000:03d}.00"',
        ab(k),
    ),
    {
        "income": lambda k: (k % 9 + 1) * 100000 + k * 37 % 100 * 1000 + k * 91 % 1000,
        "emi": lambda k: (k % 90 + 10) * 1000 + k * 91 % 1000,
    },
    ("the unit '₹'",),
)
file(
    "recipes",
    "cups time veg",
    lambda k: (("1 1/2", "½", "2", "3/4")[k % 4], f"{k % 3}h {k % 50}min", "ny"[k % 2]),
    {"cups": lambda k: (1.5, 0.5, 2, 0.75)[k % 4], "time": lambda k: k % 3 + k % 50 / 60},
    ("fractions were read as numbers",),
    ("n", "y"),
)
file(
    "measurements",
    "g err place",
    lambda k: (f"9.{k % 50 + 50}±0.0{k % 9 + 1}", f"1.{k % 9 + 1}e-0{k % 5 + 3}", ab(k)),
    {"g": lambda k: 9 + (k % 50 + 50) / 100, "err": lambda k: float(f"1.{k % 9 + 1}e-0{k % 5 + 3}")},
    ("what stands behind ± was left out",),
)
file(
    "a timetable and birthdays",
    "dep bday late",
    lambda k: (f"{k % 24:02d}.{k * 7 % 60:02d}", f"{k % 28 + 1:02d}.{k % 12 + 1:02d}", ab(k)),
    {"dep": lambda k: k % 24 + k * 7 % 60 / 60},
    ("'dep': numbers such as '00.00' were taken for times of day", "'bday': '01.01' and others may be days and months"),
    sep=";",
)
file(
    "answers",
    "smokes drinks y",
    lambda k: (("Y", "y", "N", "n")[k % 4], ("Yes", "No", "YES", "no ")[k % 4], ab(k)),
    {"smokes": lambda k: (1, 1, 0, 0)[k % 4], "drinks": lambda k: (1, 0, 1, 0)[k % 4]},
    ("'Y' (15 rows) and 'y' (15 rows) were read as one",),
)
file(
    "a database's",
    "a b y",
    lambda k: ("NULL" if k % 9 == 1 else k % 8, "\\N" if k % 9 == 2 else f"{k % 5}.5", ("1.0", "2.0", "1", "3")[k % 4]),
    {"a": lambda k: None if k % 9 == 1 else k % 8, "b": lambda k: None if k % 9 == 2 else k % 5 + 0.5},
    ("'NULL' (7 rows) were read as missing", "'y': '1.0' and '1' were read as one number"),
    ("1", "2", "3"),
)


@pytest.mark.parametrize("name", FILES)
def test_every_value_of_a_file_is_the_one_that_a_person_reads(name: str) -> None:
    right = FILES[name]
    read = read_table(right.text, target=right.target)
    assert read.rows == N
    for title, cell in right.columns.items():
        column = read.column(title)
        meant = [cell(k) for k in range(N)]
        if column.kind in ("category", "text"):
            assert column.texts() == meant, title
        else:
            numbers = [np.nan if value is None else value for value in meant]
            np.testing.assert_allclose(column.values, numbers, rtol=1e-12, err_msg=title)
    notes = " ".join(read.notes)
    for words in right.said:
        assert words in notes
    assert read.class_names == right.classes
