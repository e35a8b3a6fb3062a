"""Rooms: a lab that is presented, those who follow it, and what they predict.

A room belongs to a page that has a seat. It lives on the server, so that it outlives a reload of that page: whoever has
its token takes it up again, with another kernel and another lesson if need be.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Callable, MutableMapping, Sequence
from contextlib import suppress
from typing import Any, Protocol

from regviz.language import tr

from .composed import Composed, Unreadable
from .fan import Fan, Follower, Line
from .poll import Poll

LETTERS = "BCDFGHJKMNPQRSTVWXZ"
"""Of a code: none is taken for another or for a digit, and without vowels they make no words."""

LENGTH = 6
"""Letters of a code: 47 million codes."""

MOST_ROOMS, MOST_FOLLOWERS, MOST_POLLS = 100, 1_000, 30
"""Rooms of a server, followers of a room, and questions asked in it."""

GRACE = 120.0
"""Seconds for which a room waits for its lecturer."""

COUNT_EVERY, WHOLE_EVERY = 0.25, 0.5
"""Seconds between two counts for the lecturer, and between two requests for a whole picture."""

ENDED, FULL, UNKNOWN = 4002, 4003, 4004
"""Close codes of a follower's websocket: the lecturer has ended it, there is no room, there is no such room."""

STATED = ("title", "hidden", "lesson", "outcome", "observation", "lang")
"""What followers are told of the lecturer's page; its language is that of these texts and of the picture."""

Tap = Callable[[Sequence[bytes]], None]
"""Hears the parts of every message that a kernel sends to its page."""


class Refused(Exception):
    """A room that cannot be had; its lecturer is told why in a sentence."""


class Presenter(Protocol):
    """The lecturer's page."""

    def tell(self, message: dict[str, Any]) -> None:
        """Send it a message."""


class Desk(Line, Protocol):
    """A follower's page."""

    def tell_text(self, text: str) -> None:
        """Send it a message that is JSON already."""

    def end(self, code: int, reason: str) -> None:
        """Close it."""


class Room:
    """One lab that is presented."""

    def __init__(self, code: str) -> None:
        self.code, self.token = code, secrets.token_urlsafe(24)
        self.kernel = self.view = ""
        self.presenter: Presenter | None = None
        self.fan = Fan(Composed())
        self.state: dict[str, Any] = {}
        """What the lecturer's page says of itself (`states`)."""
        self.polls: dict[str, Poll] = {}
        self.desks: dict[Follower, Desk] = {}
        self.ended = False
        self._counting: asyncio.TimerHandle | None = None
        self._asked = 0.0

    # -- the picture

    def hear(self, parts: Sequence[bytes]) -> None:
        """A message of the kernel on its way to the page: header, parent, metadata, content, buffers."""
        if b"comm_msg" not in parts[0]:
            return
        with suppress(ValueError, TypeError, AttributeError, LookupError):
            data = json.loads(parts[3])["data"]
            frame = data["content"] if data.get("method") == "custom" else {}
            if frame.get("kind") == "frame" and self.view in frame["views"]:
                self._take(frame, parts[4] if len(parts) > 4 else b"")

    def _take(self, frame: dict[str, Any], body: bytes) -> None:
        try:
            self.fan.picture.take(frame, body, self.view)
        except Unreadable:
            self.want_whole()
        else:
            self.fan.wake()

    def want_whole(self) -> None:
        """Ask the lecturer's page to have the whole picture sent; not more than twice a second."""
        now = asyncio.get_running_loop().time()
        if self.presenter is not None and now >= self._asked + WHOLE_EVERY:
            self._asked = now
            self.presenter.tell({"kind": "whole"})

    # -- the lecturer

    @property
    def poll(self) -> Poll | None:
        """The question that stands now."""
        lesson = self.state.get("lesson")
        return self.polls.get(lesson["name"]) if lesson else None

    def say(self, state: dict[str, Any]) -> None:
        """The lecturer's page says what has changed of its state."""
        before = self.hall()
        self.state |= state
        lesson = self.state.get("lesson")
        if lesson:
            choices = [(str(key), str(text)) for key, text in lesson["choices"]]
            known = self.polls.get(lesson["name"])
            if known is None or known.choices != choices:
                if known is None and len(self.polls) >= MOST_POLLS:
                    del self.polls[next(iter(self.polls))]
                self.polls[lesson["name"]] = Poll(lesson["name"], choices)
        if self.hall() != before:
            self.announce()
        self.count_soon()

    def reveal(self) -> None:
        """Close the question that stands, and let everybody see the shares."""
        if self.poll is not None:
            self.poll.reveal()
            self.announce()
            self.count()

    def again(self) -> None:
        """Ask the question once more."""
        if self.poll is not None:
            self.poll.again()
            self.announce()
            self.count()

    def count_soon(self) -> None:
        """Tell the lecturer how many there are, and how many have answered, in a moment."""
        if self._counting is None:
            self._counting = asyncio.get_running_loop().call_later(COUNT_EVERY, self.count)

    def count(self) -> None:
        """Tell the lecturer now."""
        if self._counting is not None:
            self._counting.cancel()
            self._counting = None
        if self.presenter is not None:
            poll = self.poll
            facts = {} if poll is None else {"answered": poll.answered, "poll": poll.facts()}
            self.presenter.tell({"kind": "count", "followers": len(self.desks), **facts})

    # -- those who follow

    def hall(self) -> dict[str, Any]:
        """What every follower may know besides the picture."""
        known = {name: self.state.get(name) for name in STATED}
        poll = self.poll
        return {"kind": "hall", **known, "away": self.presenter is None, "poll": poll and poll.facts()}

    def announce(self) -> None:
        """Tell all of them."""
        text = json.dumps(self.hall())
        for desk in list(self.desks.values()):
            desk.tell_text(text)

    def join(self, follower: Follower, desk: Desk) -> None:
        """One more follows. Raises Refused if as many do as may."""
        if len(self.desks) >= MOST_FOLLOWERS:
            raise Refused("full")
        self.desks[follower] = desk
        desk.tell_text(json.dumps(self.hall()))
        self._tell_vote(follower)
        self.fan.join(follower)
        if not self.fan.picture.ready:
            self.want_whole()
        self.count_soon()

    def leave(self, follower: Follower) -> None:
        """One follows no more."""
        if self.desks.pop(follower, None) is not None:
            self.fan.leave(follower)
            self.count_soon()

    def vote(self, follower: Follower, place: int) -> None:
        """A follower answers the question; it is told which answer counts."""
        poll = self.poll
        if poll is not None and follower.voter and poll.vote(follower.voter, place):
            self.count_soon()
        self._tell_vote(follower)

    def _tell_vote(self, follower: Follower) -> None:
        poll = self.poll
        if poll is not None:
            mine = {"kind": "vote", "place": poll.of(follower.voter), "voter": bool(follower.voter)}
            self.desks[follower].tell_text(json.dumps(mine))

    def end(self) -> None:
        """The lecturer ends it: everybody is told."""
        self.ended = True
        self.fan.stop()
        if self._counting is not None:
            self._counting.cancel()
        desks, self.desks = list(self.desks.values()), {}
        for desk in desks:
            desk.end(ENDED, "the lecturer has ended it")


class Rooms:
    """All rooms of a server, by their codes. `taps` is where they hear their kernels; `grace` in seconds."""

    def __init__(self, taps: MutableMapping[str, Tap], grace: float = GRACE) -> None:
        self._taps, self._grace = taps, grace
        self._rooms: dict[str, Room] = {}
        self._waiting: dict[Room, asyncio.TimerHandle] = {}

    def __len__(self) -> int:
        return len(self._rooms)

    @property
    def followers(self) -> int:
        """Followers of all rooms."""
        return sum(len(room.desks) for room in self._rooms.values())

    def find(self, code: str) -> Room | None:
        """The room of this code, however it was typed."""
        return self._rooms.get(normal(code))

    def open(self, kernel: str, view: str, presenter: Presenter, token: str = "") -> Room:
        """A room for the page `view` of a kernel: the one that `token` belongs to, or else a new one.

        A kernel has one room at most, and a page that opens one again takes it over. Raises Refused if there are as
        many as may be.
        """
        here = next((room for room in self._rooms.values() if room.kernel == kernel), None)
        room = (self.of_token(token) if token else None) or here
        if room is None:
            if len(self._rooms) >= MOST_ROOMS:
                full = tr("{most} rooms are open on this server, and there is no place for another.", most=MOST_ROOMS)
                raise Refused(full)
            room = Room(self._new_code())
            self._rooms[room.code] = room
        elif here is not None and here is not room:
            self.end(here)
        if room.presenter is not None and room.presenter is not presenter:
            room.presenter.tell({"kind": "taken"})
        if (timer := self._waiting.pop(room, None)) is not None:
            timer.cancel()
        self._taps.pop(room.kernel, None)
        if (room.kernel, room.view) != (kernel, view):
            room.fan.picture.forget()  # the next frame is no difference from it
        room.kernel, room.view, room.presenter = kernel, view, presenter
        self._taps[kernel] = room.hear
        return room

    def of_token(self, token: str) -> Room | None:
        """The room that this token belongs to."""
        rooms = self._rooms.values()
        return next((room for room in rooms if secrets.compare_digest(room.token.encode(), token.encode())), None)

    def away(self, room: Room, presenter: Presenter) -> None:
        """The lecturer's page is gone; unless it comes back, the room ends after `grace` seconds."""
        if room.presenter is presenter and not room.ended:
            room.presenter = None
            self._taps.pop(room.kernel, None)
            self._waiting[room] = asyncio.get_running_loop().call_later(self._grace, self.end, room)
            room.announce()

    def end(self, room: Room) -> None:
        """End a room."""
        if (timer := self._waiting.pop(room, None)) is not None:
            timer.cancel()
        self._rooms.pop(room.code, None)
        if self._taps.get(room.kernel) == room.hear:
            del self._taps[room.kernel]
        room.end()

    def _new_code(self) -> str:
        while True:
            code = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
            if code not in self._rooms:
                return code


def normal(code: str) -> str:
    """A code as it is kept: capital letters, without spaces and hyphens."""
    return "".join(sign for sign in code.upper() if sign.isalpha())[: 2 * LENGTH]
