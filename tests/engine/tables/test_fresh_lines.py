"""Lines that are no rows, as unseen files had them: below the table, between its rows, just below the names."""

from __future__ import annotations

import io

import numpy as np
import pytest
from openpyxl import Workbook

from regviz.tables import TableError, read_table

RNG = np.random.default_rng(7)
N = 63
ENDS = ["bacete", "gos", "doba", "ona", "ria", "tin", "mel", "dun", "ver"]
PLACES = [f"{a}{b}" for a in ("Al", "Bur", "Cor", "Gir", "Lug", "Sor", "Mi") for b in ENDS]
ZONES = ["north", "south"]
COUNTS = RNG.integers(101, 999, N).tolist()
RATES = RNG.uniform(1, 90, N).round(1).tolist()
NAMED = "name,zone,v\n" + "".join(f"{p},{ZONES[k % 2]},{COUNTS[k]}\n" for k, p in enumerate(PLACES))
NUMBERS = "zone,u,v\n" + "".join(f"{ZONES[k % 2]},{RATES[k]},{COUNTS[k]}\n" for k in range(N))


@pytest.mark.parametrize(
    "footer",
    [
        *(
            "Quelle: Destatis, Bonn, 2021",
            "Źródło: GUS, Warszawa, 2021",
            "Kilde: SSB, Oslo, 2021",
            "Stand: Mai, Bonn, 2021",
        ),
        *(
            "Källa: SCB, Stockholm, 2021",
            "Fonte: ISTAT, Roma, 2021",
            "Bron: CBS, Den Haag, 2021",
            "Lähde: TK, Espoo, 2021",
        ),
        *("Hinweis: a, b, 12", "Uwaga: dane, szacunkowe, 2021", "Data pobrania, Warszawa, 2021", "LOD,all,0.5"),
        *("Stand: Mai, Bonn, 2021", "Lähde: TK, Espoo, 2021"),
        *("Printed by jk,page,1", "Xyzzy: foo, bar, 12", "Page 1,of,3"),
    ],
)
def test_a_remark_as_wide_as_the_table_is_no_row(footer: str) -> None:
    """A source with commas in it has as many cells as a row, and its year stands below numbers."""
    for table in (NAMED, NUMBERS):
        for gap in ("", "\n"):
            found = read_table((table + gap + footer + "\n").encode())
            assert found.rows == N
            assert any("below the table was skipped" in note for note in found.notes)


@pytest.mark.parametrize("footer", ["LOD,3", "RSD %,45.1", "blank,0", "Source: Office, 2021"])
def test_a_limit_below_columns_of_numbers_is_no_row(footer: str) -> None:
    """Where every column has numbers, a word is none of a row's."""
    text = "u,v\n" + "".join(f"{u},{v}\n" for u, v in zip(RATES, COUNTS, strict=True)) + footer
    assert read_table(text.encode()).rows == N


def test_a_last_row_with_a_new_text_is_pointed_out() -> None:
    """What may be a remark in no form that is known stays a row, and a note names its line."""
    found = read_table((NAMED + "Zeta,west,12\n").encode())
    assert found.rows == N + 1
    assert any("Line 65, 'Zeta west 12', was read as a row" in note for note in found.notes)
    known = read_table((NAMED + "Note: Zeta,north,12\n").encode())
    assert known.rows == N + 1


@pytest.mark.parametrize("empty", [0, 2])
def test_a_backslash_is_left_out_before_a_quote_alone(empty: int) -> None:
    r"""`\N` is no class `N`, and a path keeps its backslashes, where one cell of the file has an escaped quote."""
    flags = ["Y", "N", r"\N"] if not empty else ["Y", "N", "Maybe", r"\N"]
    notes = ['Bar \\"Z\\"', "Hut"]
    text = "path,note,v,flag\n" + "".join(
        f'"C:\\temp\\n{k % 3}.csv","{notes[k % 2]}",{COUNTS[k]},{flags[k % len(flags)]}\n' for k in range(60)
    )
    found = read_table(text.encode())
    assert r"\N" not in found.class_names
    assert found.rows == 60 - 60 // len(flags)
    assert {r"path=C:\temp\n0.csv", 'note=Bar "Z"'} <= set(found.feature_names)
    assert any(r"'\N'" in note and "missing" in note for note in found.notes)
    assert any("Backslashes before quotes" in note for note in found.notes)


REGIONS = "name;people;rate\n" + "".join(f"{p};{COUNTS[k]};{RATES[k]}\n" for k, p in enumerate(PLACES))


@pytest.mark.parametrize("line", ["1;2;3", "(1);(2);(3)", "[0];[1];[2]", ";2020;2021", "-;tys.;%\n1;2;3"])
def test_numbers_of_columns_below_the_names_are_no_row(line: str) -> None:
    """Statistical offices number the columns, or write their years, just below the names."""
    found = read_table(REGIONS.replace("rate\n", f"rate\n{line}\n").encode())
    assert found.rows == N
    assert any("tell of the columns" in note or "tells of the columns" in note for note in found.notes)


def test_numbers_that_may_be_those_of_columns_are_pointed_out() -> None:
    """Where every column has numbers, 1, 2, 3 may be a row."""
    found = read_table(("a;b;c\n1;2;3\n" + "".join(f"{k * 7};{COUNTS[k]};{RATES[k]}\n" for k in range(N))).encode())
    assert found.rows == N + 1
    assert any("Line 2, '1 2 3', was read as a row; if it numbers the columns" in note for note in found.notes)


@pytest.mark.parametrize("name", ["Total Nacional", "España", "Hela riket", "zus.", "Bund insgesamt", "Xyzzy"])
@pytest.mark.parametrize("missing", [0, 37])
def test_a_whole_beside_its_parts_is_no_row(name: str, missing: int) -> None:
    """The country is told by its count, whatever the mean rate is; nearly the sum is enough where it is called so."""
    line = f"{name};{sum(COUNTS) + missing};47.8\n"
    names, rest = REGIONS.split("\n", 1)
    for table, number in ((f"{names}\n{line}{rest}", 2), (REGIONS + line, N + 2)):
        found = read_table(table.encode())
        doubtful = missing > 0 and name == "Xyzzy"
        assert found.rows == N + doubtful
        said = f"was {'read as a row, though' if doubtful else 'skipped:'} '{sum(COUNTS) + missing}' is"
        assert any(note.startswith(f"Line {number}, ") and said in note for note in found.notes)


@pytest.mark.parametrize("days", [60, 63])
@pytest.mark.parametrize("columns", [1, 2])
def test_sums_of_weeks_are_no_rows(days: int, columns: int) -> None:
    """The last week may be open, and one column of sums is enough where the lines are called alike."""
    text = "day,zone,v\n" if columns == 1 else "day,v,w\n"
    for k in range(days):
        text += f"d{k},{ZONES[k % 2]},{COUNTS[k]}\n" if columns == 1 else f"d{k},{COUNTS[k]},{2 * COUNTS[k] + k}\n"
        if k % 7 == 6:
            week = [(COUNTS[j], 2 * COUNTS[j] + j) for j in range(k - 6, k + 1)]
            sums = [str(sum(column)) for column in zip(*week, strict=True)]
            text += f"Week {k // 7 + 1},{'all,' + sums[0] if columns == 1 else ','.join(sums)}\n"
    found = read_table(text.encode())
    assert found.rows == days
    assert any("that sum up those above were skipped: 'Week 1" in note for note in found.notes)


def test_a_quote_that_is_closed_in_another_row_is_told_so() -> None:
    """It is not "never closed" without more."""
    halves = {10: '"half', 11: 'rest"'}
    text = "note,v,k\n" + "".join(f"{halves.get(k, 'ab')},{COUNTS[k]},{ZONES[k % 2]}\n" for k in range(N))
    found = read_table(text.encode())
    assert found.rows == N
    assert any(
        "in line 12 is never closed in its row (one in line 13 may belong to it)" in note for note in found.notes
    )


def test_a_legend_with_commas_below_a_table_of_semicolons() -> None:
    """It is no row with another delimiter; within the table such a line is, and may be skipped."""
    rows = [f"{RATES[k]};{k % 2 + 1};{ZONES[k % 2]}\n" for k in range(N)]
    legend = "\nLegend\nsex: 1 = male, 2 = female, 9 = unknown\n"
    assert read_table(("v;sex;k\n" + "".join(rows) + legend).encode()).rows == N
    odd = ("v;sex;k\n" + "".join([*rows[:9], "3,4,south\n", *rows[9:]])).encode()
    with pytest.raises(TableError, match=r"Line 11 has commas .* bad_lines='skip' skips such lines"):
        read_table(odd)
    assert read_table(odd, bad_lines="skip").rows == N


def test_errors_of_a_workbook_are_told() -> None:
    """Its cells come as empty ones, in a CSV as `#DIV/0!`."""
    book = Workbook()
    for row in [["u", "v", "k"], *zip(RATES, COUNTS, ZONES * 32, strict=False)]:
        book.active.append(row)
    book.active["A5"], book.active["A5"].data_type = "#DIV/0!", "e"
    saved = io.BytesIO()
    book.save(saved)
    notes = read_table(saved.getvalue()).notes
    assert "1 cell with an error was read as missing: '#DIV/0!' in A5." in notes
