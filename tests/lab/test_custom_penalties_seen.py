"""Custom penalties, with and without a proximal step, and elastic nets in every picture: shapes and maps."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import regviz as rv
from regviz import Config, Trainer, probes
from regviz.lab.compare.lanes import Lane
from regviz.lab.page.report import sentence
from regviz.lab.panels import PANELS, panel_class
from regviz.lab.panels.diamond.diamond import DiamondPanel
from regviz.lab.panels.diamond.plane import Pair
from regviz.lab.panels.diamond.shapes import FARTHEST, Slice, ball, extent, shape, sizes
from regviz.lab.panels.loss_parts import PartsPanel
from regviz.lab.panels.parts.penalties import Terms
from regviz.lab.panels.shrink.shrink import ShrinkPanel, move
from regviz.lab.panels.shrink.shrinking import EXACT, after_steps, corners, steps_to_see
from regviz.optim.penalties import PENALTIES, shrink_groups
from regviz.training.snapshot import Snapshot
from shrunk import shrink_map

BASE = Config(hidden=(8,), optimizer="sgd", lr=0.1)


def huber(w: Any) -> Any:
    return np.where(np.abs(w) < 0.1, 5 * w**2, np.abs(w) - 0.05)


def slope_of_huber(w: Any) -> Any:
    return np.clip(10 * w, -1, 1)


@pytest.fixture
def custom() -> None:
    rv.add_penalty("huber", huber, slope_of_huber)
    rv.add_penalty("square", np.square, lambda w: 2 * w)
    rv.add_penalty("size", np.abs, np.sign)
    rv.add_penalty("bounded", lambda w: w**2 / (1 + w**2), lambda w: 2 * w / (1 + w**2) ** 2)
    rv.add_penalty("around_one", lambda w: (w - 1) ** 2, lambda w: 2 * (w - 1))


HUBER = Lane("Huber", fixed={"huber": 0.05})
NET = Lane("net", fixed={"l1": 0.02, "l2": 0.03})
LANES = (Lane("none"), HUBER, NET)


class Soft(rv.Penalty):
    """λΣ|w| once more, with its proximal step: what a notebook would add."""

    name = "soft"
    title = "soft"
    formula = "λ·Σ|w|ˢ"
    gradient_formula = "λ·soft(w)"

    def value(self, w: Any, lam: Any) -> Any:
        return lam * np.abs(w)

    def gradient(self, w: Any, lam: Any) -> Any:
        return lam * np.sign(w)

    def prox(self, w: Any, t: Any) -> Any:
        return w - np.maximum(np.minimum(w, t), -t)


class Hinge(Soft):
    """λ·huber with its proximal step: no line on either side of 0."""

    name = "hinge"
    title = "hinge"

    def value(self, w: Any, lam: Any) -> Any:
        return lam * huber(w)

    def gradient(self, w: Any, lam: Any) -> Any:
        return lam * slope_of_huber(w)

    def prox(self, w: Any, t: Any) -> Any:
        small = w / (1 + 10 * t)
        return np.where(np.abs(small) < 0.1, small, w - t * np.sign(w))


class Units(rv.Penalty):
    """λΣ‖w‖ over the weights that enter a unit: removes whole units."""

    name = "units"
    title = "units"
    formula = "λ·Σ‖w‖"
    groups = "units"

    def value(self, w: Any, lam: Any) -> Any:
        return lam * self.norms(w)

    def gradient(self, w: Any, lam: Any) -> Any:
        return lam * w / np.maximum(self.norms(w), 1e-30)

    def prox(self, w: Any, t: Any) -> Any:
        return shrink_groups(w, t, self.axis)


@pytest.fixture
def with_prox() -> None:
    for penalty in (Soft, Hinge, Units):
        rv.add_penalty(penalty)


def cost(**lams: float) -> Slice:
    """Penalties of single weights in the plane of two of them."""
    return Slice(Terms(lams), np.zeros((2, 1)), Pair((0, 0), (1, 0)))


def outline(x: float, y: float, its: Slice, reach: float = 1.0) -> Any:
    """The corners of a shape that are within the square."""
    points = np.asarray(shape(x, y, its, reach).vertices)
    return points[(np.abs(points) <= 1.05 * reach).all(axis=1)]


# -- shapes


def test_the_shape_of_the_absolute_value_as_a_custom_penalty_is_the_diamond(custom: None) -> None:
    points = outline(0.6, -0.25, cost(size=0.3))
    assert np.abs(points).sum(axis=1) == pytest.approx(0.85, abs=1e-9)
    for corner in ([0.85, 0], [0, 0.85], [-0.85, 0], [0, -0.85]):
        assert np.abs(points - corner).max(axis=1).min() < 1e-9


def test_the_shape_of_the_square_as_a_custom_penalty_is_the_disc(custom: None) -> None:
    points = outline(0.6, -0.25, cost(square=0.3))
    assert np.hypot(*points.T) == pytest.approx(0.65, abs=2e-4)  # straight between the points of a grid
    assert np.hypot(*(points - [0.6, -0.25]).T).min() < 1e-9  # the point itself is exact


@pytest.mark.parametrize("mixed", [{"l1": 0.2, "square": 0.5}, {"l2": 0.5, "size": 0.2}])
def test_mixed_with_l1_or_l2_it_is_the_elastic_net_s(mixed: dict[str, float], custom: None) -> None:
    points, net = outline(0.6, -0.25, cost(**mixed)), ball(0.6, -0.25, cost(l1=0.2, l2=0.5), 1.0)
    assert points == pytest.approx(net, rel=1e-9, abs=1e-9)


def test_huber_is_a_disc_near_0_and_a_diamond_with_round_corners_far_from_it(custom: None) -> None:
    near = outline(0.05, -0.02, cost(huber=1), 0.2)
    assert np.hypot(*near.T) == pytest.approx(np.hypot(0.05, 0.02), abs=1e-4)
    far = outline(0.6, -0.5, cost(huber=1))
    straight = far[(np.abs(far) > 0.15).all(axis=1)]
    assert np.abs(straight).sum(axis=1) == pytest.approx(1.1, abs=1e-9)
    assert np.abs(far).max() == pytest.approx(1.1 - 0.05, abs=1e-3)  # the corner (r, 0): r − 0.05 = 1.1 − 0.1


def test_a_shape_without_an_end_leaves_the_square_and_is_filled_to_its_edge(custom: None) -> None:
    its = cost(bounded=1)
    path = shape(2.0, 1.5, its, 2.5)  # 0.8 + 0.69 is more than any single weight can cost
    assert path.contains_point((0, 2.49))
    assert path.contains_point((1, 1))
    assert not path.contains_point((2.4, 2.4))
    assert extent(2.0, 1.5, its) == pytest.approx(2 * FARTHEST)


def test_a_shape_need_not_be_around_0(custom: None) -> None:
    points = outline(1.5, 1.0, cost(around_one=1), 2.0)
    assert np.hypot(*(points - 1).T) == pytest.approx(0.5, abs=2e-3)


def test_the_terms_of_a_net_and_of_a_custom_one_are_named(custom: None) -> None:
    assert sizes(0.6, -0.5, cost(l1=0.1, l2=0.1))[0] == "Σ|w| = 1.10, Σw² = 0.61"
    assert sizes(0.6, -0.5, cost(square=0.1))[0] == "Σf(w) = 0.36 + 0.25 = 0.61"
    assert sizes(0.6, -0.5, cost(l1=1, square=0.1))[0] == "Σ|w| = 1.10, Σf(w) = 0.61"


# -- maps of penalty-only steps


@pytest.mark.parametrize("count", [1, 40, EXACT, 5000, 100_000])
def test_steps_of_the_square_as_a_custom_penalty_are_l2_s(count: int, custom: None) -> None:
    w, lam = np.linspace(-1, 1, 41), 0.5 / (2 * 0.1 * count)
    mine = after_steps(w, 0.1, Terms({"square": lam}), count)
    assert mine == pytest.approx((1 - 2 * 0.1 * lam) ** count * w, abs=1e-4)


@pytest.mark.parametrize("count", [1, 30, 1000])
def test_steps_are_the_engine_s_one_after_the_other(count: int, model: Any, custom: None) -> None:
    each = model(BASE.replace(huber=3.0 / count))
    flat = np.concatenate([W.ravel() for W in each.weights])
    found = after_steps(flat, 0.1, Terms.of(each), count)
    for _ in range(count):
        each = replace(each, weights=tuple(after for _, after in shrink_map(each, 0.1)))
    assert found == pytest.approx(np.concatenate([W.ravel() for W in each.weights]), abs=2e-3 if count > EXACT else 0)


def test_one_step_takes_the_proximal_step_of_l1_after_a_custom_one(model: Any, custom: None) -> None:
    each = model(BASE.replace(huber=0.5, l1=0.3, l2=0.2))
    ((before, after), *_) = shrink_map(each, 0.1)
    found = after_steps(before, 0.1, Terms.of(each), 1)
    assert found == pytest.approx(after, abs=1e-15)


def test_many_steps_of_a_corner_rest_at_0_and_those_of_another_goal_pass_it(custom: None) -> None:
    w = np.linspace(-0.4, 0.4, 9)
    rest = after_steps(w, 0.1, Terms({"size": 1e-3}), 5000)
    assert rest == pytest.approx(np.zeros(9), abs=1e-12)
    pulled = after_steps(w, 0.1, Terms({"around_one": 1e-2}), 5000)
    assert pulled == pytest.approx(1 + (w - 1) * (1 - 2e-3) ** 5000, abs=1e-4)
    assert (pulled > 0).all()


def test_the_number_of_steps_makes_the_change_visible(custom: None) -> None:
    terms = Terms({"huber": 1e-3})
    count = steps_to_see(0.5, 0.005, terms, 1)
    assert 0.2 <= 1 - after_steps(np.array([0.125]), 0.005, terms, count)[0] / 0.125 <= 1
    assert steps_to_see(0.5, 0.005, Terms({"huber": 1e-15}), 1) == 1


def test_the_line_is_the_map(custom: None) -> None:
    terms = Terms({"huber": 0.5})
    x, y = corners(1.0, 0.1, terms, 4)
    w = np.linspace(-1, 1, 301)
    assert np.interp(w, x, y) == pytest.approx(after_steps(w, 0.1, terms, 4), abs=2e-3)


def test_a_move_is_said_in_numbers_that_can_be_told_apart() -> None:
    assert move(0.5, 0.31) == "0.50 → 0.31"
    assert move(0.5, 0.499995) == "0.50 − 0.0000050"


def test_adam_s_step_sizes_know_the_gradient_of_a_custom_one(model: Any, custom: None) -> None:
    base = BASE.replace(optimizer="adam", lr=0.005)
    mine, l2 = model(base.replace(square=0.7)), model(base.replace(l2=0.7))
    for a, b in zip(*(probes.step_sizes(m, m.split.X_train, m.split.y_train) for m in (mine, l2)), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-6)


# -- pictures


def test_the_diamond_picture_shows_the_shape_of_each_lane_s_penalty(snapshot: Any, stand: Any, custom: None) -> None:
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


def test_while_its_strength_is_0_the_shape_is_the_one_it_would_have(model: Any, stand: Any, custom: None) -> None:
    lane = Lane("Huber", fixed={"huber": 0.0})
    off = model(lane.config(BASE))
    panel = stand(DiamondPanel, Snapshot(40, (off,)), (lane,))
    x, y = panel.choices[0].of(off)
    assert np.asarray(panel.plots[0].ball.get_path().vertices) == pytest.approx(
        np.asarray(shape(x, y, cost(huber=1), panel.reach).vertices)
    )


def test_the_shrink_picture_shows_the_step_of_each_lane_s_penalty(snapshot: Any, stand: Any, custom: None) -> None:
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


def test_its_strength_turned_to_0_moves_nothing(model: Any, stand: Any, custom: None) -> None:
    panel = stand(ShrinkPanel, Snapshot(40, (model(BASE),)), (HUBER,))
    (plot,) = panel.plots
    assert (plot.count.get_text(), plot.effect.get_text()) == ("λ is 0", "nothing moves")
    assert np.array_equal(*plot.dots.get_data())


@pytest.mark.parametrize("name", sorted(PANELS))
def test_every_picture_stands_with_such_lanes_and_follows_them(
    name: str, snapshot: Any, stand: Any, words: Any, custom: None
) -> None:
    lanes = (*LANES, Lane("off", fixed={"bounded": 0.0}))
    panel = stand(panel_class(name), snapshot(BASE, lanes), lanes, width=700, height=420)
    for step in range(41, 46):
        panel.draw(snapshot(BASE, lanes, seed=step, epochs=step, step=step))
    assert not any("nan" in text for text in words(panel))
    assert not any("no lane has a penalty" in text for text in words(panel))


def test_pictures_say_the_strength_of_a_custom_one(snapshot: Any, stand: Any, words: Any, custom: None) -> None:
    assert HUBER.label(HUBER.config(BASE)) == "Huber 0.05"
    panel = stand(PartsPanel, snapshot(BASE, LANES), LANES)
    assert "Huber 0.05" in words(panel)


def test_a_lane_with_a_penalty_is_not_taken_for_the_plain_one(model: Any, custom: None) -> None:
    history = {"val_loss": np.array([0.5, 0.3, 0.9]), "train_loss": np.array([0.5, 0.3, 0.1]), "epoch": np.arange(3)}
    history |= {name: np.zeros(3) for name in ("train_score", "val_score", "penalty")}
    for lane in (HUBER, NET):
        shown = Snapshot(40, (model(lane.config(BASE), epochs=2, history=history),))
        assert "memorizes" not in sentence(shown, (lane,))


# -- with a proximal step


@pytest.mark.parametrize("count", [1, 7, 40, 400, 20_000])
def test_a_custom_proximal_step_leads_where_that_of_l1_does(count: int, with_prox: None) -> None:
    w, lam = np.linspace(-1, 1, 41), 3.0 / count
    mine, l1 = (after_steps(w, 0.1, Terms({name: lam, "l2": 1e-4}), count) for name in ("soft", "l1"))
    assert np.array_equal(mine, l1)
    assert (mine == 0).sum() > 10


@pytest.mark.parametrize("count", [1, 30, 1000])
def test_proximal_steps_without_a_closed_form_are_the_engine_s_over_and_over(
    count: int, model: Any, with_prox: None
) -> None:
    each = model(BASE.replace(hinge=3.0 / count))
    flat = np.concatenate([W.ravel() for W in each.weights])
    found = after_steps(flat, 0.1, Terms.of(each), count)
    for _ in range(count):
        each = replace(each, weights=tuple(after for _, after in shrink_map(each, 0.1)))
    assert found == pytest.approx(np.concatenate([W.ravel() for W in each.weights]), abs=2e-3 if count > EXACT else 0)


def test_groups_of_units_lose_the_same_length_in_every_step(model: Any, with_prox: None) -> None:
    each = model(BASE.replace(units=0.05))
    W = each.weights[0]
    for count in (1, 12):
        found = after_steps(W, 0.1, Terms.of(each), count)
        left = np.maximum(0, np.linalg.norm(W, axis=0) - count * 0.1 * 0.05)
        assert np.linalg.norm(found, axis=0) == pytest.approx(left, abs=1e-12)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "lam"), [("soft", 0.03), ("hinge", 0.03), ("units", 0.2)])
def test_a_custom_penalty_with_a_prox_has_all_that_l1_has_in_every_picture(
    name: str, lam: float, stand: Any, words: Any, with_prox: None
) -> None:
    """One lane with it, trained: exact zeros in the weights, its shape, its map, its gradient, its sum."""
    lane = Lane(name, fixed={name: lam})
    trainer = Trainer([its.config(BASE.replace(n_train=60)) for its in (Lane("none"), lane)])
    trainer.advance(epochs=60)
    shown, lanes = trainer.snapshot(), (Lane("none"), lane)
    panels = {kind: stand(panel_class(kind), shown, lanes, width=700, height=420) for kind in PANELS}
    for panel in panels.values():
        assert not any("nan" in text or "no lane has a penalty" in text for text in words(panel))
    model = shown.models[1]
    title = PENALTIES[name].title
    assert panels["weights"].shares[1] == pytest.approx(model.zero_fraction)
    if name != "hinge":  # smooth at 0, so that it shrinks and removes nothing
        assert model.zero_fraction > 0.1
        assert f"{title.capitalize()} has set" in sentence(shown, lanes)
    (square,) = panels["diamond"].plots
    its = Slice(Terms.of(model), model.weights[0], panels["diamond"].choices[0])
    at = panels["diamond"].choices[0].of(model)
    if any(at):
        assert its(*square.ball.get_path().vertices.T) == pytest.approx(float(its(*at)), rel=1e-8)
    (map_,) = panels["shrink"].plots
    before, after = (np.asarray(values) for values in map_.dots.get_data())
    assert (np.abs(after) <= np.abs(before)).all()
    assert (after[before == 0] == 0).all()
    assert PENALTIES[name].gradient_formula in panels["gradients"].names[1].get_text()
    assert PENALTIES[name].formula in panels["parts"].subtitle.get_text()
    assert f"{name} {lam}" in words(panels["parts"])
