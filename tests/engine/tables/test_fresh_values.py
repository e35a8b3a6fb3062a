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


@pytest.mark.parametrize(
    "code",
    ["-200", "-1", "7777", "88.8", "-6999", "-32768", "2147483647", "-127", "1E+30", "9.96921E+36", "85.00", "-999"],
)
def test_a_frequent_number_far_from_all_others_may_be_a_gap(code: str) -> None:
    cells = [f"{20 + k * 0.3:.1f}" for k in range(19)]
    read = table([*cells, code])
    assert first(read.column("v"), 20) == [*map(float, cells), float(code)]
    name = "85" if code == "85.00" and "has 85 " in said(read) else code
    assert f"'v' has {name} in 3 rows, far from the others (20 to 25.4)" in said(read)
    told = f"missing={{'v': '{name}'}}"
    assert told in said(read)
    again = table([*cells, code], missing={"v": name})
    assert first(again.column("v"), 20) == [*map(float, cells), None]


def test_a_single_code_that_is_nothing_else_is_pointed_out() -> None:
    cells = [f"{20 + k}" for k in range(ROWS)]
    assert "'v' has -9999 in 1 row, far from the others" in said(table([*cells[:-1], "-9999"]))
    assert "far from" not in said(table([*cells[:-1], "-33"]))


@pytest.mark.parametrize("cells", [["-1", "0", "1"], ["1", "2", "3", "50"], ["0", "0", "0", "1", "2", "3", "4", "5"]])
def test_small_numbers_are_not_pointed_out(cells: list[str]) -> None:
    assert "far from" not in said(table(cells))


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ([f"2024-01-{k + 1:02d}" for k in range(19)], "1900-01-01"),
        ([f"2024-01-{k + 1:02d}" for k in range(19)], "1970-01-01"),
        ([f"{k + 1:02d}.01.2024" for k in range(19)], "01.01.1900"),
        ([f"{k + 1:02d}.01.2024" for k in range(19)], "31.12.2999"),
    ],
)
def test_a_day_that_stands_for_none_is_pointed_out(cells: list[str], code: str) -> None:
    read = table([*cells, code])
    assert f"'v' has {code} in 3 rows, far from the others (2024-01-01 to 2024-01-19)" in said(read)
    assert f"missing={{'v': '{code}'}}" in said(read)
    again = table([*cells, code], missing={"v": code})
    assert first(again.column("v"), 20) == [*range(19723, 19742), None]
    assert "far from" not in said(table(cells))


@pytest.mark.parametrize("cells", [["1,3", "2", "1,2", "3"], ["12,13", "2,4", "1,22", "3,14", "1,4"]])
def test_quoted_pairs_between_commas_may_be_choices(cells: list[str]) -> None:
    hint = f"'{cells[0]}' may be a list of choices rather than a number. kinds={{'v': 'category'}} reads categories"
    assert hint in said(table(cells))


@pytest.mark.parametrize("cells", [["1,99", "2,49", "3,75"], ["1,3", "2", "2,1", "3"], ["12,5", "2,25", "7,1"]])
def test_decimal_commas_in_quotes_are_no_choices(cells: list[str]) -> None:
    assert "choices" not in said(table(cells))


@pytest.mark.parametrize(
    ("cells", "days", "words"),
    [
        (["202401", "202402", "202403", "202404", "202405"], [19723, 19754, 19783], "six digits"),
        (["2024011500", "2024011512", "2024011706"], [19737, 19737.5, 19739.25], "ten digits"),
        (["202401150000", "202401151200", "202401170600"], [19737, 19737.5, 19739.25], "twelve digits"),
        (["20240115000000", "20240115120000", "20240117060000"], [19737, 19737.5, 19739.25], "fourteen digits"),
    ],
)
def test_digits_with_the_parts_of_a_moment_are_dates(cells: list[str], days: list[float], words: str) -> None:
    read = table(cells)
    assert (read.column("v").kind, first(read.column("v"), 3)) == ("date", days)
    assert f"{words} such as '{cells[0]}' were taken for a date. kinds={{'v': 'number'}} reads numbers" in said(read)
    assert first(table(cells, kinds={"v": "date"}).column("v"), 3) == days
    assert first(table(cells, kinds={"v": "number"}).column("v"), 3) == [*map(float, cells[:3])]


def test_a_moment_with_letters_is_a_date() -> None:
    read = table(["20240115T120000Z", "20240117T060000Z"])
    assert first(read.column("v"), 2) == [19737.5, 19739.25]


@pytest.mark.parametrize("odd", ["202413", "202400", "202399"])
def test_digits_with_a_part_that_no_moment_has_are_numbers(odd: str) -> None:
    cells = ["202401", "202402", "202403", "202404", "202405", odd]
    assert first(table(cells).column("v"), 6) == [*map(float, cells)]


@pytest.mark.parametrize(
    "cells",
    [
        [f"{2005 + k}-{6 + k:02d}" for k in range(8)],
        ["2001/02", "2002/03", "2003/04"],
        ["1999-00", "2000-01", "2001-02"],
        ["2001-05", "2006-10"],
        ["2001-05", "2006-10", "2011-17"],
        ["2001-05", "2006-10", "2011-12"],
    ],
)
def test_seasons_and_bands_of_years_are_no_months(cells: list[str]) -> None:
    read = table(cells)
    assert (read.column("v").kind, first(read.column("v"), len(cells))) == ("category", cells)
    assert f"'{cells[0]}' and others are spans of years, so they were read as text" in said(read)


def test_bands_of_years_as_a_target_are_classes() -> None:
    rows = [f"{k % 7},{('2001-05', '2006-10')[k % 3 > 0]}" for k in range(ROWS)]
    assert read_table("\n".join(["x,band", *rows, ""])).class_names == ("2001-05", "2006-10")


def test_many_seasons_are_their_first_years() -> None:
    seasons = [f"{1950 + k}/{(51 + k) % 100:02d}" for k in range(ROWS)]
    read = table(seasons)
    assert first(read.column("v"), ROWS) == [1950 + k for k in range(ROWS)]
    assert "their first year was read" in said(read)


@pytest.mark.parametrize("cells", [["2024-01", "2024-02", "2024-03"], ["2005-06", "2006-07", "2006-09"]])
def test_months_stay_dates(cells: list[str]) -> None:
    assert table(cells).column("v").kind == "date"


def test_texts_that_keep_numbers_from_being_numbers_are_named() -> None:
    cells = [f"{k * 0.5}" if k % 5 else f"k.A. {k}" for k in range(ROWS)]
    read = table(cells)
    notes = said(read)
    assert read.column("v").kind == "text"
    assert "'v': 'k.A. 0' (1 row), first in line 2, and 11 other texts among numbers made it text" in notes
    assert "kinds={'v': 'number'} reads numbers and makes gaps of the rest" in notes
    assert "has a different text in every row, such as 'k.A. 0', and was left out" in notes
    assert first(table(cells, kinds={"v": "number"}).column("v"), 6) == [None, 0.5, 1, 1.5, 2, None]


@pytest.mark.parametrize("asked", ["number", "date"])
def test_what_cannot_be_read_as_asked_is_named_with_its_line(asked: str) -> None:
    notes = said(table(["", "red", "blue"], kinds={"v": asked}))
    assert f"it cannot be read as {asked}, so it stays category: 'red' in line 3 is no {asked}" in notes


@pytest.mark.parametrize(
    ("name", "tick"), [("done", "x"), ("done", "X"), ("ok", "✓"), ("tools [R]", "R"), ("tools (SPSS)", "SPSS")]
)
def test_boxes_that_are_ticked_or_empty_are_yes_and_no(name: str, tick: str) -> None:
    read = table([tick, "", tick, "", ""], name)
    column = read.column(name)
    assert (column.kind, column.levels, first(column, 5)) == ("yes/no", ("no", "yes"), [1, 0, 1, 0, 0])
    assert name in read.feature_names
    assert f"'{tick}' was read as 1 (yes) and an empty cell as 0 (no)" in said(read, name)


@pytest.mark.parametrize("cells", [["R", "", "R"], ["x", "x", "x"], ["x", "NA", "x"]])
def test_one_text_that_is_no_tick_or_no_choice_stays_a_constant(cells: list[str]) -> None:
    assert "v" not in table(cells).feature_names
