"""What a learner has said to a question, and what the numbers have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from regviz import Config

from ..compare.lanes import Lane
from .question import Question

LOOKS = 3
"""Looks at which the numbers must say the same before they are said to have changed: a loss jumps about."""


@dataclass(slots=True)
class Reply:
    """One question, asked of networks with the knobs `base` and the `lanes`, and what came of it.

    chosen     the learner's choice, empty before
    outcome    what the numbers said the first time that they were clear, empty before
    at         the epoch of that, None before; an earlier visit's is not known
    now        what they say since some looks
    explained  whether the explanation is shown
    """

    question: Question
    base: Config
    lanes: Sequence[Lane]
    chosen: str = ""
    outcome: str = ""
    at: int | None = None
    now: str = ""
    epoch: int = 0
    explained: bool = False
    _heard: tuple[str, int] = ("", 0)

    @property
    def changed(self) -> bool:
        """Whether the numbers say something else by now than when they were clear first."""
        return bool(self.outcome) and self.at is not None and self.epoch > self.at and self.now != self.outcome

    def hear(self, outcome: str, epoch: int, *, heard: bool = True) -> None:
        """Take what the numbers say at `epoch`; not `heard` if they answer another question."""
        if not heard or (self.at is not None and epoch < self.at):  # it has begun anew
            self._heard, self.now, self.epoch = ("", 0), self.outcome, epoch
            return
        if outcome and self.at is None:  # what an earlier visit came to may be another lesson's, or another seed's
            self.outcome, self.at = outcome, epoch
        last, count = self._heard
        self._heard = outcome, count + 1 if outcome == last else 1
        if self._heard[1] >= LOOKS or outcome == self.outcome:
            self.now = outcome
        self.epoch = epoch

    def verdict(self) -> str:
        """The prediction compared with the numbers; empty before they are clear."""
        if not self.outcome or not self.chosen:
            return ""
        said = self.question.verdict(self.chosen, self.outcome)
        return f"{said} {self.question.turned(self.now, self.epoch)}" if self.changed else said
