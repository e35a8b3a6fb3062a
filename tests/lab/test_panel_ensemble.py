"""The ensemble panel shows the losses of sub-networks, of their average and of the full network, as the probe says."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from regviz import Config, probes
from regviz.lab.compare.lanes import Lane
from regviz.lab.panels import ensemble
from regviz.lab.panels.ensemble import COUNT, SEED, EnsemblePanel
from regviz.training.snapshot import Snapshot

LANES = (Lane("none"), Lane("dropout", ("dropout",)))
CONFIG = Config(hidden=(12, 7), dropout=0.3)


def expected(model: Any, rate: float) -> Any:
    return probes.sub_networks(model, model.split.X_val, model.split.y_val, COUNT, rate, SEED)


@pytest.mark.parametrize("data", ["moons", "digits", "diabetes"])
def test_losses_are_those_of_the_probe_on_all_of_the_validation_data(data: str, snapshot: Any, stand: Any) -> None:
    shown = snapshot(CONFIG.replace(data=data), LANES)
    panel = stand(EnsemblePanel, shown, LANES)
    assert not panel.behind
    for i, (model, rate) in enumerate(zip(shown.models, (0.5, 0.3), strict=True)):
        found = expected(model, rate)
        np.testing.assert_allclose(panel.found[i][0], found.loss, rtol=1e-5)
        assert panel.found[i][1] == pytest.approx(found.average_loss, rel=1e-5)
        assert panel.found[i][2] == pytest.approx(found.full_loss, rel=1e-5)


def test_a_p_of_0_in_every_layer_is_none(snapshot: Any, stand: Any) -> None:
    models = snapshot(CONFIG.replace(dropout=0.0), LANES).models
    none = CONFIG.replace(dropout=(0.0, 0.0))
    shown = Snapshot(0, tuple(replace(model, config=none) for model in models))
    panel = stand(EnsemblePanel, shown, LANES)
    for i, model in enumerate(shown.models):
        np.testing.assert_allclose(panel.found[i][0], expected(model, 0.5).loss, rtol=1e-5)


def test_pieces_of_any_size_add_up_to_the_same_losses(snapshot: Any, stand: Any, monkeypatch: Any) -> None:
    shown = snapshot(CONFIG, LANES)
    whole = stand(EnsemblePanel, shown, LANES)
    monkeypatch.setattr(ensemble, "WORK", 1)
    parts = stand(EnsemblePanel, shown, LANES)
    for i in range(2):
        np.testing.assert_allclose(parts.found[i][0], whole.found[i][0], rtol=1e-5)
        assert parts.found[i][1] == pytest.approx(whole.found[i][1], rel=1e-5)


def test_marks_and_numbers_stand_for_the_same_values(snapshot: Any, stand: Any) -> None:
    panel = stand(EnsemblePanel, snapshot(CONFIG, LANES), LANES)
    for i in range(2):
        values = [panel.found[i][0].mean(), panel.found[i][1], panel.found[i][2]]
        assert [text.get_text() for text in panel.rows.numbers[i]] == [f"{value:.2f}" for value in values]
        assert panel.averages[i].get_xdata()[0] == min(values[1], panel._limit)
        assert panel.fulls[i].get_xdata()[0] == min(values[2], panel._limit)
        assert panel.means[i].get_xdata()[0] == min(values[0], panel._limit)


def test_every_sub_network_has_a_dot_or_an_arrow_at_the_edge(model: Any, stand: Any) -> None:
    calm = model(CONFIG.replace(dropout=0.0))
    wild = model(CONFIG, weights=tuple(5 * W for W in calm.weights))
    panel = stand(EnsemblePanel, Snapshot(0, (calm, wild)), LANES)
    for i in range(2):
        dots, beyond = panel.dots[i].get_xdata(), panel.beyond[i].get_xdata()
        assert len(dots) + len(beyond) == COUNT
        assert sorted(dots) == sorted(panel.found[i][0][panel.found[i][0] <= panel._limit])
        assert (np.asarray(beyond) == panel._limit).all()


def test_a_lane_without_dropout_is_asked_at_the_standard_rate(snapshot: Any, stand: Any) -> None:
    panel = stand(EnsemblePanel, snapshot(CONFIG, LANES), LANES)
    assert [text.get_text() for text in panel.rows.strengths] == ["p 0.5", "p 0.3"]


def test_the_average_of_predictions_beats_the_mean_sub_network(snapshot: Any, stand: Any) -> None:
    panel = stand(EnsemblePanel, snapshot(CONFIG, LANES), LANES)
    assert all(panel.found[i][1] < panel.found[i][0].mean() for i in range(2))  # −log is convex


def test_a_linear_model_has_no_ensemble_and_the_picture_says_so(snapshot: Any, stand: Any, words: Any) -> None:
    panel = stand(EnsemblePanel, snapshot(CONFIG.replace(hidden=()), LANES), LANES)
    assert "a linear model has no hidden unit to drop" in words(panel)


def test_a_net_that_broke_shows_no_number(model: Any, stand: Any) -> None:
    models = (model(CONFIG.replace(dropout=0.0)), model(CONFIG, state="diverged"))
    panel = stand(EnsemblePanel, Snapshot(0, models), LANES)
    assert [text.get_text() for text in panel.rows.numbers[1]] == ["—"] * 3
    assert len(panel.dots[1].get_xdata()) == 0
    assert panel.rows.numbers[0][2].get_text() == f"{panel.found[0][2]:.2f}"


def test_limits_stand_still_while_losses_breathe(model: Any, stand: Any) -> None:
    whole = model(CONFIG.replace(dropout=0.0))
    panel = stand(EnsemblePanel, Snapshot(0, (whole,)), LANES[:1])
    before = panel._limit
    for epoch, factor in enumerate((0.98, 0.95, 0.9), start=13):
        scaled = model(whole.config, step=40 * epoch, epochs=epoch, weights=tuple(factor * W for W in whole.weights))
        panel.draw(Snapshot(0, (scaled,)))
        assert panel._limit == before
