"""Labels: none covers another, and numbers say what is so."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from regviz.lab.panels.parts.labels import (
    column_for,
    first_that_fits,
    keep_order,
    nice_above,
    percent,
    shorten,
    spread,
    width_of,
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


@pytest.mark.parametrize(
    ("share", "said"),
    [(0, "0 %"), (1e-4, "<1 %"), (0.824, "82 %"), (0.9999, ">99 %"), (1, "100 %")],
)
def test_a_percentage_of_zero_or_all_means_exactly_that(share: float, said: str) -> None:
    assert percent(share) == said


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
    assert column_for([300], [], place=400, share=0.25) == 176  # unless the rest had no room
