"""The page's address: the lab starts as it asks, and from then on it says the lab's present state."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from regviz import Config
from regviz.errors import ConfigError

from ..export.share import read_link, write_link
from ..panels import PANELS

if TYPE_CHECKING:
    from ..app import Lab

FOLLOWS_AFTER = 0.25
"""Seconds after which the address follows the state."""


class Address:
    """The address of the page that shows `lab`, whose knobs started at `start`; `play` if the lab begins to play.

    Values as at the start are left out of it. In a lesson, lanes and pictures are the lesson's.
    """

    def __init__(self, lab: Lab, start: Config, play: bool) -> None:
        self.lab, self.start, self.play = lab, start, play
        self._lanes, self._panels = lab.session.lanes, lab.shown_names
        self._opened = self._due = False

    def open(self, search: str) -> None:
        """Start as the query `search` asks, once: a second view of the page changes nothing."""
        if self._opened:
            return
        self._opened = True
        lab, guide = self.lab, self.lab.guide
        wish = read_link(search, self.start)
        acts: list[Callable[[], None]] = [partial(lab.session.change, **wish.config.to_dict())]
        if guide is None and wish.lanes is not None:
            acts.append(partial(lab.session.set_lanes, wish.lanes))
        for act in acts:
            try:
                act()
            except ConfigError as error:  # possible alone, but not with the lanes, or the link's other values
                wish.notes.append(f"Ignored from the link: {error}")
        lab.controls.show(lab.session.base)
        if guide is None and wish.panels is not None:
            lab.show(wish.panels)
        lab.session.set_speed(wish.speed)
        lab.transport.show_speed(wish.speed)
        lab.player.notice = " ".join(wish.notes)
        plays = self.play and wish.play
        if guide is not None:
            guide.plays = plays
            lab.watch()
        if plays and not lab.held:
            lab.session.play()
        lab.player.redraw()

    def follow(self) -> None:
        """Say the present state, a little later: the frame that shows a turn goes first."""
        if not self._due:
            self._due = True
            self.lab.player.later(FOLLOWS_AFTER, self.write)

    def write(self) -> None:
        """Say the present state."""
        lab, session, guide = self.lab, self.lab.session, self.lab.guide
        self._due = False
        playing = session.playing or session.trainer.done or (guide is not None and lab.held and guide.plays)
        lanes = None if session.lanes == self._lanes else session.lanes
        shown = lab.shown_names
        panels = None if shown == self._panels or not set(shown) <= set(PANELS) else shown
        lab.screen.query = write_link(session.base, playing, session.speed, self.start, lanes, panels)
