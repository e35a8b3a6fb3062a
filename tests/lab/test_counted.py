"""One of a kind is counted in the singular, on pictures and in sentences."""

from __future__ import annotations

from typing import Any

import numpy as np

import regviz as rv
from regviz import Config
from regviz.lab.compare.lanes import Lane
from regviz.lab.controls.table_view import shown
from regviz.lab.lessons import evidence
from regviz.lab.page.report import sentence as told
from regviz.lab.panels.blocks.order import sentence
from regviz.lab.panels.features.features import FeaturesPanel
from regviz.training.snapshot import Snapshot

CURVE = Config(data="sine", n_train=50, hidden=(8,))


def test_one_input_of_a_curve_is_one_input(model: Any, stand: Any) -> None:
    panel = stand(FeaturesPanel, Snapshot(40, (model(CURVE),)), [Lane("A")])
    assert [text.get_text() for text in panel.counts] == ["1 of 1 input alive"]
    found = evidence.inputs_kept("A")(Snapshot(40, (model(CURVE),)), [Lane("A")])
    assert found.text.startswith("A listens to 1 of 1 input. ")
    assert "1 input to each of 8 units" in sentence(model(CURVE), "dense")
    one = CURVE.replace(hidden=(1,))
    assert "1 input to its only unit" in sentence(model(one), "dense")


def test_the_only_input_that_was_removed_is_the_only_one(model: Any) -> None:
    config = CURVE.replace(group_lasso=0.1)
    whole = model(config)
    none = model(config, weights=(np.zeros((1, 8)), *whole.weights[1:]))
    assert "has removed the only input: all its weights are exactly 0." in told(
        Snapshot(40, (none,)), [Lane("group lasso", ("group_lasso",))]
    )


def test_one_decoy_beside_the_only_input_is_one_decoy(model: Any, stand: Any, words: Any) -> None:
    panel = stand(FeaturesPanel, Snapshot(40, (model(CURVE.replace(decoys=1)),)), [Lane("A")])
    assert panel.counts[0].get_text() in ("alive: 1 of 1 that matter, 1 of 1 decoy", "1 of 1 real, 1 of 1 decoy")
    assert not [word for word in words(panel) if "decoys" in word or "the 1 " in word]


def test_a_table_of_one_class_says_so_at_the_desk() -> None:
    table = rv.read_table((np.random.default_rng(0).normal(size=(40, 1)), ["no"] * 40), target="y")
    assert shown(table)["size"] == "40 rows, 1 input, 1 class"
