"""Sheets with something far out: the library that reads them makes room for all cells between, and may end the process.

So they are refused by what stands in the file, before it is asked."""

from __future__ import annotations

import io
import zipfile

import numpy as np
import pytest
from openpyxl import Workbook
from openpyxl.styles import Font

from regviz.lab.controls.weighing import CELL, most, weight
from regviz.tables import TableError, read_table

N = 20


def workbook(*far: tuple[int, int], styled: bool = False) -> bytes:
    """A table of 20 rows, and further cells with a text, or with nothing but a bold font."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["a", "b", "y"])
    for k in range(N):
        sheet.append([k * 7 % 5, k * 3 % 11 + 0.5, "uv"[k % 2]])
    for row, column in far:
        cell = sheet.cell(row, column)
        if styled:
            cell.font = Font(bold=True)
        else:
            cell.value = "x"
    return saved(book)


def saved(book: Workbook) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def ods(rows: str) -> bytes:
    names = " ".join(
        f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{long}:1.0"'
        for short, long in (("office", "office"), ("table", "table"), ("text", "text"))
    )
    body = f'<table:table table:name="S">{rows}</table:table>'
    content = f"<office:document-content {names}><office:body><office:spreadsheet>{body}</office:spreadsheet>"
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", f"{content}</office:body></office:document-content>")
        archive.writestr("META-INF/manifest.xml", "<manifest:manifest/>")
    return file.getvalue()


def cell(value: object, repeated: int = 1) -> str:
    given = f'table:number-columns-repeated="{repeated}" office:value-type="string"'
    return f"<table:table-cell {given}><text:p>{value}</text:p></table:table-cell>"


def blank(columns: int) -> str:
    return f'<table:table-cell table:number-columns-repeated="{columns}"/>'


def row(*cells: str, repeated: int = 1) -> str:
    return f'<table:table-row table:number-rows-repeated="{repeated}">{"".join(cells)}</table:table-row>'


BODY = row(*map(cell, "aby")) + "".join(row(cell(k * 7 % 5), cell(k * 3 % 11), cell("uv"[k % 2])) for k in range(N))


@pytest.mark.parametrize(
    ("content", "where"),
    [
        (workbook((1_048_576, 16_384)), "at XFD1048576;"),
        (workbook((5_000, 3), (3, 16_384)), "at C5000 and XFD3;"),
        (workbook((1_048_576, 100)), "at CV1048576;"),
        (ods(BODY + row(blank(16_384), repeated=1_000_000) + row(blank(999), cell("x"))), "at ALL1000022;"),
        (ods(row(cell("x", 10_000), repeated=10_000)), "at NTP10000;"),
    ],
)
def test_something_far_out_is_refused_and_named(content: bytes, where: str) -> None:
    assert len(content) < 10_000
    with pytest.raises(TableError, match=r"spans [\d,]+ million cells, since something stands alone") as caught:
        read_table(content)
    assert where in str(caught.value)
    assert weight(content) > most()


@pytest.mark.parametrize(
    "content",
    [
        workbook(),
        workbook((1_048_576, 16_384), styled=True),
        ods(BODY),
        ods(BODY + row(blank(16_384), repeated=1_048_555)),
    ],
    ids=["plain", "a colour far out", "ods", "ods to its end"],
)
def test_cells_that_hold_nothing_count_for_nothing(content: bytes) -> None:
    read = read_table(content)
    assert (read.rows, read.feature_names) == (N, ("a", "b"))
    assert weight(content) < max(len(content), CELL * 1_000) * 20


def test_a_sheet_that_is_not_read_may_reach_as_far_as_it_likes() -> None:
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(workbook()))
    far = book.create_sheet("far")
    far["A1"] = far["XFD1048576"] = "x"
    assert read_table(saved(book)).rows == N
    with pytest.raises(TableError, match="The sheet 'far' spans"):
        read_table(saved(book), sheet="far")


def test_a_workbook_of_which_any_byte_has_fallen_over_is_read_or_refused_in_a_sentence() -> None:
    rng, content, said = np.random.default_rng(0), workbook(), list[str]()
    for _ in range(200):
        broken = bytearray(content)
        for place in rng.integers(0, len(broken), rng.integers(1, 4)):
            broken[place] = rng.integers(0, 256)
        try:
            read_table(bytes(broken))
        except TableError as error:
            said.append(str(error))
        assert weight(bytes(broken)) > 0
    assert said
    assert all(sentence.endswith(".") for sentence in said)
