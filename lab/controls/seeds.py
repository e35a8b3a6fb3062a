"""The button that trains every lane with many seeds, and the picture that comes with them."""

from __future__ import annotations

import ipywidgets as widgets

from regviz.language import en, tr

from ..compare.chance import ChanceRun, Judge, Sets
from ..compare.chance_view import SEEDS
from ..compare.session import Session
from .pictures import Pictures
from .requests import Requests

PICTURE = "chance"

OTHERS = 3
"""Pictures that stay beside it: on most pages so many are seen at once."""

SHOWN_EVERY = 0.25
"""Seconds between two looks at whether the seeds have ended."""

START = en("{n} seeds"), en("Train every lane with {n} seeds, to see what is chance")
CANCEL = en("Cancel seeds"), en("Train these seeds no further")


class Seeds:
    """Starts and cancels many seeds: `button` where there is no lesson, whose page has a button of its own."""

    def __init__(self, session: Session, pictures: Pictures, requests: Requests) -> None:
        self._session, self._pictures, self._requests = session, pictures, requests
        self.button = widgets.Button().add_class("rv-seeds")
        self.button.on_click(lambda _: requests.ask(self.press))
        self.follow()

    def press(self, asked: Judge | Sets | None = None) -> None:
        """Start, or cancel what trains. Raises ValueError for what cannot be; then nothing changes.

        A lesson asks either its question of each seed, or looks at the networks of all seeds together; then the lesson
        has brought its own picture of them.
        """
        session, pictures = self._session, self._pictures
        if session.chance is not None and not session.chance.done:
            session.cancel_chance()
            return
        if isinstance(asked, Judge):
            run = ChanceRun(session.base, session.lanes, judge=asked)
        else:
            sets = asked or Sets()
            run = ChanceRun(session.base, session.lanes, seeds=sets.count, epochs=sets.epochs)
        session.start_chance(run)
        if not isinstance(asked, Judge):  # only here, so that nobody is started for what cannot be
            run.share(session.workers())
        if not isinstance(asked, Sets):
            pictures.bring([PICTURE], OTHERS)
        self._requests.redraw()
        self._watch()

    def _watch(self) -> None:
        """Say that the seeds have ended when they have."""
        self.follow()
        if self._session.chance is not None and not self._session.chance.done:
            self._requests.later(SHOWN_EVERY, self._watch)

    def follow(self) -> None:
        """Say what a press would do now."""
        chance = self._session.chance
        said, tooltip = (tr(text, n=SEEDS) for text in (START if chance is None or chance.done else CANCEL))
        if self.button.description != said:
            self.button.description, self.button.tooltip = said, tooltip
