"""The activations panel counts every signal, says its spread, and sets BatchNorm's two kinds of statistics together."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from regviz import Config, Trainer, probes
from regviz.lab.compare.lanes import Lane
from regviz.lab.panels.activations import BINS, CORNERS, ROWS, SEED, ActivationsPanel, layers_of, roots
from regviz.training.snapshot import Snapshot

LANES = (Lane("plain", fixed={"batchnorm": False}), Lane("BatchNorm", fixed={"batchnorm": True}))
CONFIG = Config(hidden=(12, 7))


def trained(config: Config = CONFIG, epochs: int = 3) -> Snapshot:
    trainer = Trainer([lane.config(config) for lane in LANES])
    trainer.advance(epochs=epochs)
    return trainer.snapshot()


def test_counts_are_those_of_a_histogram_and_hold_every_signal() -> None:
    layer = np.random.default_rng(0).normal(0, 1.3, (200, 12))
    counts, _ = np.histogram(np.clip(layer, -2, 2), BINS, (-2, 2))
    assert counts.sum() == layer.size
    np.testing.assert_allclose(roots(layer, 2.0), np.sqrt(counts / counts.max()), rtol=1e-12)


def test_exact_zeros_stand_in_the_middle_bin() -> None:
    found = roots(np.zeros((3, 3)), 4.0)
    assert np.flatnonzero(found).tolist() == [BINS // 2]


def test_the_left_half_is_what_goes_in_and_the_right_half_what_comes_out(snapshot: Any, stand: Any) -> None:
    shown = snapshot(CONFIG, LANES)
    panel = stand(ActivationsPanel, shown, LANES)
    for i, model in enumerate(shown.models):
        found = probes.signals(model, model.split.X_val[:ROWS])
        for side, layers in enumerate((found.pre_activations, found.activations)):
            corners = panel.halves[i][side].get_path().vertices
            for k, layer in enumerate(layers):
                part = corners[k * CORNERS : (k + 1) * CORNERS]
                across = (2 * side - 1) * (part[1:-1:2, 0] - panel._middle(k))
                np.testing.assert_allclose(across, panel._half * roots(layer, panel.limit), atol=1e-9)


def test_numbers_are_the_stds_of_the_probe(snapshot: Any, stand: Any) -> None:
    shown = snapshot(CONFIG, LANES)
    panel = stand(ActivationsPanel, shown, LANES)
    for i, model in enumerate(shown.models):
        found = probes.statistics(model, model.split.X_val[:ROWS], model.split.y_val[:ROWS])
        stds = np.column_stack([found.pre_activations.std, found.activations.std]).ravel()
        assert [text.get_text() for text in panel.numbers[i]] == [f"{std:.2f}" for std in stds]


def test_bars_reach_from_mean_minus_std_to_mean_plus_std_of_batch_and_running(stand: Any) -> None:
    shown = trained()
    panel = stand(ActivationsPanel, shown, LANES)
    model = shown.models[1]
    found = layers_of(model)
    its = probes.batch_statistics(model, model.split.X_train[:32], SEED)
    for k in range(2):
        assert found.batch[k] == pytest.approx([its[k].mean.mean(), np.sqrt(its[k].variance.mean())])
        norm = model.norms[k]
        assert found.running[k] == pytest.approx([norm.mean.mean(), np.sqrt(norm.variance.mean())])
    zero = panel.rows.middle(1) - panel.rows.top + panel._drop
    for which, stats in enumerate((found.batch, found.running)):
        ys = np.asarray(panel.bars[1][which].get_ydata())
        for k, (mean, std) in enumerate(stats):
            ends = (zero - ys[3 * k : 3 * k + 2]) / panel._high * panel.limit
            np.testing.assert_allclose(ends, [mean - std, mean + std], rtol=1e-9)
    assert len(panel.bars[0][0].get_xdata()) == 0  # the plain lane has no BatchNorm


def test_running_statistics_come_to_meet_those_of_a_batch() -> None:
    gaps = []
    for epochs in (0, 3, 40):
        found = layers_of(trained(CONFIG.replace(lr=1e-6, batch_size=100), epochs).models[1])
        gaps.append(float(np.abs(found.batch - found.running).max()))
    assert gaps[0] > gaps[1] > gaps[2]
    assert gaps[2] < 0.05


def test_without_batchnorm_nothing_is_said_of_it(snapshot: Any, stand: Any) -> None:
    panel = stand(ActivationsPanel, snapshot(CONFIG))
    assert panel.bars == []
    assert "std" in panel.subtitle.get_text()


def test_limits_stand_still_while_signals_breathe(model: Any, stand: Any) -> None:
    whole = model(CONFIG)
    panel = stand(ActivationsPanel, Snapshot(0, (whole,)), LANES[:1])
    before = panel.limit
    for epoch, factor in enumerate((0.97, 0.9, 0.95), start=13):
        weights = tuple(factor * W for W in whole.weights)
        panel.draw(Snapshot(0, (model(CONFIG, weights=weights, step=4 * epoch, epochs=epoch),)))
        assert panel.limit == before
    weights = tuple(6 * W for W in whole.weights)
    panel.draw(Snapshot(0, (model(CONFIG, weights=weights, step=90, epochs=20),)))
    assert panel.limit > 2 * before


def test_the_span_that_is_said_is_the_one_that_is_drawn_also_among_signals_that_are_all_0(
    model: Any, stand: Any
) -> None:
    whole = model(CONFIG)
    zeros = model(CONFIG, weights=tuple(0 * W for W in whole.weights), biases=tuple(0 * b for b in whole.biases))
    lanes = [Lane(name) for name in ("zeros", "zeros too", "He")]
    alone = stand(ActivationsPanel, Snapshot(0, (whole,)), lanes[2:])
    panel = stand(ActivationsPanel, Snapshot(0, (zeros, zeros, whole)), lanes)
    assert panel.limit == alone.limit > 0
    assert panel.subtitle.get_text().endswith(f"rows span ±{alone.limit:g}")
    nothing = stand(ActivationsPanel, Snapshot(0, (zeros, zeros, zeros)), lanes)
    assert nothing.subtitle.get_text().endswith("rows span ±1")


def test_deep_networks_have_a_number_for_every_layer(snapshot: Any, stand: Any) -> None:
    panel = stand(ActivationsPanel, snapshot(Config(hidden=(8,) * 8), LANES), LANES, 390, 330)
    for i in range(2):
        shown = [text for text in panel.numbers[i] if text.get_visible() and text.get_text()]
        assert len(shown) == 8


def test_where_bars_would_leave_violins_no_room_there_are_none_and_nothing_is_said_of_them(
    stand: Any, words: Any
) -> None:
    deep = trained(Config(hidden=(8,) * 8), 1)
    narrow = stand(ActivationsPanel, deep, LANES, width=372, height=430, scale=1.6)
    wide = stand(ActivationsPanel, deep, LANES, width=780, height=430, scale=1.6)
    assert narrow._half >= 8
    assert narrow.bars == []
    assert not any("running" in text for text in words(narrow))
    assert wide.bars
    assert any("running" in text for text in words(wide))


def test_a_linear_model_has_no_layer_and_the_picture_says_so(snapshot: Any, stand: Any, words: Any) -> None:
    assert "a linear model has no hidden layer" in words(stand(ActivationsPanel, snapshot(Config(hidden=()))))
