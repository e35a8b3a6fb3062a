"""The picture of learned labels: which labels a network gives to its own training points, epoch by epoch."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from checker.reckoning import Reckoned
from regviz import Config, Trainer
from regviz.lab.compare.lanes import Lane
from regviz.lab.compare.scene import Scene
from regviz.lab.panels.labels import LabelsPanel, Learned
from regviz.language import speaking
from regviz.probes import learned_labels
from regviz.training.snapshot import Snapshot

LANES = (Lane("none"), Lane("L2", ("l2",)))
CONFIG = Config(data="digits", n_train=100, noise=0.0, label_noise=0.2, hidden=(8,), batch_size=25, l2=0.01)


def at(model: Any, epoch: int) -> Snapshot:
    """Both lanes at an epoch."""
    return Snapshot(
        epoch, tuple(model(lane.config(CONFIG), i, epochs=epoch, step=epoch) for i, lane in enumerate(LANES))
    )


def said(panel: Any) -> list[str]:
    return [text.get_text().replace("\N{NO-BREAK SPACE}", " ") for text in panel.labels]


def test_each_curve_ends_at_the_share_that_was_worked_out_apart(stand: Any) -> None:
    trainer = Trainer([lane.config(CONFIG) for lane in LANES])
    panel = stand(LabelsPanel, trainer.snapshot(), LANES)
    for _ in range(3):
        trainer.advance(epochs=4)
        panel.draw(trainer.snapshot())
    shares = Reckoned(trainer.snapshot().models[0]).labels
    assert shares is not None
    assert [line.get_ydata()[-1] for line in panel.lines] == pytest.approx(shares)
    assert panel.lines[0].get_xdata().tolist() == [0, 4, 8, 12]
    names = ("right labels", "wrong labels", "true class")
    assert said(panel) == [f"{name}  {100 * share:.0f} %" for name, share in zip(names, shares, strict=True)]


def test_a_person_picks_the_lane_and_looking_back_shows_the_earlier_part(model: Any, stand: Any) -> None:
    panel = stand(LabelsPanel, at(model, 1), LANES)
    panel.draw(at(model, 2))
    assert panel.title.text.get_text() == "none"
    panel.scene = Scene(live=at(model, 2))
    panel.draw(at(model, 1))
    assert panel.lines[0].get_xdata().tolist() == [1]
    panel.scene = Scene(chosen=1)
    panel.draw(at(model, 3))
    assert panel.title.text.get_text() == "L2 0.01"
    assert panel.lines[0].get_xdata().tolist() == [3]  # another lane's past was not seen
    assert panel.lines[1].get_color() == panel.look.lanes[1]


def test_opened_late_it_shows_a_dot_for_each_curve_where_its_axis_begins(model: Any, stand: Any) -> None:
    panel = stand(LabelsPanel, at(model, 213), LANES)
    assert [line.get_marker() for line in panel.lines] == ["o"] * 3
    assert (panel.curves.first, panel.curves.last) == (210, 230)
    panel.draw(at(model, 214))
    assert [line.get_marker() for line in panel.lines] == [""] * 3
    assert (panel.curves.first, panel.curves.last) == (210, 230)


def test_a_lane_picked_while_one_looks_back_shows_the_moment_that_is_looked_at(model: Any, stand: Any) -> None:
    panel = stand(LabelsPanel, at(model, 1), LANES)
    panel.draw(at(model, 3))
    shown = at(model, 2)
    panel.scene = Scene(live=at(model, 3))
    panel.draw(shown)
    assert panel.lines[0].get_xdata().tolist() == [1, 2]
    assert [line.get_ydata()[-1] for line in panel.lines] == pytest.approx(learned_labels(shown.models[0]))
    panel.scene = Scene(live=at(model, 3), chosen=1)
    panel.draw(shown)
    assert panel.lines[0].get_xdata().tolist() == [2]
    assert [line.get_ydata()[-1] for line in panel.lines] == pytest.approx(learned_labels(shown.models[1]))


def test_within_an_epoch_the_picture_keeps_up_with_the_lesson_s_sentence(stand: Any) -> None:
    trainer = Trainer([lane.config(CONFIG.replace(lr=0.03)) for lane in LANES])
    panel = stand(LabelsPanel, trainer.snapshot(), LANES)
    for _ in range(7):
        trainer.advance(steps=1)
        panel.draw(trainer.snapshot())
        found = learned_labels(trainer.snapshot().models[0])
        assert [line.get_ydata()[-1] for line in panel.lines] == pytest.approx(found)
    assert panel.lines[0].get_xdata().tolist() == [0, 1]


def test_of_a_lane_that_had_diverged_no_curve_of_another_one_is_left(model: Any, stand: Any) -> None:
    panel = stand(LabelsPanel, at(model, 1), LANES)
    panel.scene = Scene(chosen=1)
    well, ill = at(model, 2).models
    panel.draw(Snapshot(2, (well, replace(ill, state="diverged", diverged_epoch=2))))
    assert (panel.title.text.get_text(), panel.subtitle.get_text()) == ("L2 0.01", "“L2” diverged at epoch 2.")
    assert [len(line.get_xdata()) for line in panel.lines] == [0, 0, 0]
    assert said(panel) == ["", "", ""]


@pytest.mark.parametrize(("width", "height", "scale"), [(540, 320, 1.0), (372, 480, 1.0), (372, 480, 1.6)])
@pytest.mark.parametrize("tongue", ["en", "de", "es"])
def test_no_name_is_cut_when_all_labels_are_known_by_heart(
    tongue: str, width: float, height: float, scale: float, model: Any, stand: Any, letters: float
) -> None:
    """Nor beside another picture, or on a projector."""
    with speaking(tongue):
        panel = stand(LabelsPanel, at(model, 1), LANES, width=width * letters, height=height, scale=scale)
        panel._label(Learned(1, 1.0, 1.0, 1.0), panel.look.text)
    assert not any("…" in text for text in said(panel)), said(panel)


def test_where_no_label_is_wrong_or_there_are_none_it_says_so(snapshot: Any, stand: Any, words: Any) -> None:
    right = stand(LabelsPanel, snapshot(CONFIG.replace(label_noise=0.0), LANES), LANES)
    assert "no training label is wrong" in words(right)
    targets = CONFIG.replace(data="diabetes")
    assert "these data have targets, and no labels" in words(stand(LabelsPanel, snapshot(targets, LANES), LANES))
    with pytest.raises(ValueError, match="regression"):
        learned_labels(snapshot(targets, LANES).models[0])


def test_a_lane_without_wrong_labels_has_only_the_first_curve(model: Any, stand: Any) -> None:
    lanes = (Lane("clean", fixed={"label_noise": 0.0}), Lane("noisy"))
    shown = Snapshot(2, tuple(model(lane.config(CONFIG), epochs=2, step=2) for lane in lanes))
    panel = stand(LabelsPanel, shown, lanes)
    assert said(panel)[1:] == ["", ""]
    assert np.isnan(panel.lines[1].get_ydata()).all()
