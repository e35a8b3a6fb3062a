"""One of a kind is counted in the singular, wherever something is counted."""

import numpy as np
import pytest

import regviz as rv
from regviz import probes
from regviz.codegen.parts import headline
from regviz.data.drawn import copied, read_drawing, write_points
from regviz.language import speaking

X = np.random.default_rng(0).normal(size=(40, 1))


def test_a_table_of_one_input_and_one_class_says_so_in_any_language():
    table = rv.read_table((X, ["no"] * 40), target="y")
    assert repr(table) == "Table(40 rows, 1 input, target 'y': 1 class)"
    with speaking("de"):
        assert repr(table) == "Table(40 rows, 1 input, target 'y': 1 class)"
    assert repr(rv.read_table((X[:1], [0.5]))) == "Table(1 row, 0 inputs, target 'y': a number)"


def test_a_target_that_never_varies_has_a_single_number():
    notes = " ".join(rv.read_table((X, [0.5] * 40), target="y").notes)
    assert "'y' has a single number in all rows, taken for a regression." in notes
    assert "'y' has 2 different numbers, taken for a regression." in " ".join(rv.read_table((X, [0.5, 1.5] * 20)).notes)


def test_rows_and_targets_of_a_pair_are_counted():
    with pytest.raises(rv.TableError, match=r"^X has 1 row and y has 2 values; each row needs its target"):
        rv.read_table((X[:1], [0, 1]))


def test_one_class_of_a_drawing_is_one_class(tmp_path):
    rows = write_points(copied(rv.load(rv.Config()))).splitlines()
    path = tmp_path / "points.csv"
    path.write_text("\n".join(row for row in rows if row.split(",")[2] in ("class", "0")), encoding="utf-8")
    with pytest.raises(rv.DataError, match=r"^There is 1 class: two to 4 different ones"):
        read_drawing(path, class_names=("0",))


def test_one_layer_needs_one_number():
    with pytest.raises(rv.ConfigError, match=r"hidden=\(8,\) makes 1 hidden layer, which needs one p\. Try 0.5"):
        rv.Config(hidden=(8,), dropout=(0.1, 0.5))
    with pytest.raises(rv.ConfigError, match=r"hidden=\(\) makes 1 Dense layer, which needs one λ"):
        rv.Config(hidden=(), l1=(0.1, 0.5))


def test_a_program_s_first_line_counts_units_and_epochs():
    assert headline(rv.Config(hidden=(1,), patience=1)).endswith("1 hidden unit, early stopping after 1 epoch")
    assert headline(rv.Config(hidden=(2,), patience=2)).endswith("2 hidden units, early stopping after 2 epochs")


def test_a_question_to_a_layer_that_is_not_there_counts_those_there_are():
    (run,) = rv.fit([rv.Config(hidden=(4,), dropout=0.5, epochs=1)])
    with pytest.raises(ValueError, match=r"layer=3 is not possible: there is 1 hidden layer\. Try 0"):
        probes.masked_means(run.model, run.model.split.X_val, layer=3, K=2, seed=0)
