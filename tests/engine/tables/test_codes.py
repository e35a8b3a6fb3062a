"""Codes, choices, versions, spellings and stand-ins for missing values: kept as they are, or pointed out."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from engine.tables.test_values import ROWS, said, table, values
from regviz.tables import Table, TableError, read_table


def classes(cells: list[str], **how: Any) -> Table:
    """The table of `cells` with those as its target."""
    return table(cells, **how).with_roles(target="v")


@pytest.mark.parametrize(
    "cells",
    [
        ["AA", "Aa", "aa"],
        ["BB", "Bb", "bB", "bb"],
        ["AABB", "AaBb", "aabb"],
        ["AABBCC", "aabbcc"],
        ["A/A", "A/a", "a/a"],
        ["mg", "Mg", "MG"],
        ["kWh", "KWH"],
        ["Rh+", "rh+"],
        ["iPhone", "iphone"],
        ["type A", "Type a"],
        ["O", "o"],
        ["5'", "5''"],
        ["H1N1", "h1n1"],
        ["BRCA1", "Brca1"],
    ],
)
@pytest.mark.parametrize("as_target", [False, True])
def test_capitals_that_carry_meaning_are_kept_apart_and_pointed_out(cells: list[str], as_target: bool) -> None:
    read = classes(cells) if as_target else table(cells)
    assert read.column("v").levels == tuple(sorted(cells))
    assert not as_target or read.class_names == tuple(sorted(cells))
    assert "are kept apart, though only the spelling differs" in said(read) or "''" in cells[1]


@pytest.mark.parametrize(
    ("cells", "one"),
    [
        (["Graz", "graz", "GRAZ", "Linz", "Wien"], "Graz"),
        (["New York", "NEW YORK", "new york", "Boston"], "New York"),
        (["Vitamin A", "vitamin A", "Zinc"], "Vitamin A"),
        (["Größe", "GRÖSSE", "größe", "Maß"], "Größe"),
        (["Graz", "Graz.", "graz:", "Linz"], "Graz"),
    ],
)
def test_words_that_differ_in_their_capitals_alone_are_one(cells: list[str], one: str) -> None:
    read = classes(cells)
    assert one in read.class_names
    assert len(read.class_names) == len({cell.casefold().strip(".:") for cell in cells})
    assert f"were read as one, '{one}'. spellings='keep' keeps them apart" in said(read)
    assert classes(cells, spellings="keep").class_names == tuple(sorted(cells))


def test_answers_of_several_spellings_are_one_unless_they_are_to_be_kept() -> None:
    cells = ["Yes", "yes", "YES", "no", "Y"][:4]
    assert classes(cells).class_names == ("no", "Yes")
    assert "'Yes' (15 rows), 'yes' (15 rows) and 'YES' (15 rows) were read as one, 'Yes'" in said(classes(cells))
    assert classes(cells, spellings="keep").class_names == ("YES", "Yes", "no", "yes")
    letters = classes(["Y", "y", "N", "n"])
    assert letters.class_names == ("N", "Y")
    assert "'Y' (15 rows) and 'y' (15 rows) were read as one" in said(letters)
    assert "kept apart" not in said(letters)


@pytest.mark.parametrize(
    ("cells", "right"),
    [
        (["caf\u00e9", "cafe\u0301", "tea"], ("caf\u00e9", "tea")),
        (["New\u00a0York", "New York", "Boston"], ("Boston", "New York")),
        (["N\u200bY", "NY", "\ufeffNY", "LA"], ("LA", "NY")),
        (["North  East", "North East", "South"], ("North East", "South")),
        (["Gr\u00adaz", "Graz", "Linz"], ("Graz", "Linz")),
    ],
)
def test_what_looks_the_same_is_the_same(cells: list[str], right: tuple[str, ...]) -> None:
    read = classes(cells)
    assert read.class_names == right
    several = next(name for name in right if name not in ("tea", "Boston", "LA", "South", "Linz"))
    assert f"ways of writing '{several}' that look the same" in said(read)


def test_invisible_signs_are_no_value() -> None:
    read = table(["\u200b", "1", "2.5", "3\u200b"])
    assert values(read, 4) == [None, 1, 2.5, 3]


@pytest.mark.parametrize("sep", [";", ","])
@pytest.mark.parametrize("cells", [["1,3", "2,3,4", "1", "2,4"], ["1, 2, 3", "2, 3", "1"], ["1,2", "10,11,12", "7"]])
def test_several_choices_in_a_cell_are_no_decimals(cells: list[str], sep: str) -> None:
    read = table(cells, sep)
    assert read.column("v").kind == "category"
    assert read.column("v").levels == tuple(sorted(cells))


def test_two_choices_in_a_cell_are_pointed_out() -> None:
    read = table(["1,3", "2,4", "1,2", "3,4"])
    assert values(read, 2) == [1.3, 2.4]
    assert "'1,3' may be a list of choices rather than a number. kinds={'v': 'category'} reads categories" in said(read)
    assert "choices" not in said(table(["1,3", "2,4", "1,2", "3,1"]))


def test_one_odd_list_among_many_numbers_is_a_slip() -> None:
    cells = ["1.2.3" if k == 9 else f"{k * 7 % 41}.{k % 9 + 1}" for k in range(ROWS)]
    read = table(cells)
    assert values(read, 10)[9] is None
    assert "'1.2.3' (1 row), first in line 11, was read as missing" in said(read)


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        (["6E2", "600", "6E3"], "read as codes, not as numbers, because of '6E2'"),
        (["1E5", "3A1", "40"], "because of '1E5'"),
        (["5.10", "5.1", "5.2"], "'5.10' and '5.1' are one number in two ways, so they were read as codes"),
        (["5,10", "5,1", "5,2"], "'5,10' and '5,1' are one number in two ways"),
        (["+44", "44", "+1"], "'+44' and '44' are one number in two ways"),
        (["1e3", "1000", "5"], "'1e3' and '1000' are one number in two ways"),
        (["007", "7", "8"], "because of '007'"),
        (["1.2", "1.2.4", "1.10"], "'1.2.4' is a list, a version or an address"),
        (["1.2.3", "1.2.4", "1.10.0"], ""),
        (["192.168.1.1", "192.168.1.20", "10.0.0.1"], ""),
        (["192.168.100.101", "10.0.0.1"], "'10.0.0.1' is a list, a version or an address"),
        (["192.168.100.101", "110.100.100.102"], "is a list, a version or an address"),
        (["555.123.4567", "555.123.4568"], ""),
        (["555.123.456", "555.124.111"], "'555.123.456' and all others may be telephones, so it was read as text"),
        (["+49 301 123 456", "+49 301 123 457"], "may be telephones"),
    ],
)
@pytest.mark.parametrize("as_target", [False, True])
def test_codes_stay_texts(cells: list[str], words: str, as_target: bool) -> None:
    read = classes(cells) if as_target else table(cells)
    assert read.column("v").levels == tuple(sorted(cells))
    assert words in said(read)
    assert not words or "kinds={'v': 'number'} reads numbers" in said(read)


@pytest.mark.parametrize(
    ("cells", "first", "words"),
    [
        (["5.8", "5.9", "5.10", "5.11"], 5.8, "'5.10' was read as 5.1"),
        (["+44", "+49", "+1"], 44, "a plus before numbers was left out, as in '+44'"),
        (["1.0", "1", "2"], 1, "'1.0' and '1' were read as one number"),
        (["331.002.651", "83.240.525"], 331002651, "signs between thousands were left out, as in '331.002.651'"),
        (["331 002 651", "83 240 525"], 331002651, "signs between thousands were left out"),
        (["0.37a", "0.52", "0.41"], 0.37, "the unit 'a' was left out (40 values had none)"),
    ],
)
def test_numbers_that_may_be_codes_say_how_to_have_texts(cells: list[str], first: float, words: str) -> None:
    read = table(cells)
    assert values(read, 1) == [first]
    assert words in said(read)
    assert ". kinds={'v': 'category'} reads categories" in said(read)
    assert table(cells, kinds={"v": "category"}).column("v").levels == tuple(sorted(cells))


def test_numbers_of_a_program_have_nothing_to_say() -> None:
    for cells in (["+1.5", "-2.5", "+0.5"], ["1.0", "2.5", "3.25"], ["1.10", "1.20", "1.35"], ["1e-05", "0.5", "2.0"]):
        assert not said(table(cells)), cells


@pytest.mark.parametrize("code", ["-9", "-99", "-999", "99", "999", "9999", "999.9", "-9999.0", "88", "998"])
def test_a_code_for_missing_is_pointed_out_and_read_as_a_gap_if_asked(code: str) -> None:
    cells = [code if k % 9 == 4 else str(k % 7 + 1) for k in range(ROWS)]
    read = table(cells)
    name = f"{float(code):g}"
    assert values(read, 5)[4] == float(code)
    assert f"'v' has {name} in 7 rows, far from the others (1 to 7)" in said(read)
    asked = table(cells, missing=[name])
    assert asked.column("v").missing == 7
    assert f"'v': '{code}' (7 rows) were read as missing" in said(asked)
    assert f"say missing={{'v': '{name}'}}" in said(read)
    frame = pd.DataFrame({"v": [float(cell) for cell in cells], "x": range(ROWS), "y": list("ab") * 30})
    assert read_table(frame, missing=name).column("v").missing == 7
    assert "far from the others" in said(read_table(frame))


def test_nines_among_others_like_them_are_not_pointed_out() -> None:
    for cells in (
        ["99", "97", "95", "90"],
        ["9", "8", "7"],
        ["9", "10", "3"],
        ["-9", "-20", "30"],
        ["-99", "-150", "3"],
    ):
        assert "missing" not in said(table(cells)), cells
    assert "missing" not in said(table(["99", *map(str, range(60))]))


def test_an_exponent_among_decimals_is_no_code() -> None:
    read = table(["1E5" if k == 7 else f"{k * 37 % 101}.{k % 9 + 1}" for k in range(ROWS)])
    assert values(read, 8)[7] == 100000
    assert "exponents were read, as in '1E5'. kinds={'v': 'category'} reads categories" in said(read)


def test_what_is_missing_in_one_column_is_a_value_in_another() -> None:
    cells = [str(k % 11) for k in range(ROWS)]
    read = table(cells, missing={"v": "9"})
    assert (read.column("v").missing, read.column("x").missing) == (5, 0)
    both = table(cells, missing={"v": ["9", 8], "": ["7"]})
    assert both.column("v").missing == 15
    assert both.column("x").missing > 0
    assert table(cells, missing=9).column("x").missing > 0
    with pytest.raises(TableError, match="The table has no column 'w'; there are 'v', 'x' and 'y'"):
        table(cells, missing={"w": "9"})
