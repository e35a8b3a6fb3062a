"""Two thousand tables made by seeds come back exactly, or are refused in a sentence."""

from __future__ import annotations

import numpy as np
import pytest

from engine.tables.made import Made, made
from regviz.tables import TableError, read_table

MOST, BATCH = 2000, 200
SAMPLE = 25
"""All of the tables take half a minute of a core, so `make quick` reads every eighth."""


def wrong(table: Made) -> str:
    """What of a table does not come back as it was meant; "" if all of it does."""
    read = read_table(table.content)
    if len(read.columns) != len(table.columns) + table.extra or read.rows != table.traits["rows"]:
        return f"{read.rows} rows, {[column.name for column in read.columns]}"
    for expected, column in zip(table.columns, read.columns, strict=False):
        if expected.name and column.name != expected.name:
            return f"{column.name!r} for {expected.name!r}"
        if expected.kind in ("category", "phrase"):
            found, meant = column.texts(), expected.values
        else:
            found, meant = column.values.tolist(), [np.nan if v is None else v for v in expected.values]
        for row, (one, other) in enumerate(zip(found, meant, strict=True)):
            if one != other and not (one != one and other != other):
                return f"{expected.name!r} ({expected.kind}, {column.kind}): {one} for {expected.cells[row]!r}"
    return "" if read.target == table.target.name else f"target {read.target}"


def check(seeds: range) -> None:
    """Read the tables of `seeds`: no more than one in twenty may be refused, in a sentence."""
    mistakes, refused = {}, 0
    for seed in seeds:
        table = made(seed)
        try:
            if found := wrong(table):
                mistakes[seed] = (found, table.traits)
        except TableError as error:
            refused += 1
            if not str(error).endswith(".") or len(str(error)) < 30:
                mistakes[seed] = (str(error), table.traits)
    assert not mistakes
    assert refused <= len(seeds) / 20


@pytest.mark.parametrize("start", range(0, MOST, BATCH))
def test_a_table_comes_back_exactly_or_is_refused_in_a_sentence(start: int) -> None:
    check(range(start, start + BATCH, SAMPLE))


@pytest.mark.slow
@pytest.mark.parametrize("start", range(0, MOST, BATCH))
def test_so_do_all_two_thousand(start: int) -> None:
    check(range(start, start + BATCH))
