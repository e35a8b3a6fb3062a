"""Votes: one voice each, changed until it is closed, in rounds, and nothing that says who voted."""

from __future__ import annotations

import csv
import io

import pytest

from regviz.lab.serve.hall.poll import MOST_ROUNDS, MOST_VOTERS, Poll, plain, written

FORMULA = "<math><mi>λ</mi><mo>=</mo><mn>1</mn></math>"
CHOICES = [("none", "Without"), ("L2", f"With <i>L2</i>, {FORMULA}"), ("same", "About &amp; the same")]


def test_a_voice_counts_once_and_may_be_changed_until_the_vote_is_closed() -> None:
    poll = Poll("l2", CHOICES)
    assert poll.vote("a", 0)
    assert poll.vote("a", 1)
    assert poll.vote("b", 1)
    assert (poll.answered, poll.of("a"), poll.of("c")) == (2, 1, -1)
    assert poll.facts() == {
        "round": 1,
        "open": True,
        "more": True,
        "counts": [],
    }  # nobody sees shares before they are revealed
    poll.reveal()
    assert poll.counts() == [[0, 2, 0]]
    assert not poll.vote("a", 0)
    assert not poll.vote("c", 0)
    assert poll.counts() == [[0, 2, 0]]


def test_a_second_vote_keeps_the_first_one_s_shares_in_sight() -> None:
    poll = Poll("l2", CHOICES)
    poll.vote("a", 0)
    poll.again()  # not before the first is revealed
    assert len(poll.rounds) == 1
    poll.reveal()
    poll.again()
    assert poll.facts() == {"round": 2, "open": True, "more": True, "counts": [[1, 0, 0]]}
    assert (poll.answered, poll.of("a")) == (0, -1)
    poll.vote("a", 2)
    poll.reveal()
    assert poll.counts() == [[1, 0, 0], [0, 0, 1]]
    for _ in range(2 * MOST_ROUNDS):
        poll.again()
        poll.reveal()
    assert len(poll.rounds) == MOST_ROUNDS
    assert not poll.facts()["more"]  # which is said, so that nobody presses in vain


def test_the_first_vote_is_over_with_the_answer_and_a_later_one_is_about_it() -> None:
    poll = Poll("l2", CHOICES)
    poll.heed(True)  # before anybody has voted
    assert not poll.vote("a", 0)
    poll.heed(False)  # asked again: nobody has lost anything
    assert poll.vote("a", 0)
    poll.heed(True)
    assert not poll.vote("a", 1)
    poll.again()  # not before it is revealed, which is the lecturer's to say
    assert poll.facts() == {"round": 1, "open": False, "more": True, "counts": []}
    poll.heed(False)  # whoever asks again has told the answer
    assert not poll.vote("b", 1)
    poll.reveal()
    assert poll.counts() == [[1, 0, 0]]
    poll.again()
    poll.heed(True)
    assert poll.vote("a", 1)
    assert poll.facts() == {"round": 2, "open": True, "more": True, "counts": [[1, 0, 0]]}


def test_a_revealed_vote_stays_closed_whatever_the_numbers_say() -> None:
    poll = Poll("l2", CHOICES)
    poll.reveal()
    for answered in (True, False):
        poll.heed(answered)
        assert not poll.vote("a", 0)


@pytest.mark.parametrize("place", [-1, 3, 10**9])
def test_an_answer_that_is_none_does_not_count(place: int) -> None:
    poll = Poll("l2", CHOICES)
    assert not poll.vote("a", place)
    assert poll.answered == 0


def test_voters_are_bounded_and_who_has_left_makes_room() -> None:
    poll = Poll("l2", CHOICES)
    everybody = [str(voter) for voter in range(MOST_VOTERS)]
    for voter in everybody:
        assert poll.vote(voter, 0)
    assert not poll.vote("more", 1, lambda: everybody)
    assert poll.vote("5", 1, lambda: everybody)  # who has voted may still change
    assert poll.vote("more", 1, lambda: set(everybody) - {"7", "9"})
    assert (poll.answered, poll.of("7"), poll.of("9"), poll.of("more")) == (MOST_VOTERS, -1, 0, 1)
    poll.reveal()
    assert poll.counts() == [[MOST_VOTERS - 2, 2, 0]]


def test_the_csv_has_every_voter_s_answers_and_no_name_nor_order_of_voting() -> None:
    first, second = Poll("l2", CHOICES), Poll("xor", CHOICES)
    for voter, place in (("ada", 1), ("bob", 0), ("cid", 1)):
        first.vote(voter, place)
    first.reveal()
    first.again()
    first.vote("bob", 2)
    first.vote("dan", 0)
    second.vote("ada", 2)
    rows = list(csv.reader(io.StringIO(written([first, second]))))
    assert rows == [
        ["lesson", "voter", "vote 1", "vote 2"],
        ["l2", "1", "", "Without"],
        ["l2", "2", "Without", "About & the same"],
        ["l2", "3", "With L2, λ=1", ""],
        ["l2", "4", "With L2, λ=1", ""],
        ["xor", "1", "About & the same", ""],
    ]
    assert written([]) == "lesson,voter,vote 1\n"
    assert plain("a <b>b</b>\n c") == "a b c"
