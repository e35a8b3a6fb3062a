"""Tables that a program has drawn or printed, and those of wikis."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from engine.tables.brought import CELLS, X, Y, Z, noted, numbers, read
from regviz.tables import read_table


def drawn(each: bool, edges: str = "|-+", head: str = "") -> str:
    """A table in a box, with a rule below each row or around the names and the rows alone."""
    bar, line, corner = edges
    widths = (7, 5, 4)

    def rule(sign: str) -> str:
        return corner + corner.join(sign * width for width in widths) + corner

    def row(cells: Sequence[str]) -> str:
        return bar + bar.join(f" {cell:<{width - 1}}" for cell, width in zip(cells, widths, strict=True)) + bar

    body = [part for cells in CELLS for part in (row(cells), rule(line))]
    rows = body if each else [*body[::2], rule(line)]
    return "\n".join([rule(line), row("xzy"), rule(head or line), *rows]) + "\n"


@pytest.mark.parametrize(
    "text",
    [
        drawn(False) + "20 rows in set (0.00 sec)\n",
        drawn(True, head="="),
        drawn(False, "│─┼"),
        drawn(True, "║═╬"),
        "||x||z||y||\n" + "".join(f"|{'|'.join(cells)}|\n" for cells in CELLS),
        "^ x ^ z ^ y ^\n" + "".join(f"| {' | '.join(cells)} |\n" for cells in CELLS),
        "|=x|=z|=y|\n" + "".join(f"|{'|'.join(cells)}|\n" for cells in CELLS),
        "|_. x|_. z|_. y|\n" + "".join(f"|{'|'.join(cells)}|\n" for cells in CELLS),
    ],
)
def test_drawn_and_marked_up_tables_are_read(text: str) -> None:
    table = read_table(text)
    assert [column.name for column in table.columns] == ["x", "z", "y"]
    assert (numbers(table, "x"), numbers(table, "z"), table.column("y").texts()) == (X, Z, Y)
    assert noted(table, "drawn around") or noted(table, "a wiki's markup")


def test_kinds_below_the_names_of_a_drawn_table_are_no_row_and_cells_go_over_several_lines() -> None:
    kinds = ["│ x   ┆ y   │", "│ --- ┆ --- │", "│ f64 ┆ str │", "╞═════╪═════╡"]
    rows = [f"│ {x} ┆ {y} │" for x, _, y in CELLS]
    table = read("shape: (20, 2)", "┌─────┬─────┐", *kinds, *rows, "└─────┴─────┘")
    assert (numbers(table, "x"), table.column("y").texts()) == (X, Y)
    rule = "+------+-------+"
    cells = [line for x, _, y in CELLS for line in (f"| {x:<4} | big   |", f"|      | {y:<5} |", rule)]
    assert read(rule, "| x    | y     |", rule, *cells).column("y").levels == ("big a", "big b")


def test_rules_of_two_signs_and_counts_below_a_printed_table_are_no_rows() -> None:
    table = read("x | z | y", "--|--|--", *(" | ".join(cells) for cells in CELLS))
    assert numbers(table, "x") == X
    printed = [f"{x:>10} {z:>10} {y}" for x, z, y in CELLS]
    table = read("         x          z y", "---------- ---------- -", *printed, "", "20 rows selected.")
    assert (numbers(table, "z"), table.column("y").texts()) == (Z, Y)
