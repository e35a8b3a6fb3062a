"""What turning a knob does to the networks in training."""

from __future__ import annotations

import numpy as np
import pytest

from regviz import Config
from regviz.errors import ConfigError
from regviz.lab.compare.lanes import DEFAULT_LANES, TECHNIQUES, Lane
from regviz.lab.compare.session import Session

SMALL = Config(n_train=64, hidden=(8, 8), l1=1e-3, l2=1e-3, dropout=0.5)


@pytest.fixture
def session() -> Session:
    return Session(SMALL)


def test_lanes_differ_in_their_technique_only() -> None:
    configs = [lane.config(SMALL) for lane in DEFAULT_LANES]
    for lane, config in zip(DEFAULT_LANES, configs, strict=True):
        for field, value in config.to_dict().items():
            expected = getattr(SMALL, field) if field not in TECHNIQUES or field in lane.uses else TECHNIQUES[field]
            assert value == expected, (lane.name, field)


def test_lanes_start_from_the_same_weights(session: Session) -> None:
    models = session.snapshot().models
    for model in models[1:]:
        for mine, first in zip(model.weights, models[0].weights, strict=True):
            np.testing.assert_array_equal(mine, first)


def test_a_live_knob_acts_without_a_restart(session: Session) -> None:
    session.epoch()
    before = session.snapshot()
    session.change(l1=0.01, lr=0.001)
    after = session.snapshot()
    assert after.step == before.step
    assert [model.config.l1 for model in after.models] == [0, 0.01, 0, 0]
    assert {model.config.lr for model in after.models} == {0.001}


def test_every_other_knob_starts_anew(session: Session) -> None:
    session.epoch()
    session.change(seed=1)
    assert session.snapshot().step == 0
    assert session.base.seed == 1


def test_turning_a_knob_to_where_it_stands_changes_nothing(session: Session) -> None:
    session.epoch()
    step, changes = session.snapshot().step, session.changes
    session.change(seed=SMALL.seed, l1=SMALL.l1)
    assert (session.snapshot().step, session.changes) == (step, changes)


def test_another_data_set_brings_what_suits_it(session: Session) -> None:
    session.change(data="wine")
    assert session.base.n_train <= 140
    assert session.base.noise == 0
    session.change(data="moons")
    assert (session.base.n_train, session.base.noise) == (100, 0.3)


def test_an_impossible_value_changes_nothing(session: Session) -> None:
    session.epoch()
    before = session.snapshot().step
    with pytest.raises(ConfigError, match="n_train"):
        session.change(n_train=10**6)
    with pytest.raises(ConfigError, match="dropout"):
        session.change(dropout=2.0)
    assert session.base == SMALL
    assert session.snapshot().step == before


def test_a_step_is_one_mini_batch_and_an_epoch_ends_at_its_end(session: Session) -> None:
    session.step()
    assert session.snapshot().step == 1
    session.epoch()
    assert session.snapshot().step == 2  # 64 points in batches of 32
    assert not session.playing


def test_reset_goes_back_to_the_first_weights(session: Session) -> None:
    start = [weights.copy() for weights in session.snapshot().models[0].weights]
    session.epoch()
    session.reset()
    for now, then in zip(session.snapshot().models[0].weights, start, strict=True):
        np.testing.assert_array_equal(now, then)


def test_a_session_trains_only_while_playing(session: Session) -> None:
    assert not session.work(1.0)
    assert session.next_due == float("inf")
    session.set_speed("max")
    session.play()
    assert session.work(0.01)
    session.pause()
    assert not session.work(1.0)


def test_a_long_pause_of_the_loop_is_not_made_up_for(session: Session) -> None:
    session.play()
    session._clock -= 60  # the loop slept for a minute
    session.work(10.0)
    assert session.snapshot().step <= 0.1 * 20 * 2 + 1


def test_play_ends_when_every_lane_has_stopped() -> None:
    session = Session(SMALL.replace(patience=1, lr=0.5, optimizer="sgd"))
    session.set_speed("max")
    session.play()
    for _ in range(2000):
        session.work(0.05)
        if not session.playing:
            break
    assert not session.playing
    assert {model.state for model in session.snapshot().models} <= {"stopped", "diverged"}


def test_an_unknown_speed_is_refused_with_the_way_out(session: Session) -> None:
    with pytest.raises(ValueError, match="'1×'"):
        session.set_speed("warp")


@pytest.mark.parametrize(("own", "named"), [({"data": "wine"}, "data"), ({"decoys": 5}, "decoys")])
def test_lanes_of_other_inputs_are_refused_and_nothing_changes(
    session: Session, own: dict[str, object], named: str
) -> None:
    before = session.lanes, session.trainer, session.changes
    with pytest.raises(ConfigError, match=rf"^{named}.*same inputs.*first lane has"):
        session.set_lanes([Lane("none"), Lane("other", fixed=own)])
    assert (session.lanes, session.trainer, session.changes) == before
    with pytest.raises(ConfigError, match=named):
        Session(SMALL, [Lane("none"), Lane("other", fixed=own)])


def test_lanes_that_all_have_other_inputs_than_the_knobs_say_are_compared(session: Session) -> None:
    session.set_lanes([Lane("a", fixed={"decoys": 2}), Lane("b", ("l1",), {"decoys": 2})])
    assert [model.split.n_features for model in session.snapshot().models] == [4, 4]


def test_the_same_seed_gives_the_same_run_twice() -> None:
    runs = [Session(SMALL), Session(SMALL)]
    for session in runs:
        for _ in range(3):
            session.epoch()
    for one, other in zip(*(session.snapshot().models for session in runs), strict=True):
        for mine, its in zip(one.weights, other.weights, strict=True):
            np.testing.assert_array_equal(mine, its)
        np.testing.assert_array_equal(one.history["val_loss"], other.history["val_loss"])


def test_a_lane_that_has_stopped_trains_on_by_all_knobs_once_its_patience_is_raised() -> None:
    session = Session(SMALL.replace(patience=1, lr=0.5, optimizer="sgd"), [Lane("none"), Lane("L2", ("l2",))])
    session.set_speed("max")
    session.play()
    while session.playing:
        session.work(0.05)
    session.change(lr=0.01)
    assert [model.state for model in session.snapshot().models] == ["stopped", "stopped"]
    session.change(patience=500)
    models = session.snapshot().models
    assert [(model.state, model.config.lr) for model in models] == [("training", 0.01)] * 2
    session.play()
    assert session.playing
    session.work(0.05)
    assert all(now.step > then.step for now, then in zip(session.snapshot().models, models, strict=True))
    assert [model.config for model in session.snapshot().models] == session.trainer.configs


def test_a_point_that_one_lane_alone_has_can_be_traced() -> None:
    session = Session(SMALL, [Lane("few"), Lane("many", fixed={"n_train": SMALL.n_train + 30})])
    session.trace(SMALL.n_train + 20)
    assert session.scene().traced == SMALL.n_train + 20


def test_a_point_is_traced_until_it_is_chosen_again_or_other_points_come(session: Session) -> None:
    for point, expected in ((3, 3), (5, 5), (5, None), (-1, None), (SMALL.n_train, None), (7, 7)):
        session.trace(point)
        assert session.scene().traced == expected
    session.reset()
    session.change(l1=0.01)
    session.change(hidden=(4,))
    assert session.scene().traced == 7
    session.change(seed=1)
    assert session.scene().traced is None


def test_at_full_speed_a_clock_that_stands_still_ends_no_training() -> None:
    session = Session(SMALL)
    now = [1.0]
    session.clock = lambda: now[0]
    session.set_speed("max")
    session.play()
    assert not session.work(0.01)
    ticks = iter(range(1, 10**6))
    session.clock = lambda: 1.0 + next(ticks) / 1000
    assert session.work(0.01)
    assert session.snapshot().step > 0
