"""The guide through a lesson, beside its pictures: it asks, looks at the networks, compares and explains."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from time import perf_counter
from typing import Any

import anywidget
import traitlets

from regviz import Config
from regviz.training.snapshot import Snapshot

from ..compare.lanes import Lane
from ..compare.session import Session
from ..compare.sweep import Sweep, SweepRun, SweepView
from ..look.style import module, read
from .evidence import Finding
from .lesson import Break, Lesson
from .sweep_report import swept

LOOK_EVERY = 0.4
"""Seconds between two looks at the evidence: its sentence is to be read."""

LOOK_SHARE, LOOK_WITHIN = 0.04, 3.0
"""Share of the time that looking may take, and seconds within which it is done again, whatever it costs."""

EXPLAIN_AFTER = 500
"""Epochs after which the explanation is shown even if the evidence is not clear."""


class Guide(anywidget.AnyWidget):  # type: ignore[misc, unused-ignore]
    """A lesson beside its pictures: asks, looks at the networks, compares, explains, and lets people break things.

    `do` is called with what the page asks for, on whichever thread its message came; it must run it in the lab's loop.
    `show` is called, in that loop, with the pictures of a break that has its own, and with None for the lesson's.
    """

    _esm = module("look/room_kept.js", "lessons/guide.js")
    _css = read("lessons/guide.css")

    content = traitlets.Dict(help="what the lesson says").tag(sync=True)
    answer = traitlets.Unicode(help="the choice that was taken, empty before").tag(sync=True)
    observation = traitlets.Unicode(help="what the networks show now").tag(sync=True)
    outcome = traitlets.Unicode(help="what the numbers said once they were clear, empty before").tag(sync=True)
    verdict = traitlets.Unicode(help="the prediction compared with the outcome").tag(sync=True)
    explained = traitlets.Bool(help="whether the explanation is shown").tag(sync=True)
    broken = traitlets.Int(-1, help="index of the break that is being tried, or -1").tag(sync=True)
    askable = traitlets.Bool(help="whether a sweep is at its end and its test loss not yet asked for").tag(sync=True)

    def __init__(
        self,
        lesson: Lesson,
        session: Session,
        do: Callable[[Callable[[], None]], None],
        show: Callable[[Sequence[str] | None], None] = lambda panels: None,
    ) -> None:
        super().__init__(content=lesson.content())
        self.lesson, self.session = lesson, session
        self.plays = False
        """Whether an answer starts the networks (a link may hold them)."""
        self._do, self._show = do, show
        self._swept: dict[str, SweepView] = {}
        """What finished sweeps came to, by the labels of their breaks."""
        self._network: tuple[Config, str] | None = None
        """What is being swept, and over which field."""
        self._asked: set[tuple[Config, str] | None] = set()
        """The sweeps whose test loss a person has seen. The same one again would come to the same."""
        self._before: tuple[Config, Sequence[Lane]] | None = None
        self._broken_at = -1
        """What the session had trained when the break began that is being tried."""
        self._seen: tuple[int, int] = (-1, -1)
        self.on_msg(self._on_message)

    @property
    def holds(self) -> bool:
        """True while nothing may train, since the question is not answered."""
        return not self.answer

    def take_answer(self, choice: str, outcome: str = "", explained: bool = False) -> None:
        """Accept a prediction; `outcome` and `explained` are what an earlier visit had come to."""
        if choice not in self.lesson.choices:
            return
        with self.hold_sync():
            self.answer = choice
            self.explained = explained or bool(outcome)
            self._settle(outcome)
        if self.plays:
            self.session.play()

    def ask_again(self) -> None:
        """Forget the answer and go back to the start."""
        self.go_back()
        self.session.pause()
        self.session.reset()
        with self.hold_sync():
            self.explained = False
            self.answer = self.observation = self.outcome = self.verdict = ""

    def try_break(self, index: int) -> None:
        """Try the break at `index`, from the lesson's own state. Raises ConfigError for one that cannot be."""
        attempt = self.lesson.breaks[index]
        before = self._before or (self.session.base, self.session.lanes)
        self.go_back()
        self.session.change(**attempt.changes)
        if attempt.lanes is not None:
            self.session.set_lanes(attempt.lanes)
        if attempt.restart or self.session.trainer.done:
            self.session.reset()
        self._before, self.broken, self._broken_at = before, index, self.session.trained
        if attempt.panels is not None:
            self._show(attempt.panels)
        if attempt.sweep:
            self.session.pause()
            self._network = self.session.base, attempt.sweep
            self.session.start_sweep(SweepRun(self.session.base, Sweep.over(attempt.sweep, self.session.base)))
        else:
            self.session.play()

    def go_back(self) -> None:
        """Undo the break that is being tried."""
        attempt, before = self._attempt, self._before
        self._before, self.broken, self.askable = None, -1, False
        if before is None:
            return
        if attempt is not None and attempt.panels is not None:
            self._show(None)
        if attempt is not None and attempt.sweep:
            self.session.cancel_sweep()
        base, lanes = before
        self.session.change(**base.to_dict())
        if tuple(lanes) != self.session.lanes:
            self.session.set_lanes(lanes)
        # Turning the knobs back does not undo what was trained: a ReLU network whose weights are all 0 stays so.
        turned = attempt is not None and bool(attempt.changes) and not attempt.sweep
        if self.session.trainer.done or (turned and self.session.trained != self._broken_at):
            self.session.reset()

    def ask_test(self) -> None:
        """Show the test loss of the sweep that has ended, at its best value. Only once, and no choice may follow it."""
        sweep = self.session.sweep
        if self.askable and sweep is not None and sweep.done:
            self.session.reveal_test()
            self._asked.add(self._network)
            self.look()

    def watch(self, later: Callable[[float, Callable[[], None]], None]) -> None:
        """Look at the evidence now, and again and again; `later` runs an act after some seconds."""
        later(self.look(), partial(self.watch, later))

    def look(self) -> float:
        """Look at the evidence if the networks have moved; seconds until the next look."""
        state = (self.session.trained, self.session.changes)
        if state == self._seen or self.holds:
            return LOOK_EVERY
        self._seen = state
        started = perf_counter()
        self.show(self.session.snapshot())
        return min(max(LOOK_EVERY, (perf_counter() - started) / LOOK_SHARE), LOOK_WITHIN)

    def show(self, snapshot: Snapshot) -> None:
        """Say what `snapshot` shows, and compare it with the prediction once it is clear."""
        sweeping = self._attempt is not None and bool(self._attempt.sweep)
        if not snapshot.step and not sweeping:
            self.observation = ""
            return
        try:
            finding = self._finding(snapshot)
        except ValueError as error:  # a person may have taken away the lane the lesson looks at
            self.observation = f"This cannot be observed here: {error}."
            return
        self.observation = finding.text
        if not self.outcome and finding.outcome:
            self._settle(finding.outcome)
        if self.outcome or max(model.epoch for model in snapshot.models) >= EXPLAIN_AFTER:
            self.explained = True

    @property
    def _attempt(self) -> Break | None:
        return self.lesson.breaks[self.broken] if self.broken >= 0 else None

    def _finding(self, snapshot: Snapshot) -> Finding:
        attempt = self._attempt
        if attempt is not None and attempt.sweep and self.session.sweep is not None:
            return self._sweep_finding(attempt.label, self.session.sweep.view())
        observe = attempt.observe if attempt is not None and attempt.observe is not None else self.lesson.observe
        return observe(snapshot, self.session.lanes)

    def _sweep_finding(self, label: str, view: SweepView) -> Finding:
        """Where a sweep stands, beside what the lesson's other sweeps over that field came to."""
        others = {name: its for name, its in self._swept.items() if name != label and its.field == view.field}
        ended = view.done and not view.cancelled
        if ended:
            self._swept[label] = view
        self.askable = ended and view.best is not None and self._network not in self._asked
        return Finding(swept(view, others, asked=self._network in self._asked))

    def _settle(self, outcome: str) -> None:
        self.outcome = outcome
        self.verdict = self.lesson.verdict(self.answer, outcome) if outcome else ""

    def _on_message(self, _widget: Any, message: Any, _buffers: Any) -> None:
        kind = message.get("kind") if isinstance(message, dict) else ""
        if kind == "answer":
            choice, outcome = (str(message.get(name, "")) for name in ("choice", "outcome"))
            self._do(partial(self.take_answer, choice, outcome, bool(message.get("explained"))))
        elif kind == "again":
            self._do(self.ask_again)
        elif kind == "break" and message.get("index") in range(len(self.lesson.breaks)):
            self._do(partial(self.try_break, message["index"]))
        elif kind == "back":
            self._do(self.go_back)
        elif kind == "test":
            self._do(self.ask_test)
