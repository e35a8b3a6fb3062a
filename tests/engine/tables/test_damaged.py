"""Made tables with lines added above and below their names, or with a cell too many: right, refused, or said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from engine.tables.made import Made, made
from engine.tables.test_made import wrong
from regviz.tables import TableError, read_table

NUMBERS = ("float", "int", "big", "negative", "exponent", "signed", "id", "row number", "grouped", "spaced")

Lines = list[str]


def told(table: Made, of_numbers: str, of_others: str) -> str:
    """A line with one text for columns of numbers, and another for the others."""
    return table.traits["delimiter"].join(of_numbers if c.kind in NUMBERS else of_others for c in table.columns)


def padded(table: Made, *cells: str) -> str:
    """A line of `cells`, padded to the width of the table."""
    return table.traits["delimiter"].join([*cells, *[""] * (len(table.columns) - len(cells))])


def orange(table: Made, lines: Lines) -> Lines:
    roles = table.traits["delimiter"] * (len(table.columns) - 1) + "class"
    return [lines[0], told(table, "continuous", "string"), roles, *lines[1:]]


LEGENDS: dict[str, Callable[[Made, Lines], Lines]] = {
    "whole lines in quotes": lambda _, lines: ['"' + line.replace('"', '""') + '"' for line in lines],
    "units": lambda table, lines: [lines[0], told(table, "[cm]", ""), *lines[1:]],
    "labels": lambda table, lines: [lines[0], told(table, "What was measured", "What was seen"), *lines[1:]],
    "Orange's kinds and roles": orange,
    "a sum first": lambda table, lines: [lines[0], padded(table, "Total", "12"), *lines[1:]],
    "a title": lambda table, lines: [padded(table, "Report 2024"), *lines],
    "a drawn line": lambda table, lines: [lines[0], told(table, "---", "---"), *lines[1:]],
}

MISFITS: dict[str, Callable[[int, int], bool]] = {
    "every row": lambda row, rows: True,
    "all but the first rows": lambda row, rows: row >= rows // 3,
    "the first rows": lambda row, rows: row <= rows // 3,
}
"""Which rows have a cell too many."""


def plain(seeds: range) -> list[Made]:
    """Tables with names, and nothing around them."""
    tables = [made(seed) for seed in seeds]
    return [t for t in tables if not (t.traits["head"] or t.traits["foot"]) and t.traits["header"] == "names"]


def lines_of(table: Made) -> Lines:
    text = table.content.decode(table.traits["encoding"], "replace").removeprefix("\ufeff")
    return text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n").split("\n")


def check_legends(seeds: range, name: str) -> None:
    mistakes = {}
    for table in plain(seeds):
        content = "\n".join(LEGENDS[name](table, lines_of(table))).encode()
        if found := wrong(replace(table, content=content)):
            mistakes[table.seed] = found
    assert not mistakes


def check_misfits(seeds: range, name: str) -> None:
    refused, said, tables = [], [], plain(seeds)
    for table in tables:
        names, *rows = lines_of(table)
        delimiter = table.traits["delimiter"]
        longer = [f"{row}{delimiter}q" if MISFITS[name](k, len(rows)) else row for k, row in enumerate(rows)]
        try:
            said.append(read_table("\n".join([names, *longer])).notes)
        except TableError as error:
            refused.append(error.line)
    assert None not in refused
    assert all(any("has one name fewer than the rows have cells" in note for note in notes) for notes in said)
    assert len(refused) >= 0.8 * len(tables) > 5


@pytest.mark.parametrize("name", LEGENDS)
def test_lines_that_tell_of_a_made_table_change_none_of_its_values(name: str) -> None:
    check_legends(range(150), name)


@pytest.mark.parametrize("name", MISFITS)
def test_rows_with_a_cell_too_many_are_refused_or_said(name: str) -> None:
    check_misfits(range(150), name)


@pytest.mark.slow
@pytest.mark.parametrize("name", LEGENDS)
def test_nor_do_they_in_many_more(name: str) -> None:
    check_legends(range(150, 700), name)


@pytest.mark.slow
@pytest.mark.parametrize("name", MISFITS)
def test_so_are_those_of_many_more(name: str) -> None:
    check_misfits(range(150, 700), name)
