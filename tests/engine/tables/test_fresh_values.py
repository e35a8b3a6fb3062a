"""Values that could pass for others without a word: durations, typing errors, codes for a gap, seasons."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from regviz.tables import Table, read_table
from regviz.tables.columns import Column

ROWS = 60


def table(cells: Sequence[str], name: str = "v", **how: Any) -> Table:
    """A file of commas whose first column has `cells`, over and over."""
    shown = [f'"{cell}"' if "," in cell else cell for cell in cells]
    rows = [f"{shown[k % len(shown)]},{k * 7 % 11},{'ab'[k * k % 3 > 0]}" for k in range(ROWS)]
    return read_table("\n".join([f"{name},x,y", *rows, ""]), target="y", **how)


def first(column: Column, count: int) -> list[float | str | None]:
    """The first values, None for a gap."""
    if column.kind in ("category", "text"):
        return list(column.texts()[:count])
    return [None if np.isnan(value) else value for value in column.values[:count].tolist()]


def said(read: Table, name: str = "v") -> str:
    return " ".join(note for note in read.notes if note.startswith(f"'{name}'"))


@pytest.mark.parametrize(
    ("cells", "minutes"),
    [
        (["59:42", "1:01:19", "0:30"], [59.7, 61 + 19 / 60, 0.5]),
        (["12:05", "1:02:33", "15:10", "0:59", "2:10:00", "3:07"], [12 + 5 / 60, 62.55, 15 + 1 / 6, 59 / 60, 130]),
        (["1:27.452", "1:28.001", "1:31,5"], [1 + 27.452 / 60, 1 + 28.001 / 60, 1 + 31.5 / 60]),
        (["58.20", "1:00.50", "1:05.50"], [0.97, 1 + 0.5 / 60, 1 + 5.5 / 60]),
        (["-0:30", "59:00", "1:00:00"], [-0.5, 59, 60]),
    ],
)
def test_durations_with_hours_and_without_are_minutes(cells: list[str], minutes: list[float]) -> None:
    read = table(cells)
    column = read.column("v")
    np.testing.assert_allclose(column.values[: len(minutes)], minutes, rtol=1e-12)
    assert (column.kind, column.unit) == ("number", "min")
    assert "durations were read as minutes" in said(read)
    assert "kinds={'v': 'category'} reads categories" in said(read)


def test_a_runner_who_did_not_finish_is_a_gap_among_durations() -> None:
    times = [f"{50 + k}:0{k}" if k < 10 else f"1:{k - 10:02d}:30" for k in range(20)]
    read = table([*times, "DNF"])
    np.testing.assert_allclose(read.column("v").values[[0, 9, 10, 19]], [50, 59 + 9 / 60, 60.5, 69.5], rtol=1e-12)
    assert np.isnan(read.column("v").values[20])
    assert "'DNF' (2 rows), first in line 22, was read as missing" in said(read)


@pytest.mark.parametrize("cells", [["08:15", "08:15:30", "23:59"], ["9:15", "10:20:30", "18:05:00"]])
def test_times_of_day_with_seconds_and_without_stay_hours(cells: list[str]) -> None:
    column = table(cells).column("v")
    parts = [[*map(int, cell.split(":")), 0] for cell in cells]
    np.testing.assert_allclose(column.values[:3], [p[0] + p[1] / 60 + p[2] / 3600 for p in parts], rtol=1e-12)
    assert column.kind == "date"


WHOLE = [str(20 + 3 * k) for k in range(29)]
TENTHS = [f"{2 + k / 10:.1f}" for k in range(29)]


@pytest.mark.parametrize("odd", ["3O", "3D5", "0x80", "35a", "5s", "1h", "35 broken"])
def test_a_typing_error_among_numbers_is_a_gap_not_a_number_with_a_unit(odd: str) -> None:
    read = table([*WHOLE, odd])
    assert first(read.column("v"), 30) == [*map(float, WHOLE), None]
    assert read.column("v").unit == ""
    assert f"'{odd}' (2 rows), first in line 31, was read as missing" in said(read)


def test_a_date_that_a_spreadsheet_made_of_a_number_is_a_gap() -> None:
    read = table([*TENTHS, "02.Mrz"])
    assert first(read.column("v"), 30) == [*map(float, TENTHS), None]
    assert "'02.Mrz' (2 rows), first in line 31, was read as missing" in said(read)


@pytest.mark.parametrize(("odd", "unit"), [("35 mm", "mm"), ("35 €", "€"), ("35 g", "g")])
def test_a_unit_in_use_may_stand_in_one_cell(odd: str, unit: str) -> None:
    read = table([*WHOLE, odd])
    assert first(read.column("v"), 30) == [*map(float, WHOLE), 35]
    assert f"the unit '{unit}' was left out (58 values had none)" in said(read)


@pytest.mark.parametrize(
    ("name", "odd", "value", "unit"),
    [
        ("Länge (mm)", "35 cm", 350, "mm"),
        ("weight_g", "0.5 kg", 500, "g"),
        ("t [s]", "2 min", 120, "s"),
        ("share (%)", "35%", 35, "%"),
        ("price in EUR", "35 €", 35, "EUR"),
    ],
)
def test_a_cell_with_another_unit_than_the_name_is_converted(name: str, odd: str, value: float, unit: str) -> None:
    read = table([*WHOLE, odd], name)
    column = read.column(name)
    np.testing.assert_allclose(column.values[:30], [*map(float, WHOLE), value], rtol=1e-12)
    assert column.unit == unit
    assert f"'{odd}' (2 rows), first in line 31, was read as {value}, in '{unit}'" in said(read, name)


@pytest.mark.parametrize(("name", "odd"), [("price (EUR)", "$35"), ("weight_g", "35 cm"), ("length (mm)", "3O")])
def test_a_cell_whose_unit_cannot_be_that_of_the_name_is_a_gap(name: str, odd: str) -> None:
    read = table([*WHOLE, odd], name)
    assert first(read.column(name), 30) == [*map(float, WHOLE), None]
    assert f"'{odd}' (2 rows), first in line 31, was read as missing" in said(read, name)
