"""Who gets in, in which order, and what becomes of a seat that is left."""

from __future__ import annotations

import pytest

from regviz.lab.serve.kernels.seats import ABSENT, COMES, KEPT, MOST_WAITING, NEAR, PROMISED, Seats


class House:
    """Seats whose takers are counted, and a clock that a test moves."""

    def __init__(self, cap: int) -> None:
        self.now, self.running = 0.0, 0
        self.seats = Seats(cap, lambda: self.running, lambda: self.now)

    def enter(self, visitor: str, ticket: str = "") -> bool:
        got = self.seats.take(visitor, ticket)
        self.running += got
        return got

    def leave(self, visitor: str = "", reload: bool = False) -> None:
        self.running -= 1
        if reload:
            self.seats.left(visitor)
        self.seats.look()

    def wait(self, count: int = 1) -> list[str]:
        tickets = [self.seats.wait(f"who waits, {i}") for i in range(count)]
        for ticket in tickets:
            assert self.seats.come(ticket)
        return tickets


def test_those_who_wait_get_in_in_order_and_see_their_places() -> None:
    house = House(1)
    assert house.enter("a")
    assert not house.enter("b")
    first, second, third = house.wait(3)
    assert [house.seats.place(t) for t in (first, second, third)] == [(1, 3), (2, 3), (3, 3)]
    house.leave()
    assert house.seats.promised(first)
    assert [house.seats.place(t) for t in (first, second, third)] == [(0, 2), (1, 2), (2, 2)]
    assert not house.enter("newcomer")
    assert not house.enter("c", second)
    assert house.enter("b", first)
    assert not house.enter("b", first)  # a ticket is good once
    house.leave()
    assert house.enter("c", second)
    house.leave()
    assert house.enter("d", third)
    assert house.seats.waiting == 0


def test_forty_people_get_in_one_after_another_as_others_leave() -> None:
    house = House(24)
    inside = [str(i) for i in range(24)]
    assert all(house.enter(name) for name in inside)
    tickets = house.wait(16)
    for i, ticket in enumerate(tickets):
        house.leave()
        assert house.enter(f"late {i}", ticket)
        assert house.running == 24
    assert not house.enter("one more")


def test_a_seat_that_is_left_is_kept_for_the_same_browser_for_a_moment() -> None:
    house = House(1)
    house.enter("a")
    (waits,) = house.wait()
    house.leave("a", reload=True)
    assert not house.seats.promised(waits)
    assert not house.enter("b")
    assert house.enter("a")
    house.leave("a", reload=True)
    house.now += KEPT + 0.1
    house.seats.look()
    assert house.seats.promised(waits)
    assert not house.enter("a")


def test_who_does_not_come_for_a_promised_seat_loses_it_to_the_next() -> None:
    house = House(1)
    house.enter("a")
    first, second = house.wait(2)
    house.leave()
    house.now += PROMISED + 0.1
    house.seats.look()
    assert not house.seats.come(first)
    assert house.seats.promised(second)


def test_a_page_that_waits_may_be_away_for_some_seconds() -> None:
    house = House(1)
    house.enter("a")
    first, second = house.wait(2)
    house.seats.go(first)
    house.now += ABSENT - 1
    assert house.seats.come(first)
    assert house.seats.place(first) == (1, 2)
    house.seats.go(first)
    house.now += ABSENT + 1
    house.seats.look()
    assert house.seats.place(second) == (1, 1)
    assert not house.seats.come(first)


def test_a_seat_is_not_kept_for_who_has_gone_while_others_are_there() -> None:
    house = House(1)
    house.enter("a")
    first, second = house.wait(2)
    house.seats.go(first)
    house.now += NEAR + 0.1
    house.leave()
    assert house.seats.promised(second)
    assert house.seats.come(first)
    assert house.seats.place(first) == (1, 1)  # it is the next


def test_an_old_line_that_ends_late_costs_a_page_nothing_that_has_another() -> None:
    house = House(1)
    house.enter("a")
    (ticket,) = house.wait()
    assert house.seats.come(ticket)  # from another network; of the first line the server hears nothing yet
    house.seats.go(ticket)
    house.now += ABSENT + 1
    house.seats.look()
    assert house.seats.place(ticket) == (1, 1)
    house.seats.go(ticket)
    house.now += ABSENT + 1
    house.seats.look()
    assert house.seats.place(ticket) == (0, 0)


def test_a_page_that_has_opened_no_line_is_waited_for_only_seconds() -> None:
    house = House(1)
    house.enter("a")
    house.seats.wait("a program")  # a program that looks at a link, and has gone
    (second,) = house.wait()
    house.leave()
    assert not house.seats.promised(second)
    house.now += COMES + 0.1
    house.seats.look()
    assert house.seats.promised(second)


@pytest.mark.parametrize("order", ["the old line ends first", "the new page is there first"])
def test_a_reload_of_the_page_that_waits_keeps_its_place(order: str) -> None:
    house = House(1)
    house.enter("a")
    first, second, third = house.wait(3)
    old_line_first = order == "the old line ends first"
    if old_line_first:
        house.seats.go(first)
        house.now += ABSENT - 1
    assert not house.enter("who waits, 0", first)
    assert house.seats.wait("who waits, 0", first) == first
    if not old_line_first:
        house.seats.go(first)
    house.now += ABSENT - 1  # a slow line
    assert house.seats.come(first)
    assert [house.seats.place(t) for t in (first, second, third)] == [(1, 3), (2, 3), (3, 3)]
    house.leave()
    assert house.enter("who waits, 0", first)


def test_one_who_comes_back_without_a_ticket_has_the_place_that_was_left_or_the_seat_promised_to_it() -> None:
    house = House(1)
    house.enter("a")
    first, second = house.wait(2)
    house.seats.go(first)
    assert not house.enter("who waits, 0")
    assert house.seats.wait("who waits, 0") == first
    assert house.seats.place(second) == (2, 2)
    house.leave()  # its line is about to be opened
    assert house.seats.promised(first)
    assert house.enter("who waits, 0")
    assert house.seats.place(second) == (1, 1)
    house.seats.go(second)
    house.now += ABSENT + 1
    assert house.seats.wait("who waits, 1", second) != second


def test_two_pages_of_one_browser_wait_side_by_side_and_gain_nothing_by_it() -> None:
    house = House(1)
    house.enter("a")
    one, other, another = house.seats.wait("b"), house.seats.wait("b"), house.seats.wait("c")
    for ticket in (one, other, another):
        house.seats.come(ticket)
    assert [house.seats.place(t) for t in (one, other, another)] == [(1, 3), (2, 3), (3, 3)]
    assert house.seats.wait("b", other) == other  # a reload of one is no way to the place of the other
    house.seats.go(one)
    assert house.seats.wait("b") == house.seats.wait("b") == one  # two for one place that was left
    house.seats.come(one)
    house.seats.come(one)
    house.leave()
    assert house.enter("b", one)  # have one seat
    assert not house.enter("b", one)
    last = house.seats.wait("b", one)
    assert house.seats.place(last) == (3, 3)


def test_a_place_is_not_passed_on_by_a_link_that_has_its_ticket() -> None:
    house = House(1)
    house.enter("a")
    (ticket,) = house.wait()
    assert house.seats.place(house.seats.wait("a friend", ticket)) == (2, 2)


def test_a_queue_has_an_end() -> None:
    house = House(1)
    house.enter("a")
    assert all(house.wait(MOST_WAITING))
    assert house.seats.wait("one more") == ""


def test_a_free_seat_needs_no_waiting() -> None:
    house = House(2)
    assert house.enter("a")
    assert house.enter("b")
    house.leave()
    assert house.enter("c")
