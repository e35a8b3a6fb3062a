"""What a hall predicts: one voice for each browser, counted in rounds, kept in memory and nowhere else."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Collection, Sequence, Set
from html import unescape
from typing import Any

MOST_VOTERS = 2_000
"""Browsers that may answer one question: twice as many as may follow."""

MOST_ROUNDS = 10
"""Rounds of one question."""


class Poll:
    """The votes on one question. `choices` are its answers as pairs of key and text (HTML)."""

    def __init__(self, name: str, choices: Sequence[tuple[str, str]]) -> None:
        self.name, self.choices = name, list(choices)
        self.rounds: list[dict[str, int]] = [{}]
        """Of each round, the answer's place by voter."""
        self.open = True
        self.revealed = False
        """Whether the shares of the last round may be seen; it is closed then."""

    def reword(self, choices: Sequence[tuple[str, str]]) -> bool:
        """Take the words of `choices`, which may be in another language now. False if these are other choices."""
        same = [key for key, _ in choices] == [key for key, _ in self.choices]
        if same:
            self.choices = list(choices)
        return same

    @property
    def more(self) -> bool:
        """Whether it may be asked once more."""
        return len(self.rounds) < MOST_ROUNDS

    @property
    def answered(self) -> int:
        """How many have answered in this round."""
        return len(self.rounds[-1])

    def asked(self, there: Set[str]) -> int:
        """Return how many this round is asked of: the browsers that are `there`, and those that left their answer."""
        return len(self.rounds[-1].keys() | there)

    def vote(self, voter: str, place: int, there: Callable[[], Collection[str]] = tuple) -> bool:
        """Count a voice, or change it. False if the round is closed or there is no such answer.

        Where too many have voted, who voted first of those that are not `there` any more makes room: whoever makes up
        names does not keep others from voting. False if nobody has left.
        """
        votes = self.rounds[-1]
        if not self.open or not 0 <= place < len(self.choices):
            return False
        if voter not in votes and len(votes) >= MOST_VOTERS:
            here = there()
            gone = next((name for name in votes if name not in here), None)
            if gone is None:
                return False
            del votes[gone]
        votes[voter] = place
        return True

    def of(self, voter: str) -> int:
        """Return the place of a voter's answer in this round, -1 for none."""
        return self.rounds[-1].get(voter, -1)

    def heed(self, answered: bool) -> None:
        """Close the first round once everybody reads what the numbers have `answered`; its shares stay unseen.

        One in which nobody has voted opens again when the question does. Later rounds are asked about a known answer.
        """
        first = self.rounds[0]
        if len(self.rounds) == 1 and not self.revealed:
            self.open = not answered and (self.open or not first)

    def reveal(self) -> None:
        """Close the round; its shares may be seen."""
        self.open, self.revealed = False, True

    def again(self) -> None:
        """Ask once more, after the last round was revealed, if it may be."""
        if self.revealed and self.more:
            self.rounds.append({})
            self.open, self.revealed = True, False

    def counts(self) -> list[list[int]]:
        """Return how many took each answer, for each round that is revealed."""
        seen = self.rounds if self.revealed else self.rounds[:-1]
        return [[list(votes.values()).count(place) for place in range(len(self.choices))] for votes in seen]

    def rows(self) -> list[list[str]]:
        """Return one row per voter with the answer in each round. In the order of answers, which says nothing of who
        voted.
        """
        voters = set().union(*self.rounds)
        given = sorted([votes.get(voter, -1) for votes in self.rounds] for voter in voters)
        texts = [*(plain(text) for _, text in self.choices), ""]  # the last one is that of -1
        return [[texts[place] for place in row] for row in given]

    def facts(self) -> dict[str, Any]:
        """Return what everybody may know of it."""
        return {"round": len(self.rounds), "open": self.open, "more": self.more, "counts": self.counts()}


def written(polls: Sequence[Poll]) -> str:
    """Return all votes as CSV: lesson, a number for each voter of it, and an answer for each round."""
    most = max((len(poll.rounds) for poll in polls), default=1)
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["lesson", "voter", *(f"vote {count + 1}" for count in range(most))])
    for poll in polls:
        for number, row in enumerate(poll.rows(), start=1):
            writer.writerow([poll.name, number, *row, *[""] * (most - len(row))])
    return file.getvalue()


def plain(html: str) -> str:
    """Return the text of `html`, without its tags."""
    return " ".join(unescape(re.sub(r"<[^>]*>", "", html)).split())
