"""A room: a lab that is presented, those who follow it, and what they predict."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, Literal, Protocol

from .composed import Composed, Crowded, Unreadable
from .fan import Fan, Follower
from .news import Desk, News
from .poll import Poll

MOST_FOLLOWERS, MOST_POLLS = 1_000, 30
"""Followers of a room, and questions asked in it."""

COUNT_EVERY, WHOLE_EVERY = 0.25, 0.5
"""Seconds between two counts for the lecturer, and between two requests for a whole picture."""

STANDS = 3.5
"""Seconds without a word from the lecturer's page, or without a frame of a lab that plays, after which followers are
told that the picture stands. With the second until somebody looks they know within five."""

CROWDED_EVERY = 5.0
"""Seconds between two requests for a picture that the server had no room for."""

ENDED, FULL, UNKNOWN, EXPIRED = 4002, 4003, 4004, 4005
"""Close codes of a follower's websocket: the lecturer has ended it, there is no room, there is no such room, the
lecturer has not come back."""

STATED = ("title", "hidden", "lesson", "outcome", "turned", "observation", "lang")
"""What followers are told of the lecturer's page; its language is that of these texts and of the picture."""

Away = Literal["", "left", "cut", "lab"]
"""Why nothing comes from the lecturer: the page was left, it cannot be reached, or its lab has ended."""


class Refused(Exception):
    """A room that cannot be had; its lecturer is told why in a sentence."""


class Presenter(Protocol):
    """The lecturer's page."""

    def tell(self, message: dict[str, Any]) -> None:
        """Send it a message."""

    def hang_up(self) -> None:
        """Close its line, on which it says nothing any more."""


class Room:
    """One lab that is presented. `may` tells whether the server has room for a picture of so many pixels."""

    def __init__(self, code: str, may: Callable[[int], bool] = lambda pixels: True) -> None:
        self.code, self.token = code, secrets.token_urlsafe(24)
        self.kernel = self.view = ""
        self.presenter: Presenter | None = None
        self.heard = 0.0
        """When the lecturer's page spoke last, by the loop's clock."""
        self.away: Away = ""
        self.stands = self.crowded = False
        """Whether the picture stands though it should move, and whether the server has no room for it."""
        self.fan = Fan(Composed(may))
        self.state: dict[str, Any] = {}
        """What the lecturer's page says of itself (`states`)."""
        self.polls: dict[str, Poll] = {}
        self.desks: dict[Follower, Desk] = {}
        self.ended = False
        self._news = News(lambda: json.dumps(self.hall()), self._vote_of)
        self._counting: asyncio.TimerHandle | None = None
        self._asking: asyncio.TimerHandle | None = None
        self._asked = self._moved = 0.0
        self._wanted = False

    # -- the picture: nothing is composed while nobody follows; who comes first has it sent

    def hear(self, parts: Sequence[bytes]) -> None:
        """Hear a message of the kernel on its way to the page: header, parent, metadata, content, buffers."""
        if not self.desks or b"comm_msg" not in parts[0]:
            return
        with suppress(ValueError, TypeError, AttributeError, LookupError):
            data = json.loads(parts[3])["data"]
            frame = data["content"] if data.get("method") == "custom" else {}
            if frame.get("kind") == "frame" and self.view in frame["views"]:
                self._take(frame, parts[4] if len(parts) > 4 else b"")

    def _take(self, frame: dict[str, Any], body: bytes) -> None:
        try:
            self.fan.picture.take(frame, body, self.view)
        except Crowded:
            self._note(stands=False, crowded=True)
        except Unreadable:
            if not self.crowded:
                self.want_whole()
        else:
            self._wanted = self._wanted and "whole" not in frame
            self._moved = _now()
            self._note(stands=False, crowded=False)
            self.fan.wake()

    def want_whole(self) -> None:
        """Have the lecturer's page ask for the whole picture if anybody follows; not more than twice a second."""
        self._wanted = True
        due = self._asked + WHOLE_EVERY
        if _now() >= due:
            self._ask()
        elif self._asking is None:
            self._asking = asyncio.get_running_loop().call_at(due, self._ask)

    def _ask(self) -> None:
        self._asking = None
        if self._wanted and self.desks and self.presenter is not None:
            self._asked = _now()
            self.presenter.tell({"kind": "whole"})

    def forget_picture(self) -> None:
        """Have none until a whole one comes: nobody needs it, or the next frame is no difference from it."""
        self.fan.forget()
        self.stands = self.crowded = False

    # -- the lecturer

    def opened(self, kernel: str, view: str, presenter: Presenter) -> None:
        """Note that the lecturer's page is here (again), perhaps with another kernel. Another page is told that it was
        taken.
        """
        if self.presenter is not None and self.presenter is not presenter:
            self.presenter.tell({"kind": "taken"})
        if (self.kernel, self.view) != (kernel, view):
            self.forget_picture()
        self.kernel, self.view, self.presenter, self.away = kernel, view, presenter, ""
        self.heard = self._moved = _now()

    def lost(self, why: Away) -> None:
        """Note that the lecturer's page is not here any more."""
        self.presenter, self.away = None, why
        self.stands = False
        self.announce()

    def lab_ended(self) -> None:
        """Note that the kernel is no more; the page may still be here, and start another one."""
        self.kernel, self.away = "", self.away or "lab"
        self.forget_picture()
        self.announce()

    def look(self) -> None:
        """Give the lecturer's page, once a second, a sign of life, which it answers, and see if the picture stands."""
        if self.presenter is not None:
            self.presenter.tell({"kind": "beat"})
        now = _now()
        plays = self.fan.picture.state == "playing" and not self.state.get("hidden")
        still = now > self.heard + STANDS or (plays and now > self._moved + STANDS)
        self._note(stands=still and not self.away, crowded=self.crowded)
        if self.crowded and now > self._asked + CROWDED_EVERY:
            self.want_whole()

    def _note(self, *, stands: bool, crowded: bool) -> None:
        if (self.stands, self.crowded) != (stands, crowded):
            self.stands, self.crowded = stands, crowded
            self.announce()

    @property
    def poll(self) -> Poll | None:
        """The question that stands now."""
        lesson = self.state.get("lesson")
        return self.polls.get(lesson["name"]) if lesson else None

    def say(self, state: dict[str, Any]) -> None:
        """Take what the lecturer's page says has changed of its state."""
        before = self.hall()
        self.state |= state
        if "hidden" in state:
            self._moved = _now()  # it had no reason to move meanwhile
        lesson = self.state.get("lesson")
        if lesson:
            name, choices = lesson["name"], [(str(key), str(text)) for key, text in lesson["choices"]]
            known = self.polls.get(name)
            if known is None or not known.reword(choices):
                if known is None and len(self.polls) >= MOST_POLLS:
                    unasked = (each for each, poll in self.polls.items() if not any(poll.rounds))
                    del self.polls[next(unasked, next(iter(self.polls)))]
                self.polls[name] = Poll(name, choices)
        if self.poll is not None:
            self.poll.heed(bool(self.state.get("outcome")))
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
        """Tell the lecturer how many browsers follow, and how many of those that may have answered, in a moment."""
        if self._counting is None:
            self._counting = asyncio.get_running_loop().call_later(COUNT_EVERY, self.count)

    def count(self) -> None:
        """Tell the lecturer now."""
        if self._counting is not None:
            self._counting.cancel()
            self._counting = None
        if self.presenter is not None:
            poll = self.poll
            voters = self._voters()
            people = len(voters) + sum(not one.voter for one in self.desks)
            votes = {} if poll is None else {"answered": poll.answered, "asked": poll.asked(voters)}
            self.presenter.tell({"kind": "count", "followers": people, **votes, "poll": poll and poll.facts()})

    # -- those who follow

    def hall(self) -> dict[str, Any]:
        """Return what every follower may know besides the picture."""
        known = {name: self.state.get(name) for name in STATED}
        poll = self.poll
        here = {"away": self.away, "stands": self.stands, "crowded": self.crowded}
        return {"kind": "hall", **known, **here, "poll": poll and poll.facts()}

    def announce(self) -> None:
        """Tell all of them, and each what it has answered: the question may be another one."""
        self._news.announce(self.desks)

    def join(self, follower: Follower, desk: Desk) -> None:
        """Add a follower. Raises Refused if as many do as may."""
        if len(self.desks) >= MOST_FOLLOWERS:
            raise Refused("full")
        self._moved = self._moved if self.desks else _now()
        self.desks[follower] = desk
        self._news.welcome(follower, desk)
        self.fan.join(follower)
        if not self.fan.picture.ready:
            self.want_whole()
        self.count_soon()

    def leave(self, follower: Follower) -> None:
        """Remove a follower."""
        if self.desks.pop(follower, None) is not None:
            self.fan.leave(follower)
            self._news.forget(follower)
            if not self.desks:
                self.forget_picture()
            self.count_soon()

    def painted(self, follower: Follower, number: int) -> None:
        """Note which frame a follower has painted, and send it what it has missed."""
        if follower not in self.desks:  # what was under way when it left, or the lecture ended
            return
        follower.painted(number)
        self._news.catch_up(follower)
        self.fan.catch_up(follower)

    def vote(self, follower: Follower, place: int, of: Any = None) -> None:
        """Take a follower's answer to the question, and tell its browser, in every tab, which one counts.

        `of` is the name and the round of the question that it saw; an answer to another one does not count.
        """
        if follower not in self.desks:
            return
        poll = self.poll
        seen = poll is not None and of in (None, [poll.name, len(poll.rounds)])
        voter = follower.voter
        if poll and seen and voter and poll.vote(voter, place, self._voters):
            self.count_soon()
        for tab, desk in list(self.desks.items()):
            if tab is follower or (voter and tab.voter == voter):
                self._news.tell_own(tab, desk)

    def _voters(self) -> set[str]:
        """Browsers that follow and may vote, each of them once, however many tabs it has."""
        return {one.voter for one in self.desks} - {""}

    def _vote_of(self, follower: Follower) -> str:
        poll = self.poll
        if poll is None:
            return ""
        return json.dumps({"kind": "vote", "place": poll.of(follower.voter), "voter": bool(follower.voter)})

    def end(self, code: int) -> None:
        """Close it for everybody, with a close code."""
        self.ended = True
        self.fan.stop()
        self._news.stop()
        for timer in (self._counting, self._asking):
            if timer is not None:
                timer.cancel()
        desks, self.desks = list(self.desks.values()), {}
        for desk in desks:
            desk.end(code, "the lecture is over")
        if self.presenter is not None:
            self.presenter.tell({"kind": "ended"})


def _now() -> float:
    return asyncio.get_running_loop().time()
