"""A program of added arrays trains on the numbers that they hold, whatever else those look like."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import regviz as rv
from regviz.data.custom import custom_data
from regviz.lab.export.tables import reading, write_csv

ROWS = 36
X = np.random.default_rng(0).normal(size=(ROWS, 2)).round(3)
STEPS = np.arange(ROWS) % 11


def beside(column: Any) -> Any:
    return np.column_stack((column, X))


@pytest.mark.parametrize(
    ("given", "y", "names"),
    [
        (beside(200001 + STEPS), STEPS % 3, ("a", "b", "c")),
        (beside(20240101 + STEPS), STEPS % 3, ("a", "b", "c")),
        (beside(230101 + STEPS), STEPS % 3, ("date", "b", "c")),
        (beside(1200 + STEPS), STEPS % 3, ("time", "b", "c")),
        (X, 202401 + STEPS, ("a", "b")),
        (X, 202401.0 + np.arange(ROWS) / 2, ("a", "b")),
    ],
)
def test_numbers_that_look_like_days_are_read_back_as_numbers(
    given: Any, y: Any, names: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rv.add_data("mine", given, y, feature_names=names)
    before = custom_data("mine")
    assert before is not None
    (tmp_path / "mine.csv").write_text(write_csv(before), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    rv.remove_data("mine")
    exec(reading(before), {"rv": rv})
    after = custom_data("mine")
    rv.remove_data("mine")
    assert after is not None
    assert after.same_as(before)
    np.testing.assert_array_equal(after.raw.X, given)


def test_stored_days_are_numbers_if_one_asks_for_them() -> None:
    columns = {"day": 20240101 + STEPS, "y": STEPS % 3}
    assert rv.read_table(columns).column("day").kind == "date"
    read = rv.read_table(columns, kinds={"day": "number"})
    assert read.column("day").values.tolist() == columns["day"].tolist()
