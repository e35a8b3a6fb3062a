"""What followers are told besides pictures: always the latest, a few times a second, and only who has room for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol

from .fan import Follower, Line

EVERY = 0.25
"""Seconds between two announcements: a lecturer's page may say something new twenty times a second."""


class Desk(Line, Protocol):
    """A follower's page."""

    def tell_text(self, text: str) -> None:
        """Send it a message that is JSON already."""

    def end(self, code: int, reason: str) -> None:
        """Close it."""


class News:
    """Tells followers what the `hall` knows, and each of them what is its `own` ("" for nothing).

    Who has not yet taken what it was sent before is told later, and then the latest: a page that does not read has at
    most one text waiting for it.
    """

    def __init__(self, hall: Callable[[], str], own: Callable[[Follower], str]) -> None:
        self._hall, self._own = hall, own
        self._owed: dict[Follower, Desk] = {}
        self._next = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def announce(self, desks: dict[Follower, Desk]) -> None:
        """Tell all of them: now, or with what follows within `EVERY` seconds."""
        self._owed |= desks
        if self._timer is None and asyncio.get_running_loop().time() >= self._next:
            self._send()
        else:
            self._send_later()

    def welcome(self, follower: Follower, desk: Desk) -> None:
        """Tell one who has just come."""
        self._tell(follower, desk, self._hall())

    def tell_own(self, follower: Follower, desk: Desk) -> None:
        """Tell one what is its own."""
        if desk.busy():
            self._owed[follower] = desk
            self._send_later()
        elif own := self._own(follower):
            desk.tell_text(own)

    def catch_up(self, follower: Follower) -> None:
        """Tell one, who has just answered and so has room again, what it is owed."""
        desk = self._owed.get(follower)
        if desk is not None and self._timer is not None and not desk.busy():
            del self._owed[follower]
            self._tell(follower, desk, self._hall())

    def forget(self, follower: Follower) -> None:
        """Forget one who follows no more."""
        self._owed.pop(follower, None)

    def stop(self) -> None:
        """Tell nothing more."""
        self._owed.clear()
        if self._timer is not None:
            self._timer.cancel()

    def _send_later(self) -> None:
        loop = asyncio.get_running_loop()
        if self._timer is None:
            self._timer = loop.call_at(max(self._next, loop.time()), self._send)

    def _send(self) -> None:
        self._timer = None
        self._next = asyncio.get_running_loop().time() + EVERY
        ready = [(follower, desk) for follower, desk in self._owed.items() if not desk.busy()]
        text = self._hall() if ready else ""
        for follower, desk in ready:
            del self._owed[follower]
            self._tell(follower, desk, text)
        if self._owed:
            self._send_later()

    def _tell(self, follower: Follower, desk: Desk, text: str) -> None:
        desk.tell_text(text)
        if own := self._own(follower):
            desk.tell_text(own)
