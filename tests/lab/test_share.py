"""The link: every state survives the trip, and a bad link costs only what is bad in it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import regviz as rv
from regviz import Config
from regviz.lab import Lab
from regviz.lab.compare.knobs import for_data
from regviz.lab.compare.lanes import LONGEST_NAME, TECHNIQUES, Lane, is_a_name, values_of
from regviz.lab.compare.presets import START
from regviz.lab.export.experiment import Experiment, read, write
from regviz.lab.export.share import read_link, write_link


def test_an_empty_link_is_the_start() -> None:
    assert write_link(START) == ""
    wish = read_link("")
    assert (wish.config, wish.play, wish.speed, wish.notes) == (START, True, "1×", [])


@pytest.mark.parametrize(
    "config",
    [
        START.replace(l1=0.0, l2=0.0, dropout=0.0),
        START.replace(l1=0.0013, hidden=(), patience=12, seed=7),
        START.replace(hidden=(16, 8, 4), lr=0.1, optimizer="sgd", label_noise=0.25),
        for_data(START, "digits").replace(l1=0.001, dropout=0.5, seed=3),
        for_data(START, "diabetes").replace(n_train=50, noise=0.5),
    ],
)
def test_a_state_survives_the_trip_through_a_link(config: Config) -> None:
    query = write_link(config, playing=False, speed="4×")
    wish = read_link("?" + query)
    assert wish.config == config
    assert (wish.play, wish.speed, wish.notes) == (False, "4×", [])


def test_the_link_of_the_issue_sets_the_start() -> None:
    wish = read_link("?data=digits&l1=0.001&dropout=0.5&seed=3")
    assert wish.notes == []
    assert (wish.config.data, wish.config.l1, wish.config.dropout, wish.config.seed) == ("digits", 0.001, 0.5, 3)
    assert (wish.config.n_train, wish.config.noise) == (300, 0.0)  # what suits the data set


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("l1=abc", "l1"),
        ("l1=-1", "l1"),
        ("l1=0,0.001,0.001", "l1"),
        ("l1=nan", "l1"),
        ("dropout=1.5", "dropout"),
        ("data=cifar", "data"),
        ("colour=red", "colour"),
        ("hidden=64-x", "hidden"),
        ("seed=1e99", "seed"),
        ("play=maybe", "play"),
        ("speed=fast", "speed"),
        ("data=wine&n_train=100000", "n_train"),
        ("data=wine&n_train=1000", "n_train"),
        ("%ff=1", "\N{REPLACEMENT CHARACTER}"),
        ("l1=<script>alert(1)</script>", "l1"),
    ],
)
def test_a_bad_field_is_named_and_the_rest_of_the_link_is_kept(query: str, field: str) -> None:
    wish = read_link(f"?{query}&seed=5" if not query.startswith("seed") else f"?{query}&hidden=5")
    (note,) = wish.notes
    assert field in note
    assert "Try " in note
    if query.startswith("seed"):
        assert wish.config.hidden == (5,)
    else:
        assert wish.config.seed == 5


def test_a_link_to_a_table_of_someone_s_own_says_that_it_needs_the_table() -> None:
    (note,) = read_link("data=passengers&l1=0.01").notes
    assert "data='passengers' needs a table that a link cannot carry" in note
    (typo,) = read_link("data=mons").notes
    assert "Try 'moons'" in typo


def test_an_endless_link_is_refused_in_a_sentence() -> None:
    wish = read_link("l1=" + "9" * 100_000)
    assert wish.config == START
    assert "not read" in wish.notes[0]


def test_fields_of_the_page_are_no_mistake() -> None:
    assert read_link("?theme=dark&token=abc").notes == []


# -- lanes and pictures

LANES = (
    Lane("none"),
    Lane("both, ~ and more", ("l1", "dropout")),
    Lane(
        "BatchNorm", ("l2",), {"batchnorm": True, "hidden": (8, 4), "patience": None, "l1": (0.0, 0.1, 0.1)}, "#12ab9f"
    ),
)


def test_a_link_carries_lanes_and_pictures() -> None:
    link = write_link(START, lanes=LANES, panels=("loss", "network"))
    wish = read_link(link)
    assert wish.notes == []
    assert wish.panels == ("loss", "network")
    assert wish.lanes is not None
    assert wish.lanes == LANES
    assert read_link(write_link(START)).lanes is None


NAMES = st.text(st.characters(categories=("L", "N", "P", "S")) | st.sampled_from("~ &=;,#%+"), min_size=1, max_size=100)
STRENGTHS = st.floats(0, 10)
COLORS = st.none() | st.integers(0, 0xFFFFFF).map("#{:06x}".format)


@st.composite
def comparisons(draw: st.DrawFn) -> tuple[Config, tuple[Lane, ...]]:
    """Knobs and lanes as a person may set them: any names, some techniques, layers and strengths of a lane's own."""
    widths = st.lists(st.integers(1, 9), max_size=4).map(tuple)
    config = START.replace(hidden=draw(widths), l1=draw(STRENGTHS), seed=draw(st.integers(0, 99)))
    lanes = []
    for _ in range(draw(st.integers(1, 8))):
        fixed = {"hidden": draw(widths)} if draw(st.booleans()) else {}
        layers = len(fixed.get("hidden", config.hidden)) + 1
        if layers > 1 and draw(st.booleans()):  # of one layer a link has the strength itself
            fixed["l2"] = tuple(draw(st.lists(STRENGTHS, min_size=layers, max_size=layers)))
        name, uses = draw(NAMES.filter(is_a_name)), draw(st.lists(st.sampled_from([*TECHNIQUES]), unique=True))
        lanes.append(Lane(name, tuple(uses), fixed, draw(COLORS)))
    return config, tuple(lanes)


@given(comparisons())
@settings(max_examples=60, deadline=None)
def test_whatever_is_compared_survives_the_trip_through_a_link_and_through_a_file(
    compared: tuple[Config, tuple[Lane, ...]],
) -> None:
    config, lanes = compared
    wish = read_link(write_link(config, lanes=lanes))
    assert (wish.config, wish.lanes, wish.notes) == (config, lanes, [])
    found = read(write(Experiment(config, lanes)))
    assert (found.config, found.lanes) == (config, lanes)


def test_a_link_has_room_for_eight_lanes_with_the_longest_names() -> None:
    lanes = tuple(Lane("\N{ELEPHANT}" * LONGEST_NAME, ("l1", "l2", "dropout"), LANES[2].fixed) for _ in range(8))
    assert read_link(write_link(START, lanes=lanes)).lanes == lanes


def test_a_lane_of_a_link_is_judged_by_the_link_s_own_layers_and_opened_with_them() -> None:
    lanes = (Lane("by layer", fixed={"l2": (0.0, 0.1, 0.2, 0.3)}),)
    query = write_link(START.replace(hidden=(8, 8, 8)), lanes=lanes)
    assert read_link(query).lanes == lanes
    (note,) = read_link(query.replace("8-8-8", "8-8")).notes
    assert "l2=(0.0, 0.1, 0.2, 0.3)" in note
    lab = Lab(START, lanes=[Lane("mine", fixed={"l2": (0.0, 0.1, 0.2)})], panels=["loss"])
    lab._open(query)
    assert (lab.session.base.hidden, lab.session.lanes, lab.player.notice) == ((8, 8, 8), lanes, "")


@pytest.mark.parametrize(
    ("link", "words"),
    [
        ("lane=a~l9", "techniques"),
        ("lane=a~l2~l2=-4", "l2"),
        ("lane=a~l2~~red", "six hexadecimal digits"),
        ("lane=~l2", "name"),
        ("panels=loss,nothing", "allowed are up to"),
        ("&".join(["lane=a"] * 9), "first 8"),
    ],
)
def test_an_impossible_lane_or_picture_is_left_out_with_a_sentence(link: str, words: str) -> None:
    wish = read_link(link)
    assert words in " ".join(wish.notes)
    assert wish.panels is None
    assert wish.lanes is None or len(wish.lanes) == 8


@pytest.mark.parametrize(
    ("given", "plain"),
    [
        ({"l2": np.float64(0.1)}, {"l2": 0.1}),
        ({"l1": [0, 1e-3, 1e-3]}, {"l1": (0.0, 1e-3, 1e-3)}),
        ({"l1": np.array([0, 1e-3, 1e-3])}, {"l1": (0.0, 1e-3, 1e-3)}),
        ({"n_train": np.int64(50), "batchnorm": np.bool_(True)}, {"n_train": 50, "batchnorm": True}),
        ({"hidden": [np.int64(16), 8]}, {"hidden": (16, 8)}),
        ({"patience": np.int32(5), "max_norm": None}, {"patience": 5, "max_norm": None}),
    ],
)
def test_a_lane_s_own_values_from_numpy_are_the_plain_ones_in_links_and_files(
    given: dict[str, Any], plain: dict[str, Any]
) -> None:
    lane = Lane("own", fixed=given)
    assert lane == Lane("own", fixed=plain)
    wish = read_link(write_link(START, lanes=[lane, Lane("none")]))
    assert (wish.lanes, wish.notes) == ((lane, Lane("none")), [])
    assert read(write(Experiment(START, (lane,)))).lanes == (lane,)


@pytest.mark.parametrize("name", ["Huber", "huber", "L2x", "xL_2"])
def test_a_custom_penalty_of_any_spelling_travels_in_a_lane_of_a_link(name: str) -> None:
    rv.add_penalty(name, lambda w: w**2, lambda w: 2 * w)
    lane = Lane("own", fixed={"batchnorm": True, name: (0.0, 0.01, 0.1), "hidden": (4, 4), "l1": 0.1})
    wish = read_link(write_link(START.replace(**{name: 0.1}), lanes=[lane, Lane("none")]))
    assert (wish.config, wish.lanes, wish.notes) == (START.replace(**{name: 0.1}), (lane, Lane("none")), [])
    assert values_of(f"batchnorm=1, {name}=0.01;lr=0.1") == {"batchnorm": True, name: 0.01, "lr": 0.1}


TAKEN = ["play", "speed", "panels", "lane", "lang", "theme", "token", "seat", "width", "depth", "sweep", "restart"]


@pytest.mark.parametrize("name", TAKEN)
def test_no_penalty_is_called_as_what_links_sweeps_and_breaks_say(name: str) -> None:
    with pytest.raises(ValueError, match=f"the name '{name}' is taken, by regviz itself. Try 'my_{name}'"):
        rv.add_penalty(name, lambda w: w**2, lambda w: 2 * w)


def test_what_a_lane_is_given_later_does_not_change_it() -> None:
    values = {"l2": 0.1}
    lane = Lane("own", ["l1"], values)  # type: ignore[arg-type]
    values["l2"] = 0.2
    assert lane == Lane("own", ("l1",), {"l2": 0.1})


def test_a_lane_may_know_a_penalty_or_data_before_they_are_added() -> None:
    fixed = {"later": np.float64(0.1), "data": "mine"}
    assert Lane("own", fixed=fixed) == Lane("own", fixed={"later": 0.1, "data": "mine"})
    assert type(Lane("own", fixed=fixed).fixed["later"]) is float
    with pytest.raises(ValueError, match="no field 'later'"):
        Lane("own", fixed={"later": 0.1}).config(START)


def test_own_values_that_are_no_mapping_are_refused_at_once() -> None:
    with pytest.raises(ValueError, match=r"fixed='l2=0\.1' is not possible: allowed are Config fields with values"):
        Lane("own", fixed="l2=0.1")  # type: ignore[arg-type]
