"""Penalties of one's own and elastic nets in the pictures: the shapes and maps of their closed forms."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import regviz as rv
from regviz import Config, probes
from regviz.lab.compare.lanes import Lane
from regviz.lab.page.report import sentence
from regviz.lab.panels import PANELS, panel_class
from regviz.lab.panels.diamond.diamond import DiamondPanel
from regviz.lab.panels.diamond.shapes import FARTHEST, ball, extent, shape, sizes
from regviz.lab.panels.loss_parts import PartsPanel
from regviz.lab.panels.parts.penalties import Terms
from regviz.lab.panels.shrink.shrink import ShrinkPanel, move
from regviz.lab.panels.shrink.shrinking import EXACT, after_steps, corners, steps_to_see
from regviz.training.snapshot import Snapshot

BASE = Config(hidden=(8,), optimizer="sgd", lr=0.1)


def huber(w: Any) -> Any:
    return np.where(np.abs(w) < 0.1, 5 * w**2, np.abs(w) - 0.05)


def slope_of_huber(w: Any) -> Any:
    return np.clip(10 * w, -1, 1)


@pytest.fixture
def own() -> None:
    rv.add_penalty("huber", huber, slope_of_huber)
    rv.add_penalty("square", np.square, lambda w: 2 * w)
    rv.add_penalty("size", np.abs, np.sign)
    rv.add_penalty("bounded", lambda w: w**2 / (1 + w**2), lambda w: 2 * w / (1 + w**2) ** 2)
    rv.add_penalty("around_one", lambda w: (w - 1) ** 2, lambda w: 2 * (w - 1))


HUBER = Lane("Huber", fixed={"penalty": "huber", "strength": 0.05})
NET = Lane("net", fixed={"l1": 0.02, "l2": 0.03})
LANES = (Lane("none"), HUBER, NET)


def outline(x: float, y: float, terms: Terms, reach: float = 1.0) -> Any:
    """The corners of a shape that are within the square."""
    points = np.asarray(shape(x, y, terms, reach).vertices)
    return points[(np.abs(points) <= 1.05 * reach).all(axis=1)]


# -- shapes


def test_the_shape_of_the_absolute_value_as_a_penalty_of_ones_own_is_the_diamond(own: None) -> None:
    points = outline(0.6, -0.25, Terms(own=0.3, name="size"))
    assert np.abs(points).sum(axis=1) == pytest.approx(0.85, abs=1e-9)
    for corner in ([0.85, 0], [0, 0.85], [-0.85, 0], [0, -0.85]):
        assert np.abs(points - corner).max(axis=1).min() < 1e-9


def test_the_shape_of_the_square_as_a_penalty_of_ones_own_is_the_disc(own: None) -> None:
    points = outline(0.6, -0.25, Terms(own=0.3, name="square"))
    assert np.hypot(*points.T) == pytest.approx(0.65, abs=2e-4)  # straight between the points of a grid
    assert np.hypot(*(points - [0.6, -0.25]).T).min() < 1e-9  # the point itself is exact


@pytest.mark.parametrize("mixed", [Terms(l1=0.2, own=0.5, name="square"), Terms(l2=0.5, own=0.2, name="size")])
def test_mixed_with_l1_or_l2_it_is_the_elastic_net_s(mixed: Terms, own: None) -> None:
    points, net = outline(0.6, -0.25, mixed), ball(0.6, -0.25, 0.2, 0.5, 4096)
    assert np.hypot(*(points[:, None] - net).transpose(2, 0, 1)).min(axis=1).max() < 1e-3


def test_huber_is_a_disc_near_0_and_a_diamond_with_round_corners_far_from_it(own: None) -> None:
    near = outline(0.05, -0.02, Terms(own=1, name="huber"), 0.2)
    assert np.hypot(*near.T) == pytest.approx(np.hypot(0.05, 0.02), abs=1e-4)
    far = outline(0.6, -0.5, Terms(own=1, name="huber"))
    straight = far[(np.abs(far) > 0.15).all(axis=1)]
    assert np.abs(straight).sum(axis=1) == pytest.approx(1.1, abs=1e-9)
    assert np.abs(far).max() == pytest.approx(1.1 - 0.05, abs=1e-3)  # the corner (r, 0): r − 0.05 = 1.1 − 0.1


def test_a_shape_without_an_end_leaves_the_square_and_is_filled_to_its_edge(own: None) -> None:
    terms = Terms(own=1, name="bounded")
    path = shape(2.0, 1.5, terms, 2.5)  # 0.8 + 0.69 is more than any single weight can cost
    assert path.contains_point((0, 2.49))
    assert path.contains_point((1, 1))
    assert not path.contains_point((2.4, 2.4))
    assert extent(2.0, 1.5, terms) == pytest.approx(2 * FARTHEST)


def test_a_shape_need_not_be_around_0(own: None) -> None:
    terms = Terms(own=1, name="around_one")
    points = outline(1.5, 1.0, terms, 2.0)
    assert np.hypot(*(points - 1).T) == pytest.approx(0.5, abs=2e-3)


def test_the_terms_of_a_net_and_of_ones_own_are_named(own: None) -> None:
    assert sizes(0.6, -0.5, Terms(l1=0.1, l2=0.1))[0] == "Σ|w| = 1.10, Σw² = 0.61"
    assert sizes(0.6, -0.5, Terms(own=0.1, name="square"))[0] == "Σf(w) = 0.36 + 0.25 = 0.61"
    assert sizes(0.6, -0.5, Terms(l1=1, own=0.1, name="square"))[0] == "Σ|w| = 1.10, Σf(w) = 0.61"


# -- maps of penalty-only steps


@pytest.mark.parametrize("count", [1, 40, EXACT, 5000, 100_000])
def test_steps_of_the_square_as_a_penalty_of_ones_own_are_l2_s(count: int, own: None) -> None:
    w, lam = np.linspace(-1, 1, 41), 0.5 / (2 * 0.1 * count)
    mine = after_steps(w, 0.1, 0, 0, True, count, Terms(own=lam, name="square").own_slope)
    assert mine == pytest.approx((1 - 2 * 0.1 * lam) ** count * w, abs=1e-4)


@pytest.mark.parametrize("count", [1, 30, 1000])
def test_steps_are_the_engine_s_one_after_the_other(count: int, model: Any, own: None) -> None:
    each = model(BASE.replace(penalty="huber", strength=3.0 / count))
    flat = np.concatenate([W.ravel() for W in each.weights])
    found = after_steps(flat, 0.1, 0, 0, True, count, Terms.of(each).own_slope)
    for _ in range(count):
        each = replace(each, weights=tuple(after for _, after in probes.shrink_map(each, 0.1)))
    assert found == pytest.approx(np.concatenate([W.ravel() for W in each.weights]), abs=2e-3 if count > EXACT else 0)


def test_one_step_takes_the_proximal_step_of_l1_after_that_of_ones_own(model: Any, own: None) -> None:
    each = model(BASE.replace(penalty="huber", strength=0.5, l1=0.3, l2=0.2))
    ((before, after), *_) = probes.shrink_map(each, 0.1)
    found = after_steps(before, 0.1, 0.3, 0.2, True, 1, Terms.of(each).own_slope)
    assert found == pytest.approx(after, abs=1e-15)


def test_many_steps_of_a_corner_rest_at_0_and_those_of_another_goal_pass_it(own: None) -> None:
    w = np.linspace(-0.4, 0.4, 9)
    rest = after_steps(w, 0.1, 0, 0, True, 5000, Terms(own=1e-3, name="size").own_slope)
    assert rest == pytest.approx(np.zeros(9), abs=1e-12)
    pulled = after_steps(w, 0.1, 0, 0, True, 5000, Terms(own=1e-2, name="around_one").own_slope)
    assert pulled == pytest.approx(1 + (w - 1) * (1 - 2e-3) ** 5000, abs=1e-4)
    assert (pulled > 0).all()


def test_the_number_of_steps_makes_the_change_visible(own: None) -> None:
    slope = Terms(own=1e-3, name="huber").own_slope
    count = steps_to_see(0.5, 0.005, 0, 0, True, 1, slope)
    assert 0.2 <= 1 - after_steps(np.array([0.125]), 0.005, 0, 0, True, count, slope)[0] / 0.125 <= 1
    assert steps_to_see(0.5, 0.005, 0, 0, True, 1, Terms(own=1e-15, name="huber").own_slope) == 1


def test_the_line_is_the_map(own: None) -> None:
    slope = Terms(own=0.5, name="huber").own_slope
    x, y = corners(1.0, 0.1, 0, 0, True, 4, slope)
    w = np.linspace(-1, 1, 301)
    assert np.interp(w, x, y) == pytest.approx(after_steps(w, 0.1, 0, 0, True, 4, slope), abs=2e-3)


def test_a_move_is_said_in_numbers_that_can_be_told_apart() -> None:
    assert move(0.5, 0.31) == "0.50 → 0.31"
    assert move(0.5, 0.499995) == "0.50 − 0.0000050"


def test_adam_s_step_sizes_know_the_slope_of_ones_own(model: Any, own: None) -> None:
    base = BASE.replace(optimizer="adam", lr=0.005)
    mine, l2 = model(base.replace(penalty="square", strength=0.7)), model(base.replace(l2=0.7))
    for a, b in zip(*(probes.step_sizes(m, m.split.X_train, m.split.y_train) for m in (mine, l2)), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-6)


# -- pictures


def test_the_diamond_picture_shows_the_shape_of_each_lane_s_penalty(snapshot: Any, stand: Any, own: None) -> None:
    shown = snapshot(BASE, LANES)
    panel = stand(DiamondPanel, shown, LANES)
    assert [plot.lane for plot in panel.plots] == [1, 2]
    for plot, size in zip(panel.plots, (huber, lambda w: 0.02 * np.abs(w) + 0.03 * w**2), strict=True):
        x, y = panel.choices[0].of(shown.models[plot.lane])
        points = np.asarray(plot.ball.get_path().vertices)
        level = size(np.array(x)) + size(np.array(y))
        assert size(points).sum(axis=1) == pytest.approx(level, rel=5e-3)
        assert len(points) > 60
        assert np.abs(points).max() <= panel.reach  # it fits
    assert panel.plots[0].sum.get_text().startswith("Σf(w) = ")
    assert panel.plots[1].sum.get_text().startswith("Σ|w| = ")


def test_while_its_strength_is_0_the_shape_is_the_one_it_would_have(model: Any, stand: Any, own: None) -> None:
    lane = Lane("Huber", fixed={"penalty": "huber", "strength": 0.0})
    off = model(lane.config(BASE))
    panel = stand(DiamondPanel, Snapshot(40, (off,)), (lane,))
    x, y = panel.choices[0].of(off)
    assert np.asarray(panel.plots[0].ball.get_path().vertices) == pytest.approx(
        np.asarray(shape(x, y, Terms(own=1, name="huber"), panel.reach).vertices)
    )


def test_the_shrink_picture_shows_the_step_of_each_lane_s_penalty(snapshot: Any, stand: Any, own: None) -> None:
    shown = snapshot(BASE, LANES)
    panel = stand(ShrinkPanel, shown, LANES)
    assert [plot.lane for plot in panel.plots] == [1, 2]
    plot = panel.plots[0]
    before, after = plot.dots.get_data()
    expected = np.asarray(before, float)
    for _ in range(plot.steps):
        moved = expected - 0.1 * 0.05 * slope_of_huber(expected)
        expected = np.where(moved * expected > 0, moved, 0)
    assert after == pytest.approx(expected, abs=1e-6 if plot.steps <= EXACT else 2e-3)
    x, y = plot.line.get_data()
    assert np.interp(before, x, y) == pytest.approx(after, abs=5e-3)
    assert plot.facts.get_text() == "η 0.1, λ 0.05"
    assert "→" in plot.effect.get_text()
    assert "−" in plot.once.get_text()
    assert "slope" in panel.plots[1].effect.get_text()
    assert "threshold" in panel.plots[1].effect.get_text()


def test_its_strength_turned_to_0_moves_nothing(model: Any, stand: Any, own: None) -> None:
    panel = stand(ShrinkPanel, Snapshot(40, (model(BASE.replace(penalty="huber")),)), (HUBER,))
    (plot,) = panel.plots
    assert (plot.count.get_text(), plot.effect.get_text()) == ("λ is 0", "nothing moves")
    assert np.array_equal(*plot.dots.get_data())


@pytest.mark.parametrize("name", sorted(PANELS))
def test_every_picture_stands_with_such_lanes_and_follows_them(
    name: str, snapshot: Any, stand: Any, words: Any, own: None
) -> None:
    lanes = (*LANES, Lane("off", fixed={"penalty": "bounded", "strength": 0.0}))
    panel = stand(panel_class(name), snapshot(BASE, lanes), lanes, width=700, height=420)
    for step in range(41, 46):
        panel.draw(snapshot(BASE, lanes, seed=step, epochs=step, step=step))
    assert not any("nan" in text for text in words(panel))
    assert not any("no lane has a penalty" in text for text in words(panel))


def test_pictures_say_the_strength_of_ones_own(snapshot: Any, stand: Any, words: Any, own: None) -> None:
    assert HUBER.label(HUBER.config(BASE)) == "Huber 0.05"
    panel = stand(PartsPanel, snapshot(BASE, LANES), LANES)
    assert "Huber 0.05" in words(panel)


def test_a_lane_with_a_penalty_is_not_taken_for_the_plain_one(model: Any, own: None) -> None:
    history = {"val_loss": np.array([0.5, 0.3, 0.9]), "train_loss": np.array([0.5, 0.3, 0.1]), "epoch": np.arange(3)}
    history |= {name: np.zeros(3) for name in ("train_score", "val_score", "penalty")}
    for lane in (HUBER, NET):
        shown = Snapshot(40, (model(lane.config(BASE), epochs=2, history=history),))
        assert "memorizes" not in sentence(shown, (lane,))
