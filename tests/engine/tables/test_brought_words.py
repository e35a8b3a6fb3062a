"""Tables of statistical offices with flags behind numbers, and words for nothing that are classes of a target."""

from __future__ import annotations

import pytest

from engine.tables.brought import N, X, Y, Z, noted, numbers, read
from regviz.tables import from_record, read_table, to_record

# -- statistical offices


@pytest.mark.parametrize("years", [("2019", "2020"), ("2021", "2020")])
def test_flags_and_colons_of_eurostat_are_none_of_the_numbers(years: tuple[str, str]) -> None:
    lines = [
        f"A,NR,C{k}\t{X[k]}{(' p', ' ', '')[k % 3]}\t{': ' if k % 7 == 3 else f'{Z[k]:.0f}.5 ' + 'b' * (k % 4 == 0)}"
        for k in range(N)
    ]
    table = read("\t".join(["freq,unit,geo\\TIME_PERIOD", *(f"{year} " for year in years)]), *lines)
    assert [column.name for column in table.columns][1:] == list(years)
    assert numbers(table, years[0]) == X
    second = numbers(table, years[1])
    assert second[:3] == [0.5, 7.5, 3.5]
    assert second[3] != second[3]
    assert noted(table, f"'{years[0]}': flags behind numbers were left out, as in '12.1 p': 'p' (7 rows).")
    assert noted(table, f"'{years[1]}': ':' (3 rows) was read as missing.")


# -- words for nothing that are classes


@pytest.mark.parametrize("words", [("null", "high", "low"), ("N/A", "type A"), ("?", "!"), ("nan", "cat", "dog")])
def test_frequent_word_for_nothing_is_a_class_of_the_target_and_a_gap_of_an_input(words: tuple[str, ...]) -> None:
    lines = [f"{X[k]},{words[k % len(words)]},{words[k % len(words)]}" for k in range(N)]
    table = read("x,w,y", *lines)
    assert (table.target, table.rows) == ("y", N)
    assert [table.class_names[k] for k in table.y] == [words[k % len(words)] for k in range(N)]
    assert noted(table, f"'y': '{words[0]}' ({len(range(0, N, len(words)))} rows) is as frequent as other classes")
    assert noted(table, f"'w': '{words[0]}' (")
    assert table.column("w").texts()[0] is None
    again = from_record(to_record(table))
    assert (again.class_names, again.y.tolist(), again.rows) == (table.class_names, table.y.tolist(), N)
    gaps = read_table("\n".join(["x,w,y", *lines]), target="y", missing={"y": words[0]})
    assert words[0] not in gaps.class_names


def test_rare_word_for_nothing_is_a_gap_of_the_target() -> None:
    table = read("x,y", *(f"{X[k]},{'null' if k == 7 else Y[k]}" for k in range(N)))
    assert (table.rows, table.class_names) == (N - 1, ("a", "b"))
    assert noted(table, "'y': 'null' (1 row) was read as missing.")
