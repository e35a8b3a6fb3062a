"""The picture of bias and variance draws the boundaries of all training sets' networks, and what the probe measures."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from regviz import Config, probes
from regviz.data import posterior
from regviz.lab.compare.chance import ChanceRun
from regviz.lab.compare.chance_view import ChanceView
from regviz.lab.compare.lanes import Lane
from regviz.lab.compare.scene import Scene
from regviz.lab.panels.bias_variance import BiasVariancePanel
from regviz.lab.panels.fit.surface import boundary_of
from regviz.training.snapshot import Snapshot

LANES = (Lane("none"), Lane("L2", ("l2",)))
BASE = Config(n_train=40, hidden=(8,), batch_size=20, l2=0.01, epochs=10)


@pytest.fixture(scope="module")
def view() -> ChanceView:
    run = ChanceRun(BASE, LANES, seeds=4, epochs=10)
    while not run.done:
        run.work(1.0)
    return run.view()


def shown_on(panel: Any, view: ChanceView | None, snapshot: Snapshot) -> Any:
    panel.scene = Scene(chance=view)
    panel.draw(snapshot)
    while panel.behind:
        panel.draw(snapshot)
    return panel


def box(patch: Any) -> tuple[float, float]:
    """Foot and top of a bar."""
    heights = patch.get_path().vertices[:, 1]
    return float(heights.min()), float(heights.max())


def test_many_seeds_hand_on_the_networks_of_every_lane(view: ChanceView) -> None:
    assert [its.models[1].config for its in view.snapshots] == [
        replaced for replaced in (LANES[1].config(BASE.replace(seed=s, epochs=10)) for s in view.seeds)
    ]


def test_bars_are_stacks_of_what_the_probe_measures(view: ChanceView, stand: Any) -> None:
    first = view.snapshots[0]
    panel = shown_on(stand(BiasVariancePanel, first, LANES), view, first)
    for i in range(len(LANES)):
        bias, variance = probes.over_sets([its.models[i] for its in view.snapshots]).means
        (low, high), _, _ = panel.bars[i]
        assert box(low) == (0, pytest.approx(bias))
        assert box(high) == (pytest.approx(bias), pytest.approx(bias + variance))
        assert panel.sums[i].get_text() == f"{bias:.3f} + {variance:.3f}"
        hint = panel.pointer("move", *panel.targets()[i]).hint
        assert hint.startswith(f"{LANES[i].name}: 4 training sets\nbias² {bias:.3f}: ")
        assert f"variance {variance:.3f}: " in hint
    assert panel.subtitle.get_text().startswith("4 training sets, epoch 10")
    assert not panel.invitation.get_visible()


def test_lines_are_the_boundaries_of_all_networks_and_of_their_mean(view: ChanceView, stand: Any) -> None:
    first = view.snapshots[0]
    panel = shown_on(stand(BiasVariancePanel, first, LANES), view, first)
    models = [its.models[0] for its in view.snapshots]
    answers = probes.answers_to(models, panel.plane.grid).reshape(len(models), *panel.plane.shape, 2)
    drawn = np.column_stack(panel.lines[0].get_data())
    for p in answers:
        line = boundary_of((panel.plane.x, panel.plane.y), p)
        assert any(np.allclose(drawn[k : k + len(line)], line, equal_nan=True) for k in range(len(drawn)))
    mean = boundary_of((panel.plane.x, panel.plane.y), answers.mean(axis=0))
    np.testing.assert_allclose(np.column_stack(panel.means[0][1].get_data()), mean)
    truth = boundary_of(
        (panel.plane.x, panel.plane.y), posterior(BASE, panel.plane.grid).reshape(*panel.plane.shape, 2)
    )
    dashed = [line for line in panel.axes[0].lines if line.get_linestyle() == "--"]
    np.testing.assert_allclose(np.column_stack(dashed[0].get_data()), truth)


def test_it_follows_the_seeds_one_network_at_a_time_and_forgets_them_with_the_scene(
    view: ChanceView, stand: Any
) -> None:
    first = view.snapshots[0]
    panel = shown_on(stand(BiasVariancePanel, first, LANES), view, first)
    fewer = replace(view, snapshots=view.snapshots[:3], seeds=view.seeds[:3])
    panel.scene = Scene(chance=fewer)
    panel.draw(first)
    assert panel.behind
    assert panel.facts(0)[0] == "none: 4 training sets"  # those of before, until the new ones are measured
    shown_on(panel, fewer, first)
    assert panel.facts(0)[0] == "none: 3 training sets"
    shown_on(panel, None, first)
    assert panel.invitation.get_visible()
    assert panel.facts(0) == ["none", "not trained on many sets yet"]
    assert box(panel.bars[0][0][0]) == (0, 0)
    assert not panel.lines[0].get_visible()


def test_networks_of_older_settings_are_said_to_be_and_other_lanes_are_not_shown(
    view: ChanceView, snapshot: Any, stand: Any
) -> None:
    turned = snapshot(BASE.replace(l2=0.1), LANES)
    panel = shown_on(stand(BiasVariancePanel, turned, LANES), view, turned)
    assert "older settings" in panel.subtitle.get_text()
    three = (*LANES, Lane("more", fixed={"l2": 0.1}))
    other = snapshot(BASE, three)
    panel = shown_on(stand(BiasVariancePanel, other, three), view, other)
    assert panel.invitation.get_visible()


OTHER_DATA = {"data": "circles"}, {"noise": 0.4}, {"label_noise": 0.2}, {"decoys": 3}


@pytest.fixture(scope="module")
def of_tables() -> ChanceView:
    run = ChanceRun(Config(data="wine", n_train=40, hidden=(4,), batch_size=20), LANES, seeds=2, epochs=2)
    while not run.done:
        run.work(1.0)
    return run.view()


@pytest.mark.parametrize("changed", OTHER_DATA)
def test_networks_of_other_data_are_not_drawn_beside_this_truth(
    changed: dict[str, Any], view: ChanceView, snapshot: Any, stand: Any
) -> None:
    trained = tuple(config.replace(**changed) for config in view.configs)
    first = view.snapshots[0]
    panel = shown_on(stand(BiasVariancePanel, first, LANES), replace(view, configs=trained), first)
    assert panel.invitation.get_visible()
    assert panel.found == [None, None]
    assert panel.subtitle.get_text() == "dashed: the truth, where both classes are equally likely"
    more = snapshot(BASE.replace(n_train=60, seed=3), LANES)
    panel = shown_on(stand(BiasVariancePanel, more, LANES), view, more)  # of the same data, only others
    assert not panel.invitation.get_visible()


def test_seeds_of_a_table_outlive_a_change_to_the_plane(of_tables: ChanceView, snapshot: Any, stand: Any) -> None:
    shown = snapshot(BASE, LANES)
    panel = shown_on(stand(BiasVariancePanel, shown, LANES), of_tables, shown)
    assert panel.found == [None, None]


def test_each_lane_has_the_truth_of_its_own_noise_and_none_without_noise(stand: Any) -> None:
    lanes = (Lane("quiet", fixed={"noise": 0}), Lane("usual"), Lane("loud", fixed={"noise": 0.6}))
    run = ChanceRun(BASE, lanes, seeds=2, epochs=2)
    while not run.done:
        run.work(1.0)
    first = run.view().snapshots[0]
    panel = shown_on(stand(BiasVariancePanel, first, lanes), run.view(), first)
    dashed = [[line for line in axes.lines if line.get_linestyle() == "--"] for axes in panel.axes[:3]]
    assert list(map(len, dashed)) == [0, 1, 1]
    for i in (1, 2):
        known = posterior(lanes[i].config(BASE), panel.plane.grid).reshape(*panel.plane.shape, 2)
        np.testing.assert_allclose(
            np.column_stack(dashed[i][0].get_data()), boundary_of((panel.plane.x, panel.plane.y), known)
        )
    assert panel.facts(0) == ["quiet", "no known truth"]
    assert panel.facts(2)[0] == "loud: 2 training sets"


def test_a_copy_measures_by_itself(view: ChanceView, stand: Any) -> None:
    first = view.snapshots[0]
    panel = shown_on(stand(BiasVariancePanel, first, LANES), view, first)
    again = panel.copy()
    again.stand(panel.place, panel.look, LANES, first)
    shown_on(again, view, first)
    assert [text.get_text() for text in again.sums] == [text.get_text() for text in panel.sums]


def test_a_network_that_diverged_is_left_out(view: ChanceView, stand: Any) -> None:
    def broken(its: Snapshot) -> Snapshot:
        weights = tuple(W * np.nan for W in its.models[0].weights)
        return Snapshot(its.step, (replace(its.models[0], weights=weights, state="diverged"), its.models[1]))

    first = view.snapshots[0]
    some = replace(view, snapshots=(broken(view.snapshots[0]), *view.snapshots[1:]))
    panel = shown_on(stand(BiasVariancePanel, first, LANES), some, first)
    assert panel.facts(0)[0] == "none: 3 training sets"
    panel = shown_on(panel, replace(view, snapshots=tuple(map(broken, view.snapshots))), first)
    assert panel.facts(0) == ["none", "not trained on many sets yet"]
    assert panel.facts(1)[0] == "L2: 4 training sets"


def test_where_the_truth_is_not_known_it_says_so(snapshot: Any, stand: Any, words: Any) -> None:
    panel = stand(BiasVariancePanel, snapshot(Config(data="digits", n_train=100, hidden=(8,)), LANES), LANES)
    assert any("the truth behind these data is not known" in text for text in words(panel))
    assert panel.targets() == []
    assert panel.pointer("move", 200, 200).hint == ""
