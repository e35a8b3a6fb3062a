"""Tables of the kinds that people bring, and what is right for each, by hand."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pytest

from regviz.tables import Table, TableError, read_table

N = 60
YES, PLZ, SWISS = ("no", "yes"), ("01067", "10115"), ("950.00", "1'250.50")
MOMENT = 19358
"""1 January 2023, in days since 1 January 1970."""


def lines(head: Sequence[str], row: Callable[[int], str], foot: Sequence[str] = (), end: str = "\n") -> str:
    """A file of N rows."""
    return end.join([*head, *map(row, range(N)), *foot]) + end


def workbook() -> bytes:
    """A title, a blank row, names, rows with dates, and a total."""
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    sheet.append(["Sales 2023", None, None, None])
    sheet.append([None] * 4)
    sheet.append(["day", "sold", "returned", "late"])
    for k in range(N):
        sheet.append([pd.Timestamp(2023, 1, 1 + k % 28).to_pydatetime(), k % 9 + 0.5, k % 4, ("no", "yes")[k % 3 == 0]])
    sheet.append(["Total", sum(k % 9 + 0.5 for k in range(N)), sum(k % 4 for k in range(N)), None])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def parquet() -> bytes:
    """A frame with a categorical column and an index of its own."""
    frame = pd.DataFrame(
        {
            "size": pd.Categorical([("small", "large", "medium")[k % 3] for k in range(N)]),
            "heat": [k % 7 + 0.25 for k in range(N)],
            "kind": pd.Categorical([("u", "v")[k % 2] for k in range(N)]),
        },
        index=pd.Index([f"r{k}" for k in range(N)], name="name"),
    )
    file = io.BytesIO()
    frame.to_parquet(file)
    return file.getvalue()


class Right(NamedTuple):
    """A table, and what it means: inputs, classes, the first rows of X, the first classes, and what is said of it."""

    content: str | bytes
    inputs: tuple[str, ...]
    classes: tuple[str, ...]
    X: list[list[float]]
    y: list[str]
    said: tuple[str, ...]


RIGHT: dict[str, Right] = {
    "euros, European dates, a mark at the start": Right(
        lines(
            ["\ufeffgehalt;eintritt;alter;kündigt"],
            lambda k: (
                f"{('950,00', '1.250,50')[k % 2]} €;{k % 28 + 1:02d}.{k % 12 + 1:02d}.2023;"
                f"{20 + k % 40};{'ja' if k % 3 == 0 else 'nein'}"
            ),
        ).encode(),
        ("gehalt", "eintritt", "alter"),
        ("nein", "ja"),
        [[950, MOMENT, 20], [1250.5, MOMENT + 32, 21], [950, MOMENT + 61, 22]],
        ["ja", "nein", "nein"],
        ("'1.250,50 €'", "unit '€'", "dates"),
    ),
    "percent": Right(
        lines(["rate,hours,grade"], lambda k: f"{k % 20 * 2.5:g}%,{k % 7},{('fail', 'pass')[k % 2]}"),
        ("rate", "hours"),
        ("fail", "pass"),
        [[0, 0], [2.5, 1], [5, 2]],
        ["fail", "pass", "fail"],
        ("in percent",),
    ),
    "UTF-16 with tabs, also at the end": Right(
        (
            "\ufeff"
            + lines(["größe\tgewicht\tsorte\t"], lambda k: f"{k % 9}\t{k / 2}\t{('sauer', 'süß')[k % 2]}\t", end="\r\n")
        ).encode("utf-16-le"),
        ("größe", "gewicht"),
        ("sauer", "süß"),
        [[0, 0], [1, 0.5], [2, 1]],
        ["sauer", "süß", "sauer"],
        ("UTF-16", "'unnamed' is empty"),
    ),
    "one name twice": Right(
        lines(["score,score,class"], lambda k: f"{k % 5},{k % 7 * 10},{'ba'[k % 2]}"),
        ("score", "score (2)"),
        ("a", "b"),
        [[0, 0], [1, 10], [2, 20]],
        ["b", "a", "b"],
        ("Several columns are called 'score'",),
    ),
    "Namibia": Right(
        lines(["rain,heat,country"], lambda k: f"{k % 11},{30 - k % 6},{('NA', 'ZA', 'BW')[k % 3]}"),
        ("rain", "heat"),
        ("BW", "NA", "ZA"),
        [[0, 30], [1, 29], [2, 28]],
        ["NA", "ZA", "BW"],
        ("'NA' (20 rows) was read as a category",),
    ),
    "two rows of names": Right(
        lines(
            ["body,,blood,", "height,weight,sugar,ill"],
            lambda k: f"{150 + k % 40},{50 + k % 30},{80 + k % 50},{YES[k % 2]}",
        ),
        ("height", "weight", "sugar"),
        YES,
        [[150, 50, 80], [151, 51, 81]],
        ["no", "yes"],
        ("1 line before the table was skipped: 'body blood'",),
    ),
    "semicolons around texts with commas": Right(
        lines(["remark;x;sort"], lambda k: f"{('tall, thin', 'short, wide, old')[k % 2]};{k % 8};{'vu'[k % 2]}"),
        ("remark=short, wide, old", "remark=tall, thin", "x"),
        ("u", "v"),
        [[0, 1, 0], [1, 0, 1]],
        ["v", "u"],
        ("semicolons", "became 2 0/1 columns"),
    ),
    "codes": Right(
        lines(
            ["plz,batch,x,ok"],
            lambda k: f"{('01067', '10115')[k % 2]},{('1_0', '2_0')[k // 2 % 2]},{k % 9},{YES[k % 2]}",
        ),
        ("plz=01067", "plz=10115", "batch=1_0", "batch=2_0", "x"),
        YES,
        [[1, 0, 1, 0, 0], [0, 1, 1, 0, 1], [1, 0, 0, 1, 2]],
        ["no", "yes", "no"],
        ("read as codes, not as numbers, because of '01067'",),
    ),
    "dates of two forms": Right(
        lines(
            ["day,x,y"],
            lambda k: f"{(f'{k % 28 + 1:02d}/03/2024', f'2024-03-{k % 28 + 1:02d}')[k % 2]},{k % 9},{'ba'[k % 3 > 0]}",
        ),
        ("day", "x"),
        ("a", "b"),
        [[19783, 0], [19784, 1], [19785, 2]],
        ["b", "a", "a"],
        ("dates were read as days",),
    ),
    "answers in French and Spanish": Right(
        lines(
            ["fumeur;âge;actif;guéri"],
            lambda k: f"{('non', 'oui')[k % 2]};{20 + k % 30};{('faux', 'vrai')[k % 3 > 0]};{('no', 'sí')[k % 4 > 0]}",
        ).encode("latin-1"),
        ("fumeur", "âge", "actif"),
        ("no", "sí"),
        [[0, 20, 0], [1, 21, 1], [0, 22, 1]],
        ["no", "sí", "sí"],
        ("'non' was read as 0 and 'oui' as 1", "Windows-1252"),
    ),
    "a workbook with a title and a total": Right(
        workbook(),
        ("day", "sold", "returned"),
        YES,
        [[MOMENT, 0.5, 0], [MOMENT + 1, 1.5, 1]],
        ["yes", "no"],
        ("'Sales 2023'", "Total"),
    ),
    "Parquet with categories": Right(
        parquet(),
        ("size=large", "size=medium", "size=small", "heat"),
        ("u", "v"),
        [[0, 0, 1, 0.25], [1, 0, 0, 1.25], [0, 1, 0, 2.25]],
        ["u", "v", "u"],
        (),
    ),
    "a database's printed table": Right(
        lines(
            ["  id  |  x  | y ", "------+-----+---"],
            lambda k: f" {k + 1:4d} | {k % 9:3d} | {'ba'[k % 2]}",
            ["(60 rows)"],
        ),
        ("x",),
        ("a", "b"),
        [[0], [1], [2]],
        ["b", "a", "b"],
        ("'(60 rows)'", "'id' numbers the rows"),
    ),
    "apostrophes between thousands": Right(
        lines(
            ["Betrag;Menge;Klasse"],
            lambda k: f"{'NULL' if k == 7 else SWISS[k % 2]};{k % 9};{'ba'[k % 3 > 0]}",
        ),
        ("Betrag", "Menge"),
        ("a", "b"),
        [[950, 0], [1250.5, 1]],
        ["b", "a"],
        ("'NULL' (1 row)", "signs between thousands were left out"),
    ),
    "a minus behind": Right(
        lines(["amount;x;y"], lambda k: f"{k % 9 + 1},50{'-' * (k % 2)};{k % 5};{'ba'[k % 3 > 0]}"),
        ("amount", "x"),
        ("a", "b"),
        [[1.5, 0], [-2.5, 1], [3.5, 2]],
        ["b", "a", "a"],
        ("a minus behind was read as one before, as in '2,50-'",),
    ),
    "years of two digits": Right(
        lines(["born;x;y"], lambda k: f"{k % 28 + 1:02d}.{k % 12 + 1:02d}.{40 + k};{k % 5};{'vu'[k % 2]}"),
        ("born", "x"),
        ("u", "v"),
        [[-10958, 0], [-10560, 1]],
        ["v", "u"],
        ("Years of two digits were read as 1930 to 2029 ('01.01.40' is in 1940)",),
    ),
    "columns below each other, with spaces in the cells": Right(
        lines(
            ["name        height  sort"],
            lambda k: f"{('red fox', 'grey wolf', 'brown bear')[k % 3]:<12}{k % 9 + 10:<8}{'ba'[k % 2]}",
        ),
        ("name=brown bear", "name=grey wolf", "name=red fox", "height"),
        ("a", "b"),
        [[0, 0, 1, 10], [0, 1, 0, 11], [1, 0, 0, 12]],
        ["b", "a", "b"],
        ("two spaces or more",),
    ),
    "dates of eight digits": Right(
        lines(["d,x,y"], lambda k: f"2023{k % 12 + 1:02d}{k % 28 + 1:02d},{k % 7},{'vu'[k % 3 > 0]}"),
        ("d", "x"),
        ("u", "v"),
        [[MOMENT, 0], [MOMENT + 32, 1], [MOMENT + 61, 2]],
        ["v", "u", "u"],
        ("kinds={'d': 'number'} reads numbers",),
    ),
    "names once more in the middle": Right(
        lines(["a,b,y"], lambda k: "a,b,y" if k == 30 else f"{k % 9},{k % 4}.5,{'vu'[k % 2]}", ["1,1.5,u"]),
        ("a", "b"),
        ("u", "v"),
        [[0, 0.5], [1, 1.5]],
        ["v", "u"],
        ("repeated in 1 line below (line 32)",),
    ),
}


@pytest.mark.parametrize("name", RIGHT)
def test_an_unseen_table_is_read_as_it_is_meant(name: str) -> None:
    right = RIGHT[name]
    table = read_table(right.content)
    assert (table.rows, table.task) == (N, "classification")
    assert table.feature_names == right.inputs
    assert table.class_names == right.classes
    np.testing.assert_allclose(table.X[: len(right.X)], right.X, atol=1e-9)
    assert [right.classes[k] for k in table.y[: len(right.y)]] == right.y
    notes = " ".join(table.notes)
    assert all(words in notes for words in right.said), notes


@pytest.mark.parametrize(("unit", "other"), [("k", ""), ("M", ""), ("%", ""), ("Mio.", ""), (" kg", " g"), ("€", "$")])
def test_numbers_of_different_sizes_are_not_taken_for_each_other(unit: str, other: str) -> None:
    rows = lines(["a,x,y"], lambda k: f"{k % 4 + 1}.5{unit if k % 3 else other},{k % 7},{'vu'[k % 2]}")
    table = read_table(rows)
    assert "a" not in table.feature_names
    assert any("'a' has numbers with different units" in note and "was read as text" in note for note in table.notes)


@pytest.mark.parametrize("marks", [("1-", "2-", "2", "3"), ("18-25", "26-40"), ("12-", "13-")])
def test_grades_and_ranges_are_no_negative_numbers(marks: tuple[str, ...]) -> None:
    rows = lines(["a,x,y"], lambda k: f"{marks[k % len(marks)]},{k % 7},{'vu'[k % 3 > 0]}")
    table = read_table(rows)
    assert table.feature_names == (*(f"a={mark}" for mark in sorted(marks)), "x")


def test_eight_digits_that_are_no_days_stay_numbers() -> None:
    table = read_table(lines(["a,x,y"], lambda k: f"{20231300 + 7 * k % 61},{k % 7},{'vu'[k % 2]}"))
    assert table.X[0, 0] == 20231300
    asked = read_table(
        lines(["d,x,y"], lambda k: f"2023{k % 12 + 1:02d}{k % 28 + 1:02d},{k % 7},{'vu'[k % 2]}"), kinds={"d": "number"}
    )
    assert asked.X[0, 0] == 20230101


def test_a_name_too_few_is_said_and_a_line_too_short_is_named() -> None:
    table = read_table(lines(["x y"], lambda k: f"r{k} {k % 9}.5 {'vu'[k % 2]}"))
    assert any("Line 1 has one name fewer than the rows have cells" in note for note in table.notes)
    with pytest.raises(TableError, match=re.escape("Line 22 has 3 cells, the others have 4.")):
        read_table(
            lines(["a,b,c,y"], lambda k: f"{k % 9},{k % 7},{'vu'[k % 2]}" if k == 20 else f"{k},1,2,{'vu'[k % 2]}")
        )


# -- found by a person who tried to break it


def read_text(tmp_path: Path, text: str, **how: Any) -> Table:
    file = tmp_path / "given.csv"
    file.write_bytes(text.encode())
    return read_table(file, **how)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("answer", ["one {0}~two", "one {0}~two~three", '{{""place"": {0},~""town"": 7}}'])
@pytest.mark.parametrize("quoted", [False, True])
def test_answers_over_several_lines_are_one_cell_even_in_every_row(
    tmp_path: Path, end: str, answer: str, quoted: bool
) -> None:
    mark = '"' if quoted else ""
    rows = [f'{mark}{i}{mark},"{answer.format(i % 3)}",{mark}{"ab"[i % 2]}{mark}' for i in range(40)]
    text = end.join([f"{mark}age{mark},comment,y", *rows, ""]).replace("~", end)
    table = read_text(tmp_path, text, target="y")
    assert len(table.X) == 40
    assert table.X[:, 0].tolist() == list(range(40))
    assert table.class_names == ("a", "b")
    assert any("40 rows go over several lines" in note for note in table.notes)


def test_a_stray_pair_of_quotes_swallows_no_row(tmp_path: Path) -> None:
    rows = [f"{i},x,{'ab'[i % 2]}" for i in range(40)]
    rows[5], rows[6] = '5,"x,a', '6,x",b'
    table = read_text(tmp_path, "\n".join(["n,word,y", *rows, ""]), target="y")
    assert table.X[:, 0].tolist() == list(range(40))
    assert any("never closed" in note for note in table.notes)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("120.-", 120),
        ("CHF 120.-", 120),
        ("120.–", 120),
        ("120,-", 120),
        ("1'200.-", 1200),
        ("1.200,- €", 1200),
        ("120.50-", -120.5),
        ("1.200,50-", -1200.5),
    ],
)
def test_a_dash_behind_the_decimal_sign_stands_for_no_cents_and_is_no_minus(
    tmp_path: Path, written: str, value: float
) -> None:
    rows = [f"{written if i % 2 else written.replace('1', '2', 1)};{i * i % 7};{'abc'[i % 3]}\n" for i in range(40)]
    table = read_text(tmp_path, "price;w;y\n" + "".join(rows), target="y")
    assert table.X[1::2, 0].tolist() == [value] * 20


@pytest.mark.parametrize("code", ["012 345 60{0}", "001.234.56{0}", "0'123'45{0}"])
def test_a_number_in_groups_that_begins_with_a_zero_is_a_code(tmp_path: Path, code: str) -> None:
    text = "code;w;y\n" + "".join(f"{code.format(i % 4)};{i * i % 7};{'ab'[i % 2]}\n" for i in range(40))
    table = read_text(tmp_path, text, target="y")
    assert f"code={code.format(0)}" in table.feature_names


def test_a_cell_longer_than_cells_are_is_refused_with_its_line() -> None:
    with pytest.raises(TableError, match=r"Line 3 has 200,002 characters, and cells have 131,072 at most"):
        read_table("a,b\n1,2\n" + "x" * 200_000 + ",1\n" + "1,2\n" * 20)
