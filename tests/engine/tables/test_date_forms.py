"""Dates in the languages and forms of other places, against days that were counted by hand."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from regviz.tables import Table, read_table
from regviz.tables.cells.months import month_of

JANUARY_31, FEBRUARY_5, DECEMBER_13 = 19753.0, 19758.0, 19704.0
"""31 January 2024, 5 February 2024 and 13 December 2023 in days since 1970: 54 years of 365 days and 13 leap days make
19723 on 1 January 2024."""


def table(cells: Sequence[str], other: str = "") -> Table:
    rows = [f"{cells[k % len(cells)]}|{k * 7 % 11}{other}|{'ab'[k % 2]}" for k in range(24)]
    return read_table("\n".join(["d|x|y", *rows, ""]), target="y", delimiter="|")


def days(cells: Sequence[str]) -> list[float]:
    read = table(cells).column("d")
    assert read.kind == "date"
    return read.values[: len(cells)].tolist()


@pytest.mark.parametrize(
    "cells",
    [
        ["31 de enero de 2024", "5 de febrero de 2024", "13 de diciembre de 2023"],
        ["31 janv. 2024", "5 févr. 2024", "13 déc. 2023"],
        ["31-gen-2024", "05-feb-2024", "13-dic-2023"],
        ["31 stycznia 2024", "5 lutego 2024", "13 grudnia 2023"],
        ["31 января 2024 г.", "5 февраля 2024 г.", "13 декабря 2023 г."],
        ["31. ledna 2024", "5. února 2024", "13. prosince 2023"],
        ["31 Ocak 2024", "5 Şubat 2024", "13 Aralık 2023"],
        ["2024年1月31日", "2024年2月5日", "2023年12月13日"],
        ["2024年1月31日(水)", "2024年2月5日(月)", "2023年12月13日(水)"],
        ["2024년 1월 31일", "2024년 2월 5일", "2023년 12월 13일"],
        ["2024. 1. 31.", "2024. 2. 5.", "2023. 12. 13."],
        ["Mi, 31.01.2024", "Mo, 05.02.2024", "Mi, 13.12.2023"],
        ["31st January 2024", "5th February 2024", "13th December 2023"],
        ["31JAN2024", "05FEB2024", "13DEC2023"],
        ["2024/01/31(水)", "2024/02/05(月)", "2023/12/13(水)"],
        ["Wed Jan 31 00:00:00 2024", "Mon Feb 5 00:00:00 2024", "Wed Dec 13 00:00:00 2023"],
    ],
)
def test_days_are_the_same_in_each_language(cells: list[str]) -> None:
    assert days(cells) == [JANUARY_31, FEBRUARY_5, DECEMBER_13]


@pytest.mark.parametrize(
    ("cells", "hours"),
    [
        (["31.01.2024 10:15 Uhr", "05.02.2024 23:00 Uhr"], [10.25, 23]),
        (["31/01/2024 10h15", "05/02/2024 23h00"], [10.25, 23]),
        (["31.1.2024 klo 10.15", "5.2.2024 klo 23.00"], [10.25, 23]),
        (["2024年1月31日 上午10:15", "2024年2月5日 下午11:00"], [10.25, 23]),
        (["31/Jan/2024:10:15:00 +0100", "05/Feb/2024:23:00:00 +0100"], [9.25, 22]),
        (["2024/01/31 10:15:00 am GMT+1", "2024/02/05 11:00:00 pm GMT+1"], [9.25, 22]),
        (["2024-01-31 10:15:00 CET", "2024-02-05 23:00:00 CET"], [9.25, 22]),
        (["Wed, 31 Jan 2024 10:15:00 GMT", "Mon, 05 Feb 2024 23:00:00 GMT"], [10.25, 23]),
    ],
)
def test_times_behind_days_are_hours_at_greenwich(cells: list[str], hours: list[float]) -> None:
    np.testing.assert_allclose(days(cells), [JANUARY_31 + hours[0] / 24, FEBRUARY_5 + hours[1] / 24], rtol=1e-14)


@pytest.mark.parametrize(
    ("cells", "right"),
    [
        (["01/2024", "02/2024"], [19723.0, 19754.0]),
        (["Jan-24", "Feb-24", "Mrz-24"], [19723.0, 19754.0, 19783.0]),
        (["2024Q1", "2024Q2"], [19723.0, 19814.0]),
        (["Q1 2024", "Q2 2024"], [19723.0, 19814.0]),
        (["2024-W01", "2024-W06"], [19723.0, 19758.0]),
    ],
)
def test_months_quarters_and_weeks_are_their_first_days(cells: list[str], right: list[float]) -> None:
    assert days(cells) == right


def test_order_of_day_and_month_is_told_by_another_column() -> None:
    rows = [f"0{k % 9 + 1}/02/2024,{k + 13 - k // 15 * 15:02d}/03/2024,{'ab'[k % 2]}" for k in range(24)]
    read = read_table("\n".join(["von,bis,y", *rows, ""]))
    assert read.column("von").values[0] == 19754.0  # 1 February, not 2 January
    assert any("'von'" in note and "as in 'bis'. day_first=False" in note for note in read.notes)


def test_dots_and_zeros_are_times_of_day() -> None:
    read = table(["18.00.00", "19.30.15", "07.45.30"]).column("d")
    np.testing.assert_allclose(read.values[:3], [18, 19.5 + 15 / 3600, 7.75 + 30 / 3600], rtol=1e-14)


def test_years_of_another_era_are_pointed_out() -> None:
    read = table(["31/01/2567", "05/02/2567", "13/12/2566"])
    assert any("'31/01/2567' and all others are far ahead" in note for note in read.notes)


@pytest.mark.parametrize("cells", [["Mark 2014", "Jule 2015"], ["12 abc 34", "13 xyz 35"]])
def test_words_that_are_no_months_make_no_dates(cells: list[str]) -> None:
    assert table(cells).column("d").kind == "category"


def test_a_beginning_that_two_months_have_is_none() -> None:
    assert [month_of(word) for word in ("juin", "juil", "jui", "Sept", "MAI", "Mark")] == [6, 7, 0, 9, 5, 0]
