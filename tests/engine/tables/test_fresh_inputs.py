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


def cells(name: str, texts: Sequence[object], **more: Sequence[object]) -> Table:
    return table(**{name: texts, "u": U, **more, "k": SORTED[::-1]})


@pytest.mark.parametrize(
    ("one", "many"),
    [
        *(("an", "ans"), ("Monat", "Monate"), ("dzień", "dni"), ("día", "días"), ("Tag", "Tage"), ("person", "people")),
        *(("rok", "lat"), ("mese", "mesi"), ("Zyklus", "Zyklen"), ("hour", "hours")),
    ],
)
def test_a_unit_in_singular_and_plural_is_one(one: str, many: str) -> None:
    """A unit that stands only with 1 beside another that begins alike; irregular ones by a list."""
    sizes = [1 + k % 7 for k in range(N)]
    found = cells("span", [f"{size} {one if size == 1 else many}" for size in sizes])
    assert found.X[:, found.feature_names.index("span")].tolist() == sizes


@pytest.mark.parametrize(("one", "many"), [("kg", "g"), ("l", "ml"), ("month", "minutes"), ("box", "bags")])
def test_other_units_beside_one_stay_apart(one: str, many: str) -> None:
    """What is larger or smaller, or begins otherwise, is another unit."""
    found = cells("span", [f"1 {one}" if k % 7 == 0 else f"{1 + k % 7} {many}" for k in range(N)])
    assert "span" not in found.feature_names
    assert any("different units" in note for note in found.notes)


def test_numbers_between_spaces_and_texts_behind_tabs() -> None:
    """Fixed places with one tab before the last column, as an old collection of cars has it."""
    lines = [f'{U[k]}   {4 + k % 3}   {300.0 + k}  \t"car {"abc"[k % 3]}"\n' for k in range(N)]
    found = read_table("".join(lines).encode(), target="y")
    assert found.feature_names == ("x1", "x2", "x3")
    assert found.class_names == ("car a", "car b", "car c")
    assert "Spaces and tabs stand between the cells; both were read as what parts them." in found.notes


@pytest.mark.parametrize(
    "groups", [["R0", "R1", "R2", "R3", "R4", "R5", "R6"], ["Ost", "West"] * 3 + ["Ost"], range(7)]
)
def test_groups_that_are_written_once_are_pointed_out(groups: Sequence[object]) -> None:
    """A column with a value above eight empty cells has no "different text in every row"."""
    found = cells("region", [groups[k // 9] if k % 9 == 0 else "" for k in range(N)])
    assert any("If each stands for the empty rows below it too, write it into them" in note for note in found.notes)
    assert not any("in every row" in note for note in found.notes)


def test_what_is_near_the_others_is_not_far_from_them() -> None:
    """Of 1 to 9, and of 5 to 9, neither 7, 8 nor 9 stands for a missing value; 9 among 1 to 3 may."""
    for low, high, far in ((1, 9, False), (5, 9, False), (1, 3, True)):
        values = [9 if k % 9 == 0 else low + k % (high - low + 1) for k in range(N)]
        assert any("far from the others" in note for note in cells("stock", values).notes) is far


def test_texts_with_a_digit_are_no_numbers() -> None:
    """Among "3a", "4b" and "5c" a word is none "among numbers"."""
    words = ["3a", "4b", "5c", "Kita", "Hort"]
    found = cells("group", [words[k % 5] for k in range(N)])
    assert not any("among numbers" in note for note in found.notes)
