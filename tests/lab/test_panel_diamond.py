"""The diamond panel: the loss over two weights is the probe's, the shapes are the penalty's, the path is the run's."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from matplotlib.colors import to_rgb

import regviz as rv
from regviz import Config, Trainer, load, probes
from regviz.lab.compare.lanes import DEFAULT_LANES, Lane
from regviz.lab.compare.scene import Scene
from regviz.lab.panels.diamond.diamond import EVERY, DiamondPanel
from regviz.lab.panels.diamond.plane import FINE, SIDE, TRAIL, Landscape, Pair, Trail, pairs
from regviz.lab.panels.diamond.shapes import Slice, ball, sizes
from regviz.lab.panels.parts.penalties import Terms
from regviz.training.snapshot import Snapshot

CONFIG = Config(l1=1e-2, l2=1e-2, hidden=(8,), dtype="float64")
LANES = DEFAULT_LANES[1:3]


def run(epochs: int, every: int = 1, config: Config = CONFIG) -> list[Snapshot]:
    trainer = Trainer([lane.config(config) for lane in LANES])
    shown = [trainer.snapshot()]
    for _ in range(0, epochs, every):
        trainer.advance(epochs=every)
        shown.append(trainer.snapshot())
    return shown


def cost(**lams: float) -> Slice:
    """Penalties of single weights in the plane of two of them."""
    return Slice(Terms({name: lam for name, lam in lams.items() if lam}), np.zeros((2, 1)), Pair((0, 0), (1, 0)))


def test_the_grid_holds_the_probe_s_losses(model: Any) -> None:
    each = model(CONFIG)
    pair = Pair((0, 3), (1, 3))
    land = Landscape(each, pair, 1.5)
    land.finish()
    X, y = each.split.X_train, each.split.y_train
    xs, ys, losses = probes.loss_plane(each, X, y, 0, (0, 3), (1, 3), (-1.5, 1.5, -1.5, 1.5), SIDE)
    assert land.at == pytest.approx(xs)
    assert land.at == pytest.approx(ys)
    assert land.losses == pytest.approx(losses, abs=1e-12)
    axis, fine = land.fine()
    assert fine[::FINE, ::FINE] == pytest.approx(losses, abs=1e-12)
    assert axis[::FINE] == pytest.approx(xs)


def test_what_lies_between_is_cubic_interpolation(model: Any) -> None:
    land = Landscape(model(CONFIG), Pair((0, 0), (1, 0)), 1.0)
    x, y = np.meshgrid(land.at, land.at)
    land.losses = 1 + x - 2 * y + x * y
    axis, fine = land.fine()
    x, y = np.meshgrid(axis, axis)
    assert fine == pytest.approx(1 + x - 2 * y + x * y, abs=1e-12)  # exact for planes and saddles
    land.losses = land.at**2 + 0 * land.losses
    assert land.fine()[1][0, FINE:-FINE] == pytest.approx(axis[FINE:-FINE] ** 2, abs=1e-12)


@pytest.mark.parametrize(("l1", "l2"), [(1.0, 0.0), (0.0, 1.0), (1e-3, 2e-3), (0.0, 1e-6)])
def test_everywhere_on_the_shape_the_penalty_is_the_same(l1: float, l2: float) -> None:
    x, y = ball(0.6, -0.25, cost(l1=l1, l2=l2), 1.0).T
    level = l1 * 0.85 + l2 * (0.36 + 0.0625)
    assert l1 * (np.abs(x) + np.abs(y)) + l2 * (x**2 + y**2) == pytest.approx(level, rel=1e-9)


def test_l1_is_a_diamond_with_its_corners_on_the_axes_and_l2_a_disc() -> None:
    diamond, disc = ball(0.6, -0.25, cost(l1=1), 1.0), ball(0.6, -0.8, cost(l2=1), 1.0)
    assert diamond[::32] == pytest.approx(0.85 * np.array([[1, 0], [0, 1], [-1, 0], [0, -1], [1, 0]]), abs=1e-12)
    assert np.hypot(*disc.T) == pytest.approx(1)
    assert not ball(0, 0, cost(l1=1), 1.0).any()


def test_the_pairs_are_those_on_which_the_loss_hangs_most(model: Any) -> None:
    each = model(CONFIG.replace(data="wine", n_train=60, noise=0))
    chosen = pairs(each)
    data = probes.gradient_split(each, each.split.X_train, each.split.y_train).data[0]
    worth = np.abs(each.weights[0] * data)
    for pair in chosen:
        (first, unit), (second, same) = pair.first, pair.second
        assert unit == same
        rest = np.delete(worth[:, unit], [first, second])
        assert rest.max() <= min(worth[pair.first], worth[pair.second])
    assert len({pair.first[1] for pair in chosen}) == len(chosen) == 8


def test_point_shape_and_path_are_the_run_s(stand: Any) -> None:
    shown = run(6)
    panel = stand(DiamondPanel, shown[0], LANES)
    for snapshot in shown[1:]:
        panel.draw(snapshot)
    pair = panel.choices[0]
    for k, plot in enumerate(panel.plots):
        way = np.array([pair.of(snapshot.models[k]) for snapshot in shown])
        assert np.column_stack(plot.point.get_data()) == pytest.approx(way[-1:])
        assert np.column_stack(plot.path.get_data())[:-1] == pytest.approx(way)
        x, y = way[-1]
        corners = plot.ball.get_path().vertices
        size = (lambda a: np.abs(a).sum(-1)) if k == 0 else (lambda a: (a**2).sum(-1))
        assert size(corners) == pytest.approx(size(np.array([x, y])), rel=1e-9)


def test_one_contour_goes_through_the_point(stand: Any) -> None:
    panel = stand(DiamondPanel, run(12, 12)[-1], LANES)
    for plot in panel.plots:
        (x,), (y,) = plot.point.get_data()
        curve = np.column_stack(plot.through.get_data())
        ends = curve[np.isfinite(curve).all(axis=1)]
        step = 2 * plot.shown.reach / (FINE * (SIDE - 1))
        assert np.hypot(ends[:, 0] - x, ends[:, 1] - y).min() < 1.5 * step


def test_where_training_has_settled_the_contour_touches_the_disc(stand: Any) -> None:
    lane = Lane("L2", ("l2",))
    config = lane.config(CONFIG.replace(hidden=(), optimizer="sgd", lr=0.5, batch_size=100, l2=0.05))
    trainer = Trainer([config])
    trainer.advance(epochs=1000)
    shown = trainer.snapshot()
    panel = stand(DiamondPanel, shown, (lane,))
    (plot,) = panel.plots
    curve = np.column_stack(plot.through.get_data())
    ends = curve[np.isfinite(curve).all(axis=1)]
    radius = np.hypot(*panel.choices[0].of(shown.models[0]))
    assert np.hypot(*ends.T).min() > 0.97 * radius  # it does not go into the disc


def test_the_loss_is_asked_for_tile_by_tile_and_only_when_it_is_old(snapshot: Any, stand: Any) -> None:
    lanes = DEFAULT_LANES
    panel = stand(DiamondPanel, snapshot(CONFIG, epochs=10), lanes)
    first = [plot.shown for plot in panel.plots]
    panel.draw(snapshot(CONFIG, epochs=9 + EVERY, step=77))
    assert [plot.shown for plot in panel.plots] == first
    assert all(plot.next is None for plot in panel.plots)
    later = snapshot(CONFIG, epochs=10 + EVERY, step=80)
    panel.draw(later)
    assert panel.behind
    assert sum(plot.next is not None for plot in panel.plots) == 1
    draws = 1
    while panel.behind:
        panel.draw(later)
        draws += 1
    tiles = (SIDE // 3) ** 2
    assert 2 * tiles <= draws <= 2 * tiles + 2
    assert all(plot.shown.model is later.models[plot.lane] for plot in panel.plots)


def test_when_training_stands_still_the_loss_is_that_of_the_last_step(snapshot: Any, stand: Any) -> None:
    panel = stand(DiamondPanel, snapshot(CONFIG, epochs=10))
    last = snapshot(CONFIG, epochs=12, step=50)
    panel.draw(last)
    while panel.behind:
        panel.draw(last)
    assert all(plot.shown.model is last.models[plot.lane] for plot in panel.plots)


def test_a_click_takes_two_other_weights_and_shows_no_loss_of_the_old_ones(snapshot: Any, stand: Any) -> None:
    shown = snapshot(CONFIG)
    panel = stand(DiamondPanel, shown)
    before = panel.across.get_text()
    assert panel.pointer("click", 200, 200).redraw
    panel.draw(shown)
    assert panel.across.get_text() != before
    assert panel.behind
    plot = panel.plots[0]
    assert plot.age.get_text() == "computing the loss …"
    assert not plot.contours.get_visible()
    x, y = panel.choices[1].of(shown.models[1])
    assert (plot.point.get_xdata()[0], plot.point.get_ydata()[0]) == (x, y)
    while panel.behind:
        panel.draw(shown)
    assert plot.contours.get_visible()
    assert panel.pointer("move", 200, 200).hint == "click: two other weights"
    assert panel.pointer("leave", 0, 0).hint == ""


def test_a_path_outlives_a_new_layout_and_ends_with_a_new_run(stand: Any) -> None:
    shown = run(5)
    panel = stand(DiamondPanel, shown[0], LANES)
    for snapshot in shown[1:]:
        panel.draw(snapshot)
    panel.stand(panel.place, panel.look, LANES, shown[-1])
    assert len(panel.plots[0].path.get_xdata()) == 7  # six epochs, and where it is now
    panel.draw(shown[0])  # reset
    assert len(panel.plots[0].path.get_xdata()) == 2
    other = run(1, config=CONFIG.replace(seed=3))
    panel.stand(panel.place, panel.look, LANES, other[-1])
    assert len(panel.plots[0].path.get_xdata()) == 2


def test_looking_back_shortens_the_path_and_forgets_nothing(stand: Any) -> None:
    shown = run(5)
    panel = stand(DiamondPanel, shown[0], LANES)
    for snapshot in shown[1:]:
        panel.draw(snapshot)
    panel.scene = replace(Scene(), live=shown[-1])
    panel.draw(shown[2])
    assert len(panel.plots[0].path.get_xdata()) == 4
    panel.scene = Scene()
    panel.draw(shown[-1])
    assert len(panel.plots[0].path.get_xdata()) == 7


def test_a_long_path_is_thinned_and_keeps_its_ends() -> None:
    trail = Trail()
    for epoch in range(1000):
        trail.add(epoch, np.array([[epoch, -epoch]]))
    path = trail.until(999, 0)
    assert len(path) <= TRAIL
    assert path[0].tolist() == [0, 0]
    assert path[-1].tolist() == [999, -999]
    assert (np.diff(path[:, 0]) > 0).all()


def test_the_terms_add_up_as_they_are_read() -> None:
    assert sizes(0.62, -0.224, cost(l1=1))[0] == "Σ|w| = 0.62 + 0.22 = 0.84"
    assert sizes(0.6, -0.5, cost(l2=1))[0] == "Σw² = 0.36 + 0.25 = 0.61"
    assert sizes(0.62, 0.0, cost(l1=1))[0] == "Σ|w| = 0.62 + 0 = 0.62"
    assert sizes(0.03, -0.0144, cost(l1=1))[0] == "Σ|w| = 0.0300 + 0.0144 = 0.0444"
    assert sizes(0.0, 0.0, cost(l1=1))[0] == "both weights are exactly 0"
    assert sizes(0.5, 0.003, cost(l1=1))[0] == "Σ|w| = 0.5000 + 0.0030 = 0.5030"  # a plain 0 is exactly 0


def test_without_a_penalty_it_says_so(snapshot: Any, stand: Any, words: Any) -> None:
    lanes = (Lane("none"), Lane("dropout", ("dropout",)))
    panel = stand(DiamondPanel, snapshot(CONFIG, lanes), lanes)
    assert "no lane has a penalty: there is no diamond and no disc" in words(panel)
    assert not panel.pointer("click", 200, 200).redraw


def test_weights_that_are_both_0_stand_at_the_middle_of_a_point(model: Any, stand: Any) -> None:
    each = model(LANES[0].config(CONFIG))
    zero = tuple(np.zeros_like(W) for W in each.weights)
    panel = stand(DiamondPanel, Snapshot(40, (replace(each, weights=zero),)), LANES[:1])
    (plot,) = panel.plots
    assert plot.sum.get_text() == "both weights are exactly 0"
    assert not plot.ball.get_path().vertices.any()


def test_lanes_of_different_widths_share_pairs_that_all_of_them_have(model: Any, stand: Any) -> None:
    lanes = (Lane("wide", ("l1",)), Lane("narrow", ("l2",), fixed={"hidden": (3,)}))
    shown = Snapshot(40, tuple(model(lane.config(CONFIG)) for lane in lanes))
    panel = stand(DiamondPanel, shown, lanes)
    assert {pair.first[1] for pair in panel.choices} == {0, 1, 2}
    assert [plot.shown.model for plot in panel.plots] == list(shown.models)


@pytest.mark.parametrize(("linear", "end"), [((), "unit"), ((0,), "unit or output"), ((0, 1), "output")])
def test_the_axes_name_what_the_weights_of_all_lanes_lead_to(
    linear: tuple[int, ...], end: str, model: Any, stand: Any
) -> None:
    lanes = [Lane(f"L1 {i}", ("l1",), fixed={"hidden": ()} if i in linear else {}) for i in range(2)]
    panel = stand(DiamondPanel, Snapshot(40, tuple(model(lane.config(CONFIG)) for lane in lanes)), lanes)
    pair, names = panel.choices[0], load(CONFIG).feature_names
    for text, (source, unit) in ((panel.across, pair.first), (panel.up, pair.second)):
        assert text.get_text() == f"w of {names[source]} → {end} {unit + 1}"


def test_a_turned_page_tints_in_the_lane_s_colour_with_the_same_colour_table(snapshot: Any, stand: Any) -> None:
    lanes = [Lane(f"L1 {i}", ("l1",)) for i in range(6)]
    shown = snapshot(CONFIG, lanes)
    panel = stand(DiamondPanel, shown, lanes, width=390)
    tables = [plot.image.get_cmap() for plot in panel.plots]
    assert "click here for more" in panel.subtitle.get_text()
    panel.pointer("click", 5, 5)
    panel.draw(shown)
    while panel.behind:
        panel.draw(shown)
    assert panel.plots[0].lane > 0
    for plot, table in zip(panel.plots, tables, strict=True):
        assert plot.image.get_cmap() is table
        deepest = np.asarray(plot.image.get_array()).min()
        color = np.array(to_rgb(panel.look.lanes[plot.lane])) * 0.62 + 0.38
        assert np.array(table(int(deepest))[:3]) == pytest.approx(color, abs=0.02)


def test_data_with_a_single_input_have_no_two_weights_to_show(snapshot: Any, stand: Any, words: Any) -> None:
    rng = np.random.default_rng(0)
    rv.add_data("one", rng.normal(size=(60, 1)), np.arange(60) % 2)
    panel = stand(DiamondPanel, snapshot(CONFIG.replace(data="one", noise=0.0, n_train=30), LANES), LANES)
    assert any(text.startswith("one input") for text in words(panel))
    assert not panel.pointer("click", 200, 200).redraw


# -- groups

GROUPED = Lane("group lasso", fixed={"group_lasso": 1e-2})


def test_in_one_group_the_shape_is_a_disc_and_of_two_groups_a_diamond_with_round_corners() -> None:
    W = np.zeros((2, 3))
    lasso, one, two = Terms({"group_lasso": 0.7}), Pair((0, 0), (0, 2)), Pair((0, 1), (1, 1))
    assert np.hypot(*ball(0.6, -0.8, Slice(lasso, W, one), 2.0).T) == pytest.approx(1, rel=1e-9)
    assert np.abs(ball(0.6, -0.8, Slice(lasso, W, two), 2.0)).sum(axis=1) == pytest.approx(1.4, rel=1e-9)
    W[:, 0] = 0.5, 0.1  # what else is in the groups
    x, y = ball(0.6, -0.8, Slice(lasso, W, two), 2.0).T
    assert np.hypot(x, 0.5) + np.hypot(y, 0.1) == pytest.approx(np.hypot(0.6, 0.5) + np.hypot(0.8, 0.1), rel=1e-9)


def test_a_lane_with_a_group_penalty_shows_weights_of_one_group_and_of_two_by_turns(snapshot: Any, stand: Any) -> None:
    lanes = (Lane("L1", ("l1",)), GROUPED)
    shown = snapshot(CONFIG, lanes)
    panel = stand(DiamondPanel, shown, lanes, width=700)
    for turn, same in enumerate((True, False, True)):
        pair = panel.choices[turn]
        assert (pair.first[0] == pair.second[0]) == same
        assert (pair.first[1] == pair.second[1]) != same
        for plot in panel.plots:
            model = shown.models[plot.lane]
            its = Slice(Terms.of(model), model.weights[0], pair)
            corners = plot.ball.get_path().vertices
            assert its(*corners.T) == pytest.approx(float(its(*pair.of(model))), rel=1e-9)
            assert np.abs(corners).max() <= panel.reach
        panel.pointer("click", 200, 200)
        panel.draw(shown)
    assert panel.plots[1].sum.get_text().startswith("Σ√p·‖w‖ = ")
