"""The network panel shows the weights and the mask as they are, and what removed units cost, as the probes say."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from regviz import Config, probes
from regviz.lab.compare.lanes import DEFAULT_LANES, Lane
from regviz.lab.compare.scene import Answer, Scene
from regviz.lab.look.numbers import SPACE
from regviz.lab.panels.network.graph import EDGES, norms, places, strongest, updated
from regviz.lab.panels.network.network import NetworkPanel
from regviz.training.snapshot import Snapshot

DROPOUT = (Lane("dropout", ("dropout",)),)
PLAIN = (Lane("none"),)
CONFIG = Config(data="wine", n_train=60, hidden=(6, 5), dropout=0.5)


def removing() -> NetworkPanel:
    """One whose units a click removes."""
    panel = NetworkPanel()
    panel.look_at(("remove",))
    return panel


def spot(panel: Any, layer: int, place: int) -> tuple[float, float]:
    """Where a unit stands in the panel, for the pointer."""
    return float(panel.graph.x[layer]), float(panel.graph.y[layer][place]) + panel._top


def shown_weights(panel: Any, model: Any) -> Any:
    parts = [W[np.ix_(panel.shown[k], panel.shown[k + 1])].ravel() for k, W in enumerate(model.weights)]
    return np.concatenate(parts)


def test_edges_are_as_wide_as_their_weights_are_large_and_coloured_by_sign(snapshot: Any, stand: Any) -> None:
    shown = snapshot(CONFIG, PLAIN)
    panel = stand(NetworkPanel, shown, PLAIN)
    weights = shown_weights(panel, shown.models[0])
    widths, colors = np.array(panel.edges.get_linewidth()), panel.edges.get_color()
    inside = np.abs(weights) < panel.scale
    slope = np.polyfit(np.abs(weights[inside]), widths[inside], 1)
    np.testing.assert_allclose(np.polyval(slope, np.abs(weights[inside])), widths[inside], rtol=1e-9)
    assert len(np.unique(colors[weights > 0, :3], axis=0)) == 1
    assert len(np.unique(colors[weights < 0, :3], axis=0)) == 1
    assert (colors[weights > 0][0, :3] != colors[weights < 0][0, :3]).any()


def test_an_edge_whose_weight_is_exactly_0_is_gone(model: Any, stand: Any) -> None:
    whole = model(CONFIG.replace(dropout=0.0))
    rng = np.random.default_rng(1)
    weights = tuple(np.where(rng.random(W.shape) < 0.6, 0, W) for W in whole.weights)
    its = model(whole.config, weights=weights)
    panel = stand(NetworkPanel, Snapshot(0, (its,)), PLAIN)
    np.testing.assert_array_equal(np.array(panel.edges.get_linewidth()) > 0, shown_weights(panel, its) != 0)


def test_units_dropped_for_the_first_sample_of_the_last_step_lose_their_edges(snapshot: Any, stand: Any) -> None:
    shown = snapshot(CONFIG, DROPOUT)
    model = shown.models[0]
    panel = stand(NetworkPanel, shown, DROPOUT)
    kept = [np.ones(len(panel.shown[0]), bool)]
    kept += [mask[0, units] for mask, units in zip(model.masks, panel.shown[1:-1], strict=True)]
    kept += [np.ones(len(panel.shown[-1]), bool)]
    expected = np.concatenate([np.outer(kept[k], kept[k + 1]).ravel() for k in range(3)])
    np.testing.assert_array_equal(np.array(panel.edges.get_linewidth()) > 0, expected)
    back = np.array([1.0, 1.0, 1.0])
    hollow = (panel.units.get_facecolor()[:, :3] == back).all(axis=1)
    np.testing.assert_array_equal(hollow, ~np.concatenate(kept))


def test_a_click_kills_a_unit_and_its_loss_is_the_probes(snapshot: Any, stand: Any) -> None:
    shown = snapshot(CONFIG, PLAIN)
    model = shown.models[0]
    panel = stand(removing, shown, PLAIN)
    assert panel.worth is None
    answer = panel.pointer("click", *spot(panel, 1, 2))
    assert answer.redraw
    panel.draw(shown)
    unit = int(panel.shown[1][2])
    assert panel.killed == {(0, unit)}
    X, y = model.split.X_val, model.split.y_val
    every = probes.ablate(model, X, y)
    full, left = panel.worth
    assert full == (every.full_loss, every.full_score)
    assert left.loss == pytest.approx(every.loss[0][unit], rel=1e-6)
    assert left.score == pytest.approx(every.score[0][unit], rel=1e-9)
    said = panel.verdict.get_text()
    assert said.startswith("1 unit removed: accuracy")
    assert f"{100 * full.score:.1f} → {100 * left.score:.1f}{SPACE}%" in said
    assert f"loss {full.loss:.2f} → {left.loss:.2f}" in said


def test_killed_units_are_struck_out_and_count_together(snapshot: Any, stand: Any) -> None:
    shown = snapshot(CONFIG, PLAIN)
    model = shown.models[0]
    panel = stand(removing, shown, PLAIN)
    for layer, place in ((1, 0), (1, 3), (2, 1)):
        panel.pointer("click", *spot(panel, layer, place))
        panel.draw(shown)
    gone = {0: [int(panel.shown[1][0]), int(panel.shown[1][3])], 1: [int(panel.shown[2][1])]}
    assert panel.worth[1] == probes.without(model, model.split.X_val, model.split.y_val, gone)
    assert panel.verdict.get_text().startswith("3 units removed")
    strikes = np.column_stack(panel.strikes.get_data())
    assert np.isnan(strikes[:, 0]).sum() == 2 * 3
    middle = strikes[:2].mean(axis=0)
    np.testing.assert_allclose(middle, (panel.graph.x[1], panel.graph.y[1][0]), atol=1e-9)


def test_a_second_click_brings_the_unit_back(snapshot: Any, stand: Any) -> None:
    shown = snapshot(CONFIG, PLAIN)
    panel = stand(removing, shown, PLAIN)
    before = np.array(panel.edges.get_linewidth())
    for _ in range(2):
        panel.pointer("click", *spot(panel, 2, 0))
        panel.draw(shown)
    assert panel.killed == set()
    assert panel.worth is None
    np.testing.assert_array_equal(panel.edges.get_linewidth(), before)
    assert len(panel.strikes.get_xdata()) == 0


def test_what_is_killed_outlives_a_resize_and_a_change_of_look(snapshot: Any, stand: Any) -> None:
    shown = snapshot(CONFIG, PLAIN)
    panel = stand(removing, shown, PLAIN)
    panel.pointer("click", *spot(panel, 1, 2))
    panel.draw(shown)
    said = panel.worth
    stand(lambda: panel, shown, PLAIN, 390, 330, "dark", 1.6)
    assert panel.worth == said
    assert panel.verdict.get_text().startswith("1 unit removed")
    (killed,) = panel.killed
    assert killed[1] in panel.shown[1]


@pytest.mark.parametrize("after", [(25,), (3,), (64, 5), ()])
def test_removed_units_that_a_smaller_network_has_not_are_forgotten(
    after: tuple[int, ...], snapshot: Any, stand: Any
) -> None:
    """With their answers, fewer units have a place than in the plain picture: then all in sight may be removed ones."""
    wide = snapshot(Config(hidden=(64,)), PLAIN)
    panel = stand(removing, wide, PLAIN, 560, 340)
    panel.look_at(("plain", "remove"))
    panel.draw(wide)
    panel.killed = {(0, unit) for unit in (*range(8), 42, 62)}
    panel.draw(wide)
    panel.look_at(("remove",))
    panel.draw(wide)
    shown = snapshot(Config(hidden=after), PLAIN, epochs=3)
    panel.stand(panel.place, panel.look, PLAIN, shown)
    panel.draw(shown)
    assert all(unit < after[layer] for layer, unit in panel.killed)
    if after == (25,):
        assert (0, 1) in panel.killed
        gone = {0: sorted(unit for _, unit in panel.killed)}
        model = shown.models[0]
        assert panel.worth[1] == probes.without(model, model.split.X_val, model.split.y_val, gone)


def test_a_pointer_on_a_unit_is_told_its_numbers(snapshot: Any, stand: Any) -> None:
    shown = snapshot(CONFIG, PLAIN)
    model = shown.models[0]
    panel = stand(NetworkPanel, shown, PLAIN)
    answer = panel.pointer("move", *spot(panel, 2, 3))
    assert not answer.redraw
    unit = int(panel.shown[2][3])
    mean = probes.signals(model, model.split.X_val).activations[1][:, unit].mean()
    assert answer.hint.split("\n") == [
        f"hidden layer 2, unit {unit + 1}",
        f"incoming norm {np.linalg.norm(model.weights[1][:, unit]):.2f}",
        f"outgoing norm {np.linalg.norm(model.weights[2][unit]):.2f}",
        f"mean activation {mean:.2f}",
        f"incoming weights exactly 0: 0{SPACE}%",
    ]
    assert panel.pointer("move", 2, 2) == Answer()
    assert panel.pointer("leave", 0, 0) == Answer()


def test_inputs_and_outputs_have_numbers_but_cannot_be_killed(snapshot: Any, stand: Any) -> None:
    shown = snapshot(CONFIG, PLAIN)
    panel = stand(removing, shown, PLAIN)
    for layer, start in ((0, "input "), (3, "output class_")):
        answer = panel.pointer("click", *spot(panel, layer, 1))
        assert answer.hint.startswith(start)
        assert not answer.redraw
    assert panel.killed == set()


def test_it_shows_the_chosen_lane_else_the_first_with_dropout_or_l1(snapshot: Any, stand: Any) -> None:
    shown = snapshot(CONFIG.replace(l1=1e-3))
    panel = stand(NetworkPanel, shown)
    assert panel.title.text.get_text() == "L1 0.001"
    assert panel.title.text.get_color() == panel.look.lanes[1]
    panel.scene = Scene(chosen=3)
    panel.draw(shown)
    assert panel.title.text.get_text() == "dropout 0.5"
    alone = stand(NetworkPanel, snapshot(CONFIG, DEFAULT_LANES[:1]), DEFAULT_LANES[:1])
    assert alone.title.text.get_text() == "none"


def test_wide_layers_show_their_strongest_units_and_say_how_many(snapshot: Any, stand: Any, words: Any) -> None:
    wide = Config(data="digits", n_train=300, hidden=(64, 64))
    shown = snapshot(wide, PLAIN)
    panel = stand(NetworkPanel, shown, PLAIN)
    its = norms(shown.models[0])
    for k in (1, 2):
        count = len(panel.shown[k])
        weakest, rest = its[k].strength[panel.shown[k]].min(), np.delete(its[k].strength, panel.shown[k])
        assert weakest >= rest.max()
        assert f"{count} of 64" in words(panel)


@pytest.mark.parametrize("widths", [(64, 64, 64, 10), (2, 64, 64, 2), (13, *(64,) * 8, 3), (30, 2), (1024, 1024, 10)])
def test_never_more_edges_than_can_be_drawn_in_time(widths: tuple[int, ...]) -> None:
    shown = places(widths, 16)
    assert sum(shown[k] * shown[k + 1] for k in range(len(shown) - 1)) <= EDGES
    assert all(2 <= count <= width for count, width in zip(shown, widths, strict=True))


def test_a_unit_keeps_its_place_until_another_is_twice_as_strong() -> None:
    strength = np.array([5.0, 4.0, 3.0, 2.9, 1.0])
    shown = strongest(strength, 3)
    assert shown.tolist() == [0, 1, 2]
    assert updated(shown, np.array([5.0, 4.0, 3.0, 5.9, 1.0])).tolist() == [0, 1, 2]
    assert updated(shown, np.array([5.0, 4.0, 3.0, 6.1, 1.0])).tolist() == [0, 1, 3]
    assert updated(shown, np.array([5.0, 4.0, 0.0, 9.1, 1.0]), keep=[2]).tolist() == [0, 3, 2]


def test_weights_alone_are_drawn_once_an_epoch_and_once_more_when_training_stands_still(model: Any, stand: Any) -> None:
    def at(step: int, epoch: int, seed: int) -> Snapshot:
        return Snapshot(step, (model(CONFIG.replace(dropout=0.0), seed, step=step, epochs=epoch),))

    panel = stand(NetworkPanel, at(40, 12, 0), PLAIN)
    first = np.array(panel.edges.get_linewidth())
    for step in (41, 42):
        panel.draw(at(step, 12, step))
        assert panel.behind
        np.testing.assert_array_equal(panel.edges.get_linewidth(), first)
    panel.draw(at(42, 12, 42))
    assert not panel.behind
    assert (np.array(panel.edges.get_linewidth()) != first).any()


def test_a_regression_says_the_loss(snapshot: Any, stand: Any) -> None:
    shown = snapshot(Config(data="diabetes", n_train=100, hidden=(6,)), PLAIN)
    panel = stand(removing, shown, PLAIN)
    panel.pointer("click", *spot(panel, 1, 0))
    panel.draw(shown)
    full, left = panel.worth
    assert f"validation loss {full.loss:.2f} → {left.loss:.2f}" in panel.verdict.get_text()


def test_a_linear_model_is_inputs_and_outputs_only(snapshot: Any, stand: Any) -> None:
    panel = stand(NetworkPanel, snapshot(CONFIG.replace(hidden=()), PLAIN), PLAIN)
    assert panel.verdict.get_text() == "a linear model: inputs and outputs only"
    assert len(panel.shown) == 2
