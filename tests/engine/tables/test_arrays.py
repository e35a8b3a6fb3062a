"""Stored cells that say more than their numbers: what is masked has no value, moments have units, and some values are
larger than any float or date."""

from __future__ import annotations

import io
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import regviz as rv
from regviz.data.custom import custom_data
from regviz.estimator import RegvizClassifier, RegvizRegressor
from regviz.tables import read_table

ROWS = 24
HIDDEN = np.arange(ROWS) % 3 == 1
Z = np.arange(ROWS) * 7 % 11
Y = np.arange(ROWS) // 2 % 2


def masked(values: Any) -> Any:
    """The values with every third one masked."""
    return np.ma.MaskedArray(values, HIDDEN)


def two(values: Any) -> Any:
    """The values, of which some are masked, beside others."""
    return np.ma.column_stack((masked(values), Z))


SOURCES = {
    "pair": lambda v: (two(v), Y),
    "array": lambda v: np.ma.column_stack((two(v), Y)),
    "dict": lambda v: {"x1": masked(v), "x2": Z, "y": Y},
    "dict of lists": lambda v: {"x1": list(masked(v)), "x2": Z, "y": Y},
    "rows": lambda v: list(np.ma.column_stack((two(v), Y))),
}


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("values", [np.where(HIDDEN, -999, Z + 0.5), np.where(HIDDEN, -999, Z)], ids=["float", "int"])
def test_what_is_masked_is_missing(source: str, values: Any) -> None:
    read = read_table(SOURCES[source](values))
    np.testing.assert_array_equal(read.column("x1").values, np.where(HIDDEN, np.nan, values))
    assert read.column("x1").missing == HIDDEN.sum()
    assert not any("read as missing" in note for note in read.notes)  # nobody wrote anything there


def test_what_is_masked_in_a_structured_array_is_missing() -> None:
    rows = [(k + 0.5, k * 7 % 11, "uv"[k % 2]) for k in range(ROWS)]
    mask = [(k % 3 == 1, k % 4 == 0, k % 5 == 0) for k in range(ROWS)]
    given = np.ma.array(rows, mask=mask, dtype=[("a", float), ("b", int), ("c", "U1")])
    read = read_table(given)
    assert [column.missing for column in read.columns] == [8, 6, 5]


def test_answers_moments_and_targets_are_masked_too() -> None:
    moments = np.datetime64("2024-01-01", "ns") + np.arange(ROWS) * np.timedelta64(1, "D")
    read = read_table({"sold": masked(Z % 2 == 0), "since": masked(moments), "z": Z, "y": masked(Y)}, target="y")
    assert [column.kind for column in read.columns] == ["yes/no", "date", "number", "number"]
    assert [column.missing for column in read.columns] == [8, 8, 0, 8]
    assert "8 rows without a value of 'y' were left out." in read.notes


@pytest.mark.parametrize("whole", [True, False])
def test_added_arrays_have_gaps_where_they_are_masked(whole: bool) -> None:
    X = two(np.where(HIDDEN, -999, Z + (0 if whole else 0.5)))
    with pytest.raises(rv.ConfigError, match=r"8 lack a number .* in 'x1' \(8 rows\)"):
        rv.add_data("masked", X, Y)
    with pytest.raises(rv.ConfigError, match=r"8 lack a number .* in the target \(8 rows\)"):
        rv.add_data("masked", X.data, masked(Y))
    rv.add_data("masked", X, masked(Y), drop_missing=True)
    data = custom_data("masked")
    rv.remove_data("masked")
    assert data is not None
    np.testing.assert_array_equal(data.raw.X, np.asarray(X)[~HIDDEN])


@pytest.mark.parametrize("estimator", [RegvizClassifier(), RegvizRegressor()])
def test_estimators_refuse_what_is_masked_like_any_other_gap(estimator: Any) -> None:
    X = np.column_stack((Z, Z % 3)).astype(float)
    for given in ((two(np.where(HIDDEN, -999, Z)), Y), (X, masked(Y)), (X, Y, masked(np.ones(ROWS)))):
        with pytest.raises(ValueError, match=r"NaN|None"):
            estimator.fit(*given)


@pytest.mark.parametrize("unit", ["ns", "us", "s", "h", "D"])
def test_moments_and_durations_of_a_dict_are_days_and_hours_in_any_unit(unit: str) -> None:
    days = np.arange(ROWS) * np.timedelta64(1, "D")
    columns = {"since": np.datetime64("1970-01-03") + days, "took": days}
    given = {name: column.astype(f"{column.dtype.kind}8[{unit}]") for name, column in columns.items()}
    read = read_table({**given, "z": Z, "y": Y})
    assert read.column("since").values.tolist() == [k + 2.0 for k in range(ROWS)]
    assert read.column("took").values.tolist() == [k * 24.0 for k in range(ROWS)]
    assert (read.column("since").kind, read.column("took").unit) == ("date", "h")


FAR = [2**62, 1000, 2000] * 8


@pytest.mark.parametrize(
    "cells",
    [[10**400, 1, 2], [-(10**400), 1, 2], [Decimal("1e400"), 1, 2], [10**400, 1, "?"]],
    ids=lambda c: str(c)[:9],
)
def test_a_number_that_no_float_holds_is_missing_and_said(cells: list[Any]) -> None:
    read = read_table({"a": cells * 8, "z": Z, "y": Y})
    assert read.column("a").values[1] == 1
    assert np.isnan(read.column("a").values[0])
    assert "'a': 8 values beyond 1e100 were read as missing." in read.notes
    assert not any("more than 15 digits" in note for note in read.notes)


def test_a_decimal_nan_that_signals_is_a_gap() -> None:
    read = read_table({"a": [Decimal("sNaN"), Decimal(1), Decimal(2)] * 8, "z": Z, "y": Y})
    assert read.column("a").missing == 8


@pytest.mark.parametrize("unit", ["s", "ms", "us"])
def test_moments_that_are_too_far_away_are_missing_wherever_they_come_from(unit: str) -> None:
    moments, times = pa.array(FAR).cast(pa.timestamp(unit)), pa.array(FAR).cast(pa.duration(unit))
    table = pa.table({"since": moments, "took": times, "z": Z, "y": Y})
    sources: list[Any] = [table, {"since": moments.to_numpy(False), "took": times.to_numpy(False), "z": Z, "y": Y}]
    if unit != "s":  # which Parquet has not
        pq.write_table(table, file := io.BytesIO())
        sources += [pl.from_arrow(table), file.getvalue()]
    if unit != "us":  # in which pandas has it, though Python has not
        sources.append(pd.DataFrame(sources[1]))
    steps = {"s": 1.0, "ms": 1e-3, "us": 1e-6}[unit] * np.array([1000, 2000])
    for source in sources:
        read = read_table(source)
        for name, size in (("since", 86_400), ("took", 3_600)):
            values = read.column(name).values[:3]
            assert np.isnan(values[0])
            np.testing.assert_allclose(values[1:], steps / size, rtol=1e-12)
            assert f"'{name}': 8 values beyond 10,000 years were read as missing." in read.notes


def test_early_moments_are_days_before_1970() -> None:
    read = read_table({"year": np.datetime64("-0044", "Y") + np.arange(ROWS), "z": Z, "y": Y})
    assert read.column("year").values[0] == -735_599  # 1 January of the year before 43 BC, as NumPy counts them


@pytest.mark.parametrize("dtype", [np.float16, np.int8, np.uint8, np.float32, np.uint64, np.longdouble])
def test_narrow_and_wide_numbers_are_read_without_a_warning(dtype: Any) -> None:
    least = -128 if np.dtype(dtype).kind == "i" else 100
    given = np.array([least, *range(1, ROWS)], dtype)
    assert read_table({"a": given, "z": Z, "y": Y}).column("a").values.tolist() == [least, *range(1, ROWS)]


@pytest.mark.parametrize("y", [[0] * 40, list(range(40)), [f"id {k}" for k in range(40)], [None] * 39 + ["a"]], ids=str)
@pytest.mark.parametrize("frames", [False, True])
def test_the_target_of_a_pair_is_its_second_part_whatever_is_in_it(y: Any, frames: bool) -> None:
    X: Any = np.random.default_rng(0).normal(size=(40, 2))
    given = (pd.DataFrame(X, columns=["a", "y"]), pd.Series(y, name="y")) if frames else (X, y)
    table = read_table(given)
    assert table.target == ("y (2)" if frames else "y")
    assert table.roles == ("input", "input", "target")
    assert read_table(given, target="y", leave_out=["a"] if frames else []).target == "y"


def test_the_target_of_a_pair_may_be_a_table_of_one_column() -> None:
    X, y = np.random.default_rng(0).normal(size=(40, 2)), np.arange(40) % 2
    for column in (y[:, None], pd.DataFrame({"answer": y}), y.reshape(-1, 1).tolist()):
        np.testing.assert_array_equal(read_table((X, column)).y, y)
