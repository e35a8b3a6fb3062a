"""Runs of pixels give back what they were made of."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from regviz.lab.canvas.encode import LONGEST, runs


@given(st.lists(st.tuples(st.integers(0, 2**32 - 1), st.integers(1, 40)), max_size=50))
def test_runs_give_back_every_word(parts: list[tuple[int, int]]) -> None:
    words = np.repeat(np.array([value for value, _ in parts], np.uint32), [length for _, length in parts])
    values, lengths = runs(words)
    np.testing.assert_array_equal(np.repeat(values, lengths), words)
    assert (values.dtype, lengths.dtype) == (np.uint32, np.uint16)


@pytest.mark.parametrize("count", [LONGEST, LONGEST + 1, 3 * LONGEST, 1_000_000])
def test_a_run_too_long_for_its_length_is_cut(count: int) -> None:
    words = np.full(count, 7, np.uint32)
    values, lengths = runs(words)
    assert int(lengths.astype(int).sum()) == count
    assert set(values.tolist()) == {7}
    assert len(values) == -(-count // LONGEST)


def test_only_runs_that_are_too_long_are_cut_wherever_they_stand() -> None:
    lengths = np.array([1, LONGEST, 2, LONGEST + 1, 2 * LONGEST, 3, 2 * LONGEST + 1, 5])
    words = np.repeat(np.arange(len(lengths), dtype=np.uint32), lengths)
    values, found = runs(words)
    np.testing.assert_array_equal(np.repeat(values, found), words)
    assert values.tolist() == [0, 1, 2, 3, 3, 4, 4, 5, 6, 6, 6, 7]
    assert found.tolist() == [1, LONGEST, 2, LONGEST, 1, LONGEST, LONGEST, 3, LONGEST, LONGEST, 1, 5]


def test_a_picture_that_hardly_changed_is_small() -> None:
    flips = np.zeros((650, 1100), np.uint32)
    flips[100:110, 200:230] = 0xFF00FF00
    values, lengths = runs(flips.ravel())
    assert values.nbytes + lengths.nbytes < 300
