"""Parts of a table: every class in each of them, in proportion, and the whole range of a regression."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regviz.tables import stratified_parts


@st.composite
def splits(draw):
    counts = draw(st.lists(st.integers(1, 40), min_size=1, max_size=6))
    total = sum(counts)
    train = draw(st.integers(0, total))
    val = draw(st.integers(0, total - train))
    return counts, (train, val, total - train - val), draw(st.integers(0, 999))


@given(splits())
@settings(max_examples=80, deadline=None)
def test_every_row_is_in_one_part_and_classes_are_shared_out_in_proportion(split) -> None:
    counts, sizes, seed = split
    y = np.random.default_rng(seed).permutation(np.repeat(np.arange(len(counts)), counts))
    parts = stratified_parts(y, "classification", sizes, seed)
    found = (parts.train, parts.val, parts.test)
    assert [len(part) for part in found] == list(sizes)
    np.testing.assert_array_equal(np.sort(np.concatenate(found)), np.arange(len(y)))
    for k, count in enumerate(counts):
        share = [int((y[part] == k).sum()) for part in found]
        ideal = [count * size / len(y) for size in sizes]
        slack = 1 + len(counts)  # a row for the class itself, and one for each that a rare class takes first
        assert all(abs(a - b) < slack for a, b in zip(share, ideal, strict=True))
        roomy = all(size >= 2 * len(counts) for size in sizes)
        if count >= 3 and roomy:
            assert min(share) >= 1


@pytest.mark.parametrize("seed", range(10))
def test_three_of_a_rare_class_are_in_all_three_parts(seed: int) -> None:
    y = np.array([0] * 30 + [1] * 27 + [2] * 3)
    parts = stratified_parts(y, "classification", (36, 12, 12), seed)
    assert [int((y[part] == 2).sum()) for part in parts[:3]] == [1, 1, 1]
    assert parts.rare == ()


def test_a_class_too_rare_for_three_parts_is_named() -> None:
    y = np.array([0] * 30 + [1] * 28 + [2] * 2)
    parts = stratified_parts(y, "classification", (36, 12, 12), 0, ("early", "late", "never"))
    (never,) = parts.rare
    assert (never.name, never.rows) == ("never", 2)
    assert "Class 'never' has 2 rows, too few for three parts" in never.note
    assert "Add rows of it" in never.note


def test_the_seed_decides_and_nothing_else() -> None:
    y = np.arange(90) % 3
    one, same, other = (stratified_parts(y, "classification", (50, 20, 20), seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one.train, same.train)
    assert not np.array_equal(one.train, other.train)


@pytest.mark.parametrize("seed", range(10))
def test_a_regression_has_the_range_of_its_target_in_every_part(seed: int) -> None:
    y = np.random.default_rng(seed).exponential(size=120) ** 3
    parts = stratified_parts(y, "regression", (72, 24, 24), seed)
    deciles = np.quantile(y, [0.1, 0.9])
    for part in parts[:3]:
        assert y[part].min() <= deciles[0]
        assert y[part].max() >= deciles[1]


@pytest.mark.parametrize("seed", range(10))
def test_a_target_of_many_zeros_varies_in_every_part(seed: int) -> None:
    y = np.where(np.arange(60) % 6 == 0, np.arange(60.0), 0.0)
    parts = stratified_parts(y, "regression", (36, 12, 12), seed)
    assert all(len(np.unique(y[part])) > 1 for part in parts[:3])


def test_sizes_sum_to_the_rows() -> None:
    with pytest.raises(ValueError, match="do not sum to 10 rows"):
        stratified_parts(np.zeros(10), "regression", (5, 2, 2), 0)
