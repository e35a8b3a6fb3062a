"""The modes panel shows the training loss with dropout on and off, point by point as training goes on."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from regviz import Config, Trainer, probes
from regviz.lab.compare.lanes import Lane
from regviz.lab.compare.scene import Scene
from regviz.lab.panels import modes
from regviz.lab.panels.modes import ModesPanel, measured
from regviz.lab.panels.parts import remembering
from regviz.lab.panels.scaling import ScalingPanel
from regviz.training.snapshot import Snapshot

LANES = (Lane("none"), Lane("dropout", ("dropout",)), Lane("more", fixed={"dropout": 0.7}))
CONFIG = Config(hidden=(12, 7), dropout=0.5)


def at(model: Any, epoch: int, seed: int = 0) -> Snapshot:
    """All lanes at an epoch."""
    return Snapshot(4 * epoch, tuple(model(lane.config(CONFIG), seed, epochs=epoch, step=4 * epoch) for lane in LANES))


def test_points_are_the_probes_mean_and_spread_over_masks_and_its_loss_without(model: Any, stand: Any) -> None:
    panel = stand(ModesPanel, at(model, 3), LANES)
    panel.draw(at(model, 4))
    its = at(model, 4).models[1]
    found = probes.train_mode(its, its.split.X_train, its.split.y_train, modes.MASKS, seed=4)
    point = panel.points[-1]
    assert point == (4, found.loss.mean(), found.loss.std(), found.eval_loss)
    assert panel.on.get_ydata()[-1] == point.on
    assert panel.off.get_ydata()[-1] == point.off
    assert [text.get_text() for text in panel.numbers] == [f"{point.on:.2f}", f"{point.off:.2f}"]


def test_without_dropout_it_is_the_training_loss_of_the_history() -> None:
    trainer = Trainer([CONFIG.replace(dtype="float64")])
    trainer.advance(epochs=3)
    its = trainer.snapshot().models[0]
    assert measured(its).off == pytest.approx(its.history["train_loss"][-1], rel=1e-12)


def test_inputs_are_dropped_too_and_are_no_reason_to_say_that_both_modes_are_the_same(stand: Any, words: Any) -> None:
    base = Config(data="digits", n_train=200, noise=0.0, hidden=(32,), batch_size=50)
    lanes = (Lane("both", ("dropout", "input_dropout")),)
    trainer = Trainer([lanes[0].config(base.replace(input_dropout=0.4))])
    trainer.advance(epochs=10)
    point = measured(trainer.snapshot().models[0])
    assert point.on > 1.1 * point.off
    panel = stand(ModesPanel, trainer.snapshot(), lanes)
    assert not any("the same" in text for text in words(panel))


def test_the_same_moment_gives_the_same_numbers(model: Any) -> None:
    its = at(model, 7).models[1]
    assert measured(its) == measured(its)
    assert measured(its) != measured(at(model, 8).models[1])


def test_training_through_masks_costs_more_than_evaluation_in_a_trained_network() -> None:
    trainer = Trainer([Config(data="digits", n_train=200, hidden=(32,), dropout=0.5)])
    trainer.advance(epochs=15)
    point = measured(trainer.snapshot().models[0])
    assert point.on - point.off > 3 * point.spread / np.sqrt(modes.MASKS)


def test_it_begins_anew_when_a_new_run_begins(model: Any, stand: Any) -> None:
    panel = stand(ModesPanel, at(model, 0), LANES)
    for epoch in (1, 2, 3):
        panel.draw(at(model, epoch))
    assert [point.epoch for point in panel.points] == [0, 1, 2, 3]
    panel.draw(at(model, 0))
    assert [point.epoch for point in panel.points] == [0]


def test_a_picture_that_is_opened_late_shows_its_first_point_and_begins_there(model: Any, stand: Any) -> None:
    panel = stand(ModesPanel, at(model, 213), LANES)
    assert [line.get_marker() for line in (panel.on, panel.off)] == ["o", "o"]
    assert panel.on.get_xdata().tolist() == [213]
    ends = panel.curves.first, panel.curves.last
    assert ends == (210, 230)
    for epoch in (214, 229):
        panel.draw(at(model, epoch))
        assert [line.get_marker() for line in (panel.on, panel.off)] == ["", ""]
        assert (panel.curves.first, panel.curves.last) == ends
    panel.draw(at(model, 300))
    assert panel.curves.first == 210
    assert panel.curves.last > 300


def test_looking_back_shows_the_earlier_part_and_forgets_nothing(model: Any, stand: Any) -> None:
    panel = stand(ModesPanel, at(model, 0), LANES)
    for epoch in (1, 2, 3):
        panel.draw(at(model, epoch))
    panel.scene = Scene(live=at(model, 3))
    panel.draw(at(model, 1))
    assert panel.on.get_xdata().tolist() == [0, 1]
    panel.scene = Scene()
    panel.draw(at(model, 3))
    assert panel.on.get_xdata().tolist() == [0, 1, 2, 3]


def test_a_long_run_is_thinned_to_a_bounded_number_of_points(model: Any, stand: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(remembering, "MOST", 20)
    panel = stand(ModesPanel, at(model, 0), LANES)
    for epoch in range(1, 60):
        panel.draw(at(model, epoch))
        assert len(panel.points) <= 20
    epochs = [point.epoch for point in panel.points]
    assert epochs[0] == 0
    assert epochs[-1] == 59
    assert epochs == sorted(set(epochs))


def test_a_person_picks_the_lane_among_those_with_dropout(model: Any, stand: Any) -> None:
    panel = stand(ModesPanel, at(model, 2), LANES)
    assert panel.title.text.get_text() == "dropout 0.5"
    for chosen, title in ((2, "more 0.7"), (0, "dropout 0.5")):
        panel.scene = Scene(chosen=chosen)
        panel.draw(at(model, 3))
        assert panel.title.text.get_text() == title
    assert panel.on.get_color() == panel.look.lanes[1]


@pytest.mark.parametrize("kind", [ModesPanel, ScalingPanel])
@pytest.mark.parametrize("picked_first", [None, 0, 1])
@pytest.mark.parametrize("picked_then", [None, 0, 1])
def test_a_linear_lane_has_no_unit_to_drop_whether_it_is_picked_before_or_later(
    kind: Any, picked_first: int | None, picked_then: int | None, snapshot: Any, stand: Any
) -> None:
    lanes = (Lane("linear", ("dropout",), {"hidden": ()}), Lane("deep", ("dropout",)))
    shown = snapshot(CONFIG, lanes)

    def picked() -> Any:
        panel = kind()
        panel.scene = Scene(chosen=picked_first)
        return panel

    panel = stand(picked, shown, lanes)
    for chosen in (picked_first, picked_then):
        panel.scene = Scene(chosen=chosen)
        panel.draw(shown)
        assert panel.title.text.get_text() == "deep 0.5"


def test_where_there_is_no_dropout_it_says_so(snapshot: Any, stand: Any, words: Any) -> None:
    assert "no lane uses dropout" in words(stand(ModesPanel, snapshot(CONFIG, LANES[:1]), LANES[:1]))
    linear = stand(ModesPanel, snapshot(CONFIG.replace(hidden=()), LANES), LANES)
    assert "a linear model has no hidden unit to drop" in words(linear)
    none = stand(ModesPanel, snapshot(CONFIG.replace(dropout=0.0), LANES), LANES)
    assert none.subtitle.get_text() == "p is 0 now: both modes are the same"
    assert none.points[-1].on == pytest.approx(none.points[-1].off, rel=1e-6)


def test_of_a_lane_that_had_diverged_when_it_was_picked_it_shows_no_other_s_curves(model: Any, stand: Any) -> None:
    panel = stand(ModesPanel, at(model, 2), LANES)
    before = panel.subtitle.get_text()
    none, dropout, more = at(model, 3).models
    panel.scene = Scene(chosen=2)
    panel.draw(Snapshot(12, (none, dropout, replace(more, state="diverged", diverged_epoch=3))))
    assert panel.title.text.get_text() == "more 0.7"
    assert panel.subtitle.get_text() == "“more” diverged at epoch 3."
    assert [len(line.get_xdata()) for line in (panel.on, panel.off)] == [0, 0]
    assert [text.get_text() for text in (*panel.names, *panel.numbers)] == [""] * 4
    panel.scene = Scene(chosen=1)
    panel.draw(at(model, 4))
    assert panel.subtitle.get_text() == before
    assert [text.get_text() for text in panel.names] == ["with dropout", "without"]
