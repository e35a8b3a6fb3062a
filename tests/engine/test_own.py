"""Data of one's own: what is refused and why, and that the rest is data like any other."""

import pickle
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np
import pytest

import regviz as rv
from regviz.data.custom import SHIPPED, custom_data, free_name, plain_name
from regviz.data.drawn import copied
from regviz.errors import DataError
from regviz.limits import FEWEST_ROWS, MOST_CLASSES, MOST_COLUMNS, MOST_ROWS

ROWS = 60


def table(rows=ROWS, columns=3, seed=0):
    """Inputs and a class that depends on them."""
    X = np.random.default_rng(seed).normal(5, 2, (rows, columns))
    return X, (X[:, 0] + X[:, -1] > 10).astype(int)


class Frame:
    """What is used of a pandas DataFrame: names of columns, and how NumPy reads it."""

    def __init__(self, columns, rows):
        self.columns, self.rows = columns, rows

    def __array__(self, dtype=None, copy=None):
        return np.array(self.rows, dtype or object)


def test_what_was_added_is_a_choice_of_config_and_named_where_choices_are_named():
    info = rv.add_data("houses", *table(), title="Houses of my street")
    assert rv.DATASETS["houses"] is info
    config = rv.Config(data="houses", n_train=30)
    assert rv.Config.from_query(config.to_query()) == config
    with pytest.raises(rv.ConfigError, match=r"houses.*Try 'houses'"):
        rv.Config(data="hauses")
    rv.remove_data("houses")
    with pytest.raises(rv.ConfigError, match="data='houses' is not possible"):
        rv.Config(data="houses")
    with pytest.raises(rv.ConfigError, match=r"no data set of that name; add it first with regviz.add_data"):
        rv.load(config)


def test_every_row_comes_back_and_parts_are_scaled_by_the_training_split():
    X, y = table()
    rv.add_data("mine", X, y, feature_names=["a", "b", "c"])
    split = rv.load(rv.Config(data="mine", n_train=30, noise=0, label_noise=0, seed=3))
    assert (len(split.X_train), len(split.X_val), len(split.X_test)) == (30, 15, 15)
    np.testing.assert_allclose(split.X_train.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(split.X_train.std(axis=0), 1)
    parts = np.concatenate((split.X_train, split.X_val, split.X_test)) * split.scale + split.mean
    found = np.column_stack((parts, np.concatenate((split.y_train, split.y_val, split.y_test))))
    np.testing.assert_allclose(np.sort(found, axis=0), np.sort(np.column_stack((X, y)), axis=0))
    assert split.feature_names == ("a", "b", "c")
    assert split.class_names == ("0", "1")


def test_the_seed_decides_the_split():
    rv.add_data("mine", *table())
    config = rv.Config(data="mine", n_train=30)
    again = rv.load(config.replace(l1=0.1))
    np.testing.assert_array_equal(rv.load(config).X_val, again.X_val)
    assert not np.array_equal(rv.load(config.replace(seed=1)).X_val, again.X_val)


def test_a_large_table_is_measured_on_2000_points_and_tested_on_the_rest():
    rv.add_data("large", *table(MOST_ROWS, 2))
    info = rv.DATASETS["large"]
    assert info.default_n_train == 500
    split = rv.load(rv.Config(data="large", n_train=info.max_n_train))
    assert [len(part) for part in (split.X_train, split.X_val, split.X_test)] == [10_000, 2_000, 8_000]


@pytest.mark.parametrize("rows", [FEWEST_ROWS, 13, 40, 99, 1000])
def test_at_least_a_fifth_and_two_rows_each_are_held_out(rows):
    rv.add_data("mine", *table(rows))
    info = rv.DATASETS["mine"]
    split = rv.load(rv.Config(data="mine", n_train=info.max_n_train))
    assert len(split.X_val) + len(split.X_test) >= rows / 5
    assert min(len(split.X_val), len(split.X_test)) >= 2
    assert 2 <= info.default_n_train <= info.max_n_train


@pytest.mark.parametrize(
    ("y", "task", "names"),
    [
        (["yes", "no"] * 30, "classification", ("no", "yes")),
        ([1, 2, 10] * 20, "classification", ("1", "2", "10")),
        ([0.0, 1.0] * 30, "classification", ("0", "1")),
        ([True, False] * 30, "classification", ("0", "1")),
        (["1", "2"] * 30, "classification", ("1", "2")),
        (np.arange(60), "regression", ()),
        (np.linspace(0, 1, 60), "regression", ()),
        ([0.5, 1.5] * 30, "regression", ()),
        (["  two\nlines ", "one"] * 30, "classification", ("one", "two lines")),
    ],
)
def test_texts_and_a_few_whole_numbers_are_classes_other_numbers_are_targets(y, task, names):
    info = rv.add_data("mine", table()[0], y)
    assert (info.task, info.n_classes) == (task, len(names))
    assert custom_data("mine").raw.class_names == names


def test_the_task_may_be_given():
    X = table()[0]
    assert rv.add_data("a", X, [1, 2, 3] * 20, task="regression").n_classes == 0
    assert rv.add_data("b", X, [0.5, 1.5] * 30, task="classification").n_classes == 2
    with pytest.raises(rv.ConfigError, match="task='clustering' is not possible"):
        rv.add_data("c", X, [1, 2, 3] * 20, task="clustering")
    with pytest.raises(DataError, match="a regression needs numbers"):
        rv.add_data("c", X, ["x", "y"] * 30, task="regression")


def refusal(*given, **options):
    with pytest.raises(DataError) as caught:
        rv.add_data("mine", *given, **options)
    assert "mine" not in rv.DATASETS
    assert isinstance(caught.value, rv.ConfigError)
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)
    return str(caught.value)


def test_missing_numbers_are_refused_by_column_and_dropped_on_request():
    X, y = table()
    X[:4, 1], X[2:9, 2] = np.nan, np.inf
    said = refusal(X, y, feature_names=["age", "height", "weight"])
    assert "9 lack a number" in said
    assert "'height' (4 rows) and 'weight' (7 rows)" in said
    assert "(drop_missing=True), which keeps 51 rows" in said
    rv.add_data("mine", X, y, drop_missing=True)
    np.testing.assert_array_equal(custom_data("mine").raw.X, X[9:])


def test_a_missing_target_is_missing_too():
    X, y = table()
    said = refusal(X, np.where(np.arange(ROWS) < 5, np.nan, y))
    assert "in the target (5 rows)" in said
    labels = ["", None, "nan", *["yes", "no", "none"] * 19]
    rv.add_data("mine", X, labels, drop_missing=True)
    assert custom_data("mine").raw.class_names == ("no", "none", "yes")
    assert len(custom_data("mine").raw.y) == 57


def test_text_columns_are_named_with_an_example():
    rows = [[1.0, "red", "3"], ["2", "", "4"], [None, "blue", "big"]] * 8
    said = refusal(Frame(["size", "colour", "age"], rows), [0, 1] * 12)
    assert said.startswith("Columns 'colour' ('red') and 'age' ('big') have text")
    assert "column of 0 and 1" in said


@pytest.mark.parametrize(
    ("X", "y", "said"),
    [
        (np.zeros((MOST_ROWS + 1, 1)), np.zeros(MOST_ROWS + 1), "20,001 rows.*sample of 20,000 rows"),
        (np.zeros((20, MOST_COLUMNS + 1)), np.zeros(20), "201 columns: up to 200"),
        (np.zeros((20, 2)), np.zeros(20), "^y is 0 in every row.*another column"),
        (np.zeros((20, 2)), ["a"] * 20, "^y is 'a' in every row"),
        (np.zeros((20, 2)), [0.25] * 20, "^y is 0.25 in every row"),
        (np.zeros((11, 2)), [0, 1] * 5 + [0], "11 rows: at least 12"),
        (np.zeros((20, 2)), [0, 1] * 9, "X has 20 rows and y has 18"),
        (np.zeros((42, 2)), [f"id {k}" for k in range(42)], f"42 different texts: up to {MOST_CLASSES} classes"),
        (np.zeros(20), [0, 1] * 10, r"shape \(20,\).*reshape"),
        (np.zeros((20, 0)), [0, 1] * 10, r"shape \(20, 0\)"),
        ([[1, 2], [3]], [0, 1], "rows must be of one length"),
        (np.zeros((20, 2)), np.zeros((20, 2)), "it must be one column"),
    ],
)
def test_what_cannot_be_learned_from_is_refused_with_a_way_out(X, y, said):
    import re

    message = refusal(X, y)
    assert re.search(said, message), message
    assert ". Try " in message or "Try" in message


def test_too_few_rows_may_remain():
    X, y = table(20)
    X[:10] = np.nan
    assert "10 rows" in refusal(X, y, drop_missing=True)


@pytest.mark.parametrize("name", ["", "1st", "a b", "x" * 41, "näme", "../up", None])
def test_a_name_stands_in_links_and_files(name):
    with pytest.raises(rv.ConfigError, match="letters A to Z, digits") as caught:
        rv.add_data(name, *table())
    rv.add_data(caught.value.suggestion, *table())


def test_names_of_regviz_are_not_to_be_had():
    with pytest.raises(rv.ConfigError, match="regviz has data of that name"):
        rv.add_data("moons", *table())
    with pytest.raises(rv.ConfigError, match="is one that was added"):
        rv.remove_data("moons")
    assert free_name("moons") == "moons_2"


def test_a_name_stands_for_the_same_data_unless_they_are_replaced():
    rv.add_data("mine", *table())
    config = rv.Config(data="mine", n_train=30)
    first = rv.load(config)
    rv.add_data("mine", *table())  # a cell that runs twice
    assert rv.load(config) is first
    other = table(seed=1)
    with pytest.raises(rv.ConfigError, match="replace=True") as caught:
        rv.add_data("mine", *other)
    assert caught.value.suggestion == "mine_2"
    rv.add_data("mine", *other, replace=True)
    assert not np.array_equal(rv.load(config).X_train, first.X_train)


def test_what_was_added_does_not_follow_the_array_it_came_from():
    X, y = table()
    rv.add_data("mine", X, y)
    kept = custom_data("mine").raw.X
    X[:] = 0
    assert kept.any()
    with pytest.raises(ValueError, match="read-only"):
        kept[:] = 0


def test_columns_of_one_name_are_told_apart():
    rv.add_data("mine", Frame(["a", "a", " "], table()[0].tolist()), table()[1])
    assert custom_data("mine").raw.feature_names == ("a", "a (2)", "x3")
    assert "2 names: X has 3 columns" in str(refused_names())


def refused_names():
    with pytest.raises(DataError) as caught:
        rv.add_data("other", *table(), feature_names=["a", "b"])
    return caught.value


@pytest.mark.slow
def test_workers_of_another_process_get_the_data_with_the_work():
    rv.add_data("mine", *table())
    configs = rv.Config(data="mine", n_train=30, hidden=(4,), epochs=2).sweep(seed=range(3))
    here = rv.fit(configs)
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        there = rv.fit(configs, executor=pool)
    assert [pickle.dumps(run) for run in there] == [pickle.dumps(run) for run in here]


def test_a_run_s_file_says_which_data_it_needs(tmp_path):
    rv.add_data("mine", *table())
    (run,) = rv.fit([rv.Config(data="mine", n_train=30, hidden=(4,), epochs=2)])
    run.save(tmp_path / "run.npz")
    assert rv.Run.load(tmp_path / "run.npz").test_loss == run.test_loss
    rv.remove_data("mine")
    with pytest.raises(ValueError, match="trained on 'mine', custom data: add them first"):
        rv.Run.load(tmp_path / "run.npz")


@pytest.mark.parametrize("task", ["classification", "regression"])
def test_a_network_learns_them(task):
    X, y = table(400, 4)
    target = X[:, 0] - X[:, 1] if task == "regression" else y
    rv.add_data("mine", X, target)
    (run,) = rv.fit([rv.Config(data="mine", n_train=250, hidden=(16,), noise=0, label_noise=0, epochs=60)])
    assert run.test_score > 0.9


@pytest.mark.parametrize("kind", ["arrays", "table", "drawing"])
def test_data_of_one_s_own_start_without_noise_and_shipped_ones_with_config_s_flipped_labels(kind):
    match kind:
        case "arrays":
            info = rv.add_data("mine", *table())
        case "table":
            info = rv.add_table("mine", rv.read_table(table()))
        case "drawing":
            info = rv.add_drawing("mine", copied(rv.load(rv.Config())))
    assert (info.default_noise, info.default_label_noise) == (0, 0)
    split = rv.load(rv.Config(data="mine", n_train=30, noise=info.default_noise, label_noise=info.default_label_noise))
    rows, kept = split.X_train * split.scale + split.mean, custom_data("mine").raw.X
    assert all(np.isclose(row, kept).all(axis=1).any() for row in rows)
    assert not split.flipped.any() or kind == "drawing"  # a copy remembers which labels were flipped before it
    shipped = {name: one.default_label_noise for name, one in rv.DATASETS.items() if name in SHIPPED}
    assert shipped == dict.fromkeys(SHIPPED, rv.Config().label_noise)


@pytest.mark.parametrize(
    ("name", "near"),
    [("über", "uber"), ("größe 1", "grosse_1"), ("Łódź", "Lodz"), ("naïve", "naive"), ("данные", "data")],
)
def test_a_name_in_other_letters_is_spelled_in_those_that_are_allowed(name, near):
    with pytest.raises(rv.ConfigError) as caught:
        rv.add_data(name, *table())
    assert caught.value.suggestion == near
    assert plain_name(name) == near
