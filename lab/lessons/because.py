"""A question's second tier: why the learner thinks so (Treagust, Int. J. Sci. Educ. 10:159–169, 1988)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from zlib import crc32

from regviz.errors import ArgumentError
from regviz.language import tr

from .authored import shown
from .checking import check_text, check_texts

FEWEST, MOST = 3, 4
"""Reasons of a question."""


@dataclass(frozen=True, slots=True)
class Because:
    """Reasons to choose from, once a question is answered and before anything trains. Each goes on after "because".

    of      the outcome that the right reason explains: beside another one no reason is judged
    right   the right reason
    wrong   two or three others that learners give, each with a sentence that says why it is not so

    Raises ArgumentError for what is no text, for fewer or more of them, for two that are the same, for one without its
    sentence, and for an impossible formula.
    """

    of: str
    right: str
    wrong: Mapping[str, str]

    def __post_init__(self) -> None:
        for name in ("of", "right"):
            check_text(name, getattr(self, name))
        check_texts("wrong", self.wrong)
        reasons = [self.right, *self.wrong]
        if not FEWEST <= len(reasons) <= MOST:
            allowed = f"a question has {FEWEST} or {MOST} reasons, one of them right"
            raise ArgumentError("because", f"{len(reasons)} reasons", allowed, "a right one and two wrong ones")
        words = [" ".join(reason.split()).casefold() for reason in reasons]
        for reason, said in zip(reasons, words, strict=True):
            if not said or words.count(said) > 1:
                raise ArgumentError("because", reason, "each reason is said, and said once", "another one")
        for reason, why in self.wrong.items():
            if not why.strip():
                allowed = "a wrong reason comes with a sentence that says why it is not so"
                raise ArgumentError("because", f"{reason!r}: {why!r}", allowed, {reason: "There are other causes."})
        self.content()

    @property
    def reasons(self) -> list[str]:
        """All of them, always in the same order, which says nothing of which is right."""
        return sorted([self.right, *self.wrong], key=lambda reason: crc32(reason.encode()))

    def content(self) -> list[list[str]]:
        """Return what the page shows: each reason as the notebook has it, and as HTML in the reader's language."""
        return [[reason, shown(reason)] for reason in self.reasons]

    def judged(self, reason: str, chosen: str, outcome: str) -> str:
        """Return what is to be said of `reason`, given for `chosen`, once the numbers say `outcome`; "" for nothing."""
        if outcome != self.of or reason not in self.reasons:
            return ""
        if reason == self.right:
            if chosen == outcome:
                return tr("Right, and for the right reason.")
            return tr("Your reason is right, though: it leads to what the numbers say.")
        if chosen == outcome:
            return tr("Right answer, but for another reason. {why}", why=shown(self.wrong[reason]))
        return tr("As to your reason: {why}", why=shown(self.wrong[reason]))
