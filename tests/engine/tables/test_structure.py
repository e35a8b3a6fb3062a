"""Where the cells of a file are: delimiters inside of texts, names and rows of different widths, lines in quotes."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

import pytest

from regviz.tables import TableError, read_table

N = 30
FIRST, LAST = ("John", "Mary", "Pete", "Anna"), ("Smith", "Miller", "Jones", "Brown", "Fox")
TOWNS = ("Austin, TX", "Boston, MA", "Salem, OR")
LISTS = ("red, green, blue", "a, b", "sun, moon, stars, sky", "plain")


def lines(head: Sequence[str], row: Callable[[int], str], foot: Sequence[str] = ()) -> str:
    """A file of N rows."""
    return "\n".join([*head, *map(row, range(N)), *foot]) + "\n"


def person(k: int) -> str:
    return f"{LAST[k % 5]}{k}, {FIRST[k % 4]}"


class Right(NamedTuple):
    """A file, its columns' names, the texts of some cells by (row, column), and what is said."""

    content: str
    names: tuple[str, ...]
    cells: dict[tuple[int, int], str]
    said: str


RIGHT: dict[str, Right] = {
    "family names before first names": Right(
        lines(["name,price"], lambda k: f"{person(k)},{k % 9}.5"),
        ("name", "price"),
        {(0, 0): "Smith0, John", (29, 0): "Fox29, Mary", (1, 1): "1.5"},
        "In 30 lines a comma with a space behind it was read as part of a text, as in line 2: 'Smith0, John'",
    ),
    "towns of a few states": Right(
        lines(["town,pop,y"], lambda k: f"{TOWNS[k % 3]},{k * 7 % 50},{'uv'[k % 2]}"),
        ("town", "pop", "y"),
        {(0, 0): "Austin, TX", (1, 1): "7", (1, 2): "v"},
        "as in line 2: 'Austin, TX'",
    ),
    "towns in the second column": Right(
        lines(["id,town,y"], lambda k: f"{k + 1},{TOWNS[k % 3]},{'uv'[k % 2]}"),
        ("id", "town", "y"),
        {(0, 0): "1", (2, 1): "Salem, OR", (2, 2): "u"},
        "'Austin, TX'",
    ),
    "dates with a comma": Right(
        lines(["day,heat,y"], lambda k: f"Jan {k % 28 + 1}, 2024,{k % 9}.5,{'uv'[k % 2]}"),
        ("day", "heat", "y"),
        {(0, 0): "19723", (1, 1): "1.5"},
        "'Jan 1, 2024'",
    ),
    "a comma in later rows alone": Right(
        lines(["name,price,y"], lambda k: f"{LAST[k % 5] if k < 8 else person(k)},{k % 9}.5,{'uv'[k % 2]}"),
        ("name", "price", "y"),
        {(0, 0): "Smith", (7, 0): "Jones", (8, 0): "Brown8, John"},
        "In 22 lines",
    ),
    "commas of texts beside quotes": Right(
        lines(["town,note,y"], lambda k: f'{TOWNS[k % 3]},"a, {k}",{"uv"[k % 2]}'),
        ("town", "note", "y"),
        {(0, 0): "Austin, TX", (1, 1): "a, 1"},
        "'Austin, TX'",
    ),
    "commas of texts below a title and a comment, above a footer": Right(
        lines(
            ["Staff, 2024", "# made, by, hand, all", "name,price,y"],
            lambda k: f"{person(k)},{k % 9}.5,{'uv'[k % 2]}",
            ["Source: own, checked, twice, all"],
        ),
        ("name", "price", "y"),
        {(0, 0): "Smith0, John", (1, 1): "1.5"},
        "as in line 4: 'Smith0, John'",
    ),
    "texts with one comma or two": Right(
        lines(["x;tags;y"], lambda k: f"{k % 7},5;{('a', 'a; b', 'a; b; c')[k % 3]};{'uv'[k % 2]}"),
        ("x", "tags", "y"),
        {(0, 0): "0.5", (1, 1): "a; b", (2, 1): "a; b; c", (2, 2): "u"},
        "In 20 lines a semicolon with a space behind it was read as part of a text, as in line 3: 'a; b'",
    ),
    "R's names of rows": Right(
        lines(['"mpg","cyl","kind"'], lambda k: f'"car {k}",{k % 9}.5,{k % 3},"{"uv"[k % 2]}"'),
        ("unnamed", "mpg", "cyl", "kind"),
        {(0, 0): "car 0", (1, 1): "1.5", (2, 3): "u"},
        "Cells such as 'car 0' were taken for names of the rows",
    ),
    "R's numbers of rows": Right(
        lines(['"n","cyl","kind"'], lambda k: f'"{k + 1}",{k % 9},{k % 3},"{"uv"[k % 2]}"'),
        ("unnamed", "n", "cyl", "kind"),
        {(0, 0): "1", (1, 1): "1", (2, 2): "2"},
        "Line 1 has one name fewer",
    ),
    "R's names of rows before texts": Right(
        lines(['"town","kind"'], lambda k: f'"r{k}","{TOWNS[k % 3]}","{"uv"[k % 2]}"'),
        ("unnamed", "town", "kind"),
        {(1, 0): "r1", (1, 1): "Boston, MA"},
        "Cells such as 'r0' were taken for names of the rows",
    ),
    "lists between tabs": Right(
        lines(["likes\tloathes"], lambda k: f"{LISTS[k % 4]}\t{LISTS[k // 2 % 4]}"),
        ("likes", "loathes"),
        {(0, 0): "red, green, blue", (3, 1): "a, b"},
        "with tabs between them",
    ),
    "lists of one length between semicolons": Right(
        lines(["likes;loathes"], lambda k: f"red, green, {k % 3};sun, {'uv'[k % 2]}"),
        ("likes", "loathes"),
        {(0, 0): "red, green, 0", (1, 1): "sun, v"},
        "with semicolons between them",
    ),
    "sentences between bars": Right(
        lines(["review|mood"], lambda k: f"well, this was, as I said, fine {k % 5}|{'uv'[k % 2]}"),
        ("review", "mood"),
        {(0, 0): "well, this was, as I said, fine 0", (1, 1): "v"},
        "with bars between them",
    ),
    "whole lines in quotes": Right(
        lines(['"a,b,y"'], lambda k: f'"{k % 9}.5,{k % 4},{"uv"[k % 2]}"'),
        ("a", "b", "y"),
        {(0, 0): "0.5", (1, 2): "v"},
        "Each line stood in quotes as a whole",
    ),
    "whole lines in quotes, with quotes in them": Right(
        lines(["a,town"], lambda k: f'"{k % 9}.5,""{TOWNS[k % 3]}"""'),
        ("a", "town"),
        {(0, 0): "0.5", (1, 1): "Boston, MA"},
        "Each line stood in quotes as a whole",
    ),
    "whole lines in quotes, semicolons behind": Right(
        lines(['"a,b,y";'], lambda k: f'"{k % 9}.5,{k % 4},{"uv"[k % 2]}";'),
        ("a", "b", "y"),
        {(0, 0): "0.5", (1, 2): "v"},
        "Each line stood in quotes as a whole",
    ),
}


@pytest.mark.parametrize("name", RIGHT)
def test_cells_are_where_they_belong(name: str) -> None:
    right = RIGHT[name]
    table = read_table(right.content)
    assert table.rows == N
    assert tuple(column.name for column in table.columns) == right.names
    found = {(row, place): table.columns[place].texts()[row] for row, place in right.cells}
    assert found == right.cells
    assert any(right.said in note for note in table.notes), table.notes


REFUSED: dict[str, tuple[str, int, str]] = {
    "decimal commas that count": (lines(["x,y"], lambda k: f"{k},5,{k % 3}"), 1, "Line 1 names 2 columns"),
    "names without a space": (
        lines(["name,price"], lambda k: f"{LAST[k % 5]}{k},{FIRST[k % 4]},{k}.5"),
        1,
        "texts with a comma? Then put quotes around them",
    ),
    "an id in one word": (
        lines(["PassengerId,Name,Age"], lambda k: f"{k + 1},{LAST[k % 5]},{FIRST[k % 4]},{20 + k}"),
        1,
        "the lines below have 4 cells",
    ),
    "rows of another width with a blank line behind": (
        lines(["a,b,y", "1,2,u", "2,3,v", ""], lambda k: f"{k},{k % 3},{'uv'[k % 2]},late"),
        5,
        "Line 5 has 4 cells, the lines above have 3.",
    ),
    "a first column that repeats": (
        lines(["town,pop"], lambda k: f"{TOWNS[k % 3].replace(' ', '')},{k}"),
        1,
        "the lines below have 3 cells",
    ),
    "an id beside a text with a comma": (
        lines(["id,price,note"], lambda k: f"{k + 1},{k % 9}.5,good,really"),
        1,
        "Line 1 names 3 columns ('id', 'price' and 'note')",
    ),
    "spaces in texts": (lines(["town y"], lambda k: f"New{k} York {'uv'[k % 2]}"), 1, "If a space is part of a text"),
    "early rows without a comma": (
        lines(["a,b,y"], lambda k: f"{k},{'5,' * (k >= 8)}{k % 9},{'uv'[k % 2]}"),
        10,
        "Line 10 has 4 cells, the lines above have 3.",
    ),
    "one early row, no names": (
        lines([], lambda k: f"{k},{'5,' * (k >= 2)}{k % 9},{'uv'[k % 2]}"),
        3,
        "Line 3 has 4 cells, the lines above have 3.",
    ),
    "remarks behind later rows": (
        lines(["a;b;y"], lambda k: f"{k};{k % 9};{'uv'[k % 2]}{';late' * (k > 9)}"),
        12,
        "texts and numbers that have a semicolon in them",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.parametrize("header", [None, True])
def test_cells_that_may_belong_elsewhere_are_refused_by_their_line(name: str, header: bool | None) -> None:
    content, line, said = REFUSED[name]
    if header and "no names" in name:
        return
    with pytest.raises(TableError, match=re.escape(said)) as refusal:
        read_table(content, header=header)
    assert refusal.value.line == line


def test_remarks_of_an_instrument_above_the_names_are_skipped() -> None:
    table = read_table(
        lines(["device,X1", "date,2024-01-01", "place,roof", "t,heat,y"], lambda k: f"{k}.5,{k % 9},u{k % 2}")
    )
    assert [column.name for column in table.columns] == ["t", "heat", "y"]
    assert "3 lines before the table were skipped: 'device X1', 'date 2024-01-01' and 1 more." in table.notes


def test_whole_lines_in_quotes_are_told_below_a_title_and_not_from_a_single_column() -> None:
    table = read_table(lines(["Report", '"a,b,y"'], lambda k: f'"{k % 9}.5,{k % 4},{"uv"[k % 2]}"'))
    assert [column.name for column in table.columns] == ["a", "b", "y"]
    with pytest.raises(TableError, match="a single column"):
        read_table(lines(['"text"'], lambda k: f'"good, {k}"'))


def test_a_space_behind_every_comma_is_no_part_of_a_text() -> None:
    table = read_table(lines(["a,b,y"], lambda k: f"{k % 9}.5, {k % 4}, {'uv'[k % 2]}"))
    assert [column.name for column in table.columns] == ["a", "b", "y"]
    assert table.class_names == ("u", "v")
    assert not any("part of a text" in note for note in table.notes)
