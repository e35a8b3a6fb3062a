"""All rooms of a server: their codes, who takes one up again, and how long each waits for its lecturer.

A room belongs to a page that has a seat. It lives on the server, so that it outlives a reload of that page: whoever has
its token takes it up again, with another kernel and another lesson if need be.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, MutableMapping, Sequence

from regviz.language import tr

from .room import ENDED, EXPIRED, Presenter, Refused, Room

LETTERS = "BCDFGHJKMNPQRSTVWXZ"
"""Of a code: none is taken for another or for a digit, and without vowels they make no words."""

LENGTH = 6
"""Letters of a code: 47 million codes."""

MOST_ROOMS = 100
"""Rooms of a server."""

MOST_PIXELS = 39_000_000
"""Device pixels of all pictures together, eight bytes each: three of the largest, or sixty of a laptop's."""

GRACE, PATIENCE = 120.0, 660.0
"""Seconds for which a room waits for a lecturer whose page was left or has lost its lab, and for one whose page cannot
be reached: as long as its kernel is kept (`kernels.CappedKernelManager.patience`)."""

LOOK_EVERY, SILENT = 1.0, 10.0
"""Seconds between two looks at the rooms, and without a word of a lecturer's page after which it counts as cut off."""

HELD_UP = 1.0
"""Seconds by which a look is late if the server itself was held up."""

Tap = Callable[[Sequence[bytes]], None]
"""Hears the parts of every message that a kernel sends to its page."""


class Rooms:
    """All rooms of a server, by their codes.

    `taps` is where they hear their kernels, `runs` tells whether a kernel is there; `grace` and `patience` in seconds.
    """

    def __init__(
        self,
        taps: MutableMapping[str, Tap],
        runs: Callable[[str], bool] = lambda kernel: True,
        grace: float = GRACE,
        patience: float = PATIENCE,
    ) -> None:
        self._taps, self._runs, self._grace, self._patience = taps, runs, grace, patience
        self._rooms: dict[str, Room] = {}
        self._waiting: dict[Room, asyncio.TimerHandle] = {}
        """Rooms without a lecturer or without a lab, in the order in which they lost them."""
        self._looking: asyncio.TimerHandle | None = None

    def __len__(self) -> int:
        return len(self._rooms)

    @property
    def followers(self) -> int:
        """Followers of all rooms."""
        return sum(len(room.desks) for room in self._rooms.values())

    def presents(self, kernel: str) -> bool:
        """Return whether somebody follows this kernel's lab."""
        return any(room.desks for room in self._rooms.values() if room.kernel == kernel)

    def find(self, code: str) -> Room | None:
        """Return the room of this code, however it was typed."""
        return self._rooms.get(normal(code))

    def open(self, kernel: str, view: str, presenter: Presenter, token: str = "") -> Room:
        """Return a room for the page `view` of a kernel: the one that `token` belongs to, or else a new one.

        A kernel has one room at most, and so has a page; one that opens a room again takes it over. Raises Refused if
        there are as many as may be, and each of them has a lecturer or a follower.
        """
        here = next((room for room in self._rooms.values() if room.kernel == kernel), None)
        room = (self.of_token(token) if token else None) or here
        for other in list(self._rooms.values()):
            if other.presenter is presenter and other is not room:
                self.away(other, presenter)
        if room is None:
            room = self._new()
        elif here is not None and here is not room:
            self.end(here)
        self._wait_no_more(room)
        self._untap(room)
        room.opened(kernel, view, presenter)
        self._taps[kernel] = room.hear
        if self._looking is None:
            self._look_later()
        return room

    def of_token(self, token: str) -> Room | None:
        """Return the room that this token belongs to."""
        rooms = self._rooms.values()
        return next((room for room in rooms if secrets.compare_digest(room.token.encode(), token.encode())), None)

    def away(self, room: Room, presenter: Presenter, left: bool = True) -> None:
        """Note that the lecturer's page was `left`, or cannot be reached; unless it comes back, the room ends."""
        if room.presenter is presenter and not room.ended:
            self._untap(room)
            self._wait(room, self._grace if left or not room.kernel else self._patience)
            room.lost("left" if left else "cut")

    def end(self, room: Room, code: int = ENDED) -> None:
        """End a room; its followers are told why by a close code."""
        self._wait_no_more(room)
        self._rooms.pop(room.code, None)
        self._untap(room)
        room.end(code)

    def _new(self) -> Room:
        if len(self._rooms) >= MOST_ROOMS:
            deserted = next((room for room in self._waiting if not room.desks), None)
            if deserted is None:
                full = tr("{most} rooms are open on this server, and there is no place for another.", most=MOST_ROOMS)
                raise Refused(full)
            self._expire(deserted)
        code = ""
        while not code or code in self._rooms:
            code = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
        self._rooms[code] = Room(code, self._may)
        return self._rooms[code]

    def _may(self, pixels: int) -> bool:
        return sum(room.fan.picture.pixels for room in self._rooms.values()) + pixels <= MOST_PIXELS

    def _look_later(self) -> None:
        self._looking = asyncio.get_running_loop().call_later(LOOK_EVERY, self._look)

    def _look(self) -> None:
        now, due = asyncio.get_running_loop().time(), self._looking.when() if self._looking else 0.0
        self._looking = None
        if self._rooms:
            self._look_later()
        for room in list(self._rooms.values()):
            if now > due + HELD_UP:
                room.heard = now  # the server has not listened meanwhile
            if room.kernel and not self._runs(room.kernel):
                self._untap(room)
                room.lab_ended()
                if room not in self._waiting:
                    self._wait(room, self._grace)
            if (presenter := room.presenter) is not None and now > room.heard + SILENT:
                self.away(room, presenter, left=False)
                presenter.hang_up()
            room.look()

    def _untap(self, room: Room) -> None:
        if self._taps.get(room.kernel) == room.hear:
            del self._taps[room.kernel]

    def _wait(self, room: Room, seconds: float) -> None:
        self._wait_no_more(room)
        self._waiting[room] = asyncio.get_running_loop().call_later(seconds, self._expire, room)

    def _wait_no_more(self, room: Room) -> None:
        if (timer := self._waiting.pop(room, None)) is not None:
            timer.cancel()

    def _expire(self, room: Room) -> None:
        self.end(room, EXPIRED)


def normal(code: str) -> str:
    """Return a code as it is kept: capital letters, without spaces and hyphens."""
    return "".join(sign for sign in code.upper() if sign.isalpha())[: 2 * LENGTH]
