"""The loss panel draws the history: no more, no less."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from matplotlib.text import Text

from regviz import Config, Trainer
from regviz.lab.compare.lanes import MOST_LANES, Lane
from regviz.lab.look.lettering import width_of
from regviz.lab.look.style import stylesheet
from regviz.lab.look.theme import MARKS
from regviz.lab.panels.loss import LossPanel
from regviz.lab.panels.loss_head import subtitles
from regviz.lab.panels.parts.curves import epoch_limit, loss_limit, thinned, ticks_of
from regviz.training.snapshot import Snapshot


def labels(panel: Any) -> list[str]:
    return [text.get_text() for text in panel.labels]


def test_a_label_gives_name_strength_and_the_last_validation_loss(snapshot: Any, stand: Any) -> None:
    shown = snapshot()
    panel = stand(LossPanel, shown)
    names = ("none", "L1 0.001", "L2 0.001", "dropout 0.5")
    values = [model.history["val_loss"][-1] for model in shown.models]
    assert labels(panel) == [f"{name}  {value:.2f}" for name, value in zip(names, values, strict=True)]


def test_curves_are_the_history(snapshot: Any, stand: Any) -> None:
    shown = snapshot(epochs=50)
    panel = stand(LossPanel, shown)
    for i, model in enumerate(shown.models):
        for line, key in ((panel.validation[i], "val_loss"), (panel.training[i], "train_loss")):
            assert np.array_equal(line.get_xdata(), model.history["epoch"])
            assert np.array_equal(line.get_ydata(), model.history[key])
        assert panel.validation[i].get_linestyle() == "-"
        assert panel.training[i].get_linestyle() == "--"


@pytest.mark.parametrize("epochs", [40, 218, 950])
@pytest.mark.parametrize(("width", "scale"), [(280, 1.0), (290, 1.6), (380, 1.6), (540, 1.0)])
def test_the_word_below_the_axis_stands_inside_and_clear_of_the_numbers(
    snapshot: Any, stand: Any, width: float, scale: float, epochs: int
) -> None:
    lanes = [Lane("A"), Lane("B")]
    panel = stand(LossPanel, snapshot(lanes=lanes, epochs=epochs), lanes, width, 320, scale=scale)
    (word,) = [text for text in panel.place.figure.findobj(Text) if text.get_text() == "epoch"]
    size, left = panel.look.small_size, word.get_window_extent().x0
    last = panel.plot.get_xticklabels()[-1].get_text()
    assert panel.curves.x(float(last)) + width_of(last, size) / 2 < left
    assert left + width_of("epoch", size) <= width + 0.5


@pytest.mark.parametrize("count", [1, 2, 7, 400, 401, 1023, 2000])
def test_a_long_curve_keeps_its_ends_and_its_extremes(count: int) -> None:
    y = np.random.default_rng(count).normal(size=count)
    x, kept = thinned(np.arange(count, dtype=float), y)
    assert len(x) <= 450
    assert (np.diff(x) >= 0).all()
    assert (x[0], x[-1]) == (0, count - 1)
    assert np.array_equal(kept, y[x.astype(int)])
    assert (kept.min(), kept.max()) == (y.min(), y.max())


def test_a_hollow_mark_stands_at_the_best_epoch(snapshot: Any, stand: Any) -> None:
    shown = snapshot()
    panel = stand(LossPanel, shown)
    for mark, model in zip(panel.best, shown.models, strict=True):
        assert mark.get_xdata() == [model.best_epoch]
        assert mark.get_ydata() == [model.history["val_loss"].min()]


def test_a_filled_mark_stands_where_a_lane_stopped_and_the_subtitle_says_so(
    snapshot: Any, stand: Any, words: Any
) -> None:
    assert not any("stopped" in word for word in words(stand(LossPanel, snapshot())))
    shown = snapshot(state="stopped", stopped_epoch=12)
    panel = stand(LossPanel, shown)
    assert [mark.get_xdata() for mark in panel.ends] == [[12]] * 4
    assert any("filled: stopped" in word for word in words(panel))


def test_the_gap_is_the_largest_difference_of_validation_and_training(snapshot: Any, stand: Any) -> None:
    shown = snapshot()
    panel = stand(LossPanel, shown)
    gaps = [model.history["val_loss"][-1] - model.history["train_loss"][-1] for model in shown.models]
    assert panel.gap_label.get_text() == f"gap {max(gaps):.2f}"
    corners = panel.shade.get_xy()
    widest = shown.models[int(np.argmax(gaps))].history
    assert set(corners[:, 1]) == {*widest["val_loss"], *widest["train_loss"]}


def test_labels_and_gap_do_not_cover_each_other(model: Any, stand: Any) -> None:
    same = np.full(13, 0.5)
    models = tuple(model(Config(hidden=(8,)), history={"val_loss": same, "train_loss": same - 0.1}) for _ in range(4))
    panel = stand(LossPanel, Snapshot(0, models))
    texts = [*panel.labels, panel.gap_label]
    y = sorted(text.get_position()[1] * panel.place.height for text in texts)
    assert (np.diff(y) >= 1.15 * panel.look.label_size).all()


def test_limits_hardly_ever_move_while_a_curve_grows() -> None:
    now, moves = 0.0, 0
    for last in range(2000):
        limit = epoch_limit(float(last), now)
        assert limit >= last
        assert limit <= max(20, 1.6 * last)
        moves += limit != now
        now = limit
    assert moves <= 18


def test_the_upper_limit_ignores_the_first_drop_and_what_explodes() -> None:
    calm = np.concatenate([[2.3, 1.5], np.full(60, 0.4)])
    broken = np.concatenate([[2.3], 10.0 ** np.arange(60)])
    assert loss_limit([calm], 0.0) < 0.6
    assert loss_limit([calm, broken], 0.0) <= 12
    assert loss_limit([calm], 0.6) == 0.6  # 0.4 of 0.6 is no reason to move


def test_ticks_are_round_and_of_one_width() -> None:
    for limit in (0.05, 0.6, 0.8, 1.2, 3, 20, 75, 150, 2000):
        ticks, names = ticks_of(limit)
        assert 3 <= len(ticks) <= 7
        assert [float(name) for name in names] == pytest.approx(ticks)
        assert len({len(name.partition(".")[2]) for name in names}) == 1


def test_a_lane_that_is_not_finite_is_called_diverged_and_leaves_the_others_alone(model: Any, stand: Any) -> None:
    broken = np.concatenate([[0.7, 3.0, 1e200, np.inf], np.full(9, np.nan)])
    models = (
        model(Config(hidden=(8,))),
        model(
            Config(hidden=(8,)),
            state="diverged",
            diverged_epoch=3,
            history={"val_loss": broken, "train_loss": broken},
        ),
        model(Config(hidden=(8,))),
        model(Config(hidden=(8,)), history={"val_loss": np.full(13, np.nan), "train_loss": np.full(13, np.nan)}),
    )
    panel = stand(LossPanel, Snapshot(0, models))
    assert labels(panel)[1].endswith("diverged")
    assert panel.plot.get_ylim()[1] < 3
    assert np.isfinite([text.get_position() for text in panel.labels]).all()
    panel.place.figure.savefig(io.BytesIO())


def test_a_net_that_has_not_trained_yet_has_a_picture(snapshot: Any, stand: Any) -> None:
    panel = stand(LossPanel, snapshot(epochs=0, step=0))
    assert all(re.fullmatch(r".+  \d\.\d\d", label) for label in labels(panel))


def test_nothing_is_redrawn_until_an_epoch_has_passed(snapshot: Any, stand: Any) -> None:
    panel = stand(LossPanel, snapshot(step=40))
    for artist in panel.artists:
        artist.stale = False
    panel.draw(snapshot(step=41))
    assert not any(artist.stale for artist in panel.artists)
    panel.draw(snapshot(epochs=13))
    assert any(artist.stale for artist in panel.artists)


def test_a_regression_says_what_its_loss_is(snapshot: Any, stand: Any, words: Any) -> None:
    config = Config(data="diabetes", hidden=(8,), n_train=100)
    assert "Loss, mean squared error" in words(stand(LossPanel, snapshot(config)))


def test_every_lane_has_a_shape_of_its_own_at_its_best_epoch_its_end_and_beside_its_name(
    snapshot: Any, stand: Any
) -> None:
    panel = stand(LossPanel, snapshot(state="stopped", stopped_epoch=12))
    for marks in (panel.best, panel.ends, panel.keys):
        assert [mark.get_marker() for mark in marks] == [MARKS[i].marker for i in range(4)]
    assert len({mark.get_marker() for mark in panel.best}) == 4
    for key, label in zip(panel.keys, panel.labels, strict=True):
        (x,), (y,) = key.get_xdata(), key.get_ydata()
        across, up = panel.place.figure.transFigure.inverted().transform(panel.plot.transData.transform((x, y)))
        assert up == pytest.approx(label.get_position()[1], abs=0.01)
        assert across < label.get_position()[0]


def test_eight_lanes_have_eight_shapes_on_the_page_and_in_pictures() -> None:
    assert len({mark.marker for mark in MARKS}) == len({mark.clip for mark in MARKS}) == MOST_LANES
    sheet = stylesheet()
    for i, mark in enumerate(MARKS):
        rule = next(line for line in sheet.splitlines() if line.startswith(f".rv-app .rv-mark-{i},"))
        assert mark.clip in rule


def test_beside_another_picture_on_a_projector_names_are_whole(snapshot: Any, stand: Any, letters: float) -> None:
    lanes = (Lane("train on"), Lane("early stopping"))
    panel = stand(LossPanel, snapshot(lanes=lanes), lanes, width=372 * letters, height=430, scale=1.6)
    assert labels(panel)[1] == "early stopping"
    assert panel.curves.width >= 0.25 * 372 * letters


def test_all_lanes_have_their_strength_or_none_has(snapshot: Any, stand: Any) -> None:
    lanes = (Lane("L1", ("l1",)), Lane("L2", ("l2",)))
    shown = snapshot(Config(l1=0.05, l2=0.1), lanes)
    found = {width: labels(stand(LossPanel, shown, lanes, width=width)) for width in range(200, 520, 8)}
    said = {
        tuple(strength in text for strength, text in zip(("0.05", "0.1"), texts, strict=True))
        for texts in ([text.rpartition("  ")[0] for text in its] for its in found.values())
    }
    assert said == {(True, True), (False, False)}


def test_where_there_is_little_room_a_label_keeps_the_name_rather_than_the_number(snapshot: Any, stand: Any) -> None:
    lanes = (Lane("BatchNorm"), Lane("L1", ("l1",)))
    shown = snapshot(lanes=lanes)
    number = f"{shown.models[0].history['val_loss'][-1]:.2f}"
    assert labels(stand(LossPanel, shown, lanes, width=400))[0] == f"BatchNorm  {number}"
    assert labels(stand(LossPanel, shown, lanes, width=270)) == ["BatchNorm", "L1"]
    diverged = snapshot(lanes=lanes, state="diverged", diverged_epoch=3)
    assert labels(stand(LossPanel, diverged, lanes, width=270))[0].endswith("…  diverged")


def test_all_lanes_have_their_number_or_none_has_unless_it_is_asked_for(snapshot: Any, stand: Any) -> None:
    lanes = (Lane("early stopping"), Lane("all 500"))
    shown, said = snapshot(lanes=lanes), set()
    for width in (270, 300, 330, 360, 390, 500):
        panel = stand(LossPanel, shown, lanes, width=width)
        said.add(tuple("  " in text for text in labels(panel)))
    assert said == {(True, True), (False, False)}
    panel = stand(LossPanel, shown, lanes, width=270)
    panel.pointer("move", panel.curves.x(1), panel.curves.top + 5)
    panel.draw(shown)
    assert all("  " in text for text in labels(panel))


def test_after_its_end_a_lane_is_read_with_the_weights_that_it_keeps(stand: Any) -> None:
    lanes = (Lane("early stopping", fixed={"patience": 3}), Lane("on"))
    trainer = Trainer([lane.config(Config(hidden=(8,), n_train=30, lr=0.05)) for lane in lanes])
    while trainer.snapshot().models[0].state != "stopped":
        trainer.advance(epochs=5)
    trainer.advance(epochs=20)
    shown = trainer.snapshot()
    ended = shown.models[0]
    assert ended.restored
    assert ended.now("val_loss") < ended.history["val_loss"][-1]
    panel = stand(LossPanel, shown, lanes)
    for at, value in ((ended.epoch, ended.history["val_loss"][-1]), (ended.epoch + 10, ended.now("val_loss"))):
        panel.pointer("move", panel.curves.x(at), panel.curves.top + 5)
        panel.draw(shown)
        assert panel.at == at
        assert labels(panel)[0] == f"early stopping  {value:.2f}"


def test_the_pointer_names_an_epoch_whose_numbers_are_known(stand: Any) -> None:
    trainer = Trainer([Config(hidden=(4,), n_train=30, batch_size=30)] * 2, history_capacity=16)
    trainer.advance(epochs=301)
    shown = trainer.snapshot()
    epochs = shown.models[0].history["epoch"]
    assert len(epochs) <= 16
    lanes = (Lane("a"), Lane("b"))
    panel = stand(LossPanel, shown, lanes)
    for epoch in range(0, 301, 7):
        panel.pointer("move", panel.curves.x(epoch), panel.curves.top + 5)
        assert panel.at in epochs
        assert abs(panel.at - epoch) == np.abs(epochs - epoch).min()


def test_a_best_epoch_that_others_may_be_below_is_not_called_the_lowest_loss(snapshot: Any) -> None:
    one = snapshot().models[0]
    patient = replace(one, config=one.config.replace(patience=5, min_delta=0.02))
    assert "lowest loss" in subtitles([one], True, True)[0]
    assert "best epoch" in subtitles([one, patient], True, True)[0]
