"""Many seeds in words: what a question comes to in each of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from regviz import Config

from ..compare.chance import Judge, Sets
from ..compare.chance_view import SEEDS, ChanceView
from ..compare.session import Session
from .evidence import OfSets
from .lesson import Break
from .question import Question


def judge_of(question: Question, attempt: Break | None) -> Judge | Sets:
    """What asks `question` in each seed, or of all together. Raises ValueError for a break that turns knobs while
    networks train."""
    if isinstance(question.observe, OfSets):
        return question.observe.sets
    if attempt is not None and attempt.first:
        raise ValueError(f"“{attempt.label}” turns knobs while networks train; press Back to ask {SEEDS} seeds")
    return Judge(lambda snapshot, lanes: question.observe(snapshot, lanes).outcome, question.plain_choices())


def heard(session: Session, question: Question) -> tuple[bool, str]:
    """Whether many seeds train now, and what they have come to, in a sentence."""
    chance = session.chance
    if chance is None:
        return False, ""
    return not chance.done, in_many_seeds(chance.view(), session.trainer.configs, question.plain_choices())


def in_many_seeds(view: ChanceView, now: Sequence[Config], choices: Mapping[str, str]) -> str:
    """How often each answer came, in a sentence. Of another question, or other settings than `now`, it says so."""
    if view.outcomes is None or not view.choices:
        return ""
    if dict(view.choices) != dict(choices):
        return ""  # they were asked another question
    known, all_seeds = len(view.seeds), len(view.seeds) + view.coming
    if not known:
        return "The seeds have begun to train." if not view.cancelled else "Cancelled before there was anything to see."
    said = [f"{_answer(outcome, choices, view.done)} in {count} of {all_seeds}" for outcome, count in view.counted()]
    text = f"{all_seeds} seeds: {', '.join(said)}."
    if view.cancelled:
        text += f" Cancelled at epoch {view.epoch}."
    return f"{text} (These seeds have older settings.)" if view.older(now) else text


def _answer(outcome: str, choices: Mapping[str, str], done: bool) -> str:
    if outcome in choices:
        return f"“{choices[outcome]}”"
    if outcome:
        return "none of the answers"
    return "no clear answer" if done else "not clear yet"
