"""What the engine's tests of the claims call the lab's defaults are the lab's defaults."""

import pytest

import regviz as rv
from engine.claims import MOONS, TECHNIQUES, on
from regviz.lab import lanes
from regviz.lab.knobs import for_data
from regviz.lab.share import START


def test_the_claims_start_where_the_lab_starts_in_every_seed():
    assert MOONS.replace(**TECHNIQUES, seed=START.seed) == START
    assert MOONS.replace(seed=START.seed) == lanes.DEFAULT_LANES[0].config(START)
    assert set(TECHNIQUES) == set(lanes.TECHNIQUES)


@pytest.mark.parametrize("name", rv.DATASETS)
def test_another_data_set_comes_with_the_sizes_the_lab_takes(name):
    assert on(name) == for_data(MOONS, name)
