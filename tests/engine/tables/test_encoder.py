"""Laws of the encoder: what is learned comes from the training rows alone, and no unit and no outlier matters."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regviz.tables import Scaling, Table, read_table

ROWS = 40


def inverse(scaling: Scaling, Z: np.ndarray) -> np.ndarray:
    """The values that `transform` made Z of; the constant for what never varied."""
    return Z * np.where(scaling.varies, scaling.scale, 0.0) + scaling.mean


def encoded(table: Table, train: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """`rows` as scaled inputs (rows, features), by what the rows `train` say."""
    X = table.filled(train)
    return Scaling.fit(X[train]).transform(X[rows])


@st.composite
def columns(draw: st.DrawFn) -> np.ndarray:
    """(40, 3): normal values, a few whole numbers, a spike, a constant, of any size."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    kinds = draw(st.lists(st.sampled_from(["normal", "whole", "spike", "constant"]), min_size=3, max_size=3))
    size, shift = 10.0 ** draw(st.integers(-6, 6)), draw(st.sampled_from([0, 1, -3]))
    made = {
        "normal": rng.normal(size=ROWS),
        "whole": rng.integers(-3, 4, ROWS),
        "spike": np.eye(ROWS)[3] * rng.normal(),
        "constant": np.full(ROWS, rng.normal()),
    }
    return size * (shift + np.column_stack([made[kind] for kind in kinds]))


@given(columns())
@settings(max_examples=60, deadline=None)
def test_the_training_part_has_mean_0_and_deviation_1_or_is_0(X: np.ndarray) -> None:
    Z = Scaling.fit(X).transform(X)
    deviation = Z.std(axis=0)
    np.testing.assert_allclose(Z.mean(axis=0), 0, atol=1e-6)
    assert all(abs(one - 1) < 1e-6 or one == 0 for one in deviation)


@given(columns(), st.integers(-200, 200))
@settings(max_examples=60, deadline=None)
def test_a_power_of_two_as_unit_changes_not_one_bit(X: np.ndarray, power: int) -> None:
    np.testing.assert_array_equal(
        Scaling.fit(np.ldexp(X, power)).transform(np.ldexp(X, power)), Scaling.fit(X).transform(X)
    )


@pytest.mark.parametrize("unit", [1e-13, 1e-200, 1e-3, 1, 1e9, 1e150])
def test_no_unit_makes_a_column_invisible(unit: float) -> None:
    X = np.random.default_rng(0).normal(size=(50, 2))
    np.testing.assert_allclose(Scaling.fit(unit * X).transform(unit * X), Scaling.fit(X).transform(X), rtol=1e-9)


@pytest.mark.parametrize("value", [0, 1, 0.1 + 0.2, 123456.789, -1e-13, 1e15, 1e99])
def test_a_constant_is_0_everywhere_whatever_its_size_and_whatever_it_does_elsewhere(value: float) -> None:
    train = np.full((60, 1), value)
    scaling = Scaling.fit(train)
    assert not scaling.varies[0]
    elsewhere = np.array([[value], [927.0], [-1e9], [1e99]])
    np.testing.assert_array_equal(scaling.transform(elsewhere), 0)
    np.testing.assert_array_equal(inverse(scaling, scaling.transform(train)), train)


def test_rounding_is_no_variation() -> None:
    train = np.array([[0.3], [0.1 + 0.2]] * 20)
    assert not Scaling.fit(train).varies[0]
    assert Scaling.fit(1e9 + np.arange(40.0)[:, None] * 1e-3).varies[0]


@given(columns())
@settings(max_examples=40, deadline=None)
def test_scaled_values_lead_back(X: np.ndarray) -> None:
    scaling = Scaling.fit(X)
    np.testing.assert_allclose(
        inverse(scaling, scaling.transform(X)), X, rtol=1e-9, atol=1e-9 * np.abs(X).max() + 1e-300
    )


def table(gaps: str = "fill"):
    rng = np.random.default_rng(3)
    size = [None if k % 5 == 2 else float(value) for k, value in enumerate(rng.normal(5, 2, ROWS))]
    colour = [None if k % 11 == 4 else ("red", "blue", "green")[k % 3 if k < 30 else 0] for k in range(ROWS)]
    return read_table({"size": size, "colour": colour, "y": ["a", "b"] * (ROWS // 2)}, gaps=gaps)


@given(st.sets(st.integers(0, ROWS - 1), min_size=5, max_size=ROWS - 5), st.integers(0, 2**32 - 1))
@settings(max_examples=40, deadline=None)
def test_what_is_learned_does_not_depend_on_rows_outside_the_training_part(train: set[int], seed: int) -> None:
    rng = np.random.default_rng(seed)
    size = rng.normal(size=ROWS).tolist()
    colour = rng.choice(["red", "blue", "green"], ROWS).tolist()
    rows = np.array(sorted(train))
    others = np.setdiff1d(np.arange(ROWS), rows)
    changed = list(size)
    for row in others:
        changed[row] = 1e6 if row % 2 else None
    y = ["a", "b"] * (ROWS // 2)
    one, other = (read_table({"size": s, "colour": colour, "y": y}) for s in (size, changed))
    np.testing.assert_array_equal(encoded(one, rows, rows), encoded(other, rows, rows))


def test_gaps_are_filled_with_the_median_and_the_most_frequent_of_the_training_rows() -> None:
    found = table()
    rows = np.arange(20)
    filled = found.filled(rows)
    size = found.column("size").values
    np.testing.assert_array_equal(filled[np.isnan(size), 0], np.nanmedian(size[:20]))
    assert found.feature_names == ("size", "colour=blue", "colour=green", "colour=red")
    assert filled[4, 1:].sum() == 1


def test_flagged_gaps_are_inputs_of_their_own() -> None:
    found = table("flag")
    assert found.feature_names == (
        "size",
        "size=missing",
        "colour=blue",
        "colour=green",
        "colour=red",
        "colour=missing",
    )
    np.testing.assert_array_equal(found.X[:, 1], np.isnan(found.column("size").values))
    assert found.X[4, 2:].tolist() == [0, 0, 0, 1]


def test_rows_with_gaps_are_left_out_on_request() -> None:
    found = table("drop")
    whole = [k for k in range(ROWS) if k % 5 != 2 and k % 11 != 4]
    assert found.rows == len(whole)
    np.testing.assert_array_equal(found.kept, whole)
    assert f"{ROWS - len(whole)} rows with gaps were left out" in " ".join(found.notes)


def test_a_category_that_the_training_rows_lack_is_0() -> None:
    found = table()
    rows = np.array([0, 3, 6, 9, 12, 30, 31])  # red alone
    X = encoded(found, rows, np.arange(ROWS))
    np.testing.assert_array_equal(X[:, 1:], 0)
