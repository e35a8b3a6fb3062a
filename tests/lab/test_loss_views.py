"""The loss picture's other views: score, logarithmic axis, newest epochs; numbers under the pointer; turned knobs."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from regviz import Config
from regviz.errors import ArgumentError
from regviz.lab import Lab
from regviz.lab.canvas.cursor import Cursor
from regviz.lab.canvas.stage import Stage
from regviz.lab.compare.lanes import DEFAULT_LANES, Lane
from regviz.lab.compare.scene import Pinned, Scene
from regviz.lab.compare.session import Session
from regviz.lab.export.experiment import Experiment, read, write
from regviz.lab.export.share import read_link, write_link
from regviz.lab.look.lettering import width_of
from regviz.lab.look.numbers import number, percent
from regviz.lab.look.theme import look
from regviz.lab.panels import made, panel_class, spelled
from regviz.lab.panels.loss import LossPanel
from regviz.lab.panels.loss_turns import marks_of
from regviz.lab.panels.loss_views import LASTS, LogScale, LossView, Scale, ScoreScale, window
from regviz.training.snapshot import Snapshot
from regviz.training.turns import Turn

SMALL = Config(n_train=40, hidden=(8,), batch_size=20, l1=1e-3, l2=1e-3, dropout=0.5, seed=2)
CHOICES = [LossView(score, log, last) for score in (False, True) for log in (False, True) for last in (0, *LASTS)]


def seen(view: str) -> Callable[[], Any]:
    return lambda: made(view)


def numbers(panel: Any) -> list[str]:
    return [re.split(r"\s{2}", text.get_text())[-1] for text in panel.labels]


# -- what is drawn


def test_the_score_s_curves_labels_and_gap_are_those_of_the_history(snapshot: Any, stand: Any) -> None:
    shown = snapshot(epochs=50)
    panel = stand(seen("loss~score"), shown)
    for i, model in enumerate(shown.models):
        for line, key in ((panel.validation[i], "val_score"), (panel.training[i], "train_score")):
            assert np.array_equal(line.get_ydata(), model.history[key])
        (best,) = panel.best[i].get_ydata()
        assert best == model.history["val_score"][model.best_epoch]
    assert numbers(panel) == [percent(model.history["val_score"][-1], 1) for model in shown.models]
    gaps = [model.history["train_score"][-1] - model.history["val_score"][-1] for model in shown.models]
    assert panel.gap_label.get_text() == f"gap {percent(max(gaps), 1)}"
    assert panel.called == "Accuracy in %"
    low, most = panel.plot.get_ylim()
    assert low < 0.8
    assert 1 < most < 1.02


def test_on_a_logarithmic_axis_a_tenth_is_as_far_everywhere_and_labels_say_the_loss(snapshot: Any, stand: Any) -> None:
    shown = snapshot(epochs=50)
    panel = stand(seen("loss~log"), shown)
    for i, model in enumerate(shown.models):
        assert np.allclose(10 ** panel.validation[i].get_ydata(), model.history["val_loss"], rtol=1e-12)
        assert 10 ** panel.best[i].get_ydata()[0] == pytest.approx(model.history["val_loss"].min(), rel=1e-12)
    assert numbers(panel) == [number(model.history["val_loss"][-1]) for model in shown.models]
    names = [text.get_text() for text in panel.plot.get_yticklabels()]
    assert [float(name) for name in names] == pytest.approx(10.0 ** np.array(panel.plot.get_yticks()))
    assert len(names) >= 3


@pytest.mark.slow
def test_a_loss_of_zero_one_that_explodes_and_none_at_all_have_a_place_in_every_view(model: Any, stand: Any) -> None:
    broken = np.concatenate([[0.7, 3.0, 1e200, np.inf], np.full(9, np.nan)])
    histories = [{"train_loss": np.zeros(13), "val_loss": np.zeros(13), "val_score": np.ones(13)}]
    histories.append({"val_loss": broken, "train_loss": broken, "val_score": broken, "train_score": broken})
    histories.append(dict.fromkeys(("val_loss", "train_loss", "val_score", "train_score"), np.full(13, np.nan)))
    histories.append({})
    states = ({}, {"state": "diverged", "diverged_epoch": 3}, {"state": "diverged", "diverged_epoch": 1}, {})
    models = [model(SMALL, history=history, **state) for history, state in zip(histories, states, strict=True)]
    for choice in CHOICES:
        panel = stand(seen("~".join(["loss", *choice.words])), Snapshot(0, tuple(models)))
        assert np.isfinite([text.get_position() for text in panel.labels]).all()
        assert np.isfinite([*panel.plot.get_ylim(), *panel.plot.get_xlim()]).all()
        assert numbers(panel)[1:3] == ["diverged", "diverged"]
        if not choice.score:
            (end,) = panel.ends[1].get_ydata()
            assert panel.curves.low < end < panel.curves.most  # where it left the picture
        panel.place.figure.draw_without_rendering()


def test_the_window_has_the_last_epochs_whole_and_moves_by_steps() -> None:
    for last in LASTS:
        epochs, moves = (0.0, 0.0), 0
        for end in range(1000):
            before, epochs = epochs, window(float(end), last, *epochs)
            first, right = epochs
            assert first <= max(0, end - last)
            assert end <= right
            if end > last:
                assert right - first == 1.2 * last
            moves += before != epochs
        assert moves <= 1000 / (last / 5) + 3
        assert window(10.0, last, *epochs) == (0.0, 20.0)  # a new run
        assert window(999.0, 0, *epochs) == (0.0, 1000.0)


def test_a_window_draws_its_epochs_alone_and_says_when_the_best_were_before(
    snapshot: Any, stand: Any, words: Any
) -> None:
    falling = {"val_loss": np.r_[0.1, 0.3 + 0.001 * np.arange(200)]}
    shown = snapshot(epochs=200, history=falling)
    panel = stand(seen("loss~last50"), shown)
    first = panel.curves.first
    assert first == 150
    for line in (*panel.validation, *panel.training):
        assert line.get_xdata()[0] == first
        assert line.get_xdata()[-1] == 200
    assert not any(mark.get_visible() for mark in panel.best)
    assert any("best epoch is earlier" in word for word in words(panel))
    assert numbers(panel)[0] == number(float(falling["val_loss"][-1]))
    for choice in ("loss", "loss~last200"):
        assert all(mark.get_visible() for mark in stand(seen(choice), shown).best)


@pytest.mark.parametrize("view", ["loss~last50", "loss~log~last50", "loss~score~last50"])
@pytest.mark.parametrize(
    "ended", [{"state": "stopped", "stopped_epoch": 30}, {"state": "diverged", "diverged_epoch": 30}]
)
def test_a_lane_that_ended_before_the_window_has_a_number_and_neither_curve_nor_gap(
    view: str, ended: dict[str, Any], model: Any, stand: Any
) -> None:
    far_apart = {"train_loss": np.zeros(31), "val_loss": np.ones(31), "val_score": np.zeros(31)}
    short = model(SMALL, epochs=30, best_epoch=20, restored=False, history=far_apart, **ended)
    lanes = (Lane("short"), Lane("long"))
    shown = Snapshot(40, (short, model(SMALL, 1, epochs=180)))
    panel = stand(seen(view), shown, lanes)
    assert panel.curves.first == 130
    for lines in (panel.validation, panel.training):
        assert [len(line.get_xdata()) for line in lines] == [0, 51]
    assert not panel.best[0].get_visible()
    assert not panel.ends[0].get_visible()
    assert numbers(panel)[0] == ("diverged" if "diverged_epoch" in ended else panel.scale.text(1 - panel.choice.score))
    assert panel.bracket.get_color() == panel.look.lane(1) or not panel.gap_label.get_visible()
    panel.pointer("move", panel.curves.x(150), panel.curves.top + 20)
    panel.draw(shown)
    assert [dot.get_visible() for dot in panel.dots] == [False, True]


def test_a_pinned_run_that_ended_before_the_window_is_not_in_it_and_comes_back_with_all_epochs(
    snapshot: Any, stand: Any
) -> None:
    early, shown = snapshot(epochs=30), snapshot(epochs=180)

    def pinned() -> Any:
        panel = made("loss~last50")
        panel.scene = Scene(pinned=Pinned.of(early, DEFAULT_LANES))
        return panel

    panel = stand(pinned, shown)
    assert all(len(ghost.get_xdata()) == 0 for ghost in panel.ghosts)
    panel.look_at(())
    panel.draw(shown)
    assert all(list(ghost.get_xdata()) == list(range(31)) for ghost in panel.ghosts)


def test_one_who_looks_back_beyond_the_window_sees_all_epochs(snapshot: Any, stand: Any) -> None:
    live, earlier = snapshot(epochs=200), snapshot(epochs=20)
    panel = stand(seen("loss~last50"), live)
    panel.scene = Scene(live=live)
    panel.draw(earlier)
    assert panel.curves.first == 0
    assert list(panel.cursor.get_xdata()) == [20, 20]
    panel.draw(snapshot(epochs=180))
    assert panel.curves.first == 150
    panel.scene = Scene()
    panel.draw(live)
    assert panel.curves.first == 150


def test_the_pinned_run_stands_on_the_same_axes(snapshot: Any, stand: Any) -> None:
    pinned = snapshot(epochs=50, seed=9)

    class InScene(LossPanel):
        def __init__(self) -> None:
            super().__init__()
            self.scene = Scene(pinned=Pinned.of(pinned, DEFAULT_LANES))

    panel = stand(InScene, snapshot(epochs=50))
    for choice, key, raised in (
        (LossView(), "val_loss", 1),
        (LossView(score=True), "val_score", 1),
        (LossView(log=True), "val_loss", 0),
    ):
        panel.choice = choice
        panel.draw(snapshot(epochs=51))
        for ghost, model in zip(panel.ghosts, pinned.models, strict=True):
            expected = model.history[key] if raised else np.log10(model.history[key])
            assert np.allclose(ghost.get_ydata(), expected)


def test_limits_of_every_axis_hold_the_curves_and_hardly_ever_move() -> None:
    rng = np.random.default_rng(0)
    losses = 0.5 * np.exp(-np.arange(1500) / 300) + 0.05 + 0.02 * rng.random(1500)
    for scale, curve in ((Scale(False), losses), (LogScale(False), losses), (ScoreScale(False), 1 - losses)):
        now, moves = (0.0, 0.0), 0
        for count in range(2, 1500, 3):
            before, now = now, scale.limits([curve[:count]], now)
            assert now[0] <= scale.height(curve[count - 1]) <= now[1]
            moves += before != now
        assert moves <= 8, type(scale)
        ticks, names = scale.ticks(*now)
        assert 3 <= len(ticks) == len(names) <= 7
        assert all(now[0] - 1e-9 <= tick <= now[1] + 1e-9 for tick in ticks)


def test_losses_that_are_rounding_errors_lie_on_the_log_axis(model: Any, stand: Any) -> None:
    tiny = np.concatenate([np.logspace(0, -22, 61), np.full(240, 1e-23)])
    its = model(SMALL, epochs=300, history={"train_loss": tiny, "val_loss": 3 * tiny})
    panel = stand(seen("loss~log~last50"), Snapshot(0, (its,)), (Lane("exact"),))
    low, most = panel.plot.get_ylim()
    for line in (*panel.training, *panel.validation):
        assert low < line.get_ydata()[-1] < most
    assert numbers(panel) == ["<1e−9"]


def test_a_memorized_training_set_does_not_push_the_log_axis_out_of_sight() -> None:
    fallen = 10.0 ** -np.linspace(0, 11, 300)
    low, most = LogScale(False).limits([fallen, np.full(300, 0.7)], (0.0, 0.0))
    assert most - low == LogScale.DECADES


def test_a_regression_shows_r2(snapshot: Any, stand: Any) -> None:
    config = Config(data="diabetes", hidden=(8,), n_train=100)
    shown = snapshot(config)
    panel = stand(seen("loss~score"), shown)
    assert panel.called.startswith("R²")
    assert numbers(panel) == [number(model.history["val_score"][-1], 2) for model in shown.models]
    assert [switch.word for switch in panel.head.switches] == ["R²", "last 50"]


# -- what a person does


def test_clicks_on_words_title_axis_and_epochs_switch_what_is_seen(snapshot: Any, stand: Any) -> None:
    shown = snapshot(epochs=90)
    panel = stand(LossPanel, shown)

    def click(x: float, y: float) -> Any:
        answer = panel.pointer("click", x, y)
        assert answer.redraw
        panel.draw(shown)
        return answer

    words = {switch.word: spot for switch, spot in zip(panel.head.switches, panel.head.targets(), strict=True)}
    assert panel.pointer("move", *words["log"]).hint == "linear axis (click: logarithmic axis)"
    assert click(*words["log"]).hint == "logarithmic axis (click: linear axis)"
    assert panel.views == ("log",)
    click(*words["last 50"])
    assert panel.views == ("log", "last50")
    click(20, 10)  # the title
    assert panel.views == ("score", "log", "last50")
    assert panel.called == "Accuracy in %"
    click(20, 10)
    middle, foot = panel.curves.top + 50, panel.curves.foot + 10
    click(4, middle)
    assert panel.views == ("last50",)
    click(panel.curves.left + 40, foot)
    assert panel.views == ("last200",)
    click(panel.curves.left + 40, foot)
    assert panel.views == ()
    assert panel.called == "Loss"


def test_clicks_that_come_before_a_frame_all_count(snapshot: Any, stand: Any) -> None:
    shown = snapshot(epochs=60)
    for first, second, views in (
        ("log", "last 50", ("log", "last50")),
        ("last 50", "log", ("log", "last50")),
        ("last 50", "last 50", ("last200",)),
        ("log", "accuracy", ("score", "log")),
        ("accuracy", "log", ("score",)),  # a score has no logarithmic axis
        ("accuracy", "last 50", ("score", "last50")),
        ("accuracy", "accuracy", ()),
    ):
        panel = stand(LossPanel, shown)
        words = {switch.word: spot for switch, spot in zip(panel.head.switches, panel.head.targets(), strict=True)}
        for word in (first, second):
            assert panel.pointer("click", *words[word]).redraw
        panel.draw(shown)
        assert panel.views == views, (first, second)


def test_words_of_what_is_seen_stand_out_and_none_is_on_the_title(snapshot: Any, stand: Any) -> None:
    for view, on in (("loss", []), ("loss~log", ["log"]), ("loss~score~last200", ["accuracy", "last 200"])):
        for width, scale in ((540, 1), (360, 1), (300, 1), (560, 1.6)):
            panel = stand(seen(view), snapshot(), width=width, scale=scale)
            assert [text.get_text() for text in panel.head.words if text.get_weight() == "bold"] == on
            title = panel.head.title
            right = width_of(title.get_text(), title.get_fontsize(), bold=True)
            left = min(text.get_position()[0] * width for text in panel.head.words if text.get_text())
            assert right < left
    tiny = stand(LossPanel, snapshot(), width=150)
    assert not any(text.get_text() for text in tiny.head.words)
    assert tiny.pointer("click", 5, 10).redraw
    assert tiny.views == ("score",)


def test_the_pointer_reads_every_lane_s_value_of_its_epoch_at_the_labels(snapshot: Any, stand: Any, words: Any) -> None:
    shown = snapshot(epochs=50)
    for view, key, said in (("loss", "val_loss", number), ("loss~score", "val_score", lambda v: percent(v, 1))):
        panel = stand(seen(view), shown)
        places = [text.get_position() for text in panel.labels]
        answer = panel.pointer("move", panel.curves.x(20.3), panel.curves.top + 40)
        assert answer.redraw
        assert answer.hint == ""  # nothing covers the picture
        panel.draw(shown)
        values = [said(model.history[key][20]) for model in shown.models]
        assert numbers(panel) == values
        assert [text.get_position() for text in panel.labels] == places
        assert list(panel.pointed.get_xdata()) == [20, 20]
        assert [dot.get_ydata()[0] for dot in panel.dots] == [model.history[key][20] for model in shown.models]
        assert any(word.startswith("epoch 20") for word in words(panel))
        for lane, value in zip(DEFAULT_LANES, values, strict=True):
            assert f"{lane.name} {value}" in answer.aloud
        assert not panel.pointer("move", panel.curves.x(20.1), panel.curves.top + 60).redraw  # the same epoch
        assert panel.pointer("leave", -1, -1).redraw
        panel.draw(shown)
        assert numbers(panel) == [said(model.history[key][-1]) for model in shown.models]
        assert not panel.pointed.get_visible()
        assert not any(dot.get_visible() for dot in panel.dots)


def test_where_there_is_little_room_the_number_under_the_pointer_goes_before_the_name(
    snapshot: Any, stand: Any
) -> None:
    shown = snapshot(epochs=50)
    panel = stand(LossPanel, shown, width=250)
    panel.pointer("move", panel.curves.x(20), panel.curves.top + 40)
    panel.draw(shown)
    assert numbers(panel) == [number(model.history["val_loss"][20]) for model in shown.models]


@pytest.mark.parametrize("restored", [True, False])
def test_a_lane_that_has_stopped_before_has_the_value_of_its_weights_and_no_dot(
    model: Any, stand: Any, restored: bool
) -> None:
    short = model(SMALL, epochs=10, state="stopped", stopped_epoch=10, restored=restored)
    long = [model(SMALL, seed=i, epochs=40) for i in range(3)]
    shown = Snapshot(0, (short, *long))
    panel = stand(LossPanel, shown)
    panel.pointer("move", panel.curves.x(30), panel.curves.top + 40)
    panel.draw(shown)
    last = number(short.history["val_loss"][-1])
    assert numbers(panel)[0] == number(short.now("val_loss"))
    assert (numbers(panel)[0] == last) is not restored
    assert [dot.get_visible() for dot in panel.dots] == [False, True, True, True]


def test_a_lane_that_has_diverged_before_has_no_value_any_more(model: Any, stand: Any) -> None:
    lanes = (Lane("sound"), Lane("fast"), Lane("faster"))
    early = model(SMALL, epochs=2, state="diverged", diverged_epoch=3)
    at_once = {column: np.array([np.inf]) for column in ("val_loss", "train_loss")}
    gone = model(SMALL, epochs=0, history=at_once, state="diverged", diverged_epoch=0)
    shown = Snapshot(0, (model(SMALL, epochs=40), early, gone))
    panel = stand(LossPanel, shown, lanes)
    for epoch, said in ((2, number(early.history["val_loss"][2])), (3, "diverged"), (30, "diverged")):
        answer = panel.pointer("move", panel.curves.x(epoch), panel.curves.top + 40)
        panel.draw(shown)
        assert numbers(panel)[1:] == [said, "diverged"]
        assert answer.aloud.endswith(f"fast {said}, faster diverged")


def test_the_keyboard_reads_epochs_and_presses_words_and_is_told_what_is_seen(snapshot: Any) -> None:
    stage, shown = Stage([LossPanel()]), snapshot(epochs=50)
    stage.lay_out(560, 330, 1, look("light"), DEFAULT_LANES, shown)
    panel, cursor = stage.panels[0], Cursor(stage)
    reply = cursor.press("loss", "focus")
    assert reply is not None
    assert reply.words.startswith("epoch 50, validation loss: none 0.")
    before = panel.at  # type: ignore[attr-defined]
    left = cursor.press("loss", "ArrowLeft")
    assert left is not None
    assert left.words.startswith("epoch 49")
    assert before == 50
    up = cursor.press("loss", "ArrowUp")
    assert up is not None
    assert "(Enter: " in up.words
    pressed = cursor.press("loss", "Enter")
    assert pressed is not None
    assert pressed.answer.redraw
    assert panel.views
    stage.draw(shown)
    cursor.press("loss", "blur")
    assert panel.at is None  # type: ignore[attr-defined]


def test_a_copy_keeps_the_view_and_leaves_the_pointer_behind(snapshot: Any, stand: Any) -> None:
    panel = stand(seen("loss~log"), snapshot(epochs=50))
    panel.pointer("move", panel.curves.x(20), panel.curves.top + 40)
    other = panel.copy()
    assert (other.views, other.at) == (("log",), None)
    assert panel.at == 20


# -- links, experiments, notebooks


@pytest.mark.parametrize("choice", CHOICES)
def test_a_view_travels_in_links_and_experiments(choice: LossView) -> None:
    assert LossView.of(choice.words) == choice
    panels = (spelled(made("~".join(["loss", *choice.words]))), "weights")
    wish = read_link(write_link(SMALL, panels=panels))
    assert wish.panels == panels
    assert wish.notes == []
    found = read(write(Experiment(SMALL, panels=panels)))
    assert found.panels == panels
    assert ('"version": 4' in write(Experiment(SMALL, panels=panels))) == bool(choice.words)


def test_a_view_that_does_not_exist_is_said_with_those_that_do() -> None:
    with pytest.raises(ArgumentError, match=r"loss~upside.*score, log, last50, last200"):
        panel_class("loss~upside")
    with pytest.raises(ArgumentError, match="picture weights has nothing to choose"):
        panel_class("weights~log")
    wish = read_link("panels=loss~upside,weights")
    assert wish.panels is None
    assert "Ignored from the link" in wish.notes[0]


def test_a_lab_begins_with_views_saves_them_and_keeps_them_when_pictures_change(tmp_path: Any) -> None:
    lab = Lab(SMALL, panels=["loss~log", "fit"], play=False)
    assert lab.pictures.spelled == ("loss~log", "fit")
    assert lab.pictures.names == ("loss", "fit")
    lab.show(["weights", "loss"])
    assert lab.pictures.spelled == ("weights", "loss~log")
    lab.show(["loss~score~last50"])
    assert lab.pictures.spelled == ("loss~score~last50",)
    lab.save(tmp_path / "seen.json")
    other = Lab(SMALL, play=False)
    other.open_experiment(tmp_path / "seen.json")
    assert other.pictures.spelled == ("loss~score~last50",)
    other.address.write()
    assert "panels=loss~score~last50" in other.screen.query
    lab.close()
    other.close()


# -- turned knobs


def turned(snapshot: Any, turns: dict[int, tuple[Turn, ...]], **given: Any) -> Snapshot:
    models = snapshot(epochs=60, **given).models
    return Snapshot(0, tuple(dataclasses.replace(m, turns=turns.get(i, ())) for i, m in enumerate(models)))


def texts_of(panel: Any) -> list[str]:
    return [text.get_text() for text in panel.turns.texts if text.get_text()]


def test_a_turn_is_marked_at_its_epoch_in_its_lane_s_colour_and_one_of_all_lanes_once(
    snapshot: Any, stand: Any
) -> None:
    rate = Turn(40, "lr", 0.01, 0.05)
    shown = turned(snapshot, {i: (Turn(12, "l1", 1e-3, 1e-2), rate) if i == 1 else (rate,) for i in range(4)})
    assert [(mark.epoch, mark.lane) for mark in marks_of(shown.models)] == [(12, 1), (40, None)]
    panel = stand(LossPanel, shown, width=700)
    assert sorted(texts_of(panel)) == ["L1 λ 0.001 → 0.01", "learning rate 0.01 → 0.05"]
    ours = next(text for text in panel.turns.texts if text.get_text().startswith("L1"))
    assert ours.get_color() == panel.look.lane(1)
    lines = panel.turns.lines.get_xdata()
    assert sorted(set(lines[np.isfinite(lines)])) == [12, 40]
    x = ours.get_position()[0] * panel.place.width
    assert 0 < x - panel.curves.x(12) < 5


@pytest.mark.parametrize("width", [300, 390, 540, 900])
def test_words_of_many_turns_never_stand_on_each_other(width: int, snapshot: Any, stand: Any) -> None:
    rng = np.random.default_rng(width)
    epochs = sorted(rng.integers(1, 60, 30).tolist())
    fields = ("l1", "lr", "patience", "momentum")
    turns = tuple(
        Turn(epoch, fields[k % 4], None if k % 4 == 2 else 0.001 * k, 0.01 * k + 1) for k, epoch in enumerate(epochs)
    )
    for view in ("loss", "loss~last50", "loss~score~last200"):
        panel = stand(seen(view), turned(snapshot, {1: turns}), width=width)
        words = [
            (text.get_position()[0] * width, width_of(text.get_text(), panel.look.small_size))
            for text in panel.turns.texts
            if text.get_text()
        ]
        assert words
        ends = [(x, x + wide) for x, wide in sorted(words)]
        assert all(right < left for (_, right), (left, _) in pairwise(ends))
        assert ends[-1][1] <= width + 1
        marked = {epoch for epoch in epochs if epoch >= panel.curves.first}
        lines = panel.turns.lines.get_xdata()
        assert set(lines[np.isfinite(lines)]) == marked  # every turn has its line, with words or without


def test_a_turn_made_in_the_lab_is_in_the_picture_at_once_while_one_looks_back_and_in_a_film() -> None:
    session, panel = Session(SMALL), LossPanel()
    session.trainer.advance(epochs=10)
    stage = Stage([panel])
    stage.lay_out(640, 400, 1, look("light"), session.lanes, session.snapshot())
    session.change(l2=0.5)
    stage.draw(session.snapshot(), session.scene())
    assert texts_of(panel) == ["L2 λ 0.001 → 0.5"]
    session.trainer.advance(epochs=10)
    session.snapshot()
    session.look_back(3)
    stage.draw(session.snapshot(), session.scene())
    assert texts_of(panel) == ["L2 λ 0.001 → 0.5"]
    first, *_, last = session.tape.snapshots()
    film = Stage([panel.copy()])
    film.lay_out(640, 400, 1, look("light"), session.lanes, first)
    assert texts_of(film.panels[0]) == []
    film.draw(last)
    assert texts_of(film.panels[0]) == ["L2 λ 0.001 → 0.5"]
