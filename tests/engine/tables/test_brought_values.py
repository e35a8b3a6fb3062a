"""Values whose column, or its name, tells what they are: days in bare digits, durations, digits of other scripts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import numpy as np
import pandas as pd
import pytest

from regviz.tables import Table, read_table

ROWS = 24


def table(cells: Sequence[str], name: str = "v", **how: Any) -> Table:
    rows = [f"{cells[k % len(cells)]}\t{k * 7 % 11}\t{'ab'[k * k % 3 > 0]}" for k in range(ROWS)]
    return read_table("\n".join([f"{name}\tx\ty", *rows, ""]), target="y", delimiter="\t", quote="", **how)


def said(read: Table, name: str = "v") -> str:
    return " ".join(note for note in read.notes if note.startswith(f"'{name}'"))


def values(read: Table, count: int, name: str = "v") -> list[float | str | None]:
    column = read.column(name)
    if column.levels and column.kind != "yes/no":
        return list(column.texts()[:count])
    return [None if np.isnan(value) else value for value in column.values[:count].tolist()]


def days(*texts: str) -> list[float]:
    return [float((date.fromisoformat(text) - date(1970, 1, 1)).days) for text in texts]


SHORT = ["230101", "230215", "231231", "230303", "230404"]


@pytest.mark.parametrize(
    ("name", "cells", "right"),
    [
        ("Datum", SHORT[:3], days("2023-01-01", "2023-02-15", "2023-12-31")),
        ("date", ["01012023", "15022023"], days("2023-01-01", "2023-02-15")),
        ("birth_date", ["1011999", "15022003"], days("1999-01-01", "2003-02-15")),
        ("date", ["12312023", "02152023"], days("2023-12-31", "2023-02-15")),
        ("geburtsDatum", ["010203", "311299", "150604"], days("2003-02-01", "1999-12-31", "2004-06-15")),
        ("day", ["20230101", "20230215"], days("2023-01-01", "2023-02-15")),
        ("month", ["202301", "202302"], days("2023-01-01", "2023-02-01")),
        ("date", ["2023001", "2023032", "2024366"], days("2023-01-01", "2023-02-01", "2024-12-31")),
    ],
)
def test_bare_digits_are_days_where_the_name_says_so_and_all_of_them_are(
    name: str, cells: list[str], right: list[float]
) -> None:
    read = table(cells, name)
    assert (read.column(name).kind, values(read, len(right), name)) == ("date", right)
    assert f"'{cells[0]}' and others were read as days since 1 January 1970" in said(read, name)
    asked = table(cells, name, kinds={name: "number"})
    assert values(asked, 2, name) == [float(cell) for cell in cells[:2]]
    odd = table([*cells, "99999999"[: len(cells[0])]], name)
    assert odd.column(name).kind != "date"


@pytest.mark.parametrize(("day_first", "right"), [(None, "2023-02-01"), (True, "2023-02-01"), (False, "2023-01-02")])
def test_order_of_bare_digits_may_be_said(day_first: bool | None, right: str) -> None:
    read = table(["01022023", "03042023"], "date", day_first=day_first)
    assert values(read, 1, "date") == days(right)
    assert ("though they may be month, day, year" in said(read, "date")) is (day_first is None)


@pytest.mark.parametrize("cells", [SHORT, ["20230101", "20230215"]])
def test_digits_that_may_be_days_are_pointed_out(cells: list[str]) -> None:
    read = table(cells)
    assert values(read, 2) == [float(cell) for cell in cells[:2]]
    assert f"numbers such as '{cells[0]}' may be days (year, month, day). kinds={{'v': 'date'}} reads dates" in said(
        read
    )
    asked = table(cells, kinds={"v": "date"})
    assert values(asked, 2) == days("2023-01-01", "2023-02-15")
    assert "(year, month, day)" in said(asked)


def test_digits_of_which_some_are_no_days_are_not_doubted() -> None:
    assert not said(table(["230101", "230215", "231231", "230303", "239999"]))
    assert not said(table(["230101", "230215"]))


@pytest.mark.parametrize("stored", ["array", "floats", "list", "frame", "workbook"])
def test_stored_numbers_that_are_days_are_dates_too(stored: str) -> None:
    cells = [20230101 + k % 28 for k in range(ROWS)]
    y = ["ab"[k % 2] for k in range(ROWS)]
    whole = np.array(cells)
    if stored == "workbook":
        from io import BytesIO

        file = BytesIO()
        pd.DataFrame({"day": cells, "y": y}).to_excel(file, index=False)
        read = read_table(file.getvalue())
    elif stored == "frame":
        read = read_table(pd.DataFrame({"day": cells, "y": y}))
    else:
        read = read_table({"day": {"array": whole, "floats": whole.astype(float), "list": cells}[stored], "y": y})
    assert (read.column("day").kind, values(read, 2, "day")) == ("date", days("2023-01-01", "2023-01-02"))
    assert "eight digits such as '20230101' were taken for a date. kinds={'day': 'number'}" in said(read, "day")


@pytest.mark.parametrize("column", [[datetime(2023, 1, 1)] * ROWS, [float("nan")] * ROWS, [1e300] * ROWS, [0] * ROWS])
def test_other_stored_values_are_no_days(column: list[Any]) -> None:
    read = read_table({"day": column, "x": list(range(ROWS)), "y": ["a", "b"] * (ROWS // 2)})
    assert "digits" not in said(read, "day")


def test_hours_and_minutes_in_bare_digits_are_pointed_out() -> None:
    read = table(["517", "1545", "932", "1201", "2310"], "dep_time")
    assert values(read, 2, "dep_time") == [517, 1545]
    assert "'517' may be times of day (hours and minutes), and were read as 517; write them as 5:17" in said(
        read, "dep_time"
    )
    for cells, name in (
        (["517", "1545", "932", "1201", "2360"], "dep_time"),
        (["100", "200", "300", "400", "500"], "time"),
    ):
        assert "times of day" not in said(table(cells, name), name)
    assert "times of day" not in said(table(["517", "1545", "932", "1201", "2310"]))


@pytest.mark.parametrize(
    ("cells", "right"),
    [
        (["١٬٢٣٤", "٢٬٥٠٠", "٩٨٧"], [1234, 2500, 987]),
        (["١٢٫٥٠٠", "١٫٢٥٠"], [12.5, 1.25]),
        (["۱۲۳", "۴۵۶"], [123, 456]),
        (["１，２３４", "９８７", "１２"], [1234, 987, 12]),
        (["−１２", "３"], [-12, 3]),
    ],
)
def test_digits_of_other_scripts_are_numbers_with_a_note(cells: list[str], right: list[float]) -> None:
    read = table(cells)
    assert values(read, len(right)) == right
    assert "digits of another script were read" in said(read)


@pytest.mark.parametrize("cells", [["２０２４／０１／１５", "２０２４／０２／１５"], ["٢٠٢٤-٠١-١٥", "٢٠٢٤-٠٢-١٥"]])
def test_dates_in_digits_of_other_scripts(cells: list[str]) -> None:
    read = table([*cells, "2024-03-15"])
    assert values(read, 3) == days("2024-01-15", "2024-02-15", "2024-03-15")


@pytest.mark.parametrize("cells", [["०१२", "१२३"], ["012", "123", "abc"]])
def test_codes_are_not_doubted_once_more(cells: list[str]) -> None:
    notes = said(table(cells))
    assert "look like numbers" not in notes
    assert ("was read as codes" in notes) + ("among numbers made it" in notes) <= 1


@pytest.mark.parametrize(
    ("name", "cells", "minutes"),
    [
        ("pace", ["4:00", "3:45", "5:12"], [4, 3.75, 5.2]),
        ("Dauer", ["12:30", "59:59", "61:02"], [12.5, 59 + 59 / 60, 61 + 2 / 60]),
        ("finish_time", ["1:23:45", "59:30"], [83.75, 59.5]),
        ("lap 1", ["1:23", "0:59"], [1 + 23 / 60, 59 / 60]),
    ],
)
def test_times_of_columns_that_last_are_minutes(name: str, cells: list[str], minutes: list[float]) -> None:
    read = table(cells, name)
    assert (read.column(name).kind, read.column(name).unit) == ("number", "min")
    assert values(read, len(minutes), name) == pytest.approx(minutes, rel=1e-12)
    assert "durations were read as minutes" in said(read, name)


def test_flags_are_told_by_themselves_and_single_units_are_none() -> None:
    read = table(["12.3 b", ":", "12 p", "11.1", ": c"])
    assert values(read, 5) == [12.3, None, 12, 11.1, None]
    assert "flags behind numbers were left out, as in '12.3 b': 'b' (5 rows), 'p' (5 rows) and 'c' (4 rows)" in said(
        read
    )
    for cells in (["12.3 s", "11 s", "10 s"], ["5 s", "3 d"]):
        assert "flags" not in said(table(cells))


@pytest.mark.parametrize(
    ("cells", "right"),
    [
        (["24-01-05", "24-02-06", "24-03-28"], days("2024-01-05", "2024-02-06", "2024-03-28")),
        (["98-12-31", "99-01-15"], days("1998-12-31", "1999-01-15")),
        (["05/01/24", "28/02/24", "11/03/24"], days("2024-01-05", "2024-02-28", "2024-03-11")),
        (["01-01-20", "01-02-21", "01-03-22", "01-04-23"], days("2020-01-01", "2021-01-02", "2022-01-03")),
        (["24.01.05", "24.02.06", "24.03.28"], days("2005-01-24", "2006-02-24", "2028-03-24")),
    ],
)
def test_years_of_two_digits_may_stand_first(cells: list[str], right: list[float | None]) -> None:
    read = table(cells, day_first=None)
    assert values(read, len(right)) == right
    assert ("with the year first" in said(read)) is (cells[0][:2] in ("24", "98") and "-" in cells[0])


def test_losses_of_money_in_parentheses_are_numbers() -> None:
    assert values(table(["($1,100.50)", "($20.00)"]), 2) == [-1100.5, -20]
    assert values(table(["(1)", "(2)"]), 2) == ["(1)", "(2)"]


def test_gaps_of_frames_are_none_of_the_digits() -> None:
    frame = pd.DataFrame({"day": pd.array([20230101, None, 20230103] * 8, dtype="Int64"), "y": ["a", "b", "c"] * 8})
    assert values(read_table(frame), 3, "day") == [days("2023-01-01")[0], None, days("2023-01-03")[0]]


@pytest.mark.parametrize("cells", [[1067, 1069, 10115], ["1067", "1069", "10115"]])
def test_postal_codes_of_a_workbook_are_pointed_out(cells: list[int | str]) -> None:
    rows = {"PLZ": [float(cell) if isinstance(cell, int) else cell for cell in cells * 8], "y": ["a", "b", "c"] * 8}
    assert "may be postal codes" in said(read_table(rows), "PLZ")


@pytest.mark.parametrize("minus", "−–－‐‑‒﹣")
def test_every_sign_that_looks_like_a_minus_is_one(minus: str) -> None:
    assert values(table([f"{minus}1.5", "2.5"]), 2) == [-1.5, 2.5]


def test_long_ids_that_a_spreadsheet_has_rounded_are_pointed_out() -> None:
    read = table(["9.0072E+15", "1.23457E+12"])
    assert values(read, 2) == [9.0072e15, 1.23457e12]
    assert "long numbers are rounded, as a spreadsheet shows them, as in '9.0072E+15'" in said(read)
    assert "rounded" not in said(table(["9.0072E+05", "1.23457E+02"]))
