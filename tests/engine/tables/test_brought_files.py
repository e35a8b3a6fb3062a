"""Files whose lines are not what they seem: quotes within quotes, names and sums between rows, drawn tables."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence

import pytest

from engine.tables.brought import CELLS, ROWS, N, X, Y, Z, noted, numbers, read
from regviz.tables import TableError, read_table

# -- quotes


@pytest.mark.parametrize(
    ("cell", "right"),
    [
        ('"a"b', '"a"b'),
        ('"a "b" c"', 'a "b" c'),
        ('"a "b", c"', 'a "b", c'),
        ('"5" pipe"', '5" pipe'),
        ('""a""', '"a"'),
        ('"a" and "b"', '"a" and "b"'),
        ('b"a"', 'b"a"'),
    ],
)
def test_text_behind_a_closing_quote_is_kept_as_it_is_written(cell: str, right: str) -> None:
    table = read("t,x,y", '"k",1.5,a', *(f"{cell},{row.split(',', 1)[1]}" for row in ROWS), '"k",2.5,b')
    assert set(table.column("t").levels) == {"k", right}
    assert noted(table, "as written") or noted(table, "as they are written") or not cell.startswith('"')
    alone = read("t,x,y", '"k",1.5,a', f"{cell},2.5,b", *(f'"l",{row.split(",", 1)[1]}' for row in ROWS))
    assert alone.column("t").texts()[:2] == ["k", right]
    assert not cell.startswith('"') or noted(alone, "In line 3 there is a quote within quotes, or text behind")


def test_blanks_behind_a_closing_quote_are_none_of_the_text() -> None:
    table = read("t,x,y", *(f'"a, {k % 2}" ,{X[k]} ,{Y[k]}' for k in range(N)))
    assert table.column("t").levels == ("a, 0", "a, 1")
    assert not noted(table, "quote")


@pytest.mark.parametrize("line", ['"a"b,c,d,1.5,a', '"one\ntwo" x,1,2.5,b'])
def test_quotes_that_tell_no_cells_are_refused_by_their_line(line: str) -> None:
    with pytest.raises(TableError, match=r"Line 4 has|line 4 is never closed") as refusal:
        read("t,u,x,y", '"k","l",1.5,a', '"k","l",2.5,b', line, *(f'"k","l",{x},{y}' for x, _, y in CELLS))
    assert refusal.value.line == 4


# -- names and sums between the rows


@pytest.mark.parametrize("mark", ["", "\ufeff", " "])
def test_names_that_are_repeated_where_files_were_joined_are_no_row(mark: str) -> None:
    table = read("x,z,y", *ROWS, f"{mark}x,z,y", *ROWS)
    assert numbers(table, "x") == X + X
    assert table.column("y").texts() == Y + Y
    assert noted(table, f"The names are repeated in 1 line below (line {N + 2}), which was skipped.")
    assert numbers(read("x,z,y", *ROWS, "X,Z,Y", *ROWS), "x") == X + X


def test_rows_of_another_width_above_a_table_are_refused_by_the_line() -> None:
    wide = [f"{row},1" for row in ROWS]
    with pytest.raises(
        TableError, match=rf"Line {N + 2} has 4 cells, the {N} lines of numbers above have 3"
    ) as refusal:
        read("x,z,y", *ROWS, "x,z,y,w", *wide)
    assert refusal.value.line == N + 2


def test_commas_between_thousands_are_no_names_of_rows() -> None:
    with pytest.raises(TableError, match="Line 1 names 3 columns"):
        read("name,price,y", *(f"n{k},1,{100 + k},{Y[k]}" for k in range(N)))


@pytest.mark.parametrize(
    ("names", "order"), [("z,x,y", (1, 0, 2)), ("p,q,kind", (1, 0, 2)), ("y,z,x", (2, 1, 0)), ("x,z,class", (0, 1, 2))]
)
def test_names_of_another_table_between_the_rows_are_refused_by_their_line(names: str, order: Sequence[int]) -> None:
    below = [",".join(cells[place] for place in order) for cells in CELLS]
    with pytest.raises(
        TableError, match=rf"Line {N + 2}, '{names.replace(',', ' ')}', names columns as line 1 does not"
    ) as refusal:
        read("x,z,y", *ROWS, names, *below)
    assert refusal.value.line == N + 2


def test_words_among_numbers_are_no_names_of_another_table() -> None:
    table = read("x,z,y", *ROWS, "broken,broken,a", "low,3,b", *ROWS)
    assert len(table.column("x").values) == 2 * N + 2


SUMS = f"{sum(X):.2f},{sum(Z):.0f}"
W = [str(k * 3 % 7) for k in range(N)]
WHOLE = [f"{row.rsplit(',', 1)[0]},{w}" for row, w in zip(ROWS, W, strict=True)]


@pytest.mark.parametrize(
    "lines",
    [
        ["x,z,w", *WHOLE, f"{SUMS},{sum(map(int, W))}"],
        ["x,z,w", f"{SUMS},{sum(map(int, W))}", *WHOLE],
        ["no,x,z", *(f"{k + 1},{row.rsplit(',', 1)[0]}" for k, row in enumerate(ROWS)), f"{N + 1},{SUMS}"],
        ["n,x,z", *(f"c{k},{row.rsplit(',', 1)[0]}" for k, row in enumerate(ROWS)), f"alles zusammen,{SUMS}"],
    ],
)
def test_row_of_sums_is_no_row_whatever_it_is_called(lines: list[str]) -> None:
    table = read(*lines)
    assert numbers(table, "x") == X
    assert numbers(table, "z") == Z
    assert noted(table, "sums")
    assert len(read_table("\n".join(lines), whole=True).column("x").values) == N + 1


@pytest.mark.parametrize("last", ["1,1,0", "1,0,1", "0,0,0"])
def test_zeros_and_ones_add_up_by_chance(last: str) -> None:
    rows = ["0,1,0", "1,0,0", *["0,0,0"] * 12, last]
    assert len(read("a,b,c", *rows).column("a").values) == 15


MEANS = f"{sum(X) / N:.4f},{sum(Z) / N:.3f},{sum(map(int, W)) / N:.3f}"


@pytest.mark.parametrize(
    "lines",
    [
        ["x,z,w", *WHOLE, MEANS],
        ["n,x,z", f"mean,{sum(X) / N:.3f},{sum(Z) / N:.3f}", *(f"c{k},{X[k]},{Z[k]:.0f}" for k in range(N))],
        [
            "n,x,z",
            *(f"c{k},{X[k]},{Z[k]:.0f}" for k in range(N)),
            f"Mean,{sum(X) / N:.3f},{sum(Z) / N:.3f}",
            "SD,1.2,3",
        ],
    ],
)
def test_means_are_no_row(lines: list[str]) -> None:
    table = read(*lines)
    assert (numbers(table, "x"), numbers(table, "z")) == (X, Z)
    assert noted(table, "means") or noted(table, "sums up the others") or noted(table, "below the table were skipped")


def test_sums_without_the_names_are_told_too() -> None:
    assert numbers(read(*WHOLE, f"{SUMS},{sum(map(int, W))}"), "x1") == X


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{| class="wikitable"\n! x !! y\n|-\n| 1 || a\n|}\n', "a wiki's markup (MediaWiki). Copy it from the page"),
        ("|===\n|x |y\n\n|1 |a\n|===\n", "a table in AsciiDoc"),
        ("-[ RECORD 1 ]\nx | 1\ny | u\n", "one record below the other. Let it print a table instead"),
        ("******************** 1. row ********************\n x: 1\n", "one record below the other"),
        ("##TITLE=x\n##XYDATA=(X++(Y..Y))\n400 1 2\n", "JCAMP-DX"),
        ("%%MatrixMarket matrix coordinate real general\n2 2 1\n1 1 5\n", "scipy.io.mmread"),
        ("@article{a,\n title={x}\n}\n", "BibTeX"),
        ("[a]\nx = 1\ny = 2\n[b]\nx = 3\n", "settings (INI, TOML)"),
        ("BEGIN:VCALENDAR\nVERSION:2.0\n", "a calendar"),
        ("1. Title: Iris\n\n2. Sources:\n", "the description of a data set. Bring the file with its rows (.data)"),
        ("Jan  5 10:00:01 host prog[1]: one\n" * 4, "a system's log"),
        ("<table><tr><td>1</td></tr></table>", "a web page"),
        ("", "The text is empty; give the path of a table"),
        (" \n", "The file is empty"),
    ],
)
def test_what_cannot_be_read_says_what_to_change(text: str, said: str) -> None:
    with pytest.raises(TableError, match=re.escape(said)):
        read_table(text)


def test_empty_dict_and_empty_bytes_are_empty_tables() -> None:
    for given in (b"", {}):
        with pytest.raises(TableError, match=r"empty; (a table|it) needs"):
            read_table(given)


@pytest.mark.parametrize("width", [4, 8])
def test_lines_of_a_logger_above_and_below_the_names_are_no_rows(width: int) -> None:
    extra = width - 4
    table = read(
        '"TOA5","CR1000","CR1000","123","Std.27","CPU:a","1","T1"' if extra else '"TOA5","CR1000","CR1000","123"',
        '"TIMESTAMP","RECORD","Batt","Temp"' + "".join(f',"V{k}"' for k in range(extra)),
        '"TS","RN","Volts","Deg C"' + ',"mV"' * extra,
        '"","","Avg","Smp"' + ',"Avg"' * extra,
        *(f'"2024-01-{k + 1:02d} 00:00:00",{k},12.{k},{X[k]}' + f",{k % 5}.5" * extra for k in range(N)),
    )
    assert [column.name for column in table.columns][:4] == ["TIMESTAMP", "RECORD", "Batt", "Temp"]
    assert numbers(table, "Temp") == X
    assert numbers(table, "TIMESTAMP") == [19723.0 + k for k in range(N)]
    assert noted(table, "'TOA5 ")
    assert noted(table, "as Campbell's software writes them")


def test_parquet_may_have_one_name_twice() -> None:
    import pyarrow as pa
    from pyarrow.parquet import write_table

    file = io.BytesIO()
    write_table(pa.Table.from_arrays([pa.array(X), pa.array(Z), pa.array(Y)], names=["a", "a", "y"]), file)
    table = read_table(file.getvalue())
    assert (numbers(table, "a"), numbers(table, "a (2)")) == (X, Z)
    assert noted(table, "Several columns are called 'a'")


def test_what_is_hidden_in_a_sheet_is_read_and_said() -> None:
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    for row in [["x", "z", "y"], *([X[k], Z[k], Y[k]] for k in range(N))]:
        sheet.append(row)
    sheet.row_dimensions[5].hidden = True
    sheet.column_dimensions["B"].hidden = True
    file = io.BytesIO()
    book.save(file)
    table = read_table(file.getvalue())
    assert (numbers(table, "x"), numbers(table, "z")) == (X, Z)
    assert noted(table, "1 row and 1 column of the sheet are hidden, and read like the others")


def test_numbers_of_wells_are_names_above_decimal_commas() -> None:
    rows = [f"{well};" + ";".join(f"{(k * 7 + 3) % 11},{k}" for k in range(12)) for well in "ABCDEFGH"]
    table = read(";".join(["", *(str(k + 1) for k in range(12))]), *rows)
    assert [column.name for column in table.columns][1:] == [str(k + 1) for k in range(12)]


def test_control_signs_of_hive_stand_between_cells() -> None:
    table = read("\x01".join("xzy"), *("\x01".join(cells) for cells in CELLS))
    assert (numbers(table, "x"), table.column("y").texts()) == (X, Y)
