"""Data of one's own that are refused: the sentence is true of them, and what it says to do works."""

import re

import numpy as np
import pytest

import regviz as rv
from regviz.errors import DataError
from regviz.limits import FEWEST_ROWS, LARGEST, LARGEST_SAID

pd = pytest.importorskip("pandas")

ROWS = 60
X = np.random.default_rng(0).normal(size=(ROWS, 2))
y = np.arange(ROWS) % 2


def frame(**columns):
    return pd.DataFrame(X, columns=["a", "b"]).assign(**columns)


def with_some(rows, value, column=1):
    """X, of which a column has another value in the first rows."""
    some = X.copy()
    some[:rows, column] = value
    return some


def refusal(*given, **options):
    with pytest.raises(DataError) as caught:
        rv.add_data("mine", *given, **options)
    return str(caught.value)


def follow(said, X, y):
    """Do all that a sentence names in code; return how often it did something."""
    calls = re.findall(r"rv\.add_table\(name, rv\.read_table\(\(X, y\)\)\)", said)
    for call in calls:
        eval(call, {"rv": rv, "name": "as_table", "X": X, "y": y})
        rv.load(rv.Config(data="as_table", n_train=20, noise=0, label_noise=0))
    if kept := re.search(r"drop_missing=True\), which keeps ([\d,]+) rows", said):
        rv.add_data("dropped", X, y, drop_missing=True)
        assert len(rv.data.custom.custom_data("dropped").raw.y) == int(kept[1])
    return len(calls) + bool(kept)


TEXTS = {"c": ["x", "z"] * 30}
DATES = {"when": pd.date_range("2020-01-01", periods=ROWS)}
SPANS = {"took": pd.to_timedelta(np.arange(ROWS), unit="h")}


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        (TEXTS, "Column 'c' ('x') has text: an input is a number."),
        ({"c": pd.Categorical(TEXTS["c"])}, "Column 'c' ('x') has text:"),
        (DATES, "Column 'when' ('2020-01-01 00:00:00') has dates: an input is a number."),
        ({"when": [day.date() for day in DATES["when"]]}, "Column 'when' ('2020-01-01') has dates:"),
        (SPANS, "Column 'took' ('0 days 00:00:00') has durations:"),
        ({**TEXTS, "d": TEXTS["c"], **DATES}, "Columns 'c' ('x') and 'd' ('x') have text and column 'when' ('2020"),
    ],
)
def test_columns_that_are_no_numbers_are_called_what_they_are_and_a_table_takes_them(columns, said):
    found = refusal(frame(**columns), y)
    assert found.startswith(said)
    assert follow(found, frame(**columns), y) == 1


def test_moments_of_numpy_are_dates_too():
    moments = np.array([["2020-01-01", "2021-01-01"]] * 6, "M8[D]")
    assert "have dates: an input is a number" in refusal(moments, [0, 1] * 3)


@pytest.mark.parametrize("value", [1 + 2j, object(), [1]])
def test_what_nothing_can_read_is_offered_no_way_that_fails(value):
    cells = np.empty((ROWS, 2), object)
    cells[:] = 1.0
    for row in range(ROWS):
        cells[row, 1] = value
    said = refusal(cells, y)
    assert "column 'x2'" in said.lower()
    assert "has values that are no numbers" in said
    assert "read_table" not in said


@pytest.mark.parametrize("value", [np.nan, np.inf])
@pytest.mark.parametrize("rows", [1, 5, ROWS - FEWEST_ROWS, ROWS - FEWEST_ROWS + 1])
def test_gaps_are_filled_by_a_table_and_rows_are_left_out_only_where_enough_remain(value, rows):
    given = with_some(rows, value)
    said = refusal(given, y)
    count = "1 lacks a number or has one" if rows == 1 else f"{rows} lack a number or have one"
    assert said.startswith(f"Of 60 rows, {count} that is not finite, in 'x2' ({rows} row{'s' * (rows > 1)}): ")
    assert ("drop_missing" in said) == (ROWS - rows >= FEWEST_ROWS)
    assert follow(said, given, y) == 1 + ("drop_missing" in said)


def test_a_gap_of_the_target_is_counted_with_the_target():
    target = np.where(np.arange(ROWS) < 1, np.nan, y)
    said = refusal(X, target)
    assert "1 lacks a number" in said
    assert "in the target (1 row)" in said
    assert follow(said, X, target) == 2
    assert follow(refusal(X, target[:, None]), X, target[:, None]) == 2


def test_without_any_number_no_way_is_named_that_is_then_refused():
    said = refusal(X * np.nan, y)
    assert "of 60 rows, 60 lack a number" in said.lower()
    assert follow(said, X * np.nan, y) == 0
    assert "Try numbers in their place." in said


@pytest.mark.parametrize("rows", [1, 5, ROWS])
def test_a_finite_number_that_is_too_large_is_told_the_limit_and_larger_units_work(rows):
    given = with_some(rows, 1e300)
    said = refusal(given, y)
    count = "1 has a number" if rows == 1 else f"{rows} have a number"
    assert said.startswith(f"Of 60 rows, {count} beyond {LARGEST_SAID}, in 'x2' ({rows} row{'s' * (rows > 1)}): ")
    assert "lack" not in said
    assert "Try larger units" in said
    assert ("drop_missing" in said) == (rows < ROWS)
    assert follow(said, given, y) == (rows < ROWS)
    rv.add_data("larger_units", given / 1e250, y)
    assert float(LARGEST_SAID) == LARGEST


def test_a_target_that_is_too_large_is_refused_before_training_overflows():
    target = np.where(np.arange(ROWS) < 5, 1e300, X[:, 0])
    for drop in (False, True):
        said = refusal(X, target, drop_missing=drop)
        assert "5 have a number beyond 1e100, in the target (5 rows)" in said
        assert "drop_missing" not in said
    assert rv.add_data("classes", X, [1e150, 2e150] * 30, task="classification").n_classes == 2


def test_what_is_left_after_rows_were_left_out_is_told():
    assert "10 rows of 60 are left: at least 12" in refusal(with_some(50, np.nan), y, drop_missing=True)
    assert "1 row of 60 is left: at least 12" in refusal(with_some(59, np.nan), y, drop_missing=True)
    assert refusal(X[:1], y[:1]).startswith("There is 1 row: at least 12")


def test_a_target_of_dates_is_sent_to_what_reads_dates():
    for days in (DATES["when"], list(DATES["when"]), DATES["when"].to_numpy().astype("M8[D]")):
        said = refusal(X, days)
        assert follow(said, X, days) == 1
        assert rv.DATASETS["as_table"].task == "regression"
        rv.remove_data("as_table")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ((X, np.c_[y, y]), "y has the shape (60, 2): it must be one column"),
        ((X, 3), "y is of type int: it must be one column"),
        ((X, None), "y is None: it must be one column"),
        ((X, "b"), "y is of type str: it must be one column"),
        ((None, y), "X is None: it must be a table of (rows, columns). Try an array"),
        (({"a": y}, y), "X is of type dict: it must be a table"),
        ((X[:, :, None], y), "X has the shape (60, 2, 1): it must be a table of (rows, columns). Try X.reshape(len"),
        ((X, y[:1]), "X has 60 rows and y has 1 value: each row needs its target"),
        ((X, y * 0), "y is 0 in every row: there is nothing to learn"),
    ],
)
def test_an_argument_is_called_by_its_own_name(given, said):
    assert refusal(*given).startswith(said)


@pytest.mark.parametrize("names", ["ab", 3])
def test_names_of_columns_are_a_list(names):
    said = refusal(X, y, feature_names=names)
    assert said == f"feature_names is {names!r}: X has 2 columns. Try a list with a name for each."


def test_a_single_column_is_one_column():
    assert "2 names: X has 1 column." in refusal(X[:, :1], y, feature_names=["a", "b"])
    assert "There is 1 name: X has 2 columns." in refusal(X, y, feature_names=["a"])


@pytest.mark.parametrize("given", [frame(), None, "table.csv", X])
def test_only_what_read_table_returns_is_added_as_a_table(given):
    with pytest.raises(DataError, match=r"^table is .*: it must be what rv\.read_table returns\. Try rv\.add_table\("):
        rv.add_table("mine", given)


@pytest.mark.parametrize("given", [None, X, "drawn"])
def test_only_a_drawing_is_added_as_one(given):
    with pytest.raises(DataError, match=r"^drawing is .*: it must be a Drawing.*Try drawing some points first"):
        rv.add_drawing("mine", given)


def test_a_title_is_a_text():
    for add in (
        lambda title: rv.add_data("mine", X, y, title=title),
        lambda title: rv.add_table("mine", rv.read_table((X, y)), title=title),
        lambda title: rv.add_drawing("mine", rv.data.drawn.copied(rv.load(rv.Config())), title=title),
    ):
        with pytest.raises(rv.ConfigError, match=r"title=3 is not possible: allowed is a text, or None.* Try '3'"):
            add(3)
        add("3")
        rv.remove_data("mine")


@pytest.mark.parametrize("given", ["moons", {"data": "moons"}, None, np.zeros(3), 3])
def test_only_a_config_can_be_loaded(given):
    with pytest.raises(TypeError, match=r"^expected a Config, got \w+; write Config\(data='moons'\)"):
        rv.load(given)
    assert rv.load(rv.Config(data="moons")).name == "moons"


def test_an_error_shows_a_value_of_several_lines_in_one():
    with pytest.raises(rv.ConfigError) as caught:
        rv.Config(n_train=np.zeros((3, 3)))
    assert "\n" not in str(caught.value)
