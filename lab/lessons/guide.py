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

from ..compare.chance import Judge, Sets
from ..compare.lanes import Lane
from ..compare.session import Session
from ..compare.sweep import Sweep, SweepRun, SweepView
from ..look.style import module, read
from .chance_report import heard, judge_of
from .evidence import Evidence, Finding
from .lesson import Break, Lesson
from .question import Question
from .reply import Reply
from .setting import disclosed, stuck, turned
from .sweep_report import swept
from .together import alone, missing, seen

LOOK_EVERY = 0.4
"""Seconds between two looks at the evidence: its sentence is to be read."""

LOOK_SHARE, LOOK_WITHIN = 0.04, 3.0
"""Share of the time that looking may take, and seconds within which it is done again, whatever it costs."""

EXPLAIN_AFTER = 500
"""Epochs after which the explanation is shown even if the evidence is not clear."""


class Guide(anywidget.AnyWidget):  # type: ignore[misc, unused-ignore]
    """A lesson beside its pictures: asks, looks at the networks, compares, explains, and lets people break things.

    `asked`, `chosen`, `found`, `verdict` and `phase` are those of the *current* question: the lesson's own, or that of
    the break that is being tried, if it asks one. `answer`, `outcome` and `explained` are the lesson's own always.

    `do` is called with what the page asks for, on whichever thread its message came; it must run it in the lab's loop.
    `show` is called, in that loop, with the pictures of a break that has its own, and with None for the lesson's,
    `seeds` with what judges the current question when it is asked of many seeds, or to ask no more.
    """

    _esm = module("look/room_kept.js", "lessons/guide.js")
    _css = read("lessons/guide.css")

    content = traitlets.Dict(help="the lesson's name, its breaks, and the lesson after it").tag(sync=True)
    asked = traitlets.Dict(help="what the current question says, see Question.content").tag(sync=True)
    chosen = traitlets.Unicode(help="the choice taken of the current question, empty before").tag(sync=True)
    found = traitlets.Unicode(help="what the numbers said to it once they were clear, empty before").tag(sync=True)
    verdict = traitlets.Unicode(help="the prediction compared with that, and with what they say by now").tag(sync=True)
    turned = traitlets.Unicode(help="the outcome that they have come to since, empty if it is the same").tag(sync=True)
    phase = traitlets.Enum(("ask", "watch", "explain"), "ask", help="where the current question is").tag(sync=True)
    observation = traitlets.Unicode(help="what the networks show now").tag(sync=True)
    disclosed = traitlets.Unicode(help="what was done to the labels").tag(sync=True)
    answer = traitlets.Unicode(help="the choice taken of the lesson's own question").tag(sync=True)
    outcome = traitlets.Unicode(help="what the numbers said to it").tag(sync=True)
    explained = traitlets.Bool(help="whether it is explained, and the breaks are shown").tag(sync=True)
    broken = traitlets.Int(-1, help="index of the break that is being tried, or -1").tag(sync=True)
    chance = traitlets.Unicode(help="what the current question comes to in many seeds").tag(sync=True)
    asking = traitlets.Bool(help="whether many seeds train now").tag(sync=True)
    askable = traitlets.Bool(help="whether a sweep is at its end and its test loss not yet asked for").tag(sync=True)

    def __init__(
        self,
        lesson: Lesson,
        session: Session,
        do: Callable[[Callable[[], None]], None],
        show: Callable[[Sequence[str] | None], None] = lambda panels: None,
        seeds: Callable[[Judge | Sets], None] = lambda asked: None,
    ) -> None:
        super().__init__(content=lesson.content())
        self.lesson, self.session = lesson, session
        self.plays = False
        """Whether an answer starts the networks (a link may hold them)."""
        self._do, self._show, self._seeds = do, show, seeds
        self._own = Reply(self._question_of(-1), session.base, session.lanes)
        """The lesson's own question and what was said to it."""
        self._reply = self._own
        """The current one."""
        self._acts = {"again": self.ask_again, "back": self.go_back, "test": self.ask_test, "seeds": self.ask_seeds}
        """What the page asks for by a word."""
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
        self._tell()
        self.on_msg(self._on_message)

    @property
    def question(self) -> Question:
        """The current question."""
        return self._reply.question

    @property
    def choices(self) -> dict[str, str]:
        """The choices of the current question, by the outcome that makes each right."""
        return dict(self.question.choices)

    @property
    def holds(self) -> bool:
        """True while nothing may train, since the current question is not answered."""
        return not self._reply.chosen

    def take_answer(self, choice: str, outcome: str = "", explained: bool = False) -> None:
        """Accept a prediction of the current question; `outcome` and `explained` are what an earlier visit came to."""
        reply = self._reply
        if choice not in reply.question.choices:
            return
        reply.chosen, reply.outcome, reply.at = choice, outcome, None
        reply.explained = explained or bool(outcome)
        self._tell()
        if self.plays or reply is not self._own:
            self.session.play()

    def ask_again(self) -> None:
        """Forget the answer to the current question and go back to its start."""
        if self._reply is not self._own:
            self.try_break(self.broken)
            return
        self.go_back()
        self.session.pause()
        self.session.reset()
        self._own = self._reply = Reply(self._question_of(-1), self._own.base, self._own.lanes)
        self.observation = ""
        self._tell()

    def try_break(self, index: int) -> None:
        """Try the break at `index`, from the lesson's own state. Raises ConfigError for one that cannot be.

        One that asks a question is held until it is answered.
        """
        with self.hold_sync():  # the page is told all of it at once: never the button without its question
            self._try(index)

    def _try(self, index: int) -> None:
        attempt, session, own = self.lesson.breaks[index], self.session, self._own
        before, asks = self._before or (session.base, session.lanes), attempt.question
        self.go_back()
        if asks is not None:  # of the lesson's knobs, not of those that a person has turned
            session.compare(own.base.replace(seed=session.base.seed), own.lanes)
        lesson_s = session.base
        if attempt.lanes is not None:
            session.set_lanes(attempt.lanes)
        if attempt.first:
            session.change(**attempt.first)
            session.reset()
            session.trainer.advance(epochs=attempt.epochs)
            session.trained += 1
            session.change(**{name: getattr(lesson_s, name) for name in attempt.first})
        session.change(**attempt.changes)
        if attempt.restart or session.trainer.done or (asks is not None and not attempt.first):
            session.reset()
        self._before, self.broken, self._broken_at = before, index, -1 if attempt.first else session.trained
        if attempt.panels is not None:
            self._show(attempt.panels)
        if asks is not None:
            session.pause()
            self.observation = ""
            self._reply = Reply(asks, session.base, session.lanes)
        elif attempt.sweep:
            session.pause()
            self._network = session.base, attempt.sweep
            sweep = Sweep.over(attempt.sweep, session.base)
            session.start_sweep(SweepRun(session.base, sweep, session.workers()))
        else:
            session.play()
        self._tell()

    def go_back(self) -> None:
        """Undo the break that is being tried."""
        attempt, before = self._attempt, self._before
        self._before, self.broken, self.askable, self._reply = None, -1, False, self._own
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
        turned = attempt is not None and bool(attempt.changes or attempt.first) and not attempt.sweep
        if self.session.trainer.done or (turned and self.session.trained != self._broken_at):
            self.session.reset()
        self._seen = (-1, -1)
        self._tell()

    def ask_seeds(self) -> None:
        """Ask the current question of many seeds, or stop asking. Raises ValueError for a break that cannot be."""
        self._seeds(judge_of(self.question, self._attempt))
        self._tell()

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
        sets = None if self.holds else missing(self._observe, self.session)
        if sets is not None:
            self._seeds(sets)
        state = (self.session.trained, self.session.changes)
        self.asking, self.chance = heard(self.session, self.question)
        if state == self._seen:
            return LOOK_EVERY
        self.disclosed = disclosed(self.session.base)
        if self.holds:
            return LOOK_EVERY
        self._seen = state
        started = perf_counter()
        self.show(seen(self._observe, self.session))
        return min(max(LOOK_EVERY, (perf_counter() - started) / LOOK_SHARE), LOOK_WITHIN)

    def show(self, snapshot: Snapshot) -> None:
        """Say what `snapshot` shows, and compare it with the prediction once it is clear."""
        attempt, reply = self._attempt, self._reply
        if not snapshot.step and not (attempt is not None and attempt.sweep):
            self.observation = ""
            return
        try:
            finding = self._finding(snapshot)
        except ValueError as error:  # a person may have taken away the lane the lesson looks at
            self.observation = f"This cannot be observed here: {error}."
            return
        epoch = max(model.epoch for model in snapshot.models)
        ended = "" if attempt is not None and attempt.sweep else stuck(snapshot, self.session.lanes)
        if attempt is None or attempt.question is not None:
            other = turned(self.session.base, self.session.lanes, reply.base, reply.lanes)
            self.observation = " ".join(filter(None, (finding.text, ended, other)))
            heard = not other and self.session.looking_back is None
            heard = heard and not alone(self._observe, snapshot, self.session.lanes)
            reply.hear("" if other else finding.outcome, epoch, heard=heard)
            reply.explained = reply.explained or bool(reply.outcome) or epoch >= EXPLAIN_AFTER
        else:
            self.observation = " ".join(filter(None, (finding.text, ended)))
        self._tell()

    @property
    def _attempt(self) -> Break | None:
        return self.lesson.breaks[self.broken] if self.broken >= 0 else None

    @property
    def _observe(self) -> Evidence:
        attempt = self._attempt
        return attempt.observe if attempt is not None and attempt.observe is not None else self.lesson.observe

    def _question_of(self, index: int) -> Question:
        found = self.lesson.asks(index)
        assert found is not None
        return found

    def _tell(self) -> None:
        """Tell the page where the questions are."""
        own, reply = self._own, self._reply
        with self.hold_sync():
            self.asking, self.chance = heard(self.session, self.question)
            self.disclosed = disclosed(self.session.base)
            if self.asked.get("label") != reply.question.label or not self.asked:
                self.asked = reply.question.content()
            self.answer, self.outcome, self.explained = own.chosen, own.outcome, own.explained
            self.chosen, self.found = reply.chosen, reply.outcome
            self.verdict, self.turned = reply.verdict(), reply.now if reply.changed else ""
            self.phase = "explain" if reply.explained else "watch" if reply.chosen else "ask"

    def _finding(self, snapshot: Snapshot) -> Finding:
        attempt = self._attempt
        if attempt is not None and attempt.sweep and self.session.sweep is not None:
            return self._sweep_finding(attempt.label, self.session.sweep.view())
        return self._observe(snapshot, self.session.lanes)

    def _sweep_finding(self, label: str, view: SweepView) -> Finding:
        """Where a sweep stands, beside what the lesson's other sweeps over that field came to."""
        others = {name: its for name, its in self._swept.items() if name != label and its.field == view.field}
        ended = view.done and not view.cancelled
        if ended:
            self._swept[label] = view
        self.askable = ended and view.best is not None and self._network not in self._asked
        return Finding(swept(view, others, asked=self._network in self._asked))

    def _on_message(self, _widget: Any, message: Any, _buffers: Any) -> None:
        kind = str(message.get("kind")) if isinstance(message, dict) else ""
        if kind == "answer":
            choice, outcome = (str(message.get(name, "")) for name in ("choice", "outcome"))
            self._do(partial(self.take_answer, choice, outcome, bool(message.get("explained"))))
        elif kind == "break" and message.get("index") in range(len(self.lesson.breaks)):
            self._do(partial(self.try_break, message["index"]))
        elif kind in self._acts:
            self._do(self._acts[kind])
