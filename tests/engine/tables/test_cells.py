"""Cells of workbooks and frames: durations, truth values, errors, and texts among numbers."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest
from openpyxl import Workbook

from engine.tables.test_values import ROWS, said, values
from regviz.tables import Table, read_table


def sheet(cell: Callable[[int], Any], shape: str = "General") -> Table:
    """A workbook whose first column has `cell(k)`."""
    book = Workbook()
    page = book.active
    page.append(["v", "x", "y"])
    for k in range(ROWS):
        page.append([cell(k), k * 7 % 11, "ab"[k % 3 > 0]])
        page.cell(row=k + 2, column=1).number_format = shape
    file = io.BytesIO()
    book.save(file)
    return read_table(file.getvalue(), target="y")


@pytest.mark.parametrize(
    ("text", "others", "value"),
    [
        ("4.500", 0.5, 4.5),
        ("4.500", 300, 4500),
        ("4.500", 1000, 4500),
        ("4,500", 0.5, 4.5),
        ("4,5", 0.5, 4.5),
        ("3", 2, 3),
    ],
)
def test_a_text_among_the_numbers_of_a_sheet_is_read_by_them(text: str, others: float, value: float) -> None:
    read = sheet(lambda k: text if k == 7 else others + k * others / 10)
    assert values(read, 8)[7] == value
    assert (f"'{text}' was read as {value:g}" in said(read)) == (len(text) == 5)


@pytest.mark.parametrize(
    ("cell", "shape", "kind", "unit", "second", "words"),
    [
        (lambda k: timedelta(hours=k, minutes=30), "[h]:mm", "number", "h", 1.5, "durations were read as hours"),
        (
            lambda k: timedelta(minutes=k, seconds=30),
            "[mm]:ss",
            "number",
            "h",
            1.5 / 60,
            "durations were read as hours",
        ),
        (lambda k: time(k % 24, 30), "hh:mm", "date", "", 1.5, "times of day were read as hours"),
        (lambda k: datetime(2024, 3, 1 + k % 28, 6), "yyyy-mm-dd hh:mm", "date", "", 19784.25, "as days since"),
        (lambda k: k % 2 == 1, "General", "yes/no", "", 1, ""),
        (
            lambda k: k % 2 if k % 7 == 0 else k % 2 == 1,
            "General",
            "yes/no",
            "",
            1,
            "0 was read as False and 1 as True",
        ),
        (lambda k: "#DIV/0!" if k % 7 == 0 else k * 1.5, "General", "number", "", 1.5, "lacks 9 of 60 values"),
        (lambda k: "#N/A" if k % 7 == 0 else k * 1.5, "General", "number", "", 1.5, "lacks 9 of 60 values"),
    ],
)
def test_cells_of_a_sheet_are_what_they_are(
    cell: Callable[[int], Any], shape: str, kind: str, unit: str, second: float, words: str
) -> None:
    read = sheet(cell, shape)
    column = read.column("v")
    assert (column.kind, column.unit) == (kind, unit)
    assert column.values[1] == pytest.approx(second, rel=1e-12)
    assert words in said(read)


def test_long_whole_numbers_of_a_frame_are_rounded_with_a_note() -> None:
    rest = {"x": [k % 7 for k in range(ROWS)], "y": list("ab") * 30}
    frame = pd.DataFrame({"v": [12345678901234567 + k % 9 for k in range(ROWS)], **rest})
    assert "'v' has whole numbers of more than 15 digits, which were rounded" in said(read_table(frame))
    assert len(read_table(frame, kinds={"v": "category"}).column("v").levels) == 9
    assert "rounded" not in said(read_table({"v": [2**53 - k for k in range(ROWS)], **rest}))


def test_durations_of_a_frame_are_hours_and_days_and_times_are_not_mixed() -> None:
    rest = {"x": [k % 7 for k in range(ROWS)], "y": list("ab") * 30}
    read = read_table(pd.DataFrame({"v": pd.to_timedelta(np.arange(ROWS), unit="h"), **rest}))
    assert values(read, 3) == [0, 1, 2]
    assert "durations were read as hours" in said(read)
    mixed = [time(6, 30) if k == 5 else datetime(2024, 3, 1 + k % 28) for k in range(ROWS)]
    read = read_table({"v": mixed, **rest})
    assert values(read, 6) == [19783 + k if k != 5 else None for k in range(6)]
    assert "'06:30:00' (1 row), first in row 6, was read as missing" in said(read)
