"""The scoreboard orders lanes by what they score, calmly, and shows nothing that was not measured."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from regviz import Config, Trainer
from regviz.lab.compare.lanes import DEFAULT_LANES, Lane
from regviz.lab.look.numbers import percent, signed
from regviz.lab.panels.scoreboard import SETTLE, ScoreboardPanel
from regviz.training.snapshot import Snapshot

CONFIG = Config(l1=1e-3, l2=1e-3, dropout=0.5, hidden=(8,))


def scored(model: Any, *losses: float, epoch: int = 12, **given: Any) -> Snapshot:
    """Lanes that end with these validation losses; each had 0.8 of it at epoch 5."""
    models = []
    for lane, loss in zip(DEFAULT_LANES, losses, strict=False):
        column = np.full(epoch + 1, 1.5 * loss)
        column[min(5, epoch)], column[-1] = 0.8 * loss, loss
        history = {"val_loss": column, "train_loss": column - 0.1}
        models.append(model(lane.config(CONFIG), epochs=epoch, step=4 * epoch, history=history, **given))
    return Snapshot(4 * epoch, tuple(models))


def texts(panel: Any, i: int) -> list[str]:
    return [panel.losses[i].get_text(), *(text.get_text() for text in panel.cells[i])]


def test_the_smallest_validation_loss_stands_on_top(model: Any, stand: Any) -> None:
    panel = stand(ScoreboardPanel, scored(model, 0.6, 0.3, 0.5, 0.4))
    assert panel.order == [1, 3, 2, 0]
    assert panel.best == 1
    heights = [panel.names[i].get_position()[1] for i in panel.order]
    assert heights == sorted(heights, reverse=True)


def test_bars_and_ticks_are_the_losses_now_and_at_best_on_one_scale(model: Any, stand: Any) -> None:
    losses = (0.6, 0.3, 0.5, 0.4)
    panel = stand(ScoreboardPanel, scored(model, *losses))
    widths = np.array([bar.get_width() for bar in panel.bars])
    assert widths / widths[0] == pytest.approx(np.array(losses) / losses[0])
    for bar, tick in zip(panel.bars, panel.ticks, strict=True):
        assert tick.get_xdata()[0] == pytest.approx(0.8 * bar.get_width())


def test_numbers_are_those_of_the_run(stand: Any) -> None:
    trainer = Trainer([lane.config(CONFIG.replace(l1=0.05)) for lane in DEFAULT_LANES])
    trainer.advance(epochs=30)
    shown = trainer.snapshot()
    panel = stand(ScoreboardPanel, shown, width=700)
    assert panel.columns == ["accuracy", "gap", "exactly 0"]
    for i, each in enumerate(shown.models):
        loss, train, score = (each.history[name][-1] for name in ("val_loss", "train_loss", "val_score"))
        zeros = sum((W == 0).sum() for W in each.weights) / sum(W.size for W in each.weights)
        found = [float(text.replace("−", "-").rstrip("%\N{NO-BREAK SPACE} ")) for text in texts(panel, i)]
        assert found[:3] == pytest.approx([loss, 100 * score, loss - train], abs=0.051)
        assert found[3] == pytest.approx(100 * zeros, abs=0.51)
        assert f"at epoch {np.argmin(each.history['val_loss'])}" in panel.bests[i].get_text()


def test_lanes_that_differ_by_a_hair_keep_their_places_until_it_settles(model: Any, stand: Any) -> None:
    panel = stand(ScoreboardPanel, scored(model, 0.400, 0.401, 0.5, 0.6, epoch=SETTLE + 1))
    panel.draw(scored(model, 0.402, 0.400, 0.5, 0.6, epoch=SETTLE + 2))
    assert panel.order == [0, 1, 2, 3]
    assert panel.best == 0  # both read 0.40
    panel.draw(scored(model, 0.402, 0.400, 0.5, 0.6, epoch=2 * SETTLE))
    assert panel.order == [1, 0, 2, 3]


def test_the_mark_is_on_the_best_even_where_it_has_not_moved_up_yet(model: Any, stand: Any) -> None:
    panel = stand(ScoreboardPanel, scored(model, 0.401, 0.404, 0.9, 0.9, epoch=SETTLE + 1))
    panel.draw(scored(model, 0.404, 0.396, 0.9, 0.9, epoch=SETTLE + 2))
    assert panel.order[:2] == [0, 1]
    assert panel.losses[1].get_text() == "0.40"
    panel.draw(scored(model, 0.411, 0.399, 0.9, 0.9, epoch=SETTLE + 3))
    assert panel.order[:2] == [0, 1]
    assert panel.best == 1
    assert panel.mark.get_y() == pytest.approx(1.06)


def test_a_stopped_lane_is_scored_by_the_weights_it_took_back(model: Any, stand: Any) -> None:
    panel = stand(ScoreboardPanel, scored(model, 0.5, 0.5, state="stopped", stopped_epoch=12), DEFAULT_LANES[:2])
    assert panel.losses[0].get_text() == "0.40"
    assert panel.bests[0].get_text() == "stopped at epoch 12, back to 0.40 at epoch 5"


@pytest.mark.parametrize("given", [{"min_delta": 0.1}, {"start_epoch": 25}])
def test_the_best_loss_is_the_one_that_was_measured_at_the_best_epoch(stand: Any, given: dict[str, Any]) -> None:
    trainer = Trainer([CONFIG.replace(n_train=40, lr=0.02, patience=100, **given)])
    trainer.advance(epochs=40)
    shown = trainer.snapshot()
    (each,) = shown.models
    losses = each.history["val_loss"]
    best = float(losses[each.best_epoch])
    assert best - losses.min() > 0.01  # a lower one does not count, by `min_delta` or by `start_epoch`
    panel = stand(ScoreboardPanel, shown, [Lane("patience")])
    assert panel.bests[0].get_text() == f"best: {best:.2f} at epoch {each.best_epoch}"
    tick, bar = panel.ticks[0].get_xdata()[0], panel.bars[0].get_width()
    assert tick / bar == pytest.approx(best / losses[-1])


def test_a_turn_of_lambda_shows_while_the_lab_stands(stand: Any) -> None:
    lanes = [Lane("L2", ("l2",)), Lane("none")]
    trainer = Trainer([lane.config(CONFIG) for lane in lanes])
    trainer.advance(epochs=3)
    panel = stand(ScoreboardPanel, trainer.snapshot(), lanes, width=700)
    assert panel.names[0].get_text() == "L2 0.001"
    trainer.set(0, l2=0.002)
    panel.draw(trainer.snapshot())
    assert panel.names[0].get_text() == "L2 0.002"


def test_a_stopped_lane_shows_the_weights_that_it_is_told_to_have_while_the_lab_stands(stand: Any) -> None:
    lane = Lane("early stopping", fixed={"patience": 3})
    trainer = Trainer([lane.config(CONFIG.replace(n_train=40, lr=0.05))])
    trainer.advance(epochs=60)
    (stopped,) = trainer.snapshot().models
    last, best = (f"{stopped.history['val_loss'][row]:.2f}" for row in (-1, stopped.best_epoch))
    assert last != best
    panel = stand(ScoreboardPanel, trainer.snapshot(), [lane], width=700)
    assert panel.losses[0].get_text() == best
    trainer.set(0, restore_best=False)
    panel.draw(trainer.snapshot())
    assert panel.losses[0].get_text() == last
    assert panel.bests[0].get_text() == f"stopped at epoch {stopped.epoch}; best: {best} at epoch {stopped.best_epoch}"


def test_points_that_are_exchanged_before_training_are_measured_on_the_board(stand: Any) -> None:
    trainer = Trainer([CONFIG])
    panel = stand(ScoreboardPanel, trainer.snapshot(), [Lane("none")])
    before = panel.losses[0].get_text()
    trainer.exchange([CONFIG.replace(noise=0.6, n_train=20)])
    panel.draw(trainer.snapshot())
    assert panel.losses[0].get_text() == f"{trainer.snapshot().models[0].now('val_loss'):.2f}" != before


def test_after_a_stroke_every_number_is_of_the_new_points(stand: Any) -> None:
    trainer = Trainer([CONFIG])
    trainer.advance(epochs=5)
    panel = stand(ScoreboardPanel, trainer.snapshot(), [Lane("none")], width=700)
    before = [cell.get_text() for cell in panel.cells[0]]
    trainer.exchange([CONFIG.replace(noise=0.7, n_train=20)])
    panel.draw(trainer.snapshot())
    (its,) = trainer.snapshot().models
    said = percent(its.now("val_score"), 1), signed(its.now("val_loss") - its.now("train_loss"), sign=True)
    assert tuple(cell.get_text() for cell in panel.cells[0][:2]) == said
    assert all(text != old for text, old in zip(said, before, strict=False))


def test_a_diverged_lane_is_last_and_has_no_numbers(model: Any, stand: Any) -> None:
    sound, broken = scored(model, 0.5, 0.3).models[0], scored(model, 0.1, 0.1, state="diverged", diverged_epoch=12)
    panel = stand(ScoreboardPanel, Snapshot(48, (broken.models[0], sound)), DEFAULT_LANES[:2])
    assert panel.order == [1, 0]
    assert texts(panel, 0)[:3] == ["diverged", "—", "—"]
    assert panel.bars[0].get_width() == 0
    assert not panel.ticks[0].get_visible()


def test_one_lane_that_runs_away_squeezes_no_other(model: Any, stand: Any) -> None:
    panel = stand(ScoreboardPanel, scored(model, 0.5, 0.6, 0.7, 400.0))
    widths = [bar.get_width() for bar in panel.bars]
    assert widths[0] > 0.1 * widths[3]
    assert panel.losses[3].get_text() == "400.00"


def test_before_training_nothing_is_best(snapshot: Any, stand: Any) -> None:
    panel = stand(ScoreboardPanel, snapshot(epochs=0, step=0, history={"val_loss": np.array([0.7])}))
    assert panel.order == [0, 1, 2, 3]
    assert not panel.mark.get_visible()


def test_where_rows_are_low_the_best_epoch_is_a_column(snapshot: Any, stand: Any) -> None:
    lanes = [*DEFAULT_LANES, *(Lane(f"l{i}") for i in range(4))]
    shown = snapshot(lanes=lanes)
    panel = stand(ScoreboardPanel, shown, lanes, width=700)
    assert panel.columns[-1] == "best epoch"
    for i, each in enumerate(shown.models):
        assert panel.cells[i][-1].get_text() == str(each.best_epoch)


def test_a_regression_is_scored_by_r_squared(snapshot: Any, stand: Any) -> None:
    shown = snapshot(Config(data="diabetes", n_train=150, hidden=(4,)))
    panel = stand(ScoreboardPanel, shown)
    assert panel.columns[0] == "R²"
    score = shown.models[0].history["val_score"][-1]
    assert panel.cells[0][0].get_text() == f"{score:.2f}"


def test_the_tint_of_the_best_row_stays_inside_the_axes_so_that_it_can_be_wiped(snapshot: Any, stand: Any) -> None:
    panel = stand(ScoreboardPanel, snapshot())
    left, right = panel.plot.get_xlim()
    assert panel.mark.get_x() >= left
    assert panel.mark.get_x() + panel.mark.get_width() <= right + 1e-9
    assert panel.plot.get_position().width * panel.place.width == pytest.approx(panel.place.width)


def test_on_a_phone_the_names_of_techniques_are_whole(snapshot: Any, stand: Any) -> None:
    lanes = [Lane("early stopping", fixed={"patience": 20}), Lane("BatchNorm", fixed={"batchnorm": True})]
    panel = stand(ScoreboardPanel, snapshot(lanes=lanes), lanes, width=250)
    assert {text.get_text() for text in panel.names} == {"early stopping", "BatchNorm"}
