"""Lessons: a claim to predict, to observe in live numbers, to explain with its formula, and to break.

A notebook describes a `Lesson` and hands it to `Lab(lesson=…)`. What the numbers say is never written in a lesson: its
`observe` reads it off the networks (`evidence`), and the prediction is compared with that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from regviz import Config
from regviz.errors import ArgumentError

from ..compare.lanes import Lane
from ..compare.sweep import Sweep
from ..panels import panel_class
from .evidence import Evidence
from .mathml import with_formulas


class Break:
    """Something to try. `Break("λ = 0.1", l2=0.1)` is a button with the label "λ = 0.1" that turns one knob.

    label     what the button says
    restart   start anew even if all of it could be turned in mid-run
    lanes     other networks to compare, None for the lesson's
    observe   what to read off these, None for what the lesson reads
    sweep     a technique's field, to train a whole sweep over its strength, beside the lanes, which rest
    panels    other pictures to show, None for the lesson's
    changes   Config fields and their values

    Raises ConfigError for an impossible value, and ArgumentError for a picture or a technique that does not exist.
    """

    def __init__(
        self,
        label: str,
        *,
        restart: bool = False,
        lanes: Sequence[Lane] | None = None,
        observe: Evidence | None = None,
        sweep: str = "",
        panels: Sequence[str] | None = None,
        **changes: Any,
    ) -> None:
        Config(**changes)
        for panel in panels or ():
            panel_class(panel)
        if sweep:
            Sweep.over(sweep)
        self.label, self.restart, self.changes = label, restart, changes
        self.lanes, self.observe, self.sweep, self.panels = lanes, observe, sweep, panels


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """What one lesson says and asks.

    name      under which the page keeps the learner's answer
    claim     what the lecture says, in one sentence; shown with the explanation, not before the prediction
    question  asked before the networks may train
    choices   answers by the outcome of `observe` that makes them right
    observe   reads what happened off the networks, see `evidence`
    explain   why, as HTML with formulas in `$…$` (a small part of TeX, see `mathml`)
    breaks    things to try once the evidence is clear
    after     the notebook that comes after this one ("04_lambda"), empty for none

    Raises ArgumentError for fewer than two choices or an impossible formula.
    """

    name: str
    claim: str
    question: str
    choices: Mapping[str, str]
    observe: Evidence
    explain: str
    breaks: Sequence[Break] = ()
    after: str = ""

    def __post_init__(self) -> None:
        if len(self.choices) < 2:
            given = f"{len(self.choices)} answers"
            raise ArgumentError("choices", given, "a prediction needs two or more", "3 answers")
        self.content()

    def content(self) -> dict[str, Any]:
        """What the page shows, as plain values."""
        return {
            "name": self.name,
            "claim": with_formulas(self.claim),
            "question": with_formulas(self.question),
            "choices": [[key, with_formulas(text)] for key, text in self.choices.items()],
            "explain": with_formulas(self.explain),
            "breaks": [attempt.label for attempt in self.breaks],
            "after": self.after,
        }

    def verdict(self, answer: str, outcome: str) -> str:
        """How the prediction `answer` compares with what the numbers say."""
        said = f"You said “{self.choices[answer]}”"
        if outcome == answer:
            return f"{said}. So do the numbers."
        if outcome in self.choices:
            return f"{said}. The numbers say “{self.choices[outcome]}”."
        return f"{said}. The numbers agree with none of the answers."
