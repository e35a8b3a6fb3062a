"""Tables of one's own: what is read from a CSV or a frame, and what is said of one that cannot be used."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import regviz as rv
from regviz.data.custom import custom_data
from regviz.errors import ArgumentError, DataError
from regviz.lab import Lab
from regviz.lab.compare.lanes import DEFAULT_LANES
from regviz.lab.compare.session import Session
from regviz.lab.export.custom_data import from_frame, read_csv, text_columns, write_csv
from regviz.lab.panels import PANELS

IRISES = "length,width,kind\n" + "".join(
    f"{5 + k % 7 / 10},{3 + k % 3 / 10},{('setosa', 'virginica')[k % 2]}\n" for k in range(30)
)


class Frame:
    """A DataFrame as far as it is looked at: `columns`, and how NumPy reads it."""

    def __init__(self, columns: list[str], rows: list[list[Any]]) -> None:
        self.columns, self.rows = columns, rows

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        return np.array(self.rows, dtype or object)


def raw(name: str) -> Any:
    found = custom_data(name)
    assert found is not None
    return found.raw


def test_a_csv_becomes_data_named_after_its_file_with_the_last_column_as_target(tmp_path: Path) -> None:
    (tmp_path / "My irises (2).csv").write_text(IRISES)
    info = from_frame(tmp_path / "My irises (2).csv")
    assert (info.name, info.title, info.task) == ("My_irises_2", "My irises (2)", "classification")
    assert raw(info.name).feature_names == ("length", "width")
    assert raw(info.name).class_names == ("setosa", "virginica")
    np.testing.assert_array_equal(raw(info.name).X[1], [5.1, 3.1])
    assert raw(info.name).y.tolist() == [0, 1] * 15


def test_another_column_may_be_the_target(tmp_path: Path) -> None:
    (tmp_path / "i.csv").write_text(IRISES)
    info = from_frame(tmp_path / "i.csv", "length", leave_out=["kind"])
    assert (info.task, raw("i").feature_names) == ("regression", ("width",))
    with pytest.raises(rv.TableError, match=r"no column 'lenght'; did you mean 'length'"):
        from_frame(tmp_path / "i.csv", "lenght")
    with pytest.raises(rv.TableError, match="no column 'color'; there are 'length', 'width' and 'kind'"):
        from_frame(tmp_path / "i.csv", leave_out=["color"])
    with pytest.raises(rv.TableError, match="no column left for the inputs"):
        from_frame(tmp_path / "i.csv", leave_out=["length", "width"])


@pytest.mark.parametrize(
    "text",
    [
        "a,b\n1,2\n3.5,4\n",
        "a;b\n1;2\n3,5;4\n",
        "a\tb\r\n1\t2\r\n3.5\t4\r\n",
        "\ufeffa|b\n1|2\n\n3.5|4",
        '"a","b"\n"1","2"\n" 3.5 ","4"\n',
        "a, b\n1, 2\n3.5, 4\n",
    ],
)
def test_delimiters_and_decimal_commas_are_found_out(text: str) -> None:
    table = read_csv(text.encode("utf-8"))
    assert table.columns == ["a", "b"]
    assert table.rows == [["1", "2"], ["3.5", "4"]]


def test_a_first_line_with_a_number_is_no_header() -> None:
    table = read_csv("5.1,3.5,setosa\n4.9,3.0,setosa\n")
    assert table.columns == ["x1", "x2", "y"]
    assert len(table.rows) == 2


def test_a_file_in_latin_1_is_read_too() -> None:
    assert read_csv("größe,y\n1,2\n".encode("latin-1")).columns == ["größe", "y"]


def test_texts_with_the_delimiter_stay_whole() -> None:
    assert read_csv('a,b,kind\n1,2,"large, red"\n').rows == [["1", "2", "large, red"]]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "file is empty"),
        (b"\n \n", "file is empty"),
        (b"PK\x03\x04\x00\x00", "file is no text.*CSV"),
        (b"a\n1\n2\n", "single column.*commas"),
        (b"a,b\n1,2\n1,2,3\n", "Row 3 has 3 values, the first has 2"),
        (b"a,b\n" + b"1,2\n" * 20_001, "20,001 rows.*20,000 rows.*sample"),
        (b"1," * 201 + b"2\n", "1 rows and 202 columns"),
        (b"a" * 50_000_001, "50 MB are read"),
    ],
)
def test_a_file_that_is_no_table_is_refused_in_a_sentence(content: bytes, said: str) -> None:
    with pytest.raises(DataError, match=said):
        read_csv(content)


def test_missing_values_and_texts_of_a_csv_are_used_and_told_by_column(tmp_path: Path) -> None:
    rows = "".join(f"{k},{'' if k < 3 else k % 5},{'red' if k % 2 else 'blue'},{k % 2}\n" for k in range(40))
    (tmp_path / "t.csv").write_text("id,age,colour,ill\n" + rows)
    from_frame(tmp_path / "t.csv")
    assert raw("t").feature_names == ("age", "colour=blue", "colour=red")
    assert raw("t").X.shape == (40, 3)
    notes = " ".join(rv.read_table(tmp_path / "t.csv").notes)
    assert "'colour' became 2 0/1 columns" in notes
    assert "'age' lacks 3 of 40 values" in notes
    assert "'id' numbers the rows and was left out" in notes
    from_frame(tmp_path / "t.csv", leave_out=["colour"], keep=["id"], drop_missing=True)
    assert raw("t").X.shape == (37, 2)
    assert text_columns(read_csv((tmp_path / "t.csv").read_bytes())) == ["colour"]


def test_the_lab_starts_with_a_table_its_target_and_what_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "i.csv").write_text(IRISES)
    lab = Lab(play=False, data=tmp_path / "i.csv", target="length", leave_out=["kind"])
    assert lab.session.base.data == "i"
    assert raw("i").feature_names == ("width",)


def test_a_single_class_is_refused(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("a,b,y\n" + "1,2,yes\n" * 20)
    with pytest.raises(rv.TableError, match="'y' is 'yes' in every row"):
        from_frame(tmp_path / "t.csv")


def test_a_frame_brings_its_names_and_a_pair_has_none() -> None:
    rows = [[float(k), k % 3, None if k == 0 else "ab"[k % 2]] for k in range(31)]
    assert "1 row without a value of 'r' was left out." in rv.read_table(Frame(["p", "q", "r"], rows)).notes
    from_frame(Frame(["p", "q", "r"], rows), name="f", drop_missing=True)
    assert raw("f").X.shape == (30, 2)
    assert raw("f").feature_names == ("p", "q")
    rng = np.random.default_rng(0)
    assert from_frame((rng.normal(size=(30, 2)), [0, 1] * 15)).name == "custom"
    assert raw("custom").feature_names == ("x1", "x2")
    with pytest.raises(ArgumentError, match="leave it out"):
        from_frame((rng.normal(size=(30, 2)), [0, 1] * 15), "y")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (3, "no table; give a path, bytes, pasted text, a DataFrame, arrays or a dict of columns"),
        ([[1, 2], [3, 4]], "2 rows; at least 12 are needed"),
        ({"a": [1]}, "'a' is '1' in every row"),
    ],
)
def test_anything_else_is_refused(given: Any, said: str) -> None:
    with pytest.raises(rv.TableError, match=said):
        from_frame(given)


def test_a_file_that_does_not_exist_is_named() -> None:
    with pytest.raises(rv.TableError, match=r"file 'nowhere.csv' does not exist"):
        from_frame("nowhere.csv")


def test_a_file_named_like_data_of_regviz_gets_another_name(tmp_path: Path) -> None:
    (tmp_path / "wine.csv").write_text(IRISES)
    assert from_frame(tmp_path / "wine.csv").name == "wine_2"


@pytest.mark.parametrize("y", [["b,c", 'a"d'] * 15, [3, 7] * 15, [0.1, 0.7, 1 / 3] * 10, [True, False] * 15])
def test_what_is_written_is_read_back_exactly(y: list[Any], tmp_path: Path) -> None:
    X = np.random.default_rng(0).normal(size=(30, 3)) / 7
    rv.add_data("mine", X, y, feature_names=["target", "b", "c, d"])
    before = custom_data("mine")
    assert before is not None
    (tmp_path / "mine.csv").write_text(write_csv(before), encoding="utf-8")
    rv.remove_data("mine")
    from_frame(tmp_path / "mine.csv", task=before.info.task)  # type: ignore[arg-type]
    after = custom_data("mine")
    assert after is not None
    assert after.same_as(before)


@pytest.mark.parametrize("task", ["classification", "regression"])
@pytest.mark.parametrize("columns", [1, 2, 5])
def test_the_lab_trains_and_shows_them(task: str, columns: int, stand: Any, words: Any) -> None:
    rng = np.random.default_rng(0)
    X = rng.normal(3, 2, (200, columns))
    y = X[:, 0] + 0.1 * rng.normal(size=200)
    target = y if task == "regression" else np.where(y > 3, "costs > $50", "costs ≤ $50")
    from_frame((X, target), name="mine", title="Mine")
    session = Session()
    session.change(data="mine", label_noise=0.0)
    assert (session.base.n_train, session.base.noise) == (100, 0.0)
    for _ in range(60):
        session.epoch()
    snapshot = session.snapshot()
    assert min(float(model.history["val_score"][-1]) for model in snapshot.models) > 0.7  # chance: 0.5, or 0 for R²
    for name in ("loss", "weights", "fit", "mask"):
        panel = stand(PANELS[name], snapshot, DEFAULT_LANES)
        panel.place.figure.canvas.draw()
        if name == "fit" and task == "classification" and columns != 2:
            assert "costs ≤ $50" in words(panel)
