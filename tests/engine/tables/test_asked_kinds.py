"""A kind that a person asks for: a column has it, or else stays what it is, and says why."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from engine.tables.test_values import said, table
from regviz.tables.how import KINDS

COLUMNS = {
    "prices": [f"{k * 1.37:.2f}" for k in range(60)],
    "counts": [str(k * 37) for k in range(60)],
    "grades": [str(k % 9) for k in range(60)],
    "weights": [f"{k * 3 % 61} kg" for k in range(60)],
    "durations": [f"{k}h {k * 7 % 60}min" for k in range(60)],
    "answers": ["yes", "no"],
    "boxes": ["x", ""],
    "days": [f"2024-01-{k % 28 + 1:02}" for k in range(60)],
    "days with points": [f"{k % 28 + 1}.{k % 12 + 1}.2024" for k in range(60)],
    "times": [f"{k % 24:02}:{k % 60:02}" for k in range(60)],
    "days of bare digits": [f"202401{k % 28 + 1:02}" for k in range(60)],
    "codes": [f"{k % 12:02}" for k in range(60)],
    "colours": ["red", "green", "blue"],
    "remarks": [f"remark {k}" for k in range(60)],
}
ALSO = {
    ("days of bare digits", "number"),
    ("codes", "number"),
}
"""Columns that are of another kind by themselves, and can be of the one that is asked for."""


@pytest.mark.parametrize(("name", "asked"), [*itertools.product(COLUMNS, KINDS)])
def test_a_column_that_cannot_have_the_kind_asked_for_stays_what_it_is(name: str, asked: str) -> None:
    by_itself, read = table(COLUMNS[name]), table(COLUMNS[name], kinds={"v": asked})
    usual, column = by_itself.column("v"), read.column("v")
    if asked in ("category", usual.kind) or (name, asked) in ALSO:
        assert column.kind == asked
        assert "cannot be read" not in said(read)
    else:
        assert (column.kind, column.levels) == (usual.kind, usual.levels)
        np.testing.assert_array_equal(column.values, usual.values)
        assert read.roles == by_itself.roles
        assert f"it cannot be read as {asked}, so it stays {usual.kind}" in said(read)


@pytest.mark.parametrize("name", COLUMNS)
@pytest.mark.parametrize("asked", ["number", "date"])
def test_what_is_said_of_a_column_holds_whatever_was_asked_for(name: str, asked: str) -> None:
    read = table(COLUMNS[name], kinds={"v": asked})
    assert "in a form that is not read" not in said(read)
    assert f"kinds={{'v': '{asked}'}}" not in said(read)  # that way has been taken
    assert len(set(read.notes)) == len(read.notes)


@pytest.mark.parametrize(
    ("cells", "named"),
    [
        (["yes", "no", "maybe"], "'maybe' in line 4 is no yes/no"),
        (["Ja", "vielleicht", "nein"], "'vielleicht' in line 3 is no yes/no"),
        (["2024-01-31", "2024-02-01"], "'2024-01-31' in line 2 is no yes/no"),
    ],
)
def test_the_text_that_is_named_is_one_that_is_no_answer(cells: list[str], named: str) -> None:
    assert named in said(table(cells, kinds={"v": "yes/no"}))


def test_why_numbers_were_not_read_is_said_once_to_a_person_who_has_asked_for_numbers() -> None:
    read = table(["1,234", "5.678"], kinds={"v": "number"})
    assert said(read).count("one of both signs is a decimal sign") == 1
    assert "it cannot be read as number, so it stays category" in said(read)
