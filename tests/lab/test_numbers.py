"""Numbers read the same in every picture, table and sentence, and say what is so."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from regviz import Config
from regviz.lab.compare.lanes import Lane
from regviz.lab.look.lettering import width_of
from regviz.lab.look.numbers import (
    WIDEST,
    capped,
    compact,
    exact,
    exponential,
    fixed,
    number,
    percent,
    power,
    scientific,
    signed,
    significant,
    summed,
)
from regviz.lab.look.theme import look
from regviz.lab.page.report import table
from regviz.lab.panels import PANELS
from regviz.lab.panels.parts.curves import room_for_ticks
from regviz.lab.panels.parts.scales import ticks_of
from regviz.training.snapshot import Snapshot

LAB = Path(__file__).parents[2] / "lab"
NBSP = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("share", "digits", "said"),
    [
        (0.0, 0, "0"),
        (1.0, 0, "100"),
        (0.499, 0, "50"),
        (0.824, 0, "82"),
        (0.001, 0, "<1"),
        (1e-4, 0, "<1"),
        (0.997, 0, ">99"),
        (0.9999, 0, ">99"),
        (0.9999, 1, ">99.9"),
        (0.0001, 1, "<0.1"),
        (0.8204, 1, "82.0"),
        (1.0, 1, "100.0"),
    ],
)
def test_a_percentage_of_zero_or_all_means_exactly_that(share: float, digits: int, said: str) -> None:
    assert percent(share, digits) == f"{said}{NBSP}%"


@given(st.floats(0, 1), st.integers(0, 2))
def test_a_percentage_says_what_is_true_of_the_share(share: float, digits: int) -> None:
    text = percent(share, digits).removesuffix(f"{NBSP}%")
    value = float(text.lstrip("<>"))
    if text.startswith("<"):
        assert 0 < 100 * share < value
    elif text.startswith(">"):
        assert value < 100 * share < 100
    else:
        assert value == pytest.approx(100 * share, abs=0.5 * 10.0**-digits + 1e-9)
        assert (value == 0) == (share == 0)
        assert (value == 100) == (share == 1)


@pytest.mark.parametrize("share", [0.0, 0.003, 0.5, 0.997, 1.0])
def test_a_share_of_zeros_reads_the_same_in_the_table_and_in_the_pictures(
    share: float, model: Any, stand: Any, words: Any
) -> None:
    whole = model(Config(hidden=(100,), n_train=100))
    count = sum(W.size for W in whole.weights)
    keep = np.arange(count) >= round(share * count)
    sizes = np.cumsum([W.size for W in whole.weights])[:-1]
    kept = [k.reshape(W.shape) for k, W in zip(np.split(keep, sizes), whole.weights, strict=True)]
    sparse = model(whole.config, weights=tuple(np.where(k, W, 0) for k, W in zip(kept, whole.weights, strict=True)))
    lanes, shown = (Lane("L1", ("l1",)),), Snapshot(0, (sparse,))
    cell = table(shown, lanes, look("light"))[0]["cells"][4]
    assert cell == percent(sparse.zero_fraction)
    for name in ("weights", "scoreboard"):
        assert cell in words(stand(PANELS[name], shown, lanes))


@pytest.mark.parametrize(
    ("value", "given", "said"),
    [
        (0.4, {}, "0.40"),
        (-0.126, {}, "−0.13"),
        (12.344, {}, "12.34"),
        (0.0999, {}, "0.10"),
        (0.034, {}, "0.034"),
        (-0.001, {}, "−0.0010"),
        (0.00099949, {}, "0.0010"),
        (-3.4e-4, {}, "−3.4e−4"),
        (5e-324, {"sign": True}, "+4.9e−324"),
        (0.0, {"sign": True}, "0"),
        (-0.0, {}, "0"),
        (0.0, {"digits": 2}, "0.00"),
        (0.004, {"digits": 1}, "0.0040"),
        (1e300, {}, "1.0e+300"),
        (0.3, {"sign": True, "digits": 1}, "+0.3"),
        (-1.21, {"sign": True, "digits": 1}, "−1.2"),
        (12_345.0, {}, "1.2e+04"),
        (-12_345.0, {"sign": True}, "−1.2e+04"),
        (float("nan"), {}, "—"),
        (float("inf"), {"sign": True}, "—"),
    ],
)
def test_a_number_has_a_true_minus_sign_and_none_for_zero(value: float, given: Any, said: str) -> None:
    assert number(value, **given) == said


@given(st.floats(-1e300, 1e300), st.sampled_from([None, 0, 1, 2, 3]))
def test_a_number_is_read_as_it_is_and_as_zero_only_if_it_is(value: float, digits: int | None) -> None:
    said = number(value, digits)
    read = float(said.replace("−", "-"))
    assert (read == 0) == (value == 0)
    if digits is None:
        assert read == pytest.approx(value, rel=0.0501, abs=0)
    elif value:
        assert abs(read - value) <= max(0.5 * 10.0**-digits, 0.0501 * abs(value)) + 1e-12 * abs(value)


@given(st.floats(1e-9, 999.99))
def test_numbers_have_room_where_room_is_kept_for_the_widest(value: float) -> None:
    assert width_of(number(value), 13.5) <= width_of(WIDEST, 13.5) + 0.5


@given(st.floats(-1e300, 1e300))
def test_differences_and_losses_keep_to_the_room_of_a_column(value: float) -> None:
    assert width_of(signed(value, sign=True), 13.5) <= width_of(f"+{WIDEST}", 13.5) + 0.5
    assert width_of(capped(abs(value), 1000), 13.5) <= width_of(WIDEST, 13.5) + 0.5


@given(st.floats(1e-6, 10), st.floats(1e-6, 10), st.integers(1, 4))
def test_a_sum_is_that_of_the_numbers_that_are_read(a: float, b: float, digits: int) -> None:
    (first, second), total = summed((a, b), digits)
    shown = [float(text.replace("−", "-")) for text in (first, second, total)]
    assert all(shown)
    if "e" not in first + second:
        assert shown[0] + shown[1] == pytest.approx(shown[2], abs=1e-9)


@pytest.mark.parametrize("limit", [5e-9, 1e-7, 3e-5, 0.001, 0.0024, 0.005, 0.008, 0.012, 0.016, 0.024, 0.05, 0.08])
def test_ticks_of_small_axes_are_round_true_and_no_wider_than_others(limit: float) -> None:
    ticks, names = ticks_of(limit)
    assert len(ticks) >= 2
    assert [float(name.replace("−", "-")) for name in names] == pytest.approx(ticks, rel=1e-9)
    assert all(width_of(name, 12.5) <= room_for_ticks(look("light")) - 9 for name in names)


def test_a_small_loss_is_read_in_table_and_picture(model: Any, stand: Any, words: Any) -> None:
    tiny = np.linspace(0.01, 0.00034, 13)
    its = model(Config(hidden=(8,)), history={"val_loss": tiny, "train_loss": tiny / 2})
    lanes, shown = (Lane("none"),), Snapshot(0, (its,))
    assert table(shown, lanes, look("light"))[0]["cells"][2:4] == ["3.4e−4", "+1.7e−4"]
    assert "none  3.4e−4" in words(stand(PANELS["loss"], shown, lanes))
    assert "3.4e−4" in words(stand(PANELS["scoreboard"], shown, lanes))


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0.0, "0"),
        (0.5, "0.50"),
        (0.125, "0.125"),
        (12.5, "12.50"),
        (3e-4, "3.0e−4"),
        (0.000125, "0.000125"),
        (1 / 3, "0.333333"),
        (-0.0625, "−0.0625"),
    ],
)
def test_a_value_that_is_set_has_all_its_digits(value: float, said: str) -> None:
    assert exact(value) == said


def test_other_ways_to_write_a_number() -> None:
    assert [compact(value) for value in (0.0, 0.834, 13.7, 3e-9, -2e7)] == ["0", "0.83", "14", "3e−9", "−2e7"]
    assert [compact(value, 1) for value in (0.034, 3.4e-9, -0.0034)] == ["0.03", "3e−9", "−3e−3"]
    assert [compact(value) for value in (0.034, 0.0034, 3.4e-4)] == ["0.034", "0.0034", "3.4e−4"]
    assert [exponential(value) for value in (0.005, 2.4e-7)] == ["5e−3", "2.4e−7"]
    assert [scientific(value) for value in (-2.4e-5, float("nan"), -0.0)] == ["−2.4×10⁻⁵", "—", "0"]
    assert [significant(value) for value in (0.0, 0.00123, 0.5, 4321.0)] == ["0", "0.0012", "0.50", "4321"]
    assert significant(2e-5, 1e-4, 1e4) == "2e−5"
    assert [capped(value, 1000) for value in (0.123, 999.0, 999.996, np.inf)] == ["0.12", "999.00", ">1000", ">1000"]
    assert [capped(value, 100) for value in (0.0, 1e-12, 1e-9)] == ["0", "<1e−9", "1.0e−9"]
    assert [fixed(value, 1) for value in (0.84, 1.7e-15, -0.04, -0.06, np.nan)] == ["0.8", "0.0", "0.0", "−0.1", "—"]
    assert [signed(value) for value in (-0.0084, 1.7e-15, -2e-12, 3e4, -np.inf)] == ["−0.0084", "0", "0", ">1000", "—"]
    assert [signed(value, sign=True) for value in (0.25, 0.0, -1000.0)] == ["+0.25", "0", "<−1000"]
    assert [power(exponent) for exponent in (-6, -4, -3, 0, 1)] == ["10⁻⁶", "10⁻⁴", "0.001", "1", "10"]
    assert [scientific(value) for value in (0.0, 0.0024, 1e-5, 2.4e-5)] == ["0", "0.0024", "1×10⁻⁵", "2.4×10⁻⁵"]


def test_nothing_else_in_pictures_and_report_makes_minus_signs_or_percentages() -> None:
    files = [*LAB.joinpath("panels").rglob("*.py"), LAB / "page" / "report.py", *LAB.joinpath("lessons").rglob("*.py")]
    made = re.compile(r"""replace\("-", |\.\d?f?\} ?%|:\.\d%\}""")
    assert [(file.name, line) for file in files for line in file.read_text().splitlines() if made.search(line)] == []
