"""The gradients panel shows the probe's gradients of the largest weights, and says how they pull."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from regviz import Config, Trainer, probes
from regviz.lab.compare.lanes import DEFAULT_LANES, Lane
from regviz.lab.compare.scene import Scene
from regviz.lab.look.lettering import width_of
from regviz.lab.panels.gradients import MOST, GradientsPanel, angle
from regviz.language import speaking
from regviz.training.snapshot import Snapshot

CONFIG = Config(l1=1e-2, l2=1e-2, dropout=0.5, hidden=(16, 16))


def heights(panel: Any) -> list[Any]:
    """Heights of the bars of the three rows."""
    return [patch.get_path().vertices.reshape(MOST, 5, 2)[:, 2, 1] for patch in panel.bars]


def choose(panel: Any, shown: Snapshot, lane: int, layer: int = 0) -> None:
    panel.scene, panel.layer = Scene(chosen=lane), layer
    panel.draw(shown)


@pytest.mark.parametrize("lane", [0, 1, 2])
@pytest.mark.parametrize("layer", [0, 1, 2])
def test_bars_are_the_gradients_of_the_chosen_weights(lane: int, layer: int, snapshot: Any, stand: Any) -> None:
    shown = snapshot(CONFIG)
    panel = stand(GradientsPanel, shown)
    choose(panel, shown, lane, layer)
    model = shown.models[lane]
    found = probes.gradient_split(model, model.split.X_train, model.split.y_train)
    for row, part in zip(heights(panel), found, strict=True):
        expected = part[layer].ravel()[panel.chosen]
        assert row[: len(expected)] == pytest.approx(expected, abs=1e-12)
        assert not row[len(expected) :].any()


def test_the_rows_add_up(snapshot: Any, stand: Any) -> None:
    data, penalty, total = heights(stand(GradientsPanel, snapshot(CONFIG)))
    assert data + penalty == pytest.approx(total, abs=1e-7)


def test_the_penalty_row_is_the_slide_s_formula(snapshot: Any, stand: Any) -> None:
    shown = snapshot(CONFIG)
    panel = stand(GradientsPanel, shown)
    for lane, words, pull in (
        (1, "+λ·sign(w)", np.sign),
        (2, "+2λw", lambda w: 2 * w),
        (0, "+0, λ is 0", lambda w: 0 * w),
    ):
        choose(panel, shown, lane)
        w = shown.models[lane].weights[0].ravel()[panel.chosen]
        assert heights(panel)[1][: len(w)] == pytest.approx(1e-2 * pull(w), abs=1e-12)
        assert panel.names[1].get_text() == words


def test_longer_words_of_another_language_leave_each_row_its_own_name(
    snapshot: Any, stand: Any, letters: float
) -> None:
    shown = snapshot(CONFIG)
    for width, data in ((600, "pérdida de datos"), (220, "pérdida")):
        with speaking("es"):
            panel = stand(GradientsPanel, shown, width=width * letters)
            choose(panel, shown, 1)
        assert [name.get_text() for name in panel.names] == [data, "+λ·sign(w)", "= suma"]
        assert all(width_of(name.get_text(), panel.look.label_size, bold=True) <= panel._left for name in panel.names)


def test_the_weights_are_the_largest_and_stand_in_order(snapshot: Any, stand: Any) -> None:
    shown = snapshot(CONFIG)
    panel = stand(GradientsPanel, shown)
    choose(panel, shown, 1, 1)
    w = shown.models[1].weights[1].ravel()
    kept = w[panel.chosen]
    assert len(kept) == MOST
    assert (np.diff(kept) <= 0).all()
    assert np.abs(kept).min() >= np.delete(np.abs(w), panel.chosen).max()


def test_the_order_stays_while_the_weights_move_and_is_renewed_when_they_fade(model: Any, stand: Any) -> None:
    config = DEFAULT_LANES[2].config(CONFIG)
    whole = model(config)
    panel = stand(GradientsPanel, Snapshot(40, (whole,)), DEFAULT_LANES[2:3])
    before = panel.chosen.copy()
    moved = model(config, step=41, weights=(0.9 * whole.weights[0][:, ::1], *whole.weights[1:]))
    panel.draw(Snapshot(41, (moved,)))
    assert np.array_equal(panel.chosen, before)
    W = whole.weights[0].copy().ravel()
    W[before] *= 1e-3
    panel.draw(Snapshot(42, (model(config, step=42, weights=(W.reshape(2, 16), *whole.weights[1:])),)))
    assert np.array_equal(panel.chosen, before)  # the layer has 32 weights: there are no others
    choose(panel, Snapshot(43, (model(config, step=43),)), 0, 1)
    before = panel.chosen.copy()
    W = whole.weights[1].copy().ravel()
    W[before] *= 1e-3
    faded = model(config, step=44, weights=(whole.weights[0], W.reshape(16, 16), whole.weights[2]))
    panel.draw(Snapshot(44, (faded,)))
    assert not set(panel.chosen) & set(before)


def test_norms_and_angle_are_of_the_whole_layer(snapshot: Any, stand: Any) -> None:
    shown = snapshot(CONFIG)
    panel = stand(GradientsPanel, shown, width=700)
    choose(panel, shown, 2, 1)
    model = shown.models[2]
    found = probes.gradient_split(model, model.split.X_train, model.split.y_train)
    for text, part in zip(panel.norms, found, strict=True):
        assert float(text.get_text().removeprefix("norm ")) == pytest.approx(np.linalg.norm(part[1]), rel=0.06)
    degrees = angle(found.data[1].ravel(), found.penalty[1].ravel())
    assert panel.angle.get_text() == f"angle of data and penalty: {degrees:.0f}°"


def test_angles_are_those_of_geometry() -> None:
    a = np.array([1.0, 0.0])
    assert angle(a, np.array([0.0, 2.0])) == pytest.approx(90)
    assert angle(a, -3 * a) == pytest.approx(180)
    assert angle(a, np.array([1.0, 1.0])) == pytest.approx(45)
    assert np.isnan(angle(a, np.zeros(2)))


def test_where_training_has_settled_data_and_penalty_cancel(stand: Any) -> None:
    lane = Lane("L2", ("l2",))
    config = lane.config(CONFIG.replace(hidden=(), optimizer="sgd", lr=0.5, batch_size=100, l2=0.05, dtype="float64"))
    trainer = Trainer([config])
    trainer.advance(epochs=2000)
    panel = stand(GradientsPanel, trainer.snapshot(), (lane,))
    data, penalty, total = heights(panel)
    assert np.abs(total).max() < 1e-9 < 1e-4 < np.abs(penalty).max()
    assert data == pytest.approx(-penalty, abs=1e-9)
    assert panel.angle.get_text().endswith("180°")


def test_it_shows_the_first_lane_with_a_penalty_until_one_is_chosen(snapshot: Any, stand: Any) -> None:
    shown = snapshot(CONFIG)
    panel = stand(GradientsPanel, shown)
    assert panel.who.get_text() == "L1 0.01, layer 1 of 3"
    assert panel.who.get_color() == panel.look.lanes[1]
    choose(panel, shown, 3)
    assert panel.who.get_text() == "dropout 0.5, layer 1 of 3"
    assert panel.angle.get_text() == "no pull by a penalty"


def test_a_click_goes_to_the_next_layer_and_the_last_one_back_to_the_first(snapshot: Any, stand: Any) -> None:
    shown = snapshot(CONFIG)
    panel = stand(GradientsPanel, shown)
    seen = []
    for _ in range(4):
        seen.append(panel.who.get_text()[-6:])
        assert panel.pointer("click", 200, 200).redraw
        panel.draw(shown)
    assert seen == ["1 of 3", "2 of 3", "3 of 3", "1 of 3"]
    assert panel.pointer("move", 200, 200).hint == "click: next layer"
    assert not panel.pointer("move", 200, 200).redraw


def test_of_several_penalties_each_part_is_seen_and_the_formula_names_all(model: Any, stand: Any) -> None:
    each = model(CONFIG.replace(l1=0.02, l2=0.05, group_lasso=0.01))
    lane = Lane("all", fixed={"l1": 0.02, "l2": 0.05, "group_lasso": 0.01})
    panel = stand(GradientsPanel, Snapshot(40, (each,)), (lane,), width=900)
    w = each.weights[0].ravel()[panel.chosen]
    first = panel.first.get_path().vertices.reshape(MOST, 5, 2)[: len(w), 2, 1]
    assert first == pytest.approx(0.02 * np.sign(w), abs=1e-12)
    assert panel.names[1].get_text() == "+λ·sign(w) + 2λw + λ·√p·w/‖w‖"
    assert panel.norms[1].get_text().endswith("dark: λ·sign(w)")
    W = each.weights[0]
    group = 0.01 * np.sqrt(W.shape[1]) * W / np.linalg.norm(W, axis=1, keepdims=True)
    expected = (0.02 * np.sign(W) + 0.1 * W + group).ravel()[panel.chosen]
    assert heights(panel)[1][: len(w)] == pytest.approx(expected, abs=1e-12)
