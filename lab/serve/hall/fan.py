"""One picture to many followers: each frame is encoded once, and who cannot keep up gets fewer, never older ones.

A follower says what it has painted. Who has not answered for longer than its line takes is left out, and gets the whole
picture once it has; so nothing piles up, here or on the way. How many frames may be under way is found as TCP finds it:
one more with each answer that comes soon, half as many after a late one.
"""

from __future__ import annotations

import asyncio
import json
import math
import struct
import time
from collections import deque
from collections.abc import Callable
from typing import Protocol

from .composed import Composed

FASTEST, SLOWEST = 30.0, 5.0
"""Frames per second to a few followers, and to any number."""

MANY = 50
"""Followers from which on each gets fewer frames: the machine and the hall's network are shared by all."""

PATIENCE = 0.4
"""Seconds in which a frame is answered where the line takes no time: followers answer five times a second."""

FIRST_WINDOW, MOST_WINDOW = 8, 32
"""Frames under way to a follower, at first and at most."""

BEAT = 2.0
"""Seconds after which a follower hears at least that the line is there; its page says that it is cut after five."""

WHOLE_EVERY = 0.2
"""Seconds between two whole pictures at least: one takes as long as fifteen differences, whoever it is for."""

MISSED = 8
"""Differences that are kept for those who have missed no more. Together they are smaller than a whole picture, and
nobody has to encode them."""

AT_ONCE = 16
"""Followers that are written to in one go; then others have a turn, the lecturer's page among them."""


class Line(Protocol):
    """Where a follower's messages go."""

    def put(self, frame: bytes) -> None:
        """Send a websocket frame."""

    def busy(self) -> bool:
        """Return whether some of what was written is still here."""


class Follower:
    """One who follows: what it was sent and what it has answered."""

    def __init__(self, line: Line, voter: str = "", clock: Callable[[], float] = time.monotonic) -> None:
        self.line, self.voter, self._clock = line, voter, clock
        self.number = -1
        """Of the frame that it was sent last; -1 before the first."""
        self._under_way: deque[tuple[int, float]] = deque()
        self._delays: deque[float] = deque(maxlen=20)
        self._window = FIRST_WINDOW
        self._last = clock()

    @property
    def free(self) -> bool:
        """Whether it may be sent a frame."""
        if self.line.busy():
            return False
        if not self._under_way:
            return True
        return self.room > 0 and self._clock() - self._under_way[0][1] < self._patience

    @property
    def room(self) -> int:
        """How many more frames may be under way to it."""
        return self._window - len(self._under_way)

    @property
    def _patience(self) -> float:
        """Seconds after which an answer is late: what the line takes at best, and half as much again."""
        return PATIENCE + 1.5 * min(self._delays, default=0.2)

    def send(self, number: int, frame: bytes) -> None:
        """Send it the frame of this number."""
        self.number = number
        self._last = self._clock()
        self._under_way.append((number, self._last))
        self.line.put(frame)

    def beat(self) -> None:
        """Send it a sign of life if it was sent nothing for a while."""
        if self._clock() - self._last >= BEAT and not self.line.busy():
            self._last = self._clock()
            self.line.put(SIGN)

    def painted(self, number: int) -> None:
        """Note that it has painted the frame of this number, and with it every earlier one."""
        while self._under_way and self._under_way[0][0] <= number:
            sent, at = self._under_way.popleft()
            if sent == number:
                late = self._clock() - at > self._patience
                self._window = max(self._window // 2, 1) if late else min(self._window + 1, MOST_WINDOW)
                self._delays.append(self._clock() - at)


class Fan:
    """Sends `picture` to its followers, as often as they are many."""

    def __init__(self, picture: Composed) -> None:
        self.picture = picture
        self.followers: set[Follower] = set()
        self.frames = 0
        """Frames that were sent to all."""
        self._due = 0.0
        self._task: asyncio.Task[None] | None = None
        self._beating: asyncio.TimerHandle | None = None
        self._whole = (-1, b"")
        """Number of a whole picture, and how it is sent."""
        self._recent: deque[tuple[int, bytes]] = deque(maxlen=MISSED)
        """The newest differences, one after the other: their numbers, and how they are sent."""
        self._next_whole = 0.0
        self._catching: asyncio.TimerHandle | None = None

    @property
    def rate(self) -> float:
        """Frames per second: fewer the more follow, but all of them together are more."""
        return max(FASTEST * min(1.0, math.sqrt(MANY / max(len(self.followers), 1))), SLOWEST)

    def wake(self) -> None:
        """Note that the picture has changed."""
        if self.followers and (self._task is None or self._task.done()):
            self._task = asyncio.get_running_loop().create_task(self._send())

    def join(self, follower: Follower) -> None:
        """Add a follower, who gets the whole picture at once if there is one."""
        if not self.followers:
            self.picture.difference()  # nobody was there to get it
            self._recent.clear()
        self.followers.add(follower)
        self.catch_up(follower)
        if self._beating is None:
            self._beating = asyncio.get_running_loop().call_later(BEAT, self._beat)

    def leave(self, follower: Follower) -> None:
        """Remove a follower."""
        self.followers.discard(follower)

    def forget(self) -> None:
        """Forget the picture, and all that was made of it."""
        self.picture.forget()
        self._recent.clear()
        self._whole = (-1, b"")

    def catch_up(self, follower: Follower) -> None:
        """Send a follower who does not have the newest picture, and may have it now, what it has missed.

        Those are the differences since its last frame if they are few, or the whole picture, now or a moment later.
        """
        if not (self.picture.settled and follower.number != self.picture.number and follower.free):
            return
        missed = [each for each in self._recent if each[0] > follower.number]
        if missed and missed[0][0] == follower.number + 1 and len(missed) <= follower.room:
            for number, frame in missed:
                follower.send(number, frame)
            return
        loop = asyncio.get_running_loop()
        if self._whole[0] != self.picture.number:
            if loop.time() < self._next_whole:
                self._catching = self._catching or loop.call_at(self._next_whole, self._catch_up)
                return
            self._next_whole = loop.time() + WHOLE_EVERY
            self._whole = (self.picture.number, sent(self.picture.whole()))
        follower.send(*self._whole)

    def _catch_up(self) -> None:
        self._catching = None
        for follower in list(self.followers):
            self.catch_up(follower)

    def stop(self) -> None:
        """Send no more."""
        if self._task is not None:
            self._task.cancel()
        for timer in (self._beating, self._catching):
            if timer is not None:
                timer.cancel()
        self.followers.clear()

    def _beat(self) -> None:
        for follower in self.followers:
            follower.beat()
        self._beating = asyncio.get_running_loop().call_later(BEAT, self._beat) if self.followers else None

    async def _send(self) -> None:
        loop = asyncio.get_running_loop()
        while self.followers:
            await asyncio.sleep(max(self._due - loop.time(), 0.0))
            started = loop.time()
            begins = not self.picture.settled
            packed = self.picture.difference()
            if packed is None:
                return
            self.frames += 1
            frame, number = sent(packed), self.picture.number
            if begins:
                self._recent.clear()
            else:
                self._recent.append((number, frame))
            for count, follower in enumerate(list(self.followers)):
                if count % AT_ONCE == AT_ONCE - 1:
                    await asyncio.sleep(0)
                if (begins or follower.number == number - 1) and follower.free:
                    follower.send(number, frame)
                else:
                    self.catch_up(follower)
            self._due = started + 1 / self.rate


TEXT, BINARY = 0x81, 0x82
"""How a websocket's frame begins that is a whole message (RFC 6455, 5.2)."""


def framed(message: bytes, kind: int = BINARY) -> bytes:
    """Return `message` as one frame of a server's websocket, the same bytes for everybody."""
    size = len(message)
    if size < 126:
        head = struct.pack("!BB", kind, size)
    elif size < 65_536:
        head = struct.pack("!BBH", kind, 126, size)
    else:
        head = struct.pack("!BBQ", kind, 127, size)
    return head + message


SIGN = framed(b"")
"""A message without content: the line is there."""

LARGE = 20_000
"""Bytes of a message from which on a slow line takes so long for it that its page is told what is on the way."""


def sent(message: bytes) -> bytes:
    """Return `message` as it is sent, a large one after a word of how many bytes come: its page hears nothing
    meanwhile.
    """
    if len(message) < LARGE:
        return framed(message)
    return framed(json.dumps({"kind": "coming", "bytes": len(message)}).encode(), TEXT) + framed(message)
