"""Values as people write them: the right number for each, by hand, and what is said of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from regviz.tables import Table, read_table

ROWS = 60
MARCH = 19783
"""1 March 2024, in days since 1 January 1970."""


def table(cells: Sequence[str], sep: str = ";", **how: Any) -> Table:
    """A file whose first column has `cells`, over and over."""
    quote = '"' if any(sep in cell or '"' in cell for cell in cells) else ""
    doubled = [cell.replace('"', '""') for cell in cells] if quote else cells
    rows = [
        sep.join((f"{quote}{doubled[k % len(cells)]}{quote}", str(k * 7 % 11), "ab"[k * k % 3 > 0]))
        for k in range(ROWS)
    ]
    return read_table("\n".join([sep.join(("v", "x", "y")), *rows, ""]), target="y", **how)


def values(read: Table, count: int) -> list[float | None]:
    """The first numbers of the column, None for a gap."""
    return [None if np.isnan(value) else value for value in read.column("v").values[:count].tolist()]


def said(read: Table) -> str:
    return " ".join(note for note in read.notes if note.startswith("'v'"))


PLAIN = [f"{k * 37 % 101}.{k % 9 + 1}" for k in range(1, 20)]
"""Numbers among which one more stands."""


@pytest.mark.parametrize(
    ("cells", "right", "words"),
    [
        (["R$ 10", "R$ 1.234,50", "R$ 20"], [10, 1234.5, 20], "the unit 'R$' was left out"),
        (["A$5.50", "A$1,234.00", "A$7.25"], [5.5, 1234, 7.25], "the unit 'A$'"),
        (["10 €", "20 €", "15,5 €"], [10, 20, 15.5], "the unit '€'"),
        (["CHF 1'200.-", "CHF 950.-", "CHF 20.50"], [1200, 950, 20.5], "the unit 'CHF'"),
        (["NOK 100", "NOK 250,50", "NOK 75"], [100, 250.5, 75], "the unit 'NOK'"),
        (["1 200 kr", "950 kr", "80 kr"], [1200, 950, 80], "the unit 'kr'"),
        (["12,50 zł", "8,00 zł", "9,90 zł"], [12.5, 8, 9.9], "the unit 'zł'"),
        (["₹1,20,000", "₹95,000", "₹2,00,000.50"], [120000, 95000, 200000.5], "'₹95,000' was read as 95000"),
        (["1,234.50-", "234.00", "2,234.50"], [-1234.5, 234, 2234.5], "a minus behind was read as one before"),
        (["(1,234)", "234", "2,234"], [-1234, 234, 2234], "parentheses were read as negative, as in '(1,234)'"),
        (["($1,234.50)", "$(20.10)", "-$5.25"], [-1234.5, -20.1, -5.25], "parentheses were read as negative"),
        (["5 years", "1 year", "2.5 years"], [5, 1, 2.5], "the unit 'years' was left out"),
        (["5±0.1", "6.5±0.25", "7±1"], [5, 6.5, 7], "what stands behind ± was left out, as in '5±0.1'"),
        (["5 +/- 1 kg", "6.5 +/- 2 kg", "8 +/- 1 kg"], [5, 6.5, 8], "what stands behind ± was left out"),
        (
            ["<0.01", *PLAIN],
            [0.01, 37.2, 74.3],
            "(3 rows) was read as 0.01. missing={'v': '<0.01'} reads a gap",
        ),
        ([">= 200", *PLAIN], [200, 37.2, 74.3], "'>= 200' (3 rows) was read as 200"),
        (["~5", *PLAIN], [5, 37.2, 74.3], "'~5' (3 rows) was read as 5"),
        (["ca. 5", *PLAIN], [5, 37.2, 74.3], "'ca. 5' (3 rows) was read as 5"),
        (["1 1/2", "1/4", "3"], [1.5, 0.25, 3], "fractions were read as numbers, '1 1/2' as 1.5"),
        (["1½", "¼", "3"], [1.5, 0.25, 3], "fractions were read as numbers, '1½' as 1.5"),
        (["5'11\"", "6'", "5'9\""], [5 + 11 / 12, 6, 5.75], "feet and inches were read as feet"),
        (["6 ft 3 in", "5 ft", "5 ft 6 in"], [6.25, 5, 5.5], "feet and inches were read as feet"),
        (["3h 20m", "2h 30m", "45m"], [3 + 1 / 3, 2.5, 0.75], "durations were read as hours, '3h 20m' as 3.33333"),
        (["3 h", "90 min", "45 min"], [3, 1.5, 0.75], "durations were read as hours, '90 min' as 1.5"),
        (["1 day 6 hours", "2 days", "12 hours"], [30, 48, 12], "durations were read as hours"),
        (["3h20", "2h30", "1h45"], [3 + 1 / 3, 2.5, 1.75], "durations were read as hours"),
        (["50:30", "100:15", "3:45"], [50.5, 100.25, 3.75], "behind a colon was read as sixtieths, '50:30' as 50.5"),
        (["-0:30", "1:15", "2:00"], [-0.5, 1.25, 2], "behind a colon was read as sixtieths"),
    ],
)
def test_numbers_in_unusual_ways_are_right_and_noted(cells: list[str], right: list[float], words: str) -> None:
    read = table(cells)
    assert read.column("v").kind == "number"
    assert values(read, len(right)) == pytest.approx(right, rel=1e-12)
    assert words in said(read)
    assert read.column("v").missing == 0


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        (["10-20", "20-30", "30-40"], ""),
        (["1/2", "1/4", "3/4"], ""),
        (["120/80", "130/85", "110/70"], ""),
        (["<18", "18-30", ">30"], ""),
        (["12 %", "0.12", "0.3"], "different units ('%' and none) and was read as text"),
        (["5'30\"", "4'50\"", "6'"], ""),
        (["5m", "3m 2d", "1y"], ""),
        (["(1,2)", "(3,4)", "(5,6)"], "'(1,2)' is in parentheses like all others, so it was read as text"),
        (["65+", "20", "30"], ""),
    ],
)
def test_what_is_no_number_stays_as_it_is_written(cells: list[str], words: str) -> None:
    read = table(cells)
    assert read.column("v").kind == "category"
    assert read.column("v").levels == tuple(sorted(cells))
    assert words in said(read)


@pytest.mark.parametrize("cell", ["12 %", "600 g", "0,5", "1.2k", "low"])
def test_one_number_of_another_kind_is_a_gap_that_is_named(cell: str) -> None:
    unit = " kg" if cell == "600 g" else ""
    read = table([cell if k == 17 else f"{k * 7 % 41}.{k % 9 + 1}{unit}" for k in range(ROWS)])
    assert values(read, 19) == [None if k == 17 else float(f"{k * 7 % 41}.{k % 9 + 1}") for k in range(19)]
    assert f"'v': '{cell}' (1 row), first in line 19, was read as missing." in read.notes
    assert not any(note.startswith("Decimal commas") for note in read.notes)


def test_numbers_of_two_units_are_not_taken_for_each_other_even_if_numbers_are_asked_for() -> None:
    read = table(["5 kg", "600 g", "7 kg"], kinds={"v": "number"})
    assert values(read, 3) == [5, None, 7]
    assert "'600 g' (20 rows), first in line 3, was read as missing" in said(read)


def test_a_kind_that_a_column_cannot_have_is_said() -> None:
    read = table(["AA", "Aa", "aa"], kinds={"v": "number"})
    assert read.column("v").kind == "category"
    assert "it cannot be read as number, so it stays category" in said(read)
    assert "cannot be read" not in said(table(["1", "2", "0"], kinds={"v": "category"}))


def days(cell: str) -> list[str]:
    """Sixty dates of March, one of which is `cell`."""
    return [cell if k == 17 else f"{k % 28 + 1:02d}.03.2024" for k in range(ROWS)]


@pytest.mark.parametrize("cell", ["n/k", "31.02.2024", "0000-00-00", "2024-13-01", "tbc", "45352", "10.03.2024 25:70"])
def test_one_bad_date_is_a_gap_that_is_named(cell: str) -> None:
    read = table(days(cell))
    assert read.column("v").kind == "date"
    assert values(read, 19) == [MARCH + k if k != 17 else None for k in range(19)]
    assert f"'v': '{cell}' (1 row), first in line 19, was read as missing." in read.notes


def test_many_days_that_do_not_exist_are_gaps_and_many_other_texts_make_a_text() -> None:
    cells = [f"{k % 31 + 1:02d}.02.2024" for k in range(31)]
    read = table(cells)
    assert values(read, 31) == [*(MARCH - 29 + k for k in range(29)), None, None]
    assert "'30.02.2024' (1 row), first in line 31, was read as missing" in said(read)
    assert table(["01.03.2024", "soon", "later", "never", "02.03.2024"]).column("v").kind == "category"


def test_dates_of_several_forms_are_read_each_in_its_own() -> None:
    cells = ["2024-03-01", "02/03/2024", "3 March 2024", "04.03.2024", "Mar 5, 2024", "20240306"]
    read = table(cells)
    assert values(read, 6) == [MARCH + k for k in range(6)]
    assert "The day stands before the month in '02/03/2024'. day_first=False reads it the other way" in said(read)


def test_days_and_months_in_both_orders_are_not_guessed() -> None:
    cells = ["13/03/2024", "03/14/2024", "01/02/2024"]
    read = table(cells)
    assert read.column("v").kind == "category"
    assert "'13/03/2024' has the day first and '03/14/2024' the month, so it was read as text" in said(read)
    asked = table(cells, day_first=True)
    assert values(asked, 3) == [MARCH + 12, None, MARCH - 29]
    slip = table(["03/14/2024", *(f"{k:02d}/03/2024" for k in range(1, 29))])
    assert values(slip, 3) == [None, MARCH, MARCH + 1]
    assert "'03/14/2024' (3 rows), first in line 2, was read as missing" in said(slip)


@pytest.mark.parametrize(
    ("cells", "right"),
    [
        (["3:30 PM", "11:15 am", "12:00 AM", "12:30 p.m."], [15.5, 11.25, 0, 12.5]),
        (["5 pm", "11am", "3:30 PM", "12 a.m."], [17, 11, 15.5, 0]),
        (["12.30 Uhr", "9.15 Uhr", "18 Uhr", "07.45 Uhr"], [12.5, 9.25, 18, 7.75]),
        (["12:30 Uhr", "9:15 Uhr", "18:00 Uhr", "7:45 Uhr"], [12.5, 9.25, 18, 7.75]),
        (["12.30", "08.15", "23.59", "07.45", "00.00", "18.20"], [12.5, 8.25, 23 + 59 / 60, 7.75, 0, 18 + 1 / 3]),
        (["22:30", "25:15", "26:00"], [22.5, 25.25, 26]),
    ],
)
def test_times_of_day_are_hours(cells: list[str], right: list[float]) -> None:
    read = table(cells)
    assert read.column("v").kind == "date"
    assert values(read, len(right)) == pytest.approx(right, rel=1e-12)
    assert "times of day were read as hours. kinds={'v': 'category'} reads categories" in said(read)


def test_numbers_that_may_be_times_or_days_are_pointed_out() -> None:
    times = table(["12.30", "9.15", "23.59", "7.05", "18.20", "16.45"])
    assert values(times, 2) == [12.3, 9.15]
    assert "numbers such as '12.30' may be times of day. kinds={'v': 'date'} reads dates" in said(times)
    assert values(table(["12.30", "9.15", "23.59"], kinds={"v": "date"}), 2) == [12.5, 9.25]
    clear = table(["12.30", "08.15", "23.59"])
    assert "may be times of day" in said(clear)
    months = table(["12.03", "13.03", "24.12", "01.04", "17.05"])
    assert months.column("v").levels == ("01.04", "12.03", "13.03", "17.05", "24.12")
    assert "may be days and months, so it was read as text. kinds={'v': 'number'} reads numbers" in said(months)
    asked = table(["12.03", "13.03", "24.12", "01.04", "17.05"], decimal=".")
    assert values(asked, 2) == [12.03, 13.03]
    prices = table(["12.30", "9.95", "23.59", "7.05", "18.20", "16.45"])
    assert not said(prices)


def test_a_bad_time_is_a_gap_that_is_named() -> None:
    read = table(["25:77", *(f"{k % 24:02d}:{k * 7 % 60:02d}" for k in range(40))])
    assert values(read, 3) == pytest.approx([None, 0, 1 + 7 / 60])
    assert re.search(r"'25:77' \(2 rows\), first in line 2, was read as missing", said(read))
