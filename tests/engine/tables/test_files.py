"""Tables as people bring them, one file of each kind: the right rows, names, classes and values, written by hand."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from regviz.tables import TableError, read_table

FILES = Path(__file__).parent / "files"


@dataclass(frozen=True)
class Right:
    """What a file means: how many rows, the inputs, the classes (none: a regression), some rows of X with their
    classes or targets, and what is said of it."""

    file: str
    rows: int
    inputs: str
    classes: str
    some: dict[int, tuple[list[float], Any]]
    said: tuple[str, ...] = ()
    target: str | None = None


OTHER_ENCODINGS = {"Windows-1252": "cp1252", "Mac Roman": "mac_roman", "UTF-16": "utf-16"}
AB = "a b"
PLAIN = {0: ([0, 0], "a"), 1: ([1, 1], "b"), 59: ([59, 4], "b")}
"""The rows of the simplest files: a counts, b goes from 0 to 4, y takes turns."""

RIGHT = (
    Right(
        "range_header.csv",
        60,
        "0 1 2",
        AB,
        {0: ([0, 0, 0], "a"), 1: ([0.1, 1.4, 1], "b"), 56: ([5.6, 1, 0], "a")},
        ("Line 1, '0,1,2,target', was read as names",),
    ),
    Right(
        "years.csv", 60, "2019 2020 2021", "no yes", {0: ([0, 0, 0], "no"), 3: ([3, 3, 6], "yes")}, ("Line 1, '2019",)
    ),
    Right(
        "index_sorted.csv",
        120,
        "length width",
        "early late",
        {0: ([0, 0], "early"), 3: ([10, 2], "early"), 119: ([8, 10], "late")},
        ("'unnamed' numbers the rows and was left out",),
    ),
    Right(
        "trailing.csv",
        80,
        "radius texture",
        "B M",
        {0: ([10, 0], "M"), 1: ([14.5, 3], "B"), 79: ([14.5, 7], "B")},
        ("'id' names the rows", "'unnamed' is empty"),
    ),
    Right(
        "headerless.csv",
        60,
        "x1 x2 x3",
        "",
        {0: ([0.5, 0.25, 0.75], 0.5), 1: ([1.5, 1.25, 1.75], 1.5), 59: ([59.5, 2.25, 3.75], 1.5)},
        ("Decimal commas", "Line 1 was read as a row"),
    ),
    Right("tab_comma.txt", 60, "a b", AB, {0: ([0.5, 0.25], "a"), 59: ([59.5, 2.25], "b")}, ("Decimal commas",)),
    Right(
        "thousands.csv",
        60,
        "income rate",
        AB,
        {0: ([1250, 0.5], "a"), 1: ([950, 1.5], "b")},
        ("'1.250' was read as 1250 (dots stand between thousands). decimal='.' reads it as 1.25",),
    ),
    Right(
        "quote.csv",
        80,
        "a b",
        AB,
        {49: ([49, 4], "b"), 50: ([50, 0], "a"), 51: ([51, 1], "b"), 79: ([79, 4], "b")},
        ("A quote opened in line 52 is never closed",),
    ),
    Right(
        "excel.csv",
        60,
        "a b",
        AB,
        {1: ([1, 1], "b"), 59: ([59, 4], "b")},
        ("'#DIV/0!' (1 row) and '#N/A' (1 row) were read as missing", "'a' lacks 2 of 60 values"),
    ),
    Right(
        "none.csv", 60, "a b", AB, {1: ([1, 1], "b"), 59: ([59, 4], "b")}, ("'a': 'None' (1 row) was read as missing",)
    ),
    Right("codes.csv", 60, "b", AB, {0: ([0], "a"), 1: ([1], "b")}, ("'batch' has a different text in every row",)),
    Right("preamble.csv", 60, "a b", AB, PLAIN, ("2 comments skipped: '# station 12' and '# unit: degC'",)),
    Right("title.csv", 60, "a b", AB, PLAIN, ("1 line before the table was skipped: 'Survey of spring'",)),
    Right("sep.csv", 60, "a b", AB, PLAIN, ("The first line names the delimiter, semicolons",)),
    Right("footer.csv", 60, "a b", AB, PLAIN, ("1 line below the table was skipped: 'Source: own count'",)),
    Right("cp1252.csv", 60, "preis_€ it’s", AB, PLAIN, ("read as Windows-1252",)),
    Right("mac.csv", 60, "a b", AB, PLAIN),
    Right(
        "passengers.csv",
        200,
        "class sex=female sex=male age fare port=C port=Q port=S alone",
        "0 1",
        {1: ([2, 1, 0, 29, 20.5, 1, 0, 0, 1], "0"), 6: ([1, 0, 1, 34, 25.5, 0, 0, 1, 1], "1")},
        ("'age' lacks 40 of 200 values", "'alone': 'False' was read as 0 and 'True' as 1"),
    ),
    # of the same kinds, our own
    Right(
        "wavelengths.csv",
        40,
        "400 410 420 430",
        AB,
        {1: ([0.1, 0.1, 0.1, 0.1], "b"), 39: ([0.4, 0.4, 0, 0.6], "b")},
        ("Line 1, '400,410,420,430,label'",),
    ),
    Right(
        "plain_range.csv",
        40,
        "0 1 2",
        "",
        {0: ([0, 0.05, 0.15], 0), 1: ([3.7, 0.15, 0.25], 1.3)},
        ("Line 1, '0,1,2,3'",),
    ),
    Right(
        "rownames.csv", 60, "length width", "early late", {1: ([7, 5], "early"), 59: ([6, 9], "late")}, ("'unnamed'",)
    ),
    Right(
        "clock_sorted.csv",
        60,
        "length width",
        "early late",
        {1: ([7, 5], "early"), 59: ([6, 9], "late")},
        ("'t' counts the rows, and the rows are sorted by 'kind'",),
    ),
    Right("trailing_body.csv", 60, "radius texture", "B M", {0: ([10, 0], "M"), 1: ([10.5, 1], "B")}, ("is empty",)),
    Right(
        "headerless_spaces.txt", 48, "x1 x2", "setosa virginica", {0: ([0, 0], "virginica"), 5: ([0.5, 0], "setosa")}
    ),
    Right(
        "tab_comma_thousands.tsv",
        60,
        "umsatz quote",
        AB,
        {0: ([1000, 0], "a"), 1: ([1377, 0.25], "b"), 59: ([23243, 0.75], "b")},
        ("dots stand between thousands", "Decimal commas were read in 'quote'"),
    ),
    Right(
        "thousands_us.csv",
        60,
        "income rate",
        AB,
        {0: ([950, 0], "a"), 1: ([1250, 0.25], "b")},
        ("'1,250' was read as 1250",),
    ),
    Right(
        "thousands_alone.csv",
        60,
        "income age",
        AB,
        {0: ([1250, 20], "a"), 1: ([950, 21], "b"), 2: ([12400, 22], "a")},
        ("'1.250' was read as 1250",),
    ),
    Right(
        "quotes_two.csv",
        62,
        "a b",
        AB,
        {20: ([3, 1], "a"), 21: ([0, 0], "a"), 41: ([4, 1], "b"), 61: ([5, 4], "b")},
        ("A quote opened in line 22", "A quote opened in line 43"),
    ),
    Right(
        "excel_errors.csv",
        60,
        "a b",
        AB,
        {1: ([1.5, 1], "b"), 59: ([4.5, 4], "b")},
        ("'#WERT!' (1 row)", "lacks 5 of 60"),
    ),
    Right(
        "none_class.csv",
        60,
        "length width",
        "None major minor",
        {0: ([0, 0], "None"), 1: ([1.5, 1], "minor"), 2: ([3, 2], "major")},
        ("'None' (20 rows) was read as a category", "'length': 'NA' (3 rows) was read as missing"),
    ),
    Right(
        "codes_exponent.csv",
        60,
        "batch=10e0 batch=11e1 batch=12e2 batch=13e3 zip=01000 zip=01001 zip=01002 b",
        AB,
        {0: ([1, 0, 0, 0, 1, 0, 0, 0], "a"), 5: ([0, 1, 0, 0, 0, 0, 1, 0], "b")},
        ("'batch' was read as codes", "'zip' was read as codes"),
    ),
    Right(
        "preamble_pairs.csv",
        60,
        "a b",
        AB,
        {1: ([0.5, 1], "b"), 30: ([0, 0], "a")},
        ("'Station 12' and 'Unit degC'", "1 comment skipped: '# moved cleaned ok'"),
    ),
    Right(
        "title_units.csv",
        50,
        "a b",
        AB,
        {0: ([0, 0], "a"), 1: ([1.5, 1], "b")},
        ("Line 4, '(cm) (kg)', was skipped", "Survey"),
    ),
    Right(
        "footer_total.csv",
        45,
        "name=u name=v name=w b",
        AB,
        {0: ([1, 0, 0, 0], "a"), 44: ([0, 0, 1, 2], "a")},
        ("'Total 45,0'", "'© own count 2024'"),
    ),
    Right(
        "utf16_tabs.txt",
        40,
        "größe farbe=grün farbe=rot",
        AB,
        {1: ([0.5, 0, 1], "b"), 3: ([1.5, 1, 0], "b")},
        ("UTF-16",),
    ),
    Right(
        "mac_roman.csv",
        40,
        "größe stadt=Köln stadt=Málaga stadt=Zürich",
        AB,
        {0: ([0, 1, 0, 0], "a"), 2: ([1, 0, 1, 0], "a")},
        ("read as Mac Roman",),
    ),
    Right(
        "visitors.csv",
        120,
        "age city=Graz city=Linz city=Wien member since spent",
        "0 1",
        {1: ([21, 0, 1, 0, 0, 19390, 1013.5], "1"), 2: ([22, 0, 0, 1, 0, 19419, 1026.5], "0")},
        (
            "'spent': the unit '€' was left out",
            "'spent': 'k.A.' (14 rows) was read as missing",
            "'age' lacks 20 of 120",
        ),
        "stayed",
    ),
    Right(
        "spelling.csv",
        60,
        "a b",
        "no Yes",
        {0: ([0, 0], "Yes"), 1: ([1, 1], "no"), 2: ([2, 2], "Yes"), 4: ([4, 4], "Yes")},
        ("'Yes' (10 rows), 'yes' (10 rows) and 'YES' (10 rows) were read as one",),
    ),
)


@pytest.mark.parametrize("right", RIGHT, ids=lambda right: right.file)
def test_a_file_means_what_a_person_reads_in_it(right: Right) -> None:
    table = read_table(FILES / right.file, target=right.target)
    assert table.rows == len(table.X) == len(table.y) == right.rows
    assert table.feature_names == tuple(name.replace("_", " ") for name in right.inputs.split())
    assert table.class_names == tuple(right.classes.split())
    assert table.task == ("classification" if right.classes else "regression")
    assert table.refusal == ""
    for row, (inputs, target) in right.some.items():
        np.testing.assert_array_equal(table.X[row], inputs)
        assert (table.class_names[table.y[row]] if right.classes else table.y[row]) == target
    said = " ".join(table.notes)
    for part in right.said:
        assert part in said
    assert np.isfinite(table.X).all()


@pytest.mark.parametrize(
    ("encoding", "ends"), [("utf-8-sig", "\r\n"), pytest.param("utf-16", "\r", marks=pytest.mark.slow)]
)
@pytest.mark.parametrize("right", RIGHT, ids=lambda right: right.file)
def test_line_ends_and_encodings_change_nothing(right: Right, encoding: str, ends: str) -> None:
    table = read_table(FILES / right.file, target=right.target)
    said = " ".join(table.notes)
    own = next((name for word, name in OTHER_ENCODINGS.items() if word in said), "utf-8")
    plain = re.sub("\r\n|\r", "\n", (FILES / right.file).read_bytes().decode(own))
    again = read_table(plain.replace("\n", ends).encode(encoding), target=right.target)
    assert (again.feature_names, again.class_names) == (table.feature_names, table.class_names)
    np.testing.assert_array_equal(again.X, table.X)
    np.testing.assert_array_equal(again.y, table.y)


@pytest.mark.parametrize(
    ("file", "line", "said"),
    [
        ("quote_among_texts.csv", 22, "A quote opened in line 22 is never closed"),
        ("decimal_commas.csv", 1, "Line 1 names 3 columns.*decimal commas between commas.*semicolons"),
    ],
)
def test_what_cannot_be_told_is_refused_by_line(file: str, line: int, said: str) -> None:
    with pytest.raises(TableError, match=said) as caught:
        read_table(FILES / file)
    assert caught.value.line == line
