"""Lessons: a claim to predict, to observe in live numbers, to explain with its formula, and to break.

A notebook describes a `Lesson` and hands it to `Lab(lesson=…)`. What the numbers say is never written in a lesson: its
`observe` reads it off the networks (`evidence`), and the prediction is compared with that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from inspect import signature
from typing import Any

from regviz import Config
from regviz.errors import ArgumentError
from regviz.optim.penalties import PENALTIES

from ..compare.lanes import Lane, checked_knobs, checked_lanes
from ..compare.sweep import Sweep
from ..panels import panel_class
from .authored import said, shown
from .because import Because
from .checking import check_all, check_evidence, check_fields, check_sweep, check_text, check_texts
from .evidence import Evidence, OfSets
from .question import ANY, Question


class Break:
    """Something to try. `Break("λ = 0.1", l2=0.1)` is a button with the label "λ = 0.1" that turns one knob.

    label     what the button says
    question  asked after the press, before anything trains; empty for a break that is only looked at
    choices   its answers, by the outcome of `observe` that makes them right
    observe   what to read off the networks, None for what the lesson reads
    explain   why, shown once the numbers are clear, as the lesson's
    later     as the lesson's
    because   as the lesson's
    notes     of a break that asks nothing: by an outcome of `observe`, what to say of it, as HTML in place of the
              lesson's explanation. A sweep's outcomes are "first", "last" and "inside": where the lowest loss is; of
              one over two fields "edge" and "inside". "*" stands for all others, for before there is one, and for other
              knobs than the break's
    restart   start anew even if all of it could be turned in mid-run; a question starts anew in any case
    first     Config fields that are trained with before the question is asked, for `epochs` epochs, and then taken back
    epochs    for how long `first`, or each network of the sweep; 0 for the usual length of a sweep
    lanes     other networks to compare, None for the lesson's
    sweep     a field, or one or two of them with the values that each goes through, () for the usual ones, to train a
              whole sweep beside the lanes, which rest: {"l2": (0, 0.01, 0.1), "dropout": (0, 0.5)}. One that asks
              begins when it is answered, has a single seed, and at its end `observe` reads its networks as lanes that
              are called by their values
    panels    other pictures to show, None for the lesson's
    changes   Config fields and their values

    Raises ConfigError for an impossible value, also of a sweep, and ArgumentError for a picture or a swept field that
    does not exist, for more than two of these, and for values that do not ascend; for a question without choices,
    evidence and explanation, for one with notes, and for one that asks a sweep of many training sets.
    """

    def __init__(
        self,
        label: str,
        *,
        question: str = "",
        choices: Mapping[str, str] | None = None,
        observe: Evidence | None = None,
        explain: str = "",
        later: Mapping[str, str] | None = None,
        because: Because | None = None,
        notes: Mapping[str, str] | None = None,
        restart: bool = False,
        first: Mapping[str, Any] | None = None,
        epochs: int = 0,
        lanes: Sequence[Lane] | None = None,
        sweep: str | Mapping[str, Sequence[float]] = "",
        panels: Sequence[str] | None = None,
        **changes: Any,
    ) -> None:
        checked_knobs(Config(**changes))
        check_text("label", label)
        check_texts("notes", notes or {})
        if observe is not None:
            check_evidence("observe", observe)
        if lanes is not None:
            checked_lanes(lanes)
        if panels is not None:
            check_all("panels", panels, str)
        check_fields("first", first or {})
        check_sweep(sweep)
        checked_knobs(Config(**(first or {})))
        for panel in panels or ():
            panel_class(panel)
        self.sweep: dict[str, tuple[float, ...]] = {}
        if isinstance(sweep, str):
            sweep = {sweep: ()} if sweep else {}
        if sweep:
            self.sweep = {name: tuple(values) for name, values in sweep.items()}
            Sweep.through(self.sweep, Config(**changes))
        for text in (notes or {}).values():
            shown(text)
        self.question: Question | None = None
        if question or choices or explain or because:
            if notes:
                allowed = "a question has explain and later, and a break that asks nothing has notes"
                raise ArgumentError("notes", f"a break {label!r} that asks", allowed, "later={…}")
            if not question or not choices or not explain or observe is None or (sweep and isinstance(observe, OfSets)):
                given = f"a break {label!r} that asks"
                allowed = "a question comes with choices, observe and explain, and a sweep has one training set"
                raise ArgumentError("question", given, allowed, "question=…, choices={…}, observe=…, explain=…")
            self.question = Question(
                text=question,
                choices=choices,
                observe=observe,
                explain=explain,
                label=label,
                later=later or {},
                because=because,
                sweeps=bool(sweep),
            )
        self.label, self.restart, self.changes = label, restart, changes
        self.first, self.epochs, self.notes = dict(first or {}), epochs, dict(notes or {})
        self.lanes, self.observe, self.panels = lanes, observe, panels

    def note(self, outcome: str) -> str:
        """Return what to say of an outcome of a break that asks nothing, as HTML in the reader's language; "" for
        nothing.
        """
        text = self.notes.get(outcome, self.notes.get(ANY, ""))
        return shown(text) if text else ""


PENALTIES.reserve(signature(Break.__init__).parameters)  # `changes` are told from these by their names


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """What one lesson says and asks.

    name      under which the page keeps the learner's answer
    claim     what the lecture says, in one sentence; shown with the explanation, not before the prediction
    question  asked before the networks may train
    choices   answers by the outcome of `observe` that makes them right
    observe   reads what happened off the networks, see `evidence`
    explain   why, as HTML with formulas in `$…$` (a small part of TeX, see `mathml`)
    later     by an outcome that the numbers may come to long after the verdict, why they do, as `explain`
    because   reasons to choose from between answer and training, None for none
    breaks    things to try once the evidence is clear
    after     the notebook that comes after this one ("04_lambda"), empty for none

    Raises ArgumentError for what is no text, no evidence, no Break, …, for fewer than two choices and for an impossible
    formula.
    """

    name: str
    claim: str
    question: str
    choices: Mapping[str, str]
    observe: Evidence
    explain: str
    later: Mapping[str, str] = field(default_factory=dict)
    breaks: Sequence[Break] = ()
    after: str = ""
    because: Because | None = None

    def __post_init__(self) -> None:
        for name in ("name", "after"):
            check_text(name, getattr(self, name))
        check_all("breaks", self.breaks, Break)
        self.own()

    def asks(self, index: int = -1) -> Question | None:
        """Return the question of the break at `index`, None if it asks none; of −1 the lesson's own."""
        return self.breaks[index].question if index >= 0 else self.own()

    def own(self) -> Question:
        """Return the lesson's own question."""
        return Question(
            text=self.question,
            choices=self.choices,
            observe=self.observe,
            explain=self.explain,
            claim=self.claim,
            later=self.later,
            because=self.because,
        )

    def content(self) -> dict[str, Any]:
        """Return what the page shows of all of the lesson, as plain values; a question has its own."""
        return {"name": self.name, "breaks": [said(attempt.label) for attempt in self.breaks], "after": self.after}
