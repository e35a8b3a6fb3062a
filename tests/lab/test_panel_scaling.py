"""The scaling panel shows each unit's mean output behind dropout's masks, scaled and not, against its full one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from regviz import Config, Trainer, probes
from regviz.lab.compare.lanes import Lane
from regviz.lab.compare.scene import Scene
from regviz.lab.panels import scaling
from regviz.lab.panels.scaling import ScalingPanel
from regviz.training.snapshot import Snapshot

LANES = (Lane("none"), Lane("dropout", ("dropout",)), Lane("more", fixed={"dropout": 0.75}))
CONFIG = Config(hidden=(12, 24), dropout=0.5)


def trained(epochs: int = 10, **changes: Any) -> Snapshot:
    trainer = Trainer([lane.config(CONFIG.replace(**changes)) for lane in LANES])
    trainer.advance(epochs=epochs)
    return trainer.snapshot()


def test_dots_and_rings_are_what_the_probe_finds_in_the_last_hidden_layer(stand: Any) -> None:
    shown = trained()
    panel = stand(ScalingPanel, shown, LANES)
    its = shown.models[1]
    found = probes.masked_means(its, its.split.X_train[: scaling.ROWS], -1, scaling.MASKS, seed=its.epoch)
    assert found.full.shape == (24,)
    np.testing.assert_array_equal(panel.dots.get_xdata(), found.full)
    np.testing.assert_array_equal(panel.rings.get_xdata(), found.full)
    np.testing.assert_array_equal(panel.dots.get_ydata(), found.scaled)
    np.testing.assert_array_equal(panel.rings.get_ydata(), found.masked)


@pytest.mark.parametrize("activation", ["relu", "tanh"])
def test_the_shares_it_says_are_1_and_1_less_p_within_chance_and_every_unit_is_inside(
    activation: str, stand: Any
) -> None:
    shown = trained(activation=activation)
    panel = stand(ScalingPanel, shown, LANES)
    for chosen, p in ((1, 0.5), (2, 0.75)):
        panel.scene = Scene(chosen=chosen)
        panel.draw(shown)
        assert [text.get_text() for text in panel.names] == [f"scaled × {1 / (1 - p):.2f}", "not scaled"]
        scaled, masked = (float(text.get_text().split()[0]) / 100 for text in panel.shares)
        y = probes.signals(shown.models[chosen], shown.models[chosen].split.X_train).activations[-1].astype(float)
        full, variance = y.mean(axis=0), (y**2).mean(axis=0) / len(y) / scaling.MASKS * p / (1 - p)
        chance = 4 * np.sqrt((full**2 * variance).sum()) / (full**2).sum()  # four σ of the slope
        assert chance < 0.9, chance
        assert scaled == pytest.approx(1, abs=chance + 0.005)  # the share is said in whole percent
        assert masked == pytest.approx(1 - p, abs=(1 - p) * chance + 0.005)
        (low, high), x, y = panel.plot.get_ylim(), panel.dots.get_xdata(), panel.dots.get_ydata()
        assert panel.plot.get_xlim() == (low, high)
        assert (low < 0) == (min(x.min(), y.min()) < 0)
        assert low <= min(x.min(), y.min())
        assert max(x.max(), y.max()) <= high
        assert np.diff(panel.shorter.get_ydata()) / np.diff(panel.shorter.get_xdata()) == pytest.approx(1 - p)


def test_a_turn_of_p_draws_new_masks_at_once(stand: Any) -> None:
    shown = trained()
    panel = stand(ScalingPanel, shown, LANES)
    before = panel.dots.get_ydata().copy()
    trainer = Trainer([model.config for model in shown.models])
    trainer.advance(epochs=10)
    trainer.set(1, dropout=0.9)
    panel.draw(trainer.snapshot())
    assert panel.names[0].get_text() == "scaled × 10.00"
    assert not np.array_equal(panel.dots.get_ydata(), before)


def test_where_there_is_no_dropout_it_says_so(snapshot: Any, stand: Any, words: Any) -> None:
    assert "no lane uses dropout" in words(stand(ScalingPanel, snapshot(CONFIG, LANES[:1]), LANES[:1]))
    linear = stand(ScalingPanel, snapshot(CONFIG.replace(hidden=()), LANES), LANES)
    assert "a linear model has no hidden unit to drop" in words(linear)
    none = stand(ScalingPanel, snapshot(CONFIG.replace(dropout=0.0), LANES), LANES)
    assert none.subtitle.get_text() == "p is 0 now: nothing is dropped, nothing scaled"
    np.testing.assert_array_equal(none.dots.get_ydata(), none.rings.get_ydata())


def test_a_network_that_diverged_leaves_the_field_empty(model: Any, stand: Any) -> None:
    good = tuple(model(lane.config(CONFIG)) for lane in LANES)
    broken = model(LANES[1].config(CONFIG), weights=tuple(W * np.nan for W in good[1].weights), state="diverged")
    panel = stand(ScalingPanel, Snapshot(1, good), LANES)
    panel.draw(Snapshot(2, (good[0], broken, good[2])))
    assert len(panel.dots.get_xdata()) == len(panel.rings.get_xdata()) == 0


def test_units_that_put_nothing_out_have_all_of_it() -> None:
    assert scaling.share_of(np.zeros(3), np.zeros(3)) == 1.0
    assert scaling.share_of(np.array([1.0, 2.0]), np.array([2.0, 4.0])) == pytest.approx(0.5)
