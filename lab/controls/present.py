"""Present: opens the lab to a hall. What it does is an affair between the page and its server (`serve.rooms`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import anywidget
import traitlets

from ..look.style import module


class Present(anywidget.AnyWidget):  # type: ignore[misc, unused-ignore]
    """A button of the head line. In a notebook it is not there: its server has no rooms.

    `lesson` is what a lesson says (`Lesson.content`), None without one; `title` that of the lab.
    """

    _esm = module("page/host.js", "page/copy.js", "page/bars.js", "controls/present.js")

    question = traitlets.Dict(None, allow_none=True, help="name, question and choices of the lesson").tag(sync=True)
    title = traitlets.Unicode().tag(sync=True)

    def __init__(self, title: str, lesson: Mapping[str, Any] | None = None) -> None:
        asked = None if lesson is None else {name: lesson[name] for name in ("name", "question", "choices")}
        super().__init__(title=title, question=asked)
