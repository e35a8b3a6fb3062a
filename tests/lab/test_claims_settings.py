"""What the engine's tests of the claims call the lab's defaults are the lab's defaults."""

import pytest

import regviz as rv
from engine.claims import MOONS, SETTINGS, TECHNIQUES, on
from lessons import break_index, lesson_lab
from regviz.lab.compare import lanes
from regviz.lab.compare.knobs import for_data
from regviz.lab.compare.presets import START


def test_the_claims_start_where_the_lab_starts_in_every_seed():
    assert MOONS.replace(**TECHNIQUES, seed=START.seed) == START
    assert MOONS.replace(seed=START.seed) == lanes.DEFAULT_LANES[0].config(START)
    assert set(TECHNIQUES) == {use for lane in lanes.DEFAULT_LANES for use in lane.uses} <= set(lanes.TECHNIQUES)


@pytest.mark.parametrize("name", rv.DATASETS)
def test_another_data_set_comes_with_the_sizes_the_lab_takes(name):
    assert on(name) == for_data(MOONS, name)


NEUTRAL = {"l1": 0.0, "l2": 0.0, "dropout": 0.0, "patience": None, "penalty_rule": "proximal", "seed": 0}
"""What lanes and knobs of a lesson may turn, at rest."""

FOR_PROOF = {"dtype": "float32", "optimizer": "adam"}
"""What a proof may have of its own."""


@pytest.mark.slow
@pytest.mark.parametrize("claim", SETTINGS)
def test_a_claim_is_proved_with_the_very_networks_that_its_lesson_trains(claim):
    setting = SETTINGS[claim]
    lab = lesson_lab(setting.lesson)
    if setting.attempt:
        assert lab.guide is not None
        lab.guide.try_break(break_index(lab, setting.attempt))
    assert lab.session.base.replace(**NEUTRAL) == setting.config.replace(**FOR_PROOF)


def test_every_claim_of_the_slide_has_a_setting():
    assert {claim.split()[0] for claim in SETTINGS} == {f"C{k}" for k in range(1, 20)} | {"C11b"}
