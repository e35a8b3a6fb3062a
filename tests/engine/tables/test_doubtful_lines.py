"""Lines that may be something else: halves of decimals, titles, numbers as names, classes of a table on its side."""

from __future__ import annotations

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
    assert "put quotes around such numbers, or save the table with semicolons; or say header=False" in str(
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
