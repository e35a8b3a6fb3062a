"""A table as data of a Config: parts, scales and gaps come from its training part, and networks learn from it."""

from __future__ import annotations

import pickle
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pytest

import regviz as rv

FILES = Path(__file__).parent / "files"


def config(**fields: object) -> rv.Config:
    return rv.Config(data="mine", noise=0, label_noise=0, **fields)  # type: ignore[arg-type]


def test_passengers_are_learned_with_all_rows_and_columns() -> None:
    table = rv.read_table(FILES / "passengers.csv")
    info = rv.add_table("mine", table, title="Passengers")
    assert (info.title, info.n_features, info.n_classes) == ("Passengers", 9, 2)
    split = rv.load(config(n_train=100))
    assert len(split.X_train) + len(split.X_val) + len(split.X_test) == 200
    assert split.feature_names == table.feature_names
    (run,) = rv.fit([config(n_train=100, hidden=(8,), epochs=3)])
    assert np.isfinite(run.test_loss)


def parts(seed: int = 0) -> list[np.ndarray]:
    """The rows of the three parts of 60 rows of two classes in turn: inputs have no say in them."""
    rv.add_data("mine", np.arange(60.0)[:, None], [0, 1] * 30, replace=True)
    split = rv.load(config(n_train=36, seed=seed))
    found = [part[:, 0] * split.scale[0] + split.mean[0] for part in (split.X_train, split.X_val, split.X_test)]
    return [part.round().astype(int) for part in found]


@pytest.mark.parametrize("seed", range(4))
def test_gaps_are_filled_with_the_median_of_the_training_part(seed: int) -> None:
    train, _, test = parts(seed)
    size = [None if k % 4 == 1 else float(k * k) for k in range(60)]
    rv.add_table("mine", rv.read_table({"size": size, "y": [0, 1] * 30}), replace=True)
    split = rv.load(config(n_train=36, seed=seed))
    median = np.median([size[k] for k in train if size[k] is not None])
    for rows, part in ((train, split.X_train), (test, split.X_test)):
        expected = [median if size[k] is None else size[k] for k in rows]
        np.testing.assert_allclose(part[:, 0] * split.scale[0] + split.mean[0], expected, atol=1e-9)


@pytest.mark.parametrize("seed", range(8))
def test_a_rare_class_is_in_every_part(seed: int) -> None:
    X = np.random.default_rng(0).normal(size=(60, 2))
    rv.add_data("mine", X, ["a"] * 30 + ["b"] * 27 + ["rare"] * 3)
    split = rv.load(config(n_train=36, seed=seed))
    assert all((part == 2).sum() == 1 for part in (split.y_train, split.y_val, split.y_test))


def test_constants_are_0_units_do_not_matter_and_no_spike_blows_up() -> None:
    test = parts()[2]
    plain = np.random.default_rng(0).normal(size=60)
    spiked = np.full(60, 0.3)
    spiked[test[0]] = 927
    constant = np.full(60, 123456.789)
    rv.add_data(
        "mine", np.column_stack((plain, 1e-13 * plain, 1e9 * plain, constant, spiked)), [0, 1] * 30, replace=True
    )
    split = rv.load(config(n_train=36))
    X = np.concatenate((split.X_train, split.X_val, split.X_test))
    np.testing.assert_allclose(X[:, 1:3], X[:, [0, 0]], rtol=1e-9)
    np.testing.assert_array_equal(X[:, 3:], 0)
    assert (split.mean[3], split.mean[4]) == (123456.789, 0.3)


def test_what_cannot_be_learned_from_is_refused_by_the_table_s_own_sentence() -> None:
    table = rv.read_table({"a": [k % 7 for k in range(8)], "y": [0, 1] * 4})
    with pytest.raises(rv.TableError, match="There are 8 rows; at least 12"):
        rv.add_table("mine", table)
    assert "mine" not in rv.DATASETS
    with pytest.raises(rv.ConfigError, match="regviz has data of that name"):
        rv.add_table("wine", rv.read_table(FILES / "passengers.csv"))


@pytest.mark.slow
def test_workers_of_another_process_get_the_table_with_the_work() -> None:
    rv.add_table("mine", rv.read_table(FILES / "passengers.csv"))
    configs = config(n_train=100, hidden=(4,), epochs=2).sweep(seed=range(2))
    here = rv.fit(configs)
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        there = rv.fit(configs, executor=pool)
    assert [pickle.dumps(run) for run in there] == [pickle.dumps(run) for run in here]
