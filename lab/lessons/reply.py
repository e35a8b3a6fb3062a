"""What a learner has said to a question, and what the numbers have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from regviz import Config

from ..compare.lanes import Lane
from .question import Question

Phase = Literal["ask", "because", "watch", "explain"]
"""Where a question is: open, answered but not said why, in training, explained."""

LOOKS = 3
"""Looks at which the numbers must say the same before they are said to have changed: a loss jumps about."""


@dataclass(slots=True)
class Reply:
    """One question, asked of networks with the knobs `base` and the `lanes`, and what came of it.

    chosen     the learner's choice, empty before
    reason     why, as chosen from the question's; empty if that was skipped, None before
    outcome    what the numbers said the first time that they were clear, empty before
    at         the epoch of that, None before; an earlier visit's is not known
    now        what they say since some looks
    explained  whether the explanation is shown
    """

    question: Question
    base: Config
    lanes: Sequence[Lane]
    chosen: str = ""
    reason: str | None = None
    outcome: str = ""
    at: int | None = None
    now: str = ""
    epoch: int = 0
    explained: bool = False
    _heard: tuple[str, int] = ("", 0)
    _anew: bool = False

    @property
    def wonders(self) -> bool:
        """Whether it is answered, and may be said why. Not any more once that is explained."""
        return bool(self.chosen) and self.question.because is not None and self.reason is None and not self.explained

    @property
    def phase(self) -> Phase:
        """Where it is."""
        if self.explained:
            return "explain"
        return "because" if self.wonders else "watch" if self.chosen else "ask"

    @property
    def changed(self) -> bool:
        """Whether the numbers say something else by now than when they were clear first."""
        return bool(self.outcome) and self.at is not None and self.epoch > self.at and self.now != self.outcome

    @property
    def by(self) -> int:
        """The epoch by which the numbers say what they say; -1 for none, and for what an earlier visit's have said."""
        return -1 if self.at is None else self.epoch if self.changed else self.at

    def hear(self, outcome: str, epoch: int, *, heard: bool = True) -> None:
        """Take what the numbers say at `epoch`; not `heard` if they answer another question."""
        self._anew = (self._anew or epoch < self.epoch) and outcome != self.outcome
        early = self.at is not None and (epoch < self.at or (self._anew and not outcome))
        if not heard or early:  # networks that have begun anew, with another seed perhaps, have yet to become clear
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
        """Return the prediction compared with the numbers; empty before they are clear."""
        if not self.outcome or not self.chosen:
            return ""
        said = self.question.verdict(self.chosen, self.outcome)
        return f"{said} {self.question.turned(self.now, self.epoch)}" if self.changed else said

    def judged(self) -> str:
        """Return what is to be said of the reason, as HTML; empty before the numbers are clear, and where none was
        given.
        """
        because = self.question.because
        if because is None or not self.reason or not self.verdict():
            return ""
        return because.judged(self.reason, self.chosen, self.outcome)
