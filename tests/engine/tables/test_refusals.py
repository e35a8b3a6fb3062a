"""What is no table says so and what to do; columns at fixed places, and doubts that are only said."""

from __future__ import annotations

import re

import pytest

from regviz.tables import Table, TableError, read_table

N = 24
X = [round(12.1 + k * 37 % 23 * 0.31, 2) for k in range(N)]


def read(*lines: str) -> Table:
    return read_table("\n".join(lines) + "\n")


def noted(table: Table, said: str) -> bool:
    return any(said in note for note in table.notes)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("https://example.org/data.csv", "is an address, and nothing is fetched from the net; download the file"),
        ("s3://bucket/data.parquet", "is an address"),
        ("{'x': [1, 2, 3], 'y': [4, 5, 6]}", "code, no table. Run it, and pass the array, the dict or the frame"),
        ("x,y,k", "The text has a single line; a table needs names and rows, a line for each."),
        ("a" * 5000 + ",b", "The text has a single line"),
        ("A = [\n1 2 0;\n3 4 1;\n];\n", "code, no table"),
        ("array([[1.5, 2.5],\n       [3.5, 4.5]])\n", "code, no table"),
        ("df = pd.DataFrame({\n  'x': [1, 2],\n})\n", "code, no table"),
        ("- x: 12.1\n  k: A\n- x: 13.1\n  k: B\n", "YAML"),
        ("t=1 temp=12.1 hum=40\n" * 5, "lines of name=value. Write the names once, in the first line"),
        ('192.168.0.1 - - [15/Jan/2024:10:15:00 +0100] "GET /a HTTP/1.1" 200 5\n' * 5, "a web server's log"),
        ("2024-01-15 10:15:00,123 INFO epoch 1 loss 0.5\n" * 5, "a program's log"),
        ("k & x & y \\\\ \\hline\n" + "A & 1 & 2 \\\\\n" * 5, "LaTeX"),
        ("00112A\n00213B\n00314C\n", "If its columns stand at fixed places, or below each other, open it"),
    ],
)
def test_what_is_no_table_says_what_to_do(text: str, said: str) -> None:
    with pytest.raises(TableError, match=re.escape(said)):
        read_table(text)


def test_a_table_that_lies_on_its_side_is_named() -> None:
    table = read(*(",".join([name, *(str(k + x) for x in (*X, 9))]) for k, name in enumerate("abc")))
    assert "transpose the table" in table.refusal


def test_columns_at_fixed_places_may_have_spaces_and_gaps() -> None:
    names, towns = ("Ann Lee", "Bob", "Cy Doe"), ("New York", "Rome", "")
    rows = [f"{names[k % 3]:<12}{towns[k // 2 % 3]:<12}{20 + k:>3}" for k in range(N)]
    table = read("Name        City        Age", *rows)
    assert [column.name for column in table.columns] == ["Name", "City", "Age"]
    assert table.columns[0].texts() == [names[k % 3] for k in range(N)]
    assert table.columns[1].texts() == [towns[k // 2 % 3] or None for k in range(N)]
    assert table.columns[2].values.tolist() == [20.0 + k for k in range(N)]
    assert noted(table, "The lines were cut at places that are blank in all of them.")


def test_a_line_below_columns_at_fixed_places_is_no_row() -> None:
    towns = ("New York", "Rome", "San Jose")
    rows = [f"{towns[k % 3]:<10} {X[k]:>6} {k:>10}" for k in range(N)]
    table = read("NAME            X          Y", "---------- ------ ----------", *rows, "", "24 rows selected.")
    assert table.columns[0].texts() == [towns[k % 3] for k in range(N)]
    assert table.columns[1].values.tolist() == X


def test_lines_of_a_mail_lose_the_sign_before_them() -> None:
    table = read("> x;k", *(f"> {X[k]};{'AB'[k % 2]}" for k in range(N)))
    assert [column.name for column in table.columns] == ["x", "k"]
    assert noted(table, "The sign > before each line was left out.")


def test_several_answers_in_one_cell_are_pointed_out() -> None:
    table = read("tools,y", *(f"{('R;Python', 'Python', 'Excel;R')[k % 3]},{X[k]}" for k in range(N)))
    assert table.column("tools").kind == "category"
    assert noted(table, "'R;Python' and others may be several answers in one cell ('Excel', 'Python' and 'R')")


@pytest.mark.parametrize("texts", [("Rome; IT", "Bonn; DE"), ("a", "b"), ("x;1", "y;2", "z;3")])
def test_texts_with_a_delimiter_are_no_answers_by_that_alone(texts: tuple[str, ...]) -> None:
    table = read("town,y", *(f"{texts[k % len(texts)]},{X[k]}" for k in range(N)))
    assert not noted(table, "several answers")


def test_a_last_row_that_may_be_a_statistic_is_pointed_out() -> None:
    table = read("ort,a,b", *(f"C{k},{X[k]},{k * 7 % 11}" for k in range(N)), "SD,99.5,77")
    assert len(table.column("a").values) == N + 1
    assert noted(table, "Line 26, 'SD 99.5 77', was read as a row; if it sums up the others, delete the line.")


def test_sums_of_groups_are_told_by_their_numbers_whatever_they_are_called() -> None:
    a, b = [3 * k + 1 for k in range(12)], [k * 7 % 11 + 2 for k in range(12)]
    lines = [f"C{k},{a[k]},{b[k]}" for k in range(12)]
    for place in (12, 8, 4):
        lines.insert(place, f"Podsuma {place},{sum(a[place - 4 : place])},{sum(b[place - 4 : place])}")
    table = read("ort,a,b", *lines, *(), "")
    assert table.column("a").values.tolist() == a
    assert noted(table, "3 lines that sum up those above")


def test_numbers_that_come_again_and_again_are_no_sums() -> None:
    table = read("ort,a,b", *(f"{'xyz'[k % 3]},{(1, 2, 3)[k % 3]},{(10, 20, 30)[k % 3]}" for k in range(N)))
    assert len(table.column("a").values) == N
