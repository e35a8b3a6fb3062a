"""Who may run a lab, and who waits: first come, first served, and a seat that is left goes to the first who waits.

Knows no request and no kernel, only names: a `visitor` is a browser, a `ticket` a page that waits.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from uuid import uuid4

MOST_WAITING = 500
"""Pages that may wait; whoever comes then is told to come back."""

ABSENT = 15.0
"""Seconds that a page which waits may be without its line before it loses its place."""

NEAR = 3.0
"""Seconds within which a page without its line still counts as there: its line is about to be opened."""

PROMISED = 20.0
"""Seconds in which the first who waits must come for a seat."""

COMES = 6.0
"""The same, while it has no line: it comes now, or it has gone."""

KEPT = 2.0
"""Seconds that a seat which was left is kept for the same browser: a reload, or the next lesson."""


@dataclass(slots=True)
class Place:
    """One page of `visitor` that waits: when its line was lost (None: it is there), until when a seat is promised to
    it, and whether it `came`, that is, has had a line.

    It may have several `lines`: that the other end of an old one is gone, the server may hear minutes later.
    """

    visitor: str
    absent_since: float | None = None
    promised_until: float | None = None
    lines: int = 0
    came: bool = False


class Seats:
    """`cap` seats. `running` says how many are taken; `moved` is set when places may have changed."""

    def __init__(self, cap: int, running: Callable[[], int], clock: Callable[[], float] = time.monotonic) -> None:
        self.cap, self._running, self._clock = cap, running, clock
        self._queue: dict[str, Place] = {}
        self._kept: dict[str, list[float]] = {}
        self.moved = asyncio.Event()

    # -- seats

    def take(self, visitor: str, ticket: str = "") -> bool:
        """Take a seat for `visitor`, who may have a `ticket`. False if there is none, or if others come first."""
        self.look()
        if self.promised(ticket):
            return self._redeem(ticket)
        if kept := self._kept.get(visitor):
            kept.pop()
            return True
        if self.promised(left := self._left_by(visitor)):
            return self._redeem(left)
        return self.free > 0 and not self._there()

    def _redeem(self, ticket: str) -> bool:
        del self._queue[ticket]
        self._tell()
        return True

    def left(self, visitor: str) -> None:
        """Note that a page of `visitor` was closed: its seat is kept a moment for the next page of the same browser."""
        self._kept.setdefault(visitor, []).append(self._clock() + KEPT)

    @property
    def free(self) -> int:
        """Seats that nobody has and that are promised to nobody."""
        promised = sum(place.promised_until is not None for place in self._queue.values())
        return self.cap - self._running() - promised - sum(map(len, self._kept.values()))

    @property
    def soon(self) -> bool:
        """Whether a seat that is kept may be free in a moment, and nobody waits for it."""
        return bool(self._kept) and not self._there()

    def _there(self) -> list[Place]:
        """Those who wait, in order, without those who have gone and may still come back."""
        now = self._clock()
        return [
            place
            for place in self._queue.values()
            if place.promised_until is None and (place.absent_since is None or now - place.absent_since < NEAR)
        ]

    # -- those who wait

    @property
    def waiting(self) -> int:
        """How many wait for a seat that is not promised to them yet."""
        return sum(place.promised_until is None for place in self._queue.values())

    def wait(self, visitor: str, ticket: str = "") -> str:
        """Return a ticket for a page of `visitor`; "" if too many wait.

        It is the `ticket` that the page comes with, as a reload does before its old line has ended; or one that this
        visitor has left behind within `ABSENT` seconds; or else a new one, with the last place in the queue. Two pages
        that wait side by side have a place each; those that share a ticket share one seat.
        """
        self.look()
        known = self._queue.get(ticket)
        if known is None or known.visitor != visitor:  # a link with a ticket may be passed on, a place may not
            ticket = self._left_by(visitor)
        if ticket:
            place = self._queue[ticket]
            if place.lines == 0:
                place.absent_since = self._clock()  # its line is about to be opened
            return ticket
        if len(self._queue) >= MOST_WAITING:
            return ""
        ticket = uuid4().hex
        self._queue[ticket] = Place(visitor, absent_since=self._clock())
        return ticket

    def _left_by(self, visitor: str) -> str:
        """Return the first ticket that `visitor` has left behind, "" for none.

        A page that has yet to open its line has left none: it may be one of two that were opened at once.
        """
        own = ((name, place) for name, place in self._queue.items() if place.visitor == visitor)
        return next((name for name, place in own if place.came and place.lines == 0), "")

    def come(self, ticket: str) -> bool:
        """Note that the page with this ticket has a line. Returns False if it has no place (any more)."""
        place = self._queue.get(ticket)
        if place is None:
            return False
        place.absent_since = None
        place.lines, place.came = place.lines + 1, True
        return True

    def go(self, ticket: str) -> None:
        """Note that a line of the page with this ticket was lost. Without another it may come back within `ABSENT`
        seconds.
        """
        if (place := self._queue.get(ticket)) is None:
            return
        place.lines -= 1
        if place.lines > 0:
            return
        place.absent_since = self._clock()
        if place.promised_until is not None:
            place.promised_until = min(place.promised_until, self._clock() + COMES)

    def place(self, ticket: str) -> tuple[int, int]:
        """Return the place of a ticket and the number of all who wait; (0, …) if a seat is promised to it or it has
        none.
        """
        waiting = [name for name, place in self._queue.items() if place.promised_until is None]
        return (waiting.index(ticket) + 1 if ticket in waiting else 0), len(waiting)

    def promised(self, ticket: str) -> bool:
        """Return whether the page with this ticket may come for its seat."""
        place = self._queue.get(ticket)
        return place is not None and place.promised_until is not None

    def look(self) -> None:
        """Drop who has gone, and promise free seats to the first who wait."""
        now = self._clock()
        before = dict.fromkeys(self._queue), self.waiting
        for visitor, until in list(self._kept.items()):
            self._kept[visitor] = [end for end in until if end > now]
            if not self._kept[visitor]:
                del self._kept[visitor]
        for ticket, place in list(self._queue.items()):
            absent = place.absent_since is not None and now - place.absent_since > ABSENT
            late = place.promised_until is not None and now > place.promised_until
            if (absent and place.promised_until is None) or late:
                del self._queue[ticket]
        for place in self._there()[: max(self.free, 0)]:
            place.promised_until = now + (PROMISED if place.absent_since is None else COMES)
        if (dict.fromkeys(self._queue), self.waiting) != before:
            self._tell()

    def _tell(self) -> None:
        """Wake all who wait for `moved`, and begin anew."""
        self.moved.set()
        self.moved = asyncio.Event()
