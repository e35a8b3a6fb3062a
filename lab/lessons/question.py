"""A question: what is predicted, what answers it, and why it is so. A lesson asks one, and each of its breaks may."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from regviz.errors import ArgumentError
from regviz.language import en, tr

from .authored import plain, said, shown
from .because import Because
from .checking import check_evidence, check_text, check_texts
from .evidence import Evidence

UNCLEAR = "unclear"
"""What the page calls the outcome of numbers that are no longer clear."""

ANY = "*"
"""What it calls all outcomes of which the question does not say why they come later."""

LATER = {
    ANY: en(
        "<p>An answer belongs to its training time: trained on, these networks have crossed the line to another.</p>"
    ),
    UNCLEAR: en(
        "<p>The numbers are so close to the line between two answers now that it is chance which one they give.</p>"
    ),
}
"""Why the numbers say something else than they did, where the question does not know more."""


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
             is no longer clear. Of others it is said that an answer belongs to its training time
    because  reasons to choose from once it is answered, None for none
    sweeps   whether it is asked of a sweep's networks, not of the lanes

    Raises ArgumentError for what is no text, no dictionary or no evidence, for fewer than two choices, for reasons of
    an outcome that is no choice, and for an impossible formula.
    """

    text: str
    choices: Mapping[str, str]
    observe: Evidence
    explain: str
    claim: str = ""
    label: str = ""
    later: Mapping[str, str] = field(default_factory=dict)
    because: Because | None = None
    sweeps: bool = False

    def __post_init__(self) -> None:
        for name in ("text", "explain", "claim", "label"):
            check_text("question" if name == "text" else name, getattr(self, name))
        check_texts("choices", self.choices)
        check_texts("later", self.later)
        check_evidence("observe", self.observe)
        if self.because is not None and not isinstance(self.because, Because):
            raise ArgumentError("because", self.because, "allowed is a Because, or None for no reasons", None)
        if len(self.choices) < 2:
            given = f"{len(self.choices)} answers"
            raise ArgumentError("choices", given, "a prediction needs two or more", "3 answers")
        if self.because is not None and self.because.of not in self.choices:
            allowed = f"the right reason explains one of {', '.join(self.choices)}"
            raise ArgumentError("because", self.because.of, allowed, next(iter(self.choices)))
        self.content()

    def content(self) -> dict[str, Any]:
        """Return what the page shows, as plain values in the reader's language; keys are English, as in the
        notebook.
        """
        return {
            "key": self.label,
            "label": said(self.label),
            "claim": shown(self.claim),
            "question": shown(self.text),
            "choices": [[key, shown(text)] for key, text in self.choices.items()],
            "explain": shown(self.explain),
            "later": {outcome or UNCLEAR: shown(text) for outcome, text in {**LATER, **self.later}.items()},
            "sweeps": self.sweeps,
            "because": [] if self.because is None else self.because.content(),
        }

    def may_say(self, reason: str | None) -> bool:
        """Return whether `reason` is one of its reasons, or none ("")."""
        return reason == "" or (self.because is not None and reason in self.because.reasons)

    def plain_choices(self) -> dict[str, str]:
        """Return the choices by their outcomes, in the reader's language, without the marks of formulas."""
        return {outcome: plain(text) for outcome, text in self.choices.items()}

    def verdict(self, chosen: str, outcome: str) -> str:
        """Return how the prediction `chosen` compares with what the numbers say."""
        yours = said(self.choices[chosen])
        if outcome == chosen:
            return tr("You predicted “{choice}”, and the numbers agree.", choice=yours)
        if outcome in self.choices:
            theirs = said(self.choices[outcome])
            return tr("You predicted “{choice}”. The numbers say “{outcome}”.", choice=yours, outcome=theirs)
        return tr("You predicted “{choice}”. The numbers fit none of the answers.", choice=yours)

    def turned(self, outcome: str, epoch: int) -> str:
        """Return what the numbers say by `epoch`, when that is no longer what they said once; "" for what is
        unclear.
        """
        if outcome in self.choices:
            return tr("By epoch {epoch} they say “{outcome}”.", epoch=epoch, outcome=said(self.choices[outcome]))
        if outcome:
            return tr("By epoch {epoch} they fit none of the answers.", epoch=epoch)
        return tr("By epoch {epoch} it is no longer clear.", epoch=epoch)
