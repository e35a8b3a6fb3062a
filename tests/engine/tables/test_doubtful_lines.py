"""Lines that may be something else: halves of decimals, titles, numbers as names, classes of a table on its side."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from regviz.tables import TableError, read_table
from regviz.tables.table import Table

N = 24
X, Z = [k * 37 % 83 + 10 for k in range(N)], [k * 7 % 12 + 1 for k in range(N)]
A, B = [k * 7 % 10 for k in range(N)], [k * 41 % 100 for k in range(N)]


def read(*lines: str, header: bool | None = None) -> Table:
    return read_table("\n".join(lines) + "\n", header=header)


def names(table: Table) -> list[str]:
    return [column.name for column in table.columns]


def values(table: Table, place: int = 0) -> list[float]:
    return [float(value) for value in table.columns[place].values]


def noted(table: Table, said: str) -> bool:
    return any(said in note for note in table.notes)


# -- decimal commas between commas


HALVES = {
    "two decimals": lambda k: f"{X[k]},{A[k]},{Z[k]},{B[k]:02d}",
    "a class behind": lambda k: f"{X[k]},{A[k]},{Z[k]},{B[k]:02d},{'uv'[k % 2]}",
    "shares of one": lambda k: f"0,{B[k]:02d},0,{B[-k]:02d}",
    "below zero": lambda k: f"-{X[k]},{A[k]},{Z[k]},{B[k]:02d}",
    "of several lengths": lambda k: f"{X[k]},{A[k]},{Z[k]},{f'{B[k]:02d}'.rstrip('0') or 0}",
}


@pytest.mark.parametrize("kind", HALVES)
def test_halves_of_decimals_are_refused_unless_a_person_says_that_they_are_rows(kind: str) -> None:
    lines = [HALVES[kind](k) for k in range(N)]
    with pytest.raises(TableError, match="may have 2 numbers with a decimal comma") as refusal:
        read(*lines)
    assert refusal.value.line == 1
    assert "put quotes around such numbers, or save the table with semicolons. header=False reads a row." in str(
        refusal.value
    )
    table = read(*lines, header=False)
    assert len(table.columns) == lines[0].count(",") + 1
    assert noted(table, "it was read as whole numbers")


def test_digits_that_may_be_tenths_are_pointed_out() -> None:
    table = read(*(f"{X[k]},{A[k]},{Z[k]},{A[-k]}" for k in range(N)))
    assert values(table, 1) == A
    assert noted(table, f"may have 2 numbers with a decimal comma ('{X[0]},{A[0]}' and '{Z[0]},{A[0]}')")


@pytest.mark.parametrize(
    "row",
    [
        lambda k: f"{A[k]},{A[-k]},{k % 2},{A[k]}",  # grades
        lambda k: f"{X[k]},{k % 2},{Z[k]},{k // 2 % 2}",  # answers
        lambda k: f"{X[k]},{Z[k]},{B[k]},{A[k]}",
        lambda k: f"{8 + k % 3:02d},{B[k] % 60:02d},{9 + k % 3:02d},{B[-k] % 60:02d}",  # hours and minutes
        lambda k: f"{X[k]},{A[k]},{Z[k]}",
    ],
)
def test_whole_numbers_are_no_halves(row: Callable[[int], str]) -> None:
    assert not noted(read(*map(row, range(N))), "decimal comma")


def test_decimal_commas_in_quotes_are_decimals() -> None:
    table = read(*(f'"{X[k]},{A[k]}","{Z[k]},{B[k]:02d}"' for k in range(N)))
    assert values(table) == [float(f"{X[k]}.{A[k]}") for k in range(N)]
    assert values(table, 1) == [float(f"{Z[k]}.{B[k]:02d}") for k in range(N)]
    assert noted(table, "Decimal commas were read in 'x1' and 'y'.")


# -- titles as wide as the table


ROWS = [f"{X[k]}.5,{Z[k]}.25,{'uv'[k % 2]}" for k in range(N)]
WORDS = [f"{('red', 'blue', 'green')[k % 3]},{'SML'[k // 2 % 3]},{'uv'[k % 2]}" for k in range(N)]


@pytest.mark.parametrize("rows", [ROWS, WORDS])
@pytest.mark.parametrize(
    ("title", "line"),
    [
        ("Report,Station 5,2024-03-01", "a,b,form"),
        ("Report,Graz,12.3.24", "a,b,form"),
        ("Results of last year,Graz,Wien", "a,b,form"),
        ("Results,of the,experiment", "x1,x2,form"),
        ("Ergebnis,Labor,Graz", "laenge,breite,klasse"),
        ("Report,,", "a,b,form"),
    ],
)
def test_a_title_as_wide_as_the_table_has_no_names(rows: list[str], title: str, line: str) -> None:
    table = read(title, line, *rows)
    assert names(table) == line.split(",")
    assert len(table.columns[0].values) == N
    assert noted(table, f"1 line before the table was skipped: '{title.replace(',', ' ').strip()}'.")


def test_two_lines_that_may_both_have_the_names_are_told() -> None:
    table = read("Ergebnis,Labor,Graz", "laenge,breite,farbe", *ROWS)
    assert names(table) == ["Ergebnis", "Labor", "Graz"]
    assert noted(table, "Line 2, 'laenge breite farbe', was skipped")
    assert noted(table, "If line 2 has the names, delete the lines above it.")
    table = read("Ergebnis,Labor,Graz", "laenge,breite,farbe", *WORDS)
    assert len(table.columns[0].values) == N + 1
    assert noted(table, "Line 2, 'laenge breite farbe', was read as a row, though each of its texts stands there alone")


@pytest.mark.parametrize("line", ["cm,kg,", "[mm],[g],[-]", "float,float,object", "m,s,kg"])
def test_units_and_kinds_have_no_names(line: str) -> None:
    table = read("length,weight,form", line, *ROWS)
    assert names(table) == ["length", "weight", "form"]
    assert not noted(table, "has the names")


# -- names that are numbers


WAVES = [400.5 + 0.5 * k for k in range(6)]


def spectra(waves: list[float], first: str, last: str) -> tuple[list[str], list[float]]:
    """The lines of a table of what was measured at `waves`, and the first of these columns."""
    cells = [[7 + round(0.21 * ((k * 13 + j * 7) % 17), 2) for j in range(len(waves))] for k in range(N)]
    lines = [";".join([*([first] if first else []), *map(str, waves), *([last] if last else [])])]
    for k, row in enumerate(cells):
        before, behind = [f"Ort {chr(97 + k)}"] if first else [], ["uv"[k % 2]] if last else []
        lines.append(";".join([*before, *map(str, row), *behind]))
    return lines, [row[0] for row in cells]


@pytest.mark.parametrize("decimal", [".", ","])
@pytest.mark.parametrize(
    ("waves", "first", "last"),
    [
        (WAVES, "", "sorte"),
        (WAVES, "probe", "sorte"),
        (WAVES, "probe", ""),
        (WAVES, "", ""),
        (WAVES[::-1], "", ""),
        ([1000, 1040, 1080], "", ""),
        ([350.1, 351.4, *WAVES], "probe", ""),
        ([0.1, 1, 10, 100], "", "wuchs"),
    ],
)
def test_numbers_at_which_was_measured_are_names(decimal: str, waves: list[float], first: str, last: str) -> None:
    lines, right = spectra(waves, first, last)
    table = read(*(line.replace(".", decimal) for line in lines))
    assert names(table) == lines[0].replace(".", decimal).split(";")
    assert values(table, bool(first)) == right
    assert noted(table, "was read as names, unlike the lines below. header=False reads a row.")


@pytest.mark.parametrize("row", ["5.1,3.5,1.4,u", "1.4,3.5,5.1,u", "9.9,1.1,7.3,w", "1.5,2.5,3.5", "2,4,6"])
def test_first_rows_of_measurements_are_rows(row: str) -> None:
    width = row.count(",") + 1
    below = [",".join([f"{A[k]}.{Z[k]}", f"{A[-k]}.4", f"{Z[k]}.1", "uv"[k % 2]][:width]) for k in range(N)]
    assert len(read(row, *below).columns[0].values) == N + 1


# -- names between other signs


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("a;b;form", "semicolons"),
        ("a\tb\tform", "tabs"),
        ("a|b|form", "bars"),
        ("a b form", "spaces"),
        ("a; b; form", "semicolons"),
    ],
)
def test_names_between_another_sign_are_read(line: str, said: str) -> None:
    table = read(line, *ROWS)
    assert names(table) == ["a", "b", "form"]
    assert values(table) == [x + 0.5 for x in X]
    assert noted(table, f"Line 1 has {said} where the rows have commas; the names were read from it.")


def test_names_between_commas_above_decimal_commas_cut_no_number() -> None:
    table = read("a,b,form", *(row.replace(",", ";").replace(".", ",") for row in ROWS))
    assert names(table) == ["a", "b", "form"]
    assert values(table, 1) == [z + 0.25 for z in Z]
    assert noted(table, "Line 1 has commas where the rows have semicolons")


def test_a_title_of_as_many_words_as_columns_is_none_of_the_names() -> None:
    table = read("Report of June:", *ROWS)
    assert names(table) == ["x1", "x2", "y"]
    assert noted(table, "1 line before the table was skipped")


# -- tables on their side


SIDE = [f"g{row},{','.join(str(round(0.37 * ((row * 5 + k * 11) % 19), 2)) for k in range(N))}" for row in range(20)]
HEAD, CLASSES = "gene," + ",".join(f"s{k}" for k in range(N)), ",".join("uv"[k % 2] for k in range(N))


@pytest.mark.parametrize("rows", [3, 20])
@pytest.mark.parametrize("head", [[HEAD], []])
@pytest.mark.parametrize("place", [0, 2, None])
def test_a_table_on_its_side_is_refused_by_the_line_of_its_classes(
    rows: int, head: list[str], place: int | None
) -> None:
    lines = [*SIDE[:rows]]
    lines.insert(rows if place is None else place, f"class,{CLASSES}")
    line = 1 + len(head) + (rows if place is None else place)
    with pytest.raises(
        TableError, match=f"Line {line}, 'class u v .* the table lies on its side; transpose"
    ) as refusal:
        read(*head, *lines)
    assert refusal.value.line == line


def test_a_table_on_its_side_without_classes_is_pointed_out() -> None:
    assert noted(
        read(HEAD, *SIDE), "The columns are called 's0' to 's23'; if they are the samples, transpose the table"
    )
    assert "transpose the table" in read(HEAD, *SIDE[:4]).refusal


def test_units_below_the_names_put_no_table_on_its_side() -> None:
    table = read("name,a,b,c,d", "unit,cm,cm,kg,kg", *(f"n{k},{X[k]},{Z[k]},{A[k]},{B[k]}" for k in range(N)))
    assert values(table, 1) == X


# -- last lines, and numbers that may be read in two ways


@pytest.mark.parametrize(("line", "rows"), [("*,*,u", N + 1), ("-,-,u", N + 1), ("*,*,*", N), ("*,*,u is rare", N)])
@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_a_last_row_of_gaps_with_a_class_is_a_row(line: str, rows: int, sign: str) -> None:
    table = read(*(text.replace(",", sign) for text in ["a,b,form", *ROWS, line]))
    assert len(table.columns[0].values) == rows
    written = line.replace(",", " ")
    assert noted(
        table, f"'{line[0]}' (1 row) was read as missing" if rows > N else f"below the table was skipped: '{written}'"
    )


@pytest.mark.parametrize(
    ("texts", "right"),
    [
        (["3.424", "4647"], [3424.0, 4647.0]),
        (["1.250", "950"], [1250.0, 950.0]),
        (["3.424", "4"], [3.424, 4.0]),
        (["3,424", "4647"], [3424.0, 4647.0]),
        (["12.345", "7", "19"], [12.345, 7.0, 19.0]),
    ],
)
def test_a_number_in_two_ways_is_read_by_the_size_of_the_others_with_a_note(
    texts: list[str], right: list[float]
) -> None:
    table = read("a;b;form", *(f"{texts[k % len(texts)]};{Z[k]};{'uv'[k % 2]}" for k in range(N)))
    assert values(table) == [right[k % len(texts)] for k in range(N)]
    assert any(re.match(f"'a': '{texts[0]}' was read as .*. decimal='[.,]' reads it as", note) for note in table.notes)
