"""Inputs that give the answer away, and texts that may be one, as unseen files had them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from regviz import Table, read_table

RNG = np.random.default_rng(9)
N = 63
U = RNG.uniform(1, 90, N).round(2).tolist()
SORTED = sorted(["early", "late"][int(k)] for k in RNG.integers(0, 2, N))
STAGES = [["I", "II", "III"][int(k)] for k in RNG.integers(0, 3, N)]


def table(**columns: Sequence[object]) -> Table:
    rows = zip(*columns.values(), strict=True)
    return read_table((",".join(columns) + "\n" + "".join(",".join(map(str, row)) + "\n" for row in rows)).encode())


@pytest.mark.parametrize(
    ("name", "order"),
    [
        ("Probe", range(N, 0, -1)),
        ("seq", range(10, 10 * N + 1, 10)),
        ("pos", sorted(RNG.choice(1000, N, replace=False).tolist())),
        ("case", [k for k in range(1, N + 2) if k != 30]),
        ("timestamp", [1700000000 + 30 * k for k in range(N)]),
        ("when", [f"2023-{1 + k // 28:02d}-{1 + k % 28:02d}" for k in range(N)]),
        ("t", [k * 0.5 for k in range(N)]),
    ],
)
def test_an_order_of_rows_that_are_sorted_by_class_is_no_input(name: str, order: Sequence[object]) -> None:
    """Whatever follows the rows has the class in it; it may be taken back."""
    found = table(**{name: order, "u": U, "k": SORTED})
    assert found.feature_names == ("u",)
    assert any(f"'{name}' " in note and "would give the answer away and was left out" in note for note in found.notes)
    assert name in found.with_roles(keep=[name]).feature_names
    shuffled = RNG.permutation(SORTED).tolist()
    assert name in table(**{name: order, "u": U, "k": shuffled}).feature_names


def test_what_was_measured_and_sorted_stays_with_a_note() -> None:
    """Numbers without a common step may be what the rows were sorted by; and the only input has to stay."""
    found = table(u=sorted(U), v=U, k=SORTED)
    sole = table(n=[3 * k for k in range(N)], k=SORTED)
    for one, name in ((found, "u"), (sole, "n")):
        assert name in one.feature_names
        assert any(f"'{name}' rises with the rows" in note and f"leave_out=['{name}']" in note for note in one.notes)


@pytest.mark.parametrize(
    ("copy", "goal", "said"),
    [
        (STAGES, STAGES, "is the same as 'goal'"),
        ([len(stage) for stage in STAGES], STAGES, "has one value for each class of 'goal', the same"),
        (["b" if k == "early" else "a" for k in SORTED], SORTED, "has one value for each class of 'goal', the same"),
        ([round(100 * u) for u in U], U, "is 100 times 'goal'"),
    ],
)
def test_a_copy_of_the_target_is_told(copy: Sequence[object], goal: Sequence[object], said: str) -> None:
    """Of three classes as of two, as other words, as numbers, in another unit."""
    found = table(copy=copy, u=RNG.uniform(0, 1, N).tolist(), goal=goal)
    assert f"'copy' {said} in every row: it gives the answer away." in found.notes
    other = table(copy=[copy[0], *copy[:-1]], u=RNG.uniform(0, 1, N).tolist(), goal=goal)
    assert not any("gives the answer away" in note for note in other.notes)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("Yes", "y", "No", "n"), "'y' for 'Yes' and 'n' for 'No' may be written for short"),
        (("m", "male", "f", "female"), "'m' for 'male' and 'f' for 'female' may be written for short"),
        (
            ("Jan", "January", "Feb", "February"),
            "'Jan' for 'January' and 'Feb' for 'February' may be written for short",
        ),
        (("ja", "1", "nein", "0"), "has 0 and 1 beside words for no and yes"),
        (("I", "II", "III", "IV"), ""),
        (("A", "B", "AB", "0"), ""),
    ],
)
def test_words_and_what_is_short_for_them_are_pointed_out(words: Sequence[str], said: str) -> None:
    """`Yes` and `y` are two classes unless somebody says otherwise, and a note says that they are."""
    found = table(u=U, goal=[words[k % 4] for k in range(N)])
    assert len(found.class_names) == 4
    short = [note for note in found.notes if "for short" in note or "beside words" in note]
    assert [said in note for note in short] == [True] * bool(said)
