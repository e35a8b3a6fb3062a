"""The path of unit norms is that of the snapshots there were, whoever has seen them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from regviz import Config
from regviz.lab.compare.lanes import DEFAULT_LANES, Lane
from regviz.lab.compare.scene import Scene
from regviz.lab.compare.session import Session
from regviz.lab.panels.norms.norms import NormsPanel
from regviz.lab.panels.norms.paths import POINTS, UNITS, Paths
from regviz.lab.panels.parts.following import MOST
from regviz.training.snapshot import Snapshot

SMALL = Config(n_train=50, batch_size=25, hidden=(6, 4), l1=1e-3, l2=1e-3, dropout=0.5)
PLAIN = (Lane("none"),)


@pytest.fixture(scope="module")
def run(seen_run: Any) -> Session:
    """Twelve epochs, each of which was shown."""
    found: Session = seen_run(SMALL)
    return found


def lengths(snapshot: Snapshot, lane: int, layer: int) -> list[float]:
    return [float(np.linalg.norm(w)) for w in snapshot.models[lane].weights[layer].T]


def drawn(panel: Any, lane: int) -> tuple[Any, Any]:
    """Epochs (n,) and norms (n, units), read off the line of a lane's units."""
    x, y = panel.units[lane].get_data()
    ends = np.flatnonzero(np.isnan(x))
    parts = np.split(np.column_stack([x, y]), ends + 1)[:-1]
    return parts[0][:-1, 0], np.column_stack([part[:-1, 1] for part in parts])


def settle(panel: Any, snapshot: Snapshot) -> None:
    """Draw until all lanes have had their turn."""
    panel.draw(snapshot)
    while panel.behind:
        panel.draw(snapshot)


def in_scene(scene: Scene) -> Callable[[], NormsPanel]:
    def made() -> NormsPanel:
        panel = NormsPanel()
        panel.scene = scene
        return panel

    return made


def test_each_line_is_the_norm_of_a_unit_at_the_epochs_that_are_kept(run: Session, stand: Any) -> None:
    panel = stand(in_scene(run.scene()), run.snapshot())
    for layer in range(3):
        for i in range(4):
            epochs, norms = drawn(panel, i)
            np.testing.assert_array_equal(epochs, run.tape.epochs)
            expected = [lengths(snapshot, i, layer) for snapshot in run.tape.snapshots()]
            np.testing.assert_allclose(norms, expected, rtol=1e-6)
            np.testing.assert_allclose(panel.medians[i].get_ydata(), np.median(expected, axis=1), rtol=1e-6)
            assert panel.units[i].get_color() == panel.look.lanes[i]
        said = panel.subtitle.get_text()
        assert said.startswith("outputs" if layer == 2 else f"hidden layer {layer + 1}")
        assert panel.pointer("click", 5, 5).redraw
        panel.draw(run.snapshot())
    assert panel.subtitle.get_text().startswith("hidden layer 1")


def test_looking_back_changes_no_path_and_marks_the_epoch(stand: Any) -> None:
    session = Session(SMALL)
    panel = stand(in_scene(session.scene()), session.snapshot())
    for _ in range(9):
        session.epoch()
        now = session.snapshot()
        panel.scene = session.scene()
        settle(panel, now)
    before = [drawn(panel, i) for i in range(4)]
    session.look_back(4)
    then = session.snapshot()
    panel.scene = session.scene()
    settle(panel, then)
    late = stand(in_scene(session.scene()), then)
    for i in range(4):
        assert set(panel.cursors[i].get_xdata()) == {4}
        for its in (drawn(panel, i), drawn(late, i)):
            np.testing.assert_array_equal(its[0], before[i][0])
            np.testing.assert_allclose(its[1], before[i][1], rtol=1e-6)
    session.look_back(None)
    session.reset()
    panel.scene = session.scene()
    settle(panel, session.snapshot())
    assert not panel.cursors[0].get_visible()
    assert drawn(panel, 0)[0].tolist() == [0]


def test_without_a_tape_it_remembers_what_it_was_shown(model: Any, stand: Any) -> None:
    snapshots = [Snapshot(0, (model(SMALL, seed, epochs=seed),)) for seed in range(4)]
    panel = stand(NormsPanel, snapshots[0], PLAIN)
    for snapshot in snapshots[1:]:
        panel.draw(snapshot)
    np.testing.assert_allclose(drawn(panel, 0)[1], [lengths(its, 0, 0) for its in snapshots], rtol=1e-6)
    other = panel.copy()
    panel.draw(snapshots[0])  # a run that begins anew
    assert drawn(panel, 0)[0].tolist() == [0]
    assert len(other.paths.rows) == 4


def test_a_long_run_and_wide_layers_stay_within_bounds(model: Any) -> None:
    wide = model(SMALL.replace(hidden=(200,)))
    paths, first = Paths(), Snapshot(0, (replace(wide, epoch=0),))
    for epoch in range(1200):
        paths.follow(Snapshot(epoch, (replace(wide, epoch=epoch),)), [first])
    assert MOST / 2 <= len(paths.rows) <= MOST
    epochs, norms = paths.of(0, 0, replace(wide, epoch=1199))
    assert norms.shape == (len(epochs), UNITS)
    assert POINTS / 2 <= len(epochs) <= POINTS + 2
    assert (epochs[0], epochs[-1]) == (0, 1199)
    assert len(set(np.diff(epochs[:-1]))) == 1


def test_a_long_past_is_read_in_pieces(model: Any, stand: Any) -> None:
    its = model(SMALL)
    past = [Snapshot(epoch, (replace(its, epoch=epoch),)) for epoch in range(100)]
    panel = stand(in_scene(Scene(past=past)), past[-1], PLAIN)
    assert panel.behind
    for _ in range(3):
        panel.draw(past[-1])
    assert not panel.behind
    assert len(panel.paths.rows) == 100


def test_one_lane_is_drawn_per_frame_once_an_epoch(run: Session, snapshot: Any, stand: Any) -> None:
    panel = stand(NormsPanel, snapshot(SMALL))
    asked: list[int] = []
    show = panel._show
    panel._show = lambda i, model: (asked.append(i), show(i, model))[1]
    later = snapshot(SMALL, epochs=13, step=41)
    for _ in range(6):
        panel.draw(later)
    assert asked == [0, 1, 2, 3]
    panel.draw(snapshot(SMALL, epochs=13, step=42))
    assert asked == [0, 1, 2, 3]
    panel.pointer("click", 5, 5)
    panel.draw(later)
    assert asked[4:] == [0, 1, 2, 3]


def test_the_limit_of_max_norm_is_dashed_where_it_is_on(snapshot: Any, stand: Any, words: Any) -> None:
    lanes = (Lane("free"), Lane("held", fixed={"max_norm": 1.5}), Lane("far", fixed={"max_norm": 50.0}))
    panel = stand(NormsPanel, snapshot(SMALL, lanes), lanes, width=800)
    assert [limit.get_visible() for limit in panel.limits] == [False, True, False]
    assert set(panel.limits[1].get_ydata()) == {1.5}
    assert panel.limits[1].get_linestyle() == "--"
    assert "dashed: max-norm" in panel.subtitle.get_text()
    assert [note.get_text() for note in panel.notes] == ["", "max-norm 1.50", "max-norm 50.00, above"]
    free = stand(NormsPanel, snapshot(SMALL))
    assert not any("max-norm" in text for text in words(free))


def test_a_dead_unit_ends_in_a_cross_and_is_counted(model: Any, stand: Any) -> None:
    alive = model(SMALL.replace(activation="tanh"))
    W, b = alive.weights[0].copy(), alive.biases[0].copy()
    W[:, [1, 3]], b[5] = 0, 50  # two that hear nothing, one that is saturated
    its = replace(alive, weights=(W, *alive.weights[1:]), biases=(b, *alive.biases[1:]))
    panel = stand(NormsPanel, Snapshot(0, (its, alive)), DEFAULT_LANES[:2])
    x, y = panel.crosses[0].get_data()
    np.testing.assert_allclose(y, [0, 0, np.linalg.norm(W[:, 5])])
    assert set(x) == {its.epoch}
    assert panel.notes[0].get_text() == "3 of 6 dead"
    assert not panel.crosses[1].get_visible()
    assert "×: dead" in panel.subtitle.get_text()


def test_lanes_of_other_depths_show_the_layer_that_is_named_or_nothing(snapshot: Any, stand: Any) -> None:
    lanes = (Lane("linear", fixed={"hidden": ()}), Lane("deep"), Lane("one layer", fixed={"hidden": (6,)}))
    shown = snapshot(SMALL.replace(max_norm=2.0), lanes)
    panel = stand(NormsPanel, shown, lanes, width=900)
    layers_of = {"hidden layer 1": (None, 0, 0), "hidden layer 2": (None, 1, None), "outputs": (0, 2, 1)}
    for name, layers in layers_of.items():
        settle(panel, shown)
        assert panel.subtitle.get_text().startswith(f"{name}:")
        for i, layer in enumerate(layers):
            model = shown.models[i]
            there = [] if layer is None else lengths(shown, i, layer)
            assert len(panel.medians[i].get_xdata()) == (layer is not None)
            np.testing.assert_allclose(panel.found[i].norms.ravel(), there, rtol=1e-6)
            assert panel.limits[i].get_visible() == (layer is not None)
            assert (panel.notes[i].get_text() == "no such layer") == (layer is None)
            if layer == len(model.weights) - 1:
                assert not panel.crosses[i].get_visible()  # outputs are not dead
        panel.pointer("click", 5, 5)
    settle(panel, shown)
    assert panel.subtitle.get_text().startswith("hidden layer 1:")


def test_a_lane_that_breaks_leaves_the_others_their_scale(model: Any, stand: Any) -> None:
    whole = model(SMALL)
    broken = replace(whole, weights=tuple(1e6 * W for W in whole.weights), state="diverged")
    alone = stand(NormsPanel, Snapshot(0, (whole, whole, whole)), DEFAULT_LANES[:3])
    panel = stand(NormsPanel, Snapshot(0, (whole, whole, broken)), DEFAULT_LANES[:3])
    assert panel.plots[0].get_ylim()[1] <= 5 * alone.plots[0].get_ylim()[1]
    assert panel.notes[2].get_text() == "diverged"
