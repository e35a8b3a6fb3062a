"""What a person chose at the desk holds as far as it fits, whatever is changed after it, and is not lost in silence."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from fake_desk import Page
from regviz.tables.how import KINDS

TABLE = "price,w,city,kind\n" + "".join(
    f"{k * 1.37:.2f},{k % 7},{('rome', 'bonn', 'oslo')[k % 3]},{'ab'[k * k % 3 > 0]}\n" for k in range(40)
)
CHOSEN = {"price": "target", "w": "out", "city": "input", "kind": "input"}


@pytest.fixture
def page() -> Page:
    """A desk where `CHOSEN` was chosen, and numbers to be predicted."""
    page = Page()
    page.bring(TABLE)
    page.role("w", "out")
    page.role("price", "target")
    page.say("task", value="regression")
    return page


def kind(page: Page, column: str, asked: str) -> None:
    page.say("column", column=column, **{"as": asked})


def test_roles_stay_where_another_kind_changes_what_can_be_predicted(page: Page) -> None:
    kind(page, "price", "category")
    assert page.roles == CHOSEN
    assert page.view["table"]["task"] == "classification"
    assert page.view["said"] == (
        "The target 'price' has texts ('0.00', '1.37', '10.96' and 37 more), and a regression needs numbers. "
        "Classes are predicted now."
    )
    page.role("city", "out")  # and no choice that did not fit comes back with the next one
    assert page.roles == CHOSEN | {"city": "out"}
    assert page.view["said"] == ""


@pytest.mark.parametrize("column", CHOSEN)
@pytest.mark.parametrize("asked", KINDS)
def test_no_kind_of_any_column_changes_what_was_chosen_for_the_columns(page: Page, column: str, asked: str) -> None:
    kind(page, column, asked)
    assert page.roles == CHOSEN


def test_only_a_target_that_can_be_none_any_more_is_given_up(page: Page) -> None:
    page.role("city", "target")
    page.say("how", option="missing", value="rome, bonn, oslo")
    assert page.roles == {"price": "input", "w": "out", "city": "out", "kind": "target"}
    assert page.view["said"] == "The target 'city' is empty; take another column. 'kind' is the target now."
    page.role("w", "input")
    assert page.refusal == ""


def test_rows_with_gaps_stay_where_otherwise_none_would_be_left(page: Page) -> None:
    page.bring(
        "a,b,c,y\n"
        + "".join(f"{k % 2 * (1 + k % 3)},{(k + 1) % 2 * (1 + k % 3)},{k % 5},{'uv'[k % 3 > 0]}\n" for k in range(40))
    )
    page.say("how", option="missing", value="a: 0")
    page.role("c", "out")
    page.say("gaps", value="drop")
    assert page.view["table"]["size"].startswith("20 rows")
    page.say("how", option="missing", value="a: 0, b: 0")
    assert page.roles["c"] == "out"
    assert page.view["table"]["size"].startswith("40 rows")
    assert page.view["said"] == "Every row has a gap, so none is left. Gaps are filled now."


def test_what_was_chosen_for_columns_that_are_gone_is_told_of_and_stops_no_other_choice(page: Page) -> None:
    page.say("how", option="header", value="a row")
    assert page.view["said"] == ("Your choices for 'price' and 'w' are gone, as there are no such columns now.")
    page.role("x2", "out")
    assert page.refusal == ""
    assert page.roles == {"x1": "input", "x2": "out", "x3": "input", "y": "target"}


class Slow:
    """A desk whose answers wait until `answer`."""

    def __init__(self, table: str) -> None:
        self.acts: list[Callable[[], Any]] = []
        self.page = Page(self.acts.append)
        self.page.bring(table)
        self.answer()

    def answer(self) -> None:
        while self.acts:
            self.acts.pop(0)()


@pytest.mark.parametrize("turn", [1, -1])
def test_an_impossible_choice_is_told_of_and_stops_none_that_comes_before_its_answer(turn: int) -> None:
    slow = Slow("a,b,c,y\n" + "".join(f"{k},{k % 3},{k % 7},\n" for k in range(30)))
    page = slow.page
    page.role("b", "out")
    slow.answer()
    for choose in (lambda: page.say("task", value="classification"), lambda: page.role("y", "target"))[::turn]:
        choose()  # y is empty
    slow.answer()
    assert page.view["said"] == "The target 'y' is empty; take another column."
    assert page.roles == {"a": "input", "b": "out", "c": "target", "y": "out"}
    assert page.view["table"]["task"] == "classification"
    page.role("a", "out")
    slow.answer()
    assert page.refusal.startswith("There is no column left")
    assert page.roles["a"] == "out"


def test_a_role_that_is_chosen_while_a_kind_is_being_read_does_not_undo_the_kind() -> None:
    slow = Slow(TABLE)
    kind(slow.page, "w", "category")
    slow.page.role("city", "out")
    slow.answer()
    assert slow.page.roles["city"] == "out"
    assert {one["name"]: one["kind"] for one in slow.page.view["table"]["columns"]}["w"] == "category"
