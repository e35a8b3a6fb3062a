"""The shrink panel draws what penalty-only steps do, exactly as the engine would, and the formula beside it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from regviz import Config, probes
from regviz.lab.compare.lanes import Lane
from regviz.lab.panels.parts.penalties import Terms
from regviz.lab.panels.shrink.shrink import ShrinkPanel, effects
from regviz.lab.panels.shrink.shrinking import COUNTS, LEAST, after_steps, corners, steps_to_see
from regviz.training.snapshot import Snapshot
from shrunk import shrink_map

LASSO = Lane("group lasso", fixed={"group_lasso": 3e-2})
SGD = Config(l1=1e-2, l2=1e-2, hidden=(8,), optimizer="sgd", lr=0.1)


def terms(l1: float, l2: float, proximal: bool = True) -> Terms:
    return Terms({name: lam for name, lam in (("l1", l1), ("l2", l2)) if lam}, proximal)


def many_steps(model: Any, lr: float, count: int) -> Any:
    """One step after the other."""
    for _ in range(count):
        model = replace(model, weights=tuple(after for _, after in shrink_map(model, lr)))
    return np.concatenate([W.ravel() for W in model.weights])


def flat(model: Any) -> Any:
    return np.concatenate([W.ravel() for W in model.weights])


@pytest.mark.parametrize("rule", ["proximal", "subgradient"])
@pytest.mark.parametrize(("l1", "l2"), [(0.3, 0.0), (0.0, 0.3), (0.2, 0.3)])
def test_one_step_is_the_engine_s_map(rule: str, l1: float, l2: float, model: Any) -> None:
    each = model(SGD.replace(l1=l1, l2=l2, penalty_rule=rule))
    found = after_steps(flat(each), 0.1, terms(l1, l2, rule == "proximal"), 1)
    assert found == pytest.approx(many_steps(each, 0.1, 1), abs=1e-15)


@pytest.mark.parametrize("count", [2, 7, 40])
@pytest.mark.parametrize(("l1", "l2"), [(0.3, 0.0), (0.0, 0.3), (0.2, 0.3)])
def test_many_steps_at_once_are_the_engine_s_map_over_and_over(count: int, l1: float, l2: float, model: Any) -> None:
    each = model(SGD.replace(l1=l1, l2=l2))
    found = after_steps(flat(each), 0.1, terms(l1, l2), count)
    assert found == pytest.approx(many_steps(each, 0.1, count), abs=1e-13)


def test_many_steps_of_the_subgradient_are_right_up_to_its_jumps_about_0(model: Any) -> None:
    each = model(SGD.replace(l1=0.3, l2=0, penalty_rule="subgradient"))
    found, real = after_steps(flat(each), 0.1, terms(0.3, 0, False), 9), many_steps(each, 0.1, 9)
    assert np.abs(found - real).max() <= 0.1 * 0.3 + 1e-12
    assert not (real == 0).any()


def test_l2_is_a_line_and_l1_a_soft_threshold_after_any_number_of_steps() -> None:
    w = np.linspace(-1, 1, 101)
    assert after_steps(w, 0.5, terms(0, 0.01), 30) == pytest.approx(0.99**30 * w)
    soft = np.sign(w) * np.maximum(np.abs(w) - 30 * 0.5 * 0.01, 0)
    assert after_steps(w, 0.5, terms(0.01, 0), 30) == pytest.approx(soft, abs=1e-15)


@pytest.mark.parametrize(("l1", "l2", "count"), [(0.0, 0.1, 20), (0.1, 0.0, 20), (0.1, 0.1, 20), (0.4, 0.0, 1)])
def test_the_broken_line_bends_where_the_map_does(l1: float, l2: float, count: int) -> None:
    x, y = corners(1.0, 0.1, terms(l1, l2), count)
    w = np.linspace(-1, 1, 401)
    assert np.interp(w, x, y) == pytest.approx(after_steps(w, 0.1, terms(l1, l2), count), abs=1e-9)


def test_the_number_of_steps_makes_the_change_visible_and_stays_while_it_is() -> None:
    count = steps_to_see(0.5, 0.005, terms(0.001, 0), 1)
    assert count in COUNTS
    taken = count * 0.005 * 0.001 / 0.5
    assert LEAST <= taken <= 0.85
    assert steps_to_see(0.4, 0.005, terms(0.001, 0), count) == count
    assert steps_to_see(0.5, 0.005, terms(0.1, 0), count) < count
    assert steps_to_see(0.5, 0.005, terms(0, 0), count) == 1
    assert steps_to_see(0.5, 1.0, terms(0.3, 0), 1) == 1  # one step is enough


def test_dots_are_the_lane_s_weights_before_and_after(snapshot: Any, stand: Any) -> None:
    shown = snapshot(SGD)
    panel = stand(ShrinkPanel, shown)
    assert [plot.lane for plot in panel.plots] == [1, 2]
    for plot in panel.plots:
        model = shown.models[plot.lane]
        before, after = plot.dots.get_data()
        assert np.array_equal(before, flat(model))
        assert after == pytest.approx(many_steps(model, 0.1, plot.steps), abs=1e-12)
        x, y = plot.line.get_data()
        assert np.interp(before, x, y) == pytest.approx(after, abs=1e-9)  # every dot is on the line


def test_the_numbers_are_those_of_the_formula(snapshot: Any, stand: Any) -> None:
    panel = stand(ShrinkPanel, snapshot(SGD))
    l1, l2 = panel.plots
    assert l1.facts.get_text() == l2.facts.get_text() == "η 0.1, λ 0.01"
    assert l1.once.get_text() == "threshold 0.0010"
    assert l2.once.get_text() == "slope 0.9980"
    assert l1.effect.get_text() == f"threshold {0.001 * l1.steps:.2f}"
    assert l2.effect.get_text() == f"slope {0.998**l2.steps:.2f}"
    assert l2.count.get_text() == f"{l2.steps:,} steps"
    assert effects(0.1, terms(0.5, 0.5), 1)[0] == "slope 0.90, threshold 0.050"


def test_under_adam_each_weight_has_its_own_step_size_and_it_says_so(snapshot: Any, stand: Any) -> None:
    shown = snapshot(SGD.replace(optimizer="adam", lr=0.005))
    panel = stand(ShrinkPanel, shown)
    assert "Adam: a step size η per weight" in panel.subtitle.get_text()
    for plot in panel.plots:
        model = shown.models[plot.lane]
        etas = probes.step_sizes(model, model.split.X_train, model.split.y_train)
        assert np.array_equal(plot.eta, np.concatenate([eta.ravel() for eta in etas]))
        before, after = plot.dots.get_data()
        x, y = plot.line.get_data()
        off = np.abs(np.interp(before, x, y) - after)
        assert off.max() > 0.01  # a cloud …
        assert (after * before >= 0).all()
        assert (np.abs(after) <= np.abs(before)).all()  # … of weights that shrink


def test_step_sizes_are_asked_for_rarely_and_for_one_lane_at_a_time(snapshot: Any, stand: Any) -> None:
    config = SGD.replace(optimizer="adam")
    panel = stand(ShrinkPanel, snapshot(config, epochs=11, step=44))
    first = [plot.eta for plot in panel.plots]
    panel.draw(snapshot(config, seed=5, epochs=12, step=48))
    assert [plot.eta for plot in panel.plots] == first  # the same arrays
    later = snapshot(config, seed=5, epochs=20, step=80)
    panel.draw(later)
    assert panel.behind
    assert [plot.eta is eta for plot, eta in zip(panel.plots, first, strict=True)] == [False, True]
    panel.draw(later)
    assert not panel.behind
    assert panel.plots[1].eta is not first[1]


def test_a_strength_of_0_moves_nothing_and_a_live_change_is_seen_at_once(model: Any, stand: Any) -> None:
    off = model(SGD.replace(l1=0, l2=0))
    panel = stand(ShrinkPanel, Snapshot(40, (off,)), (Lane("L2", ("l2",)),))
    (plot,) = panel.plots
    assert (plot.count.get_text(), plot.effect.get_text()) == ("λ is 0", "nothing moves")
    assert np.array_equal(*plot.dots.get_data())
    panel.draw(Snapshot(40, (model(SGD.replace(l1=0, l2=1.0)),)))
    assert plot.once.get_text() == "" or "slope" in plot.once.get_text()
    assert "slope" in plot.effect.get_text()
    assert not np.array_equal(*plot.dots.get_data())


def test_without_a_penalty_it_says_so(snapshot: Any, stand: Any, words: Any) -> None:
    lanes = (Lane("none"), Lane("dropout", ("dropout",)))
    panel = stand(ShrinkPanel, snapshot(SGD, lanes), lanes)
    assert "no lane has a penalty: nothing pulls weights towards 0" in words(panel)


def test_a_strength_of_its_own_for_each_layer_moves_each_layer_by_its_own(model: Any, stand: Any) -> None:
    each = model(SGD.replace(l1=0, l2=(0.0, 0.5)))
    panel = stand(ShrinkPanel, Snapshot(40, (each,)), (Lane("by layer"),))
    before, after = panel.plots[0].dots.get_data()
    first = each.weights[0].size
    assert np.array_equal(before[:first], after[:first])
    assert (np.abs(after[first:]) < np.abs(before[first:])).all()


# -- groups


@pytest.mark.parametrize("count", [1, 8, 500])
def test_group_lasso_takes_whole_groups_towards_0_as_the_engine_does(count: int, model: Any) -> None:
    each = model(SGD.replace(l1=0, l2=0, group_lasso=2.0 / count))
    found = [after_steps(W, 0.1, Terms({"group_lasso": 2.0 / count}), count) for W in each.weights]
    assert np.concatenate([W.ravel() for W in found]) == pytest.approx(many_steps(each, 0.1, count), abs=1e-12)
    length = 0.1 * 2.0 * np.sqrt(8)
    for before, after in zip(each.weights[0], found[0], strict=True):
        left = max(0.0, np.linalg.norm(before) - length)
        assert np.linalg.norm(after) == pytest.approx(left, abs=1e-12)


def test_mixed_with_l2_groups_shrink_as_step_after_step(model: Any) -> None:
    each = model(SGD.replace(l1=0, l2=0.05, group_lasso=0.02))
    found = [after_steps(W, 0.1, Terms({"l2": 0.05, "group_lasso": 0.02}), 200) for W in each.weights]
    assert np.concatenate([W.ravel() for W in found]) == pytest.approx(many_steps(each, 0.1, 200), abs=1e-2)


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_the_picture_of_group_lasso_shows_whole_groups_and_the_map_of_equal_weights(
    optimizer: str, snapshot: Any, stand: Any
) -> None:
    shown = snapshot(SGD.replace(optimizer=optimizer, hidden=(64, 64)), (LASSO,))
    (plot,) = stand(ShrinkPanel, shown, (LASSO,)).plots
    before, after = (np.asarray(values) for values in plot.dots.get_data())
    W = shown.models[0].weights[0]
    assert np.array_equal(before[:64], W[0])  # an input's weights, all of them
    assert (np.abs(after) <= np.abs(before) + 1e-12).all()
    if optimizer == "sgd":
        assert after[:64] / before[:64] == pytest.approx(np.full(64, after[0] / before[0]))
    x, y = plot.line.get_data()
    eta = float(plot.facts.get_text().split("η ")[1].split(",")[0]) if optimizer == "sgd" else None
    if eta is not None:
        drop = plot.steps * eta * 3e-2
        assert y == pytest.approx(np.sign(x) * np.maximum(np.abs(x) - drop, 0), abs=1e-9)
    assert plot.effect.get_text().startswith("threshold ")
