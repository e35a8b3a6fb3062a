"""Lines above and below the names that are no rows: titles, questions, kinds, units, labels, sums."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import pytest

from regviz.tables import read_table

N = 30


def lines(head: Sequence[str], row: Callable[[int], str], foot: Sequence[str] = ()) -> str:
    """A file of N rows."""
    return "\n".join([*head, *map(row, range(N)), *foot]) + "\n"


def measured(k: int) -> str:
    return f"{k % 9}.5,{k * 7 % 50},{'uv'[k % 2]}"


def ids(*names: str) -> str:
    """Qualtrics' third line."""
    return ",".join('"' + json.dumps({"ImportId": name, "timeZone": "UTC"}).replace('"', '""') + '"' for name in names)


class Right(NamedTuple):
    """A file of N rows, its columns' names, the first values of each as texts, its target, and what is said."""

    content: str
    names: str
    first: tuple[str, ...]
    target: str
    said: str


MEASURED = ("0.5", "0", "u")

RIGHT: dict[str, Right] = {
    "Qualtrics": Right(
        lines(
            [
                "Start,Age,Q2",
                '"Start Date","How old are you, in years?",Do you like it?',
                ids("startDate", "QID1", "QID2"),
            ],
            lambda k: f"2024-01-{k % 28 + 1:02d} 12:00:00,{20 + k % 7},{('often', 'never', 'once')[k % 3]}",
        ),
        "Start Age Q2",
        ("19723.5", "20", "often"),
        "Q2",
        "Lines 2 and 3, such as 'Start Date How old are you, in years? D…', were skipped",
    ),
    "Qualtrics, a question over two lines, words alone": Right(
        lines(
            ["Q1,Q2", '"How are you?\nSay it.",Do you like it?', '"{""ImportId"":""QID1""}","{""ImportId"":""QID2""}"'],
            lambda k: f"{('good', 'bad')[k % 2]},{('often', 'never', 'once')[k % 3]}",
        ),
        "Q1 Q2",
        ("good", "often"),
        "Q2",
        "Lines 2 and 4",
    ),
    "Orange, spelt out": Right(
        lines(["a,b,y", "continuous,discrete,discrete", ",,class"], lambda k: f"{k % 9}.5,{k % 3},{'uv'[k % 2]}"),
        "a b y",
        ("0.5", "0", "u"),
        "y",
        "as Orange writes them",
    ),
    "Orange in letters, the class first": Right(
        lines(["y,a,b", "d,c,c", "class,,"], lambda k: f"{'uv'[k % 2]},{k % 9}.5,{k % 3}"),
        "y a b",
        ("u", "0.5", "0"),
        "y",
        "The target is 'y', as the file says. target= takes another column.",
    ),
    "Orange, a number to predict, a meta and one to ignore": Right(
        lines(
            ["name\tage\tsize\tx", "string\tc\tc\td", "meta\tclass\t\tignore"],
            lambda k: f"n{k}\t{k % 4}\t{k % 7}.5\t{k % 3}",
        ),
        "name age size x",
        ("n0", "0", "0.5", "0"),
        "age",
        "The file says that 'name' and 'x' should be left out.",
    ),
    "Orange, flags before the names": Right(
        lines(["mS#name,C#a,D#b,cD#y"], lambda k: f"n{k},{k % 9}.5,{k % 3},{'uv'[k % 2]}"),
        "name a b y",
        ("n0", "0.5", "0", "u"),
        "y",
        "What stands before # in the names was read as kinds and roles, as Orange writes them.",
    ),
    "the size of a table": Right(
        lines(["30,2,u"], lambda k: f"{k % 9}.5,{k % 7},{k % 2}"),
        "x1 x2 y",
        ("0.5", "0", "0"),
        "y",
        "1 line before the table was skipped: '30 2 u'",
    ),
    "notes of music": Right(
        lines(["C#4,D#4,F#4,y"], lambda k: f"{k % 9}.5,{k % 3},{k % 4},{'uv'[k % 2]}"),
        "C#4 D#4 F#4 y",
        ("0.5", "0", "0", "u"),
        "y",
        "30 rows of 4 columns",
    ),
    "Orange with all values of a class": Right(
        lines(["a,b,y", "x z,continuous,u v", ",,class"], lambda k: f"{'xz'[k // 2 % 2]},{k % 7},{'uv'[k % 2]}"),
        "a b y",
        ("x", "0", "u"),
        "y",
        "as Orange writes them",
    ),
    "kinds alone": Right(
        lines(["a,b,y", "continuous,continuous,discrete"], measured), "a b y", MEASURED, "y", "Line 2, 'continuous"
    ),
    "kinds of a database": Right(
        lines(["a,b,y", "DOUBLE,INTEGER,VARCHAR(1)"], measured), "a b y", MEASURED, "y", "Line 2, 'DOUBLE INTEGER"
    ),
    "units": Right(lines(["a,b,y", "[cm],(kg),"], measured), "a b y", MEASURED, "y", "Line 2, '[cm] (kg)'"),
    "labels": Right(
        lines(["a,b,y", "Length of it,Mass of it,Which of them"], measured),
        "a b y",
        MEASURED,
        "y",
        "Line 2, 'Length of it Mass of it Which of them'",
    ),
    "labels of words": Right(
        lines(
            ["sex,port,fate", "Sex of the person,Port of embarkation,What became"],
            lambda k: f"{'mf'[k % 2]},{'CQS'[k % 3]},{('lost', 'saved')[k // 2 % 2]}",
        ),
        "sex port fate",
        ("m", "C", "lost"),
        "fate",
        "Line 2, 'Sex of the person Port of embarkation W…'",
    ),
    "labels, then units": Right(
        lines(["a,b,y", "Length of it,Mass of it,Which", "[cm],[kg],"], measured),
        "a b y",
        MEASURED,
        "y",
        "Lines 2 and 3",
    ),
    "SurveyMonkey": Right(
        lines(
            ["Id,How do you feel?,Why?", ",Response,Open-Ended Response"],
            lambda k: f"{k + 100},{('good', 'bad')[k % 2]},{('so', 'as ever', 'no')[k % 3]}",
        ),
        "Id|How do you feel?|Why?".replace(" ", "_"),
        ("100", "good", "so"),
        "Why?",
        "as SurveyMonkey writes them",
    ),
    "a line that is drawn": Right(
        lines(["a,b,y", "---,---,---"], measured), "a b y", MEASURED, "y", "Line 2, '--- --- ---'"
    ),
    "the name of an index": Right(
        lines([",a,b,y", "row,,,"], lambda k: f"{k},{measured(k)}"),
        "unnamed a b y",
        ("0", *MEASURED),
        "y",
        "Line 2, 'row'",
    ),
    "two lines of names with the first repeated": Right(
        lines([",x,x,z", ",a,b,y"], lambda k: f"{k},{measured(k)}"),
        "unnamed a b y",
        ("0", *MEASURED),
        "y",
        "skipped: 'x x z'",
    ),
    "a title with delimiters behind": Right(
        lines(["Report 2024,,", "a,b,y"], measured), "a b y", MEASURED, "y", "skipped: 'Report 2024'"
    ),
    "a year as a title": Right(lines(["2024,,", "a,b,y"], measured), "a b y", MEASURED, "y", "skipped: '2024'"),
    "names and values with delimiters behind, above words": Right(
        lines(["Report,2024,", "size,col,y"], lambda k: f"{'sml'[k % 3]},{('red', 'blue')[k // 2 % 2]},{'uv'[k % 2]}"),
        "size col y",
        ("s", "red", "u"),
        "y",
        "skipped: 'Report 2024'",
    ),
    "a title in the middle": Right(lines([",Report,", "a,b,y"], measured), "a b y", MEASURED, "y", "skipped: 'Report'"),
    "names and values with delimiters behind": Right(
        lines(["Report,2024,", "By,me,", ",,", "a,b,y"], measured),
        "a b y",
        MEASURED,
        "y",
        "2 lines before the table were skipped: 'Report 2024' and 'By me'",
    ),
    "a sum first": Right(
        lines(["town,n,y", "Total,1200,"], lambda k: f"t{k},{k % 9},{'uv'[k % 2]}"),
        "town n y",
        ("t0", "0", "u"),
        "y",
        "Line 2, 'Total 1200', was skipped: it sums up the others",
    ),
    "a sum first and last": Right(
        lines(["town;n;y", "Gesamt:;1200;"], lambda k: f"t{k};{k % 9};{'uv'[k % 2]}", ["Summe;1200;"]),
        "town n y",
        ("t0", "0", "u"),
        "y",
        "Line 2, 'Gesamt: 1200', was skipped",
    ),
    "a sum last, as a pivot table has it": Right(
        lines(["town;n;y"], lambda k: f"t{k % 5};{k % 9};{'uv'[k % 2]}", ["Gesamtergebnis;1200;"]),
        "town n y",
        ("t0", "0", "u"),
        "y",
        "1 line below the table was skipped: 'Gesamtergebnis 1200'",
    ),
    "all of them first": Right(
        lines(["town,n,y", f"All,{sum(k % 9 for k in range(N))},"], lambda k: f"t{k},{k % 9},{'uv'[k % 2]}"),
        "town n y",
        ("t0", "0", "u"),
        "y",
        "it sums up the others",
    ),
    "a sum below units": Right(
        lines(["town,n,y", ",[1],", "Total,1200,"], lambda k: f"t{k},{k % 9},{'uv'[k % 2]}"),
        "town n y",
        ("t0", "0", "u"),
        "y",
        "Line 3, 'Total 1200'",
    ),
}


@pytest.mark.parametrize("name", RIGHT)
def test_lines_that_are_no_rows_are_skipped_and_named(name: str) -> None:
    right = RIGHT[name]
    table = read_table(right.content)
    assert len(table.columns[0].values) == table.rows == N
    assert [column.name.replace(" ", "_") for column in table.columns] == re.split(r"[ |]", right.names)
    assert tuple(column.texts()[0] for column in table.columns) == right.first
    assert table.target == right.target
    assert any(right.said in note for note in table.notes), table.notes


def test_kinds_and_roles_of_orange_are_heeded_and_can_be_overruled() -> None:
    content = RIGHT["Orange, a number to predict, a meta and one to ignore"].content
    table = read_table(content)
    assert (table.task, table.feature_names) == ("regression", ("size",))
    other = read_table(content, target="x", kinds={"x": "number"})
    assert (other.target, other.task, other.feature_names) == ("x", "classification", ("age", "size"))
    kept = read_table(content, keep=["x"])
    assert kept.feature_names == ("size", "x=0", "x=1", "x=2")
    spelt = read_table(RIGHT["Orange, spelt out"].content)
    assert spelt.feature_names == ("a", "b=0", "b=1", "b=2")


FIRST_ROWS: dict[str, tuple[str, dict[str, Any]]] = {
    "a region called All": ("All,3,u", {}),
    "a first row with a class of its own": ("red,3,w", {}),
    "a first row below what can be measured": ("<LOD,<LOD,u", {}),
    "a first row with a least number": ("zed,<0.1,w", {}),
    "a first row with gaps": (",NA,u", {}),
    "a sum that comes again": ("Total,3,u", {5: "Total,4,v"}),
}


@pytest.mark.parametrize("name", FIRST_ROWS)
def test_a_first_row_that_is_a_row_stays(name: str) -> None:
    first, others = FIRST_ROWS[name]
    table = read_table(
        "town,n,y\n" + "\n".join([first, *(others.get(k, f"t{k % 5},{k % 9},{'uv'[k % 2]}") for k in range(N))]) + "\n"
    )
    assert table.rows == N + 1
    assert not any("was skipped" in note for note in table.notes)


@pytest.mark.parametrize("name", ["Max", "Min"])
def test_people_called_like_a_sum_of_a_table_stay(name: str) -> None:
    table = read_table(lines(["name,n,y"], lambda k: f"{name if k == N - 1 else f'p{k}'},{3 + k % 4},{'uv'[k % 2]}"))
    assert table.rows == N
    extremes = {"Min": "3,0.5", "Max": "6,8.5"}[name]
    sums = read_table(lines(["name,n,m"], lambda k: f"p{k},{3 + k % 4},{k % 9}.5", [f"{name},{extremes}"]))
    assert sums.rows == N


def test_a_row_that_is_like_names_of_numbers_is_a_row() -> None:
    table = read_table(lines(["1,2,3"], lambda k: f"{k % 5},{k % 3},{k % 4}"), header=True)
    assert table.rows == N
    assert [int(column.values[11]) for column in table.columns] == [1, 2, 3]


def test_every_line_is_a_row_on_request() -> None:
    table = read_table(RIGHT["a sum first"].content, whole=True)
    assert table.column("town").texts()[0] == "Total"
    assert len(table.column("n").values) == N + 1
