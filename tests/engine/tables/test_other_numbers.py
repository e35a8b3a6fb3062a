"""Numbers with sizes, marks and signs of other places, durations in other forms, and texts that are pointed out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from regviz.tables import Table, read_table

ROWS = 24


def table(cells: Sequence[str], name: str = "v") -> Table:
    rows = [f"{cells[k % len(cells)]};{k * 7 % 11};{'ab'[k * k % 3 > 0]}" for k in range(ROWS)]
    return read_table("\n".join([f"{name};x;y", *rows, ""]), target="y", delimiter=";", quote="")


def said(read: Table, name: str = "v") -> str:
    return " ".join(note for note in read.notes if note.startswith(f"'{name}'"))


@pytest.mark.parametrize(
    ("cells", "right", "words"),
    [
        (["€110.5M", "€77M", "€600K", "€0"], [110.5e6, 77e6, 6e5, 0], "thousands and millions were multiplied"),
        (["$1.2M", "$300K", "$2B"], [1.2e6, 3e5, 2e9], "as in '$1.2M'. kinds={'v': 'category'}"),
        (["1.250,50 Tsd. €", "95,00 Tsd. €"], [1250500, 95000], "multiplied"),
        (["3 T€", "2,5 Mrd €", "500 €"], [3000, 2.5e9, 500], "were multiplied, to 3000 as in '3 T€'."),
        (["3 T EUR", "12 T EUR"], [3000, 12000], "were multiplied, to 3000 as in '3 T EUR'."),
        (["$3T", "$2.5B"], [3e12, 2.5e9], "were multiplied, to 3e+12 as in '$3T'."),
        (["520万", "1.2亿", "85万"], [5.2e6, 1.2e8, 8.5e5], "multiplied"),
        (["▲1,200", "980", "△35", "12"], [-1200, 980, -35, 12], "triangles were read as minus signs"),
        (["1,200円", "980円", "12,000円"], [1200, 980, 12000], "the unit '円' was left out"),
        (["1 250,50 руб.", "95,00 руб."], [1250.5, 95], "the unit 'руб.' was left out"),
        (["Rs. 1,25,000/-", "Rs. 950/-", "Rs. 12,500/-"], [125000, 950, 12500], "the unit 'Rs.' was left out"),
        (["1 250:-", "990:-", "12 500:-"], [1250, 990, 12500], ""),
        (["1.250,- €", "95,50 €", "80,-- €"], [1250, 95.5, 80], "the unit '€' was left out"),
        (["%12,5", "%3,5", "%40"], [12.5, 3.5, 40], "in percent"),
        (["5.23(4)", "6.11(2)", "4.90(13)"], [5.23, 6.11, 4.9], "in parentheses behind was left out"),
        (["1.5D+03", "2.5D-02", "3.0D+04"], [1500, 0.025, 30000], ""),
        (["1.5×10^3", "2.5 x 10^-2", "3·10⁴"], [1500, 0.025, 30000], ""),
        (["1.5*", "2.5**", "3.0", "4.1***"], [1.5, 2.5, 3, 4.1], "marks such as * and [1] were left out"),
        (["1.5[1]", "2.5", "3.0[a]", "4.1"], [1.5, 2.5, 3, 4.1], "as in '1.5[1]'"),
        (["١٢٫٥", "٣٫١", "٤٠"], [12.5, 3.1, 40], ""),
        (["１２．５", "３．１", "４０"], [12.5, 3.1, 40], ""),
        (["'12.1", "'16.4", "'9.5"], [12.1, 16.4, 9.5], "marks of a spreadsheet program"),
    ],
)
def test_numbers_of_other_places_are_read_and_what_was_done_is_said(
    cells: list[str], right: list[float], words: str
) -> None:
    read = table(cells)
    assert read.column("v").kind == "number"
    np.testing.assert_allclose(read.column("v").values[: len(right)], right, rtol=1e-12)
    assert words in said(read)


@pytest.mark.parametrize("cells", [["€3T", "€25B"], ["3T USD", "25B USD"], ["1\n250", "2\n300"], ["0\n0", "1\n1"]])
def test_what_may_be_two_things_is_no_number(cells: list[str]) -> None:
    read = read_table({"v": cells * 12, "x": [k * 7 % 11 for k in range(ROWS)], "y": list("ab") * 12})
    assert read.column("v").kind == "category"
    assert len(read.column("v").levels) == 2


def test_a_power_of_ten_is_no_mark() -> None:
    assert "marks such as" not in said(table(["1.5*10^3", "2.5 * 10^-2"]))


@pytest.mark.parametrize(
    ("cells", "right", "unit"),
    [
        (["PT1H20M", "PT45M", "PT2H", "P1DT30S"], [4 / 3, 0.75, 2, 24 + 30 / 3600], "h"),
        (["0 days 01:20:00", "-1 days +23:45:00", "2 days 00:00:00"], [4 / 3, -0.25, 48], "h"),
        (["5:32 /km", "4:58 /km"], [5 + 32 / 60, 4 + 58 / 60], "min"),
        (["1y 6m", "12y 0m"], [1.5, 12], "years"),
    ],
)
def test_durations_in_other_forms(cells: list[str], right: list[float], unit: str) -> None:
    read = table(cells)
    np.testing.assert_allclose(read.column("v").values[: len(right)], right, rtol=1e-12)
    assert read.column("v").unit == unit
    assert "were read as" in said(read)


def test_text_of_a_formula_is_the_text_in_it() -> None:
    read = table(['="001"', '="017"', '="120"'])
    assert read.column("v").levels == ("001", "017", "120")
    assert """as in '="001"', which was read as '001'""" in said(read)


@pytest.mark.parametrize(
    ("cells", "no", "yes"), [(["да", "нет"], "нет", "да"), (["sim", "não"], "não", "sim"), (["✓", "✗"], "✗", "✓")]
)
def test_yes_and_no_in_other_languages(cells: list[str], no: str, yes: str) -> None:
    column = table(cells).column("v")
    assert (column.kind, column.levels, column.values[:2].tolist()) == ("yes/no", (no, yes), [1, 0])


def test_digits_beside_true_and_false_are_the_same_two_answers() -> None:
    read = table(["true", "false", "1", "0"])
    assert read.column("v").values[:4].tolist() == [1, 0, 1, 0]
    assert "'0' and '1' were read as 'false' and 'true'" in said(read)


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        (["2024-031", "2024-036", "2023-347"], "'2024-031' and others look like dates, but in a form that is not read"),
        (["令和6年1月31日", "令和5年12月13日"], "look like dates"),
        (["Jan 23", "Mrz 23", "Dez 24"], "look like dates"),
        (["45.2 (10.1)", "50.3 (9.8)"], "'45.2 (10.1)' and others look like numbers, but in a form that is not read"),
        (["N 12.5", "N 13.1", "N 9.8"], "look like numbers"),
        (["58:12", "1:02:45", "DNF", "55:40", "DNS", "1:10:03"], "'DNF' (4 rows), first in line 4, among durations"),
        (
            ["0.12", "0.30", "<0.05", ">10", "<0.05"],
            "'<0.05' (9 rows), first in line 4, and 1 other text among numbers",
        ),
    ],
)
def test_text_that_looks_like_something_else_says_why_it_is_none(cells: list[str], words: str) -> None:
    read = table(cells)
    assert read.column("v").kind == "category"
    assert words in said(read)


@pytest.mark.parametrize(
    "cells",
    [
        *(["18-24", "25-34"], ["16:9", "4:3"], ["Gate 5", "Gate 12"], ["205/55 R16", "195/65 R15"], ["R1", "R2"]),
        *(["88+2", "91+3"], ["low", "high"], ["A+", "B-"]),
    ],
)
def test_categories_with_digits_are_not_doubted(cells: list[str]) -> None:
    read = table(cells)
    assert read.column("v").kind == "category"
    assert "look like" not in said(read)


@pytest.mark.parametrize("name", ["PLZ", "zip code", "postal_code", "Code postal"])
def test_postal_codes_are_pointed_out_by_their_name(name: str) -> None:
    assert "may be postal codes" in said(table(["10115", "80331", "50667"], name), name)
    assert "postal" not in said(table(["101", "80331"], name), name)


def test_zeros_among_numbers_that_are_far_from_it_are_pointed_out() -> None:
    read = table([*(str(60 + 2 * k) for k in range(11)), "0"])
    assert "has 0 in 2 rows, far from the others (60 to 80)" in said(read)
