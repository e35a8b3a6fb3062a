"""The parts panel adds data loss and penalty up to the total, in areas and in numbers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from regviz import Config, Trainer
from regviz.lab.compare.lanes import DEFAULT_LANES, Lane
from regviz.lab.compare.scene import Scene
from regviz.lab.panels.loss_parts import PartsPanel, sums

MANY = (*DEFAULT_LANES, *(Lane(f"L1 {i}", ("l1",)) for i in range(5)))
PENALTY = {"penalty": np.linspace(0.3, 0.1, 13)}


def test_the_upper_curve_is_data_loss_plus_penalty_in_a_real_run(stand: Any) -> None:
    base = Config(l1=1e-3, l2=1e-3, hidden=(8,), dtype="float64")
    trainer = Trainer([lane.config(base) for lane in DEFAULT_LANES])
    trainer.advance(epochs=6)
    shown = trainer.snapshot()
    panel = stand(PartsPanel, shown)
    assert [plot.lane for plot in panel.plots] == [1, 2]
    for plot, power in zip(panel.plots, (1, 2), strict=True):
        model = shown.models[plot.lane]
        penalty = 1e-3 * sum((np.abs(W) ** power).sum() for W in model.weights)
        total = plot.total.get_ydata()[-1]
        assert total - plot.data.get_ydata()[-1] == pytest.approx(penalty, abs=1e-12)
        assert total == pytest.approx(model.history["train_loss"][-1] + penalty, abs=1e-12)


def test_a_strength_that_is_turned_in_a_pause_counts_at_once(stand: Any) -> None:
    base = Config(l1=1e-3, l2=1e-3, hidden=(8,), dtype="float64")
    trainer = Trainer([lane.config(base) for lane in DEFAULT_LANES])
    trainer.advance(epochs=6)
    trainer.advance(steps=2)
    panel = stand(PartsPanel, trainer.snapshot())
    for l2 in (0.02, 0.05, 0.0):
        trainer.set(2, l2=l2)
        model = trainer.snapshot().models[2]
        panel.draw(trainer.snapshot())
        penalty = l2 * sum((W**2).sum() for W in model.weights)
        plot = panel.plots[1]
        assert plot.sum.get_text() in sums(model.history["train_loss"][-1], penalty)
        assert plot.total.get_ydata()[-1] == pytest.approx(model.history["train_loss"][-1] + penalty, abs=1e-12)
        assert plot.total.get_ydata()[-2] == model.history["train_loss"][-1] + model.history["penalty"][-1]


def test_the_areas_lie_one_on_the_other(snapshot: Any, stand: Any) -> None:
    panel = stand(PartsPanel, snapshot(history=PENALTY))
    for plot in panel.plots:
        data, total = (set(map(tuple, np.column_stack(line.get_data()))) for line in (plot.data, plot.total))
        assert set(map(tuple, plot.penalty_area.get_xy())) == data | total
        floor = set(map(tuple, plot.data_area.get_xy())) - data
        assert {y for _, y in floor} == {0.0}


@pytest.mark.parametrize(("data", "penalty"), [(0.1424, 0.0874), (0.0005, 0.0005), (1.99951, 0.0004), (31.26, 5.14)])
def test_the_sum_in_numbers_adds_up_as_it_is_read(data: float, penalty: float) -> None:
    texts = sums(data, penalty)
    if " = " not in texts[-1]:  # many decimals, little room: the sum is left to the person
        *texts, last = texts
        assert [float(part.replace("−", "-")) for part in last.split(" + ")] == pytest.approx([data, penalty], rel=0.05)
        assert len(last) < min(map(len, texts))
    assert texts
    for text in texts:
        left, total = text.split(" = ")
        a, b = (float(part.split()[0]) for part in left.split(" + "))
        assert a + b == pytest.approx(float(total), abs=1e-9)
        assert float(total) == pytest.approx(data + penalty, abs=0.11 if data > 10 else 0.011)


def test_a_sum_that_is_not_finite_is_not_shown() -> None:
    assert sums(np.nan, 0.1) == ("diverged",)


def test_lanes_share_their_scale_and_a_lane_without_penalty_is_left_out(snapshot: Any, stand: Any, words: Any) -> None:
    panel = stand(PartsPanel, snapshot(history=PENALTY))
    assert len({plot.axes.get_ylim() for plot in panel.plots}) == 1
    assert len({plot.axes.get_xlim() for plot in panel.plots}) == 1
    assert "dropout 0.5" not in words(panel)


def test_without_a_penalty_it_says_so(snapshot: Any, stand: Any, words: Any) -> None:
    lanes = (Lane("none"), Lane("dropout", ("dropout",)))
    panel = stand(PartsPanel, snapshot(lanes=lanes), lanes)
    assert "no lane has a penalty: the total is the data loss" in words(panel)
    assert not panel.pointer("click", 10, 10).redraw


def test_clicks_lead_through_all_lanes_that_have_a_penalty(snapshot: Any, stand: Any) -> None:
    shown = snapshot(lanes=MANY, history=PENALTY)
    panel = stand(PartsPanel, shown, MANY)
    seen: set[int] = set()
    for _ in range(panel.pages):
        seen |= {plot.lane for plot in panel.plots}
        assert panel.pointer("click", 100, 100).redraw
        panel.draw(shown)
    assert seen == {1, 2, *range(4, 9)}
    assert panel.plots[0].lane == 1


def test_a_chosen_lane_comes_into_sight(snapshot: Any, stand: Any) -> None:
    shown = snapshot(lanes=MANY, history=PENALTY)
    panel = stand(PartsPanel, shown, MANY)
    panel.scene = replace(Scene(), chosen=8)
    panel.draw(shown)
    assert 8 in [plot.lane for plot in panel.plots]
    panel.scene = Scene(chosen=0)
    panel.draw(shown)
    assert 8 in [plot.lane for plot in panel.plots]  # it has no penalty: nothing to see
