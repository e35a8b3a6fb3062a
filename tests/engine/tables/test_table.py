"""Roles, options and sentences of a table that was read."""

from __future__ import annotations

import pickle
import re
from typing import Any

import numpy as np
import pytest

from regviz.tables import TableError, read_table

ROWS = 60


def table(**changes: list[Any]) -> dict[str, list[Any]]:
    columns: dict[str, list[Any]] = {
        "id": [1000 + 3 * k for k in range(ROWS)],
        "size": [k * 7 % 11 / 2 for k in range(ROWS)],
        "colour": [("red", "blue", "green")[k * 5 % 3] for k in range(ROWS)],
        "plain": [7] * ROWS,
        "blank": [None] * ROWS,
        "remark": [f"note {k % 40}" for k in range(ROWS)],
        "y": [("a", "b")[k * k % 5 % 2] for k in range(ROWS)],
    }
    return {**columns, **changes}


def said(read: Any) -> str:
    return " ".join(read.notes)


def test_what_is_no_input_is_left_out_with_a_note_and_can_be_taken_back() -> None:
    read = read_table(table())
    assert read.feature_names == ("size", "colour=blue", "colour=green", "colour=red")
    assert dict(read.natures) == {"id": "id", "plain": "constant", "blank": "empty", "remark": "text"}
    assert read.roles == ("out", "input", "input", "out", "out", "out", "target")
    for part in (
        "'id' names the rows",
        "'plain' is '7' in every row",
        "'blank' is empty",
        "'remark' has 40 different texts",
    ):
        assert part in said(read)
    back = read.with_roles(keep=["id", "plain", "remark"])
    assert back.feature_names[:2] == ("id", "size")
    assert "plain" in back.feature_names
    assert sum(name.startswith("remark=") for name in back.feature_names) == 40
    assert back.roles[4] == "out"
    assert read_table(table(), keep=["id"]).feature_names[0] == "id"


def test_another_column_becomes_the_target_without_reading_anew() -> None:
    read = read_table(table())
    other = read.with_roles(target="size", leave_out=["colour"])
    assert (other.target, other.task, other.feature_names) == ("size", "regression", ("y=a", "y=b"))
    np.testing.assert_array_equal(other.y, table()["size"])
    assert other.with_roles(target=None, leave_out=()).feature_names == read.feature_names
    assert other.columns[1].values is read.columns[1].values


def test_a_target_is_the_last_column_unless_another_is_called_so() -> None:
    assert read_table(table()).target == "y"
    assert "The target is 'y'. target= takes another column." in read_table(table()).notes
    first = {"label": ["a", "b"] * 30, "p": list(range(5, 65)), "q": [k % 7 for k in range(ROWS)]}
    assert read_table(first).target == "label"
    assert read_table({**first, "outcome": first["label"]}).target == "outcome"
    assert read_table({**first, "response": first["label"]}).target == "response"


@pytest.mark.parametrize("wrong", [{"target": "colur"}, {"leave_out": ["colur"]}, {"keep": ["colur"]}])
def test_a_column_that_does_not_exist_is_named_with_the_nearest(wrong: dict[str, Any]) -> None:
    with pytest.raises(TableError, match=r"no column 'colur'; did you mean 'colour'\?") as caught:
        read_table(table(), **wrong)
    assert caught.value.column == "colur"
    again = pickle.loads(pickle.dumps(caught.value))
    assert (str(again), again.column) == (str(caught.value), "colur")


@pytest.mark.parametrize(
    ("y", "task", "classes"),
    [
        (["yes", "no"] * 30, "classification", ("no", "yes")),
        ([True, False] * 30, "classification", ("False", "True")),
        ([1, 2, 10] * 20, "classification", ("1", "2", "10")),
        ([0.5, 1.5] * 30, "regression", ()),
        (list(range(ROWS)), "regression", ()),
        (["NA", "EU", "AS"] * 20, "classification", ("AS", "EU", "NA")),
        (["None", "minor"] * 30, "classification", ("None", "minor")),
    ],
)
def test_texts_and_a_few_whole_numbers_are_classes(y: list[Any], task: str, classes: tuple[str, ...]) -> None:
    read = read_table(table(y=y), target="y")
    assert (read.task, read.class_names) == (task, classes)


def test_the_task_may_be_given() -> None:
    assert read_table(table(y=[1, 2, 3] * 20), task="regression").class_names == ()
    assert read_table(table(y=[0.5, 1.5] * 30), task="classification").class_names == ("0.5", "1.5")
    assert read_table(table(y=["no", "yes"] * 30), task="regression").y.tolist() == [0.0, 1.0] * 30
    with pytest.raises(TableError, match=r"'y' has texts \('a' and 'b'\), and a regression needs numbers"):
        read_table(table(), task="regression")
    with pytest.raises(TableError, match="task='clustering' is not possible"):
        read_table(table(), task="clustering")  # type: ignore[arg-type]


def test_rows_without_a_target_are_left_out_and_counted() -> None:
    y = ["a", None, "b"] * 20
    read = read_table(table(y=y))
    assert read.rows == 40
    assert "20 rows without a value of 'y' were left out." in read.notes
    np.testing.assert_array_equal(read.kept, [k for k in range(ROWS) if k % 3 != 1])


def test_what_no_network_can_be_trained_on_says_why() -> None:
    assert read_table(table()).refusal == ""
    for changes, options, why in (
        ({"y": ["a"] * ROWS}, {"target": "y"}, "'y' is 'a' in every row, so there is nothing to learn"),
        ({"y": [f"c{k % 30}" for k in range(ROWS)]}, {"target": "y"}, "'y' has 30 classes; up to 20"),
        ({}, {"leave_out": ["size", "colour"]}, "no column left for the inputs"),
    ):
        assert why in read_table(table(**changes), **options).refusal
    short = {name: cells[:8] for name, cells in table().items()}
    assert "There are 8 rows; at least 12" in read_table(short).refusal
    wide = {f"c{k}": [(k + row * row) % 7 + row / 8 for row in range(ROWS)] for k in range(202)}
    assert "201 inputs; up to 200" in read_table(wide).refusal
    long = {"a": np.arange(20_001) % 9 + 0.5, "y": np.arange(20_001) % 2}
    assert "20,001 rows; up to 20,000" in read_table(long).refusal


def test_a_copy_of_the_target_is_pointed_out() -> None:
    read = read_table({"x": [k % 7 for k in range(ROWS)], "copy": [0, 1] * 30, "y": [0, 1] * 30})
    assert "'copy' is the same as 'y' in every row: it gives the answer away." in read.notes


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"delimeter": ";"}, "no option 'delimeter'; try 'delimiter'"),
        ({"gaps": "zero"}, "gaps='zero' is not possible; try one of 'fill', 'flag' and 'drop'"),
        ({"gaps": {"size": "zero"}}, "gaps='zero'"),
        ({"decimal": ";"}, "decimal=';' is not possible"),
        ({"decimal": ",", "thousands": ","}, "decimal and thousands cannot both be ','"),
        ({"delimiter": ";;"}, "a single sign"),
        ({"kinds": {"size": "colour"}}, "kinds='colour' is not possible"),
        ({"kinds": "number"}, "kinds='number' is not possible: it is a dict, such as {'size': 'number'}"),
        ({"gaps": {"size": "drop"}}, "The table has no column 'size'"),
        ({"gaps": 3}, "gaps=3 is not possible"),
        ({"encoding": "utf8000"}, "There is no encoding 'utf8000'"),
    ],
)
def test_impossible_options_are_refused(how: dict[str, Any], said: str) -> None:
    with pytest.raises(TableError, match=said.replace("{", r"\{")):
        read_table(b"a;b\n1;2\n" * 20, **how)


@pytest.mark.parametrize(
    ("choices", "said"),
    [
        ({"gaps": "banana"}, "gaps='banana' is not possible; try one of 'fill', 'flag' and 'drop'"),
        ({"gaps": {"no such column": "drop"}}, "The table has no column 'no such column'"),
        ({"gaps": {"a": "banana"}}, "gaps='banana'"),
        ({"kinds": {"a": "banana"}}, "kinds='banana' is not possible; try one of 'number', 'yes/no', 'category' and"),
        ({"kinds": "category"}, "kinds='category' is not possible: it is a dict"),
        ({"kinds": {"size": "category"}}, "The table has no column 'size'"),
        ({"kinds": {"a": "date"}}, "'a' was read as number; to have date, read the table anew: read_table(…, kinds="),
        ({"kinds": {"b": "number"}}, "'b' was read as category; to have number, read the table anew"),
    ],
)
def test_choices_that_do_not_exist_or_cannot_be_carried_out_are_refused(choices: dict[str, Any], said: str) -> None:
    table = read_table({"a": [k % 7 for k in range(40)], "b": list("uvwx") * 10, "y": [0, 1] * 20})
    with pytest.raises(TableError, match=re.escape(said)):
        table.with_roles(**choices)


def test_columns_that_became_categories_stay_so_with_other_choices() -> None:
    table = read_table({"a": [k % 3 for k in range(40)], "b": [k % 4 for k in range(40)], "y": [0, 1] * 20})
    one = table.with_roles(kinds={"a": "category", "b": "number"})
    both = one.with_roles(kinds={"b": "category"}).with_roles(task="classification")
    assert [column.kind for column in both.columns] == ["category", "category", "number"]
    assert both.choices.kinds == {"a": "category", "b": "category"}


def lines(*cells: Any, n: int = 40, sep: str = ";") -> str:
    head = sep.join([*(f"c{k}" for k in range(len(cells))), "y"])
    rows = (sep.join([*(str(cell(k)) for cell in cells), "ab"[k % 2]]) for k in range(n))
    return "\n".join([head, *rows]) + "\n"


def test_a_person_s_word_on_signs_is_final() -> None:
    text = lines(lambda k: "1.250" if k % 2 else "950", lambda k: k % 7)
    assert read_table(text).X[1, 0] == 1250
    assert read_table(text, decimal=".").X[1, 0] == 1.25
    assert read_table(text, thousands=".").X[1, 0] == 1250
    assert "decimal='.' reads it as 1.25" in said(read_table(text))


def test_both_decimal_signs_in_a_column_are_not_guessed() -> None:
    read = read_table(lines(lambda k: "0,5" if k % 2 else "0.25", lambda k: k % 7))
    assert (
        "'c0' has both decimal signs: '0.25' and '0,5'. It was read as text. decimal='.' or decimal=',' decides"
        in said(read)
    )
    assert read.column("c0").kind == "category"


@pytest.mark.parametrize(
    ("cells", "asked", "numbers"),
    [
        (["0.5", "1.25", "2.125"], {"decimal": ","}, [0.5, 1.25, 2.125]),
        (["0,5", "1,25"], {"decimal": "."}, [0.5, 1.25]),
        (["0.5", "1.25"], {"thousands": "."}, [0.5, 1.25]),
        (["€1.50", "€0.25"], {"decimal": ","}, [1.5, 0.25]),
        (["3.5e2", "1.500e2"], {"decimal": ","}, [350, 150]),
        (["1.234.567", "2.345.678"], {"decimal": "."}, [1234567, 2345678]),
        (["1.234,5", "2.345,5"], {"decimal": "."}, [1234.5, 2345.5]),
        (["0.5", "0,25", "1.250"], {"decimal": ","}, [0.5, 0.25, 1250]),
    ],
)
def test_a_sign_that_can_only_be_a_decimal_sign_is_none_between_thousands(
    cells: list[str], asked: dict[str, str], numbers: list[float]
) -> None:
    text = lines(lambda k: cells[k % len(cells)], lambda k: k % 7)
    frame = {"c0": [cells[k % len(cells)] for k in range(40)], "y": list("ab") * 20}
    for read in (read_table(text, **asked), read_table(frame, **asked)):
        assert read.column("c0").values[: len(cells)].tolist() == numbers
        assert f"'c0': '{cells[0]}' can only be {numbers[0]:.12g}, so " in said(read)


def test_kinds_may_be_given() -> None:
    text = lines(lambda k: f"0{k % 4}", lambda k: k % 3)
    assert read_table(text).feature_names == ("c0=00", "c0=01", "c0=02", "c0=03", "c1")
    assert read_table(text, kinds={"c0": "number", "c1": "category"}).feature_names == ("c0", "c1=0", "c1=1", "c1=2")


def test_further_texts_may_stand_for_a_gap() -> None:
    text = lines(lambda k: -999 if k % 9 == 4 else k / 4, lambda k: k % 3)
    assert "'c0' has -999 in 4 rows" in said(read_table(text))
    assert read_table(text, missing="-999").column("c0").missing == 4


def test_lines_that_do_not_fit_are_refused_by_number_or_skipped() -> None:
    text = lines(lambda k: k % 5, lambda k: k % 3).replace("\n4;1;a\n", "\n4;1\n", 1)
    with pytest.raises(TableError, match=r"Line 6 has 2 cells, the others have 3.*bad_lines='skip'") as caught:
        read_table(text)
    assert caught.value.line == 6
    skipped = read_table(text, bad_lines="skip")
    assert skipped.rows == 39
    assert "Line 6 has 2 cells, the others have 3; it was skipped." in skipped.notes


def test_spellings_are_pointed_out_and_merged_or_kept() -> None:
    text = lines(lambda k: k % 5, lambda k: ("Graz", "graz", "Linz")[k % 3])
    read = read_table(text)
    assert read.feature_names == ("c0", "c1=Graz", "c1=Linz")
    assert "'Graz' (14 rows) and 'graz' (13 rows) were read as one, 'Graz'" in said(read)
    kept = read_table(text, spellings="keep")
    assert kept.feature_names == ("c0", "c1=Graz", "c1=Linz", "c1=graz")
    assert "are kept apart" in said(kept)
    assert read_table(lines(lambda k: k % 5, lambda k: "Aa"[k % 2])).feature_names == ("c0", "c1=A", "c1=a")


def test_dates_are_days_and_a_doubtful_order_is_said() -> None:
    day = 86400
    read = read_table(lines(lambda k: f"{k % 12 + 1:02}/{k % 11 + 1:02}/2024", lambda k: k % 3, sep=","))
    expected = np.array([f"2024-{k % 12 + 1:02}-{k % 11 + 1:02}" for k in range(40)], "M8[s]").astype(int) / day
    np.testing.assert_array_equal(read.X[:, 0], expected)
    assert "day_first=True reads it the other way" in said(read)
    text = lines(lambda k: f"{k % 28 + 1}.{k % 12 + 1}.2023 06:30", lambda k: f"{k % 3},5")
    expected = np.array([f"2023-{k % 12 + 1:02}-{k % 28 + 1:02}T06:30" for k in range(40)], "M8[s]").astype(int) / day
    np.testing.assert_allclose(read_table(text).X[:, 0], expected, rtol=1e-15)


def test_a_preview_has_the_cells_as_written_and_histograms() -> None:
    read = read_table(lines(lambda k: f"{k % 4},5", lambda k: ("Graz", "Linz", "Linz")[k % 3]))
    assert read.preview(2) == [["0,5", "Graz", "a"], ["1,5", "Linz", "b"]]
    number, city = read.column("c0").histogram(4), read.column("c1").histogram()
    assert (number.counts, number.edges) == ((10, 10, 10, 10), (0.5, 1.25, 2.0, 2.75, 3.5))
    assert (city.counts, city.labels) == ((26, 14), ("Linz", "Graz"))


def test_arrays_of_a_table_cannot_be_changed() -> None:
    read = read_table(table())
    for array in (read.X, read.y, read.kept, read.columns[0].values):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0
