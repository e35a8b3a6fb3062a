"""The page's address: the lab starts as it asks, and from then on it says the lab's present state."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from regviz import Config
from regviz.errors import ConfigError
from regviz.language import tr

from ..compare.session import Session
from ..export.share import read_link, write_link
from ..lessons.guide import Guide
from ..page.screen import Screen
from .pictures import Pictures

FOLLOWS_AFTER = 0.25
"""Seconds after which the address follows the state."""


class Address:
    """The address of the page that shows a lab.

    Knobs as at `start`, and lanes and pictures as they are now, are left out of it; in a lesson, lanes and pictures
    are the `guide`'s. `screen` tells the page, `later` runs an act in the player's loop after some seconds
    (`Player.later`).
    """

    def __init__(
        self,
        start: Config,
        session: Session,
        pictures: Pictures,
        guide: Guide | None,
        screen: Screen,
        later: Callable[[float, Callable[[], None]], None],
    ) -> None:
        self._start, self._session, self._pictures, self._guide = start, session, pictures, guide
        self._screen, self._later = screen, later
        self._lanes = session.lanes
        self._opened = self._due = False

    def open(self, search: str, play: bool) -> list[str] | None:
        """Start as the query `search` asks, and play if it does not hold what is to `play`.

        Returns sentences about what could not be had; None if a page was opened before: a second view of it changes
        nothing.
        """
        if self._opened:
            return None
        self._opened = True
        session, guide = self._session, self._guide
        wish = read_link(search, self._start)
        turn = partial(session.change, **wish.config.to_dict())
        ways: list[list[Callable[[], None]]] = [[turn]]
        if guide is None and wish.lanes is not None:  # both at once: they may be possible with each other alone
            ways = [[partial(session.compare, wish.config, wish.lanes)], [turn, partial(session.set_lanes, wish.lanes)]]
        for way in ways:
            refused = []
            for act in way:
                try:
                    act()
                except ConfigError as error:
                    refused.append(tr("Ignored from the link: {error}", error=error))
            if not refused:
                break
        wish.notes += refused
        if guide is None and wish.panels is not None:
            self._pictures.show(wish.panels)
        session.set_speed(wish.speed)
        plays = play and wish.play
        if guide is not None:
            guide.plays = plays
        if plays and not (guide is not None and guide.waits):
            session.play()
        return wish.notes

    def follow(self) -> None:
        """Say the present state, a little later: the frame that shows a turn goes first."""
        if not self._due:
            self._due = True
            self._later(FOLLOWS_AFTER, self.write)

    def write(self) -> None:
        """Say the present state."""
        self._due = False
        session, guide, panels = self._session, self._guide, self._pictures.unusual
        waiting = guide is not None and guide.waits and guide.plays
        lanes = None if session.lanes == self._lanes else session.lanes
        playing = session.playing or session.trainer.done or waiting
        self._screen.query = write_link(session.base, playing, session.speed, self._start, lanes, panels)
