"""Tables of one's own: what is read from a CSV or a frame, and what is said of one that cannot be used."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import regviz as rv
from regviz.data.custom import custom_data
from regviz.lab import Lab
from regviz.lab.compare.knobs import for_data, turned_to
from regviz.lab.compare.lanes import DEFAULT_LANES
from regviz.lab.compare.presets import START
from regviz.lab.compare.session import Session
from regviz.lab.export.share import read_link
from regviz.lab.export.tables import added, reading, write_csv
from regviz.lab.panels import PANELS

FILES = Path(__file__).parents[1] / "engine" / "tables" / "files"
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
    info = added(tmp_path / "My irises (2).csv")
    assert (info.name, info.title, info.task) == ("My_irises_2", "My irises (2)", "classification")
    assert raw(info.name).feature_names == ("length", "width")
    assert raw(info.name).class_names == ("setosa", "virginica")
    np.testing.assert_array_equal(raw(info.name).X[1], [5.1, 3.1])
    assert raw(info.name).y.tolist() == [0, 1] * 15


def test_another_column_may_be_the_target(tmp_path: Path) -> None:
    (tmp_path / "i.csv").write_text(IRISES)
    info = added(tmp_path / "i.csv", "length", leave_out=["kind"])
    assert (info.task, raw("i").feature_names) == ("regression", ("width",))
    with pytest.raises(rv.TableError, match=r"no column 'lenght'; did you mean 'length'"):
        added(tmp_path / "i.csv", "lenght")
    with pytest.raises(rv.TableError, match="no column 'color'; there are 'length', 'width' and 'kind'"):
        added(tmp_path / "i.csv", leave_out=["color"])
    with pytest.raises(rv.TableError, match="no column left for the inputs"):
        added(tmp_path / "i.csv", leave_out=["length", "width"])


WIDE = b"\n".join(b",".join(b"%d" % (k * (j % 10 + 1) % 11) for j in range(202)) for k in range(30))


def columns(source: Any) -> list[str]:
    return [column.name for column in rv.read_table(source).columns]


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
    table = rv.read_table(text.encode("utf-8"))
    assert columns(text.encode("utf-8")) == ["a", "b"]
    assert [column.values.tolist() for column in table.columns] == [[1, 3.5], [2, 4]]


def test_a_first_line_with_a_number_is_no_header() -> None:
    text = "5.1,3.5,setosa\n4.9,3.0,setosa\n"
    assert columns(text) == ["x1", "x2", "y"]
    assert rv.read_table(text).rows == 2


def test_a_file_in_latin_1_is_read_too() -> None:
    assert columns("größe,y\n1,2\n".encode("latin-1")) == ["größe", "y"]


def test_texts_with_the_delimiter_stay_whole() -> None:
    assert rv.read_table('a,b,kind\n1,2,"large, red"\n').preview() == [["1", "2", "large, red"]]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "file is empty"),
        (b"\n \n", "file is empty"),
        (b"PK\x03\x04\x00\x00", "damaged workbook.*CSV"),
        (b"a\n1\n2\n", "single column.*commas"),
        (b"a,b\n1,2\n1,2,3\n", "Line 3 has 3 cells, the others have 2"),
        (b"a" * 50_000_001, "50 MB are read"),
    ],
)
def test_a_file_that_is_no_table_is_refused_in_a_sentence(content: bytes, said: str) -> None:
    with pytest.raises(rv.TableError, match=said):
        added(content)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"a,b\n" + b"1,2\n3,4\n" * 10_001, "20,002 rows.*20,000 train live.*sample"),
        (
            b"\n".join(b",".join(b"%d" % (k * (j % 10 + 1) % 11) for j in range(202)) for k in range(30)),
            "201 inputs.*200",
        ),
    ],
)
def test_a_table_that_is_too_large_is_refused_in_a_sentence(content: bytes, said: str) -> None:
    with pytest.raises(rv.TableError, match=said):
        added(content)


def test_a_large_table_is_sampled_on_request_with_its_rows_in_order() -> None:
    text = "a,b\n" + "".join(f"{k},{k % 2}\n" for k in range(3000))
    table = rv.read_table(text, sample=200, keep=["a"])
    assert "200 of its 3,000 rows were drawn at random. sample=0 takes all." in table.notes
    assert table.rows == 200
    a, b = (column.values for column in table.columns)
    assert (np.diff(a) > 0).all()
    assert a.max() - a.min() > 2500
    np.testing.assert_array_equal(b, a % 2)
    np.testing.assert_array_equal(rv.read_table(text, sample=200, keep=["a"]).X, table.X)
    assert rv.read_table(text, sample=3000).rows == 3000
    with pytest.raises(rv.TableError, match="sample=-1 is not possible"):
        rv.read_table(text, sample=-1)


def test_whole_files_lose_no_line_that_looks_like_a_title_a_comment_or_a_sum() -> None:
    rows = "# a,b,kind\n" + "1,2,x\n3,4,y\n" * 10 + "Total,7,x\n"
    assert rv.read_table(rows).rows == 20
    table = rv.read_table(rows, whole=True)
    assert table.rows == 21
    assert [column.name for column in table.columns] == ["# a", "b", "kind"]
    assert table.columns[0].texts()[-1] == "Total"
    with pytest.raises(rv.TableError, match="Line 22 has 2 cells, the first has 3"):
        rv.read_table(rows.replace("Total,7,x", "Total,7"), whole=True)


def test_missing_values_and_texts_of_a_csv_are_used_and_told_by_column(tmp_path: Path) -> None:
    rows = "".join(f"{k},{'' if k < 3 else k % 5},{'red' if k % 2 else 'blue'},{k % 2}\n" for k in range(40))
    (tmp_path / "t.csv").write_text("id,age,colour,ill\n" + rows)
    added(tmp_path / "t.csv")
    assert raw("t").feature_names == ("age", "colour=blue", "colour=red")
    assert raw("t").X.shape == (40, 3)
    notes = " ".join(rv.read_table(tmp_path / "t.csv").notes)
    assert "'colour' became 2 0/1 columns" in notes
    assert "'age' lacks 3 of 40 values" in notes
    assert "'id' numbers the rows and was left out" in notes
    added(tmp_path / "t.csv", leave_out=["colour"], keep=["id"], gaps="drop")
    assert raw("t").X.shape == (37, 2)


def test_the_lab_starts_with_a_table_its_target_and_what_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "i.csv").write_text(IRISES)
    lab = Lab(play=False, data=tmp_path / "i.csv", target="length", leave_out=["kind"])
    assert lab.session.base.data == "i"
    assert raw("i").feature_names == ("width",)


def brought(way: str) -> Session:
    """A session that came to a table of one's own, `way` being the door."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(300, 3))
    frame = {"a": X[:, 0], "b": X[:, 1], "c": X[:, 2], "y": np.where(X[:, 0] > 0, "yes", "no")}
    if way == "Lab":
        return Lab(play=False, data=frame).session
    name, session = added(frame, name="mine").name, Session()
    if way == "link":
        session.compare(read_link(f"data={name}").config, session.lanes)
    elif way == "break":
        session.compare(turned_to(session.base, {"data": name}), session.lanes)
    else:
        session.change(data=name)
    return session


@pytest.mark.parametrize("way", ["Lab", "link", "break", "knob or desk"])
def test_rows_of_one_s_own_are_trained_on_as_they_are_by_whatever_door_they_come(way: str) -> None:
    session = brought(way)
    assert (session.base.noise, session.base.label_noise) == (0.0, 0.0)
    for model in session.snapshot().models:
        assert not model.split.flipped.any()
        rows, own = model.split.X_train * model.split.scale + model.split.mean, raw(session.base.data).X
        assert all(np.isclose(row, own).all(axis=1).any() for row in rows)


def test_noise_comes_back_with_shipped_data_and_goes_with_data_of_one_s_own() -> None:
    session = brought("knob")
    session.change(label_noise=0.2, noise=0.5)  # asked for, and so it stays
    session.change(l1=0.01)
    assert (session.base.noise, session.base.label_noise) == (0.5, 0.2)
    session.change(data="moons")
    assert (session.base.noise, session.base.label_noise) == (START.noise, START.label_noise)
    session.change(label_noise=0.3)
    session.change(data="digits")
    assert session.base.label_noise == 0.3
    session.change(data="mine")
    assert (session.base.noise, session.base.label_noise) == (0.0, 0.0)
    session.change(data="moons", label_noise=0.0)
    assert session.base.label_noise == 0.0
    added(([[float(k % 7), float(k % 5)] for k in range(40)], [0, 1] * 20), name="other")
    session.change(data="mine", label_noise=0.2)
    session.change(data="other")
    assert session.base.label_noise == 0.0


def test_a_data_set_that_there_is_not_is_refused_by_name() -> None:
    with pytest.raises(rv.ConfigError, match="data='mons' is not possible"):
        for_data(START, "mons")


def test_a_single_class_is_refused(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("a,b,y\n" + "1,2,yes\n" * 20)
    with pytest.raises(rv.TableError, match="'y' is 'yes' in every row"):
        added(tmp_path / "t.csv")


def test_a_frame_brings_its_names_and_a_pair_has_none() -> None:
    rows = [[float(k), k % 3, None if k == 0 else "ab"[k % 2]] for k in range(31)]
    assert "1 row without a value of 'r' was left out." in rv.read_table(Frame(["p", "q", "r"], rows)).notes
    added(Frame(["p", "q", "r"], rows), name="f", gaps="drop")
    assert raw("f").X.shape == (30, 2)
    assert raw("f").feature_names == ("p", "q")
    rng = np.random.default_rng(0)
    assert added((rng.normal(size=(30, 2)), [0, 1] * 15)).name == "custom"
    assert raw("custom").feature_names == ("x1", "x2")
    added((rng.normal(size=(30, 2)), [0, 1] * 15), "y", name="pair")
    assert raw("pair").feature_names == ("x1", "x2")
    with pytest.raises(rv.TableError, match="no column 'z'"):
        added((rng.normal(size=(30, 2)), [0, 1] * 15), "z")


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
        added(given)


def test_a_file_that_does_not_exist_is_named() -> None:
    with pytest.raises(rv.TableError, match=r"file 'nowhere.csv' does not exist"):
        added("nowhere.csv")


def test_a_file_named_like_data_of_regviz_gets_another_name(tmp_path: Path) -> None:
    (tmp_path / "wine.csv").write_text(IRISES)
    assert added(tmp_path / "wine.csv").name == "wine_2"


def expect_read_back(name: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget the data called `name`, and add the same again as a program would that lies beside their file."""
    before = custom_data(name)
    assert before is not None
    (folder / f"{name}.csv").write_text(write_csv(before), encoding="utf-8")
    line = reading(before)
    rv.remove_data(name)
    monkeypatch.chdir(folder)
    exec(line, {"rv": rv})
    after = custom_data(name)
    assert after is not None
    assert after.same_as(before)


NUMBERS = [["b,c", 'a"d'] * 15, [3, 7] * 15, [0.1, 0.7, 1 / 3] * 10, [True, False] * 15, [1, 2, 10] * 10]
WORDS = [["no", "yes"] * 15, ["nein", "ja"] * 15, ["None", "NA."] * 15, ["Total", "# x"] * 15, ["Yes", "yes"] * 15]
WORDS += [["caf\u00e9", "cafe\u0301"] * 15, ["zero\u200bwidth", "zerowidth"] * 15, ["a\u00a0b", "a b"] * 15]


LARGE: list[list[Any]] = [[1234567, 1234568] * 15, [123456789012345, 123456789012346] * 15, [1e20, 2e20] * 15]
LARGE += [[2**53 - 2, 2**53 - 1] * 15, ["1_0", "2_0"] * 15, ["1e5", "b"] * 15, ["1234567890123456789", "b"] * 15]


@pytest.mark.parametrize("y", LARGE)
def test_classes_that_look_like_large_numbers_keep_their_names(y: list[Any]) -> None:
    X = np.random.default_rng(0).normal(size=(30, 3))
    rv.add_data("mine", X, y)
    data = custom_data("mine")
    assert data is not None
    assert len(set(data.raw.class_names)) == 2
    assert [type(value)(name) for name, value in zip(data.raw.class_names, y[:2], strict=True)] == y[:2]


@pytest.mark.parametrize("y", NUMBERS + WORDS + LARGE)
def test_what_is_written_is_read_back_exactly(y: list[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    X = np.random.default_rng(0).normal(size=(30, 3)) / 7
    X[:, 2] = range(30)  # numbers the rows, and is wanted all the same
    for names in (["target", "b", "c, d"], ["caf\u00e9", "cafe\u0301", "zero\u200bwidth"]):
        rv.add_data("mine", X, y, feature_names=names, replace=True)
        expect_read_back("mine", tmp_path, monkeypatch)


@pytest.mark.parametrize("path", sorted(FILES.iterdir()), ids=lambda path: path.name)
def test_every_kind_of_table_is_read_back_exactly(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    try:
        table = rv.read_table(path)
    except rv.TableError:
        return  # a file that is refused, as tests/engine/tables say
    rv.add_table("mine", table)
    expect_read_back("mine", tmp_path, monkeypatch)


@pytest.mark.parametrize("words", [("null", "high", "low"), ("N/A", "a b")])
def test_a_class_called_like_a_gap_is_read_back_exactly(
    words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = "".join(f"{k * 7 % 11}.5,{words[-k % len(words)]},{words[k % len(words)]}\n" for k in range(30))
    rv.add_table("mine", rv.read_table(f"x,w,y\n{rows}"))
    assert words[0] in raw("mine").class_names
    expect_read_back("mine", tmp_path, monkeypatch)


def test_data_that_were_read_are_another_set_if_gaps_differ() -> None:
    text = "a,b,kind\n" + "".join(f"{k % 5},{k % 7},{'xy'[k % 2]}\n" for k in range(40))
    full, hollow = (rv.read_table(one) for one in (text, text.replace("\n2,", "\n,", 1)))
    np.testing.assert_array_equal(hollow.X, full.X)  # the median is what stood there
    added(full, name="full", title="t")
    one = custom_data("full")
    added(hollow, name="full", title="t")
    other = custom_data("full")
    assert one is not None
    assert other is not None
    assert not one.same_as(other)


@pytest.mark.slow
@pytest.mark.parametrize("task", ["classification", "regression"])
@pytest.mark.parametrize("columns", [1, 2, 5])
def test_the_lab_trains_and_shows_them(task: str, columns: int, stand: Any, words: Any) -> None:
    rng = np.random.default_rng(0)
    X = rng.normal(3, 2, (200, columns))
    y = X[:, 0] + 0.1 * rng.normal(size=200)
    target = y if task == "regression" else np.where(y > 3, "costs > $50", "costs ≤ $50")
    added((X, target), name="mine", title="Mine")
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


def test_a_target_and_columns_may_be_numbers() -> None:
    rng = np.random.default_rng(0)
    numbered = {0: [0, 1] * 20, 1: rng.normal(size=40), 2: rng.normal(size=40)}
    lab = Lab(play=False, data=numbered, target=0, leave_out=2)
    assert raw(lab.session.base.data).feature_names == ("1",)
    added(rv.read_table(numbered), 0, name="again", leave_out=np.array([1]))
    assert raw("again").feature_names == ("2",)
