"""The initialization panel shows the probes' standard deviations by layer, now and at the start."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from regviz import Config, Trainer, probes
from regviz.lab.compare.lanes import Lane
from regviz.lab.look.lettering import width_of
from regviz.lab.panels.initialization import FLOOR, ROWS, InitializationPanel, distinct_units, spreads
from regviz.training.snapshot import Snapshot

INITS = tuple(Lane(init, fixed={"init": init}) for init in ("zeros", "normal", "xavier", "he"))
DEEP = Config(hidden=(48,) * 8)


def training(config: Config, lanes: Any = INITS) -> Trainer:
    return Trainer([lane.config(config) for lane in lanes])


def test_lines_are_the_probes_stds_and_gradients_relative_to_the_last_layer(snapshot: Any, stand: Any) -> None:
    shown = snapshot()
    panel = stand(InitializationPanel, shown)
    for i, model in enumerate(shown.models):
        found = probes.statistics(model, model.split.X_train[:ROWS], model.split.y_train[:ROWS])
        np.testing.assert_allclose(10 ** panel.lines[0][i].get_ydata(), found.activations.std, rtol=1e-6)
        relative = found.gradients.std / found.gradients.std[-1]
        np.testing.assert_allclose(10 ** panel.lines[1][i].get_ydata(), relative, rtol=1e-6)
        assert panel.labels[0][i].get_text() == f"{found.activations.std[-1]:.2f}"
        assert panel.labels[1][i].get_text().startswith(f"{relative[0]:.2f}")


def test_he_keeps_the_spread_within_the_band_over_eight_layers_and_small_normal_does_not() -> None:
    models = training(DEEP).snapshot().models
    he, normal = spreads(models[3])[0], spreads(models[1])[0]
    assert (he >= 0.5).all()
    assert (he <= 2).all()
    assert normal[-1] < 1e-3


def test_zeros_make_the_units_of_a_layer_identical_and_the_picture_says_so(stand: Any) -> None:
    trainer = training(DEEP.replace(hidden=(48, 48), activation="sigmoid"))
    panel = stand(InitializationPanel, trainer.snapshot(), INITS)
    assert distinct_units(trainer.snapshot().models[0]) == (1, 1)
    assert distinct_units(trainer.snapshot().models[3]) == (48, 48)
    trainer.advance(epochs=5)
    its = trainer.snapshot().models[0]
    assert np.abs(its.weights[1]).max() > 0.01  # they learn, all of them the same
    assert distinct_units(its) == (1, 1)
    panel.draw(trainer.snapshot())
    said = panel.subtitle.get_text()
    assert said == "zeros: the 48 units of a layer are identical, 1 distinct unit of 48"


def test_without_identical_units_it_says_what_is_shown(stand: Any) -> None:
    panel = stand(InitializationPanel, training(DEEP, INITS[1:]).snapshot(), INITS[1:])
    assert "identical" not in panel.subtitle.get_text()
    assert "0.5 to 2" in panel.subtitle.get_text()


def test_the_start_is_remembered_and_stays_while_the_lines_move(stand: Any) -> None:
    trainer = training(DEEP.replace(hidden=(24, 24, 24)))
    panel = stand(InitializationPanel, trainer.snapshot(), INITS)
    start = [line.get_ydata().copy() for line in panel.ghosts[0]]
    np.testing.assert_array_equal(start[3], panel.lines[0][3].get_ydata())
    trainer.advance(epochs=20)
    later = trainer.snapshot()
    for _ in range(8):
        panel.draw(later)
    assert not panel.behind
    np.testing.assert_array_equal(panel.ghosts[0][3].get_ydata(), start[3])
    assert not np.array_equal(panel.lines[0][3].get_ydata(), start[3])
    stand(lambda: panel, later, INITS, 390, 330)
    np.testing.assert_array_equal(panel.ghosts[0][3].get_ydata(), start[3])


def test_a_new_run_forgets_the_start_of_the_last(stand: Any) -> None:
    trainer = training(DEEP.replace(hidden=(24, 24)))
    trainer.advance(epochs=3)
    panel = stand(InitializationPanel, trainer.snapshot(), INITS)
    assert panel.start == [None] * 4
    again = training(DEEP.replace(hidden=(24, 24))).snapshot()
    stand(lambda: panel, again, INITS)
    assert all(start is not None for start in panel.start)


def test_what_has_vanished_lies_at_the_bottom_and_is_called_0(stand: Any) -> None:
    panel = stand(InitializationPanel, training(DEEP).snapshot(), INITS)
    low = panel.plots[0].get_ylim()[0]
    assert low >= FLOOR
    assert (panel.lines[0][0].get_ydata() == low).all()
    assert panel.labels[0][0].get_text() == "0"


def test_both_plots_share_an_axis_with_the_band_in_it(snapshot: Any, stand: Any) -> None:
    panel = stand(InitializationPanel, snapshot())
    assert panel.plots[0].get_ylim() == panel.plots[1].get_ylim()
    low, high = panel.plots[0].get_ylim()
    assert low < np.log10(0.5) < np.log10(2) < high
    assert panel.plots[1].get_xlim()[0] > panel.plots[1].get_xlim()[1]  # gradients run back


@pytest.mark.parametrize("count", [4])
def test_labels_do_not_overlap(count: int, snapshot: Any, stand: Any) -> None:
    panel = stand(InitializationPanel, snapshot(lanes=INITS[:count]), INITS[:count])
    for labels in panel.labels:
        heights = sorted(320 * (1 - text.get_position()[1]) for text in labels)
        assert min(np.diff(heights)) > 0.95 * panel.look.label_size


@pytest.mark.parametrize("width", [360, 520, 780, 1200])
@pytest.mark.parametrize("small", [7.7e-4, 8.8e-12])
def test_the_smallest_numbers_have_room_at_the_right(width: int, small: float, snapshot: Any, stand: Any) -> None:
    panel = stand(InitializationPanel, snapshot(lanes=INITS), INITS, width=width)
    panel.found = [(np.full(2, small), np.full(2, small), (2, 2)) for _ in INITS]
    panel._show_all(snapshot(lanes=INITS).models)
    for k, labels in enumerate(panel.labels):
        for text in labels:
            end = width * text.get_position()[0] + width_of(text.get_text(), panel.look.label_size, bold=True)
            assert end <= (panel._lefts[1] if k == 0 else width)


def test_a_linear_model_has_no_layer_and_the_picture_says_so(snapshot: Any, stand: Any, words: Any) -> None:
    assert "a linear model has no hidden layer" in words(stand(InitializationPanel, snapshot(Config(hidden=()))))


@pytest.mark.parametrize("size", [1e6, 1e12, 1e18, 1e30])
def test_a_network_that_explodes_leaves_the_picture_without_a_warning(size: float, model: Any, stand: Any) -> None:
    config = Config(data="diabetes", n_train=40, hidden=(3, 3, 3))
    whole = model(config)
    exploded = model(config, weights=tuple(np.asarray(size * W, np.float32) for W in whole.weights))
    lanes = (Lane("explodes"), Lane("sound"))
    panel = stand(InitializationPanel, Snapshot(40, (exploded, whole)), lanes)
    alone = stand(InitializationPanel, Snapshot(40, (whole,)), lanes[1:])
    for line, its in zip((panel.lines[0][1], panel.lines[1][1]), (alone.lines[0][0], alone.lines[1][0]), strict=True):
        np.testing.assert_array_equal(line.get_ydata(), its.get_ydata())
    panel.place.figure.draw_without_rendering()
