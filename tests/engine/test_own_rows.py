"""Data of one's own stay what they are: their classes, and the rows that a Run was trained on."""

import numpy as np
import pytest

import regviz as rv
from regviz.data.custom import custom_data
from regviz.errors import RunFileError

ROWS = 60


def table():
    """Inputs and a class that depends on them."""
    X = np.random.default_rng(0).normal(5, 2, (ROWS, 3))
    return X, (X[:, 0] + X[:, -1] > 10).astype(int)


@pytest.mark.parametrize(
    ("y", "names"),
    [
        (["007", "7", "8"], ("007", "7", "8")),
        (["1.10", "1.1", "2"], ("1.1", "1.10", "2")),
        (["1e3", "1000", "5"], ("1000", "1e3", "5")),
        (["a  b", "a b", "c"], ("a b", "a b (2)", "c")),
        (["caf\u00e9", "cafe\u0301", "tea"], ("caf\u00e9", "caf\u00e9 (2)", "tea")),  # NFC and NFD
        (["zero\u200bwidth", "zerowidth", "tea"], ("tea", "zerowidth", "zerowidth (2)")),
        ([f"{'a' * 70}1", f"{'a' * 70}2", "b"], ("a" * 59 + "…", "a" * 59 + "… (2)", "b")),
        ([2**60, 2**60 + 1, 5], (str(2**60), str(2**60 + 1), "5")),
        (np.array([2**63, 2**63 + 1, 5], np.uint64), ("5", str(2**63), str(2**63 + 1))),
        ([10**400, 10**400 + 1, 5], ("1" + "0" * 58 + "…", "1" + "0" * 58 + "… (2)", "5")),
    ],
)
def test_classes_stay_as_many_as_there_are_different_values(y, names):
    info = rv.add_data("mine", table()[0], np.tile(y, ROWS // 3), task="classification")
    raw = custom_data("mine").raw
    assert (raw.class_names, info.n_classes) == (names, 3)
    assert len(set(raw.y[:3])) == 3
    np.testing.assert_array_equal(raw.y, np.tile(raw.y[:3], ROWS // 3))


def test_numbers_written_in_two_ways_are_one_target_of_a_regression():
    y = ["1.50", "1.5", "2"] * (ROWS // 3)
    for task in (None, "regression"):
        assert rv.add_data("mine", table()[0], y, task=task).task == "regression"
        assert custom_data("mine").raw.y[:3].tolist() == [1.5, 1.5, 2]


def test_a_run_does_not_answer_from_other_rows_of_the_same_name(tmp_path):
    X, y = table()
    rv.add_data("mine", X, y)
    config = rv.Config(data="mine", n_train=30, epochs=2)
    run, other = rv.fit([config, config.replace(data="wine")])
    loss = run.test_loss
    run.save(tmp_path / "run.npz")
    other.save(tmp_path / "other.npz")
    rv.add_data("mine", -X, y, replace=True)
    fresh = rv.Run(**run.__getstate__())
    with pytest.raises(
        rv.ConfigError, match="the name stands for other rows by now than those that the Run was trained"
    ):
        _ = fresh.test_loss
    run.save(tmp_path / "late.npz")  # which says what it was trained on, not what has the name
    for name in ("run.npz", "late.npz"):
        with pytest.raises(RunFileError, match=r"was trained on other rows called 'mine': add those under this name"):
            rv.Run.load(tmp_path / name)
    rv.add_data("mine", X, y, replace=True)
    assert rv.Run.load(tmp_path / "run.npz").test_loss == fresh.test_loss == loss
    assert rv.Run.load(tmp_path / "other.npz").fingerprint == ""


def test_a_run_s_file_without_a_fingerprint_is_read_as_ever(tmp_path):
    rv.add_data("mine", *table())
    (run,) = rv.fit([rv.Config(data="mine", n_train=30)], epochs=1)
    rv.files.write(tmp_path / "old.npz", run.config, older(run))
    assert rv.Run.load(tmp_path / "old.npz").test_loss == run.test_loss


def older(run):
    return {name: value for name, value in run.__getstate__().items() if name not in ("config", "fingerprint")}
