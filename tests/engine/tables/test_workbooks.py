"""Workbooks with merged cells and with formulas that nothing has computed."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import pytest

from regviz.tables import Table, TableError, read_table

N = 30


def workbook(write: Callable[[Any], None]) -> bytes:
    """A workbook with one sheet, which `write` fills."""
    from openpyxl import Workbook

    book = Workbook()
    write(book.active)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def read(write: Callable[[Any], None]) -> Table:
    return read_table(workbook(write))


def test_the_value_of_merged_cells_belongs_to_each_of_their_rows() -> None:
    def write(sheet: Any) -> None:
        sheet.append(["region", "n", "y"])
        for k in range(N):
            sheet.append([f"r{k // 3}" if k % 3 == 0 else None, k % 7, "uv"[k // 3 % 2] if k % 3 == 0 else None])
        for k in range(0, N, 3):
            for column in (1, 3):
                sheet.merge_cells(start_row=k + 2, end_row=k + 4, start_column=column, end_column=column)

    table = read(write)
    assert table.rows == N
    assert table.column("region").texts() == [f"r{k // 3}" for k in range(N)]
    assert [table.class_names[k] for k in table.y] == ["uv"[k // 3 % 2] for k in range(N)]
    assert "20 ranges of merged cells were filled with the value of the first cell (from A2 on)." in table.notes


def test_cells_that_are_blank_without_being_merged_stay_blank() -> None:
    def write(sheet: Any) -> None:
        sheet.append(["region", "n", "y"])
        for k in range(N):
            sheet.append([f"r{k // 10}" if k % 10 else None, k % 7, "uv"[k % 2]])
        sheet.merge_cells("A2:A3")  # the first of them is blank, and the value of the second is lost

    table = read(write)
    assert table.column("region").missing == 4
    assert not any("merged" in note for note in table.notes)


def test_a_name_over_two_columns_is_the_name_of_both() -> None:
    def write(sheet: Any) -> None:
        sheet.append(["size", None, "y"])
        for k in range(N):
            sheet.append([k % 9 + 0.5, k % 4 + 0.25, "uv"[k % 2]])
        sheet.merge_cells("A1:B1")

    table = read(write)
    assert table.feature_names == ("size", "size (2)")
    assert table.X[1].tolist() == [1.5, 1.25]


def test_names_below_merged_names_are_the_names() -> None:
    def write(sheet: Any) -> None:
        sheet.append(["Survey", None, None, None])
        sheet.append(["body", None, "blood", "ill"])
        sheet.append(["height", "weight", "sugar", None])
        for k in range(N):
            sheet.append([150 + k, 50 + k % 9, 80 + k % 7, ("no", "yes")[k % 2]])
        for merged in ("A1:D1", "A2:B2", "D2:D3"):
            sheet.merge_cells(merged)

    table = read(write)
    assert (table.feature_names, table.target) == (("height", "weight", "sugar"), "ill")
    assert table.X[0].tolist() == [150, 50, 80]
    assert any("before the table were skipped: 'Survey' and 'body body blood ill'" in note for note in table.notes)


def test_a_title_over_the_whole_table_is_no_name() -> None:
    def write(sheet: Any) -> None:
        sheet.cell(3, 2, "Sales of 2023")
        for column, name in enumerate(("a", "b", "y"), 2):
            sheet.cell(4, column, name)
            for k in range(N):
                sheet.cell(5 + k, column, (k % 9, k % 5, "uv"[k % 2])[column - 2])
        sheet.merge_cells("B3:D3")

    table = read(write)
    assert table.feature_names == ("a", "b")
    assert "1 line before the table was skipped: 'Sales of 2023'." in table.notes


@pytest.mark.parametrize("all_of_them", [False, True])
def test_formulas_without_values_are_refused_by_their_cells(all_of_them: bool) -> None:
    def write(sheet: Any) -> None:
        sheet.append(["a", "b", "y"])
        for k in range(N):
            row = [k % 7, f"=A{k + 2}*2", "uv"[k % 2]]
            sheet.append(["=ROW()", row[1], f'=IF(A{k + 2}>3,"u","v")'] if all_of_them else row)

    with pytest.raises(TableError, match=re.escape("formulas without values (" + ("A2" if all_of_them else "B2"))):
        read(write)


def test_one_formula_of_a_sum_below_is_no_reason_to_refuse() -> None:
    def write(sheet: Any) -> None:
        sheet.append(["town", "n", "y"])
        for k in range(N):
            sheet.append([f"t{k % 4}", k % 7, "uv"[k % 2]])
        sheet.append(["Total", f"=SUM(B2:B{N + 1})", None])

    table = read(write)
    assert table.rows == N
    assert any("B32 have no values in the file" in note for note in table.notes)
