"""A question: what is predicted, what answers it, and why it is so. A lesson asks one, and each of its breaks may."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from regviz.errors import ArgumentError

from .because import Because
from .evidence import Evidence
from .mathml import with_formulas

UNCLEAR = "unclear"
"""What the page calls the outcome of numbers that are no longer clear."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question with its choices; who is right is read off the networks.

    text     asked before the networks may train
    choices  answers by the outcome of `observe` that makes them right
    observe  reads what happened off the networks, see `evidence`
    explain  why, as HTML with formulas in `$…$` (a small part of TeX, see `mathml`)
    claim    what the lecture says, in one sentence; shown with the explanation, not before the prediction
    label    the button of the break that asks it, empty for the lesson's own
    later    by an outcome that the numbers may come to long after the verdict, why they do, as `explain`; by "" why it
             is no longer clear
    because  reasons to choose from once it is answered, None for none

    Raises ArgumentError for fewer than two choices, for reasons of an outcome that is no choice, and for an impossible
    formula.
    """

    text: str
    choices: Mapping[str, str]
    observe: Evidence
    explain: str
    claim: str = ""
    label: str = ""
    later: Mapping[str, str] = field(default_factory=dict)
    because: Because | None = None

    def __post_init__(self) -> None:
        if len(self.choices) < 2:
            given = f"{len(self.choices)} answers"
            raise ArgumentError("choices", given, "a prediction needs two or more", "3 answers")
        if self.because is not None and self.because.of not in self.choices:
            allowed = f"the right reason explains one of {', '.join(self.choices)}"
            raise ArgumentError("because", self.because.of, allowed, next(iter(self.choices)))
        self.content()

    def content(self) -> dict[str, Any]:
        """What the page shows, as plain values."""
        return {
            "label": self.label,
            "claim": with_formulas(self.claim),
            "question": with_formulas(self.text),
            "choices": [[key, with_formulas(text)] for key, text in self.choices.items()],
            "explain": with_formulas(self.explain),
            "later": {outcome or UNCLEAR: with_formulas(text) for outcome, text in self.later.items()},
            "because": [] if self.because is None else self.because.content(),
        }

    def may_say(self, reason: str | None) -> bool:
        """Whether `reason` is one of its reasons, or none ("")."""
        return reason == "" or (self.because is not None and reason in self.because.reasons)

    def plain_choices(self) -> dict[str, str]:
        """The choices by their outcomes, without the marks of formulas."""
        return {outcome: re.sub(r"<[^>]*>|[$\\]", "", text) for outcome, text in self.choices.items()}

    def verdict(self, chosen: str, outcome: str) -> str:
        """How the prediction `chosen` compares with what the numbers say."""
        said = f"You said “{self.choices[chosen]}”"
        if outcome == chosen:
            return f"{said}. So do the numbers."
        if outcome in self.choices:
            return f"{said}. The numbers say “{self.choices[outcome]}”."
        return f"{said}. The numbers agree with none of the answers."

    def turned(self, outcome: str, epoch: int) -> str:
        """What the numbers say by `epoch`, when that is no longer what they said once; "" for what is unclear."""
        if outcome in self.choices:
            return f"By epoch {epoch} they say “{self.choices[outcome]}”."
        if outcome:
            return f"By epoch {epoch} they agree with none of the answers."
        return f"By epoch {epoch} it is no longer clear."
