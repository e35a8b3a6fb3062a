"""Present: opens the lab to a hall. What it does is an affair between the page and its server (`serve.rooms`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import anywidget
import traitlets

from ..lessons.guide import Guide
from ..look.style import module

LONGEST_NAME = 100
"""Characters of a question's name at most."""


class Present(anywidget.AnyWidget):  # type: ignore[misc, unused-ignore]
    """A button of the head line. In a notebook it is not there: its server has no rooms.

    `ask` it what the lesson asks now; `title` is that of the lab.
    """

    _esm = module(
        *(f"page/{part}.js" for part in ("host", "copy", "saving", "bars", "hall_line")), "controls/present.js"
    )

    question = traitlets.Dict(None, allow_none=True, help="key, name, question and choices, None if none").tag(
        sync=True
    )
    title = traitlets.Unicode().tag(sync=True)

    @classmethod
    def of(cls, title: str, guide: Guide | None) -> Present:
        """Return the button of a lab; the hall predicts what its lesson asks, if it has one, and not why."""
        present = cls(title=title)
        if guide is not None:
            name = guide.lesson.name
            present.ask(name, guide.asked)
            guide.observe(lambda change: present.ask(name, change["new"]), "asked")
        return present

    def ask(self, lesson: str, asked: Mapping[str, Any]) -> None:
        """Have the hall predict the question `asked` (`Question.content`) of a lesson, under a name of its own."""
        name = f"{lesson}: {asked['key']}" if asked["key"] else lesson
        its = {part: asked[part] for part in ("key", "question", "choices")}
        self.question = {"name": name[:LONGEST_NAME], **its}
