"""Tables in memory and in other files: the same table comes out of all of them, and what is none is told a way out."""

from __future__ import annotations

import gzip
import io
import subprocess
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from regviz.tables import Table, TableError, read_table

ROWS = 30
COLUMNS: dict[str, list[Any]] = {
    "age": [None if k % 7 == 3 else 20.5 + k for k in range(ROWS)],
    "rooms": [k % 5 for k in range(ROWS)],
    "city": [("Graz", "Linz", "Wien")[k * 2 % 3] for k in range(ROWS)],
    "new": [k % 4 == 0 for k in range(ROWS)],
    "since": [datetime(2020, 1, 1 + k % 28) for k in range(ROWS)],
    "sold": [("no", "yes")[k % 3 == 0] for k in range(ROWS)],
}
INPUTS = ("age", "rooms", "city=Graz", "city=Linz", "city=Wien", "new", "since")


def csv_text() -> str:
    rows = zip(*COLUMNS.values(), strict=True)
    lines = [",".join("" if cell is None else str(cell) for cell in row) for row in rows]
    return "\n".join([",".join(COLUMNS), *lines]) + "\n"


def parquet() -> bytes:
    file = io.BytesIO()
    pq.write_table(pa.table(COLUMNS), file)
    return file.getvalue()


def workbook() -> bytes:
    file = io.BytesIO()
    frame = pd.DataFrame(COLUMNS)
    with pd.ExcelWriter(file, engine="openpyxl") as writer:
        pd.DataFrame({"only": ["a note"]}).iloc[:0].to_excel(writer, sheet_name="cover", index=False)
        frame.to_excel(writer, sheet_name="houses", index=False, startrow=2)
        writer.sheets["houses"]["A1"] = "Houses of my street"
    return file.getvalue()


def structured() -> Any:
    kinds = [("age", "f8"), ("rooms", "i8"), ("city", "U8"), ("new", "?"), ("since", "M8[us]"), ("sold", "U8")]
    rows = [tuple(np.nan if cell is None else cell for cell in row) for row in zip(*COLUMNS.values(), strict=True)]
    return np.array(rows, kinds)


def as_categories() -> pd.DataFrame:
    return pd.DataFrame(COLUMNS).astype({"city": "category", "sold": "category", "rooms": "Int64", "new": "boolean"})


SOURCES: dict[str, Any] = {
    "text": csv_text,
    "bytes": lambda: csv_text().encode(),
    "file object": lambda: io.BytesIO(csv_text().encode()),
    "text file": lambda: io.StringIO(csv_text()),
    "gzip": lambda: gzip.compress(csv_text().encode()),
    "pandas": lambda: pd.DataFrame(COLUMNS),
    "pandas with categories": as_categories,
    "pandas by Arrow": lambda: pd.DataFrame(COLUMNS).convert_dtypes(dtype_backend="pyarrow"),
    "polars": lambda: pl.DataFrame(COLUMNS),
    "polars with categories": lambda: pl.DataFrame(COLUMNS).with_columns(pl.col("city").cast(pl.Categorical)),
    "Arrow": lambda: pa.table(COLUMNS),
    "Arrow batch": lambda: pa.RecordBatch.from_pydict(COLUMNS),
    "Parquet": parquet,
    "workbook": workbook,
    "structured": structured,
    "dict": lambda: COLUMNS,
    "list of dicts": lambda: [dict(zip(COLUMNS, row, strict=True)) for row in zip(*COLUMNS.values(), strict=True)],
}


@pytest.mark.parametrize("source", SOURCES)
def test_one_table_comes_out_of_every_source(source: str) -> None:
    table = read_table(SOURCES[source](), target="sold")
    assert table.feature_names == INPUTS
    assert table.class_names == ("no", "yes")
    there = np.array([cell is not None for cell in COLUMNS["age"]])
    np.testing.assert_array_equal(table.X[there, 0], [cell for cell in COLUMNS["age"] if cell is not None])
    np.testing.assert_array_equal(table.X[:, 1], COLUMNS["rooms"])
    np.testing.assert_array_equal(table.X[:, 3], [city == "Linz" for city in COLUMNS["city"]])
    np.testing.assert_array_equal(table.X[:, 5], COLUMNS["new"])
    days = [(moment.date() - date(1970, 1, 1)).days for moment in COLUMNS["since"]]
    np.testing.assert_array_equal(table.X[:, 6], days)
    np.testing.assert_array_equal(table.y, [answer == "yes" for answer in COLUMNS["sold"]])
    assert table.column("age").missing == 4


@pytest.mark.parametrize("name", ["t.csv", "t.tsv", "t.txt", "t.parquet", "t.xlsx"])
def test_files_are_told_by_what_they_hold(tmp_path: Path, name: str) -> None:
    content = {"t.parquet": parquet, "t.xlsx": workbook}.get(name, lambda: csv_text().encode())()
    (tmp_path / name).write_bytes(content)
    assert read_table(tmp_path / name, target="sold").feature_names == INPUTS
    assert read_table(str(tmp_path / name), target="sold").feature_names == INPUTS


def test_an_archive_is_unpacked_once() -> None:
    once = gzip.compress(csv_text().encode())
    assert read_table(once, target="sold").feature_names == INPUTS
    assert read_table(gzip.compress(parquet()), target="sold").feature_names == INPUTS
    with pytest.raises(TableError, match="a gzip archive in another one; unpack it"):  # of which each may be a bomb
        read_table(gzip.compress(once))


def test_a_sheet_is_chosen_and_named() -> None:
    table = read_table(workbook(), target="sold")
    assert "The sheet 'houses' was read" in " ".join(table.notes)
    assert "1 line before the table was skipped: 'Houses of my street'" in " ".join(table.notes)
    assert read_table(workbook(), sheet="houses").rows == ROWS
    with pytest.raises(TableError, match="no sheet 'home'; there are 'cover' and 'houses'"):
        read_table(workbook(), sheet="home")


def test_arrays_have_the_target_last_and_no_names() -> None:
    X = np.arange(60.0).reshape(30, 2) % 7
    y = np.arange(30) % 2
    for source in (np.column_stack((X, y)), (X, y), (X, list(y)), [[*row, k % 2] for k, row in enumerate(X.tolist())]):
        table = read_table(source)
        assert (table.feature_names, table.target, table.class_names) == (("x1", "x2"), "y", ("0", "1"))
        np.testing.assert_array_equal(table.X, X)
    frame = read_table((pd.DataFrame(X, columns=["p", "q"]), pd.Series(y, name="r")))
    assert (frame.feature_names, frame.target) == (("p", "q"), "r")


def sparse() -> Any:
    from scipy.sparse import csr_matrix

    return csr_matrix(np.eye(5))


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (lambda: pd.Series([1, 2]), "A Series is a single column"),
        (lambda: pl.Series([1, 2]), "A Series is a single column"),
        (lambda: pa.chunked_array([[1, 2]]), "A Series is a single column"),
        (lambda: pl.DataFrame(COLUMNS).lazy(), "collect"),
        (sparse, r"sparse matrix of 5 × 5.*toarray"),
        (lambda: np.zeros(5), "column_stack"),
        (lambda: np.zeros((5, 2, 2)), "reshape"),
        (lambda: np.zeros((0, 2)), "empty"),
        (lambda: {}, "empty"),
        (lambda: [], "A list is no table"),
        (lambda: 3, "An int is no table; give a path"),
        (lambda: {"a": [1, 2], "b": [1]}, "'a' 2, 'b' 1"),
        (lambda: {"a": 1}, "'a' is a single value"),
        (lambda: [[1, 2], [3]], "Row 2 has 1 cell,"),
        (lambda: (np.zeros((3, 2)), [1, 2]), "X has 3 rows and y has 2"),
        (lambda: "nowhere.csv", "'nowhere.csv' does not exist"),
        (lambda: Path(__file__).parent, "is a folder"),
        (lambda: b"", "The file is empty"),
        (lambda: b"\x00\x01\x02", "no text"),
        (lambda: b"PK\x03\x04 no workbook", "zip archive or a damaged workbook"),
        (lambda: b"PAR1 no parquet", "Parquet file is damaged"),
        (lambda: b"%PDF-1.4", "PDF"),
        (lambda: '{"a":\n1}', "JSON"),
        (lambda: "<html>\n</html>", "web page"),
        (lambda: "a\n1\n2\n", "a single column"),
        (lambda: b"a,b\n" + b"1" * 50_000_001, "50 MB are read"),
    ],
)
def test_what_is_no_table_is_refused_with_a_way_out(source: Any, said: str) -> None:
    with pytest.raises(TableError, match=said) as caught:
        read_table(source())
    assert str(caught.value).endswith(".") or "npm" not in str(caught.value)


def test_nothing_is_imported_before_a_table_is_read() -> None:
    heavy = ("pandas", "polars", "pyarrow", "clevercsv", "chardet", "python_calamine", "charset_normalizer")
    script = f"import sys, regviz.tables; print([name for name in {heavy} if name in sys.modules])"
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_columns_of_numbers_are_not_copied_cell_by_cell() -> None:
    table = read_table({"a": np.linspace(0, 1, 20), "b": np.arange(20) % 2})
    assert isinstance(table, Table)
    assert table.column("a").values.dtype == np.float64


def test_a_cell_of_one_endless_word_is_read_as_quickly_as_others() -> None:
    """CleverCSV looks for web addresses by a pattern that takes hours on a word of a million letters."""
    text = "note,a,kind\n" + "".join(f"{'x' * 20_000}{k},{k % 7},{'ab'[k % 2]}\n" for k in range(40))
    table = read_table(text)
    assert [column.name for column in table.columns] == ["note", "a", "kind"]
    assert table.rows == 40
    with pytest.raises(TableError, match="The file has a single"):
        read_table(b"x" * 3_000_000)
