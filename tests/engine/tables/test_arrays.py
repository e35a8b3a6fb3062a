"""Arrays of NumPy that say more than their numbers: what is masked in them has no value, and moments have units."""

from __future__ import annotations

from typing import Any

import numpy as np
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
