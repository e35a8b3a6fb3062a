"""Lines between rows and above names that are no rows, and sheets that are not the table."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest

from regviz.tables import Table, TableError, read_table

N = 24
X = [round(12.1 + k * 37 % 23 * 0.31, 2) for k in range(N)]
ROWS = [f"Ort{k},{X[k]},{'ABC'[k % 3]}" for k in range(N)]


def read(*lines: str) -> Table:
    return read_table("\n".join(lines).encode() + b"\n")


def noted(table: Table, said: str) -> bool:
    return any(said in note for note in table.notes)


@pytest.mark.parametrize("end", ["", ",,"])
def test_lines_that_head_a_group_of_rows_are_no_rows(end: str) -> None:
    groups = (line for k in range(3) for line in (f"{('Nord', 'Süd', 'Ost')[k]}{end}", *ROWS[8 * k : 8 * k + 8]))
    table = read("ort,x,k", *groups)
    assert table.column("x").values.tolist() == X
    assert noted(table, "3 lines that stand alone between the rows were skipped: 'Nord' in line 2, 'Süd' in line 11")


def test_headings_are_the_first_cells_where_no_row_has_one() -> None:
    groups = (
        line
        for k, name in enumerate(("Nord", "Süd"))
        for line in (f"{name},,", *(f",{X[i]},{'AB'[i % 2]}" for i in range(12 * k, 12 * k + 12)))
    )
    table = read("gebiet,x,k", *groups)
    assert table.column("gebiet").texts() == ["Nord"] * 12 + ["Süd"] * 12
    assert table.column("x").values.tolist() == X
    assert noted(table, "were read as the first cell of each")


@pytest.mark.parametrize("line", ["--- restart ---", "Reboot at 12:00"])
def test_a_remark_between_rows_is_skipped_by_its_line(line: str) -> None:
    table = read("ort,x,k", *ROWS[:12], line, *ROWS[12:])
    assert table.column("x").values.tolist() == X
    assert noted(table, f"'{line}' in line 14")


def test_a_name_without_values_is_a_row_with_gaps() -> None:
    table = read("ort,x,k", *ROWS[:12], "Zoe,,", *ROWS[12:])
    assert len(table.column("x").values) == N + 1
    assert np.isnan(table.column("x").values[12])


def test_a_line_cut_short_within_its_numbers_is_refused() -> None:
    with pytest.raises(TableError, match="Line 14 has 1 cell, the others have 3"):
        read("x,y,k", *(f"{X[k]},{k},A" for k in range(12)), "5.5", *(f"{X[k]},{k},B" for k in range(12, N)))


@pytest.mark.parametrize(
    "above",
    [
        ["Serial,12345,", "Model,XY-200,", "Interval,10,s"],
        ["Experiment,12,group B", "Date,15,January", "Operator,Smith,J."],
        ["Serial,12345", "Model,XY-200", "Interval,10,s"],
    ],
)
def test_words_with_values_above_the_names_are_no_names(above: list[str]) -> None:
    table = read(*above, "x,y,k", *(f"{X[k]},{k * 7 % 11}.5,{'AB'[k % 2]}" for k in range(N)))
    assert [column.name for column in table.columns] == ["x", "y", "k"]
    assert table.column("x").values.tolist() == X
    assert noted(table, "3 lines before the table were skipped")


def test_words_of_octave_are_comments() -> None:
    head = ["# Created by Octave 8.1.0", "# name: A", "# type: matrix", "# rows: 24", "# columns: 3"]
    table = read(*head, *(f" {X[k]} {k * 7 % 11}.5 {k % 2}" for k in range(N)))
    assert [column.values.tolist()[0] for column in table.columns] == [X[0], 0.5, 0.0]
    assert len(table.columns[0].values) == N
    assert noted(table, "5 comments skipped")


def test_a_name_that_is_a_sign_of_comments_stays_a_name() -> None:
    table = read("#,name,hp", *(f"{k + 1},n{k % 3},{40 + k * 7 % 11}" for k in range(N)))
    assert [column.name for column in table.columns] == ["#", "name", "hp"]


def workbook(**sheets: list[list[Any]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


DATA: list[list[Any]] = [["x", "k"], *([X[k], "AB"[k % 2]] for k in range(N))]


@pytest.mark.parametrize(
    "first",
    [
        {"Info": [["This is the description"], ["Please take sheet 2"]]},
        {"Legende": [["Variable", "Bedeutung"], ["x", "Länge"], ["k", "Klasse"]]},
        {"Pivot": [["Row Labels", "Sum of x"], ["A", 100.5], ["B", 88.1], ["Grand Total", 188.6]]},
        {"Codebook": [["name", "text"], *([f"v{k}", f"question {k}"] for k in range(30))]},
    ],
)
def test_a_sheet_that_explains_another_is_not_the_table(first: dict[str, list[list[Any]]]) -> None:
    table = read_table(workbook(**first, Daten=DATA))
    assert table.column("x").values.tolist() == X
    assert noted(table, f"The sheet 'Daten' was read. sheet= reads another ('{next(iter(first))}').")


def test_the_first_of_two_tables_is_read(tmp_path: Path) -> None:
    other = [["z", "k"], *([k, "CD"[k % 2]] for k in range(N))]
    table = read_table(workbook(A=DATA, B=other))
    assert table.columns[0].name == "x"


def test_a_total_whose_formulas_have_no_values_is_no_row() -> None:
    rows = [["ort", "x"], *([f"Ort{k}", X[k]] for k in range(N)), ["Total", "=SUM(B2:B25)"]]
    assert len(read_table(workbook(A=rows), target="x").column("x").values) == N
