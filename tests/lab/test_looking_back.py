"""Scrubbing, replaying, pinning, and lanes that come and go."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import Any

import numpy as np
import pytest

from regviz import Config
from regviz.lab.compare.lanes import DEFAULT_LANES, Lane
from regviz.lab.compare.scene import Pinned, Scene
from regviz.lab.compare.session import Session
from regviz.lab.look.theme import LIGHT, with_lanes
from regviz.lab.panels.loss import LossPanel
from regviz.lab.panels.weights import WeightsPanel

SMALL = Config(n_train=50, hidden=(8,), batch_size=25, l1=1e-3, l2=1e-3, dropout=0.5)


@pytest.fixture
def session(seen_run: Any) -> Session:
    """A run of twelve epochs, each of them seen."""
    found: Session = seen_run(SMALL)
    return found


def test_looking_back_shows_the_networks_as_they_were(session: Session) -> None:
    alone = Session(SMALL)
    for _ in range(5):
        alone.epoch()
    session.look_back(5)
    assert session.snapshot().epoch == 5
    for then, now in zip(session.snapshot().models, alone.snapshot().models, strict=True):
        for mine, its in zip(then.weights, now.weights, strict=True):
            np.testing.assert_array_equal(mine, its)
    live = session.scene().live
    assert live is not None
    assert live.epoch == 12


def test_looking_back_rests_and_play_replays_until_training_goes_on(session: Session) -> None:
    ticks = count()
    session.clock = lambda: next(ticks) / 1000  # whoever looks at it takes a millisecond
    session.play()
    session.set_speed("max")
    session.look_back(3)
    assert not session.playing
    session.play()
    seen = []
    while session.looking_back is not None:
        session.work(0.002)
        seen.append(session.snapshot().epoch)
    assert session.playing
    assert seen[0] < 12
    assert seen == sorted(seen)
    session.work(0.002)
    assert session.trainer.snapshot().step > 24


def test_the_end_of_the_timeline_is_the_present(session: Session) -> None:
    session.look_back(5)
    session.look_back(12)
    assert session.looking_back is None
    session.look_back(5)
    session.look_back(None)
    assert session.looking_back is None
    assert session.snapshot().epoch == 12


@pytest.mark.parametrize("act", ["step", "epoch", "reset", "change"])
def test_whatever_trains_returns_to_the_present(session: Session, act: str) -> None:
    session.look_back(5)
    session.change(l1=0.01) if act == "change" else getattr(session, act)()
    assert session.looking_back is None
    assert session.scene().live is None


def test_a_new_run_starts_a_new_tape_and_keeps_the_pinned_run(session: Session) -> None:
    session.pin()
    session.change(seed=9)
    assert session.tape.epochs == ()
    pinned = session.scene().pinned
    assert pinned is not None
    assert (pinned.snapshot.epoch, pinned.names) == (12, ("none", "L1", "L2", "dropout"))
    session.unpin()
    assert session.scene().pinned is None


def test_a_pinned_lane_is_that_of_its_name_wherever_that_is_and_whatever_it_is_called_now(session: Session) -> None:
    session.pin()

    def places() -> list[int | None]:
        pinned = session.scene().pinned
        assert pinned is not None
        return pinned.places(session.lanes)

    none, l1, l2, dropout = DEFAULT_LANES
    assert places() == [0, 1, 2, 3]
    session.set_lanes([none, Lane("heavy L1", ("l1",)), l2, dropout])
    assert places() == [0, 1, 2, 3]
    session.set_lanes([dropout, none, Lane("L1", ("l2",)), l2])
    assert places() == [1, None, 3, 0]
    session.set_lanes([none, none, l1, l1])
    assert places() == [0, None, None, None]


def test_pinned_lanes_stay_apart_while_two_have_one_name(session: Session) -> None:
    none, l1, l2, dropout = DEFAULT_LANES
    session.pin()
    for lanes in ([none, replace(l1, name="none"), l2, dropout], DEFAULT_LANES):
        session.set_lanes(lanes)
        pinned = session.scene().pinned
        assert pinned is not None
        assert pinned.names == tuple(lane.name for lane in lanes)
        assert pinned.places(session.lanes) == [0, 1, 2, 3]
    for lanes in ([l1, l2], [replace(l1, name="none"), l2]):  # the first has gone, and another has its name
        session.set_lanes(lanes)
    pinned = session.scene().pinned
    assert pinned is not None
    assert pinned.places(session.lanes) == [None, 0, 1, None]


def test_a_new_name_or_colour_does_not_restart(session: Session) -> None:
    trainer = session.trainer
    session.set_lanes((Lane("plain", color="#123456"), *DEFAULT_LANES[1:]))
    assert session.trainer is trainer
    assert session.lanes[0].name == "plain"


def test_a_lane_more_starts_all_anew_from_the_same_start(session: Session) -> None:
    session.set_lanes((*DEFAULT_LANES, Lane("strong L2", fixed={"l2": 0.1})))
    models = session.snapshot().models
    assert [model.config.l2 for model in models] == [0, 0, 1e-3, 0, 0.1]
    assert {model.step for model in models} == {0}
    for model in models:
        np.testing.assert_array_equal(model.weights[0], models[0].weights[0])


def test_an_impossible_lane_changes_nothing(session: Session) -> None:
    with pytest.raises(ValueError, match="l2"):
        session.set_lanes((Lane("broken", fixed={"l2": -1}),))
    with pytest.raises(ValueError, match="at least one lane"):
        session.set_lanes(())
    assert session.lanes == DEFAULT_LANES
    assert session.snapshot().epoch == 12


def test_a_lane_is_chosen_and_let_go(session: Session) -> None:
    session.choose(2)
    assert session.scene().chosen == 2
    session.choose(2)
    assert session.scene().chosen is None
    session.choose(17)
    assert session.scene().chosen is None
    session.choose(3)
    session.set_lanes(DEFAULT_LANES[:2])
    assert session.scene().chosen is None


def test_the_chosen_lane_stays_chosen_wherever_it_is_and_whatever_is_changed_of_it(session: Session) -> None:
    none, l1, l2, dropout = DEFAULT_LANES
    session.choose(1)
    stations: list[tuple[list[Lane], int | None]] = [
        ([l1, l2, dropout], 0),
        ([none, l2, l1, dropout], 2),
        ([none, l2, Lane("L1", ("l1", "dropout")), dropout], 2),
        ([none, l2, Lane("both", ("l1", "dropout")), dropout], 2),
        ([Lane("both", ("l1", "dropout")), none], 0),
        ([none], None),
        ([none, l1], None),
    ]
    for lanes, chosen in stations:
        session.set_lanes(lanes)
        assert session.scene().chosen == chosen


def test_a_chosen_lane_may_take_the_name_of_another(session: Session) -> None:
    none, l1, l2, _ = DEFAULT_LANES
    session.choose(1)
    session.set_lanes([none, replace(l1, name="L2"), l2])
    assert session.scene().chosen == 1


def test_a_lane_of_its_own_colour_keeps_it_and_the_others_theirs() -> None:
    look = with_lanes(LIGHT, [None, "#123456", None])
    assert look.lanes == (LIGHT.lanes[0], "#123456", *LIGHT.lanes[2:])
    assert with_lanes(LIGHT, [None, None]) is LIGHT


# -- what pictures make of it


class InScene:
    """A panel of `kind` that knows `scene` from the first."""

    def __init__(self, kind: Any, scene: Scene) -> None:
        self.kind, self.scene = kind, scene

    def __call__(self) -> Any:
        panel = self.kind()
        panel.scene = self.scene
        return panel


def test_the_loss_keeps_its_curves_and_marks_the_epoch_that_is_shown(snapshot: Any, stand: Any) -> None:
    live, then = snapshot(epochs=40), snapshot(epochs=15)
    panel = stand(InScene(LossPanel, Scene(live=live)), then)
    assert np.array_equal(panel.validation[0].get_xdata(), live.models[0].history["epoch"])
    assert set(panel.cursor.get_xdata()) == {15}
    assert panel.cursor.get_visible()
    panel.scene = Scene()
    panel.draw(live)
    assert not panel.cursor.get_visible()


def test_the_loss_of_a_pinned_run_stays_as_a_shadow_within_the_axes(snapshot: Any, stand: Any) -> None:
    pinned = snapshot(epochs=90, seed=7)
    panel = stand(InScene(LossPanel, Scene(pinned=Pinned.of(pinned, DEFAULT_LANES))), snapshot(epochs=10))
    shadows = [line for line in panel.plot.lines if line not in panel.artists]
    assert len(shadows) == 4
    for line, model in zip(shadows, pinned.models, strict=True):
        np.testing.assert_array_equal(line.get_ydata(), model.history["val_loss"])
        assert line.get_alpha() < 0.5
    assert panel.plot.get_xlim()[1] >= 90


def test_the_weights_of_a_pinned_run_stand_as_outlines_on_the_same_bins(snapshot: Any, stand: Any) -> None:
    pinned = snapshot(seed=7)
    scene = Scene(pinned=Pinned.of(pinned, DEFAULT_LANES))
    panel = stand(InScene(WeightsPanel, scene), snapshot())
    itself = stand(InScene(WeightsPanel, scene), pinned)
    assert list(panel.ghosts) == [0, 1, 2, 3]
    for ghost, histogram in zip(itself.ghosts.values(), itself.histograms, strict=True):
        np.testing.assert_allclose(ghost.get_path().vertices, histogram.get_path().vertices)
    assert not np.allclose(panel.ghosts[0].get_path().vertices, panel.histograms[0].get_path().vertices)


def test_what_was_pinned_stands_beside_the_lane_of_its_name(snapshot: Any, stand: Any) -> None:
    there = DEFAULT_LANES[:2]
    pinned = snapshot(lanes=there, epochs=20, seed=7)
    scene = Scene(pinned=Pinned.of(pinned, there))
    here = [Lane("new", ("l2",)), DEFAULT_LANES[1]]
    now = snapshot(lanes=here, epochs=20)
    loss = stand(InScene(LossPanel, scene), now, here)
    assert [ghost.get_color() for ghost in loss.ghosts] == [loss.look.muted, loss.look.lane(1)]
    weights = stand(InScene(WeightsPanel, scene), now, here)
    assert list(weights.ghosts) == [1]
    weights.draw(now)
    heights = weights._heights(weights._binned(np.concatenate([w.ravel() for w in pinned.models[1].weights])))
    assert np.isclose(weights.ghosts[1].get_path().vertices[:, 1].max(), heights.max() - 2)


def test_a_pinned_run_of_another_task_has_no_losses_to_compare(stand: Any) -> None:
    session = Session(SMALL)
    session.epoch()
    session.pin()
    session.change(data="sine")
    panel = stand(InScene(LossPanel, session.scene()), session.snapshot())
    panel.draw(session.snapshot())
    assert panel.ghosts == []
    session.change(data="circles")
    assert len(stand(InScene(LossPanel, session.scene()), session.snapshot()).ghosts) == 4
