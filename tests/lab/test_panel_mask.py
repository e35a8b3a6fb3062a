"""The mask panel shows the mask the last step used, and says what it did."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from regviz import Config
from regviz.lab.compare.lanes import Lane
from regviz.lab.look.numbers import SPACE
from regviz.lab.panels.mask import ALL_KEPT, DROPPED, KEPT, NOTHING, MaskPanel
from regviz.training.snapshot import Snapshot

LANES = (Lane("none"), Lane("dropout", ("dropout",)))
CONFIG = Config(n_train=128, hidden=(24, 64), dropout=0.5)


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
