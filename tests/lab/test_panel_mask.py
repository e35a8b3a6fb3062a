"""The mask panel shows the mask the last step used, and says what it did."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from regviz import Config
from regviz.lab.compare.lanes import Lane
from regviz.lab.compare.scene import Scene
from regviz.lab.look.numbers import SPACE
from regviz.lab.panels.mask import ALL_KEPT, DROPPED, KEPT, NOTHING, MaskPanel
from regviz.training.snapshot import Snapshot

LANES = (Lane("none"), Lane("dropout", ("dropout",)))
CONFIG = Config(n_train=128, hidden=(24, 64), dropout=0.5)


def a_mask(units: int, samples: int = 32) -> Any:
    """That of a network with one hidden layer."""
    return (np.random.default_rng(1).random((samples, units)) < 0.5,)


def colors(panel: Any) -> Any:
    return np.asarray(panel.image.get_array())


def test_the_image_is_the_mask_of_the_last_hidden_layer(snapshot: Any, stand: Any) -> None:
    shown = snapshot(CONFIG, LANES)
    panel = stand(MaskPanel, shown, LANES)
    assert np.array_equal(colors(panel), np.where(shown.models[1].masks[-1], KEPT, DROPPED))


def test_the_numbers_are_those_of_this_mask(snapshot: Any, stand: Any) -> None:
    shown = snapshot(CONFIG.replace(dropout=0.2), LANES)
    mask = shown.models[1].masks[-1]
    line = stand(MaskPanel, shown, LANES).line.get_text()
    assert line == f"p 0.20   dropped {100 * (1 - mask.mean()):.1f}{SPACE}% of {32 * 64:,}   kept units × 1.25"


def test_p_is_said_as_its_slider_says_it(snapshot: Any, stand: Any) -> None:
    panel = stand(MaskPanel, snapshot(CONFIG.replace(dropout=0.125), LANES), LANES)
    assert panel.line.get_text().startswith("p 0.125   dropped ")


def test_a_smaller_last_batch_leaves_the_geometry_alone(snapshot: Any, stand: Any) -> None:
    panel = stand(MaskPanel, snapshot(CONFIG, LANES), LANES)
    shape, limits = colors(panel).shape, (panel.field.get_xlim(), panel.field.get_ylim())
    small = np.random.default_rng(1).random((4, 64)) < 0.5
    panel.draw(snapshot(CONFIG, LANES, step=41, masks=(small[:, :24], small)))
    assert colors(panel).shape == shape
    assert (panel.field.get_xlim(), panel.field.get_ylim()) == limits
    assert np.array_equal(colors(panel)[:4], np.where(small, KEPT, DROPPED))
    assert (colors(panel)[4:] == NOTHING).all()
    assert panel.gap_note.get_text() == "the last batch of an epoch: 4 samples"
    assert "of 256 " in panel.line.get_text()
    panel.draw(snapshot(CONFIG, LANES, step=42))
    assert panel.gap_note.get_text() == ""


def test_without_dropout_it_says_so_and_shows_every_unit_kept(snapshot: Any, stand: Any) -> None:
    none = stand(MaskPanel, snapshot(CONFIG.replace(dropout=0.0), LANES), LANES)
    assert none.line.get_text() == "p 0: no unit is dropped"
    unused = stand(MaskPanel, snapshot(CONFIG, LANES[:1]), LANES[:1])
    assert unused.line.get_text() == "no lane uses dropout: every unit is kept"
    for panel in (none, unused):
        assert (colors(panel) == ALL_KEPT).all()


def test_a_lane_with_a_p_of_its_own_uses_dropout_too(snapshot: Any, stand: Any) -> None:
    lanes = (Lane("none"), Lane("p half", fixed={"dropout": 0.5}))
    shown = snapshot(CONFIG.replace(dropout=0.0), lanes)
    shown = replace(shown, models=(shown.models[0], replace(shown.models[1], masks=a_mask(64))))
    panel = stand(MaskPanel, shown, lanes)
    assert panel.line.get_text().startswith("p 0.50   dropped ")
    assert np.array_equal(colors(panel), np.where(shown.models[1].masks[-1], KEPT, DROPPED))


def test_of_several_lanes_it_shows_the_one_that_a_person_picked_and_says_which(snapshot: Any, stand: Any) -> None:
    narrow = Lane("narrow", fixed={"dropout": 0.2, "hidden": (24,), "batch_size": 16})
    lanes = (*LANES, narrow)
    shown = snapshot(CONFIG, lanes)
    shown = replace(shown, models=(*shown.models[:2], replace(shown.models[2], masks=a_mask(24, samples=16))))
    panel = stand(MaskPanel, shown, lanes)
    shape = colors(panel).shape
    for chosen, said in ((None, "dropout   p 0.50"), (2, "narrow   p 0.20"), (0, "dropout   p 0.50")):
        panel.scene = Scene(chosen=chosen)
        panel.draw(shown)
        mask = shown.models[chosen or 1].masks[-1]
        assert panel.line.get_text().startswith(said)
        assert np.array_equal(colors(panel)[: len(mask), : mask.shape[1]], np.where(mask, KEPT, DROPPED))
        assert (colors(panel) != NOTHING).sum() == mask.size
        assert colors(panel).shape == shape
        assert panel.gap_note.get_text() == ("a batch of 16 samples" if chosen == 2 else "")


def test_a_last_batch_of_one_sample_is_said_in_the_singular(snapshot: Any, stand: Any) -> None:
    panel = stand(MaskPanel, snapshot(CONFIG, LANES, masks=a_mask(64, samples=1)), LANES)
    assert panel.gap_note.get_text() == "the last batch of an epoch: 1 sample"


def test_before_the_first_step_no_mask_is_invented(snapshot: Any, stand: Any) -> None:
    panel = stand(MaskPanel, snapshot(CONFIG, LANES, masks=(), step=0, epochs=0), LANES)
    assert panel.line.get_text() == "p 0.50   no step taken yet"
    assert (colors(panel) == NOTHING).all()


def test_a_linear_model_has_no_unit_to_drop(snapshot: Any, stand: Any, words: Any) -> None:
    panel = stand(MaskPanel, snapshot(CONFIG.replace(hidden=()), LANES), LANES)
    assert panel.line.get_text() == "no hidden layer: there is no unit to drop"
    assert "a linear model: inputs and outputs only" in words(panel)


def test_what_has_no_room_is_not_shown_and_the_axis_says_so(model: Any, stand: Any, words: Any) -> None:
    config = Config(data="digits", n_train=300, batch_size=300, hidden=(1024,), dropout=0.5)
    mask = np.random.default_rng(0).random((300, 1024)) < 0.5
    panel = stand(MaskPanel, Snapshot(0, (model(config, masks=(mask,)),)), LANES[1:])
    rows, columns = colors(panel).shape
    assert np.array_equal(colors(panel), np.where(mask[:rows, :columns], KEPT, DROPPED))
    assert f"sample (first {rows} of 300)" in words(panel)
    assert f"{columns} of 1024" in words(panel)


@pytest.mark.parametrize(("width", "height"), [(530, 290), (390, 330), (700, 500)])
def test_cells_are_all_of_one_size(width: float, height: float, snapshot: Any, stand: Any) -> None:
    panel = stand(MaskPanel, snapshot(CONFIG, LANES), LANES, width, height)
    box = panel.field.get_position()
    for pixels in (box.width * width / 64, box.height * height / 32):
        assert 2 * pixels == pytest.approx(round(2 * pixels), abs=1e-6)
