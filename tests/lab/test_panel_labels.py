"""Labels: none covers another, and numbers say what is so."""

from __future__ import annotations

from itertools import groupby

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from regviz.lab.look.lettering import families, font, width_of
from regviz.lab.panels.parts.labels import (
    column_for,
    first_that_fits,
    keep_order,
    shorten,
    spread,
)
from regviz.lab.panels.parts.scales import (
    COARSE,
    FINE,
    holding,
    nice_above,
    rescaled,
    shared,
    ticks_around_zero,
    ticks_within,
)

heights = st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=9).map(sorted)


@given(heights, st.floats(1, 40))
def test_labels_that_are_spread_keep_their_order_and_their_distance(wanted: list[float], gap: float) -> None:
    places = spread(wanted, gap, 0, 400)
    assert (np.diff(places) >= gap - 1e-9).all()
    assert places[0] >= -1e-9
    assert places[-1] <= 400 + 1e-9


@given(heights)
def test_labels_with_room_stay_where_they_want_to_be(wanted: list[float]) -> None:
    apart = [value + 50 * i for i, value in enumerate(wanted)]
    assert spread(apart, 20, -1e4, 1e4) == pytest.approx(apart)


def test_two_labels_that_want_the_same_place_move_alike() -> None:
    assert spread([10.0, 10.0], 6, 0, 20).tolist() == [7, 13]


def test_labels_without_room_for_the_gap_share_what_there_is() -> None:
    assert spread([5.0] * 5, 10, 0, 20).tolist() == [0, 5, 10, 15, 20]


def test_labels_of_curves_that_touch_do_not_change_places() -> None:
    assert keep_order([0, 1], [10.0, 9.0], slack=2) == [0, 1]
    assert keep_order([0, 1], [10.0, 7.0], slack=2) == [1, 0]
    assert keep_order([2, 0, 1], [3.0, 1.0, 2.0], slack=0) == [1, 2, 0]


@given(st.floats(1e-6, 1e6))
def test_a_nice_number_is_not_below_and_not_far_above(value: float) -> None:
    nice = nice_above(value, (1.0, 2.0, 5.0))
    assert value * (1 - 1e-9) <= nice <= 2.5 * value * (1 + 1e-9)


def test_words_are_chosen_and_cut_to_fit() -> None:
    assert first_that_fits(["a long sentence", "short"], width_of("short", 12), 12) == "short"
    assert shorten("elastic net", 400, 12) == "elastic net"
    cut = shorten("elastic net", 40, 12)
    assert cut.endswith("…")
    assert width_of(cut, 12) <= 40


def test_a_column_of_names_gives_a_name_more_room_than_what_is_said_beside_it() -> None:
    assert column_for([40, 60], [80, 90], place=400, share=0.25) == 90  # all fits
    assert column_for([40, 60], [80, 120], place=400, share=0.25) == 100  # numbers are cut
    assert column_for([40, 130], [150, 150], place=400, share=0.25) == 130  # names are not
    assert column_for([300], [], place=400, share=0.25) == 192  # unless the rest had no room


def test_widths_are_those_of_the_font_that_a_text_is_set_in() -> None:
    """A browser takes a sign that the first font lacks from the next one that has it."""
    for text in ("validation loss", "94.7 %", "Σ|w| → λ₁", "−0.25"):
        for bold in (False, True):
            faces = [font(sign, 200, bold).path for sign in text]
            runs = ["".join(text[i] for i in places) for _, places in groupby(range(len(text)), faces.__getitem__)]
            set_in = sum(float(font(run, 200, bold).getlength(run)) for run in runs) / 200
            assert width_of(text, 13.5, bold) == pytest.approx(13.5 * set_in, rel=0.02)  # without kerning
    assert families()[-1] == "DejaVu Sans"


def test_an_axis_keeps_its_end_while_it_is_held_and_well_filled() -> None:
    end = rescaled(0.7, 0.0, COARSE)
    assert end == 0.8
    for needed in (0.7, 0.8, 0.5, 0.37, 0.0):
        assert rescaled(needed, end, COARSE) == end
    assert rescaled(0.81, end, COARSE) == 1.0
    assert rescaled(0.2, end, COARSE) == pytest.approx(0.3)


@given(st.floats(1e-5, 1e5), st.floats(1e-5, 1e5))
def test_what_an_axis_must_hold_it_holds_and_it_comes_to_rest(needed: float, now: float) -> None:
    end = rescaled(needed, now, FINE)
    assert end >= needed * (1 - 1e-9)
    assert rescaled(needed, end, FINE) == end


def test_what_few_values_reach_does_not_set_the_end_of_an_axis() -> None:
    values = np.concatenate([np.linspace(-1, 1, 99), [50.0, np.nan, np.inf, 0.0]])
    assert holding(values, 0.97) == pytest.approx(1.0, abs=0.03)
    assert holding(np.zeros(3), 0.5) == 0.0


@pytest.mark.parametrize(
    ("low", "high", "ticks", "names"),
    [
        (-2.3, 2.6, [-2, 0, 2], ["−2", "0", "2"]),
        (-0.78, 2.26, [0, 1, 2], ["0", "1", "2"]),
        (-0.41, 0.41, [-0.4, -0.2, 0, 0.2, 0.4], ["−0.4", "−0.2", "0", "0.2", "0.4"]),
        (1.2, 3.4, [1.5, 2, 2.5, 3], ["1.5", "2", "2.5", "3"]),
    ],
)
def test_ticks_are_round_and_never_beyond_the_ends_of_the_axis(
    low: float, high: float, ticks: list[float], names: list[str]
) -> None:
    assert ticks_within(low, high) == (ticks, names)


def test_lanes_share_an_axis_that_none_that_explodes_and_none_that_is_empty_has_a_say_in() -> None:
    assert shared([1.0, 2.0, 3.0], 4) == 3
    assert shared([1.0, 2.0, 1e6], 4) == 8
    assert shared([0.0, 0.0, 0.0, 2.0, 1e6], 1) == shared([2.0, 1e6], 1)
    assert shared([0.0, 0.0, 5.0], 4) == 5
    assert shared([0.0, 0.0], 4) == shared([], 4) == 0


def test_ticks_around_zero_have_true_minus_signs_and_two_digits() -> None:
    assert ticks_around_zero(1.5) == ([-1.5, 0.0, 1.5], ["−1.5", "0", "1.5"])
    assert ticks_around_zero(0.04)[1] == ["−0.040", "0", "0.040"]
    assert ticks_around_zero(3.0, 5)[1] == ["−3.0", "−1.5", "0", "1.5", "3.0"]
