"""Many seeds in words: what a question comes to in each of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from regviz import Config
from regviz.language import en, tr

from ..compare.chance import Judge, Sets
from ..compare.chance_view import ChanceView
from ..compare.session import Session
from .evidence import OfSets, open_until
from .lesson import Break
from .question import Question


def judge_of(question: Question, attempt: Break | None) -> Judge | Sets:
    """Return what asks `question`, that of a break or the lesson's own, in each seed, or of all together."""
    if isinstance(question.observe, OfSets):
        return question.observe.sets
    first, epochs = ({}, 0) if attempt is None else (attempt.first, attempt.epochs)
    return Judge(
        lambda snapshot, lanes: question.observe(snapshot, lanes).outcome,
        question.plain_choices(),
        first,
        epochs,
        question.label,
        open_until(question.observe),
    )


def heard(session: Session) -> tuple[bool, str]:
    """Return whether many seeds train now, and what they have come to, in a sentence; nothing while the question is
    open.
    """
    chance, view = session.chance, session.seen_seeds()
    if chance is None or view is None:
        return False, ""
    return not chance.done, in_many_seeds(view, session.configs)


def in_many_seeds(view: ChanceView, now: Sequence[Config]) -> str:
    """Return how often each answer came, in a sentence; nothing of seeds that were asked nothing. Of settings other
    than `now` it says so."""
    if view.outcomes is None:
        return ""
    choices = dict(view.choices)
    known, all_seeds = len(view.seeds), len(view.seeds) + view.coming
    if not known:
        begun, ended = en("The seeds have begun to train."), en("Cancelled before there was anything to see.")
        return tr(ended if view.cancelled else begun)
    found = [_counted(outcome, count, all_seeds, choices, view.done) for outcome, count in view.counted()]
    texts = [tr("{count} seeds: {found}.", count=all_seeds, found=", ".join(found))]
    if view.cancelled:
        texts.append(tr("Cancelled at epoch {epoch}.", epoch=view.epoch))
    if view.older(now):
        texts.append(tr("(These seeds have older settings.)"))
    return " ".join(texts)


def _counted(outcome: str, count: int, all_seeds: int, choices: Mapping[str, str], done: bool) -> str:
    if outcome in choices:
        return tr("“{answer}” in {count} of {all}", answer=choices[outcome], count=count, all=all_seeds)
    if outcome:
        return tr("none of the answers in {count} of {all}", count=count, all=all_seeds)
    if done:
        return tr("no clear answer in {count} of {all}", count=count, all=all_seeds)
    return tr("not clear yet in {count} of {all}", count=count, all=all_seeds)
