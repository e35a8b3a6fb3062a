"""What a lesson's questions come to, without a page: its own networks are trained until their numbers are clear."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from regviz import Config
from regviz.training.snapshot import Snapshot

from ..compare.chance import ChanceRun
from ..compare.lanes import Lane
from ..compare.session import Session
from .evidence import Finding, OfSets, open_until
from .lesson import Break, Lesson
from .question import Question
from .sweeping import Sweeping
from .together import of_all
from .trial import Trial

EVERY, LIMIT = 10, 500
"""Epochs between two looks at the numbers once their question may be clear, and after which there is no answer."""


@dataclass(frozen=True, slots=True)
class Answered:
    """A question, what the numbers said to it, and the networks and the epoch at which they did.

    The outcome of `finding` is empty if it never was clear.
    """

    question: Question
    finding: Finding
    epoch: int
    snapshot: Snapshot


def questions(lesson: Lesson) -> list[tuple[int, Question]]:
    """Return the questions of a lesson with their places: −1 is its own, the others are its breaks'."""
    places = range(-1, len(lesson.breaks))
    return [(place, asks) for place in places if (asks := lesson.asks(place)) is not None]


def answers(lesson: Lesson, base: Config, lanes: Sequence[Lane]) -> Iterator[Answered]:
    """Ask networks with the knobs `base` and the `lanes` all questions of `lesson`, its own first."""
    for place, question in questions(lesson):
        session = Session(base, lanes)
        sweeping = Sweeping(session)
        if place >= 0:
            Trial(lesson, session, sweeping, lambda panels: None).begin(place, base, lanes)
            if (attempt := lesson.breaks[place]).sweep:
                yield _swept(question, session, sweeping, attempt)
                continue
        if isinstance(question.observe, OfSets):
            yield _of_sets(question, question.observe, session)
            continue
        trainer, first = session.trainer, open_until(question.observe)
        finding = Finding("")
        while not finding.outcome and max(trainer.epochs) < LIMIT and not trainer.done:
            trainer.advance(epochs=first - now if (now := max(trainer.epochs)) < first else EVERY)
            finding = question.observe(trainer.snapshot(), session.lanes)
        yield Answered(question, finding, max(trainer.epochs), trainer.snapshot())


def _of_sets(question: Question, observe: OfSets, session: Session) -> Answered:
    """A question whose networks are those of many training sets together."""
    run = ChanceRun(session.base, session.lanes, seeds=observe.sets.count, epochs=observe.sets.epochs)
    while not run.done:
        run.work(1.0)
    view = run.view()
    return Answered(question, observe(of_all(view), session.lanes), view.epoch, view.snapshots[0])


def _swept(question: Question, session: Session, sweeping: Sweeping, attempt: Break) -> Answered:
    """A question whose networks are those of a sweep, which trains to its end."""
    sweeping.start(attempt)
    assert session.sweep is not None
    while not session.sweep.done:
        session.work_sweep(1.0)
    finding, epoch = sweeping.answer(question.observe)
    return Answered(question, finding, epoch, session.trainer.snapshot())
