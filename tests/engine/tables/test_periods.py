"""Months with a dot, codes with a zero, time zones, other calendars, rows that sum up: none is silently another."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from regviz.tables import Table, read_table

ROWS = range(24)


def table(header: str, row: Callable[[int], str], end: str = "") -> Table:
    """What is read of a header, 24 rows, and what stands below."""
    return read_table((header + "\n" + "".join(f"{row(k)}\n" for k in ROWS) + end).encode())


def values(found: Table, name: str) -> list[float]:
    return [float(value) for value in next(column for column in found.columns if column.name == name).values]


def kind(found: Table, name: str) -> str:
    return next(column.kind for column in found.columns if column.name == name)


def days(year: int, month: int, day: int = 1) -> float:
    return float((date(year, month, day) - date(1970, 1, 1)).days)


@pytest.mark.parametrize(
    ("header", "form"),
    [
        ("Monat;Umsatz;Filiale", "{month:02d}.{year};{k},5;{shop}"),
        ("Period,Sales,Shop", "{year}.{month:02d},{k},{shop}"),
        ("Periode;Betrag;Werk", "0{month:02d}.{year};{k};{shop}"),
    ],
)
def test_months_with_a_dot_are_months_and_that_is_said(header: str, form: str) -> None:
    when = [(2018 + k // 12, k % 12 + 1) for k in ROWS]
    found = table(header, lambda k: form.format(year=when[k][0], month=when[k][1], k=k, shop="ABC"[k % 3]))
    name = header.replace(",", ";").split(";")[0]
    assert kind(found, name) == "date"
    assert values(found, name) == [days(*one) for one in when]
    assert any("were read as months" in note for note in found.notes)


@pytest.mark.parametrize(
    "codes", [["0101.21", "0203.10", "1001.99"], ["01.11", "02.21", "03.31"], ["001.13", "002.23"]]
)
def test_codes_with_a_zero_before_other_digits_stay_codes(codes: list[str]) -> None:
    found = table("code,value,flow", lambda k: f"{codes[k % len(codes)]},{37 * k},{'AB'[k % 2]}")
    column = next(column for column in found.columns if column.name == "code")
    assert (column.kind, set(column.levels)) == ("category", set(codes))
    assert any("because of its first zero" in note for note in found.notes)


def test_an_instrument_s_padded_numbers_are_numbers_with_a_note() -> None:
    found = table("v,kind", lambda k: f"{1.37 * k:07.3f},{'ab'[k % 2]}")
    np.testing.assert_allclose(values(found, "v"), [round(1.37 * k, 3) for k in ROWS])
    assert any("'000.000' was read as 0" in note for note in found.notes)


@pytest.mark.parametrize("zone", ["+02:00", "+0200", " CEST"])
def test_a_time_zone_moves_a_time_and_that_is_said(zone: str) -> None:
    found = table("when,w", lambda k: f"2024-05-{k + 1:02d}T01:30:00{zone},{k}")
    np.testing.assert_allclose(values(found, "when"), [days(2024, 5, k + 1) - 0.5 / 24 for k in ROWS])
    assert any("in UTC" in note and "was moved by its time zone" in note for note in found.notes)


@pytest.mark.parametrize("when", ["2024-05-{:02d}", "2024-05-{:02d}T01:30:00Z", "2024-05-{:02d} 01:30"])
def test_what_is_not_moved_is_not_said_to_be(when: str) -> None:
    found = table("when,w", lambda k: f"{when.format(k + 1)},{k}")
    assert not any("UTC" in note for note in found.notes)


def test_years_of_another_calendar_are_doubted() -> None:
    found = table("date,sales,shop", lambda k: f"1402/{k % 12 + 1:02d}/{k + 1:02d},{37 * k},{'ABC'[k % 3]}")
    assert any("'1402/01/01' and all others are long ago" in note for note in found.notes)


@pytest.mark.parametrize(
    "word",
    [
        *("Overall average", "Class average", "Gesamtdurchschnitt", "Sum total", "Average of 24 attempts", "Overall"),
        *("Total (24 items)", "TOTAUX", "Totale complessivo", "Eindtotaal", "Suma końcowa", "Общий итог", "総計"),
        *("Total geral", "Totalsumma", "Genel Toplam"),
    ],
)
def test_a_row_below_that_sums_up_is_none_of_the_table(word: str) -> None:
    found = table("name,v,w", lambda k: f"n{k},{3 * k},{k % 5}", f"{word},{3 * sum(ROWS)},{sum(k % 5 for k in ROWS)}\n")
    assert len(values(found, "v")) == 24
    assert any("line below the table was skipped" in note for note in found.notes)


def test_a_tab_among_spaces_is_one_of_them() -> None:
    cars = ["chevrolet malibu", "ford torino", "amc rebel"]
    lines = [f'{18 + k}.0   8   {"?" if k == 5 else f"{130 + k}.0"}   70  1\t"{cars[k % 3]}"' for k in ROWS]
    found = read_table("\n".join(lines).encode())
    assert next(column.levels for column in found.columns if column.name == found.columns[-1].name) == tuple(
        sorted(cars)
    )
    assert set(values(found, found.columns[-2].name)) == {1.0}


def test_bytes_of_a_parquet_file_that_are_no_text_are_told_apart() -> None:
    file = io.BytesIO()
    raw = {"raw": [bytes([200 + k % 3]) for k in ROWS], "text": [b"ab", b"cd"] * 12, "y": [k % 2 for k in ROWS]}
    pq.write_table(pa.table(raw), file)
    found = read_table(file.getvalue())
    levels = {column.name: column.levels for column in found.columns}
    assert (levels["raw"], levels["text"]) == (("c8", "c9", "ca"), ("ab", "cd"))
    assert any("'raw' holds bytes that are no text" in note for note in found.notes)
