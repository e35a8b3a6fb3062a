"""Many seeds of the lanes: the networks that each would be alone, counted, and trained no longer than they must."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor
from dataclasses import replace
from threading import Event
from typing import Any

import numpy as np
import pytest
from matplotlib.colors import to_rgb

import regviz as rv
from lessons import break_index, lesson_lab
from regviz import Config, Snapshot, Trainer
from regviz.errors import ConfigError
from regviz.lab import Lab
from regviz.lab.compare.chance import ASKED, EVERY, ChanceRun, Judge
from regviz.lab.compare.chance_view import ChanceView
from regviz.lab.compare.helper import Helper
from regviz.lab.compare.lanes import DEFAULT_LANES, Lane
from regviz.lab.compare.scene import Scene
from regviz.lab.compare.session import Session
from regviz.lab.look.lettering import width_of
from regviz.lab.look.numbers import number
from regviz.lab.look.theme import mark
from regviz.lab.panels.chance.chance import ChancePanel
from regviz.lab.panels.chance.verdicts import rows_of

SMALL = Config(n_train=50, hidden=(8,), batch_size=20, l1=1e-3, l2=1e-3, dropout=0.5, dtype="float64", seed=3)
LANES = DEFAULT_LANES


def run_of(base: Config = SMALL, lanes: Sequence[Lane] = LANES, **given: Any) -> ChanceRun:
    return ChanceRun(base, lanes, **{"seeds": 4, "epochs": 20, **given})


def finished(run: ChanceRun) -> ChanceView:
    while not run.done:
        run.work(0.1)
    return run.view()


def views(run: ChanceRun) -> list[ChanceView]:
    found = [run.view()]
    while not run.done:
        run.work(0)
        if run.view() is not found[-1]:
            found.append(run.view())
    return found


class Later(Executor):
    """An executor whose futures are answered when a test says so; `lost`: with an error of its own."""

    _max_workers = 1

    def __init__(self) -> None:
        self.tasks: list[tuple[Future[Any], Any, tuple[Any, ...]]] = []

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        self.tasks.append((future, fn, args))
        return future

    def begin(self) -> None:
        assert self.tasks[0][0].set_running_or_notify_cancel()

    def answer(self) -> None:
        future, fn, args = self.tasks.pop(0)
        if future.set_running_or_notify_cancel():
            future.set_result(fn(*args))

    def lose(self) -> None:
        self.tasks.pop(0)[0].set_exception(BrokenExecutor("a worker was killed"))


# -- the networks


@pytest.mark.parametrize("patience", [None, 3])
def test_each_network_is_the_one_that_fit_trains_alone(patience: int | None) -> None:
    base = SMALL.replace(patience=patience)
    view = finished(run_of(base))
    assert view.seeds == (3, 4, 5, 6)
    for i, lane in enumerate(LANES):
        for s, seed in enumerate(view.seeds):
            (run,) = rv.fit([lane.config(base.replace(seed=seed))], epochs=20)
            row = run.best_epoch if run.restored else -1
            assert view.val_loss[-1, i, s] == run.history["val_loss"][row]
            assert view.val_score[-1, i, s] == run.history["val_score"][row]
            if patience is None:
                np.testing.assert_array_equal(view.val_loss[:, i, s], run.history["val_loss"][view.looks])


def test_lanes_of_other_shapes_and_batches_stand_at_the_same_epochs() -> None:
    lanes = [Lane("small"), Lane("wide", fixed={"hidden": (16, 4)}), Lane("one by one", fixed={"batch_size": 1})]
    view = finished(run_of(lanes=lanes))
    for i, lane in enumerate(lanes):
        (run,) = rv.fit([lane.config(SMALL.replace(seed=5))], epochs=20)
        np.testing.assert_array_equal(view.val_loss[:, i, 2], run.history["val_loss"][view.looks])


def test_a_lane_with_a_seed_of_its_own_stays_as_far_from_the_others_in_every_seed() -> None:
    lanes = [Lane("here"), Lane("ahead", fixed={"seed": SMALL.seed + 5}), Lane("behind", fixed={"seed": 1})]
    view = finished(run_of(lanes=lanes))
    for i, (_, further) in enumerate(zip(lanes, (0, 5, -2), strict=True)):
        for s, seed in enumerate(view.seeds):
            (run,) = rv.fit([SMALL.replace(seed=seed + further, l1=0, l2=0, dropout=0)], epochs=20)
            assert view.val_loss[-1, i, s] == run.history["val_loss"][-1]


def test_all_seeds_are_seen_at_one_epoch_and_the_first_ones_soon() -> None:
    seen = views(run_of(SMALL.replace(hidden=(64, 64)), seeds=12, epochs=4))
    assert [view.epoch for view in seen] == sorted(view.epoch for view in seen)
    first = next(view for view in seen if view.seeds)
    assert (first.epoch, first.coming > 0) == (1, True)
    for view in seen:
        assert len(view.seeds) + view.coming == 12
        assert view.val_loss.shape == (len(view.looks), 4, len(view.seeds))
        assert view.done == (view.epoch == 4 and not view.coming)
        assert np.isfinite(view.val_loss).all()


# -- what is counted


def made(losses: Any, **given: Any) -> ChanceView:
    """A view of two lanes with given losses (L, S) at its last look."""
    losses = np.array(losses, float)
    both = np.stack([np.ones_like(losses), losses])
    seeds = tuple(range(losses.shape[1]))
    configs = tuple(lane.config(SMALL) for lane in LANES[: len(losses)])
    fields: dict[str, Any] = {"coming": 0, "epoch": 5, "epochs": 5, "looks": np.array([0, 5]), **given}
    return ChanceView(LANES[: len(losses)], configs, seeds, val_loss=both, val_score=both, **fields)


def test_a_lane_is_counted_where_its_loss_is_lower_and_what_diverged_never_is() -> None:
    view = made([[0.5, 0.5, 0.5, np.nan, np.nan], [0.4, 0.6, np.nan, 0.9, np.nan]])
    assert view.lower(1).tolist() == [True, False, False, True, False]


def test_a_band_is_of_losses_that_were_measured_and_is_open_where_networks_diverged() -> None:
    losses = np.arange(1, 21) / 20
    low, median, high = made([losses, np.where(losses > 0.7, np.nan, losses)]).band(0)[:, -1]
    assert {low, high} <= set(losses)
    assert median == np.median(losses)
    assert np.count_nonzero((losses >= low) & (losses <= high)) in (16, 17)
    low, median, high = made([losses, np.where(losses > 0.7, np.nan, losses)]).band(1)[:, -1]
    assert np.isfinite([low, median]).all()
    assert np.isnan(high)


def test_settings_are_older_when_a_knob_has_moved_but_not_for_another_seed() -> None:
    view = run_of().view()
    configs = [lane.config(SMALL) for lane in LANES]
    assert not view.older(configs)
    assert not view.older([config.replace(seed=9) for config in configs])
    assert view.older([config.replace(lr=0.1) for config in configs])
    assert view.older(configs[:2])


# -- a question


def by_epoch(clear: dict[int, int]) -> Judge:
    """A question that is clear in each seed from some epoch on."""

    def observe(snapshot: Snapshot, lanes: Sequence[Lane]) -> str:
        model = snapshot.models[0]
        return "even" if model.epoch >= clear[model.config.seed] else ""

    return Judge(observe, {"even": "It is", "odd": "It is not"})


def test_a_question_is_asked_of_each_seed_until_all_are_clear_and_no_longer() -> None:
    run = run_of(judge=by_epoch({3: 10, 4: 25, 5: 30, 6: 11}), epochs=None)
    seen = views(run)
    counts = [view.counted() for view in seen if view.seeds]
    assert [("even", 1), ("", 3)] in counts
    assert seen[-1].outcomes == ("even",) * 4
    assert (seen[-1].epoch, seen[-1].epochs, seen[-1].done) == (30, 30, True)
    assert run.grid.stride == EVERY


def test_what_never_becomes_clear_is_counted_at_the_end() -> None:
    view = finished(run_of(SMALL.replace(hidden=()), judge=by_epoch({3: 10, 4: 999, 5: 20, 6: 20}), epochs=None))
    assert view.counted() == [("even", 3), ("", 1)]
    assert view.epoch == ASKED


def test_a_question_sees_every_epoch_as_in_the_lab() -> None:
    lengths = set()

    def observe(snapshot: Snapshot, lanes: Sequence[Lane]) -> str:
        lengths.add(len(snapshot.models[0].history["epoch"]) - snapshot.models[0].epoch)
        return "even"

    finished(run_of(judge=Judge(observe, {}), epochs=None))
    assert lengths == {1}


@pytest.mark.parametrize("turn", [20, 15])
def test_fields_turn_in_every_seed_after_some_epochs_and_only_then_is_it_asked(turn: int) -> None:
    asked = []

    def observe(snapshot: Snapshot, lanes: Sequence[Lane]) -> str:
        asked.append(snapshot.models[0].epoch)
        return "even" if snapshot.models[0].epoch >= 40 else ""

    lanes = (Lane("none"), Lane("L1", ("l1",)))
    base = SMALL.replace(l1=1e-3)
    run = run_of(base, lanes, judge=Judge(observe, {}, {"l1": 0.3}, turn), epochs=None)
    view = finished(run)
    assert min(asked) > turn
    assert view.configs == tuple(lane.config(base) for lane in lanes)
    for seed, shown in zip(run.seeds, view.snapshots, strict=True):
        first, then = (base.replace(seed=seed, epochs=ASKED, l1=lam) for lam in (0.3, base.l1))
        alone = Trainer([lane.config(first) for lane in lanes])
        alone.advance(epochs=turn)
        alone.set(1, l1=then.l1)
        alone.advance(epochs=40 - turn)
        for mine, its in zip(shown.models, alone.snapshot().models, strict=True):
            assert all((a == b).all() for a, b in zip(mine.weights, its.weights, strict=True))


@pytest.mark.parametrize("epochs", [8, 50])
@pytest.mark.parametrize("schedule", ["cosine", "step"])
@pytest.mark.parametrize("judged", [False, True])
def test_a_schedule_of_the_learning_rate_is_as_long_in_every_seed_as_in_the_lanes(
    schedule: str, epochs: int, judged: bool
) -> None:
    base = SMALL.replace(schedule=schedule, epochs=epochs)
    judge = Judge(lambda snapshot, lanes: "" if snapshot.models[0].epoch < 20 else "so", {"so": "So"})
    run = run_of(base, LANES[:2], seeds=2, **({"judge": judge, "epochs": None} if judged else {}))
    view = finished(run)
    assert view.epoch == 20
    for seed, shown in zip(run.seeds, view.snapshots, strict=True):
        session = Session(base.replace(seed=seed), LANES[:2])
        session.trainer.advance(epochs=20)
        for mine, its in zip(shown.models, session.snapshot().models, strict=True):
            assert mine.config == its.config
            assert all((a == b).all() for a, b in zip(mine.weights, its.weights, strict=True))


# -- elsewhere


def test_an_executor_trains_the_same_networks_and_is_left_open() -> None:
    alone = finished(run_of(SMALL.replace(hidden=(64, 64)), seeds=12, epochs=4))
    with ThreadPoolExecutor(1) as executor:
        shared = finished(run_of(SMALL.replace(hidden=(64, 64)), seeds=12, epochs=4, executor=executor))
        assert executor.submit(int, 7).result() == 7
    np.testing.assert_array_equal(alone.val_loss, shared.val_loss)
    assert alone.seeds == shared.seeds


def test_seeds_that_others_have_trained_join_when_they_have_ended() -> None:
    later = Later()
    run = run_of(SMALL.replace(hidden=(64, 64)), seeds=12, epochs=4, executor=later)
    assert len(later.tasks) == 1  # as many as it has workers; the rest can still be trained here
    while not run.view().seeds:
        run.work(0)
    before = run.view()
    assert 0 < len(before.seeds) < 12
    later.answer()
    run.work(0)
    after = run.view()
    assert set(before.seeds) < set(after.seeds)
    assert (after.epoch, np.isfinite(after.val_loss).all()) == (before.epoch, True)


def test_what_an_executor_has_not_ended_is_waited_for_and_what_it_loses_is_trained_here() -> None:
    alone = finished(run_of(SMALL.replace(hidden=(64, 64)), seeds=12, epochs=4))
    later = Later()
    run = run_of(SMALL.replace(hidden=(64, 64)), seeds=12, epochs=4, executor=later)
    later.begin()
    while not run.waiting:
        run.work(0)
    assert not run.work(0)
    assert (run.done, run.view().epoch, run.view().done) == (False, 4, False)
    later.lose()
    view = finished(run)
    np.testing.assert_array_equal(view.val_loss, alone.val_loss)


def test_what_an_executor_has_not_begun_is_trained_here_once_nothing_else_is_left() -> None:
    base = SMALL.replace(hidden=(64, 64))
    alone = finished(run_of(base, seeds=12, epochs=4))
    busy = Event()
    with ThreadPoolExecutor(1) as executor:
        executor.submit(busy.wait)
        run = run_of(base, seeds=12, epochs=4, executor=executor)
        (handed_out,) = run.grid._away
        while not run.done and not run.waiting:
            run.work(0)
        busy.set()
    assert run.done
    assert handed_out.cancelled()
    np.testing.assert_array_equal(run.view().val_loss, alone.val_loss)


def test_a_cancelled_run_cancels_what_others_have_not_begun() -> None:
    later = Later()
    run = run_of(SMALL.replace(hidden=(64, 64)), seeds=12, epochs=4, executor=later)
    while not run.view().seeds:
        run.work(0)
    run.cancel()
    assert (run.done, run.view().cancelled, run.work(1.0)) == (True, True, False)
    assert later.tasks[0][0].cancelled()
    assert 0 < run.progress < 1


@pytest.mark.slow
def test_a_helper_answers_as_this_process_would_and_ends_with_the_run() -> None:
    helper = Helper()
    alone = finished(run_of(SMALL.replace(hidden=(64, 64)), seeds=12, epochs=4))
    run = run_of(SMALL.replace(hidden=(64, 64)), seeds=12, epochs=4, executor=helper)
    (future,) = run.grid._away
    future.result(60)
    shared = finished(run)
    np.testing.assert_array_equal(alone.val_loss, shared.val_loss)
    assert helper.process.wait(30) is not None
    with pytest.raises(RuntimeError, match="shut down"):
        helper.submit(int)


def test_a_helper_ends_when_nobody_holds_its_pipe() -> None:
    helper = Helper()
    assert helper.submit(divmod, 7, 2).result(60) == (3, 1)
    with pytest.raises(RuntimeError, match="ZeroDivisionError"):
        helper.submit(divmod, 7, 0).result(60)
    assert helper.process.stdin is not None
    helper.process.stdin.close()
    assert helper.process.wait(30) == 0
    with pytest.raises(BrokenExecutor):
        helper.submit(int).result(60)
    helper.shutdown()


def test_networks_that_are_too_large_are_refused() -> None:
    with pytest.raises(ConfigError, match="smaller layers"):
        ChanceRun(Config(hidden=(1024,) * 8), LANES)


# -- in a session


def test_lanes_play_on_while_seeds_train_and_a_new_press_starts_anew() -> None:
    session = Session(SMALL)
    session.play()
    first, second = run_of(), run_of()
    session.start_chance(first)
    assert (session.playing, session.training, session.next_due) == (True, True, 0.0)
    session.start_chance(second)
    assert (first.done, session.scene().chance) == (True, second.view())
    while session.work_sweep(0.1):
        pass
    assert second.view().done
    session.pause()
    assert not session.training


# -- in the lab


def press(lab: Lab) -> None:
    lab.player.later = lambda *_: None  # type: ignore[method-assign, assignment]
    lab.seeds.button.click()
    lab.player._hear()


def test_the_button_brings_its_picture_cancels_and_starts_anew() -> None:
    lab = Lab(SMALL, play=False, executor=Later())
    session = lab.session
    press(lab)
    assert lab.pictures.names[-1] == "chance"
    assert len(lab.pictures.names) == 4
    assert (lab.seeds.button.description, session.training) == ("Cancel seeds", True)
    first = session.chance
    press(lab)
    assert first is not None
    assert (first.view().cancelled, lab.seeds.button.description) == (True, "20 seeds")
    press(lab)
    assert session.chance is not first
    lab.close()
    assert session.chance is not None
    assert session.chance.done


def test_on_a_projector_which_shows_two_pictures_the_bands_are_one_of_them() -> None:
    lab = Lab(SMALL, play=False, executor=Later())
    lab.player.set_projector(True)
    press(lab)
    assert [panel.name for panel in lab.player.stage.shown] == ["loss", "chance"]
    assert len(lab.pictures.names) == 4
    lab.close()


def test_an_executor_that_is_none_is_refused_at_the_door() -> None:
    with pytest.raises(TypeError, match="ProcessPoolExecutor"):
        Lab(SMALL, executor=3)  # type: ignore[arg-type]
    with ThreadPoolExecutor(1) as executor:
        assert Lab(SMALL, executor=executor).session.workers() is executor
    with pytest.raises(ValueError, match="shut down"):
        Lab(SMALL, executor=executor)


@pytest.mark.slow
def test_a_lesson_s_own_question_is_asked_of_every_seed_and_counted_in_a_sentence() -> None:
    lab = lesson_lab("01_overfitting")
    guide, session = lab.guide, lab.session
    assert guide is not None
    session.base = session.base.replace(hidden=(32, 32))
    lab.player.later = lambda *_: None  # type: ignore[method-assign, assignment]
    guide.take_answer("falls")
    session.pause()
    guide._on_message(None, {"kind": "seeds"}, None)
    lab.player._hear()
    assert guide.asking
    while session.work_sweep(1.0):
        pass
    guide.look()
    view = session.scene().chance
    assert view is not None
    counts = dict(view.counted())
    assert sum(counts.values()) == 20
    assert not guide.asking
    assert f"“{guide.question.plain_choices()['rises']}” in {counts['rises']} of 20" in guide.chance
    session.change(lr=0.02)
    guide.look()
    assert "older settings" in guide.chance
    guide.try_break(0)
    assert guide.chance == ""  # another question


def test_a_break_that_turns_knobs_while_networks_train_asks_that_of_every_seed() -> None:
    lab, asked = lesson_lab("03_l1_l2"), []
    guide = lab.guide
    assert guide is not None
    guide._seeds = asked.append  # type: ignore[method-assign, assignment]
    guide.take_answer("first")
    guide.ask_seeds()
    guide.try_break(break_index(lab, "λ = 0.1, and back"))
    guide.ask_seeds()
    assert [(judge.first, judge.epochs) for judge in asked] == [({}, 0), ({"l1": 0.1, "l2": 0.1}, 60)]


@pytest.mark.parametrize(
    ("losses", "median"),
    [
        ([0.1, 0.2, 0.4, 0.9], 0.3),
        ([0.1, 0.2, 0.4], 0.2),
        ([0.1, 0.2, 0.4, np.nan], 0.3),
        ([0.1, 0.2, np.nan, np.nan], np.nan),
        ([0.1, np.nan, np.nan], np.nan),
    ],
)
def test_the_median_of_an_even_number_of_seeds_is_between_the_two_in_the_middle(
    losses: list[float], median: float
) -> None:
    assert made([losses]).band(0)[1, -1] == pytest.approx(median, nan_ok=True)


@pytest.mark.parametrize(
    ("losses", "said"),
    [
        ([0.25, 0.5, 0.75], "at epoch 5 from 0.25 to 0.75"),
        ([0.25, np.nan, 0.75], "at epoch 5 from 0.25 to 0.75; 1 of 3 diverged"),
        ([np.nan, np.nan, 0.75], "at epoch 5 from 0.75 to 0.75; 2 of 3 diverged"),
        ([np.nan, np.nan, np.nan], "every network diverged"),
    ],
)
def test_of_a_lane_alone_it_is_said_how_many_of_its_networks_diverged(losses: list[float], said: str) -> None:
    assert rows_of(made([losses])) == (said, [])


# -- the picture


def seen_by(view: ChanceView | None) -> Callable[[], ChancePanel]:
    def with_scene() -> ChancePanel:
        panel = ChancePanel()
        panel.scene = Scene(chance=view)
        return panel

    return with_scene


def shown(view: ChanceView | None, stand: Any, snapshot: Any, **size: Any) -> Any:
    return stand(seen_by(view), snapshot(SMALL), **size)


def test_the_picture_shows_the_median_and_counts_the_seeds(stand: Any, snapshot: Any, words: Any) -> None:
    view = finished(run_of())
    panel = shown(view, stand, snapshot)
    for i, lane in enumerate(LANES):
        np.testing.assert_array_equal(panel.medians[i].get_ydata(), view.band(i)[1])
        assert f"{lane.name}  {number(view.band(i)[1, -1])}" in words(panel)
    for i in (1, 2, 3):
        count = int(view.lower(i).sum())
        assert panel.verdicts.counts[i - 1].get_text() == f"{count} of 4"
        assert len(panel.verdicts.full[i - 1].get_xdata()) == count
        assert len(panel.verdicts.empty[i - 1].get_xdata()) == 4 - count


def test_seeds_of_lanes_that_have_moved_or_gone_have_the_colours_and_marks_of_now(stand: Any, snapshot: Any) -> None:
    none, l1, l2, _ = LANES
    view = finished(run_of())
    now = [l1, Lane("ridge", l2.uses), none]  # dropout has gone, and L2 has another name
    panel = shown(view, stand, snapshot, lanes=now)
    look = panel.look
    colors = [look.lane(2), look.lane(0), look.lane(1), look.text]
    assert [line.get_color() for line in panel.medians[:4]] == colors
    assert [label.get_color() for label in panel.labels[:4]] == colors
    assert [band.get_facecolor()[:3] for band in panel.bands[:4]] == [to_rgb(color) for color in colors]
    rows = panel.verdicts
    assert [name.get_color() for name in rows.names[:3]] == colors[1:]
    assert [dots.get_marker() for dots in rows.full[:2]] == [mark(0).marker, mark(1).marker]
    assert [dots.get_color() for dots in rows.full[:3]] == colors[1:]


def test_the_picture_says_that_bands_are_of_older_settings(stand: Any, snapshot: Any, words: Any) -> None:
    panel = shown(finished(run_of()), stand, snapshot)
    assert not any("older settings" in text for text in words(panel))
    panel.draw(snapshot(SMALL.replace(lr=0.1)))
    assert any("older settings" in text for text in words(panel))


def test_what_is_measured_is_named_by_the_data_of_the_seeds_whatever_the_lanes_have_by_now(
    stand: Any, snapshot: Any
) -> None:
    curve = Config(data="sine", n_train=20, hidden=(4,), batch_size=20)
    view = finished(run_of())
    squared = replace(view, configs=tuple(curve for _ in LANES))
    for base in (SMALL, curve):
        for seeds, loss in ((view, "loss"), (squared, "squared error"), (None, None)):
            panel = stand(seen_by(seeds), snapshot(base))
            named = loss or ("loss" if base is SMALL else "squared error")
            assert panel.called.startswith(f"Validation {named}, ")


def test_the_picture_of_a_question_has_a_row_for_each_answer(stand: Any, snapshot: Any, words: Any) -> None:
    view = finished(run_of(judge=by_epoch({3: 10, 4: 999, 5: 20, 6: 20}), epochs=30))
    said = words(shown(view, stand, snapshot))
    assert {"It is", "3 of 4", "no clear answer", "1 of 4"} <= set(said)


def test_without_seeds_the_picture_says_what_to_press(stand: Any, snapshot: Any, words: Any) -> None:
    assert any("20 seeds" in text and "Press" in text for text in words(shown(None, stand, snapshot)))


def test_the_picture_made_anew_has_the_same_axes_as_one_that_followed_the_seeds(snapshot: Any, stand: Any) -> None:
    """In another look, or for another width: what there was before the seeds says nothing of where axes end."""
    run = run_of(SMALL.replace(hidden=(16,)), seeds=6, epochs=60)

    class Asked(ChancePanel):
        def __init__(self) -> None:
            super().__init__()
            self.scene = Scene(chance=run.view())

    shown = snapshot(SMALL.replace(epochs=400))
    followed = stand(ChancePanel, shown)  # the invitation stands there first
    view = finished(run)
    followed.scene = Scene(chance=view)
    followed.draw(shown)
    anew = stand(Asked, shown, mode="dark")
    limits = [(panel.curves.axes.get_xlim(), panel.curves.axes.get_ylim()) for panel in (followed, anew)]
    assert limits[0] == limits[1]
    assert anew.curves.last == 75
    most = max(float(np.nanmax(view.band(i)[:, 5:])) for i in range(4))
    assert anew.curves.most < 1.7 * most


def test_tick_labels_stand_apart_and_no_line_of_the_grid_crosses_a_label(snapshot: Any, stand: Any) -> None:
    view = finished(run_of())

    class Asked(ChancePanel):
        def __init__(self) -> None:
            super().__init__()
            self.scene = Scene(chance=view)

    for height in (240, 320, 500):
        panel = stand(Asked, snapshot(SMALL), height=height)
        curves = panel.curves
        places = [curves.y(tick) for tick in curves.axes.get_yticks()]
        assert len(places) >= 2
        assert np.abs(np.diff(places)).min() >= 1.25 * panel.look.small_size
        left = curves.x(view.epoch) + 8
        right = left + max(width_of(text.get_text(), panel.look.label_size, bold=True) for text in panel.labels)
        grid = curves.grid.get_xdata()
        for start, end in zip(grid[::3], grid[1::3], strict=True):
            assert curves.x(end) < left or curves.x(start) > right
