"""A lesson on paper: its questions with room to write, or with what its networks say to them, as a page to print.

All of it is the lesson's own: its words, its picture before training, and the answers read off its networks.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from html import escape

from regviz import Config, Trainer
from regviz.training.snapshot import Snapshot

from ..compare.lanes import Lane
from ..lessons.answers import Answered, answers, questions
from ..lessons.because import Because
from ..lessons.lesson import Lesson
from ..lessons.mathml import with_formulas
from ..lessons.question import Question
from ..lessons.setting import disclosed
from ..look.style import read
from ..look.theme import LIGHT
from ..panels import Panel
from .export import picture
from .view import View

PICTURE = 400, 300
"""CSS pixels of the lesson's picture."""


def sheet(
    lesson: Lesson, base: Config, lanes: Sequence[Lane], panel: type[Panel], title: str, *, with_answers: bool = False
) -> str:
    """`lesson`, asked of networks with the knobs `base` and the `lanes`, as HTML for A4: one page, two `with_answers`.

    `panel` is its first picture. With answers all networks are trained until their numbers are clear, which takes some
    seconds or a minute.
    """
    if with_answers:
        found = list(answers(lesson, base, lanes))
        said: dict[int, Answered | None] = {
            place: its for (place, _), its in zip(questions(lesson), found, strict=True)
        }
        snapshot = found[0].snapshot
    else:
        said = {place: None for place, _ in questions(lesson)}
        snapshot = Trainer([lane.config(base) for lane in lanes]).snapshot()
    own, *others = (_section(question, said[place]) for place, question in questions(lesson))
    image = _image(snapshot, lanes, panel)
    also = [f"“{escape(attempt.label)}”" for attempt in lesson.breaks if attempt.question is None]
    heading = f"{escape(title)}{': answers' if with_answers else ''}"
    who = "" if with_answers else '<p class="who">Name ______________________ Date ______________</p>'
    names = ", ".join(f"“{escape(lane.label(lane.config(base)))}”" for lane in lanes)
    more = f'<div class="more">{"".join(others)}</div>' if others else ""
    tried = f'<p class="also">Also to try: {", ".join(also)}.</p>' if also else ""
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{heading}</title>'
        f'<meta name="viewport" content="width=device-width"><style>\n{read("export/sheet.css")}</style></head><body>\n'
        f"<header><h1>{heading}</h1>{who}</header>\n"
        f'<div class="main"><div>{own}</div><figure>{image}'
        f"<figcaption>{names}. {escape(disclosed(base))}</figcaption></figure></div>\n{more}\n{tried}\n</body></html>\n"
    )


def _section(question: Question, answered: Answered | None) -> str:
    """One question: to be answered, or with its answer."""
    right = "" if answered is None else answered.finding.outcome
    choices = "".join(
        f"<li{' data-right' if outcome == right else ''}>{with_formulas(text)}</li>"
        for outcome, text in question.choices.items()
    )
    parts = [
        f"<h2>{escape(question.label)}</h2>" if question.label else "",
        f'<p class="asked">{with_formulas(question.text)}</p><ul>{choices}</ul>',
    ]
    if question.because is not None:
        parts.append(_reasons(question.because, answered))
    if answered is None:
        lines = 2 if question.label else 3
        parts.append('<p class="write">What the numbers say:</p>' + '<div class="line"></div>' * lines)
    else:
        claim = f"<p><b>{with_formulas(question.claim)}</b></p>" if question.claim else ""
        unclear = "" if right in question.choices else " They agree with none of the answers."
        parts.append(
            f'<p class="seen">Epoch {answered.epoch}: {escape(answered.finding.text)}{unclear}</p>'
            f"{claim}{with_formulas(question.explain)}"
        )
    return f"<section>{''.join(parts)}</section>"


def _reasons(because: Because, answered: Answered | None) -> str:
    """The reasons to choose from; with the answer, which is right, and why the others are not."""
    items = []
    for reason, text in because.content():
        known = answered is not None and answered.finding.outcome == because.of
        mark = " data-right" if known and reason == because.right else ""
        why = f"<span>{with_formulas(because.wrong[reason])}</span>" if known and reason in because.wrong else ""
        items.append(f"<li{mark}>{text}{why}</li>")
    return f"<p>because …</p><ul>{''.join(items)}</ul>"


def _image(snapshot: Snapshot, lanes: Sequence[Lane], panel: type[Panel]) -> str:
    """The lesson's picture as it stands at `snapshot`."""
    drawn = b64encode(picture(snapshot, View([panel], lanes, LIGHT), size=PICTURE)).decode()
    return f'<img alt="{escape(panel.menu_title or panel.name)}" src="data:image/png;base64,{drawn}">'
