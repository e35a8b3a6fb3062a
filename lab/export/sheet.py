"""A lesson on paper: its questions with room to write, or with what its networks say to them, as a page to print.

All of it is the lesson's own: its words, its picture before training, and the answers read off its networks.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Sequence
from html import escape

from regviz import Config, Trainer
from regviz.language import language, tr
from regviz.training.snapshot import Snapshot

from ..compare.lanes import Lane
from ..lessons.answers import Answered, answers, questions
from ..lessons.authored import said, shown
from ..lessons.because import Because
from ..lessons.lesson import Lesson
from ..lessons.question import Question
from ..lessons.setting import disclosed
from ..look.style import read
from ..look.theme import LIGHT
from ..panels import Panel
from .export import picture
from .view import View

PICTURE = 400, 300
"""CSS pixels of the lesson's picture."""

ROOM = 1650
"""Letters for which a page has room in its usual type."""


def sheet(
    lesson: Lesson, base: Config, lanes: Sequence[Lane], panel: type[Panel], title: str, *, with_answers: bool = False
) -> str:
    """Return `lesson`, asked of networks with the knobs `base` and the `lanes`, as HTML for A4: one page, two
    `with_answers`.

    `panel` is its first picture. With answers all networks are trained until their numbers are clear, which takes some
    seconds or a minute.
    """
    if with_answers:
        found = list(answers(lesson, base, lanes))
        answered: dict[int, Answered | None] = {
            place: its for (place, _), its in zip(questions(lesson), found, strict=True)
        }
        snapshot = found[0].snapshot
    else:
        answered = {place: None for place, _ in questions(lesson)}
        snapshot = Trainer([lane.config(base) for lane in lanes]).snapshot()
    own, *others = (_section(question, answered[place]) for place, question in questions(lesson))
    image = _image(snapshot, lanes, panel)
    also = ", ".join(tr("“{name}”", name=said(attempt.label)) for attempt in lesson.breaks if attempt.question is None)
    heading = escape(tr("{title}: answers", title=tr(title)) if with_answers else tr(title))
    blanks = tr("Name {name} Date {date}", name="_" * 22, date="_" * 14)
    who = "" if with_answers else f'<p class="who">{blanks}</p>'
    names = escape(", ".join(tr("“{name}”", name=lane.label(lane.config(base))) for lane in lanes))
    more = f'<div class="more">{"".join(others)}</div>' if others else ""
    letters = len(re.sub("<[^>]+>", "", own + more))
    body = '<body class="small">' if letters > ROOM and not with_answers else "<body>"
    try_too = escape(tr("Also to try: {names}.", names=also))
    tried = f'<p class="also">{try_too}</p>' if also else ""
    return (
        f'<!doctype html>\n<html lang="{language()}"><head><meta charset="utf-8"><title>{heading}</title>'
        f'<meta name="viewport" content="width=device-width"><style>\n{read("export/sheet.css")}</style></head>{body}\n'
        f"<header><h1>{heading}</h1>{who}</header>\n"
        f'<div class="main"><div>{own}</div><figure>{image}'
        f"<figcaption>{names}. {escape(disclosed(base))}</figcaption></figure></div>\n{more}\n{tried}\n</body></html>\n"
    )


def _section(question: Question, answered: Answered | None) -> str:
    """One question: to be answered, or with its answer."""
    right = "" if answered is None else answered.finding.outcome
    choices = "".join(
        f"<li{' data-right' if outcome == right else ''}>{shown(text)}</li>"
        for outcome, text in question.choices.items()
    )
    parts = [
        f"<h2>{escape(said(question.label))}</h2>" if question.label else "",
        f'<p class="asked">{shown(question.text)}</p><ul>{choices}</ul>',
    ]
    if question.because is not None:
        parts.append(_reasons(question.because, answered))
    if answered is None:
        lines = 2 if question.label else 3
        numbers = tr("What the numbers say:")
        parts.append(f'<p class="write">{numbers}</p>' + '<div class="line"></div>' * lines)
    else:
        claim = f"<p><b>{shown(question.claim)}</b></p>" if question.claim else ""
        seen = [tr("Epoch {epoch}: {finding}", epoch=answered.epoch, finding=answered.finding.text)]
        if right not in question.choices:
            seen.append(tr("They fit none of the answers."))
        parts.append(f'<p class="seen">{escape(" ".join(seen))}</p>{claim}{shown(question.explain)}')
    return f"<section>{''.join(parts)}</section>"


def _reasons(because: Because, answered: Answered | None) -> str:
    """The reasons to choose from; with the answer, which is right, and why the others are not."""
    items = []
    for reason, text in because.content():
        known = answered is not None and answered.finding.outcome == because.of
        mark = " data-right" if known and reason == because.right else ""
        why = f"<span>{shown(because.wrong[reason])}</span>" if known and reason in because.wrong else ""
        items.append(f"<li{mark}>{text}{why}</li>")
    because_of = tr("because …")
    return f"<p>{because_of}</p><ul>{''.join(items)}</ul>"


def _image(snapshot: Snapshot, lanes: Sequence[Lane], panel: type[Panel]) -> str:
    """The lesson's picture as it stands at `snapshot`."""
    drawn = b64encode(picture(snapshot, View([panel], lanes, LIGHT), size=PICTURE)).decode()
    return f'<img alt="{escape(tr(panel.menu_title) or panel.name)}" src="data:image/png;base64,{drawn}">'
