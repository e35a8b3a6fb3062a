"""The box of what normalizes: it has the name and the numbers of BatchNorm, of LayerNorm, or speaks of both."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from regviz import Config, Trainer
from regviz.config import ORDERS
from regviz.lab.compare.lanes import Lane
from regviz.lab.look.numbers import number
from regviz.lab.panels.blocks.blocks import BlocksPanel
from regviz.lab.panels.blocks.order import remarks
from regviz.nn.batchnorm import Norm
from regviz.nn.layernorm import Gain

CONFIG = Config(data="digits", n_train=50, noise=0.0, hidden=(6, 5), dropout=0.4)
LAYERNORM = (Lane("LayerNorm", ("dropout",), fixed={"layernorm": True}),)
PLACE = 1
"""Which box it is in the slide's order."""


def after_a_step(config: Config, lanes: Any) -> Any:
    trainer = Trainer([lane.config(config) for lane in lanes])
    trainer.advance(steps=1)
    return trainer.snapshot()


def said_in(panel: Any) -> str:
    return ", ".join(text.get_text() for text in panel.facts[PLACE] if text.get_text())


def test_layernorm_has_batchnorm_s_box_its_own_name_and_its_own_numbers(stand: Any) -> None:
    shown = after_a_step(CONFIG.replace(lr=0.05), LAYERNORM)
    panel = stand(BlocksPanel, shown, LAYERNORM, width=800)
    assert [text.get_text() for text in panel.names] == ["Dense", "LayerNorm", "Activation", "Dropout"]
    gain = shown.models[0].layer_norms[0]
    scale, shift = number(float(np.mean(gain.gamma))), number(float(np.mean(gain.beta)))
    assert said_in(panel) == f"γ {scale}, β {shift}" != "γ 1.00, β 0"
    hint = panel.pointer("move", *panel.spots[PLACE].middle).hint
    assert hint.startswith(f"LayerNorm: each sample over all units, in tests too; scale γ {scale}, shift β {shift}")
    assert hint.endswith("click: move it after Activation")
    moved_on = panel.pointer("click", *panel.spots[PLACE].middle)
    assert moved_on.hint == "Dense → Activation → LayerNorm → Dropout"
    assert moved_on.change == {"order": "dense-activation-batchnorm-dropout"}


@pytest.mark.parametrize(("width", "height"), [(300, 330), (436, 227), (540, 320), (800, 260)])
def test_two_norms_share_a_box_and_the_hint_tells_both(width: float, height: float, stand: Any) -> None:
    lanes = (Lane("both", ("dropout",), fixed={"layernorm": True, "batchnorm": True}),)
    shown = after_a_step(CONFIG.replace(lr=0.05), lanes)
    norm = shown.models[0].norms[0]
    panel = stand(BlocksPanel, shown, lanes, width=width, height=height)
    assert panel.names[PLACE].get_text() == "Both Norms"
    assert said_in(panel).startswith("μ ")
    first, learned, second, _ = panel.pointer("move", *panel.spots[PLACE].middle).hint.split("\n")
    assert first.startswith("BatchNorm: running mean")
    scale, shift = number(float(np.mean(norm.gamma))), number(float(np.mean(norm.beta)))
    assert learned == f"scale γ {scale}, shift β {shift} (means of all units)" != "scale γ 1.00, shift β 0"
    assert second.startswith("LayerNorm: each sample")


def test_what_an_order_does_is_said_of_the_norm_that_there_is(model: Any) -> None:
    base = CONFIG.replace(dropout=0.5, layernorm=True, activation="tanh")
    gains = tuple(Gain(np.ones(n), np.zeros(n)) for n in CONFIG.hidden)
    norms = tuple(Norm(np.ones(n), np.zeros(n), np.zeros(n), np.ones(n)) for n in CONFIG.hidden)
    early, late = "dense-activation-dropout-batchnorm", "dense-activation-batchnorm-dropout"
    said = {
        (order, batchnorm): remarks(
            model(base.replace(order=order, batchnorm=batchnorm), layer_norms=gains, norms=norms * batchnorm)
        )[0]
        for order in (ORDERS[0], early, late)
        for batchnorm in (False, True)
    }
    assert said[ORDERS[0], False] == said[ORDERS[0], True] == "as on the slide"
    assert said[early, False] == "Dropout before LayerNorm: what is dropped moves what all other units say"
    assert said[early, True] == "Dropout before BatchNorm: the spread in tests is not that of training"
    assert said[late, False] == "LayerNorm after the activation: what enters the activation may grow"
    assert said[late, True] == "Both Norms after the activation: what enters the activation may grow"
