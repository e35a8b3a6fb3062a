"""What columns are called: whatever names a column in a frame names it in all that is asked of the table."""

from datetime import date

import numpy as np
import pytest

import regviz as rv
from regviz.data.custom import custom_data

pd = pytest.importorskip("pandas")

ROWS = np.random.default_rng(0).normal(size=(40, 3))
ROWS[:, 0] = np.arange(40) % 2
ROWS[3, 1] = np.nan

NAMES = [
    [0, 1, 2],
    list(np.arange(3)),
    [-1, 10**20, 3],
    [0.5, 1.0, 2.0],
    [True, False, "other"],
    [("a", "x"), ("a", "y"), ("b", 1)],
    [pd.Timestamp("2020-01-01"), date(2021, 2, 3), np.datetime64("2022-01-01")],
    [" padded ", "two\nlines", "a\N{NO-BREAK SPACE}b"],
    ["cafe\N{COMBINING ACUTE ACCENT}", "zero\N{ZERO WIDTH SPACE}width", "plain"],
    ["long " * 20, "longer " * 20, "longest " * 20],
    [b"bytes", "texts", None],
]
"""Names that frames and dicts have, numbers first."""


def frame(names):
    return pd.DataFrame(ROWS, columns=pd.Index(names, dtype=object, tupleize_cols=False))


@pytest.mark.parametrize("names", NAMES, ids=str)
@pytest.mark.parametrize("make", [frame, lambda names: dict(zip(names, ROWS.T, strict=True))], ids=["frame", "dict"])
def test_a_column_is_asked_for_by_whatever_names_it(names, make):
    first, second, third = names
    given = make(names)
    shown = [column.name for column in rv.read_table(given).columns]
    assert rv.read_table(given, target=first).target == shown[0]
    assert rv.read_table(given).with_roles(target=first).target == shown[0]
    for roles in (
        rv.read_table(given, target=first, leave_out=[third]).roles,
        rv.read_table(given).with_roles(target=first, leave_out=[third]).roles,
    ):
        assert roles == ("target", "input", "out")
    for table in (
        rv.read_table(given, target=first, keep=[third], gaps={second: "flag"}, kinds={third: "category"}),
        rv.read_table(given, target=first).with_roles(keep=[third], gaps={second: "flag"}, kinds={third: "category"}),
    ):
        assert f"{shown[1]}=missing" in table.feature_names
        assert [column.kind for column in table.columns] == ["number", "number", "category"]
    assert rv.read_table(given).column(second).name == shown[1]
    missing = rv.read_table(given, missing={first: "1"})
    assert missing.column(first).missing == 20


@pytest.mark.parametrize("name", [0, np.int64(0), "0"])
def test_a_single_column_may_be_left_out_or_kept_without_a_list(name):
    table = rv.read_table(frame([0, 1, 2]), target=2, leave_out=name)
    assert table.roles == ("out", "input", "target")
    assert table.with_roles(leave_out=None, keep=name).roles == ("input", "input", "target")


def test_columns_of_several_levels_may_be_asked_for_by_their_tuples():
    two = pd.DataFrame(ROWS, columns=pd.MultiIndex.from_tuples([("a", "x"), ("a", "y"), ("b", "x")]))
    table = rv.read_table(two, target=("a", "x"), leave_out=two.columns[2:])
    assert (table.target, table.roles) == ("a x", ("target", "input", "out"))
    assert rv.read_table(two, target="a x").target == "a x"
    rv.add_data("mine", two.iloc[:, 1:], ROWS[:, 0], drop_missing=True)
    assert custom_data("mine").raw.feature_names == ("a y", "b x")


def test_the_target_of_a_pair_keeps_its_number():
    pair = frame([1, 2, 3]), pd.Series(ROWS[:, 0], name=0)
    assert rv.read_table(pair, target=0).target == "0"


@pytest.mark.parametrize("given", [["a", "y"], {"a": 1}, {"a"}, np.array(["a"]), pd.Series(["a"]), pd.Index(["a"])])
def test_what_names_no_single_column_is_refused_by_its_option(given):
    table = rv.read_table(frame(["a", "b", "y"]))
    for ask in (lambda: rv.read_table(frame(["a", "b", "y"]), target=given), lambda: table.with_roles(target=given)):
        with pytest.raises(rv.TableError, match=r"^target=.* is not possible: a column has a single name"):
            ask()
    with pytest.raises(rv.TableError, match=r"^leave_out=.* is not possible: a column has a single name"):
        rv.read_table(frame(["a", "b", "y"]), leave_out=[given])
    with pytest.raises(rv.TableError, match=r"^name=.* is not possible: a column has a single name"):
        table.column(given)


def test_a_number_that_names_no_column_is_refused_with_those_there_are():
    with pytest.raises(rv.TableError, match=r"no column '7'; there are '0', '1' and '2'"):
        rv.read_table(frame([0, 1, 2]), target=7)
    with pytest.raises(rv.TableError, match=r"no column '0'; there are 'x1', 'x2' and 'y'"):
        rv.read_table(ROWS, target=0)
