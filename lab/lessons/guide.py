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
from ..look.style import module, read
from .beginnings import Beginnings
from .chance_report import heard, judge_of
from .evidence import Finding, apart
from .lesson import Lesson
from .question import UNCLEAR, Question
from .reply import Reply
from .setting import disclosed, stuck, turned
from .sweeping import Sweeping
from .together import alone, missing, over, seen
from .trial import Trial

LOOK_EVERY = 0.4
"""Seconds between two looks at the evidence: its sentence is to be read."""

LOOK_SHARE, LOOK_WITHIN = 0.04, 3.0
"""Share of the time that looking may take, and seconds within which it is done again, whatever it costs."""

EXPLAIN_AFTER = 500
"""Epochs after which the explanation is shown even if the evidence is not clear; at once where all networks ended."""


class Guide(anywidget.AnyWidget):  # type: ignore[misc, unused-ignore]
    """A lesson beside its pictures: asks, looks at the networks, compares, explains, and lets people break things.

    `asked`, `chosen`, `argued`, `found`, `verdict`, `judged` and `phase` are those of the *current* question: the
    lesson's own, or that of the break that is being tried, if it asks one. `answer`, `reason`, `outcome` and
    `explained` are the lesson's own always.

    A question that has reasons asks for one when it is answered. Nothing plays by itself until one is chosen or that is
    skipped, but nothing is held either: whoever plays has skipped it.

    `do` is called with what the page asks for, on whichever thread its message came; it must run it in the lab's loop.
    `show` is called, in that loop, with the pictures of a break that has its own, and with None for the lesson's; and
    whether it is explained, and all of these may be seen. `seeds` is called with what judges the current question when
    it is asked of many seeds, or to ask no more.
    """

    _esm = module("look/room_kept.js", "lessons/guide.js")
    _css = read("lessons/guide.css")

    content = traitlets.Dict(help="the lesson's name, its breaks, and the lesson after it").tag(sync=True)
    asked = traitlets.Dict(help="what the current question says, see Question.content").tag(sync=True)
    chosen = traitlets.Unicode(help="the choice taken of the current question, empty before").tag(sync=True)
    argued = traitlets.Unicode(help="the reason chosen for it, empty for none").tag(sync=True)
    found = traitlets.Unicode(help="what the numbers said to it once they were clear, empty before").tag(sync=True)
    verdict = traitlets.Unicode(help="the prediction compared with that, and with what they say by now").tag(sync=True)
    judged = traitlets.Unicode(help="what is to be said of the reason beside the verdict, as HTML").tag(sync=True)
    turned = traitlets.Unicode(help="the outcome that they have come to since, empty if it is the same").tag(sync=True)
    by = traitlets.Int(-1, help="the epoch of what they say, -1 if only an earlier visit's have said it").tag(sync=True)
    phase = traitlets.Enum(("ask", "because", "watch", "explain"), "ask", help="where it is").tag(sync=True)
    observation = traitlets.Unicode(help="what the networks show now").tag(sync=True)
    looked = traitlets.Int(-1, help="how many acts of a person it had seen when it last looked").tag(sync=True)
    lanes = traitlets.List(traitlets.Unicode(), help="the names of the lanes there are, by place").tag(sync=True)
    disclosed = traitlets.Unicode(help="what was done to the labels").tag(sync=True)
    answer = traitlets.Unicode(help="the choice taken of the lesson's own question").tag(sync=True)
    reason = traitlets.Unicode(None, allow_none=True, help="and why, empty if skipped, None before").tag(sync=True)
    outcome = traitlets.Unicode(help="what the numbers said to it").tag(sync=True)
    explained = traitlets.Bool(help="whether it is explained, and the breaks are shown").tag(sync=True)
    note = traitlets.Unicode(help="what a break that asks nothing has come to, in words, as HTML").tag(sync=True)
    broken = traitlets.Int(-1, help="index of the break that is being tried, or -1").tag(sync=True)
    chance = traitlets.Unicode(help="what the current question comes to in many seeds").tag(sync=True)
    asking = traitlets.Bool(help="whether many seeds train now").tag(sync=True)
    askable = traitlets.Bool(help="whether a sweep is at its end and its test loss not yet asked for").tag(sync=True)

    def __init__(
        self,
        lesson: Lesson,
        session: Session,
        do: Callable[[Callable[[], None]], None],
        show: Callable[[Sequence[str] | None, bool], None] = lambda panels, explained: None,
        seeds: Callable[[Judge | Sets], None] = lambda asked: None,
    ) -> None:
        super().__init__(content=lesson.content())
        self.lesson, self.session = lesson, session
        self.plays = False
        """Whether an answer starts the networks (a link may hold them)."""
        self._do, self._seeds = do, seeds
        self._show: Callable[[Sequence[str] | None], None] = lambda panels: show(panels, self.explained)
        self._own = Reply(lesson.own(), session.base, session.lanes)
        """The lesson's own question and what was said to it."""
        self._reply = self._own
        """The current one."""
        self._acts: dict[str, Callable[[], None]] = {
            "again": self.ask_again,
            "back": self.go_back,
            "skip": self.take_reason,
            "test": self.ask_test,
            "seeds": self.ask_seeds,
        }
        """What the page asks for by a word."""
        self._sweeping = Sweeping(session)
        self._trial = Trial(lesson, session, self._sweeping, self._show, self.look)
        self._beginnings = Beginnings()
        self._answered_at = -1
        """What the lanes had trained when the current question was answered."""
        self._seen: tuple[int, int] = (-1, -1)
        self._tell()
        self.on_msg(self._on_message)

    @property
    def question(self) -> Question:
        """The current question."""
        return self._reply.question

    @property
    def setting(self) -> tuple[Config, Sequence[Lane]]:
        """The knobs and the lanes with which the lesson's own question is asked."""
        return self._own.base, self._own.lanes

    @property
    def choices(self) -> dict[str, str]:
        """The choices of the current question, by the outcome that makes each right."""
        return dict(self.question.choices)

    @property
    def holds(self) -> bool:
        """True while nothing may train, since the current question is not answered."""
        return not self._reply.chosen

    @property
    def waits(self) -> bool:
        """True while nothing plays by itself, since the current question or its reason is open."""
        return self.holds or self._reply.wonders

    def take_answer(self, choice: str, outcome: str = "", explained: bool = False, reason: str | None = None) -> None:
        """Accept a prediction of the current question; `outcome`, `explained` and `reason` are an earlier visit's."""
        reply = self._reply
        if choice not in reply.question.choices:
            return
        reply.chosen, reply.outcome, reply.at = choice, outcome, None
        reply.explained = explained or bool(outcome)
        reply.reason = reason if reply.question.may_say(reason) else None
        self._answered_at = self.session.advanced
        self._go_on()

    def take_reason(self, reason: str = "") -> None:
        """Accept why the current question was answered so, one of its reasons; none skips that."""
        if self._reply.wonders and self._reply.question.may_say(reason):
            self._reply.reason = reason
            self._go_on()

    def _go_on(self) -> None:
        """Play, once all that is asked before training is answered."""
        self._tell()
        if not self.waits and (self.plays or self._reply is not self._own):
            self._trial.train()

    def ask_again(self) -> None:
        """Forget the answer to the current question and go back to its start."""
        if self._reply is not self._own:
            self.try_break(self.broken)
            return
        self.go_back()
        self.session.pause()
        self.session.drop_chance()
        self.session.reset()
        self._own = self._reply = Reply(self.lesson.own(), self._own.base, self._own.lanes)
        self.observation = ""
        self._tell()

    def try_break(self, index: int) -> None:
        """Try the break at `index`, from the lesson's own state. Raises ConfigError for one that cannot be.

        One that asks a question is held until it is answered.
        """
        own = self._own
        with self.hold_sync():  # the page is told all of it at once: never the button without its question
            self.go_back()
            self._trial.begin(index, own.base, own.lanes)
            if (asks := self.lesson.asks(index)) is not None:
                self.observation = ""
                self._reply = Reply(asks, self.session.base, self.session.lanes)
            self._tell()

    def go_back(self) -> None:
        """Undo the break that is being tried."""
        ended = self._trial.end()
        self._reply, self.note = self._own, ""
        if ended:
            self._seen, self.observation = (-1, -1), ""  # what the break has shown is not of what stands here now
            self._tell()

    def ask_seeds(self) -> None:
        """Ask the current question of many seeds, or stop asking. Raises ConfigError for too large networks."""
        if not self.question.sweeps:  # seeds are of lanes
            self._seeds(judge_of(self.question, self._trial.attempt))
            self._tell()

    def ask_test(self) -> None:
        """Show the test loss of the sweep that has ended, at its best value. Only once, and no choice may follow it."""
        if self._sweeping.ask_test():
            self.look()

    def watch(self, later: Callable[[float, Callable[[], None]], None]) -> None:
        """Look at the evidence now, and again and again; `later` runs an act after some seconds."""
        later(self.look(), partial(self.watch, later))

    def look(self) -> float:
        """Look at the evidence if the networks have moved; seconds until the next look."""
        sets = None if self.waits else missing(self._trial.observe, self.session)
        if sets is not None:
            self._seeds(sets)
        state = (self.session.trained, self.session.changes)
        if state == self._seen:
            self.asking, self.chance = heard(self.session)
            return LOOK_EVERY
        self._tell_session()
        self._heed_training()
        if self.waits:
            return LOOK_EVERY
        self._seen = state
        started = perf_counter()
        self.show(self._beginnings.before(seen(self._trial.observe, self.session), self.session.trainer))
        _, self.looked = state
        return min(max(LOOK_EVERY, (perf_counter() - started) / LOOK_SHARE), LOOK_WITHIN)

    def show(self, snapshot: Snapshot) -> None:
        """Say what `snapshot` shows, and compare it with the prediction once it is clear."""
        attempt, reply, sweeps = self._trial.attempt, self._reply, self._trial.sweeps
        begun = sweeps or snapshot.step > 0
        finding, epoch = self._trial.finding(snapshot) if begun else (Finding(""), 0)
        ended = "" if sweeps or not begun else stuck(snapshot, self.session.lanes)
        if attempt is None or attempt.question is not None:
            other = "" if sweeps else turned(self.session.base, self.session.lanes, reply.base, reply.lanes)
            self.observation = " ".join(filter(None, (finding.text, ended, other)))
            heard = begun and not other and (sweeps or self.session.looking_back is None)
            heard = heard and not alone(self._trial.observe, snapshot, self.session.lanes)
            # What was asked where all lanes came to its epoch is not taken back by lanes that are epochs apart.
            heard = heard and not (reply.outcome and apart(self._trial.observe, snapshot))
            reply.hear("" if other else finding.outcome, epoch, heard=heard)
            late = epoch >= EXPLAIN_AFTER or (begun and not sweeps and over(self._trial.observe, snapshot))
            reply.explained = reply.explained or bool(reply.outcome) or late
        else:
            self.observation = " ".join(filter(None, (finding.text, ended)))
            self.note = self._trial.note(finding.outcome) if begun else ""
        self._tell()

    def _heed_training(self) -> None:
        """Whoever trains while the reason is open has skipped it."""
        if self._reply.wonders and (self.session.playing or self.session.advanced != self._answered_at):
            self._reply.reason = ""
            if self.question.sweeps:
                self._trial.train()
            self._tell()

    def _tell(self) -> None:
        """Tell the page where the questions are."""
        own, reply, explained = self._own, self._reply, self.explained
        with self.hold_sync():
            self.broken, self.askable = self._trial.broken, self._sweeping.askable
            self._tell_session()
            if self.asked.get("key") != reply.question.label:
                self.asked = reply.question.content()
            self.answer, self.outcome, self.explained = own.chosen, own.outcome, own.explained
            self.reason = own.reason
            self.chosen, self.argued, self.found = reply.chosen, reply.reason or "", reply.outcome
            self.verdict, self.turned = reply.verdict(), (reply.now or UNCLEAR) if reply.changed else ""
            self.judged, self.by = reply.judged(), reply.by
            self.phase = reply.phase
        if own.explained != explained and (self._trial.attempt is None or self._trial.attempt.panels is None):
            self._show(None)  # the other pictures come, or go

    def _tell_session(self) -> None:
        """Tell it of the lanes, of their labels, and what many seeds have come to."""
        session = self.session
        session.question = None if self.holds else self.question.label
        self.asking, self.chance = heard(session)
        self.disclosed, self.lanes = disclosed(session.base, session.lanes), [lane.name for lane in session.lanes]

    def _on_message(self, _widget: Any, message: Any, _buffers: Any) -> None:
        kind = str(message.get("kind")) if isinstance(message, dict) else ""
        if kind == "answer":
            choice, outcome = (str(message.get(name, "")) for name in ("choice", "outcome"))
            reason = message.get("reason")
            reason = reason if isinstance(reason, str) else None
            self._do(partial(self.take_answer, choice, outcome, bool(message.get("explained")), reason))
        elif kind == "reason":
            self._do(partial(self.take_reason, str(message.get("reason", ""))))
        elif kind == "break" and message.get("index") in range(len(self.lesson.breaks)):
            self._do(partial(self.try_break, message["index"]))
        elif kind in self._acts:
            self._do(self._acts[kind])
